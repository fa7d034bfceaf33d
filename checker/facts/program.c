// SPDX-License-Identifier: GPL-2.0-only
/* The program as a whole: read at once, and what was found out about it. */
#include "facts/program.h"

#include <string.h>

#include "base/digest.h"
#include "facts/inputs.h"
#include "facts/private.h"
#include "ir/pack.h"

static void body_free(gpointer p)
{
	struct codebase_body *b = p;

	g_free(b->digest);
	uses_free(b->uses);
	g_free(b);
}

static void unit_row_free(gpointer p)
{
	struct codebase_unit *u = p;

	g_free(u->path);
	g_array_unref(u->bodies);
	g_array_unref(u->ops);
	g_array_unref(u->homes);
	g_free(u);
}

void codebase_free(struct codebase *p)
{
	if (!p)
		return;
	g_ptr_array_unref(p->units);
	g_ptr_array_unref(p->bodies);
	g_free(p);
}

static const char *column_name(sqlite3_stmt *q, int column)
{
	return g_intern_string((const char *)sqlite3_column_text(q, column));
}

static char *column_copy(sqlite3_stmt *q, int column)
{
	return g_strdup((const char *)sqlite3_column_text(q, column));
}

static bool is_head(const struct body_head *h, sqlite3_stmt *q)
{
	char *digest = body_head_digest(h);
	bool same = !g_strcmp0(digest,
			       (const char *)sqlite3_column_text(q, 10));

	g_free(digest);
	return same;
}

/* Its uses are NULL if anything in the row is damaged. */
static struct codebase_body *body_of(sqlite3_stmt *q)
{
	struct codebase_body *b = g_new0(struct codebase_body, 1);
	const struct body_head h = {
		column_name(q, 2), column_name(q, 3), sqlite3_column_int(q, 4),
		sqlite3_column_int(q, 5), sqlite3_column_int(q, 6),
		sqlite3_column_int(q, 7), column_bytes(q, 8)
	};

	b->id = sqlite3_column_int64(q, 0);
	b->digest = column_copy(q, 1);
	b->name = h.name;
	b->file = h.file;
	b->line = h.line;
	b->is_static = h.is_static;
	b->is_weak = h.is_weak;
	b->is_main = h.is_main;
	b->size = sqlite3_column_int(q, 9);
	if (is_head(&h, q))
		b->uses = uses_unpack(h.uses);
	g_bytes_unref(h.uses);
	return b;
}

/* @numbers: row (gint64 in the body) -> index + 1. */
static void load_bodies(struct store *s, struct codebase *p,
			GHashTable *numbers)
{
	sqlite3_stmt *q = store_query(s, QUERY_ALL_BODIES);

	while (store_step(s, q)) {
		struct codebase_body *b = body_of(q);

		if (!b->uses)
			store_damaged(s, "the uses of a function are damaged");
		g_ptr_array_add(p->bodies, b);
		g_hash_table_insert(numbers, &b->id,
				    GUINT_TO_POINTER(p->bodies->len));
	}
}

static void read_frame(struct store *s, struct codebase_unit *u, GBytes *frame)
{
	struct unit *read = unit_new(u->path);

	if (!ir_unpack_frame(read, frame))
		store_damaged(s, "a unit is damaged");
	u->ops = g_array_ref(read->ops);
	u->homes = g_array_ref(read->homes);
	unit_free(read);
}

/* @sum gets the digests of the functions in their order. */
static void load_members(struct store *s, const struct codebase *c,
			 struct codebase_unit *u, GHashTable *numbers,
			 GChecksum *sum)
{
	sqlite3_stmt *q = store_query(s, QUERY_ALL_MEMBERS);
	guint n;

	sqlite3_bind_int64(q, 1, u->id);
	while (store_step(s, q)) {
		gint64 id = sqlite3_column_int64(q, 0);
		const struct codebase_body *b;

		n = GPOINTER_TO_UINT(g_hash_table_lookup(numbers, &id));
		if (!n--) {
			store_damaged(s, "a function is missing");
			continue;
		}
		b = c->bodies->pdata[n];
		g_checksum_update(sum, (const guchar *)b->digest, -1);
		g_array_append_val(u->bodies, n);
	}
}

static void load_unit(struct store *s, struct codebase *c,
		      GHashTable *numbers, sqlite3_stmt *q)
{
	struct codebase_unit *u = g_new0(struct codebase_unit, 1);
	GBytes *frame = column_bytes(q, 5);
	GChecksum *sum = content_new(frame);

	u->id = sqlite3_column_int64(q, 0);
	u->path = column_copy(q, 1);
	u->bodies = g_array_new(FALSE, FALSE, sizeof(guint));
	read_frame(s, u, frame);
	load_members(s, c, u, numbers, sum);
	if (g_strcmp0(g_checksum_get_string(sum),
		      (const char *)sqlite3_column_text(q, 6)))
		store_damaged(s, "a unit is damaged");
	g_checksum_free(sum);
	g_bytes_unref(frame);
	g_ptr_array_add(c->units, u);
}

static void load_units(struct store *s, struct codebase *c, GHashTable *numbers)
{
	sqlite3_stmt *q = store_query(s, QUERY_ALL_UNITS);

	while (store_step(s, q))
		load_unit(s, c, numbers, q);
}

struct codebase *store_codebase(struct store *s)
{
	GHashTable *numbers = g_hash_table_new(g_int64_hash, g_int64_equal);
	struct codebase *p = g_new0(struct codebase, 1);

	p->units = g_ptr_array_new_with_free_func(unit_row_free);
	p->bodies = g_ptr_array_new_with_free_func(body_free);
	store_begin(s, QUERY_READ);
	load_bodies(s, p, numbers);
	load_units(s, p, numbers);
	store_end(s);
	g_hash_table_unref(numbers);
	if (!s->error)
		return p;
	codebase_free(p);
	return NULL;
}

/* ---- what is on the disk ---- */

static GPtrArray *all_paths(struct store *s)
{
	GPtrArray *paths = g_ptr_array_new_with_free_func(g_free);
	sqlite3_stmt *q = store_query(s, QUERY_ALL_FILES);

	while (store_step(s, q))
		g_ptr_array_add(paths, column_copy(q, 0));
	return paths;
}

char *store_units_state(struct store *s)
{
	GChecksum *sum = g_checksum_new(G_CHECKSUM_SHA256);
	sqlite3_stmt *q = store_query(s, QUERY_ALL_UNITS);

	while (store_step(s, q)) {
		digest_text(sum, (const char *)sqlite3_column_text(q, 1));
		digest_text(sum, (const char *)sqlite3_column_text(q, 2));
		digest_text(sum, (const char *)sqlite3_column_text(q, 3));
		digest_text(sum, (const char *)sqlite3_column_text(q, 6));
	}
	return digest_end(sum);
}

char *store_files_state(struct store *s)
{
	GChecksum *sum = g_checksum_new(G_CHECKSUM_SHA256);
	GPtrArray *paths = all_paths(s);
	guint i;

	for (i = 0; i < paths->len; i++) {
		const struct file *f = file_at(s, paths->pdata[i]);

		digest_text(sum, f->path);
		digest_text(sum, f->digest);
	}
	g_ptr_array_unref(paths);
	return digest_end(sum);
}

struct stale_unit {
	char *path, *command, *digest;
	GBytes *inputs;
};

static void stale_free(gpointer p)
{
	struct stale_unit *u = p;

	g_free(u->path);
	g_free(u->command);
	g_free(u->digest);
	g_bytes_unref(u->inputs);
	g_free(u);
}

static GPtrArray *all_units(struct store *s)
{
	GPtrArray *units = g_ptr_array_new_with_free_func(stale_free);
	sqlite3_stmt *q = store_query(s, QUERY_ALL_UNITS);

	while (store_step(s, q)) {
		struct stale_unit *u = g_new0(struct stale_unit, 1);

		u->path = column_copy(q, 1);
		u->command = column_copy(q, 2);
		u->digest = column_copy(q, 3);
		u->inputs = column_bytes(q, 4);
		g_ptr_array_add(units, u);
	}
	return units;
}

/* All are read first: looking at files writes, which a reader would block. */
void store_stale(struct store *s, const char *reader,
		 void (*tell)(const char *path, const char *command, void *data),
		 void *data)
{
	GPtrArray *units = all_units(s);
	guint i;

	for (i = 0; i < units->len && !s->error; i++) {
		const struct stale_unit *u = units->pdata[i];
		char *now = digest_now(s, u->inputs);

		if (g_strcmp0(now, u->digest) ||
		    !g_str_has_prefix(u->command, reader))
			tell(u->path, u->command, data);
		g_free(now);
	}
	g_ptr_array_unref(units);
}

void store_forget(struct store *s, const char *path)
{
	sqlite3_stmt *q = store_query(s, QUERY_UNIT_DROP);

	sqlite3_bind_text(q, 1, path, -1, SQLITE_STATIC);
	store_step(s, q);
}

bool store_has_unit(struct store *s, const char *path)
{
	sqlite3_stmt *q = store_query(s, QUERY_UNIT_FIND);
	bool found;

	sqlite3_bind_text(q, 1, path, -1, SQLITE_STATIC);
	found = store_step(s, q);
	sqlite3_reset(q);
	return found;
}

void store_each_unit(struct store *s,
		     void (*tell)(const char *path, void *data), void *data)
{
	sqlite3_stmt *q = store_query(s, QUERY_ALL_UNITS);

	while (store_step(s, q))
		tell((const char *)sqlite3_column_text(q, 1), data);
}

void store_each_file(struct store *s,
		     void (*tell)(const char *path, void *data), void *data)
{
	sqlite3_stmt *q = store_query(s, QUERY_ALL_FILES);

	while (store_step(s, q))
		tell((const char *)sqlite3_column_text(q, 0), data);
}

/* The numbers of these files, as far as they have one. */
static GHashTable *numbers_of(struct store *s, const char *const *paths)
{
	GHashTable *numbers = g_hash_table_new(NULL, NULL);

	for (; *paths; paths++) {
		sqlite3_stmt *q = store_query(s, QUERY_FILE_FIND);

		sqlite3_bind_text(q, 1, *paths, -1, SQLITE_STATIC);
		if (store_step(s, q))
			g_hash_table_add(numbers, inputs_key(
					 sqlite3_column_int64(q, 0)));
		sqlite3_reset(q);
	}
	return numbers;
}

static bool reads_any(struct store *s, GBytes *inputs, GHashTable *numbers)
{
	GArray *found = inputs_among(inputs, numbers);
	bool any = found && found->len;

	if (found)
		g_array_unref(found);
	else
		store_damaged(s, "a unit is damaged");
	return any;
}

char **store_readers(struct store *s, const char *const *paths)
{
	GPtrArray *units = g_ptr_array_new_with_free_func(g_free);
	GHashTable *numbers;
	sqlite3_stmt *q;

	store_snapshot(s);
	numbers = numbers_of(s, paths);
	q = store_query(s, QUERY_ALL_UNITS);
	while (store_step(s, q)) {
		GBytes *inputs = column_bytes(q, 4);

		if (reads_any(s, inputs, numbers))
			g_ptr_array_add(units, column_copy(q, 1));
		g_bytes_unref(inputs);
	}
	store_commit(s);
	g_hash_table_unref(numbers);
	g_ptr_array_add(units, NULL);
	if (!s->error)
		return (char **)g_ptr_array_free(units, FALSE);
	g_ptr_array_unref(units);
	return NULL;
}

void store_snapshot(struct store *s)
{
	store_begin(s, QUERY_READ);
}

void store_transaction(struct store *s)
{
	store_begin(s, QUERY_WRITE);
}

void store_commit(struct store *s)
{
	store_end(s);
}

/* ---- by digest ---- */

/* One column of bytes of the row that @key names; NULL: there is none. */
static GBytes *find_bytes(struct store *s, enum query how, const char *key)
{
	sqlite3_stmt *q = store_query(s, how);
	GBytes *bytes;

	sqlite3_bind_text(q, 1, key, -1, SQLITE_STATIC);
	if (!store_step(s, q))
		return NULL;
	bytes = column_bytes(q, 0);
	sqlite3_reset(q);
	return bytes;
}

static void put_bytes(struct store *s, enum query how, const char *key,
		      GBytes *bytes)
{
	sqlite3_stmt *q = store_query(s, how);

	sqlite3_bind_text(q, 1, key, -1, SQLITE_STATIC);
	bind_bytes(q, 2, bytes);
	store_step(s, q);
}

/* Half of it is enough to name a fact: worlds hold many of these. */
#define FACT_DIGITS 32

static char *fact_digest(GBytes *bytes)
{
	char *digest = g_compute_checksum_for_bytes(G_CHECKSUM_SHA256, bytes);

	digest[FACT_DIGITS] = '\0';
	return digest;
}

/* @bytes, if their digest is this one; else the store is damaged. */
static GBytes *sound(struct store *s, GBytes *bytes, const char *digest)
{
	char *now = g_compute_checksum_for_bytes(G_CHECKSUM_SHA256, bytes);
	bool same = digest && g_str_has_prefix(now, digest) &&
		    strlen(digest) >= FACT_DIGITS;

	g_free(now);
	if (same)
		return bytes;
	store_damaged(s, "a fact is damaged");
	g_bytes_unref(bytes);
	return NULL;
}

GBytes *store_body(struct store *s, const char *digest)
{
	GBytes *ir = find_bytes(s, QUERY_BODY_IR, digest);

	return ir ? sound(s, ir, digest) : NULL;
}

GBytes *store_fact(struct store *s, const char *digest)
{
	GBytes *bytes = find_bytes(s, QUERY_FACT_FIND, digest);

	if (bytes)
		return sound(s, bytes, digest);
	store_damaged(s, "a fact is missing");
	return NULL;
}

const char *store_keep_fact(struct store *s, GBytes *bytes)
{
	char *text = fact_digest(bytes);
	const char *digest = g_intern_string(text);

	g_free(text);
	put_bytes(s, QUERY_FACT_PUT, digest, bytes);
	return digest;
}

bool store_has_fact(struct store *s, const char *digest)
{
	sqlite3_stmt *q = store_query(s, QUERY_FACT_FIND);
	bool found;

	sqlite3_bind_text(q, 1, digest, -1, SQLITE_STATIC);
	found = store_step(s, q);
	sqlite3_reset(q);
	return found;
}

static char *component_digest(const char *key, GBytes *facts)
{
	GChecksum *sum = content_new(facts);

	g_checksum_update(sum, (const guchar *)key, -1);
	return digest_end(sum);
}

GBytes *store_component(struct store *s, const char *key)
{
	sqlite3_stmt *q = store_query(s, QUERY_COMPONENT_FIND);
	GBytes *facts;
	char *digest;

	sqlite3_bind_text(q, 1, key, -1, SQLITE_STATIC);
	if (!store_step(s, q))
		return NULL;
	facts = column_bytes(q, 0);
	digest = component_digest(key, facts);
	if (g_strcmp0(digest, (const char *)sqlite3_column_text(q, 1))) {
		store_damaged(s, "a component is damaged");
		g_clear_pointer(&facts, g_bytes_unref);
	}
	g_free(digest);
	sqlite3_reset(q);
	return facts;
}

void store_keep_component(struct store *s, const char *key, GBytes *facts)
{
	sqlite3_stmt *q = store_query(s, QUERY_COMPONENT_PUT);
	char *digest = component_digest(key, facts);

	sqlite3_bind_text(q, 1, key, -1, SQLITE_STATIC);
	bind_bytes(q, 2, facts);
	sqlite3_bind_text(q, 3, digest, -1, SQLITE_STATIC);
	store_step(s, q);
	g_free(digest);
}

char *store_world_digest(struct store *s, const char *path)
{
	sqlite3_stmt *q = store_query(s, QUERY_WORLD_FIND);
	char *digest;

	sqlite3_bind_text(q, 1, path, -1, SQLITE_STATIC);
	if (!store_step(s, q))
		return NULL;
	digest = column_copy(q, 0);
	sqlite3_reset(q);
	return digest;
}

GBytes *store_world(struct store *s, const char *path)
{
	sqlite3_stmt *q = store_query(s, QUERY_WORLD_FIND);
	GBytes *imports;

	sqlite3_bind_text(q, 1, path, -1, SQLITE_STATIC);
	if (!store_step(s, q))
		return NULL;
	imports = sound(s, column_bytes(q, 1),
			(const char *)sqlite3_column_text(q, 0));
	sqlite3_reset(q);
	return imports;
}

void store_keep_only(struct store *s, const GPtrArray *names)
{
	sqlite3_stmt *q;
	guint i;

	store_begin(s, QUERY_WRITE);
	store_do(s, "CREATE TEMP TABLE IF NOT EXISTS used("
		    "  name TEXT PRIMARY KEY) WITHOUT ROWID;"
		    "DELETE FROM used");
	for (i = 0; i < names->len && !s->error; i++) {
		q = store_query(s, QUERY_USED_PUT);
		sqlite3_bind_text(q, 1, names->pdata[i], -1, SQLITE_STATIC);
		store_step(s, q);
	}
	store_do(s, "DELETE FROM component"
		    "  WHERE key NOT IN (SELECT name FROM used);"
		    "DELETE FROM fact"
		    "  WHERE digest NOT IN (SELECT name FROM used)");
	store_end(s);
}

void store_keep_world(struct store *s, gint64 unit, GBytes *imports)
{
	char *digest = g_compute_checksum_for_bytes(G_CHECKSUM_SHA256, imports);
	sqlite3_stmt *q = store_query(s, QUERY_WORLD_PUT);

	sqlite3_bind_int64(q, 1, unit);
	sqlite3_bind_text(q, 2, digest, -1, SQLITE_STATIC);
	bind_bytes(q, 3, imports);
	store_step(s, q);
	g_free(digest);
}

/* ---- about the program ---- */

char *store_recall_program(struct store *s, const char *question,
			   char **ret_state)
{
	sqlite3_stmt *q = store_query(s, QUERY_PROGRAM_FIND);
	char *text;

	sqlite3_bind_text(q, 1, question, -1, SQLITE_STATIC);
	if (!store_step(s, q))
		return NULL;
	text = column_copy(q, 1);
	if (ret_state)
		*ret_state = column_copy(q, 0);
	sqlite3_reset(q);
	return text;
}

void store_remember_program(struct store *s, const char *question,
			    const char *state, const char *text)
{
	sqlite3_stmt *q = store_query(s, QUERY_PROGRAM_PUT);

	sqlite3_bind_text(q, 1, question, -1, SQLITE_STATIC);
	sqlite3_bind_text(q, 2, state, -1, SQLITE_STATIC);
	sqlite3_bind_text(q, 3, text, -1, SQLITE_STATIC);
	store_step(s, q);
}
