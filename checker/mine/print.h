/* SPDX-License-Identifier: GPL-2.0-only */
/* What was mined, for people and programs. */
#ifndef PINCHECK_MINE_PRINT_H
#define PINCHECK_MINE_PRINT_H

#include "mine/mine.h"

/*
 * A .pincheck file: what acts as sections, the rest as comments that become
 * sections if the mark is taken away.
 */
void mine_print(GString *out, const struct mining *m);

#endif
