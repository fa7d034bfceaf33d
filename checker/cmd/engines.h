/* SPDX-License-Identifier: GPL-2.0-only */
/* Which engines a run has: what the user names, and what is there. */
#ifndef PINCHECK_CMD_ENGINES_H
#define PINCHECK_CMD_ENGINES_H

#include <glib.h>

struct report;

/* Is it the name of an engine, "clang" included? */
gboolean engines_known(const char *name);
/* Is the engine one of @names (comma separated; NULL: the default)? */
gboolean engines_want(const char *names, const char *engine);
/* "clang,cocci": all of them. The caller frees it. */
char *engines_list(void);
/*
 * Does each of @rules (comma separated and known; NULL: all) have an engine
 * of @names (as above) that looks for it? Complains if not.
 */
gboolean engines_cover(const char *names, const char *rules);

struct engines {
	gboolean clang;
	GPtrArray *others; /* const struct engine *: those that are there */
	GPtrArray *versions; /* char *: "cocci: spatch version 1.1.1" */
};

/*
 * The engines of @names (comma separated and known; NULL: clang, and cocci if
 * it is there). One that is not there goes into @r, as an error and a line of
 * the ledger, and makes the report incomplete if it was asked for by name.
 */
void engines_choose(const char *names, struct report *r, struct engines *ret);
void engines_clear(struct engines *e);
/* How many there are, clang included. */
guint engines_count(const struct engines *e);

#endif
