// SPDX-License-Identifier: GPL-2.0-only
/*
 * The database itself: making, opening, throwing away, prepared statements.
 * What is in the tables is the business of files.c and units.c.
 */
#include "facts/private.h"

#include <glib/gstdio.h>
#include <stdio.h>
#include <string.h>

/* Milliseconds that a process waits for another one that writes. */
#define PATIENCE 60000

/*
 * Any change of the tables or of the packed form needs another number; the
 * program that wrote a unit is part of the unit's digest.
 */
#define VERSION 1

static const char schema[] =
	"CREATE TABLE file("
	"  id INTEGER PRIMARY KEY, path TEXT NOT NULL UNIQUE,"
	"  size INTEGER, changed INTEGER, inode INTEGER,"
	"  seen INTEGER, digest TEXT);"
	"CREATE TABLE body("
	"  id INTEGER PRIMARY KEY, digest TEXT NOT NULL UNIQUE,"
	"  name TEXT NOT NULL, file TEXT NOT NULL, line INTEGER NOT NULL,"
	"  is_static INTEGER NOT NULL, ir BLOB NOT NULL);"
	"CREATE TABLE unit("
	"  id INTEGER PRIMARY KEY AUTOINCREMENT, path TEXT NOT NULL UNIQUE,"
	"  digest TEXT NOT NULL, inputs BLOB NOT NULL, frame BLOB NOT NULL,"
	"  content TEXT NOT NULL);"
	"CREATE TABLE member("
	"  unit INTEGER NOT NULL REFERENCES unit(id) ON DELETE CASCADE,"
	"  nth INTEGER NOT NULL,"
	"  body INTEGER NOT NULL REFERENCES body(id),"
	"  PRIMARY KEY(unit, nth)) WITHOUT ROWID;"
	"CREATE TABLE answer("
	"  unit INTEGER NOT NULL REFERENCES unit(id) ON DELETE CASCADE,"
	"  question TEXT NOT NULL, text TEXT NOT NULL, content TEXT NOT NULL,"
	"  PRIMARY KEY(unit, question)) WITHOUT ROWID;"
	"CREATE INDEX member_body ON member(body);"
	"CREATE INDEX body_name ON body(name);";

static const char *const sql[QUERIES] = {
	[QUERY_READ] = "BEGIN",
	[QUERY_WRITE] = "BEGIN IMMEDIATE",
	[QUERY_COMMIT] = "COMMIT",
	[QUERY_ROLLBACK] = "ROLLBACK",
	[QUERY_FILE_FIND] =
		"SELECT id, size, changed, inode, seen, digest"
		"  FROM file WHERE path = ?1",
	[QUERY_FILE_PUT] =
		"INSERT INTO file(path, size, changed, inode, seen, digest)"
		"  VALUES(?1, ?2, ?3, ?4, ?5, ?6)"
		"  ON CONFLICT(path) DO UPDATE SET size = ?2, changed = ?3,"
		"  inode = ?4, seen = ?5, digest = ?6 RETURNING id",
	[QUERY_FILE_PATH] = "SELECT path FROM file WHERE id = ?1",
	[QUERY_UNIT_FIND] =
		"SELECT id, digest, inputs, frame, content FROM unit"
		"  WHERE path = ?1",
	[QUERY_UNIT_PUT] =
		"INSERT INTO unit(path, digest, inputs, frame, content)"
		"  VALUES(?1, ?2, ?3, ?4, ?5) RETURNING id",
	[QUERY_UNIT_DROP] = "DELETE FROM unit WHERE path = ?1",
	[QUERY_ANSWER_FIND] =
		"SELECT text, content FROM answer"
		"  WHERE unit = ?1 AND question = ?2",
	[QUERY_ANSWER_PUT] =
		"INSERT OR REPLACE INTO answer(unit, question, text, content)"
		"  VALUES(?1, ?2, ?3, ?4)",
	[QUERY_BODY_FIND] = "SELECT id FROM body WHERE digest = ?1",
	[QUERY_BODY_PUT] =
		"INSERT INTO body(digest, name, file, line, is_static, ir)"
		"  VALUES(?1, ?2, ?3, ?4, ?5, ?6) RETURNING id",
	[QUERY_MEMBER_PUT] =
		"INSERT INTO member(unit, nth, body) VALUES(?1, ?2, ?3)",
	[QUERY_MEMBERS] =
		"SELECT ir, digest FROM member JOIN body ON body.id = member.body"
		"  WHERE unit = ?1 ORDER BY nth",
};

static void throw_away(const char *path)
{
	static const char *const endings[] = { "", "-wal", "-shm" };
	char *file;
	gsize i;

	for (i = 0; i < G_N_ELEMENTS(endings); i++) {
		file = g_strconcat(path, endings[i], NULL);
		g_unlink(file);
		g_free(file);
	}
}

void store_damaged(struct store *s, const char *why)
{
	if (s->error)
		return;
	s->error = g_strdup(why);
	throw_away(s->path);
}

/* Not the disk or another process, but what is in the file, is to blame. */
static bool is_damage(int code)
{
	switch (code) {
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
	case SQLITE_NOMEM:
	case SQLITE_READONLY:
	case SQLITE_INTERRUPT:
	case SQLITE_IOERR:
	case SQLITE_FULL:
	case SQLITE_CANTOPEN:
	case SQLITE_PERM:
		return false;
	default:
		return true;
	}
}

static void fail(struct store *s)
{
	const char *why = sqlite3_errmsg(s->db);

	if (is_damage(sqlite3_errcode(s->db)))
		store_damaged(s, why);
	else if (!s->error)
		s->error = g_strdup(why);
}

sqlite3_stmt *store_query(struct store *s, enum query q)
{
	if (!s->queries[q] &&
	    sqlite3_prepare_v3(s->db, sql[q], -1, SQLITE_PREPARE_PERSISTENT,
			       &s->queries[q], NULL) != SQLITE_OK)
		fail(s);
	sqlite3_reset(s->queries[q]);
	sqlite3_clear_bindings(s->queries[q]);
	return s->queries[q];
}

bool store_step(struct store *s, sqlite3_stmt *q)
{
	int status = s->error ? SQLITE_DONE : sqlite3_step(q);

	if (status == SQLITE_ROW)
		return true;
	if (status != SQLITE_DONE)
		fail(s);
	sqlite3_reset(q);
	return false;
}

void store_begin(struct store *s, enum query how)
{
	store_step(s, store_query(s, how));
}

void store_end(struct store *s)
{
	if (s->error)
		sqlite3_step(store_query(s, QUERY_ROLLBACK));
	else
		store_step(s, store_query(s, QUERY_COMMIT));
}

static bool run(sqlite3 *db, const char *statements)
{
	return sqlite3_exec(db, statements, NULL, NULL, NULL) == SQLITE_OK;
}

/* A number that a pragma tells; -1: none. */
static gint64 ask(sqlite3 *db, const char *pragma)
{
	sqlite3_stmt *q;
	gint64 n = -1;

	if (sqlite3_prepare_v2(db, pragma, -1, &q, NULL) != SQLITE_OK)
		return -1;
	if (sqlite3_step(q) == SQLITE_ROW)
		n = sqlite3_column_int64(q, 0);
	sqlite3_finalize(q);
	return n;
}

/* Makes the tables in a file that has none. Several may come at once. */
static bool fill_in(sqlite3 *db)
{
	char *version = g_strdup_printf("PRAGMA user_version = %d", VERSION);
	bool good = run(db, "BEGIN EXCLUSIVE");

	if (good && ask(db, "PRAGMA user_version") == 0)
		good = run(db, schema) && run(db, version);
	good = run(db, good ? "COMMIT" : "ROLLBACK") && good;
	g_free(version);
	return good;
}

/*
 * Whoever comes first changes the file's mode, and SQLite does not wait then
 * but gives up, lest two wait for each other.
 */
static bool use_log(sqlite3 *db)
{
	int waited;

	for (waited = 0; waited < PATIENCE; waited += 10) {
		if (run(db, "PRAGMA journal_mode = WAL"))
			return true;
		if (sqlite3_errcode(db) != SQLITE_BUSY)
			return false;
		g_usleep(10000);
	}
	return false;
}

/*
 * A database with our tables in it. Losing the last units in a power cut is
 * fine, so it is not waited for the disk.
 */
static bool set_up(sqlite3 *db)
{
	sqlite3_busy_timeout(db, PATIENCE);
	if (!use_log(db) || !run(db, "PRAGMA synchronous = NORMAL;"
				     "PRAGMA foreign_keys = ON;"))
		return false;
	if (ask(db, "PRAGMA user_version") == 0 && !fill_in(db))
		return false;
	return ask(db, "PRAGMA user_version") == VERSION;
}

/* SQLite quotes damaged names as they are. */
static char *printable(const char *text)
{
	char *copy = g_utf8_make_valid(text, -1), *c;

	for (c = copy; *c; c++)
		if (g_ascii_iscntrl(*c))
			*c = '?';
	return copy;
}

/* *@ret_hopeless: it is not for a while only that it cannot be opened. */
static sqlite3 *open_file(const char *path, bool *ret_hopeless,
			  char **ret_error)
{
	sqlite3 *db = NULL;

	if (sqlite3_open_v2(path, &db,
			    SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE,
			    NULL) == SQLITE_OK && set_up(db))
		return db;
	switch (sqlite3_errcode(db)) {
	case SQLITE_OK:
	case SQLITE_ROW:
	case SQLITE_DONE:
		*ret_error = g_strdup("of another version");
		break;
	default:
		*ret_error = printable(sqlite3_errmsg(db));
	}
	*ret_hopeless = is_damage(sqlite3_errcode(db));
	sqlite3_close(db);
	return NULL;
}

/* Is the file what this program may throw away: a database, or scraps of it? */
static bool is_ours(const char *path)
{
	static const char begin[] = "SQLite format 3";
	char text[sizeof(begin)];
	FILE *file = fopen(path, "rb");
	size_t n;

	if (!file)
		return false;
	n = fread(text, 1, sizeof(text), file);
	fclose(file);
	return n == 0 || (n == sizeof(text) && !memcmp(text, begin, n));
}

static sqlite3 *open_or_renew(const char *path, char **ret_notice,
			      char **ret_error)
{
	bool hopeless;
	sqlite3 *db = open_file(path, &hopeless, ret_error);

	if (db || !hopeless || !is_ours(path))
		return db;
	*ret_notice = g_strdup_printf("%s: made anew: %s", path, *ret_error);
	g_clear_pointer(ret_error, g_free);
	throw_away(path);
	return open_file(path, &hopeless, ret_error);
}

struct store *store_open(const char *path, char **ret_notice, char **ret_error)
{
	char *folder = g_path_get_dirname(path), *why = NULL;
	struct store *s;
	sqlite3 *db;

	*ret_notice = NULL;
	g_mkdir_with_parents(folder, 0777);
	g_free(folder);
	db = open_or_renew(path, ret_notice, &why);
	if (!db) {
		*ret_error = g_strdup_printf("%s: %s", path, why);
		g_free(why);
		return NULL;
	}
	s = g_new0(struct store, 1);
	s->db = db;
	s->path = g_strdup(path);
	s->files = g_hash_table_new_full(g_str_hash, g_str_equal, NULL,
					 file_free);
	s->file_ids = g_hash_table_new(g_int64_hash, g_int64_equal);
	return s;
}

void store_close(struct store *s)
{
	int i;

	if (!s)
		return;
	for (i = 0; i < QUERIES; i++)
		sqlite3_finalize(s->queries[i]);
	sqlite3_close(s->db);
	g_hash_table_unref(s->file_ids);
	g_hash_table_unref(s->files);
	g_free(s->path);
	g_free(s->error);
	g_free(s);
}

const char *store_error(const struct store *s)
{
	return s->error;
}

void store_sweep(struct store *s)
{
	if (!s->error &&
	    !run(s->db, "DELETE FROM body WHERE id NOT IN"
			"  (SELECT body FROM member)"))
		fail(s);
}

void store_count(struct store *s, struct store_counts *ret)
{
	ret->units = ask(s->db, "SELECT count(*) FROM unit");
	ret->functions = ask(s->db, "SELECT count(*) FROM body");
	ret->files = ask(s->db, "SELECT count(*) FROM file");
	ret->bytes = ask(s->db, "SELECT total(length(ir)) FROM body");
}
