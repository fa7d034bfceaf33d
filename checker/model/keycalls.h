/* SPDX-License-Identifier: GPL-2.0-only */
/* [functions] of a .pincheck file. */
#ifndef PINCHECK_MODEL_KEYCALLS_H
#define PINCHECK_MODEL_KEYCALLS_H

#include "model/keytext.h"

/*
 * Adds what the group says of functions to @found; 0, or -1 with t->error.
 * @found holds nothing but what this file said so far.
 */
int keycalls_read(struct keytext *t, const char *group, struct model *found);

#endif
