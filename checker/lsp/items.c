// SPDX-License-Identifier: GPL-2.0-only
/*
 * Items that move with the text they are about. What in them is no place stays
 * as it was, also where it speaks of lines.
 */
#include "lsp/items.h"

#include <json-c/json.h>
#include <string.h>

#include "lsp/edits.h"
#include "lsp/uri.h"

static void write_position(json_object *range, const char *name,
			   struct position p)
{
	json_object *o = json_object_object_get(range, name);

	json_object_set_int(json_object_object_get(o, "line"), p.line);
	json_object_set_int(json_object_object_get(o, "character"),
			    p.character);
}

/* false: the edit touched it, or it is none. */
static bool shift_range(json_object *range, const struct shift *s)
{
	struct range r;
	bool untouched;

	if (!json_read_range(range, &r))
		return false;
	untouched = range_shift(&r, s);
	write_position(range, "start", r.start);
	write_position(range, "end", r.end);
	return untouched;
}

static bool is_about(json_object *location, const char *path)
{
	const char *uri = json_object_get_string(
		json_object_object_get(location, "uri"));
	char *of = uri ? uri_path(uri) : NULL;
	bool is = of && !strcmp(of, path);

	g_free(of);
	return is;
}

/* A step that was touched still happens thereabouts. */
static void shift_related(json_object *item, const char *path,
			  const struct shift *s)
{
	json_object *related =
		json_object_object_get(item, "relatedInformation");

	if (!json_object_is_type(related, json_type_array))
		return;
	for (size_t i = 0; i < json_object_array_length(related); i++) {
		json_object *location = json_object_object_get(
			json_object_array_get_idx(related, i), "location");

		if (is_about(location, path))
			shift_range(json_object_object_get(location, "range"),
				    s);
	}
}

void items_shift(json_object *items, const char *path, const struct shift *s)
{
	for (size_t i = items ? json_object_array_length(items) : 0; i--;) {
		json_object *item = json_object_array_get_idx(items, i);

		if (shift_range(json_object_object_get(item, "range"), s))
			shift_related(item, path, s);
		else
			json_object_array_del_idx(items, i, 1);
	}
}

bool items_are_objects(json_object *value)
{
	if (!json_object_is_type(value, json_type_array))
		return false;
	for (size_t i = 0; i < json_object_array_length(value); i++)
		if (!json_object_is_type(json_object_array_get_idx(value, i),
					 json_type_object))
			return false;
	return true;
}

bool items_are(json_object *value)
{
	struct range r;

	if (!items_are_objects(value))
		return false;
	for (size_t i = 0; i < json_object_array_length(value); i++) {
		json_object *item = json_object_array_get_idx(value, i);

		if (!json_read_range(json_object_object_get(item, "range"), &r))
			return false;
	}
	return true;
}

char *items_text(json_object *items)
{
	GString *out = g_string_new(NULL);
	size_t n = items ? json_object_array_length(items) : 0;

	for (size_t i = 0; i < n; i++) {
		json_object *item = json_object_array_get_idx(items, i);

		if (i)
			g_string_append_c(out, ',');
		g_string_append(out, json_object_to_json_string_ext(
					     item,
					     JSON_C_TO_STRING_PLAIN |
					     JSON_C_TO_STRING_NOSLASHESCAPE));
	}
	return g_string_free(out, FALSE);
}
