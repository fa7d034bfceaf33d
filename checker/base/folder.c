// SPDX-License-Identifier: GPL-2.0-only
/* Removing folders of our own. It does not tell what could not be removed. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE /* nftw */
#endif

#include "base/folder.h"

#include <ftw.h>
#include <stdio.h>

/* Descriptors that nftw() may keep open; deeper folders are opened anew. */
#define OPEN_FOLDERS 16

static int remove_one(const char *path, const struct stat *st, int type,
		      struct FTW *at)
{
	(void)st;
	(void)type;
	(void)at;
	remove(path);
	return 0;
}

void folder_remove(const char *folder)
{
	nftw(folder, remove_one, OPEN_FOLDERS, FTW_DEPTH | FTW_PHYS);
}
