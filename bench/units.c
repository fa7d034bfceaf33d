// SPDX-License-Identifier: GPL-2.0-only
/* The units that a program of this folder is called with. */
#include "units.h"

#include <stdio.h>
#include <string.h>

static void each_with_flags(char **files, char **dashes, unit_fn fn, void *data)
{
	char *here = g_get_current_dir();
	struct compile_command *cmd;

	for (; files < dashes; files++) {
		cmd = compile_command_new(here, *files,
					  (const char *const *)dashes + 1);
		fn(cmd, data);
		compile_command_free(cmd);
	}
	g_free(here);
}

static int each_of_database(const char *program, const struct compile_db *db,
			    char **files, unit_fn fn, void *data)
{
	struct compile_command *cmd;
	int missing = 0;
	char *path;

	for (; *files; files++) {
		path = g_canonicalize_filename(*files, NULL);
		cmd = compile_db_command(db, path);
		if (cmd)
			fn(cmd, data);
		else
			fprintf(stderr, "%s: %s: has no command\n", program,
				path);
		missing += !cmd;
		compile_command_free(cmd);
		g_free(path);
	}
	return missing;
}

int units_each(const char *program, char **args, unit_fn fn, void *data)
{
	struct compile_db *db;
	char *error = NULL, **at;
	int missing;

	for (at = args; *at && strcmp(*at, "--"); at++)
		;
	if (*at) {
		each_with_flags(args, at, fn, data);
		return 0;
	}
	db = compile_db_load(*args, &error);
	if (!db) {
		fprintf(stderr, "%s: %s\n", program, error);
		g_free(error);
		return -1;
	}
	missing = each_of_database(program, db, args + 1, fn, data);
	compile_db_free(db);
	return missing;
}
