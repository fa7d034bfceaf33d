/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Places in texts, from the lines and bytes of a finding to the positions and
 * ranges of the protocol. Lines and columns of findings count from 1.
 */
#ifndef PINCHECK_CMD_LSP_PLACES_H
#define PINCHECK_CMD_LSP_PLACES_H

#include <json-c/json_types.h>
#include <stdbool.h>

#include "base/utf.h"
#include "cmd/lsp_documents.h"

/* Bytes @from to @to of a line, counted from 0. */
struct place {
	int line;
	size_t from, to;
};

/* The texts of files with an index of their lines, as long as it lives. */
struct places;
struct places *places_new(const struct documents *d, enum encoding e);
void places_free(struct places *p); /* takes NULL */

/*
 * The expression at a byte of a line: a name, with the members that lead to it
 * and the arguments that follow on this line; the whole line if there is none.
 * A line that the file does not have is the nearest one, empty.
 */
struct place places_expression(struct places *p, const char *file, int line,
			       int column);
/* A line without the blanks around it. */
struct place places_line(struct places *p, const char *file, int line);
/* One that begins at a position of the protocol, and is empty. */
struct place places_position(struct places *p, const char *file,
			     json_object *position);
/* Is there such a position? The end of a line is one. */
bool places_has(struct places *p, const char *file, json_object *position);
/* As a range of the protocol. */
json_object *places_range(struct places *p, const char *file,
			  struct place place);
/* The same of the bytes @from to @to of the whole text. */
json_object *places_bytes(struct places *p, const char *file, size_t from,
			  size_t to);
/* Does it meet the range? What is empty is met where it stands. */
bool places_meet(struct places *p, const char *file, struct place place,
		 json_object *range);

#endif
