// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reading JSON that may be damaged: each member's type is checked, and the
 * first fault is kept, after which reading on does no harm.
 */
#include <json-c/json.h>

#include "base/json.h"

/* What libclang, an editor or we nest stays far below. */
#define DEPTH 512

void json_fail(struct json_reader *rd, const char *name, const char *what)
{
	if (!rd->error)
		rd->error = g_strdup_printf("\"%s\" is not %s", name, what);
}

json_object *json_get(struct json_reader *rd, json_object *o, const char *name,
		      json_type type)
{
	json_object *v = NULL;

	if (json_object_is_type(o, json_type_object) &&
	    json_object_object_get_ex(o, name, &v) &&
	    json_object_is_type(v, type))
		return v;
	json_fail(rd, name, json_type_to_name(type));
	return NULL;
}

int json_get_int(struct json_reader *rd, json_object *o, const char *name)
{
	return json_object_get_int(json_get(rd, o, name, json_type_int));
}

const char *json_get_text(struct json_reader *rd, json_object *o,
			  const char *name)
{
	json_object *v = json_get(rd, o, name, json_type_string);

	return v ? json_object_get_string(v) : "";
}

const char *json_get_opt_text(struct json_reader *rd, json_object *o,
			      const char *name)
{
	json_object *v;

	if (json_object_object_get_ex(o, name, &v) && !v)
		return NULL;
	return json_get_text(rd, o, name);
}

size_t json_length(json_object *array)
{
	return array ? json_object_array_length(array) : 0;
}

/* Is there more than blanks behind the value that @tok has read? */
static gboolean has_more(struct json_tokener *tok, const char *text,
			 size_t length)
{
	size_t end = json_tokener_get_parse_end(tok);

	while (end < length && g_ascii_isspace(text[end]))
		end++;
	return end < length;
}

json_object *json_parse(struct json_reader *rd, const char *text, size_t length)
{
	struct json_tokener *tok = json_tokener_new_ex(DEPTH);
	json_object *o = NULL;

	if (length > G_MAXINT)
		json_fail(rd, "report", "short enough");
	else
		o = json_tokener_parse_ex(tok, text, (int)length);
	if (!o && !rd->error)
		rd->error = g_strdup_printf(
			"not JSON: %s",
			json_tokener_error_desc(json_tokener_get_error(tok)));
	if (o && has_more(tok, text, length))
		rd->error = g_strdup("not JSON: text after its end");
	json_tokener_free(tok);
	return o;
}
