/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The program that the units of a store make up, as data: who has which
 * function, who names whom. And what was found out about the program as a
 * whole: facts by the digest of their bytes, components by their key, the
 * world of each unit. What those mean is link's business.
 */
#ifndef PINCHECK_FACTS_PROGRAM_H
#define PINCHECK_FACTS_PROGRAM_H

#include "facts/facts.h"
#include "ir/uses.h"

struct codebase_body {
	gint64 id;
	char *digest;
	const char *name, *file;	/* interned */
	int line;
	bool is_static, is_weak, is_main;
	int size;			/* of its IR, in bytes */
	struct uses *uses;
};

struct codebase_unit {
	gint64 id;
	char *path;
	GArray *bodies;			/* guint: index in codebase.bodies */
	GArray *ops;			/* struct ops_entry */
	GArray *homes;			/* struct record_home */
};

/* Units by path, bodies by digest: two stores that know the same are equal. */
struct codebase {
	GPtrArray *units;		/* struct codebase_unit * */
	GPtrArray *bodies;		/* struct codebase_body * */
};

/* NULL: the store is damaged, which store_error() tells. O(its functions). */
struct codebase *store_codebase(struct store *s);
void codebase_free(struct codebase *p);

/*
 * Digests of all units as they were read, and of all files behind them as they
 * are on the disk now. The caller frees them. O(units), O(files).
 */
char *store_units_state(struct store *s);
char *store_files_state(struct store *s);
/*
 * Tells each unit that is not any more what was read, in order of paths, or
 * whose command does not begin with @reader.
 */
void store_stale(struct store *s, const char *reader,
		 void (*tell)(const char *path, const char *command, void *data),
		 void *data);
/* Forgets the unit at @path, if it is there. */
void store_forget(struct store *s, const char *path);
bool store_has_unit(struct store *s, const char *path);
/* Tells the path of each unit, in order. */
void store_each_unit(struct store *s,
		     void (*tell)(const char *path, void *data), void *data);
/* Tells the path of each file that units read, in order. */
void store_each_file(struct store *s,
		     void (*tell)(const char *path, void *data), void *data);
/*
 * The paths of the units that read one of the files @paths (absolute, ended by
 * NULL, by the names they were opened by), sorted; a unit reads itself. That is
 * what the store has: no file is looked at. NULL: the store is damaged, which
 * store_error() tells; else for g_strfreev(). O(paths + the units' files).
 */
char **store_readers(struct store *s, const char *const *paths);

/*
 * Waits until nobody else links the store at @path, and keeps others waiting
 * until store_unlock(). -1, which store_unlock() takes, on a disk without
 * locks. Processes that are forked meanwhile have to end before.
 */
int store_lock(const char *path);
void store_unlock(int lock);

/* What is read until store_commit() is of one moment. */
void store_snapshot(struct store *s);
/* Several changes at once, or none. */
void store_transaction(struct store *s);
void store_commit(struct store *s);

/* The packed IR of a body by its digest; NULL: it is gone, or damaged. */
GBytes *store_body(struct store *s, const char *digest);
/* A fact that something in the store names; NULL: the store is damaged. */
GBytes *store_fact(struct store *s, const char *digest);
bool store_has_fact(struct store *s, const char *digest);
/* Its digest, which is interned. */
const char *store_keep_fact(struct store *s, GBytes *bytes);
/* What is kept by @key; NULL: nothing, or it is damaged. */
GBytes *store_component(struct store *s, const char *key);
void store_keep_component(struct store *s, const char *key, GBytes *facts);

/*
 * Forgets all components and facts but these, by key and digest (const char *).
 * For whoever holds the lock: others' are not in use yet.
 */
void store_keep_only(struct store *s, const GPtrArray *names);
/* What a unit takes from others; NULL: nobody knows. */
GBytes *store_world(struct store *s, const char *path);
/* Its digest, which the caller frees; NULL: there is none. */
char *store_world_digest(struct store *s, const char *path);
/* Nothing happens if the unit is gone by now. */
void store_keep_world(struct store *s, gint64 unit, GBytes *imports);

/*
 * What is known of the program by the name @question, and in which @state it
 * was found out; NULL: nothing. The caller frees both; @ret_state may be NULL.
 */
char *store_recall_program(struct store *s, const char *question,
			   char **ret_state);
void store_remember_program(struct store *s, const char *question,
			    const char *state, const char *text);

#endif
