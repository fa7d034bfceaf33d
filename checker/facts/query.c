// SPDX-License-Identifier: GPL-2.0-only
/*
 * Questions about the whole program: each is one statement of questions.def,
 * and its answer a table. Nothing is worked out here that SQL can say.
 */
#include <json-c/json.h>
#include <string.h>

#include "facts/inputs.h"
#include "facts/query.h"
#include "facts/tables.h"
#include "ir/uses.h"

struct question {
	struct store_question open;
	const char *nothing, *sql;
};

static const struct question questions[] = {
#define QUESTION(name, argument, help, nothing, sql) \
	{ { name, argument, help }, nothing, sql },
#include "facts/questions.def"
#undef QUESTION
};

const struct store_question *store_question_at(size_t i)
{
	return i < G_N_ELEMENTS(questions) ? &questions[i].open : NULL;
}

const struct store_question *store_question_find(const char *name)
{
	size_t i;

	for (i = 0; i < G_N_ELEMENTS(questions); i++)
		if (!strcmp(questions[i].open.name, name))
			return &questions[i].open;
	return NULL;
}

/* ---- functions for their SQL ---- */

static void add_use(json_object *all, const char *how, const char *name)
{
	json_object *use = json_object_new_array_ext(2);

	json_object_array_add(use, json_object_new_string(how));
	json_object_array_add(use, json_object_new_string(name));
	json_object_array_add(all, use);
}

/* [["call", "f"], ["address", "g"], ["member", "ops.open"]] */
static char *uses_text(const struct uses *uses)
{
	json_object *all = json_object_new_array();
	char *text;
	guint i;

	for (i = 0; i < uses->calls->len; i++)
		add_use(all, "call", uses->calls->pdata[i]);
	for (i = 0; i < uses->names->len; i++)
		add_use(all, "address", uses->names->pdata[i]);
	for (i = 0; i < uses->members->len; i++) {
		const struct use_member *m = &g_array_index(
			uses->members, struct use_member, i);
		char *name = g_strdup_printf("%s.%s", m->record, m->member);

		add_use(all, "member", name);
		g_free(name);
	}
	text = g_strdup(json_object_to_json_string_ext(
		all, JSON_C_TO_STRING_PLAIN));
	json_object_put(all);
	return text;
}

static void sql_uses(sqlite3_context *c, int n, sqlite3_value **args)
{
	GBytes *packed = inputs_argument(args[0]);
	struct uses *uses = uses_unpack(packed);

	g_bytes_unref(packed);
	if (!uses) {
		sqlite3_result_error(c, "a function is damaged", -1);
		return;
	}
	sqlite3_result_text(c, uses_text(uses), -1, g_free);
	uses_free(uses);
}

/* ---- tables ---- */

static struct store_table *table_new(sqlite3_stmt *q)
{
	struct store_table *t = g_new0(struct store_table, 1);
	int i;

	t->n_columns = sqlite3_column_count(q);
	t->columns = g_new0(struct store_column, (gsize)t->n_columns);
	for (i = 0; i < t->n_columns; i++)
		t->columns[i].name = g_strdup(sqlite3_column_name(q, i));
	t->rows = g_ptr_array_new_with_free_func((GDestroyNotify)g_strfreev);
	return t;
}

static void add_row(struct store_table *t, sqlite3_stmt *q)
{
	char **row = g_new0(char *, (gsize)t->n_columns + 1);
	int i;

	for (i = 0; i < t->n_columns; i++) {
		t->columns[i].is_number |=
			sqlite3_column_type(q, i) == SQLITE_INTEGER;
		row[i] = g_strdup((const char *)sqlite3_column_text(q, i));
		if (!row[i])
			row[i] = g_strdup("");
	}
	g_ptr_array_add(t->rows, row);
}

void store_table_free(struct store_table *t)
{
	int i;

	if (!t)
		return;
	for (i = 0; i < t->n_columns; i++)
		g_free(t->columns[i].name);
	g_free(t->columns);
	g_ptr_array_unref(t->rows);
	g_free(t);
}

/* NULL with *@ret_error. */
static struct store_table *answer(struct store *s, const char *sql,
				  const char *argument, char **ret_error)
{
	struct store_table *t = NULL;
	sqlite3_stmt *q;
	int status = sqlite3_prepare_v2(s->db, sql, -1, &q, NULL);

	if (status == SQLITE_OK) {
		sqlite3_bind_text(q, 1, argument, -1, SQLITE_STATIC);
		t = table_new(q);
		while ((status = sqlite3_step(q)) == SQLITE_ROW)
			add_row(t, q);
	}
	if (status != SQLITE_DONE) {
		*ret_error = g_strdup_printf("%s: %s", s->path,
					     sqlite3_errmsg(s->db));
		g_clear_pointer(&t, store_table_free);
	}
	sqlite3_finalize(q);
	return t;
}

/* ---- all of it ---- */

static void add_cell(GChecksum *sum, sqlite3_stmt *q, int column)
{
	int n = sqlite3_column_bytes(q, column);
	guint32 size = GUINT32_TO_BE((guint32)n);

	/* its length first, so that no two rows read the same */
	g_checksum_update(sum, (const guchar *)&size, sizeof(size));
	g_checksum_update(sum, sqlite3_column_blob(q, column), n);
}

/* Of all rows that @sql gives; *@ret_n of them. */
static char *digest_rows(struct store *s, const char *sql, int *ret_n)
{
	GChecksum *sum = g_checksum_new(G_CHECKSUM_SHA256);
	sqlite3_stmt *q;
	char *digest;
	int i;

	*ret_n = 0;
	if (sqlite3_prepare_v2(s->db, sql, -1, &q, NULL) == SQLITE_OK)
		for (; sqlite3_step(q) == SQLITE_ROW; (*ret_n)++)
			for (i = 0; i < sqlite3_column_count(q); i++)
				add_cell(sum, q, i);
	digest = g_strdup(g_checksum_get_string(sum));
	if (sqlite3_finalize(q) != SQLITE_OK)
		g_clear_pointer(&digest, g_free);
	g_checksum_free(sum);
	return digest;
}

static bool add_content(struct store *s, const struct table *of,
			struct store_table *t)
{
	char *sql = table_content_sql(of), **row = g_new0(char *, 4);
	int n;

	row[0] = g_strdup(of->name);
	row[2] = digest_rows(s, sql, &n);
	row[1] = g_strdup_printf("%d", n);
	g_ptr_array_add(t->rows, row);
	g_free(sql);
	return row[2];
}

static struct store_table *content(struct store *s, char **ret_error)
{
	struct store_table *t = answer(s, "SELECT '' AS \"table\", 0 AS rows,"
				       " '' AS digest", NULL, ret_error);
	const struct table *of = store_tables;

	if (!t)
		return NULL;
	g_ptr_array_set_size(t->rows, 0);
	while (of->name && add_content(s, of, t))
		of++;
	if (!of->name)
		return t;
	*ret_error = g_strdup_printf("%s: %s", s->path, sqlite3_errmsg(s->db));
	store_table_free(t);
	return NULL;
}

struct store_table *store_ask(struct store *s,
			      const struct store_question *question,
			      const char *argument, char **ret_error)
{
	const struct question *qu = (const struct question *)question;
	struct store_table *t;

	inputs_add_functions(s->db);
	sqlite3_create_function(s->db, "uses", 1, SQLITE_UTF8, NULL, sql_uses,
				NULL, NULL);
	if (!qu->sql)
		return content(s, ret_error);
	t = answer(s, qu->sql, argument ? argument : "*", ret_error);
	if (!t || t->rows->len || !qu->nothing || !argument)
		return t;
	*ret_error = g_strdup_printf("%s: %s %s", s->path, qu->nothing,
				     argument);
	store_table_free(t);
	return NULL;
}
