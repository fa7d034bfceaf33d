// SPDX-License-Identifier: GPL-2.0-only
/* A directory for the files of one test. */
#include "scratch.h"

#include <glib/gstdio.h>

char *scratch_new(void)
{
	char *dir = g_dir_make_tmp("pincheck-XXXXXX", NULL);

	g_assert_nonnull(dir);
	return dir;
}

void scratch_write(const char *dir, const char *name, const char *text)
{
	char *path = g_build_filename(dir, name, NULL);

	g_assert_true(g_file_set_contents(path, text, -1, NULL));
	g_free(path);
}

char *scratch_run(const char *dir, const char *command, int max_status)
{
	const char *argv[] = { "/bin/sh", "-c", command, NULL };
	char *out = NULL, *err = NULL;
	int status = 0;

	g_assert_true(g_spawn_sync(dir, (char **)argv, NULL, G_SPAWN_DEFAULT,
				   NULL, NULL, &out, &err, &status, NULL));
	if (!WIFEXITED(status) || WEXITSTATUS(status) > max_status)
		g_test_message("%s: %s%s", command, out, err);
	g_assert_true(WIFEXITED(status));
	g_assert_cmpint(WEXITSTATUS(status), <=, max_status);
	g_free(err);
	return out;
}

void scratch_remove(char *dir)
{
	GDir *open = g_dir_open(dir, 0, NULL);
	const char *name;

	while ((name = g_dir_read_name(open))) {
		char *path = g_build_filename(dir, name, NULL);

		g_remove(path);
		g_free(path);
	}
	g_dir_close(open);
	g_rmdir(dir);
	g_free(dir);
}
