// SPDX-License-Identifier: GPL-2.0-only
/*
 * The floor of bench/overhead: parses the given files of a compile database
 * through libclang, one after the other, and does nothing else.
 *
 *	parse_only DIRECTORY-OF-DATABASE FILE...
 */
#include <stdio.h>
#include <stdlib.h>

#include "frontend/frontend.h"

static int parse(const struct compile_db *db, const char *file)
{
	char *path = g_canonicalize_filename(file, NULL);
	struct compile_command *cmd = compile_db_command(db, path);
	int ret = cmd ? frontend_parse_only(cmd) : -1;

	if (ret < 0)
		fprintf(stderr, "parse_only: %s: cannot be parsed\n", file);
	compile_command_free(cmd);
	g_free(path);
	return ret;
}

int main(int argc, char **argv)
{
	struct compile_db *db;
	char *error = NULL;
	int i, failed = 0;

	if (argc < 3) {
		fprintf(stderr, "usage: parse_only DIR FILE...\n");
		return 2;
	}
	db = compile_db_load(argv[1], &error);
	if (!db) {
		fprintf(stderr, "parse_only: %s\n", error);
		g_free(error);
		return 2;
	}
	for (i = 2; i < argc; i++)
		failed |= parse(db, argv[i]) < 0;
	compile_db_free(db);
	return failed ? 3 : 0;
}
