/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The step machine's state: a vector of bytes, and what one step does to it.
 *
 * A step is one op on what threads share, and the thread-local ops that follow
 * it. States are canonical: what can no longer be read is 0, so that more of
 * them are equal.
 */
#ifndef PINCHECK_EVENTS_STATE_H
#define PINCHECK_EVENTS_STATE_H

#include "events/machine.h"
#include "events/program.h"

struct op_facts;

/* Offsets of a thread's part; -1: it needs none. */
struct slots {
	int pc;		/* two bytes */
	int regs;	/* one byte each */
	int queue;	/* 1 + word it is queued at, 0: it runs */
	int depth;	/* of RCU read sections */
	int mask;	/* threads whose read sections it waits for */
	int agent;	/* enum agent_state */
	int arg;	/* agents: what they are called with */
	int reads;	/* "a word I read has changed"; then a bit a word */
	const struct op_facts *facts; /* of its ops: in the same line of cache */
};

enum agent_state { AGENT_ASLEEP, AGENT_PENDING, AGENT_RUNNING, AGENT_AGAIN };
enum life { LIFE_POOL, LIFE_HERE, LIFE_FREED };

/* What is known of an op before anything runs. */
struct op_facts {
	const struct op *op;
	/*
	 * The registers that are read from here on, and the bit LIVE_READS
	 * where a later OP_RELAX wants to know the reads.
	 */
	guint64 live;
	bool ready;	/* a thread that is here can always make one step */
	bool local;	/* op_is_local() */
};

struct layout {
	const struct program *program;
	struct slots *slots;	/* one a thread */
	int *words;		/* one an object: offset of its first word */
	int *life;		/* one an object: offset of its enum life */
	int first_word, n_words;
	int n_reads;		/* bytes of slots.reads */
	int size;		/* of a state, a multiple of 8 */
	bool relaxes;		/* some thread has slots.reads */
};

#define LIVE_READS (1ull << 63)
#define STATE_MAX_THREADS 8

/* In the arena @a, for programs that program_validate accepts. */
void layout_init(struct layout *l, const struct program *p, struct arena *a);
/* The state before anything has run, in @ret_state, zeroed, of l->size bytes. */
void layout_start(const struct layout *l, gint8 *ret_state);

struct step {
	const struct layout *layout;
	gint8 *state;		/* changed in place */
	int thread;
	int choice;		/* less than the ways of state_ways() */
	GArray *log;		/* of struct transition, or NULL */
	const struct slots *own; /* step_run() sets it: the thread's */
	/* What came of it; all 0 before. */
	enum failure failure;
	const char *what;
	bool dropped;
	int n_ops, n_assumed;	/* run; assumed choices among them */
	guint64 touched;	/* registers that may have to be forgotten */
};

/*
 * In how many ways each thread can make a step; 0: it waits or has ended.
 * Returns the sum. *@ret_forced is the thread that runs before any other may,
 * for it only has local ops, or -1; the ways of others are then 0.
 */
int state_ways(const struct layout *l, const gint8 *state,
	       int ret_ways[STATE_MAX_THREADS], int *ret_forced);
/* Nobody can make a step: is that a failure, and of what? */
enum failure state_at_rest(const struct layout *l, const gint8 *state,
			   const char **ret_what);
void step_run(struct step *s);

#endif
