/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The step machine's state: a vector of bytes; the program made ready to run
 * on it; and what one step does.
 *
 * A state has a part that threads share, and behind it one for each thread that
 * no other reads or changes: its place and its registers.
 *
 * A step is one op on what threads share, and the thread-local ops that follow
 * it. States are canonical: what can no longer be read is 0, so that more of
 * them are equal.
 */
#ifndef PINCHECK_EVENTS_STATE_H
#define PINCHECK_EVENTS_STATE_H

#include <string.h>

#include "events/machine.h"
#include "events/program.h"

/* An operand whose place in the state is known. */
enum operand_kind {
	OPERAND_CONST,		/* the number itself */
	OPERAND_SLOT,		/* an offset: of a register */
	OPERAND_NODE,		/* an index into layout.nodes */
};

struct operand {
	enum operand_kind kind;
	int number;
};

/* An operator and its operands; b is not looked at if it is unary. */
struct node {
	int op;
	bool unary;
	struct operand a, b;
};

/* insn.flags */
#define INSN_READY	1	/* a thread that is here can always make a step */
#define INSN_LOCAL	2	/* op_is_local() */
#define INSN_COUNT	4	/* the word is a reference count */

/* A step has few enough ops for this, see MAX_LOCAL. */
#define COST_ASSUMED (1u << 12)

/* An op, ready to run. It has the op's index in its thread. */
struct insn {
	guint8 kind;		/* enum op_kind */
	guint8 detail;		/* enum rmw_kind, enum lock_kind */
	guint8 flags;
	gint16 type, field;	/* of the place */
	int result;		/* offset of the register; -1: none */
	int number;		/* op.target of jumps, op.number of others */
	guint32 cost;		/* 1, and COST_ASSUMED if the op is assumed */
	struct operand object;	/* of the place */
	struct operand value, expected;
	/*
	 * The registers that are read from here on, and the bit LIVE_READS
	 * where a later OP_RELAX wants to know the reads.
	 */
	guint64 live;
};

/* Of a thread's part: two bytes of where it is, whose it is, registers. */
#define PART_THREAD	2
#define PART_REGS	3

/* Offsets of what a thread has; -1: it needs none. */
struct slots {
	int pc;		/* two bytes, the first of its part */
	int regs;	/* one byte each, in its part */
	int queue;	/* 1 + word it is queued at, 0: it runs */
	int depth;	/* of RCU read sections */
	int mask;	/* threads whose read sections it waits for */
	int agent;	/* enum agent_state */
	int arg;	/* agents: what they are called with */
	int reads;	/* "a word I read has changed"; then a bit a word */
	const struct insn *insns; /* in the same line of cache */
};

enum agent_state { AGENT_ASLEEP, AGENT_PENDING, AGENT_RUNNING, AGENT_AGAIN };
enum life { LIFE_POOL, LIFE_HERE, LIFE_FREED };

/* Offsets of an object's part. */
struct object_slots {
	int life;		/* enum life */
	int words;		/* of its first word */
	int type;
};

struct layout {
	const struct program *program;
	struct slots *slots;	/* one a thread */
	struct object_slots *objects;
	struct node *nodes;
	int first_word, n_words;
	int n_reads;		/* bytes of slots.reads */
	/* Sizes, multiples of 8: */
	int shared;		/* of the part that threads share, the first */
	int part;		/* of a thread's */
	int size;		/* of all */
	bool relaxes;		/* some thread has slots.reads */
};

#define LIVE_READS (1ull << 63)
#define STATE_MAX_THREADS 8

/* In the arena @a, for programs that program_validate accepts. */
void layout_init(struct layout *l, const struct program *p, struct arena *a);
/* The state before anything has run, in @ret_state, zeroed, of l->size bytes. */
void layout_start(const struct layout *l, gint8 *ret_state);
/* compile.c: fills slots.insns and layout.nodes; the offsets are known. */
void layout_compile(struct layout *l, struct arena *a);

/* The same layout makes many steps with one of these. */
struct step {
	const struct layout *layout;
	gint8 *state;		/* changed in place */
	int thread;
	int choice;		/* less than the ways of state_ways() */
	GArray *log;		/* of struct transition, or NULL */
	/* What came of it: */
	enum failure failure;
	const char *what;
	bool dropped;
	bool stopped;		/* it failed, or was dropped */
	/* How many ops it was, and COST_ASSUMED for each assumed choice. */
	guint32 cost;
	/* For step_run() itself: */
	const struct slots *own; /* the thread's */
	guint64 touched;	/* registers that may have to be forgotten */
};

void step_run(struct step *s);

/* Nobody can make a step: is that a failure, and of what? */
enum failure state_at_rest(const struct layout *l, const gint8 *state,
			   const char **ret_what);

static inline int state_pc(const struct slots *own, const gint8 *state)
{
	guint16 pc;

	memcpy(&pc, state + own->pc, sizeof(pc));
	return pc;
}

static inline const struct insn *state_insn(const struct slots *own,
					    const gint8 *state)
{
	return &own->insns[state_pc(own, state)];
}

/* CAN_ONLY: before any other thread may, for it only has local ops. */
enum can { CAN_NOT = 0, CAN_STEP = 1, CAN_ONLY };
/*
 * Agents that cannot begin, one bit each; for this @state is only the part that
 * threads share.
 */
unsigned int state_idle(const struct layout *l, const gint8 *state);
/* Has it ended, and is no agent? That is in its own part alone. */
bool thread_is_over(const struct layout *l, const gint8 *state, int thread);
/* May the thread make a step? Of one that is not idle or over. */
enum can thread_can(const struct layout *l, const gint8 *state, int thread);

static inline enum can state_can(const struct layout *l, const gint8 *state,
				 int thread)
{
	/* Nearly all are. */
	return state_insn(&l->slots[thread], state)->flags & INSN_READY ?
		       CAN_STEP : thread_can(l, state, thread);
}

/* In how many ways an enabled thread can make a step. */
static inline int state_ways(const struct layout *l, const gint8 *state,
			     int thread)
{
	const struct slots *own = &l->slots[thread];
	const struct insn *insn = state_insn(own, state);

	if (insn->kind != OP_CHOOSE ||
	    (own->agent >= 0 && state[own->agent] == AGENT_PENDING))
		return 1;
	return insn->number;
}

/* An operand with operators. */
int operand_eval(const struct layout *l, const gint8 *state,
		 const struct node *node);

static inline int operand_value(const struct layout *l, const gint8 *state,
				const struct operand *o)
{
	/* Nearly all are one of these two. */
	if (o->kind == OPERAND_SLOT)
		return state[o->number];
	return o->kind == OPERAND_CONST ?
		       o->number :
		       operand_eval(l, state, &l->nodes[o->number]);
}

/* Locks: 0 is free, -1 - n taken by thread n, n read by n. */
static inline bool lock_is_free(int word, enum lock_kind kind)
{
	return kind == LOCK_READ ? word >= 0 : word == 0;
}

#endif
