/* SPDX-License-Identifier: GPL-2.0-only */
/* What was mined, for people and programs. */
#ifndef PINCHECK_MINE_PRINT_H
#define PINCHECK_MINE_PRINT_H

#include "mine/mine.h"

struct mine_style {
	/* A file's name as the user reads it; the callee's result is freed. */
	char *(*file_name)(const char *file);
	const char *version;	/* of pincheck */
	int units;		/* that were counted */
};

/*
 * A .pincheck file: what acts as sections, each with its evidence above it;
 * everything else as comments. A suggestion's lines begin with "# ", so that
 * it acts when these are taken away. @acting: without suggestions and evidence.
 */
void mine_print(GString *out, const struct mining *m,
		const struct mine_style *style, bool acting);
/* All of it as one JSON object. */
void mine_print_json(GString *out, const struct mining *m,
		     const struct mine_style *style);

#endif
