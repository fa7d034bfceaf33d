/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What .pincheck files and annotations share: the names they are written in,
 * and which of two declarations of one flag holds.
 */
#ifndef PINCHECK_MODEL_DECLARE_H
#define PINCHECK_MODEL_DECLARE_H

#include "model/model.h"

/*
 * The error "FILE:LINE: what", of one line whatever is quoted in it; the
 * caller frees it.
 */
char *declare_error(const char *file, int line, const char *format,
		    va_list args) G_GNUC_PRINTF(3, 0);

/* A name of C: "osc_page_transfer_get". */
bool declare_is_name(const char *text);
/* A way from a pointer to a record: "->ops_cl.cpl_page". */
bool declare_is_path(const char *text);
/* A record in words, "struct cl_page" or "cl_page"; NULL: it is none. */
const char *declare_record(const char *text);
/*
 * A flag in words: "struct osc_page.ops_transfer_pinned",
 * "struct page.flags:PG_private". False: it is none, nothing was stored.
 */
bool declare_flag(const char *text, const char **ret_record,
		  const char **ret_flag);

/*
 * Each gives a declaration to the model, which owns it from then on. It takes
 * the place of one of the same flag, unless that comes from a stronger
 * origin: then the new one is freed. Of two of one origin the later one holds.
 */
void declare_pair(struct model *m, struct pair_decl *p);
void declare_guard(struct model *m, struct guard_decl *g);
void declare_pin(struct model *m, struct pin_decl *p);

#endif
