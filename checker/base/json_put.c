// SPDX-License-Identifier: GPL-2.0-only
/*
 * JSON for readers outside: what the formats that are JSON share. What passes
 * between our own processes is written in json.c, where bytes stay as they are.
 */
#include <json-c/json.h>

#include "base/json.h"
#include "base/printable.h"

#define FILE_FLAGS                                                       \
	(JSON_C_TO_STRING_PRETTY | JSON_C_TO_STRING_SPACED |             \
	 JSON_C_TO_STRING_NOSLASHESCAPE)

json_object *json_text(const char *text)
{
	char *valid = text ? g_utf8_make_valid(text, -1) : NULL;
	json_object *o = valid ? json_object_new_string(valid) : NULL;

	g_free(valid);
	return o;
}

json_object *json_texts(const GPtrArray *texts)
{
	json_object *array = json_object_new_array();

	for (guint i = 0; i < texts->len; i++)
		json_object_array_add(array, json_text(texts->pdata[i]));
	return array;
}

void json_put_text(json_object *o, const char *name, const char *text)
{
	json_object_object_add(o, name, json_text(text));
}

void json_put_int(json_object *o, const char *name, int value)
{
	json_object_object_add(o, name, json_object_new_int(value));
}

json_object *json_put_object(json_object *o, const char *name)
{
	json_object *member = json_object_new_object();

	json_object_object_add(o, name, member);
	return member;
}

json_object *json_put_array(json_object *o, const char *name)
{
	json_object *member = json_object_new_array();

	json_object_object_add(o, name, member);
	return member;
}

json_object *json_add_object(json_object *array)
{
	json_object *element = json_object_new_object();

	json_object_array_add(array, element);
	return element;
}

/*
 * json-c escapes what JSON asks for. Of other control characters, which only
 * strings have, a reader sees the escape, and a program gets what they are.
 */
static void put_escaped(GString *out, const char *json)
{
	while (*json) {
		size_t n = *json == '\n' ? 0 : printable_control(json);

		if (n)
			g_string_append_printf(out, "\\u%04x",
					       g_utf8_get_char(json));
		else
			g_string_append_c(out, *json);
		json += n ? n : 1;
	}
}

void json_write(json_object *o, GString *out)
{
	put_escaped(out, json_object_to_json_string_ext(o, FILE_FLAGS));
	g_string_append_c(out, '\n');
	json_object_put(o);
}
