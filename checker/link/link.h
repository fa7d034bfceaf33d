/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Link: the units of a store as one program. Names are resolved to functions,
 * functions summarised with their callees first, and what each unit takes from
 * the others, its world, is kept in the store.
 *
 * The work goes in rounds, whose tasks are independent of each other and may
 * run in other processes; the caller runs them. A component (functions that
 * call each other in a circle, mostly one function) goes by a digest of all
 * that its summaries are made of. One that the store has is not made again, so
 * that a change ends where it makes no difference to callers.
 */
#ifndef PINCHECK_LINK_LINK_H
#define PINCHECK_LINK_LINK_H

#include <glib.h>
#include <stdbool.h>

#include "flow/world.h"
#include "model/model.h"

struct store;
struct link;

struct link_options {
	const struct model *model;
	const char *reader;	/* names the program that makes the summaries */
	const char *model_digest; /* names the model */
	/* The store has all units there are: it shows all callers. */
	bool whole;
	/* What this program does not need goes, other models' summaries too. */
	bool sweep;
};

/*
 * The program as @s has it now. The options outlive it. NULL: the store is of
 * no use, as store_error() tells. Linear in the units' functions.
 */
struct link *link_new(struct store *s, const struct link_options *opt);
void link_free(struct link *l);

/*
 * Keeps what the last round brought, and prepares the next: the number of its
 * tasks, which are cut for @workers processes. 0: all is done, and the worlds
 * are in the store.
 */
guint link_round(struct link *l, struct store *s, guint workers);
/* How many components a task has, for a time limit. */
guint link_task_size(const struct link *l, guint task);
/* Is the function of this name in the task? O(its functions). */
bool link_task_has(const struct link *l, guint task, const char *name);
/* Does a task, in any process that has a copy of @l. The caller frees it. */
GBytes *link_task(struct link *l, guint task, struct store *s);
/* Takes what it gave; false: the bytes are damaged. */
bool link_take(struct link *l, guint task, GBytes *result);
/*
 * The task brought nothing. Its components are tried again one by one; those
 * that are lost again stay unknown.
 */
void link_lose(struct link *l, guint task, const char *why);

struct link_counts {
	guint functions;	/* summarised now */
	guint kept;		/* that the store had summaries of */
	guint lost;		/* that could not be summarised */
};
struct link_counts link_counts(const struct link *l);
/* A line for each function that was lost; char *. */
const GPtrArray *link_notices(const struct link *l);
/* Names that are not linked, since several units define them; sorted. */
const GPtrArray *link_ambiguous(const struct link *l);

/* What the store knows of its own state. */
enum link_state {
	LINK_NEVER,	/* nobody linked it */
	LINK_OTHER,	/* another program did */
	LINK_OLD,	/* its units, the model or what is whole changed since */
	LINK_UNSURE,	/* they did not, but files behind them may have */
	LINK_CURRENT,	/* its worlds are what linking would make of it now */
};

/* O(files). */
enum link_state link_state(struct store *s, const struct link_options *opt);
/*
 * No file behind the units changed since they were read: link_state() need not
 * look into it again until one does. @files: store_files_state() before that
 * was found out.
 */
void link_settle(struct store *s, const char *files);

/*
 * The units to which the others mean something else in @after than in @before,
 * two linked stores: those that have another world, or that one store has
 * alone. A world that only tells other lines is the same. Sorted paths, for
 * g_strfreev(); NULL: a store is damaged. O(units), O(names in worlds that
 * differ), and reads each summary that differs once.
 */
char **link_changed(struct store *before, struct store *after);

/*
 * The world of the unit at @path as the store has it, for flow_new(). NULL:
 * it has none. The caller frees it; @s must stay as long.
 */
struct imports;
struct imports *imports_load(struct store *s, const char *path);
void imports_free(struct imports *i);
/* NULL for NULL. The digest is that of all that the world holds. */
const char *imports_digest(const struct imports *i);
const struct world *imports_world(const struct imports *i);
/* Text of all summaries in it, or of @function's; nothing for NULL. */
void imports_print(GString *out, const struct imports *i,
		   const char *function);

#endif
