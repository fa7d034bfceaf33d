// SPDX-License-Identifier: GPL-2.0-only
/*
 * The database itself: making, opening, throwing away, prepared statements.
 * What is in the tables is the business of files.c and units.c.
 */
#include "facts/private.h"
#include "facts/program.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/printable.h"

/* Milliseconds that a process waits for another one that writes. */
#define PATIENCE 60000

/*
 * Any change of the tables or of the packed form needs another number; the
 * program that wrote a unit is part of the unit's digest.
 */
#define VERSION 4
/* "pinc", in the header of the file: it is one of ours. */
#define APPLICATION 0x70696e63

static const char schema[] =
	"CREATE TABLE file("
	"  id INTEGER PRIMARY KEY, path TEXT NOT NULL UNIQUE,"
	"  size INTEGER, changed INTEGER, inode INTEGER,"
	"  seen INTEGER, digest TEXT);"
	"CREATE TABLE body("
	"  id INTEGER PRIMARY KEY, digest TEXT NOT NULL UNIQUE,"
	"  name TEXT NOT NULL, file TEXT NOT NULL, line INTEGER NOT NULL,"
	"  is_static INTEGER NOT NULL, is_inline INTEGER NOT NULL,"
	"  is_weak INTEGER NOT NULL, is_main INTEGER NOT NULL,"
	"  uses BLOB NOT NULL, head TEXT NOT NULL, ir BLOB NOT NULL);"
	"CREATE TABLE unit("
	"  id INTEGER PRIMARY KEY AUTOINCREMENT, path TEXT NOT NULL UNIQUE,"
	"  command TEXT NOT NULL, digest TEXT NOT NULL,"
	"  inputs BLOB NOT NULL, frame BLOB NOT NULL, content TEXT NOT NULL);"
	"CREATE TABLE member("
	"  unit INTEGER NOT NULL REFERENCES unit(id) ON DELETE CASCADE,"
	"  nth INTEGER NOT NULL,"
	"  body INTEGER NOT NULL REFERENCES body(id),"
	"  PRIMARY KEY(unit, nth)) WITHOUT ROWID;"
	"CREATE TABLE answer("
	"  unit INTEGER NOT NULL REFERENCES unit(id) ON DELETE CASCADE,"
	"  question TEXT NOT NULL, text TEXT NOT NULL, content TEXT NOT NULL,"
	"  PRIMARY KEY(unit, question)) WITHOUT ROWID;"
	"CREATE TABLE fact("
	"  digest TEXT PRIMARY KEY, bytes BLOB NOT NULL) WITHOUT ROWID;"
	"CREATE TABLE component("
	"  key TEXT PRIMARY KEY, facts BLOB NOT NULL,"
	"  content TEXT NOT NULL) WITHOUT ROWID;"
	"CREATE TABLE world("
	"  unit INTEGER PRIMARY KEY REFERENCES unit(id) ON DELETE CASCADE,"
	"  digest TEXT NOT NULL, imports BLOB NOT NULL);"
	"CREATE TABLE program("
	"  question TEXT PRIMARY KEY, state TEXT NOT NULL,"
	"  text TEXT NOT NULL) WITHOUT ROWID;"
	"CREATE INDEX member_body ON member(body);"
	"CREATE INDEX body_name ON body(name);";

const char store_orphans[] =
	"DELETE FROM body WHERE id NOT IN (SELECT body FROM member)";

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
		"SELECT id, command, digest, inputs, frame, content FROM unit"
		"  WHERE path = ?1",
	[QUERY_UNIT_PUT] =
		"INSERT INTO unit(path, command, digest, inputs, frame, content)"
		"  VALUES(?1, ?2, ?3, ?4, ?5, ?6) RETURNING id",
	[QUERY_UNIT_DROP] = "DELETE FROM unit WHERE path = ?1",
	[QUERY_ANSWER_FIND] =
		"SELECT text, content FROM answer"
		"  WHERE unit = ?1 AND question = ?2",
	[QUERY_ANSWER_PUT] =
		"INSERT OR REPLACE INTO answer(unit, question, text, content)"
		"  VALUES(?1, ?2, ?3, ?4)",
	[QUERY_ANSWER_DROP] =
		"DELETE FROM answer WHERE unit = ?1"
		"  AND substr(question, 1, length(?2)) = ?2",
	[QUERY_ANSWERS] =
		"SELECT text, min(question) FROM answer"
		"  JOIN unit ON unit.id = answer.unit"
		"  WHERE substr(question, 1, length(?1)) = ?1"
		"  GROUP BY unit.id ORDER BY path",
	[QUERY_BODY_FIND] = "SELECT id FROM body WHERE digest = ?1",
	[QUERY_BODY_PUT] =
		"INSERT INTO body(digest, name, file, line, is_static,"
		"  is_inline, is_weak, is_main, uses, head, ir)"
		"  VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)"
		"  RETURNING id",
	[QUERY_MEMBER_PUT] =
		"INSERT INTO member(unit, nth, body) VALUES(?1, ?2, ?3)",
	[QUERY_MEMBERS] =
		"SELECT ir, digest FROM member JOIN body ON body.id = member.body"
		"  WHERE unit = ?1 ORDER BY nth",
	[QUERY_ALL_FILES] = "SELECT path FROM file ORDER BY path",
	[QUERY_ALL_UNITS] =
		"SELECT id, path, command, digest, inputs, frame, content"
		"  FROM unit ORDER BY path",
	[QUERY_ALL_MEMBERS] = "SELECT body FROM member WHERE unit = ?1"
			      "  ORDER BY nth",
	[QUERY_ALL_BODIES] =
		"SELECT id, digest, name, file, line, is_static, is_weak,"
		"  is_main, uses, length(ir), head FROM body ORDER BY digest",
	[QUERY_BODY_IR] = "SELECT ir FROM body WHERE digest = ?1",
	[QUERY_FACT_FIND] = "SELECT bytes FROM fact WHERE digest = ?1",
	[QUERY_FACT_PUT] =
		"INSERT OR IGNORE INTO fact(digest, bytes) VALUES(?1, ?2)",
	[QUERY_COMPONENT_FIND] =
		"SELECT facts, content FROM component WHERE key = ?1",
	[QUERY_COMPONENT_PUT] =
		"INSERT OR REPLACE INTO component(key, facts, content)"
		"  VALUES(?1, ?2, ?3)",
	[QUERY_WORLD_FIND] =
		"SELECT world.digest, imports FROM world"
		"  JOIN unit ON unit.id = world.unit WHERE path = ?1",
	[QUERY_WORLD_PUT] =
		"INSERT INTO world(unit, digest, imports) SELECT ?1, ?2, ?3"
		"  WHERE EXISTS(SELECT 1 FROM unit WHERE id = ?1)"
		"  ON CONFLICT(unit) DO UPDATE SET digest = ?2, imports = ?3"
		"  WHERE digest <> ?2",
	[QUERY_PROGRAM_FIND] =
		"SELECT state, text FROM program WHERE question = ?1",
	[QUERY_PROGRAM_PUT] =
		"INSERT OR REPLACE INTO program(question, state, text)"
		"  VALUES(?1, ?2, ?3)",
	[QUERY_USED_PUT] = "INSERT OR IGNORE INTO temp.used(name) VALUES(?1)",
};

/* SQLite quotes damaged names as they are. */
static char *shown(const char *text)
{
	char *valid = g_utf8_make_valid(text, -1), *copy = printable(valid);

	g_free(valid);
	return copy;
}

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

/*
 * Held while the file is opened (shared) or replaced (alone), so that nobody
 * opens half of the old one and half of the new. -1: without, on a disk where
 * it cannot be had. Its file stays: a lock that is unlinked is none.
 */
static int lock_path(const char *path, const char *ending, int how)
{
	char *file = g_strconcat(path, ending, NULL);
	int fd = open(file, O_RDWR | O_CREAT | O_CLOEXEC, 0666);

	g_free(file);
	if (fd >= 0 && flock(fd, how)) {
		close(fd);
		return -1;
	}
	return fd;
}

static void unlock(int fd)
{
	if (fd >= 0)
		close(fd);
}

int store_lock(const char *path)
{
	return lock_path(path, ".linking", LOCK_EX);
}

void store_unlock(int lock)
{
	unlock(lock);
}

/* Has nobody made a new one in the meantime? */
static bool is_same_file(const struct store *s)
{
	struct stat st;

	return !stat(s->path, &st) && st.st_dev == s->device &&
	       st.st_ino == s->inode;
}

void store_damaged(struct store *s, const char *why)
{
	int fd;

	if (s->error)
		return;
	s->error = shown(why);
	fd = lock_path(s->path, ".lock", LOCK_EX);
	if (is_same_file(s))
		throw_away(s->path);
	unlock(fd);
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
		s->error = shown(why);
}

sqlite3_stmt *store_query(struct store *s, enum query q)
{
	if (!s->queries[q] &&
	    sqlite3_prepare_v3(s->db, sql[q], -1, SQLITE_PREPARE_PERSISTENT,
			       &s->queries[q], NULL) != SQLITE_OK)
		fail(s);
	if (!s->queries[q])
		return NULL;
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

void store_do(struct store *s, const char *statements)
{
	if (!s->error && !run(s->db, statements))
		fail(s);
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

/* How a file was opened, or why not. */
struct opening {
	sqlite3 *db;
	enum { OPEN_GOOD, OPEN_OLD, OPEN_FOREIGN, OPEN_DAMAGED, OPEN_FAILED } how;
	char *why;	/* NULL: it is good */
};

/* The last statement went wrong. What comes after it may not hide why. */
static bool failed(struct opening *o)
{
	if (o->how != OPEN_GOOD)
		return true;
	o->how = is_damage(sqlite3_errcode(o->db)) ? OPEN_DAMAGED : OPEN_FAILED;
	o->why = shown(sqlite3_errmsg(o->db));
	return true;
}

static bool refuse(struct opening *o, int how, const char *why)
{
	o->how = how;
	o->why = g_strdup(why);
	return false;
}

/*
 * SQLite says only that it cannot open a file. Why that is, as far as it can
 * be seen: of a file that is not there, its folder may be to blame.
 */
static void cannot_open(struct opening *o, const char *path, bool make)
{
	char *folder = g_path_get_dirname(path);
	int err = 0;

	failed(o);
	if (g_file_test(path, G_FILE_TEST_IS_DIR))
		err = EISDIR;
	else if (access(path, F_OK) && make)
		err = access(folder, W_OK) ? errno : 0;
	else
		err = access(path, R_OK | W_OK) ? errno : 0;
	if (err) {
		g_free(o->why);
		o->why = g_strdup(g_strerror(err));
	}
	g_free(folder);
}

/* Makes the tables in a file that has none. Several may come at once. */
static bool fill_in(struct opening *o)
{
	char *marks = g_strdup_printf("PRAGMA application_id = %d;"
				      "PRAGMA user_version = %d",
				      APPLICATION, VERSION);
	bool good = run(o->db, "BEGIN EXCLUSIVE") || !failed(o);

	if (good && ask(o->db, "PRAGMA user_version") == 0)
		good = (run(o->db, schema) && run(o->db, marks)) || !failed(o);
	good = run(o->db, good ? "COMMIT" : "ROLLBACK") && good;
	g_free(marks);
	return good || !failed(o);
}

/*
 * Whoever comes first changes the file's mode, and SQLite does not wait then
 * but gives up, lest two wait for each other.
 */
static bool use_log(struct opening *o)
{
	int waited;

	for (waited = 0; waited < PATIENCE; waited += 10) {
		if (run(o->db, "PRAGMA journal_mode = WAL"))
			return true;
		if (sqlite3_errcode(o->db) != SQLITE_BUSY)
			break;
		g_usleep(10000);
	}
	return !failed(o);
}

/* Nothing is written to a database that somebody else made. */
static bool may_use(struct opening *o)
{
	gint64 tables = ask(o->db, "SELECT count(*) FROM sqlite_master");

	if (tables < 0)
		return !failed(o);
	if (tables && ask(o->db, "PRAGMA application_id") != APPLICATION)
		return refuse(o, OPEN_FOREIGN, "somebody else's database");
	if (tables && ask(o->db, "PRAGMA user_version") != VERSION)
		return refuse(o, OPEN_OLD, "of another version");
	return true;
}

/*
 * A database with our tables in it. Losing the last units in a power cut is
 * fine, so it is not waited for the disk.
 */
static bool set_up(struct opening *o)
{
	sqlite3_busy_timeout(o->db, PATIENCE);
	if (!may_use(o) || !use_log(o))
		return false;
	if (!run(o->db, "PRAGMA synchronous = NORMAL;"
			"PRAGMA foreign_keys = ON;"))
		return !failed(o);
	if (ask(o->db, "PRAGMA user_version") == 0)
		return fill_in(o);
	return may_use(o);
}

static struct opening open_file(const char *path)
{
	struct opening o = { 0 };

	if (sqlite3_open_v2(path, &o.db,
			    SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE,
			    NULL) != SQLITE_OK)
		cannot_open(&o, path, true);
	else
		set_up(&o);
	if (o.how != OPEN_GOOD) {
		sqlite3_close(o.db);
		o.db = NULL;
	}
	return o;
}

/*
 * Is a file that cannot be read what this program may throw away? Nothing, or
 * what was a store: its mark is in the header.
 */
static bool is_ours(const char *path)
{
	static const char begin[] = "SQLite format 3";
	guint8 head[72];
	guint32 mark;
	FILE *file = fopen(path, "rb");
	size_t n;

	if (!file)
		return false;
	n = fread(head, 1, sizeof(head), file);
	fclose(file);
	memcpy(&mark, head + 68, sizeof(mark));
	return n == 0 || (n == sizeof(head) && !memcmp(head, begin, 16) &&
			  GUINT32_FROM_BE(mark) == APPLICATION);
}

static bool is_hopeless(const struct opening *o, const char *path)
{
	return o->how == OPEN_OLD || (o->how == OPEN_DAMAGED && is_ours(path));
}

char *store_refusal(const char *path)
{
	struct opening o = { 0 };

	if (sqlite3_open_v2(path, &o.db, SQLITE_OPEN_READWRITE, NULL) !=
	    SQLITE_OK)
		cannot_open(&o, path, false);
	sqlite3_busy_timeout(o.db, PATIENCE);
	if (!o.why && may_use(&o) && ask(o.db, "PRAGMA user_version") == 0)
		refuse(&o, OPEN_FOREIGN, "empty");
	sqlite3_close(o.db);
	return o.why;
}

static struct opening open_again(const char *path, char **ret_notice)
{
	int fd = lock_path(path, ".lock", LOCK_EX);
	struct opening o = open_file(path);

	if (is_hopeless(&o, path)) {
		*ret_notice = g_strdup_printf("%s: made anew: %s", path, o.why);
		g_free(o.why);
		throw_away(path);
		o = open_file(path);
	}
	unlock(fd);
	return o;
}

static struct opening open_or_renew(const char *path, char **ret_notice)
{
	int fd = lock_path(path, ".lock", LOCK_SH);
	struct opening o = open_file(path);

	unlock(fd);
	if (!is_hopeless(&o, path))
		return o;
	g_free(o.why);
	/* unless another one did it by now */
	return open_again(path, ret_notice);
}

struct store *store_open(const char *path, char **ret_notice, char **ret_error)
{
	char *folder = g_path_get_dirname(path);
	struct opening o;
	struct stat st = { 0 };
	struct store *s;

	*ret_notice = NULL;
	g_mkdir_with_parents(folder, 0777);
	g_free(folder);
	o = open_or_renew(path, ret_notice);
	if (!o.db) {
		*ret_error = g_strdup_printf("%s: %s", path, o.why);
		g_free(o.why);
		return NULL;
	}
	s = g_new0(struct store, 1);
	s->db = o.db;
	stat(path, &st);
	s->device = st.st_dev;
	s->inode = st.st_ino;
	s->path = g_strdup(path);
	s->files = g_hash_table_new_full(g_str_hash, g_str_equal, NULL,
					 file_free);
	s->file_ids = g_hash_table_new(g_int64_hash, g_int64_equal);
	return s;
}

/* All pages at once, under one lock. */
static int copy_pages(sqlite3 *to, sqlite3 *from)
{
	sqlite3_backup *b = sqlite3_backup_init(to, "main", from, "main");

	if (!b)
		return sqlite3_errcode(to);
	sqlite3_backup_step(b, -1);
	return sqlite3_backup_finish(b);
}

char *store_copy(struct store *s, const char *to)
{
	sqlite3 *db = NULL;
	int rc = sqlite3_open(to, &db);
	char *why = NULL;

	if (rc == SQLITE_OK)
		rc = copy_pages(db, s->db);
	if (rc != SQLITE_OK)
		why = g_strdup_printf("%s: %s", to, sqlite3_errstr(rc));
	sqlite3_close(db);
	return why;
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

/* For SQL: is there such a file? */
static void sql_exists(sqlite3_context *c, int n, sqlite3_value **args)
{
	const char *path = (const char *)sqlite3_value_text(args[0]);

	sqlite3_result_int(c, path && g_file_test(path, G_FILE_TEST_EXISTS));
}

bool store_run(struct store *s, const char *statements)
{
	return run(s->db, statements);
}

void store_sweep(struct store *s)
{
	if (s->error)
		return;
	sqlite3_create_function(s->db, "is_file", 1, SQLITE_UTF8, NULL,
				sql_exists, NULL, NULL);
	if (!run(s->db, "BEGIN IMMEDIATE;"
			"DELETE FROM unit WHERE NOT is_file(path);"
			"DELETE FROM file WHERE NOT is_file(path)") ||
	    !run(s->db, store_orphans) || !run(s->db, "COMMIT"))
		fail(s);
}

void store_count(struct store *s, struct store_counts *ret)
{
	ret->units = ask(s->db, "SELECT count(*) FROM unit");
	ret->functions = ask(s->db, "SELECT count(*) FROM body");
	ret->files = ask(s->db, "SELECT count(*) FROM file");
	ret->bytes = ask(s->db, "SELECT total(length(ir)) FROM body");
	ret->last_unit = ask(s->db, "SELECT max(id) FROM unit");
}

gint64 store_count_since(struct store *s, gint64 unit)
{
	char *query = g_strdup_printf("SELECT count(*) FROM unit WHERE id > %"
				      G_GINT64_FORMAT, unit);
	gint64 n = ask(s->db, query);

	g_free(query);
	return n;
}
