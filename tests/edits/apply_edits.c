// SPDX-License-Identifier: GPL-2.0-only
/*
 * Applies edits as the language server does, for tests/edits/run. A line of stdin
 * has a case, {"encoding", "text", "changes"}; one of stdout what came of it,
 * {"result", "text"}, without a text if that was lost.
 */
#include <glib.h>
#include <json-c/json.h>
#include <stdio.h>
#include <string.h>

#include "base/json.h"
#include "lsp/documents.h"

#define URI "file:///case.c"

static const char *const results[] = { [CHANGE_DONE] = "done",
				       [CHANGE_IGNORED] = "ignored",
				       [CHANGE_LOST] = "lost" };

static json_object *text_of(const struct document *d)
{
	GString *bytes = g_string_new(NULL);
	json_object *text;

	text_put(d->text, bytes);
	text = json_object_new_string_len(bytes->str, (int)bytes->len);
	g_string_free(bytes, TRUE);
	return text;
}

static json_object *apply(json_object *given)
{
	json_object *text = json_object_object_get(given, "text");
	json_object *told = json_object_new_object();
	struct documents *docs = documents_new(FALSE);
	enum change_result result;
	enum encoding e;

	if (!encoding_parse(json_object_get_string(json_object_object_get(
				    given, "encoding")), &e))
		g_error("no such encoding");
	documents_set_encoding(docs, e);
	documents_open(docs, URI, "1", json_object_get_string(text),
		       (size_t)json_object_get_string_len(text));
	result = documents_change(docs, URI, "2",
				  json_object_object_get(given, "changes"));
	json_put_text(told, "result", results[result]);
	if (result != CHANGE_LOST)
		json_object_object_add(told, "text",
				       text_of(documents_find(docs, URI)));
	documents_free(docs);
	return told;
}

int main(void)
{
	char *line = NULL;
	size_t room = 0;
	ssize_t length;

	while ((length = getline(&line, &room, stdin)) > 0) {
		struct json_reader rd = { 0 };
		json_object *given = json_parse(&rd, line, (size_t)length);
		json_object *told;

		if (rd.error)
			g_error("%s", rd.error);
		told = apply(given);
		puts(json_object_to_json_string_ext(told,
						    JSON_C_TO_STRING_PLAIN));
		json_object_put(told);
		json_object_put(given);
	}
	free(line);
	return 0;
}
