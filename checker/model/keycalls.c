// SPDX-License-Identifier: GPL-2.0-only
/*
 * [functions] of a .pincheck file: each key is something that functions do,
 * its value the functions that do it, and to which of their arguments.
 */
#include "model/keycalls.h"

#include <string.h>

#include "model/private.h"

struct verb {
	const char *key;
	enum effect effect;
	int min_args, max_args;
	bool has_kind;		/* a word may follow: the kind of lock */
};

static const struct verb verbs[] = {
	{ "get", EFFECT_GET, 1, 1, false },
	{ "get-result", EFFECT_GET_RESULT, 0, 0, false },
	{ "try-get", EFFECT_TRYGET, 1, 1, false },
	{ "put", EFFECT_PUT, 1, 1, false },
	{ "put-test", EFFECT_PUT_TEST, 1, 1, false },
	{ "lock", EFFECT_LOCK, 0, 1, true },
	{ "lock-read", EFFECT_LOCK_READ, 0, 1, true },
	{ "trylock", EFFECT_TRYLOCK, 0, 1, true },
	{ "trylock-read", EFFECT_TRYLOCK_READ, 0, 1, true },
	{ "unlock", EFFECT_UNLOCK, 0, 1, true },
	{ "unlock-read", EFFECT_UNLOCK_READ, 0, 1, true },
	{ "wait", EFFECT_WAIT, 1, 1, false },
	{ "sleep", EFFECT_SLEEP, 0, 0, false },
	{ "wake", EFFECT_WAKE, 1, 1, false },
	{ "publish", EFFECT_PUBLISH, 1, 1, false },
	{ "alloc", EFFECT_ALLOC, 0, 0, false },
	{ "free", EFFECT_FREE, 1, 1, false },
	{ "free-later", EFFECT_FREE_LATER, 1, 1, false },
	{ "select", EFFECT_SELECT, 0, 1, false },
	{ "insert", EFFECT_INSERT, 1, 2, false },
	{ "remove", EFFECT_REMOVE, 1, 1, false },
	{ "ignore", EFFECT_NONE, 0, 0, false },
};

/* "NAME", "NAME()", "NAME(1)", "NAME(0, 1)", each perhaps with " KIND" */
static const char call_syntax[] =
	"^(?<name>[A-Za-z_][A-Za-z0-9_]*)"
	"(?<args> *\\( *((?<arg>[0-9]{1,2}) *(, *(?<arg2>[0-9]{1,2}) *)?)?\\))?"
	"( +(?<kind>[A-Za-z_][A-Za-z0-9_-]*))?\\z";

/* What a group of call_syntax matched, interned; NULL: nothing. */
static const char *part(const GMatchInfo *call, const char *group)
{
	char *text = g_match_info_fetch_named(call, group);
	const char *part = text && *text ? g_intern_string(text) : NULL;

	g_free(text);
	return part;
}

static int number(const char *digits)
{
	return digits ? (int)g_ascii_strtoll(digits, NULL, 10) : -1;
}

static void fill_row(const GMatchInfo *call, const struct verb *v,
		     struct api *ret_row)
{
	struct api row = { .name = part(call, "name"), .effect = v->effect,
			   .arg = number(part(call, "arg")),
			   .arg2 = number(part(call, "arg2")),
			   .class = part(call, "kind") };

	/* "put = my_put" can only mean the first argument. */
	if (!part(call, "args") && v->max_args)
		row.arg = 0;
	row.sleeps = v->effect == EFFECT_WAIT || v->effect == EFFECT_SLEEP;
	*ret_row = row;
}

static int parse_call(struct keytext *t, const struct verb *v,
		      const char *text, struct api *ret_row)
{
	GRegex *regex = g_regex_new(call_syntax, 0, 0, NULL);
	GMatchInfo *call;
	bool matched = g_regex_match(regex, text, 0, &call);

	if (matched)
		fill_row(call, v, ret_row);
	g_match_info_unref(call);
	g_regex_unref(regex);
	if (matched)
		return 0;
	return keytext_fail(t, "'%s' is not a function: that is 'NAME(ARGUMENT)'%s",
			    text, v->has_kind ? " or 'NAME(ARGUMENT) KIND'" :
						"");
}

/* Are the arguments and the kind such as the verb has them? */
static int check_call(struct keytext *t, const struct verb *v,
		      const struct api *row)
{
	int n = (row->arg >= 0) + (row->arg2 >= 0);

	if (n < v->min_args)
		return keytext_fail(t, "'%s' needs an argument: '%s(0)'",
				    v->key, row->name);
	if (n > v->max_args)
		return keytext_fail(t, "'%s' takes %s argument, but '%s' has %d",
				    v->key, v->max_args ? "one" : "no",
				    row->name, n);
	if (row->class && !v->has_kind)
		return keytext_fail(t, "'%s' takes no kind, but '%s' has '%s'",
				    v->key, row->name, row->class);
	if (v->has_kind && !row->class && !n)
		return keytext_fail(t, "'%s()' needs a kind, having no lock: '%s() rcu'",
				    row->name, row->name);
	return 0;
}

static bool is_there(const struct model *m, const struct api *row)
{
	const GArray *rows = g_hash_table_lookup(m->apis, row->name);
	guint i;

	for (i = 0; rows && i < rows->len; i++) {
		const struct api *a = &g_array_index(rows, struct api, i);

		if (a->effect == row->effect && a->arg == row->arg)
			return true;
	}
	return false;
}

/* What is being read, for the callbacks. */
struct context {
	struct model *found;
	const struct verb *verb;
};

static int read_call(struct keytext *t, const char *text, void *data)
{
	const struct context *c = data;
	struct api row;

	if (parse_call(t, c->verb, text, &row) < 0 ||
	    check_call(t, c->verb, &row) < 0)
		return -1;
	if (is_there(c->found, &row))
		return keytext_fail(t, "'%s' is there twice", text);
	if (c->verb->has_kind && !row.class)
		row.class = "lock";
	model_add_api(c->found, &row);
	return 0;
}

static int read_verb(struct keytext *t, const char *key, const char *value,
		     void *data)
{
	struct context *c = data;
	gsize i;

	for (i = 0; i < G_N_ELEMENTS(verbs); i++) {
		if (strcmp(verbs[i].key, key))
			continue;
		c->verb = &verbs[i];
		return keytext_each_item(t, value, read_call, c);
	}
	return keytext_fail(t, "unknown key '%s' in [functions]", key);
}

int keycalls_read(struct keytext *t, const char *group, struct model *found)
{
	struct context c = { .found = found };

	return keytext_each_key(t, group, read_verb, &c);
}
