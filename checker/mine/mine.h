/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Mining: from the evidence of all units to what the program keeps to without
 * saying so: flags that own a reference, pin bits, guards, and functions that
 * a .pincheck file should name. It counts; it does not look at code.
 *
 * A majority misleads, so few candidates act: a pair only if both sides were
 * seen, no place does the opposite, the last put frees, and the clearing side
 * asks for the flag. All others are told with what speaks for and against them.
 */
#ifndef PINCHECK_MINE_MINE_H
#define PINCHECK_MINE_MINE_H

#include <glib.h>
#include <stdbool.h>

#include "flow/evidence.h"

/* A place that speaks for a candidate, or against it. */
struct mined_site {
	const struct evidence_site *at;
	const char *with;	/* what goes with it: "get btree.refs"; or NULL */
	const char *file;	/* where that stands */
	int line;
};

/* A flag and the reference that seems to be its own. */
struct mined_pair {
	const char *record, *flag;
	const char *object;	/* "", or "->MEMBER..." */
	const char *object_record;
	const char *count_record, *count; /* of the reference; name or NULL */
	int sets, gets;		/* places that set it; of them, with a get */
	int clears, puts;
	int crossed;		/* that set with a put, or clear with a get */
	int stores;		/* that write who knows what */
	int near;		/* of gets and puts: the function that writes the */
				/* flag does it, not one around it */
	int tested;		/* of the puts: the flag is known to be set */
	int atomic;		/* of all: test_and_set_bit() and the like */
	int distance;		/* acts between write and reference, on average */
	bool across;		/* the two sides are in different files */
	bool lifetime;		/* its last put frees */
	bool strict;
	const char *why_not;	/* if not strict */
	const char *lock;	/* member of the record: all places hold it */
	int score;
	GPtrArray *get, *put;	/* const char *: accessors */
	GPtrArray *support, *exceptions; /* struct mined_site * */
};

/* A bit that keeps reapers off an object. */
struct mined_pin {
	const char *record, *flag;
	bool strict;
	const char *why_not;
	int score;
	GPtrArray *reapers;	/* const char * */
	GPtrArray *support, *exceptions; /* struct mined_site * */
};

/* A lock under which a flag is written. */
struct mined_guard {
	const char *record, *flag;
	const char *lock;	/* "owner.field", or a global's name */
	int writes, guarded;
	int score;
	GPtrArray *exceptions;	/* struct mined_site * */
};

/* A function that other units call, and what it does. */
struct mined_function {
	const char *key;	/* as in a .pincheck file: "get", "free"... */
	const char *name, *file;
	int line, param;
	const char *of;		/* the count or record concerned */
	int score;		/* callers that show it */
};

/* A container that objects come back to, to be used again. */
struct mined_list {
	const char *record, *name; /* the container */
	const char *object;
	GPtrArray *support;	/* struct mined_site * */
	int score;
};

struct mining {
	/* Each by score, then by name. */
	GPtrArray *pairs, *pins, *guards, *functions, *lists;
	struct arena *arena;	/* all of them */
	GPtrArray *arrays;	/* those that hang from them */
};

/* What is known of functions beforehand, by name. */
struct mine_model {
	/* Needs it no proposal? */
	bool (*is_known)(const char *function, void *data);
	/* Does it call a function that frees when the count comes to 0? */
	bool (*releases)(const char *function, void *data);
	void *data;
};

/*
 * O(sites), and for each flag O(its writes * their references). @e must
 * outlive the result, which the caller frees.
 */
struct mining *mine(const struct evidence *e, const struct mine_model *model);
void mining_free(struct mining *m);

#endif
