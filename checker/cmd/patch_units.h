/* SPDX-License-Identifier: GPL-2.0-only */
/* Which units the patches of a series concern. */
#ifndef PINCHECK_CMD_PATCH_UNITS_H
#define PINCHECK_CMD_PATCH_UNITS_H

#include <glib.h>

struct compile_command;
struct run_options;
struct states;
struct units;

struct patch_target {
	const char *tree;	/* absolute; what the patches' names begin at */
	const struct run_options *options;
	const char *scratch;	/* a folder for this run */
	struct states *states;
	unsigned n;		/* patches */
};

/* A unit that a patch concerns. */
struct patch_unit {
	char *file;		/* absolute */
	struct compile_command *cmd; /* as it is compiled in the tree */
	unsigned state;		/* the last one that changed it; 0: none yet */
};

struct patch_units {
	/*
	 * By patch, from 1: struct patch_unit *, by file; some in several. Of 0:
	 * those that read something else in the base than in the tree.
	 */
	GPtrArray **of;
	GHashTable *all;	/* file -> struct patch_unit *, owned */
	const struct patch_target *target;
	struct units *told;
	/* How files are compiled: */
	char *dir;		/* of the database; NULL: there is none */
	struct compile_db *db;	/* NULL: there is none, or it is bad */
	char **files;		/* of @db, sorted */
	GPtrArray *reals;	/* char *: those without links, as @files */
	GHashTable *names;	/* the same -> which of @files */
	GPtrArray *links;	/* of the store: a path, its real one, a path... */
};

/*
 * A changed .c file concerns its unit, and whatever else is changed those that
 * read it, by the store of the run; without one all units of the compile
 * database are read into one in the scratch folder first, if that is needed. A
 * new .c file is compiled as one beside it. What cannot be judged goes to the
 * report of @told, which is incomplete then, and what is worth a line to its
 * notices; lines of workers go to @noise. patch_units_free() is due; @t and
 * @told outlive it.
 */
struct patch_units *patch_units_find(const struct patch_target *t,
				     struct units *told, GPtrArray *noise);
/*
 * Adds those that read what patch @k changes by a store that has what was read of
 * the states before it: an earlier patch, or the base, may include more than the
 * tree. Without that file there are none.
 */
void patch_units_find_more(struct patch_units *u, unsigned k, const char *store);
/* The unit of an absolute path; NULL: nobody knows how it is compiled. */
struct patch_unit *patch_units_get(struct patch_units *u, const char *path);
/* All of them, by file; the caller unrefs it. */
GPtrArray *patch_units_list(const struct patch_units *u);
void patch_units_free(struct patch_units *u);

#endif
