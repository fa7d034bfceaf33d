/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Facts: the store of what was seen of a program, a SQLite database. One row a
 * function with its IR, whatever the number of units that have it; one row a
 * unit with the digest of all that went into it: its command, the bytes of the
 * file and of everything it includes, and the program that read them. Nothing
 * has to be removed from it by hand: what no longer agrees is not used.
 *
 * Any number of processes may use one store. A process that dies leaves it
 * whole (write-ahead log), and a file that is no store of this version is made
 * anew. A process must open the store itself: not before a fork.
 */
#ifndef PINCHECK_FACTS_FACTS_H
#define PINCHECK_FACTS_FACTS_H

#include <glib.h>
#include <stdbool.h>

#include "ir/ir.h"

struct store;

/*
 * Opens or makes the store in the file @path; the folder is made as well.
 * *@ret_notice: NULL, or why an older file was thrown away, which the caller
 * frees. NULL with one line in *@ret_error on failure.
 */
struct store *store_open(const char *path, char **ret_notice,
			 char **ret_error);
/*
 * NULL: there is a store of this version in the file; else why not, which the
 * caller frees. Nothing is made or written.
 */
char *store_refusal(const char *path);
/* Takes NULL. */
void store_close(struct store *s);
/*
 * Makes the file @to a store with what @s has now, whatever others write
 * meanwhile. NULL, or one line that says why not, which the caller frees.
 * O(size of the store).
 */
char *store_copy(struct store *s, const char *to);

/*
 * What was wrong with the store since it was opened, or NULL: then nothing
 * more is found in it nor kept.
 */
const char *store_error(const struct store *s);

/*
 * The unit at the absolute @path as it was when it was saved with this
 * @command (any text that tells how it is read), if none of the files behind
 * it changed since; else NULL. The caller frees it. O(its size and files);
 * a file is read once a process, and only if its time or size changed.
 */
struct unit *store_load(struct store *s, const char *path,
			const char *command);

/* Would store_load() find it? O(its files). */
bool store_is_fresh(struct store *s, const char *path, const char *command);

/*
 * Keeps a unit, in place of an older one of this path. u->inputs must be all
 * files behind it. @since: when its parse began (µs, g_get_real_time): if a
 * file changed after that, or is gone, nothing is kept, not even the older one.
 */
void store_save(struct store *s, const char *path, const char *command,
		const struct unit *u, gint64 since);

/*
 * For a store that goes with a run over overlays: from now on store_save() takes
 * that a file behind a unit is not on the disk for a fact about it, which holds
 * until the file is there.
 */
void store_allow_absent(struct store *s);

/*
 * What was kept as the answer to a @question about a unit (any text, which
 * has to name all that the answer depends on beside the unit), if the unit is
 * still the same; else NULL. The caller frees it.
 */
char *store_recall(struct store *s, const char *path, const char *command,
		   const char *question);
/*
 * Keeps an answer about a unit in the store as long as it is the same, and
 * forgets those to questions that begin with @instead; NULL: none.
 */
void store_remember(struct store *s, const char *path, const char *command,
		    const char *question, const char *answer,
		    const char *instead);

/* Forgets units and files that are gone, and functions that none has then. */
void store_sweep(struct store *s);

/* What came of merging one store. */
struct store_merged {
	gint64 conflicts;	/* units that differ, and ours was kept */
	char *example;		/* the path of one; NULL: there is none */
};

/*
 * Adds to @s what the store in the file @path has, without a look at any other
 * file. Units that both have: the one that agrees with the later of the two
 * looks at its files; if that is both or none, ours. NULL, or one line that
 * says why not, which the caller frees: then @s is as it was. O(both stores).
 * store_merged_clear() is due.
 */
char *store_merge(struct store *s, const char *path,
		  struct store_merged *ret_merged);
void store_merged_clear(struct store_merged *m);

struct store_counts {
	gint64 units, functions, files, bytes; /* bytes: of packed functions */
	gint64 last_unit;	/* the number of the one that was saved last */
};
void store_count(struct store *s, struct store_counts *ret_counts);
/* How many units were saved after the one of this number. */
gint64 store_count_since(struct store *s, gint64 unit);

#endif
