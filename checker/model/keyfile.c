// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reads .pincheck files; docs/pincheck-file.md describes them. What a file
 * declares is collected in a model of its own, which goes into the real one
 * when the whole file was right.
 */
#include <stddef.h>
#include <string.h>

#include "model/declare.h"
#include "model/keycalls.h"
#include "model/keytext.h"
#include "model/private.h"

/* Values */

static int read_flag(struct keytext *t, const char *text,
		     const char **ret_record, const char **ret_flag)
{
	if (declare_flag(text, ret_record, ret_flag))
		return 0;
	return keytext_fail(t, "'%s' is not a flag: that is 'struct RECORD.MEMBER' or 'struct RECORD.MEMBER:BIT'",
			    text);
}

static int read_name(struct keytext *t, const char *text, void *ret_name)
{
	if (!declare_is_name(text))
		return keytext_fail(t, "'%s' is not a name", text);
	*(const char **)ret_name = g_intern_string(text);
	return 0;
}

static int add_name(struct keytext *t, const char *text, void *names)
{
	const char *name = NULL;

	if (read_name(t, text, &name) < 0)
		return -1;
	g_ptr_array_add(names, (gpointer)name);
	return 0;
}

static int read_names(struct keytext *t, const char *text, void *names)
{
	return keytext_each_item(t, text, add_name, *(GPtrArray **)names);
}

static int read_record(struct keytext *t, const char *text, void *ret_record)
{
	const char *record = declare_record(text);

	if (!record)
		return keytext_fail(t, "'%s' is not a record: that is 'struct NAME'",
				    text);
	*(const char **)ret_record = record;
	return 0;
}

static int add_record(struct keytext *t, const char *text, void *set)
{
	const char *record = NULL;

	if (read_record(t, text, &record) < 0)
		return -1;
	g_hash_table_add(set, (gpointer)record);
	return 0;
}

static int read_records(struct keytext *t, const char *text, void *set)
{
	return keytext_each_item(t, text, add_record, *(GHashTable **)set);
}

static int add_count(struct keytext *t, const char *text, void *set)
{
	const char *record, *member;
	char *name;

	if (read_flag(t, text, &record, &member) < 0)
		return -1;
	name = g_strdup_printf("%s.%s", record, member);
	g_hash_table_add(set, (gpointer)g_intern_string(name));
	g_free(name);
	return 0;
}

static int read_counts(struct keytext *t, const char *text, void *set)
{
	return keytext_each_item(t, text, add_count, *(GHashTable **)set);
}

static int read_path(struct keytext *t, const char *text, void *ret_path)
{
	if (!declare_is_path(text))
		return keytext_fail(t, "'%s' is not a path: that is '->MEMBER' or '->MEMBER.MEMBER'",
				    text);
	*(const char **)ret_path = g_intern_string(text);
	return 0;
}

static int read_kind(struct keytext *t, const char *text, void *ret_kind)
{
	const struct object_kind *kind = model_object_kind(text);
	char *names;

	if (kind) {
		*(const struct object_kind **)ret_kind = kind;
		return 0;
	}
	names = model_object_kinds();
	keytext_fail(t, "'%s' is not a kind of object: that is %s", text,
		     names);
	g_free(names);
	return -1;
}

static int read_text(struct keytext *t, const char *text, void *ret_text)
{
	*(const char **)ret_text = g_intern_string(text);
	return 0;
}

static int read_pair_flag(struct keytext *t, const char *text, void *pair)
{
	struct pair_decl *p = pair;

	return read_flag(t, text, &p->record, &p->flag);
}

/* Sections with keys that are known beforehand */

struct key {
	const char *name;
	bool required;
	int (*read)(struct keytext *t, const char *text, void *member);
	size_t member;		/* its offset, in what the section declares */
};

static const struct key pair_keys[] = {
	{ "flag", true, read_pair_flag, 0 },
	{ "object", false, read_path, offsetof(struct pair_decl, object) },
	{ "object-type", false, read_record,
	  offsetof(struct pair_decl, object_record) },
	{ "get", false, read_names, offsetof(struct pair_decl, gets) },
	{ "put", false, read_names, offsetof(struct pair_decl, puts) },
	{ "lock", false, read_name, offsetof(struct pair_decl, lock) },
	{ "covers", false, read_kind, offsetof(struct pair_decl, covers) },
	{ "reason", false, read_text, offsetof(struct pair_decl, reason) },
	{ NULL, false, NULL, 0 },
};

static const struct key guard_keys[] = {
	{ "lock", true, read_name, offsetof(struct guard_decl, lock) },
	{ NULL, false, NULL, 0 },
};

static const struct key pin_keys[] = {
	{ "reapers", false, read_names, offsetof(struct pin_decl, reapers) },
	{ NULL, false, NULL, 0 },
};

static const struct key stable_keys[] = {
	{ "records", true, read_records, offsetof(struct model, stable) },
	{ NULL, false, NULL, 0 },
};

static const struct key lifetime_keys[] = {
	{ "counts", true, read_counts, offsetof(struct model, lifetimes) },
	{ NULL, false, NULL, 0 },
};

struct declaration {
	const struct key *keys;
	char *decl;
};

static int read_key(struct keytext *t, const char *key, const char *value,
		    void *data)
{
	const struct declaration *d = data;
	const struct key *k;

	for (k = d->keys; k->name; k++)
		if (!strcmp(k->name, key))
			return k->read(t, value, d->decl + k->member);
	return keytext_fail(t, "unknown key '%s'", key);
}

static int read_keys(struct keytext *t, const char *group,
		     const struct key *keys, void *decl)
{
	struct declaration d = { keys, decl };
	const struct key *k;

	if (keytext_each_key(t, group, read_key, &d) < 0)
		return -1;
	t->line = keytext_line(t, group, NULL);
	for (k = keys; k->name; k++)
		if (k->required && !keytext_line(t, group, k->name))
			return keytext_fail(t, "[%s] lacks '%s'", group,
					    k->name);
	return 0;
}

static int read_pair(struct keytext *t, const char *group, const char *name,
		     struct model *found)
{
	struct pair_decl *p = pair_decl_new();

	p->name = g_intern_string(name);
	p->object = "";
	p->origin = ORIGIN_DECLARED;
	p->file = g_intern_string(t->path);
	p->line = t->line;
	if (read_keys(t, group, pair_keys, p) < 0) {
		pair_decl_free(p);
		return -1;
	}
	declare_pair(found, p);
	return 0;
}

static int read_guard(struct keytext *t, const char *group, const char *flag,
		      struct model *found)
{
	struct guard_decl g = { .origin = ORIGIN_DECLARED,
				.file = g_intern_string(t->path),
				.line = t->line };

	if (read_flag(t, flag, &g.record, &g.flag) < 0 ||
	    read_keys(t, group, guard_keys, &g) < 0)
		return -1;
	declare_guard(found, g_memdup2(&g, sizeof(g)));
	return 0;
}

static int read_pin(struct keytext *t, const char *group, const char *flag,
		    struct model *found)
{
	struct pin_decl *p = pin_decl_new();

	p->origin = ORIGIN_DECLARED;
	p->file = g_intern_string(t->path);
	p->line = t->line;
	if (read_flag(t, flag, &p->record, &p->flag) < 0 ||
	    read_keys(t, group, pin_keys, p) < 0) {
		pin_decl_free(p);
		return -1;
	}
	declare_pin(found, p);
	return 0;
}

static int read_stable(struct keytext *t, const char *group, const char *name,
		       struct model *found)
{
	return read_keys(t, group, stable_keys, found);
}

static int read_lifetimes(struct keytext *t, const char *group,
			  const char *name, struct model *found)
{
	return read_keys(t, group, lifetime_keys, found);
}

static int read_functions(struct keytext *t, const char *group,
			  const char *name, struct model *found)
{
	return keycalls_read(t, group, found);
}

/* All sections */

enum naming { UNNAMED, NAMED, EITHER };

static const struct section {
	const char *kind;
	enum naming naming;
	int (*read)(struct keytext *t, const char *group, const char *name,
		    struct model *found);
} sections[] = {
	{ "pair", NAMED, read_pair },
	{ "functions", EITHER, read_functions },
	{ "guard", NAMED, read_guard },
	{ "pin", NAMED, read_pin },
	{ "stable", UNNAMED, read_stable },
	{ "lifetimes", UNNAMED, read_lifetimes },
};

static const struct section *find_section(const char *group, gsize len)
{
	gsize i;

	for (i = 0; i < G_N_ELEMENTS(sections); i++)
		if (strlen(sections[i].kind) == len &&
		    !strncmp(sections[i].kind, group, len))
			return &sections[i];
	return NULL;
}

/* @group is "KIND" or "KIND NAME". */
static int read_group(struct keytext *t, const char *group, void *found)
{
	gsize len = strcspn(group, " \t");
	const char *name = group + len + strspn(group + len, " \t");
	const struct section *s = find_section(group, len);

	if (!s)
		return keytext_fail(t, "unknown section [%s]", group);
	if (s->naming == NAMED && !*name)
		return keytext_fail(t, "[%s] needs a name behind '%s'", group,
				    s->kind);
	if (s->naming == UNNAMED && *name)
		return keytext_fail(t, "[%s] takes no name, but has '%s'",
				    s->kind, name);
	return s->read(t, group, name, found);
}

/* From the collected declarations into the model */

static struct model *model_new_empty(void)
{
	struct model *m = g_new0(struct model, 1);

	m->apis = g_hash_table_new_full(NULL, NULL, NULL,
					(GDestroyNotify)g_array_unref);
	m->found = found_table_new();
	m->pairs = g_ptr_array_new_with_free_func(
		(GDestroyNotify)pair_decl_free);
	m->guards = g_ptr_array_new_with_free_func(g_free);
	m->pins = g_ptr_array_new_with_free_func(
		(GDestroyNotify)pin_decl_free);
	m->stable = g_hash_table_new(NULL, NULL);
	m->lifetimes = g_hash_table_new(NULL, NULL);
	m->macros = g_hash_table_new(NULL, NULL);
	return m;
}

static void add_all(GHashTable *from, GHashTable *to)
{
	GHashTableIter i;
	gpointer key;

	g_hash_table_iter_init(&i, from);
	while (g_hash_table_iter_next(&i, &key, NULL))
		g_hash_table_add(to, key);
}

static void move(struct model *from, struct model *to)
{
	GHashTableIter i;
	gpointer key, rows;

	while (from->pairs->len)
		declare_pair(to, g_ptr_array_steal_index(from->pairs, 0));
	while (from->guards->len)
		declare_guard(to, g_ptr_array_steal_index(from->guards, 0));
	while (from->pins->len)
		declare_pin(to, g_ptr_array_steal_index(from->pins, 0));
	add_all(from->stable, to->stable);
	add_all(from->lifetimes, to->lifetimes);
	g_hash_table_iter_init(&i, from->apis);
	while (g_hash_table_iter_next(&i, &key, &rows))
		g_hash_table_replace(to->apis, key, g_array_ref(rows));
	g_hash_table_remove_all(to->found); /* the answers may be others now */
}

/* What was mined gives way to all that somebody wrote. */
static void weaken(struct model *m)
{
	guint i;

	for (i = 0; i < m->pairs->len; i++)
		((struct pair_decl *)m->pairs->pdata[i])->origin = ORIGIN_MINED;
	for (i = 0; i < m->guards->len; i++)
		((struct guard_decl *)m->guards->pdata[i])->origin =
			ORIGIN_MINED;
	for (i = 0; i < m->pins->len; i++)
		((struct pin_decl *)m->pins->pdata[i])->origin = ORIGIN_MINED;
}

static int load(struct model *m, const char *path, bool mined,
		char **ret_error)
{
	struct model *found = model_new_empty();
	struct keytext t;
	int ret = keytext_load(&t, path);

	if (!ret)
		ret = keytext_each_group(&t, read_group, found);
	if (mined)
		weaken(found);
	if (!ret)
		move(found, m);
	else
		*ret_error = g_steal_pointer(&t.error);
	keytext_clear(&t);
	model_free(found);
	return ret;
}

int model_load_file(struct model *m, const char *path, char **ret_error)
{
	return load(m, path, false, ret_error);
}

int model_load_mined(struct model *m, const char *path, char **ret_error)
{
	return load(m, path, true, ret_error);
}
