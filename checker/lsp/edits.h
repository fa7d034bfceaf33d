/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a textDocument/didChange holds: TextDocumentContentChangeEvent, as
 * clangd 19 reads it.
 */
#ifndef PINCHECK_LSP_EDITS_H
#define PINCHECK_LSP_EDITS_H

#include <json-c/json_types.h>

#include "lsp/text.h"

struct edit {
	bool whole; /* the bytes are all of the text, and there is no range */
	struct change change;
};

/*
 * The edits in order, whose bytes are those of @changes; NULL: one is damaged,
 * and none counts. Caller frees the array.
 */
GArray *edits_read(json_object *changes);
/* false: @value is no such thing. */
bool json_read_range(json_object *value, struct range *ret);

#endif
