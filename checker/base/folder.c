// SPDX-License-Identifier: GPL-2.0-only
/*
 * Folders by their names, and the removing of our own. What could not be
 * removed is not told.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE /* nftw */
#endif

#include "base/folder.h"

#include <ftw.h>
#include <stdio.h>
#include <string.h>

const char *folder_rest(const char *folder, const char *path)
{
	size_t n = strlen(folder);

	/* "/" is the one folder whose name ends in a slash. */
	if (n && folder[n - 1] == '/')
		n--;
	if (strncmp(path, folder, n) || path[n] != '/' || !path[n + 1])
		return NULL;
	return path + n + 1;
}

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
