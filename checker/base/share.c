// SPDX-License-Identifier: GPL-2.0-only
/*
 * Finds share/pincheck: what $PINCHECK_SHARE says, or else ../share/pincheck
 * beside the program, which is right in the build tree, after `cmake
 * --install`, and when the installed tree is moved. It does not look at what
 * is there.
 */
#include "base/share.h"

#include <glib.h>

char *share_path(const char *name)
{
	const char *env = g_getenv("PINCHECK_SHARE");
	char *program, *dir, *path;

	if (env && *env)
		return g_build_filename(env, name, NULL);
	program = g_file_read_link("/proc/self/exe", NULL);
	dir = g_path_get_dirname(program ? program : "bin/pincheck");
	path = g_build_filename(dir, "..", "share", "pincheck", name, NULL);
	g_free(dir);
	g_free(program);
	return path;
}
