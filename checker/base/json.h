/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What we write and read as JSON, on top of json-c: values from text that may
 * not be UTF-8, and members of objects that may be damaged.
 */
#ifndef PINCHECK_BASE_JSON_H
#define PINCHECK_BASE_JSON_H

#include <glib.h>
#include <json-c/json_types.h>

/* JSON for readers: text is made valid UTF-8; NULL becomes null. */
json_object *json_text(const char *text);
json_object *json_texts(const GPtrArray *texts);
void json_put_text(json_object *o, const char *name, const char *text);
void json_put_int(json_object *o, const char *name, int value);
/* A new, empty member or element, which @o owns. */
json_object *json_put_object(json_object *o, const char *name);
json_object *json_put_array(json_object *o, const char *name);
json_object *json_add_object(json_object *array);
/* Appends @o, indented and with an end of line, and frees it. */
void json_write(json_object *o, GString *out);

/* What went wrong first, or NULL: the rest of the reading is then harmless. */
struct json_reader {
	char *error; /* the caller's */
};
void json_fail(struct json_reader *rd, const char *name, const char *what);
/* The root, which the caller puts. */
json_object *json_parse(struct json_reader *rd, const char *text,
			size_t length);
/* A member of @o; what there is none of is NULL, 0 or "". */
json_object *json_get(struct json_reader *rd, json_object *o,
		      const char *name, json_type type);
int json_get_int(struct json_reader *rd, json_object *o, const char *name);
const char *json_get_text(struct json_reader *rd, json_object *o,
			  const char *name);
/* A string or null. */
const char *json_get_opt_text(struct json_reader *rd, json_object *o,
			      const char *name);
/* The length of an array, 0 where there is none. */
size_t json_length(json_object *array);

#endif
