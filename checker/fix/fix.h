/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Edits of C text that would take a finding away: what an editor offers. They
 * are made from the text alone, so who offers one first checks the text that it
 * gives.
 */
#ifndef PINCHECK_FIX_FIX_H
#define PINCHECK_FIX_FIX_H

#include <glib.h>

#include "report/finding.h"

/* Bytes @from to @to of the text become @text. */
struct fix_edit {
	size_t from, to;
	char *text;
};

struct fix {
	char *title;   /* "Use ops_pin()" */
	GArray *edits; /* struct fix_edit, by place, none over another */
};

/*
 * What @r means in @text, that of its file. NULL: what stands there is no plain
 * statement of a block on lines of its own, or it cannot go where it should.
 * The caller frees it. O(size of the text).
 */
struct fix *fix_repair(const struct repair *r, const char *text, size_t size);
/*
 * A comment above the line of @f that hides it once a person has put the reason
 * in: what stands there until then is none, so that the comment is reported and
 * hides nothing. NULL: the text has no such line, or a comment cannot stand
 * there. O(size of the text).
 */
struct fix *fix_suppress(const struct finding *f, const char *text,
			 size_t size);
/* The text with the edits in it; the caller frees it. */
GString *fix_apply(const struct fix *x, const char *text, size_t size);
/* Takes NULL. */
void fix_free(struct fix *x);

#endif
