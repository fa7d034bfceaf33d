// SPDX-License-Identifier: GPL-2.0-only
/*
 * textDocument/codeAction: what the worker offers is put behind what clangd
 * does. It is for one text of the document: if that was edited in between, it is
 * dropped.
 */
#include "lsp/actions.h"

#include <json-c/json.h>

#include "base/json.h"
#include "lsp/items.h"
#include "lsp/joint.h"
#include "lsp/question.h"

/* In ms: edits are tried before they are offered, which takes a few checks. */
#define PATIENCE 1500

/* An editor that knows commands only gets the actions that are one. */
static json_object *as_commands(json_object *actions)
{
	json_object *commands = json_object_new_array(), *command;

	for (size_t i = 0; i < json_length(actions); i++)
		if (json_object_object_get_ex(
			    json_object_array_get_idx(actions, i), "command",
			    &command))
			json_object_array_add(commands,
					      json_object_get(command));
	return commands;
}

/* NULL: there are none for the text as it is now. */
static json_object *offered(struct router *r, json_object *question,
			    json_object *ours)
{
	json_object *items = NULL;

	if (!question_is_current(r, question, ours) ||
	    !json_object_object_get_ex(ours, "items", &items) ||
	    !items_are_objects(items))
		return NULL;
	return r->client.literals ? json_object_get(items) :
				    as_commands(items);
}

static GString *merge(struct router *r, json_object *question,
		      struct span theirs, json_object *ours)
{
	json_object *items = offered(r, question, ours);
	GString *out = NULL;
	char *list;

	if (json_length(items)) {
		list = items_text(items);
		if (scan_kind(theirs) == '[') {
			out = splice_into(theirs, theirs, list);
		} else {
			out = g_string_new(NULL);
			g_string_printf(out, "[%s]", list);
		}
		g_free(list);
	}
	json_object_put(items);
	return out;
}

void actions_asked(struct router *r, const struct message *m)
{
	static const char *const at_range[] = { "range", NULL };
	static const char *const at_only[] = { "context", "only", NULL };
	json_object *question = question_about(r, "actions", m->params);

	if (question) {
		question_put(question, "range",
			     scan_path(m->params, at_range));
		question_put(question, "only", scan_path(m->params, at_only));
	}
	joint_ask(r, m, question, merge, PATIENCE);
}
