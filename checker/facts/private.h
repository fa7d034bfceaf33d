/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the files of facts/ share among themselves only.
 *
 * Merging stores: a body, a fact and a component go by a digest that is the
 * same in every store (body.digest, fact.digest, component.key), a file and a
 * unit by path. The rows of fact and component can be taken over as they are;
 * world and program cannot, since they speak of one store's units: linking
 * makes them anew, and finds all facts that either side had.
 */
#ifndef PINCHECK_FACTS_PRIVATE_H
#define PINCHECK_FACTS_PRIVATE_H

#include <sqlite3.h>
#include <sys/types.h>

#include "facts/facts.h"

/* One row each in store.c: the SQL of what is asked again and again. */
enum query {
	QUERY_READ, QUERY_WRITE, QUERY_COMMIT, QUERY_ROLLBACK,
	QUERY_FILE_FIND, QUERY_FILE_PUT, QUERY_FILE_PATH,
	QUERY_UNIT_FIND, QUERY_UNIT_PUT, QUERY_UNIT_DROP,
	QUERY_ANSWER_FIND, QUERY_ANSWER_PUT, QUERY_ANSWER_DROP,
	QUERY_ANSWERS,
	QUERY_BODY_FIND, QUERY_BODY_PUT, QUERY_MEMBER_PUT, QUERY_MEMBERS,
	QUERY_ALL_FILES, QUERY_ALL_UNITS, QUERY_ALL_MEMBERS, QUERY_ALL_BODIES,
	QUERY_BODY_IR, QUERY_FACT_FIND, QUERY_FACT_PUT,
	QUERY_COMPONENT_FIND, QUERY_COMPONENT_PUT,
	QUERY_WORLD_FIND, QUERY_WORLD_PUT,
	QUERY_PROGRAM_FIND, QUERY_PROGRAM_PUT, QUERY_USED_PUT,
	QUERIES
};

struct store {
	sqlite3 *db;
	char *path;
	dev_t device;		/* of the file that was opened */
	ino_t inode;
	sqlite3_stmt *queries[QUERIES];
	char *error;		/* NULL: all is well */
	bool absent;		/* files of units may be so on the disk */
	GHashTable *files;	/* path -> struct file *, owned: seen by now */
	GHashTable *file_ids;	/* id (gint64) -> the same */
};

/* A file's row, and what is true of it now. */
struct file {
	gint64 id;		/* 0: the store could not be asked */
	char *path;
	char *digest;		/* of its bytes; NULL: cannot be read */
	guint8 stamp[32];	/* of its path and these; 0 without a digest */
	gint64 changed;		/* its time, in µs; the later of the two kinds */
};

/* The statement, ready to bind; NULL: store->error. */
sqlite3_stmt *store_query(struct store *s, enum query q);
/* Runs it to the next row; false: no more, or store->error. */
bool store_step(struct store *s, sqlite3_stmt *q);
/* Statements that are not asked again and again; or store->error. */
void store_do(struct store *s, const char *statements);
/* A transaction: what is read in it is of one moment; or what is written. */
void store_begin(struct store *s, enum query how);
void store_end(struct store *s);
/* SQL: drops the functions that no unit has any more. */
extern const char store_orphans[];
/* Statements without a result; false: the connection's error says why. */
bool store_run(struct store *s, const char *statements);
/* What it holds cannot be: it is given up, and the next one to come has none. */
void store_damaged(struct store *s, const char *why);

/* The file of this path, by its bytes as they are now. */
struct file *file_at(struct store *s, const char *path);
/* Is it on the disk as it was when it was looked at? */
bool file_is_unchanged(const struct file *f);
/* The file of this number; NULL: there is none. */
struct file *file_numbered(struct store *s, gint64 id);
/* One with these bytes, wherever that is known from; file_free() is due. */
struct file *file_remembered(const char *path, const char *digest);
void file_free(gpointer file);

/* What the graph of a program is drawn from, beside the IR. */
struct body_head {
	const char *name, *file;
	int line;
	bool is_static, is_weak, is_main;
	GBytes *uses;
};

/* Its digest, which a row must have; the caller frees it. */
char *body_head_digest(const struct body_head *h);
/* Of the frame so far; the digests of the functions go into it as well. */
GChecksum *content_new(GBytes *frame);

/* units.c: bytes to and from a statement. */
void bind_bytes(sqlite3_stmt *q, int column, GBytes *bytes);
GBytes *column_bytes(sqlite3_stmt *q, int column);
/* Of a unit's inputs as they are now; NULL: damaged. The caller frees it. */
char *digest_now(struct store *s, GBytes *inputs);

#endif
