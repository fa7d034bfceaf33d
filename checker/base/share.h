/* SPDX-License-Identifier: GPL-2.0-only */
/* Where the data that is installed with the program lies. */
#ifndef PINCHECK_BASE_SHARE_H
#define PINCHECK_BASE_SHARE_H

/*
 * The path of @name ("cocci", "include/pincheck.h") in share/pincheck, which
 * need not exist. The caller frees it.
 */
char *share_path(const char *name);

#endif
