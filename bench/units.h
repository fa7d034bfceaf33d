/* SPDX-License-Identifier: GPL-2.0-only */
/* The units that a program of this folder is called with. */
#ifndef PINCHECK_BENCH_UNITS_H
#define PINCHECK_BENCH_UNITS_H

#include "frontend/frontend.h"

typedef void (*unit_fn)(const struct compile_command *cmd, void *data);

/*
 * Calls @fn for each unit of "DIRECTORY-OF-DATABASE FILE..." or "FILE... --
 * FLAG...", in this order; @args ends in NULL. Returns how many files have no
 * command, or -1 if there is no database: both are told on stderr.
 */
int units_each(const char *program, char **args, unit_fn fn, void *data);

#endif
