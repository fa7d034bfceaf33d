/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The state of one path at one point, and the explorer that owns it; private
 * to flow/. Lists are persistent (cons cells that paths share), so copying a
 * state is copying its environment.
 */
#ifndef PINCHECK_FLOW_STATE_H
#define PINCHECK_FLOW_STATE_H

#include "flow/flow.h"

/* A memory location whose value this path has written or been told. */
struct binding {
	const struct expr *loc, *value;
	const struct binding *next;
};

/* What the branches of the path say of a value; bounds are inclusive. */
struct fact {
	const struct expr *value;
	gint64 low, high;
	bool nonzero;
	bool old; /* memory may hold another value by now; copies do not */
	const struct fact *next;
};

/* An object whose later uses matter: it was put, or only found. */
struct hot {
	const struct expr *obj;
	bool used; /* and the use is in the trace already */
	const struct hot *next;
};

struct state {
	const struct expr **env; /* locals, then results of calls; NULL: none */
	const struct binding *store;
	const struct fact *facts;
	const struct held *locks;
	const struct held *released; /* those that the path had not taken */
	const struct hot *hot;
	const struct expr *ret;	 /* what the return statement evaluated to */
	const struct expr *ret_local; /* the structure it returns, or NULL */
	const struct act *trace;
	guint64 trace_hash;
	guint8 *visits;		 /* a block */
};

/* A block is entered at most this often on one path. */
#define EXPLORE_VISITS 2

/* Where to go on: at event @event of @block. */
struct work {
	struct state *st;
	const struct block *block;
	int event;
};

struct explorer {
	struct flow *flow;
	struct func_flow *ff;
	const struct func *func;
	struct unit *unit;
	struct arena *scratch;	/* the function's lifetime */
	GArray *work;		/* struct work: a stack */
	GHashTable *seen;	/* guint64: digests of (block, state) */
	GHashTable *called;	/* guint64: digests of calls out of the unit */
	const int *n_preds;	/* edges into each block */
	const guint64 *live;	/* n_words a block: live slots at its entry */
	int n_words, n_slots;
	int steps, max_steps;
	bool ended;		/* the path at hand is over */
	/* The event at hand. */
	const struct event *event;
	const struct block *block;
};

/*
 * One step of a digest of states and traces. States differ in few bits (serial
 * numbers, the ends of intervals), and digests of facts are added up: each bit
 * of @v has to reach all of the result, or two states are taken for one.
 */
static inline guint64 digest_mix(guint64 h, guint64 v)
{
	h = (h << 23 | h >> 41) ^ v;
	h = (h ^ h >> 32) * 0x9e3779b97f4a7c15ull;
	h = (h ^ h >> 29) * 0xff51afd7ed558ccdull;
	return h ^ h >> 32;
}

/* The next lock of a set; its class tells apart those that are a class alone. */
static inline guint64 digest_held(guint64 h, const struct held *l)
{
	return digest_mix(h, l->lock ? l->lock->serial :
				       g_str_hash(l->class ? l->class : ""));
}

/* What is held, and what was and is not any more. */
static inline guint64 digest_locks(guint64 h, const struct state *st)
{
	const struct held *l;

	for (l = st->locks; l; l = l->next)
		h = digest_held(h, l);
	for (l = st->released; l; l = l->next)
		h = digest_held(digest_mix(h, 1), l);
	return h;
}

/* explore.c */
struct state *state_copy(struct explorer *x, const struct state *st);
/* Goes on later with @st behind the event at hand. */
void explore_fork(struct explorer *x, struct state *st);

/* Enters @b, unless a path came there in this state or too often. */
void explore_enter(struct explorer *x, struct state *st,
		   const struct block *b);

/* live.c: slots are the locals, then the call results by event id. */
int slots_count(const struct func *f);
/* Which slots are live at the entry of each block; NULL: take all for live. */
const guint64 *live_compute(const struct func *f, struct arena *a,
			    int *ret_words);

/* eval.c */
/* The location that an lvalue names on this path. */
const struct expr *eval_place(struct explorer *x, const struct state *st,
			      const struct expr *e);
/* The value of an expression on this path. */
const struct expr *eval_value(struct explorer *x, const struct state *st,
			      const struct expr *e);
/* What *p, p being a value, holds on this path. */
const struct expr *eval_load(struct explorer *x, const struct state *st,
			     const struct expr *pointer);
/* A value born at the event at hand; @nth tells several apart. */
const struct expr *eval_fresh(struct explorer *x, const struct state *st,
			      int nth, const char *record, int pointers);
/* Writes @value to a location (a LOCAL goes to the environment). */
void state_write(struct explorer *x, struct state *st, const struct expr *loc,
		 const struct expr *value);
/* What is known of a location and all inside it goes. */
void state_forget(struct explorer *x, struct state *st,
		  const struct expr *loc);
/* The members known of the structure @from are those of @to as well. */
void state_copy_members(struct explorer *x, struct state *st,
			const struct expr *from, const struct expr *to);
/* Is it @root or a member of it, and not what a pointer in it points at? */
bool is_member_of(const struct expr *loc, const struct expr *root);
/* Memory that others can reach may have changed: forget what is known. */
void state_forget_shared(struct explorer *x, struct state *st);
/*
 * The same of what the path wrote there; what it found by reading stays, since
 * copies of it are known by the same name.
 */
void state_forget_written(struct explorer *x, struct state *st);
void state_result(struct explorer *x, struct state *st,
		  const struct expr *value);

/* facts.c */
/* Does what is known of @e go, for @by's sake? */
typedef bool (*forget_fn)(const struct expr *e, const struct expr *by);
enum fact_fate { FACT_STAYS, FACT_AGES, FACT_GOES };
typedef enum fact_fate (*fact_fate_fn)(const struct fact *f, const void *data);
/* What is left of the facts when @fate took its own; shares the tail. O(n) */
const struct fact *facts_left(struct explorer *x, const struct fact *list,
			      fact_fate_fn fate, const void *data);
/* `value rel c` is assumed; false: impossible on this path. */
bool fact_assume(struct explorer *x, struct state *st,
		 const struct expr *value, int rel, gint64 c);
/* 1: holds, 0: does not, -1: unknown. */
int fact_decide(const struct state *st, const struct expr *value, int rel,
		gint64 c);
/* The same of a value that the path reads from a copy it kept in a local. */
int fact_decide_copy(const struct state *st, const struct expr *value, int rel,
		     gint64 c);
/* @value was read again: what is known of older copies of it is no help. */
void fact_reread(struct explorer *x, struct state *st,
		 const struct expr *value);
/* An expression of the source that asks only copies that were read before. */
bool is_kept(const struct explorer *x, const struct expr *e);
void fact_range(const struct state *st, const struct expr *value,
		gint64 *ret_low, gint64 *ret_high, bool *ret_nonzero);
/* The relation that holds exactly when @rel does not. */
int relation_negate(int rel);
bool relation_holds(int rel, gint64 a, gint64 b);

/* acts.c: each appends one act to the path and returns it for filling in. */
struct act *act_add(struct explorer *x, struct state *st, enum act_kind kind,
		    const struct expr *obj, const struct expr *loc);
/* Closes an act: it enters the path's digest. Every act_add needs one. */
void act_done(struct explorer *x, struct state *st, struct act *a);
void act_lock(struct explorer *x, struct state *st, const struct expr *lock,
	      const char *class, bool shared);
/* The path says that it is held: its caller took it, or it did. */
void act_assume_held(struct explorer *x, struct state *st,
		     const struct expr *lock, const char *class);
void act_unlock(struct explorer *x, struct state *st, const struct expr *lock,
		const char *class, bool shared);
void act_write(struct explorer *x, struct state *st, const struct expr *loc,
	       const struct expr *value, bool atomic);
struct act *act_test(struct explorer *x, struct state *st, const struct expr *loc,
		     int rel, gint64 value, bool atomic, bool kept);
void act_put(struct explorer *x, struct state *st, const struct expr *obj,
	     const struct expr *count, enum last last, const char *class);
void state_heat(struct explorer *x, struct state *st, const struct expr *obj);
/* It turns out to be no object at all: nobody asks for its uses any more. */
void state_cool(struct explorer *x, struct state *st, const struct expr *obj);
/* Like state_heat, of one that was found in a container: no error pointer is. */
void state_found(struct explorer *x, struct state *st, const struct expr *obj);
/* The same of an entry, reached over a link: it is not NULL either. */
void state_found_entry(struct explorer *x, struct state *st,
		       const struct expr *obj);
void state_use(struct explorer *x, struct state *st, const struct expr *lvalue);

/* effects.c: a call the model knows. */
void effects_apply(struct explorer *x, struct state *st, const GArray *apis,
		   const struct expr **args, int n_args);
/*
 * asserted.c: does the assertion that this call of @f stands in complain where
 * the result is 0? O(size of @f)
 */
bool says_held(const struct func *f, const struct event *call);
/* branch.c: takes the edges of a branch or a switch. */
void branch_take(struct explorer *x, struct state *st, const struct block *b);
/* summary.c: from what the function's traces are now. */
void summary_compute(struct flow *fl, struct func_flow *ff);
/* outside.c: what callers in other files need know of it: see world.coarse. */
const struct summary *summary_outside(struct flow *fl, const struct summary *s);
/*
 * summary.c: of a call that goes to one of these (const struct summary *, all
 * known).
 */
const struct summary *summary_any(struct flow *fl, const GPtrArray *of);

/* call.c: what @ev, a call, does to the path. */
void explore_call(struct explorer *x, struct state *st, const struct event *ev);
/* What @name is where it is said now; NULL: unknown. */
const struct summary *call_summary(struct explorer *x, const char *name);
/* Of a function of the unit. Says so if it is still in the making. */
const struct summary *own_summary(struct explorer *x,
				  const struct func_flow *ff);

/* apply.c: what a function does to the path that calls it; it must be known. */
void summary_apply(struct explorer *x, struct state *st,
		   const struct summary *callee, const struct expr **args,
		   int n_args);
/* A function nobody knows: what it gets may be published, memory may change. */
void summary_unknown(struct explorer *x, struct state *st,
		     const struct expr **args, int n_args);

/* world.c */
GHashTable *world_imports_new(void);
/* The summary of a function that is not in the unit; NULL: unknown. */
const struct summary *world_summary(struct flow *fl, const struct func *caller,
				    const char *name);
/* Of what the member can point at; @x's unit may have some of them itself. */
const struct summary *world_member(struct explorer *x, const char *record,
				   const char *member);
/* Adds the functions of the unit itself that it can point at: struct func *. */
void world_own_targets(const struct flow *fl, const char *record,
		       const char *member, GPtrArray *into);
/* pack.c: what is made lives in the arena of @u. */
/* NULL: the bytes are damaged. */
const struct summary *summary_unpack(struct unit *u, GBytes *bytes);
/* struct entry_lock, in the terms of @f's parameters; NULL: damaged. */
GArray *locks_unpack(struct unit *u, const struct func *f, GBytes *bytes);

/* Where the component begins that ends before @to in flow->funcs. */
guint component_start(const GPtrArray *funcs, guint to);

/* The FRESH value of (function, event, visit, nth): one on all paths. */
const struct expr *fresh_value(struct flow *fl, const struct func *f, int event,
			       int visit, int nth, const char *record,
			       int pointers);

/* entry.c */
/* Is it made of parameters and globals alone? Others have no name for it. */
bool is_given(const struct expr *e);
/* The parameter @id of @f; of NULL: of any function, without a type. */
const struct expr *param_typed(struct unit *u, const struct func *f, int id);
/* The locks of the path at a call, in terms of such parameters. */
GArray *locks_at_call(struct unit *u, const struct call_site *s);
/*
 * struct entry_lock: those that the function says its caller holds, by an
 * assertion. Its paths have them already; the caller frees the array.
 */
GArray *locks_asserted(const struct func_flow *ff);
/* By their kind alone: those of which the caller let go before the call. */
GArray *locks_released(const struct call_site *s);

/* evidence_owners.c: adds what a function does to references, and its locks. */
struct evidence;
void evidence_tell(struct evidence *e, const struct flow *fl,
		   const struct func_flow *ff);

/* print.c: @f NULL: it is not in the unit. */
void summary_text(GString *out, const struct summary *s, const char *name,
		  const struct func *f);

/* flow.c: the interned "record.flag" of a location; NULL: it is no flag. */
const char *flag_text(const struct expr *loc);

/* refs.c: what becomes of an object behind its last put, the clearest seen. */
enum fate { FATE_NONE, FATE_PASSED, FATE_FREED };
/* Of the count @key ("record.field"); false: the unit shows no last put. */
bool flow_fate(const struct flow *fl, const char *key, enum fate *ret_fate);
/* Does the type say that it counts references? */
bool flow_is_count_type(const struct expr *count);

/* Phases of flow_new, in order. */
void explore_func(struct flow *fl, struct func_flow *ff);
void callgraph_order(struct flow *fl);
void components_explore(struct flow *fl);
void entry_locks_compute(struct flow *fl);
void lifetimes_compute(struct flow *fl);
void guards_compute(struct flow *fl);
void pairs_compute(struct flow *fl);

#endif
