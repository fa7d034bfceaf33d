/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the files of model/ share: how a row or a declaration gets in.
 */
#ifndef PINCHECK_MODEL_PRIVATE_H
#define PINCHECK_MODEL_PRIVATE_H

#include "model/model.h"

/* An empty struct model.found. */
GHashTable *found_table_new(void);

/* Adds a row to its function, and makes its strings interned ones. */
void model_add_api(struct model *m, const struct api *row);

struct pin_decl *pin_decl_new(void);
void pin_decl_free(struct pin_decl *p);

/*
 * The row that the spelling of @name implies, if there is one: page flags,
 * buffer flags, tracing. Returns whether *@row was filled.
 */
bool pattern_match(const char *name, struct api *row);

/*
 * The name under which the model has the rows of a spelling variant, or NULL:
 * "atomic_inc" for "arch_atomic64_inc". The caller frees it.
 */
char *pattern_base_name(const char *name);

#endif
