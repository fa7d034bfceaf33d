/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What was found in a document: an array of Diagnostic, as the Language Server
 * Protocol 3.17 has it.
 */
#ifndef PINCHECK_LSP_ITEMS_H
#define PINCHECK_LSP_ITEMS_H

#include <json-c/json_types.h>

#include "lsp/text.h"

/*
 * Moves all places of @items (may be NULL) that are in the file @path, in which
 * the items are, behind an edit. An item that the edit touches is removed.
 */
void items_shift(json_object *items, const char *path, const struct shift *s);
/* Is it an array of objects that each have a range? */
bool items_are(json_object *value);
/* Is it an array of objects? */
bool items_are_objects(json_object *value);
/* The elements with commas between. Caller frees. */
char *items_text(json_object *items);

#endif
