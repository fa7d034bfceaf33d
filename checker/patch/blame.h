/* SPDX-License-Identifier: GPL-2.0-only */
/* Which commit brought some lines, by git blame. Nothing is written. */
#ifndef PINCHECK_PATCH_BLAME_H
#define PINCHECK_PATCH_BLAME_H

#include <glib.h>

/* Where lines are looked up. */
struct blame_source {
	const char *tree; /* the folder, in a repository; absolute */
	const char *base; /* a revision; NULL: the files as they lie there */
	/*
	 * The file with the text that the lines of the absolute @path count in,
	 * which the caller frees; NULL: there is none.
	 */
	char *(*text)(const char *path, void *data);
	void *data;
};

struct blame_place {
	const char *file; /* absolute */
	int line;
};

/*
 * The youngest of the commits that the lines at @places (struct blame_place)
 * come from, as a commit message names it: 123456789abc ("subject"). Of two
 * where neither is older by the history, the one with the later date. White
 * space and lines that moved within a file do not count as changes. Places
 * outside the tree are passed over.
 *
 * NULL with a reason in *@ret_reason: a line is not committed, or the history
 * begins with that commit, which may have brought more than is known; or what
 * git has to say. The caller frees both. A few git processes a file; each looks
 * at the file's history.
 */
char *blame_youngest(const struct blame_source *source, const GArray *places,
		     char **ret_reason);

#endif
