/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Flow: what each function of a unit does, along each of its feasible paths.
 *
 * A function is executed symbolically. Every path is a *trace* of *acts*: the
 * locks, references, flags, waits and publications on it, in order, on values
 * that are named by where they came from ("PARAM0->refs_lock"). Callees are
 * bottom-up summaries, which are their own traces in terms of their parameters,
 * of functions in the unit and of those that a world (world.h) knows; so an act
 * of a helper stands in the caller's trace with the helper's source line and
 * the line of the call.
 *
 * Paths that reach a block in the same state are merged; what was cut off by
 * a limit is said in func_flow.bounded. Loops are taken at most twice.
 *
 * All of it lives until flow_free.
 */
#ifndef PINCHECK_FLOW_FLOW_H
#define PINCHECK_FLOW_FLOW_H

#include "ir/ir.h"
#include "model/model.h"

enum act_kind {
	ACT_GET,	/* a reference on obj is taken; loc: the count or NULL */
	ACT_PUT,	/* dropped; last tells what the path knows of it */
	ACT_ALLOC,	/* obj is new and nobody else has it */
	ACT_FREE,	/* obj is freed, now or after a grace period */
	ACT_LOCK,	/* loc is taken (loc NULL: class alone, "rcu") */
	ACT_UNLOCK,
	ACT_SET,	/* a constant other than 0 is written to the flag loc */
	ACT_CLEAR,	/* 0, false or NULL is written to loc */
	ACT_STORE,	/* anything else is written to loc */
	ACT_TEST,	/* on this path, loc `rel` value */
	ACT_LOAD,	/* loc is read into a local variable */
	ACT_WAIT,	/* sleeps until something about obj or loc */
	ACT_SLEEP,	/* may sleep, about nothing in particular */
	ACT_PREPARE,	/* joins a wait queue or sets the task's state */
	ACT_WAKE,	/* wakes waiters on loc, in obj */
	ACT_PUBLISH,	/* hands obj to another context */
	ACT_DRAIN,	/* waits until obj's handlers are over */
	ACT_SELECT,	/* obj was found in a container and stays there */
	ACT_INSERT,	/* obj goes into a container (loc, or NULL) */
	ACT_REMOVE,	/* obj leaves its container */
	ACT_USE,	/* *obj is accessed; only after a put or a select */
	ACT_CALL,	/* an unknown function gets obj (once an argument) */
	ACT_RETURN,	/* the path ends; value: the result, or NULL */
	ACT_KINDS
};

struct binding;
struct fact;
struct world;

/* What is known of a put. */
enum last { LAST_UNKNOWN, LAST_YES, LAST_NO };

/* The calls between the analysed function and an act of a helper. */
struct via {
	struct src_loc at;	/* of the call */
	const char *callee;
	const struct via *inner;/* the next call down; NULL: the act itself */
};

/* A lock that is held. */
struct held {
	const struct expr *lock;/* its location; NULL: class alone */
	const char *class;
	bool read;
	const struct act *act;	/* that took it; NULL: held on entry */
	const struct held *next;
};

struct act {
	enum act_kind kind;
	enum last last;		 /* PUT */
	int rel;		 /* TEST: OP2('=','='), '<', ... */
	bool shared;		 /* LOCK, UNLOCK: for reading */
	bool atomic;		 /* TEST, SET, CLEAR: one indivisible step; */
				 /* GET: fails on a count of 0 */
	bool kept;		 /* TEST: of a copy that was read earlier */
	bool is_init;		 /* SET, CLEAR, STORE: obj is still private */
	bool key_only;		 /* WAIT: obj's address is only a key */
	bool indexed;		 /* in flow->acts already */
	bool alone;		 /* RETURN: no path that knew something else */
				 /* became one with it */
	int seq;		 /* position in the trace, from 1 */
	int block;		 /* of the analysed function */
	int event;		 /* its event there; -1: the branch itself; */
				 /* TEST of a callee's result: the call */
	int arg;		 /* CALL: which argument obj is */
	const struct act *prev;
	const struct func_flow *in; /* the analysed function */
	const struct expr *obj;	 /* pointer to the object concerned */
	const struct expr *loc;	 /* the flag, count, lock or container */
	const struct expr *value;/* STORE, SET, TEST, RETURN; PREPARE: the */
				 /* state, if the call says which */
	const char *class;	 /* LOCK: kind; GET, PUT: class of the API */
	const char *name;	 /* the API or function called, or NULL */
	const struct held *locks;/* held when it happens (on this path) */
	const struct binding *fields; /* RETURN of a structure: its members */
	const struct fact *given;/* RETURN: what the path needs of parameters */
	const struct fact *known; /* RETURN: what this one path knows of */
				  /* parameters and the values born on it */
	struct src_loc at;
	const char *func;	 /* in whose text it stands */
	const char *macro;
	const struct via *via;	 /* NULL: in the analysed function itself */
};

/*
 * One way in which a call of a function can end. FRESH values in it are
 * numbered from 1, in the order in which the summary names them.
 */
struct outcome {
	const char *callee;	   /* the function, of those it may be */
	const struct act **acts;   /* exported ones, in order */
	int n_acts;
	const struct expr *result; /* in the callee's terms; NULL: void */
	const struct binding *fields; /* of a structure it returns */
	const struct fact *given;  /* of parameters: else it ends otherwise */
	gint64 low, high;	   /* what is known of the result */
	bool nonzero;
	bool quiet;		   /* only for callers who know what is given */
};

/*
 * What callers need of a function. It means the same in every unit: all in it
 * is in terms of the function's own parameters, and of globals.
 */
struct summary {
	const struct outcome *outcomes;
	int n_outcomes;
	int n_fresh;		/* FRESH values in them */
	bool known;		/* false: nobody knows how it ends */
	bool bounded;		/* it may end in other ways, too */
	bool is_static;
	guint64 uses_params;	/* bit i: *param i is accessed somewhere */
};

/* A lock that every caller holds, or that is released and was not taken. */
struct entry_lock {
	const struct expr *lock; /* in terms of PARAMs and globals, or NULL */
	const char *class;
	const char *owner, *field;
	const char *why;	 /* "all 3 callers", "released here" */
};

struct call_site {
	const struct func *caller;
	struct func_flow *callee;	/* NULL: it is not in the unit */
	const char *name;		/* of the callee; NULL: a member of */
	const char *record, *member;	/* a record points at it */
	const struct expr **args;
	int n_args;
	const struct held *locks;
	const struct held *released;	/* on the path, which did not take them */
	int event;			/* of the caller: the call */
	struct src_loc at;
};

/* Consecutive elements of an array. */
struct act_range {
	guint from, n;
};

struct func_flow {
	const struct func *func;
	/*
	 * const struct act *: the last act of each path. RETURN, or another
	 * kind where the path was merged into one with the same future.
	 */
	GPtrArray *traces;
	GHashTable *names;	/* value -> the local it was assigned to */
	struct summary summary;
	GArray *entry_locks;	/* struct entry_lock */
	guint n_released;	/* of those: the first, that it releases */
	GPtrArray *callers;	/* struct call_site *, within the unit */
	GPtrArray *calls;	/* struct call_site *: its own; those out of */
				/* the unit only if there is a world */
	struct act_range acts[ACT_KINDS]; /* its part of flow->acts[kind] */
	int component;		/* of the call graph: equal numbers can call */
				/* each other */
	bool address_taken;	/* its callers are not all known */
	bool entered;		/* entry_locks have what they hold */
	bool bounded;		/* a limit cut paths off */
	const char *bound;	/* which */
	int steps;		/* blocks executed, for dumps */
};

/* A flag, by its place in its record: what pairs and guards speak of. */
struct flag_id {
	const char *record;	/* interned */
	const char *name;	/* interned: "has_lease", "bflags:STALE" */
};

/* A place where a flag or a field is written. */
struct write_site {
	const struct func_flow *in;
	const struct act *act;	/* one of its traces' */
};

/* A lock under which a field is written. */
struct guard {
	struct flag_id flag;
	const char *lock_owner, *lock_field;
	bool same_object;	/* the lock is in the flag's own object */
	const char *class;
	int writes, guarded;	/* sites in the unit, init not counted */
	int sets, clears;	/* of the writes: constants; the rest varies */
	/*
	 * Somebody reads the flag and then writes it in one section: two writers
	 * meet at this lock, it does not only keep readers out. Declared: true.
	 */
	bool arbitrates;
	enum origin origin;
};

/* A flag that owns a reference, as the unit shows or the model declares it. */
struct pair {
	struct flag_id flag;
	const char *object;	   /* suffix from the flag's owner; "" itself */
	bool object_known;	   /* false: object is "" for want of better */
	const char *object_record;
	const char *count;	   /* "refs": the count's field; or NULL */
	enum origin origin;
	const struct pair_decl *decl;
	int sets, sets_with_get, clears, clears_with_put;
	int clears_tested;	   /* of the clears: flag known to be set */
	GPtrArray *accessors;	   /* const struct func * */
	GPtrArray *sites;	   /* struct pair_site * */
};

struct pair_site {
	const struct func_flow *in;
	const struct act *write;   /* SET or CLEAR */
	const struct act *ref;	   /* the GET or PUT with it; NULL: none */
	bool tested;		   /* CLEAR: the path knows it was set */
	bool always;		   /* on each path through the write */
	const struct act *lost;	   /* the return of a path without it */
};

struct flow {
	struct unit *unit;
	const struct model *model;
	const struct world *world; /* or NULL */
	GPtrArray *funcs;	/* struct func_flow *, callees first */
	GHashTable *by_func;	/* struct func * -> struct func_flow * */
	/*
	 * const struct act *: each act of each trace once, by kind. Paths share
	 * their beginnings, so this is far less than all traces.
	 */
	GPtrArray *acts[ACT_KINDS];
	GPtrArray *guards;	/* struct guard * */
	GPtrArray *unguarded;	/* struct write_site *: against a guard */
	GPtrArray *pairs;	/* struct pair * */
	GHashTable *lifetimes;	/* interned "record.field" -> its fate at 0 */
	GHashTable *fresh;	/* the FRESH values, as a set */
	GHashTable *imports;	/* what the world was asked, and its answers */
	bool recursed;		/* a call met a summary still in the making */
	struct arena *arena;
};

/*
 * Runs all of it over a unit, which must outlive the result, and so must the
 * world: what is known of functions elsewhere. NULL: nothing is.
 */
struct flow *flow_new(struct unit *u, const struct model *m,
		      const struct world *w);
void flow_free(struct flow *fl);
struct func_flow *flow_of(const struct flow *fl, const struct func *f);

/* The trace that ends in @leaf as an array in order; *@ret_n its length. */
const struct act **flow_trace(struct arena *a, const struct act *leaf,
			      int *ret_n);

/*
 * The acts of one kind in the traces of one function, each once, in the order
 * of flow->acts; *@ret_n is their number. O(1).
 */
const struct act *const *flow_acts(const struct flow *fl,
				   const struct func_flow *ff,
				   enum act_kind kind, guint *ret_n);

/* The pointer to the object that a location lies in: &p->a.b gives p. */
const struct expr *flow_object(struct unit *u, const struct expr *loc);
/* Which flag or field a location is; false: none (a local, an array). */
bool flow_flag(const struct expr *loc, struct flag_id *ret_flag);
bool flag_equal(const struct flag_id *a, const struct flag_id *b);
/* Is @part the same as @whole or inside it? O(size). */
bool flow_mentions(const struct expr *whole, const struct expr *part);
/* Is it a macro that asserts or warns? NULL: no. */
bool flow_is_assertion(const char *macro);
/* Does the path that ends in @leaf know @obj to be NULL or an error? */
bool flow_is_none(const struct act *leaf, const struct expr *obj);
/* Does the value depend on memory that others can reach? */
bool flow_is_shared(const struct expr *e);
/* Was @obj made on this path before @act, and not published since? */
bool flow_private(const struct act *act, const struct expr *obj);
/* Is it the same lock, held without a break from @h on, at @act? */
bool flow_still_held(const struct held *h, const struct act *act);
/*
 * The lock under which set->obj was found in a container, if it is held until
 * @set, and not at @later (NULL: whatever is later) any more. NULL: there is
 * none.
 */
const struct held *flow_select_window(const struct act *set,
				      const struct act *later);
/* What the path finds the tested location to be: 0, 1, or -1. */
int flow_tested_value(const struct act *test);
/* Does it add 1 to a number (@op '+') or take 1 off it ('-')? */
bool flow_is_step(const struct act *a, int op);
/* Does the put of this act belong to a count whose last put frees? */
bool flow_is_lifetime(const struct flow *fl, const struct act *act);

/*
 * Is a lock of this record and name held at @act, on this path or on entry, of
 * whatever object?
 */
bool flow_holds_kind(const struct func_flow *ff, const struct act *act,
		     const char *owner, const char *field);
/*
 * Does some caller in the unit hold such a lock? Of a function that other files
 * call as well this is the convention, though no proof.
 */
bool flow_is_called_under(const struct flow *fl, const struct func_flow *ff,
			  const char *owner, const char *field);
/* Any lock of this class: "rcu". */
bool flow_holds_class(const struct func_flow *ff, const struct act *act,
		      const char *class);
/*
 * The name of a lock: the member it is and that member's record; a global has
 * no record; an object that is locked as a whole has its class for a member.
 */
void flow_lock_name(const struct expr *lock, const char *class,
		    const char **ret_owner, const char **ret_field);
/*
 * How one gets from the object @from to the object @to: "" if they are one,
 * "->ops_cl.cpl_page"; NULL: not along fields. The caller frees it.
 */
char *flow_path_between(const struct expr *from, const struct expr *to);
/*
 * A place of the caller's in the terms of the callee, which is in the unit;
 * NULL: it has no name there.
 */
const struct expr *flow_in_callee(const struct flow *fl,
				  const struct call_site *s,
				  const struct expr *place);
const struct guard *flow_guard(const struct flow *fl,
			       const struct flag_id *flag);
const struct pair *flow_pair(const struct flow *fl,
			     const struct flag_id *flag);

/*
 * Does nothing at all happen between a LOCK and the UNLOCK of the analysed
 * function's own text, not even a read?
 */
bool flow_empty_between(const struct flow *fl, const struct func_flow *ff,
			const struct act *lock, const struct act *unlock);

/* An expression in the words of function @f; the caller frees it. */
char *flow_text(const struct flow *fl, const struct func *f,
		const struct expr *e);
const char *act_name(enum act_kind kind);
/* The line of the function itself: of the call, if a helper does it. */
static inline int act_line(const struct act *a)
{
	return a->via ? a->via->at.line : a->at.line;
}

/* For `pincheck dump`: @what is "flow", "summary", "balance", "entry", */
/* "guards", "pairs"; @function NULL: all. */
void flow_print(GString *out, const struct flow *fl, const char *what,
		const char *function);

#endif
