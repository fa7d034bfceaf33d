// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reads the edits of an editor. Where a member may be absent it may also be
 * null. Whether the places are there is text.c's question.
 */
#include "lsp/edits.h"

#include <json-c/json.h>

/* Integers of 64 bits are below that. */
#define LONGEST 0x1p63

/* NULL: absent, or null. */
static json_object *member(json_object *o, const char *name)
{
	json_object *value = NULL;

	json_object_object_get_ex(o, name, &value);
	return value;
}

/* An integer, however it is written; of a long one the low bits, as clangd does. */
static bool read_int(json_object *value, int *ret)
{
	double number;

	if (json_object_is_type(value, json_type_int)) {
		*ret = (int)json_object_get_int64(value);
		return true;
	}
	if (!json_object_is_type(value, json_type_double))
		return false;
	number = json_object_get_double(value);
	if (!(number >= -LONGEST && number < LONGEST))
		return false;
	*ret = (int)(gint64)number;
	return (double)(gint64)number == number;
}

static bool read_position(json_object *value, struct position *ret)
{
	return read_int(member(value, "line"), &ret->line) &&
	       read_int(member(value, "character"), &ret->character);
}

bool json_read_range(json_object *value, struct range *ret)
{
	return read_position(member(value, "start"), &ret->start) &&
	       read_position(member(value, "end"), &ret->end);
}

static bool read_edit(json_object *value, struct edit *ret)
{
	json_object *text = member(value, "text");
	json_object *range = member(value, "range");
	json_object *length = member(value, "rangeLength");

	*ret = (struct edit){ .whole = !range, .change.length = -1 };
	if (!json_object_is_type(text, json_type_string))
		return false;
	ret->change.bytes = json_object_get_string(text);
	ret->change.size = (size_t)json_object_get_string_len(text);
	if (length && !read_int(length, &ret->change.length))
		return false;
	/* no range is as long, and -1 would mean that none was told */
	if (length && ret->change.length < 0)
		ret->change.length = G_MAXINT;
	return !range || json_read_range(range, &ret->change.range);
}

GArray *edits_read(json_object *changes)
{
	GArray *edits;

	if (!json_object_is_type(changes, json_type_array))
		return NULL;
	edits = g_array_new(FALSE, FALSE, sizeof(struct edit));
	for (size_t i = 0; i < json_object_array_length(changes); i++) {
		struct edit e;

		if (!read_edit(json_object_array_get_idx(changes, i), &e)) {
			g_array_free(edits, TRUE);
			return NULL;
		}
		g_array_append_val(edits, e);
	}
	return edits;
}
