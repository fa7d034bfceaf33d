// SPDX-License-Identifier: GPL-2.0-only
/* Code actions: which findings they are for, and the one that replays. */
#include "cmd/lsp_actions.h"

#include <json-c/json.h>
#include <string.h>

#include "base/json.h"
#include "cmd/lsp_check.h"
#include "cmd/lsp_fixes.h"
#include "cmd/lsp_items.h"

#define KIND "quickfix"

/* Is @kind what was asked for, or a kind of it ("a.b" of "a")? */
static bool is_kind_of(const char *kind, const char *wanted)
{
	size_t n = strlen(wanted);

	return !n || (g_str_has_prefix(kind, wanted) &&
		      (!kind[n] || kind[n] == '.'));
}

static bool is_wanted(const char *kind, json_object *only)
{
	for (size_t i = 0; i < json_length(only); i++) {
		json_object *wanted = json_object_array_get_idx(only, i);

		if (json_object_is_type(wanted, json_type_string) &&
		    is_kind_of(kind, json_object_get_string(wanted)))
			return true;
	}
	return !only;
}

/* What is said of comments has no race, and cannot be ignored. */
static bool is_of_rule(const struct finding *f)
{
	return strcmp(f->rule, SUPPRESSION_RULE) != 0;
}

static void add_replay(const struct lsp_found *found, json_object *array)
{
	json_object *action = json_add_object(array), *command, *argument;

	json_put_text(action, "title", "Replay this race");
	json_put_text(action, "kind", KIND);
	json_object_array_add(json_put_array(action, "diagnostics"),
			      json_object_get(found->item));
	command = json_put_object(action, "command");
	json_put_text(command, "title", "Replay this race");
	json_put_text(command, "command", "pincheck.replay");
	argument = json_add_object(json_put_array(command, "arguments"));
	json_put_text(argument, "uri", found->doc->uri);
	json_put_text(argument, "fingerprint", found->finding->fingerprint);
}

json_object *lsp_actions(struct lsp_worker *w, const struct document *doc,
			 json_object *range, json_object *only)
{
	json_object *array = json_object_new_array();
	struct places *p = places_new(w->documents, w->encoding);
	struct lsp_found at = { .doc = doc };
	const struct report *r = NULL;

	if (is_wanted(KIND, only)) {
		at.check = lsp_check_last(w, doc);
		r = at.check->report;
	}
	for (guint i = 0; r && i < r->findings->len; i++) {
		at.finding = r->findings->pdata[i];
		if (!is_of_rule(at.finding) ||
		    !places_meet(p, doc->path,
				 lsp_item_place(p, doc, at.finding), range))
			continue;
		at.item = lsp_item(w, p, doc, at.finding);
		lsp_fixes_add(w, p, &at, array);
		add_replay(&at, array);
		json_object_put(at.item);
	}
	places_free(p);
	return array;
}
