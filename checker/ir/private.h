/* SPDX-License-Identifier: GPL-2.0-only */
/* What the files of ir/ share among themselves only. */
#ifndef PINCHECK_IR_PRIVATE_H
#define PINCHECK_IR_PRIVATE_H

#include "ir/ir.h"

/* An empty hash-consing table; freed with g_hash_table_unref. */
GHashTable *expr_table_new(void);

/*
 * The unit's one copy of @key, which must be canonical and have its operands
 * and interned strings; what hash, serial, depth and nodes hold does not matter.
 */
const struct expr *expr_intern(struct unit *u, struct expr *key);

#endif
