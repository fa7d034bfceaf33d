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

static char **site_row(const struct evidence_site *s)
{
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

static struct store_table *site_table(const struct evidence *e,
				      const struct model *model)
{
	struct store_table *t = store_table_new(site_columns,
						G_N_ELEMENTS(site_columns));

	(void)model;
	for (guint i = 0; i < e->sites->len; i++)
		store_table_add(t, site_row(e->sites->pdata[i]));
	return t;
}

static char **pair_row(const struct mined_pair *p)
{
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

static struct store_table *pair_table(const struct evidence *e,
				      const struct model *model)
{
	struct store_table *t = store_table_new(pair_columns,
						G_N_ELEMENTS(pair_columns));
	struct mining *m = mining_beside(e, model);

	for (guint i = 0; i < m->pairs->len; i++)
		store_table_add(t, pair_row(m->pairs->pdata[i]));
	mining_free(m);
	return t;
}

static char **owner_row(const struct evidence_owner *o)
{
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

static struct store_table *owner_table(const struct evidence *e,
				       const struct model *model)
{
	struct store_table *t = store_table_new(owner_columns,
						G_N_ELEMENTS(owner_columns));

	(void)model;
	for (guint i = 0; i < e->owners->len; i++)
		store_table_add(t, owner_row(e->owners->pdata[i]));
	return t;
}

static char **entry_row(const struct evidence_entry *e)
{
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

static struct store_table *entry_table(const struct evidence *e,
				       const struct model *model)
{
	struct store_table *t = store_table_new(entry_columns,
						G_N_ELEMENTS(entry_columns));

	(void)model;
	for (guint i = 0; i < e->entries->len; i++)
		store_table_add(t, entry_row(e->entries->pdata[i]));
	return t;
}

/* By the names that questions.def asks for. */
static const struct {
	const char *name;
	struct store_table *(*make)(const struct evidence *e,
				    const struct model *model);
} tables[] = {
	{ "site", site_table },
	{ "pair", pair_table },
	{ "owner", owner_table },
	{ "entry", entry_table },
};

static struct store_table *table_named(const char *name,
				       const struct evidence *e,
				       const struct model *model)
{
	size_t i;

	for (i = 0; strcmp(tables[i].name, name); i++)
		;
	return tables[i].make(e, model);
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
