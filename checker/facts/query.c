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
	const char *sql;
};

/* Of the body b. Relative names start where one of its units has them start. */
#define PLACE                                                              \
	"path(file, (SELECT command FROM unit WHERE id ="                 \
	" (SELECT min(unit) FROM member WHERE body = b.id))) AS file, line"

static const struct question questions[] = {
#define QUESTION(name, argument, needs, help, nothing, sql) \
	{ { name, argument, needs, help, nothing }, sql },
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

/* path(file, command) */
static void sql_path(sqlite3_context *c, int n, sqlite3_value **args)
{
	const char *file = (const char *)sqlite3_value_text(args[0]);
	const char *command = (const char *)sqlite3_value_text(args[1]);
	store_folder folder_of = (store_folder)sqlite3_user_data(c);
	char *folder = file && command && !g_path_is_absolute(file) ?
			       folder_of(command) : NULL;
	char *path = folder ? g_canonicalize_filename(file, folder) :
			      g_strdup(file);

	sqlite3_result_text(c, path, -1, g_free);
	g_free(folder);
}

/* ---- tables ---- */

struct store_table *store_table_new(const struct store_column *columns, int n)
{
	struct store_table *t = g_new0(struct store_table, 1);
	int i;

	t->n_columns = n;
	t->columns = g_new0(struct store_column, (gsize)n);
	for (i = 0; i < n; i++) {
		t->columns[i].name = g_strdup(columns[i].name);
		t->columns[i].is_number = columns[i].is_number;
	}
	t->rows = g_ptr_array_new_with_free_func((GDestroyNotify)g_strfreev);
	return t;
}

void store_table_add(struct store_table *t, char **row)
{
	int i;

	for (i = 0; i < t->n_columns; i++)
		if (!row[i])
			row[i] = g_strdup("");
	g_ptr_array_add(t->rows, row);
}

static struct store_table *table_of(sqlite3_stmt *q)
{
	int i, n = sqlite3_column_count(q);
	struct store_column *columns = g_new0(struct store_column, (gsize)n);
	struct store_table *t;

	for (i = 0; i < n; i++)
		columns[i].name = (char *)sqlite3_column_name(q, i);
	t = store_table_new(columns, n);
	g_free(columns);
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
	}
	store_table_add(t, row);
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
		t = table_of(q);
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
			      const char *argument, store_folder folder,
			      char **ret_error)
{
	const struct question *qu = (const struct question *)question;

	inputs_add_functions(s->db);
	sqlite3_create_function(s->db, "uses", 1, SQLITE_UTF8, NULL, sql_uses,
				NULL, NULL);
	sqlite3_create_function(s->db, "path", 2, SQLITE_UTF8, (void *)folder,
				sql_path, NULL, NULL);
	if (!qu->sql)
		return content(s, ret_error);
	return answer(s, qu->sql, argument ? argument : "*", ret_error);
}

/* ---- what the caller knows ---- */

static char *create_sql(const char *name, const struct store_table *t)
{
	GString *sql = g_string_new(NULL);
	int i;

	g_string_printf(sql, "CREATE TEMP TABLE %s(", name);
	for (i = 0; i < t->n_columns; i++)
		g_string_append_printf(sql, "\"%s\" %s, ", t->columns[i].name,
				       t->columns[i].is_number ? "INTEGER" :
								 "TEXT");
	g_string_append(sql, "UNIQUE(");
	for (i = 0; i < t->n_columns; i++)
		g_string_append_printf(sql, "%s\"%s\"", i ? ", " : "",
				       t->columns[i].name);
	return g_string_free(g_string_append(sql, "))"), FALSE);
}

static char *insert_sql(const char *name, const struct store_table *t)
{
	GString *sql = g_string_new(NULL);
	int i;

	g_string_printf(sql, "INSERT OR IGNORE INTO temp.%s VALUES(", name);
	for (i = 0; i < t->n_columns; i++)
		g_string_append(sql, i ? ", ?" : "?");
	return g_string_free(g_string_append_c(sql, ')'), FALSE);
}

static bool insert_all(struct store *s, const char *sql,
		       const struct store_table *t)
{
	sqlite3_stmt *q;
	bool good = sqlite3_prepare_v2(s->db, sql, -1, &q, NULL) == SQLITE_OK;
	guint r;
	int i;

	for (r = 0; good && r < t->rows->len; r++) {
		char **row = t->rows->pdata[r];

		for (i = 0; i < t->n_columns; i++)
			sqlite3_bind_text(q, i + 1, row[i], -1, SQLITE_STATIC);
		good = sqlite3_step(q) == SQLITE_DONE;
		sqlite3_reset(q);
	}
	sqlite3_finalize(q);
	return good;
}

bool store_offer(struct store *s, const char *name,
		 const struct store_table *t)
{
	char *create = create_sql(name, t), *insert = insert_sql(name, t);
	bool good = store_run(s, create) && insert_all(s, insert, t);

	g_free(create);
	g_free(insert);
	return good;
}

void store_each_answer(struct store *s, const char *begin,
		       void (*take)(const char *text, void *data), void *data)
{
	sqlite3_stmt *q = store_query(s, QUERY_ANSWERS);

	sqlite3_bind_text(q, 1, begin, -1, SQLITE_STATIC);
	while (store_step(s, q))
		take((const char *)sqlite3_column_text(q, 0), data);
}
