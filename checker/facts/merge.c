// SPDX-License-Identifier: GPL-2.0-only
/*
 * Adds what another store holds, one transaction a store, by the table of
 * tables. Sources are not looked at: it works where there are none. Of a unit
 * that both have, the one that agrees with the later look at its files stays.
 */
#include "facts/facts.h"

#include <sys/stat.h>

#include "facts/inputs.h"
#include "facts/tables.h"

/* The two stores differ in a unit, and neither is known to be out of date. */
static const char conflicts[] =
	"SELECT count(*), min(path) FROM main.unit m JOIN other.unit o"
	"  USING(path)"
	"  WHERE (m.command, m.digest, m.content)"
	"    IS NOT (o.command, o.digest, o.content)"
	"  AND (stamp(m.inputs) IS m.digest)"
	"    = (stamp(ours(o.inputs)) IS o.digest)";

static bool is_same_store(const struct store *s, const char *path)
{
	struct stat st;

	return !stat(path, &st) && st.st_dev == s->device &&
	       st.st_ino == s->inode;
}

static bool attach(struct store *s, const char *path)
{
	char *full = g_canonicalize_filename(path, NULL);
	char *sql = sqlite3_mprintf("ATTACH %Q AS other", full);
	bool good = store_run(s, sql);

	sqlite3_free(sql);
	g_free(full);
	return good;
}

/* Runs SQL that was made for it. */
static bool run_made(struct store *s, char *sql)
{
	bool good = store_run(s, sql);

	g_free(sql);
	return good;
}

static bool copy_table(struct store *s, const struct table *t)
{
	return (!t->before || store_run(s, t->before)) &&
	       run_made(s, table_copy_sql(t)) &&
	       (!t->same || run_made(s, table_map_sql(t)));
}

static bool count_conflicts(struct store *s, struct store_merged *ret)
{
	sqlite3_stmt *q;
	bool good = sqlite3_prepare_v2(s->db, conflicts, -1, &q, NULL) ==
			    SQLITE_OK &&
		    sqlite3_step(q) == SQLITE_ROW;

	if (good) {
		ret->conflicts = sqlite3_column_int64(q, 0);
		ret->example = g_strdup((const char *)sqlite3_column_text(q, 1));
	}
	sqlite3_finalize(q);
	return good;
}

static bool copy(struct store *s, struct store_merged *ret)
{
	const struct table *t;

	inputs_add_functions(s->db);
	for (t = store_tables; t->name; t++)
		if (!t->derived && !copy_table(s, t))
			return false;
	return count_conflicts(s, ret) && store_run(s, store_orphans);
}

static char *why(struct store *s, const char *path)
{
	return g_strdup_printf("%s: %s", path, sqlite3_errmsg(s->db));
}

/* How many rows of the other store cannot be; -1: it cannot be read. */
static gint64 count_damage(struct store *s, const struct table *t)
{
	char *sql = table_damage_sql(t);
	sqlite3_stmt *q;
	gint64 n = -1;

	if (sqlite3_prepare_v2(s->db, sql, -1, &q, NULL) == SQLITE_OK &&
	    sqlite3_step(q) == SQLITE_ROW)
		n = sqlite3_column_int64(q, 0);
	sqlite3_finalize(q);
	g_free(sql);
	return n;
}

/*
 * What is damaged there must not come here, where all would be lost by it.
 * NULL: nothing is.
 */
static char *find_damage(struct store *s, const char *path)
{
	const struct table *t;
	gint64 n;

	inputs_add_functions(s->db);
	for (t = store_tables; t->name; t++) {
		n = count_damage(s, t);
		if (n < 0)
			return why(s, path);
		if (n > 0)
			return g_strdup_printf("%s: damaged", path);
	}
	return NULL;
}

/* NULL, or what went wrong: then nothing was added. */
static char *merge_attached(struct store *s, const char *path,
			    struct store_merged *ret)
{
	char *error = find_damage(s, path);

	if (error)
		return error;
	if (!store_run(s, "BEGIN IMMEDIATE"))
		return why(s, path);
	if (!copy(s, ret) || !store_run(s, "COMMIT")) {
		error = why(s, path);
		store_run(s, "ROLLBACK");
	}
	return error;
}

static void drop_maps(struct store *s)
{
	const struct table *t;

	for (t = store_tables; t->name; t++)
		if (t->same)
			run_made(s, g_strdup_printf(
				"DROP TABLE IF EXISTS temp.map_%s", t->name));
}

char *store_merge(struct store *s, const char *path,
		  struct store_merged *ret_merged)
{
	char *error, *reason;

	*ret_merged = (struct store_merged){ 0 };
	if (s->error)
		return g_strdup_printf("%s: %s", s->path, s->error);
	if (is_same_store(s, path))
		return NULL;
	reason = store_refusal(path);
	if (reason) {
		error = g_strdup_printf("%s: %s", path, reason);
		g_free(reason);
		return error;
	}
	if (!attach(s, path))
		return why(s, path);
	error = merge_attached(s, path, ret_merged);
	drop_maps(s);
	store_run(s, "DETACH other");
	return error;
}

void store_merged_clear(struct store_merged *m)
{
	g_clear_pointer(&m->example, g_free);
}
