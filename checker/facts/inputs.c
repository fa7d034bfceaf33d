// SPDX-License-Identifier: GPL-2.0-only
/*
 * SQL functions over the packed numbers of the files behind a unit, by the rows
 * of the store and nothing else: no file is looked at.
 *
 *   ours(inputs)   numbers of the attached store as this store's
 *   stamp(inputs)  the unit's digest, if the files were as their rows say
 *   inputs(inputs) how many files there are
 *   among(inputs, pattern)  numbers of those whose path matches, as JSON
 *   sha256(blob)   as the other digests
 */
#include "facts/inputs.h"

#include <string.h>

#include "base/wire.h"

gpointer inputs_key(gint64 id)
{
	return GSIZE_TO_POINTER((gsize)id);
}

GBytes *inputs_pack(const GArray *ids)
{
	struct wire *w = wire_writer();
	gint64 step, last = 0;
	guint i;

	wire_count(w, (int)ids->len);
	for (i = 0; i < ids->len; i++) {
		step = g_array_index(ids, gint64, i) - last;
		last += step;
		wire_int64(w, &step);
	}
	return wire_finish(w);
}

GArray *inputs_unpack(GBytes *packed)
{
	struct wire *w = wire_reader(packed);
	int i, n = wire_count(w, 0);
	GArray *ids = g_array_sized_new(FALSE, FALSE, sizeof(gint64), (guint)n);
	gint64 id = 0, step = 0;

	for (i = 0; i < n; i++) {
		wire_int64(w, &step);
		id += step;
		g_array_append_val(ids, id);
	}
	if (wire_done(w))
		return ids;
	g_array_unref(ids);
	return NULL;
}

char *inputs_digest(GBytes *packed,
		    const struct file *(*file)(void *data, gint64 id),
		    void *data)
{
	GArray *ids = inputs_unpack(packed);
	GChecksum *sum = g_checksum_new(G_CHECKSUM_SHA256);
	const struct file *f;
	char *digest = NULL;
	guint i;

	for (i = 0; ids && i < ids->len; i++) {
		f = file(data, g_array_index(ids, gint64, i));
		if (!f)
			break;
		g_checksum_update(sum, f->stamp, sizeof(f->stamp));
	}
	if (ids && i == ids->len)
		digest = g_strdup(g_checksum_get_string(sum));
	if (ids)
		g_array_unref(ids);
	g_checksum_free(sum);
	return digest;
}

GArray *inputs_among(GBytes *packed, GHashTable *wanted)
{
	GArray *ids = inputs_unpack(packed);
	guint i, n = 0;

	for (i = 0; ids && i < ids->len; i++) {
		gint64 id = g_array_index(ids, gint64, i);

		if (g_hash_table_contains(wanted, inputs_key(id)))
			g_array_index(ids, gint64, n++) = id;
	}
	return ids ? g_array_set_size(ids, n) : NULL;
}

/* ---- as functions of SQL ---- */

struct inputs {
	sqlite3 *db;
	GHashTable *ours;	/* their number -> ours; NULL: not read yet */
	GHashTable *files;	/* number -> struct file *, as its row says */
	GHashTable *wanted;	/* of the files whose path matches */
	char *pattern;		/* this; NULL: nothing was asked yet */
};

static GHashTable *read_ours(sqlite3 *db)
{
	GHashTable *ours = g_hash_table_new(NULL, NULL);
	sqlite3_stmt *q;

	if (sqlite3_prepare_v2(db, "SELECT theirs, ours FROM temp.map_file",
			       -1, &q, NULL) == SQLITE_OK)
		while (sqlite3_step(q) == SQLITE_ROW)
			g_hash_table_insert(ours,
					    inputs_key(sqlite3_column_int64(q, 0)),
					    inputs_key(sqlite3_column_int64(q, 1)));
	sqlite3_finalize(q);
	return ours;
}

static GHashTable *read_files(sqlite3 *db)
{
	GHashTable *files = g_hash_table_new_full(NULL, NULL, NULL, file_free);
	sqlite3_stmt *q;

	if (sqlite3_prepare_v2(db, "SELECT id, path, digest FROM main.file",
			       -1, &q, NULL) == SQLITE_OK)
		while (sqlite3_step(q) == SQLITE_ROW)
			g_hash_table_insert(
				files, inputs_key(sqlite3_column_int64(q, 0)),
				file_remembered(
					(const char *)sqlite3_column_text(q, 1),
					(const char *)sqlite3_column_text(q, 2)));
	sqlite3_finalize(q);
	return files;
}

GBytes *inputs_argument(sqlite3_value *value)
{
	const void *data = sqlite3_value_blob(value);

	return g_bytes_new(data, (gsize)sqlite3_value_bytes(value));
}

/* The file numbers in the argument; NULL: it is damaged. */
static GArray *numbers(sqlite3_value *value)
{
	GBytes *packed = inputs_argument(value);
	GArray *ids = inputs_unpack(packed);

	g_bytes_unref(packed);
	return ids;
}

static gint64 our_number(const struct inputs *in, gint64 theirs)
{
	return (gint64)GPOINTER_TO_SIZE(
		g_hash_table_lookup(in->ours, inputs_key(theirs)));
}

static void sql_ours(sqlite3_context *c, int n, sqlite3_value **args)
{
	struct inputs *in = sqlite3_user_data(c);
	GArray *ids = numbers(args[0]);
	GBytes *packed;
	gsize size;
	guint i;

	if (!in->ours)
		in->ours = read_ours(in->db);
	if (!ids) {
		sqlite3_result_error(c, "a unit is damaged", -1);
		return;
	}
	for (i = 0; i < ids->len; i++) {
		gint64 *id = &g_array_index(ids, gint64, i);

		*id = our_number(in, *id);
	}
	packed = inputs_pack(ids);
	sqlite3_result_blob64(c, g_bytes_get_data(packed, &size),
			      g_bytes_get_size(packed), SQLITE_TRANSIENT);
	g_bytes_unref(packed);
	g_array_unref(ids);
}

static const struct file *file_of(void *data, gint64 id)
{
	struct inputs *in = data;

	if (!in->files)
		in->files = read_files(in->db);
	return g_hash_table_lookup(in->files, inputs_key(id));
}

static void sql_stamp(sqlite3_context *c, int n, sqlite3_value **args)
{
	GBytes *packed = inputs_argument(args[0]);
	char *digest = inputs_digest(packed, file_of, sqlite3_user_data(c));

	sqlite3_result_text(c, digest, -1, SQLITE_TRANSIENT);
	g_free(digest);
	g_bytes_unref(packed);
}

static void sql_inputs(sqlite3_context *c, int n, sqlite3_value **args)
{
	GArray *ids = numbers(args[0]);

	sqlite3_result_int(c, ids ? (int)ids->len : 0);
	if (ids)
		g_array_unref(ids);
}

static GHashTable *read_matching(sqlite3 *db, const char *pattern)
{
	GHashTable *wanted = g_hash_table_new(NULL, NULL);
	sqlite3_stmt *q;

	if (sqlite3_prepare_v2(db, "SELECT id FROM main.file WHERE path GLOB ?1"
			       " OR path GLOB '*/' || ?1", -1, &q, NULL) ==
	    SQLITE_OK) {
		sqlite3_bind_text(q, 1, pattern, -1, SQLITE_STATIC);
		while (sqlite3_step(q) == SQLITE_ROW)
			g_hash_table_add(wanted,
					 inputs_key(sqlite3_column_int64(q, 0)));
	}
	sqlite3_finalize(q);
	return wanted;
}

static void forget_wanted(struct inputs *in)
{
	g_clear_pointer(&in->wanted, g_hash_table_unref);
	g_clear_pointer(&in->pattern, g_free);
}

static GHashTable *wanted_by(struct inputs *in, const char *pattern)
{
	if (!in->pattern || strcmp(in->pattern, pattern)) {
		forget_wanted(in);
		in->pattern = g_strdup(pattern);
		in->wanted = read_matching(in->db, pattern);
	}
	return in->wanted;
}

static char *json_numbers(const GArray *ids)
{
	GString *json = g_string_new("[");
	guint i;

	for (i = 0; i < ids->len; i++)
		g_string_append_printf(json, "%s%" G_GINT64_FORMAT,
				       i ? "," : "",
				       g_array_index(ids, gint64, i));
	return g_string_free(g_string_append_c(json, ']'), FALSE);
}

static void sql_among(sqlite3_context *c, int n, sqlite3_value **args)
{
	const char *pattern = (const char *)sqlite3_value_text(args[1]);
	GBytes *packed = inputs_argument(args[0]);
	GArray *ids = inputs_among(packed, wanted_by(sqlite3_user_data(c),
						     pattern ? pattern : ""));

	g_bytes_unref(packed);
	if (!ids) {
		sqlite3_result_error(c, "a unit is damaged", -1);
		return;
	}
	sqlite3_result_text(c, json_numbers(ids), -1, g_free);
	g_array_unref(ids);
}

static void sql_sha256(sqlite3_context *c, int n, sqlite3_value **args)
{
	GBytes *bytes = inputs_argument(args[0]);
	char *digest = g_compute_checksum_for_bytes(G_CHECKSUM_SHA256, bytes);

	sqlite3_result_text(c, digest, -1, SQLITE_TRANSIENT);
	g_free(digest);
	g_bytes_unref(bytes);
}

static void inputs_free(void *inputs)
{
	struct inputs *in = inputs;

	g_clear_pointer(&in->ours, g_hash_table_unref);
	g_clear_pointer(&in->files, g_hash_table_unref);
	forget_wanted(in);
	g_free(in);
}

void inputs_add_functions(sqlite3 *db)
{
	struct inputs *in = g_new0(struct inputs, 1);

	in->db = db;
	sqlite3_create_function(db, "ours", 1, SQLITE_UTF8, in, sql_ours, NULL,
				NULL);
	sqlite3_create_function(db, "inputs", 1, SQLITE_UTF8, NULL, sql_inputs,
				NULL, NULL);
	sqlite3_create_function(db, "among", 2, SQLITE_UTF8, in, sql_among,
				NULL, NULL);
	sqlite3_create_function(db, "sha256", 1, SQLITE_UTF8, NULL, sql_sha256,
				NULL, NULL);
	sqlite3_create_function_v2(db, "stamp", 1, SQLITE_UTF8, in, sql_stamp,
				   NULL, NULL, inputs_free);
}
