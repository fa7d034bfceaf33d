// SPDX-License-Identifier: GPL-2.0-only
/*
 * How declarations are written, and how they get into the model. Only one
 * declaration of a flag is in force, so that a person can correct what is
 * built in without a way to switch it off.
 */
#include "model/declare.h"

#include "model/private.h"

#define NAME "[A-Za-z_][A-Za-z0-9_]*"
#define RECORD "(?:(?:struct|union) +)?(" NAME ")"

char *declare_error(const char *file, int line, const char *format,
		    va_list args)
{
	char *what = g_strdup_vprintf(format, args);
	char *error, *c;

	for (c = what; *c; c++)
		if (g_ascii_iscntrl(*c))
			*c = '?';
	error = g_strdup_printf("%s:%d: %s", file, line, what);
	g_free(what);
	return error;
}

bool declare_is_name(const char *text)
{
	return g_regex_match_simple("^" NAME "\\z", text, 0, 0);
}

bool declare_is_path(const char *text)
{
	return g_regex_match_simple("^->" NAME "(?:(?:\\.|->)" NAME ")*\\z",
				    text, 0, 0);
}

/* The groups of @pattern in @text, interned; an absent one is "". */
static bool match(const char *pattern, const char *text, const char **ret_group,
		  int n_groups)
{
	GRegex *regex = g_regex_new(pattern, 0, 0, NULL);
	GMatchInfo *info;
	bool matched = g_regex_match(regex, text, 0, &info);
	int i;

	for (i = 0; matched && i < n_groups; i++) {
		char *group = g_match_info_fetch(info, i + 1);

		ret_group[i] = g_intern_string(group ? group : "");
		g_free(group);
	}
	g_match_info_unref(info);
	g_regex_unref(regex);
	return matched;
}

const char *declare_record(const char *text)
{
	const char *name;

	return match("^" RECORD "\\z", text, &name, 1) ? name : NULL;
}

bool declare_flag(const char *text, const char **ret_record,
		  const char **ret_flag)
{
	const char *groups[2];

	if (!match("^" RECORD "\\.(" NAME "(?::[A-Za-z0-9_]+)?)\\z", text,
		   groups, 2))
		return false;
	*ret_record = groups[0];
	*ret_flag = groups[1];
	return true;
}

/* Which declaration this is, and how much it weighs. */
struct identity {
	const char *record, *flag;
	enum origin origin;
};

static struct identity pair_identity(gconstpointer decl)
{
	const struct pair_decl *p = decl;

	return (struct identity){ p->record, p->flag, p->origin };
}

static struct identity guard_identity(gconstpointer decl)
{
	const struct guard_decl *g = decl;

	return (struct identity){ g->record, g->flag, g->origin };
}

static struct identity pin_identity(gconstpointer decl)
{
	const struct pin_decl *p = decl;

	return (struct identity){ p->record, p->flag, p->origin };
}

static int strength(enum origin origin)
{
	static const int strengths[] = {
		[ORIGIN_MINED] = 0,
		[ORIGIN_BUILTIN] = 1,
		[ORIGIN_ANNOTATED] = 2,
		[ORIGIN_DECLARED] = 3,
	};

	return strengths[origin];
}

static void declare(GPtrArray *list, gpointer decl,
		    struct identity (*identify)(gconstpointer),
		    GDestroyNotify destroy)
{
	struct identity new = identify(decl);
	guint i;

	for (i = 0; i < list->len; i++) {
		struct identity old = identify(list->pdata[i]);

		if (old.record != new.record || old.flag != new.flag)
			continue;
		if (strength(old.origin) > strength(new.origin)) {
			destroy(decl);
			return;
		}
		destroy(list->pdata[i]);
		list->pdata[i] = decl;
		return;
	}
	g_ptr_array_add(list, decl);
}

static void destroy_pair(gpointer decl)
{
	pair_decl_free(decl);
}

static void destroy_pin(gpointer decl)
{
	pin_decl_free(decl);
}

void declare_pair(struct model *m, struct pair_decl *p)
{
	declare(m->pairs, p, pair_identity, destroy_pair);
}

void declare_guard(struct model *m, struct guard_decl *g)
{
	declare(m->guards, g, guard_identity, g_free);
}

void declare_pin(struct model *m, struct pin_decl *p)
{
	declare(m->pins, p, pin_identity, destroy_pin);
}
