/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The event list: a finding as a closed program of two to four threads over a
 * handful of objects. It is made from the IR by build.c, and is the one source
 * of three things that must agree: the step machine (machine.h) that explores
 * it in the checker, the C file on the replay runtime that the user keeps, and
 * Promela for an audit by spin (emit.h).
 *
 * Objects are made before the program starts or by OP_ALLOC from a pool of
 * fixed size, so that the state is a vector of small integers. A pointer is
 * the number of its object; 0 is NULL. Control flow is by labels and jumps:
 * any graph lowers without structuring.
 *
 * All of it lives in the arena it was made in. Texts are the source's own and
 * are not safe to print into another language: emitters sanitise them.
 */
#ifndef PINCHECK_EVENTS_PROGRAM_H
#define PINCHECK_EVENTS_PROGRAM_H

#include <glib.h>
#include <stdbool.h>

#include "base/arena.h"
#include "base/loc.h"

/* Values of words and registers; a program that needs others is unsupported. */
#define PROGRAM_MIN (-128)
#define PROGRAM_MAX 127

/* A member that the program touches, of all objects of one type. */
struct field {
	const char *name;	/* "refs", "bflags", "refs_lock" */
	bool count;		/* a reference count: falls not below 0, and */
				/* does not rise from 0 */
	bool pointer;		/* holds an object's number */
	bool lock;		/* taken and released, nothing else */
};

struct type {
	const char *record;	/* tag of the C record; "" for the globals */
	struct field *fields;
	int n_fields;
	/*
	 * Never freed to another type while somebody looks (struct page): a
	 * free of it is no free for the oracle.
	 */
	bool stable;
};

struct object {
	const char *name;	/* for the table: "eb", "cfid", "eb #2" */
	int type;		/* index into program->types */
	bool exists;		/* at the start; else in OP_ALLOC's pool */
	int *initial;		/* one value a field of its type */
};

/*
 * An operand, or an expression over a thread's registers: no memory is read
 * by it. Operators are ! ~ - of one operand, and + - & | ^ < > <= >= == != &&
 * || of two, as in C. A result that is stored and does not fit drops the run.
 */
enum value_kind { VALUE_CONST, VALUE_REG, VALUE_UNARY, VALUE_BINARY };

struct value {
	enum value_kind kind;
	int op;			/* as in ir: '+', OP2('=', '='), '!', '~' */
	int number;		/* CONST: itself; REG: index */
	const struct value *a, *b;
	const char *text;	/* CONST: as it was spelt, or NULL */
};

/* A word: field @field of the object, of type @type, whose number is @object. */
struct place {
	const struct value *object;
	int type;
	int field;
};

/* What an access orders besides itself; the kernel's own terms. */
enum order { ORDER_PLAIN, ORDER_ONCE, ORDER_ACQUIRE, ORDER_RELEASE, ORDER_FULL };

enum rmw_kind {
	RMW_ADD,	 /* result: the new value, modulo nothing */
	RMW_OR,		 /* bits: result: the old word & operand */
	RMW_ANDNOT,
	RMW_XCHG,	 /* result: the old value */
	RMW_CMPXCHG,	 /* stored if it was expected; result: the old value */
	RMW_ADD_UNLESS,	 /* added unless it was expected; result: was it */
};

enum lock_kind { LOCK_SPIN, LOCK_MUTEX, LOCK_READ, LOCK_WRITE, LOCK_BIT };

enum op_kind {
	/* Thread-local: never a scheduling point. */
	OP_SET,		/* result = value */
	OP_CHOOSE,	/* result = any of 0 .. number-1 */
	OP_BRANCH,	/* value != 0: go to target; else the next */
	OP_GOTO,	/* target */
	OP_ASSERT,	/* value == 0 fails the run; text is the condition */
	OP_DROP,	/* a bound was hit: the run is dropped and counted */
	OP_END,		/* of the thread */
	/* Memory. */
	OP_LOAD,	/* result = *place */
	OP_STORE,	/* *place = value */
	OP_RMW,		/* result = rmw(place, value, expected), in one step */
	OP_FENCE,	/* order: ACQUIRE is smp_rmb, RELEASE smp_wmb, FULL */
	OP_USE,		/* the object value is accessed somewhere untracked */
	/* Objects. */
	OP_ALLOC,	/* result = an object of type number from the pool, or */
			/* the program is dropped when none is left */
	OP_FREE,	/* the object value: any later access of it fails */
	/* Locks: place. A disabled thread waits. Who took it unlocks it, but */
	/* for LOCK_BIT, which any thread may release. */
	OP_LOCK,
	OP_TRYLOCK,	/* result != 0: taken */
	OP_UNLOCK,
	OP_RCU_LOCK,
	OP_RCU_UNLOCK,
	OP_SYNCHRONIZE,	/* waits for the readers that are inside now */
	/* Waiting. place names the wait queue: any word will do for a name, */
	/* and it is not accessed: OP_USE before a real queue's OP_WAKE. */
	OP_PREPARE,	/* from here on a wake-up of place counts */
	OP_SCHEDULE,	/* sleeps until one came since OP_PREPARE */
	OP_FINISH,	/* leaves the queue */
	OP_WAKE,
	OP_RELAX,	/* in a retry loop: enabled when a word that was read */
			/* since the last one has changed, or none was read */
	/* Agents: threads that start asleep. number: the thread; value: its */
	/* register 0. An agent is started by one of the two kinds only. */
	OP_START,	/* queue_work; no effect when it is pending, again */
			/* when it runs; result: was it queued */
	OP_CALL_RCU,	/* starts after the readers that are inside now */
};

struct op {
	enum op_kind kind;
	enum order order;	/* LOAD, STORE, RMW, FENCE */
	enum rmw_kind rmw;
	enum lock_kind lock;
	int result;		/* register; -1: none */
	int number;		/* CHOOSE: how many; ALLOC: type; START, */
				/* CALL_RCU: thread */
	int target;		/* BRANCH, GOTO: index into the thread's ops */
	struct place place;
	const struct value *value, *expected;
	/* What the table prints: source text of the step, "refs_lock taken". */
	const char *text;
	struct src_loc at;	/* may lie in another file: a helper */
	const char *func;	/* in whose text it stands */
	/*
	 * CHOOSE: nobody knows what this condition depends on, so both ways
	 * are explored and a failure holds only if it can go that way.
	 */
	bool assumed;
	/*
	 * Part of the atomic section that the control makes of the flag and
	 * its reference; see program_control().
	 */
	bool suspect;
};

struct thread {
	const char *name;	/* the function: "free_extent_buffer" */
	struct op *ops;
	int n_ops;
	const char **regs;	/* names: the C variables, or NULL */
	int n_regs;
	int *initial;		/* one value a register */
	bool agent;		/* starts asleep: work, timer, RCU callback */
};

/* What must hold when all threads have ended. */
struct invariant {
	const char *text;	/* "TREE_REF is set: refs counts it" */
	/*
	 * Over "registers" that are the words of one object: VALUE_REG i is
	 * its field i. Holds for each object of the type that exists.
	 */
	int type;
	const struct value *holds;
};

/* Where the objects' values at the start come from. */
enum start { START_CONSTRUCTED, START_DERIVED, START_GUESSED };

struct assumption {
	const char *text;
	struct src_loc at;	/* file NULL: of no place */
};

struct program {
	const char *name;	/* "btrfs/extent_io.c:4553 check-then-lock" */
	struct type *types;
	int n_types;
	struct object *objects; /* number i + 1 is objects[i] */
	int n_objects;
	struct thread *threads; /* [0] is the finding's function */
	int n_threads;
	struct invariant *invariants;
	int n_invariants;
	struct assumption *assumptions;
	int n_assumptions;
	enum start start;
};

/* What the unary operator of a value gives, and the binary one. */
int value_operate_unary(int op, int a);
int value_operate(int op, int a, int b);

/*
 * Checks that registers, targets, fields, objects and constants exist and fit.
 * Returns NULL, or what is wrong as a new string that the caller frees.
 */
char *program_validate(const struct program *p);

/*
 * The program with its suspect ops made one step that others cannot look into,
 * by one lock that exists nowhere else. It is held
 *  - from suspect op to suspect op of a thread, and over what lies between;
 *  - in a thread without suspect ops in the same way over all ops on the words
 *    that suspect ops touch, lock words included;
 *  - in a thread with some also over each other access of such a word.
 * Between two sections that an op may sleep or spin in, it is let go, unless
 * the op is one of those above. Where this program fails as well, the model is
 * too loose and says nothing about the finding. In the arena @a; NULL when
 * nothing is suspect.
 */
struct program *program_control(struct arena *a, const struct program *p);

/* Appends the program as text, for dumps and tests; program_parse reads it. */
void program_print(GString *out, const struct program *p);
/*
 * Reads what program_print wrote. Returns NULL with one line, "LINE: what", in
 * *@ret_error, which the caller frees.
 */
struct program *program_parse(struct arena *a, const char *text,
			      char **ret_error);

#endif
