// SPDX-License-Identifier: GPL-2.0-only
/*
 * textDocument/hover: our text goes into the string that clangd's stands in, in
 * each of the forms that the protocol has for it.
 */
#include "lsp/hover.h"

#include <json-c/json.h>

#include "base/json.h"
#include "lsp/documents.h"
#include "lsp/edits.h"
#include "lsp/joint.h"
#include "lsp/question.h"

/* In Markdown a line across, in plain text what looks like one. */
#define BETWEEN "\n\n---\n\n"

/* In ms: about what one waits for a hint without wondering. */
#define PATIENCE 400

/* @json with @text behind what it says, both JSON strings. */
static char *append_text(struct span json, const char *text)
{
	GString *out = g_string_new_len(json.start, (gssize)json.size - 1);
	json_object *more = json_text(text);
	const char *quoted = json_object_to_json_string_ext(
		more, JSON_C_TO_STRING_NOSLASHESCAPE);

	g_string_append(out, quoted + 1);
	json_object_put(more);
	return g_string_free(out, FALSE);
}

static GString *extend(struct span theirs, struct span value, const char *text)
{
	char *below = g_strconcat(BETWEEN, text, NULL);
	char *longer = append_text(value, below);
	GString *out = splice_over(theirs, value, longer);

	g_free(longer);
	g_free(below);
	return out;
}

/* Its own place, as nobody else has anything to say. */
static GString *whole(struct router *r, const char *text, json_object *range)
{
	json_object *o = json_object_new_object();
	json_object *contents = json_put_object(o, "contents");
	struct range place;
	GString *out;

	json_put_text(contents, "kind",
		      r->client.markdown ? "markdown" : "plaintext");
	json_put_text(contents, "value", text);
	if (json_read_range(range, &place))
		json_object_object_add(o, "range", json_object_get(range));
	out = g_string_new(json_object_to_json_string_ext(
		o, JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE));
	json_object_put(o);
	return out;
}

static GString *merge(struct router *r, json_object *question,
		      struct span theirs, json_object *ours)
{
	static const char *const at_contents[] = { "contents", NULL };
	static const char *const at_value[] = { "value", NULL };
	json_object *said = NULL, *range = NULL;
	struct span contents, value;

	json_object_object_get_ex(ours, "text", &said);
	json_object_object_get_ex(ours, "range", &range);
	if (!json_object_is_type(said, json_type_string))
		return NULL;
	contents = scan_path(theirs, at_contents);
	value = scan_kind(contents) == '{' ? scan_path(contents, at_value) :
					     contents;
	if (!theirs.start)
		return whole(r, json_object_get_string(said), range);
	if (scan_kind(value) == '"')
		return extend(theirs, value, json_object_get_string(said));
	if (scan_kind(value) == '[')
		return splice_into(theirs, value,
				   json_object_to_json_string(said));
	return NULL;
}

void hover_asked(struct router *r, const struct message *m)
{
	static const char *const at[] = { "position", NULL };
	json_object *question = question_about(r, "hover", m->params);

	if (question)
		question_put(question, "position", scan_path(m->params, at));
	joint_ask(r, m, question, merge, PATIENCE);
}
