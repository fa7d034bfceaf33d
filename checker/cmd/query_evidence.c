// SPDX-License-Identifier: GPL-2.0-only
/*
 * Evidence as tables: the packed evidence of all units, summed, becomes rows
 * that questions.def can be asked about. What is no text there is lost.
 */
#include "cmd/query_evidence.h"

#include <json-c/json.h>
#include <string.h>

#include "cmd/mining.h"
#include "facts/query.h"
#include "flow/evidence.h"
#include "mine/mine.h"
#include "pipeline/pipeline.h"
#include "report/report.h"

/* In the order of the rows below. */
static const struct store_column site_columns[] = {
	{ "kind", false },     { "flag", false },   { "object", false },
	{ "callee", false },   { "caller", false }, { "locks", false },
	{ "initial", true },   { "wide", true },    { "last", true },
	{ "file", false },     { "line", true }
};

static const struct store_column pair_columns[] = {
	{ "flag", false }, { "object", false }, { "count", false },
	{ "sets", true },  { "gets", true },	{ "clears", true },
	{ "puts", true },  { "lock", false },	{ "score", true },
	{ "doubt", false }
};

static const struct store_column owner_columns[] = {
	{ "type", false },     { "count", false },  { "caller", false },
	{ "does", false },     { "object", false }, { "references", true },
	{ "condition", false }, { "holder", false }, { "path", false },
	{ "depth", true },     { "file", false },   { "line", true }
};

static const struct store_column entry_columns[] = {
	{ "caller", false }, { "lock", false }, { "kind", false },
	{ "class", false },  { "why", false },	{ "file", false },
	{ "line", true }
};

struct sum {
	struct evidence *all;
	int units;
};

static void take(const char *text, void *data)
{
	struct sum *sum = data;
	char *error = NULL;
	struct report *r = report_unpack(text, strlen(text), &error);
	struct evidence *e = NULL;

	if (r && r->texts->len)
		e = pipeline_unpack_evidence(r->texts->pdata[0]);
	if (e)
		evidence_add(sum->all, e);
	sum->units += e != NULL;
	evidence_free(e);
	report_free(r);
	g_free(error);
}

/* "record.name", or the one that there is; the caller frees it. */
static char *full_name(const char *record, const char *name)
{
	if (record && name)
		return g_strdup_printf("%s.%s", record, name);
	return g_strdup(name ? name : record);
}

static char *json_list(const char **texts, int n)
{
	json_object *list = json_object_new_array();
	char *text;

	for (int i = 0; i < n; i++)
		json_object_array_add(list, json_object_new_string(texts[i]));
	text = g_strdup(json_object_to_json_string_ext(
		list, JSON_C_TO_STRING_PLAIN));
	json_object_put(list);
	return text;
}

static char *number(int n)
{
	return g_strdup_printf("%d", n);
}

static char **site_row(const void *of)
{
	const struct evidence_site *s = of;
	char **row = g_new0(char *, G_N_ELEMENTS(site_columns) + 1), **to = row;

	*to++ = g_strdup(evidence_kind_name(s->kind));
	*to++ = full_name(s->record, s->name);
	*to++ = g_strdup(s->object ? s->object : s->record);
	*to++ = g_strdup(s->callee);
	*to++ = g_strdup(s->in);
	*to++ = json_list(s->locks, s->n_locks);
	*to++ = number(s->init);
	*to++ = number(s->pointer);
	*to++ = number(s->last);
	*to++ = g_strdup(s->file);
	*to++ = number(s->line);
	return row;
}

static char **pair_row(const void *of)
{
	const struct mined_pair *p = of;
	char **row = g_new0(char *, G_N_ELEMENTS(pair_columns) + 1), **to = row;

	*to++ = full_name(p->record, p->flag);
	*to++ = g_strdup(p->object);
	*to++ = full_name(p->count_record, p->count);
	*to++ = number(p->sets);
	*to++ = number(p->gets);
	*to++ = number(p->clears);
	*to++ = number(p->puts);
	*to++ = g_strdup(p->lock);
	*to++ = number(p->score);
	*to++ = g_strdup(p->strict ? NULL : p->why_not);
	return row;
}

static char **owner_row(const void *of)
{
	const struct evidence_owner *o = of;
	char **row = g_new0(char *, G_N_ELEMENTS(owner_columns) + 1), **to = row;

	*to++ = g_strdup(o->object);
	*to++ = g_strdup(o->count);
	*to++ = g_strdup(o->func);
	*to++ = g_strdup(o->does);
	*to++ = g_strdup(o->subject);
	*to++ = number(o->references);
	*to++ = g_strdup(o->when);
	*to++ = g_strdup(o->holder);
	*to++ = g_strdup(o->path);
	*to++ = number(o->depth);
	*to++ = g_strdup(o->file);
	*to++ = number(o->line);
	return row;
}

static char **entry_row(const void *of)
{
	const struct evidence_entry *e = of;
	char **row = g_new0(char *, G_N_ELEMENTS(entry_columns) + 1), **to = row;

	*to++ = g_strdup(e->func);
	*to++ = g_strdup(e->lock);
	*to++ = g_strdup(e->name);
	*to++ = g_strdup(e->class);
	*to++ = g_strdup(e->why);
	*to++ = g_strdup(e->file);
	*to++ = number(e->line);
	return row;
}

/* By the names that questions.def asks for. */
static const struct kind {
	const char *name;
	const struct store_column *columns;
	size_t n_columns;
	char **(*row)(const void *of);
	glong of; /* the array of struct evidence; below 0: what is mined */
} kinds[] = {
	{ "site", site_columns, G_N_ELEMENTS(site_columns), site_row,
	  G_STRUCT_OFFSET(struct evidence, sites) },
	{ "pair", pair_columns, G_N_ELEMENTS(pair_columns), pair_row, -1 },
	{ "owner", owner_columns, G_N_ELEMENTS(owner_columns), owner_row,
	  G_STRUCT_OFFSET(struct evidence, owners) },
	{ "entry", entry_columns, G_N_ELEMENTS(entry_columns), entry_row,
	  G_STRUCT_OFFSET(struct evidence, entries) },
};

static struct store_table *table_of(const struct kind *k, const GPtrArray *of)
{
	struct store_table *t = store_table_new(k->columns, k->n_columns);

	for (guint i = 0; i < of->len; i++)
		store_table_add(t, k->row(of->pdata[i]));
	return t;
}

static struct store_table *table_named(const char *name, struct evidence *e,
				       const struct model *model)
{
	const struct kind *k = kinds;
	struct store_table *t;
	struct mining *m;

	while (strcmp(k->name, name))
		k++;
	if (k->of >= 0)
		return table_of(k, G_STRUCT_MEMBER(GPtrArray *, e, k->of));
	m = mining_beside(e, model);
	t = table_of(k, m->pairs);
	mining_free(m);
	return t;
}

int query_offer_evidence(struct store *s, const char *table,
			 const struct model *m)
{
	struct sum sum = { .all = evidence_new() };
	struct store_table *t;

	store_each_answer(s, "evidence ", take, &sum);
	t = table_named(table, sum.all, m);
	if (!store_offer(s, table, t))
		sum.units = 0;
	store_table_free(t);
	evidence_free(sum.all);
	return sum.units;
}
