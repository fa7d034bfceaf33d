// SPDX-License-Identifier: GPL-2.0-only
/*
 * Files by their bytes. A file is read only when its size, time or place on
 * the disk is not that of the last time; and when the last time was so soon
 * after a change that another one may have left the time the same (the "racy"
 * entries of git's index).
 */
#include "facts/private.h"

#include <string.h>
#include <sys/stat.h>

/* The coarsest clock of a file system, in µs. */
#define CLOCK_STEP (2 * G_USEC_PER_SEC)

void file_free(gpointer p)
{
	struct file *f = p;

	g_free(f->path);
	g_free(f->digest);
	g_free(f);
}

static gint64 microseconds(const struct timespec *t)
{
	return (gint64)t->tv_sec * G_USEC_PER_SEC + t->tv_nsec / 1000;
}

static gint64 change_time(const struct stat *st)
{
	return MAX(microseconds(&st->st_mtim), microseconds(&st->st_ctim));
}

static char *digest_of(const char *path)
{
	char *text, *digest;
	gsize n;

	if (!g_file_get_contents(path, &text, &n, NULL))
		return NULL;
	digest = g_compute_checksum_for_data(G_CHECKSUM_SHA256,
					     (const guchar *)text, n);
	g_free(text);
	return digest;
}

/* Its path goes in with the zero at its end: no two files read the same. */
static void set_digest(struct file *f, char *digest)
{
	GChecksum *sum = g_checksum_new(G_CHECKSUM_SHA256);
	gsize n = sizeof(f->stamp);

	f->digest = digest;
	if (digest) {
		g_checksum_update(sum, (const guchar *)f->path,
				  (gssize)strlen(f->path) + 1);
		g_checksum_update(sum, (const guchar *)digest, -1);
		g_checksum_get_digest(sum, f->stamp, &n);
	}
	g_checksum_free(sum);
}

struct file *file_remembered(const char *path, const char *digest)
{
	struct file *f = g_new0(struct file, 1);

	f->path = g_strdup(path);
	set_digest(f, g_strdup(digest));
	return f;
}

static bool still_holds(sqlite3_stmt *row, const struct file *f,
			const struct stat *st)
{
	return sqlite3_column_int64(row, 1) == st->st_size &&
	       sqlite3_column_int64(row, 2) == f->changed &&
	       sqlite3_column_int64(row, 3) == (gint64)st->st_ino &&
	       sqlite3_column_int64(row, 4) >= f->changed + CLOCK_STEP;
}

/* Takes the number and, if the row still holds, the digest from there. */
static bool is_known(struct store *s, struct file *f, const struct stat *st)
{
	sqlite3_stmt *q = store_query(s, QUERY_FILE_FIND);

	sqlite3_bind_text(q, 1, f->path, -1, SQLITE_STATIC);
	if (!store_step(s, q))
		return false;
	f->id = sqlite3_column_int64(q, 0);
	if (still_holds(q, f, st))
		set_digest(f, g_strdup((const char *)sqlite3_column_text(q, 5)));
	/* an open read would not let others' writes in before our own */
	sqlite3_reset(q);
	return f->digest;
}

static void keep(struct store *s, struct file *f, const struct stat *st,
		 gint64 now)
{
	sqlite3_stmt *q = store_query(s, QUERY_FILE_PUT);

	sqlite3_bind_text(q, 1, f->path, -1, SQLITE_STATIC);
	sqlite3_bind_int64(q, 2, st->st_size);
	sqlite3_bind_int64(q, 3, f->changed);
	sqlite3_bind_int64(q, 4, (gint64)st->st_ino);
	sqlite3_bind_int64(q, 5, now);
	sqlite3_bind_text(q, 6, f->digest, -1, SQLITE_STATIC);
	while (store_step(s, q))
		f->id = sqlite3_column_int64(q, 0);
}

static void look(struct store *s, struct file *f)
{
	gint64 now = g_get_real_time();
	struct stat st = { 0 };

	if (!stat(f->path, &st))
		f->changed = change_time(&st);
	if (is_known(s, f, &st))
		return;
	set_digest(f, digest_of(f->path));
	keep(s, f, &st, now);
}

bool file_is_unchanged(const struct file *f)
{
	struct stat st;

	return !stat(f->path, &st) && change_time(&st) == f->changed;
}

struct file *file_at(struct store *s, const char *path)
{
	struct file *f = g_hash_table_lookup(s->files, path);

	if (f)
		return f;
	f = g_new0(struct file, 1);
	f->path = g_strdup(path);
	look(s, f);
	g_hash_table_insert(s->files, f->path, f);
	if (f->id)
		g_hash_table_insert(s->file_ids, &f->id, f);
	return f;
}

struct file *file_numbered(struct store *s, gint64 id)
{
	struct file *f = g_hash_table_lookup(s->file_ids, &id);
	sqlite3_stmt *q;
	char *path;

	if (f)
		return f;
	q = store_query(s, QUERY_FILE_PATH);
	sqlite3_bind_int64(q, 1, id);
	if (!store_step(s, q))
		return NULL;
	path = g_strdup((const char *)sqlite3_column_text(q, 0));
	sqlite3_reset(q);
	f = file_at(s, path);
	g_free(path);
	return f;
}
