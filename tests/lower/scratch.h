/* SPDX-License-Identifier: GPL-2.0-only */
/* A directory to run commands in, for tests; any failure fails the test. */
#ifndef TESTS_LOWER_SCRATCH_H
#define TESTS_LOWER_SCRATCH_H

#include <glib.h>

/* An empty directory. scratch_remove() removes it and frees @dir. */
char *scratch_new(void);
void scratch_remove(char *dir);
void scratch_write(const char *dir, const char *name, const char *text);
/*
 * Runs a shell command in it, which must exit with a status up to @max_status;
 * returns what it printed, for the caller to free.
 */
char *scratch_run(const char *dir, const char *command, int max_status);

#endif
