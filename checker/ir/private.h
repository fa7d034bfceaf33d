/* SPDX-License-Identifier: GPL-2.0-only */
/* What the files of ir/ share among themselves only. */
#ifndef PINCHECK_IR_PRIVATE_H
#define PINCHECK_IR_PRIVATE_H

#include <glib.h>

/* An empty hash-consing table; freed with g_hash_table_unref. */
GHashTable *expr_table_new(void);

#endif
