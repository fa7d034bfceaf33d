/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A program in the making; private to lower/. Functions are lowered one after
 * the other into threads, each callee that matters in its caller's place.
 * Types, fields and objects appear as the code names them.
 *
 * One object stands for all of a record, unless a function gets several: what
 * the code reaches over two pointers of one type is one object. That excludes
 * races on two objects, and never invents one.
 */
#ifndef PINCHECK_LOWER_PRIVATE_H
#define PINCHECK_LOWER_PRIVATE_H

#include "flow/subject.h"
#include "events/program.h"

/* Threads besides agents; objects of one record. */
#define MAX_THREADS 3
#define MAX_INSTANCES 2
#define MAX_POOL 3
/* Definitions that are followed from one variable to the next. */
#define MAX_COPIES 8

/* A bit of a word. Which bit of the program's word it is, is settled last. */
struct bit {
	const char *name;	/* the constant's spelling, or NULL */
	gint64 number;		/* -1: unknown (a table names it only) */
	bool tested;
	bool set;		/* at the start */
	int settled;		/* how sure that is: see start.c */
	int model;		/* its place in the program's word; -1: none */
};

struct word {
	struct field field;
	GArray *bits;		/* struct bit */
	bool ghost;		/* no member: "is in this list" */
	bool slot;		/* of a table: see slots.c */
	bool guessed;		/* nobody knows what is put into it */
	const char *key;	/* of word_key(), once somebody asked for it */
	struct kind *points_to;	/* a pointer's target; or NULL */
	int initial;		/* of the first object */
	int settled;		/* how sure it is: see start.c */
};

struct kind {			/* a type in the making */
	const char *record;
	GPtrArray *words;	/* struct word * */
	bool stable;
	bool primary;		/* its references and its life are at stake */
	int numbers[MAX_INSTANCES + MAX_POOL]; /* of its objects */
	int n;
	int allocs;		/* how many OP_ALLOC ask for one */
	int pool;		/* numbers from here on are theirs; 0: none */
	const char *count;	/* the member that counts; NULL: not asked */
};

/* op of a CONST that is such a mask: it must not be folded. */
#define VALUE_MASK 'M'

/* A mask whose bits are settled last. */
struct mask {
	struct value value;	/* CONST; the first, to find the mask by it */
	struct word *word;
	guint64 bits;		/* indices into word->bits */
};

/* What one thread runs, one after the other. */
struct script {
	const struct func_flow *calls[3];
	int n;
	bool each;		/* one call an object: they are all the same */
};

bool same_script(const struct script *a, const struct script *b);

/* A flag at the start of a program. */
struct given {
	const char *key;	/* word_key() */
	int value;
};

/* Which threads a program has; [0] runs the finding's function. */
struct cast {
	struct script threads[MAX_THREADS];
	int n;
	bool other_start;	/* words that nothing decides are 1, not 0 */
	/* Flags that must start as they did in another program. */
	const struct given *given;
	int n_given;
};

/* What there is to say of a program besides its text. */
struct made {
	bool loose;		/* who waits for something may go on, or a */
				/* table begins with what nobody put there */
	bool open;		/* cast.other_start makes a difference */
	const struct given *start; /* all its flags; in the arena */
	int n_start;
	char *why;		/* there is none: the caller's */
};

struct draft {			/* a thread in the making */
	const char *name;
	GArray *ops;		/* struct op */
	GArray *positions;	/* int: place in the thread's own function */
	GPtrArray *regs;	/* const char *, or NULL */
	bool agent;
	int position;		/* of the event at hand */
	const char *found_record; /* of what its first call returned; or NULL */
	const struct value *found;
	int nth;		/* the call at hand is about this object */
};

/* What all casts of a finding share; shared.c. */
struct shared {
	struct usages *usages;
	struct machine *machine;
	GPtrArray *prefixes;	/* of prefix.c */
	/* struct func_flow * -> asserted_locks(), and GPtrArray of struct act: */
	/* what it asserts before it changes it, see start.c. */
	GHashTable *asserted, *assertions;
	/* A record -> struct func_flow * -> references_consumed(), which is */
	/* the same for all places of the finding's flag. */
	GHashTable *consumed;
};

/* For all casts of the finding about @s. */
void shared_init(struct shared *x, const struct flow *fl,
		 const struct subject *s);
void shared_clear(struct shared *x);

struct builder {
	const struct flow *flow;
	const struct subject *subject;
	struct arena *arena;
	const struct shared *shared;
	GPtrArray *kinds;	/* struct kind *; [0] the globals */
	GArray *objects;	/* struct object */
	GPtrArray *drafts;	/* struct draft * */
	GPtrArray *masks;	/* struct mask * */
	GArray *assumptions;	/* struct assumption */
	GHashTable *useful;	/* interned "record.member"; NULL: all are */
	GHashTable *written;	/* the same of words and bits that change */
	/* What was asked of the two so far; NULL: nobody wants to know. */
	GHashTable *asked_useful, *asked_written;
	GHashTable *records;	/* interned: those the finding is about */
	const struct expr *slot;/* of slot_read(); or NULL */
	GHashTable *touching;	/* struct func * -> does it matter */
	GHashTable *ordering;	/* struct func * -> may it order memory */
	GHashTable *heads;	/* interned name of a list head -> number */
	guint64 stack_lists;	/* bit n: of list n, which begins empty */
	bool fix;		/* build the control's repaired code */
	bool loose;		/* something that waits is not modelled, or */
				/* a table has what nobody put there */
	bool open;		/* the start has words that nothing decides */
	char *why;		/* it cannot be lowered */
};

/* A place in a thread's memory or in an object. */
struct spot {
	const struct frame *frame;	/* a local variable of it; or NULL */
	const struct expr *local;
	const struct value *object; /* NULL, frame NULL: nobody knows */
	struct kind *kind;
	const char *path;	/* interned: "refs", "ops_cl.cpl_page"; "" */
	bool element;		/* of an array: not one word */
};

/* What a call gave. */
struct result {
	const struct value *value;
	struct spot spot;	/* pointer results: what they point at */
	bool unknown;		/* the value is any of several */
	bool encodes;		/* it was made of an object's number */
};

/* One function at one place of a thread. */
struct frame {
	struct builder *b;
	struct draft *t;
	const struct func *func;
	const struct frame *caller;
	int depth;
	GHashTable *regs;	/* local's expr -> register + 1 */
	GHashTable *loads;	/* lvalue -> register + 1 of its last read */
	GHashTable *aliases;	/* parameter's expr -> struct spot * */
	GHashTable *results;	/* event id -> struct result * */
	GHashTable *choices;	/* condition -> register + 1 */
	GHashTable *unknown;	/* parameters whose value nobody knows */
	GHashTable *encoded;	/* variables that may encode an object */
	GArray *jumps;		/* struct jump: to be patched */
	GArray *returns;	/* int: ops that leave the function */
	int *block_at;
	bool *in_loop;		/* a block */
	int *rounds;		/* a block that may leave a loop: register; */
				/* how often it has stayed in it */
	bool *leads;		/* a block: to the window; NULL: it has none */
	bool *complains;	/* a block: an assertion failed */
	const struct expr **defs; /* a local: what it is assigned once */
	struct result ret;
	int ret_reg;		/* -1: none */
	const struct event *event;
	const struct block *block;
};

/* values.c: registers and expressions over them */
const struct value *value_const(struct builder *b, gint64 n, const char *text);
const struct value *value_reg(struct builder *b, int reg);
const struct value *value_unary(struct builder *b, int op,
				const struct value *a);
/* NULL operands are unknown, and so is the result. */
const struct value *value_binary(struct builder *b, int op,
				 const struct value *x, const struct value *y);
bool value_is_const(const struct value *v, int *ret_number);

/* universe.c: types, words and objects */
struct kind *kind_of(struct builder *b, const char *record);
/* The word of this name, made if need be. */
struct word *word_of(struct builder *b, struct kind *k, const char *path);
int word_index(const struct kind *k, const struct word *w);
int kind_index(const struct builder *b, const struct kind *k);
/* Does the program keep it? */
bool word_is_useful(const struct builder *b, const struct kind *k,
		    const char *path);
/* Does any thread change it? @bit -1: the word. True while nobody knows. */
bool word_is_written(const struct builder *b, const struct kind *k,
		     struct word *w, int bit);
/* "record.member:bit", interned. */
const char *word_key(const struct kind *k, struct word *w, int bit);
/* The number of the record's object; @nth from 0. */
int object_number(struct builder *b, struct kind *k, int nth);
/* The count that a reference on such an object is. */
struct word *count_of(struct builder *b, struct kind *k);
/* Index of the bit in w->bits. */
int bit_of(struct word *w, const char *name, gint64 number);
/* The word that is a location of flow's, if the program has it. */
struct word *word_at(struct builder *b, const struct expr *loc,
		     struct kind **ret_kind, struct bit **ret_bit);
/* The same of a flag. */
struct word *word_of_flag(struct builder *b, const struct flag_id *flag,
			  struct bit **ret_bit);
/* A mask of that one bit; of several: as they are numbered. */
const struct value *mask_value(struct builder *b, struct word *w,
			       guint64 bits);
void builder_assume(struct builder *b, struct src_loc at, const char *format,
		    ...) G_GNUC_PRINTF(3, 4);
/* The first reason why it cannot be done stays. */
void builder_fail(struct builder *b, const char *format, ...)
	G_GNUC_PRINTF(2, 3);

/* Gives bits and masks their final numbers. */
void universe_settle(struct builder *b);

/* place.c: C expressions in a frame */
/* "ops_cl.cpl_page": @member of @path, but for what wraps a count. */
const char *member_path(const char *path, const struct expr *member);
/* The record's object, as a whole. */
struct spot instance_of(struct frame *f, const char *record);
struct spot spot_of(struct frame *f, const struct expr *lvalue);
struct spot pointee_of(struct frame *f, const struct expr *pointer);
/* NULL: nobody knows it. Memory it reads was loaded at its ACCESS. */
const struct value *value_of(struct frame *f, const struct expr *e);
/* The register of a local variable, made if need be. */
int local_reg(struct frame *f, const struct expr *local);
/* The word that a spot is; NULL: none that the program keeps. */
struct word *spot_word(struct frame *f, const struct spot *s);
struct place spot_place(struct frame *f, const struct spot *s,
			const struct word *w);
/*
 * Is the number or untyped pointer made of an object's by conversions that can
 * be undone? It has the object's own number then, see lower_select().
 */
bool encodes(const struct frame *f, const struct expr *e);
/* The word that @e, or what it is a copy of, is read from; or NULL. */
struct word *word_in(struct frame *f, const struct expr *e);
/* The number in the word is an object's of this record. */
void mark_pointer(struct frame *f, struct word *w, const char *record);
/* What a call gave; NULL: nothing. */
const struct result *result_of(const struct frame *f, const struct expr *e);
/* What a variable holds that is assigned once; else the expression itself. */
const struct expr *once_assigned(const struct frame *f,
				 const struct expr *e);
/* The frame's own function's number of a list that starts at @head. */
int list_number(struct frame *f, const struct expr *head);

/* ops.c: appending to a thread */
int new_reg(struct draft *t, const char *name);
struct op *add_op(struct frame *f, enum op_kind kind);
int here(const struct frame *f);
int add_load(struct frame *f, struct place p, enum order order);
void add_store(struct frame *f, struct place p, const struct value *v,
	       enum order order);
int add_rmw(struct frame *f, struct place p, enum rmw_kind kind,
	    const struct value *v, const struct value *expected);
int add_set(struct frame *f, int reg, const struct value *v);
int add_choice(struct frame *f, int n, bool assumed);
/* Jumps to a target that patch() fills in. */
int add_branch(struct frame *f, const struct value *v);
int add_goto(struct frame *f);
void patch(struct frame *f, int op);
void add_use(struct frame *f, const struct spot *s);
void add_free(struct frame *f, const struct spot *object);
/* An unknown value as a register: 0 or 1. */
int add_unknown(struct frame *f);

/* asserts.c */
/* Fills frame.complains. */
void find_complaints(struct frame *f);
/* Does the program know the value, and all that led to it? @depth: 0. */
bool value_is_known(struct frame *f, const struct expr *e, int depth);
void build_complaint(struct frame *f, const struct block *b);

/* events.c */
/* Is the frame's place in a loop, its own or a caller's? */
bool is_repeated(const struct frame *f);
void build_event(struct frame *f, const struct event *ev);
/* What is assigned to @to, as a number; a pointer leads to its record's */
/* object if nobody knows better. */
const struct value *assigned_value(struct frame *f, const struct expr *to,
				   const struct expr *e);

/* jumps.c */
struct jump {
	int op, block;
};

void build_jump(struct frame *f, const struct block *b);
void go_to(struct frame *f, const struct block *to);
void mark_reached(const struct block *b, bool *seen);
/* The edge of a branch in a loop that leaves it, and not the other; or -1. */
int leaving_edge(struct frame *f, const struct block *b);
/* Fills frame.leads. */
void find_leads(struct frame *f);

/* list.c: lists, and other containers */
/*
 * @local becomes what the link @link leads to: then it is the number of the
 * object that has the node, 0 at the end. False: @link is no list's.
 */
bool list_follow(struct frame *f, const struct expr *local,
		 const struct expr *link);
/* The first object of the kind that is in container @ghost, as a value. */
const struct value *container_find(struct frame *f, struct kind *k,
				   const char *ghost, const struct value *in);
/* The next one behind the object @after, 0: the first. */
const struct value *container_next(struct frame *f, struct kind *k,
				   const char *ghost,
				   const struct value *after);
/* Writes whether the object is in a container: its number, or 0. */
void container_put(struct frame *f, const struct spot *object,
		   const char *ghost, int number);
bool is_list_link(const struct expr *e);
/* container_of(@local, ...) in the function: what it takes it to be part of. */
const struct expr *container_of_local(const struct frame *f,
				      const struct expr *local);
/* The name of the word that says "is linked by this member". */
const char *container_ghost(const char *member);

/* identity.c: is what was found still what it was? */
extern const char identity_text[];
/* Before and behind an event of the finding's thread. */
void identity_used(struct frame *f, const struct event *ev);
void identity_found(struct frame *f, const struct event *ev);

/* fix.c: the control's repaired code */
/* Before and behind an event: what the repair adds. False: not the event. */
bool fix_before(struct frame *f, const struct event *ev);
void fix_after(struct frame *f, const struct event *ev);

/* encoded.c: objects that stand in containers as numbers */
/* Is the finding's object found as something that it is computed from? */
bool stake_is_encoded(const struct builder *b);
/* Does what the call found, an untyped entry, become such an object? */
bool finds_stake(const struct builder *b, const struct block *at,
		 const struct event *call, const struct func *func);

/* writes.c */
/*
 * May the function, not a callee in the unit, change the member of the record
 * in a way that is no act of flow/? Linear in its events.
 */
bool writes_unseen(const struct flow *fl, const struct func *func,
		   const char *record, const char *member);

/* slots.c: tables of numbers that objects are found by */
/* op.text of the lock that a drain takes: no line of the source does. */
extern const char slot_drain_text[];
/* The path of the word that a slot is. */
extern const char slot_path[];
/*
 * The member of the slot that objects at stake are computed from, of one
 * function that does; NULL: no function of the unit gets one so. Looks at all
 * expressions of the unit if one does.
 */
const struct expr *slot_read(const struct flow *fl, const struct subject *s);

/*
 * Does a function get an object at stake that it computes from its copy of a
 * record, as an element of a table may be? What is in that is not followed.
 */
bool slot_is_copied(const struct flow *fl, const struct subject *s);

enum slot_match {
	SLOT_NOT,	/* not a slot, or of another table */
	SLOT_PERHAPS,	/* of a table that has no name here */
	SLOT_SAME,	/* of the table that is read */
};

/*
 * Is @e a slot, or its member, of the table that @slot, of slot_read(), is in?
 * @func: whose locals it is about; NULL: flow knows what they are.
 */
enum slot_match slot_match(const struct func *func, const struct expr *e,
			   const struct expr *slot);
/* Does the function, or a callee, put something into one? */
bool fills_slot(const struct flow *fl, const struct func_flow *ff,
		const struct expr *slot);
/* Does it take a reference on what it computes from one? */
bool finds_by_slot(const struct flow *fl, const struct subject *s,
		   const struct func_flow *ff, const struct expr *slot);
/* A word becomes one. */
void slot_init(struct frame *f, struct word *w);
/*
 * What an assignment to the slot @w leaves there: an object's number, or 0;
 * NULL: it is perhaps another one's.
 */
const struct value *slot_value(struct frame *f, const struct event *ev,
			       struct word *w);

/* start.c: the state before the first step, but for the counts */
void start_settle(struct builder *b, const struct cast *cast);
/* The flags of that state, for another program; in the arena. */
void start_keep(const struct builder *b, struct made *ret);
/*
 * owners.c: the counts, in @p; @broken: the program whose control it is, or
 * NULL. True: the threads have changed.
 */
bool owners_settle(struct builder *b, struct program *p,
		   const struct cast *cast, const struct program *broken);
/* idle.c */
/* The count of an object that nobody else uses, as @ret_thread asks for it; */
/* 0: none does. */
int idle_references(struct builder *b, const struct program *p, int type,
		    int field, int *ret_thread);

/*
 * behind.c: the program, in @a, in which thread 0 ends before another one, but
 * for agents, begins.
 */
struct program *program_behind(struct arena *a, const struct program *p);

/* builder.c */
/* All of it but what lies in the arena @a goes with builder_clear(). */
void builder_init(struct builder *b, const struct flow *fl,
		  const struct subject *s, const struct shared *shared,
		  struct arena *a);
void builder_clear(struct builder *b);
/*
 * Fills in *@b, which builder_clear() ends: all that lowering changes in @from
 * once more, what it does not change in common. Of a cast that is no control.
 * Linear in the ops and words of @from.
 */
void builder_copy(struct builder *b, const struct builder *from);
struct draft *new_draft(struct builder *b, const char *name);

/* threads.c */
/* The reason why it cannot be done is in b->why then. */
void lower_cast(struct builder *b, const struct cast *cast);
/* One of a cast's threads, as though the others did nothing. */
void lower_alone(struct builder *b, const struct script *s, bool first);

/* prefix.c: the threads that casts begin with */
/* An element of shared.prefixes goes by it. */
void prefix_free(gpointer prefix);
/*
 * How many of the cast's threads were lowered before, in a program that keeps
 * the same of what they name. The builder, a new one, has them then.
 */
int prefix_find(struct builder *b, const struct cast *cast);
/* Keeps what the first @n threads became, for the next cast of the finding. */
void prefix_keep(const struct builder *b, const struct cast *cast, int n);

/* usage.c: which words matter */
/* Of a cast, as builder.useful and builder.written; they go with a builder. */
struct words {
	GHashTable *useful, *written;
};

/* What scripts do, found once for all casts of one flow. */
struct usages;
struct usages *usages_new(const struct flow *fl, const struct subject *s);
/* slot_read() of a subject that may be about another place than that one. */
const struct expr *usages_slot(const struct usages *all, const struct subject *s);
void usages_free(struct usages *all);
/*
 * @fix: of the repaired code. NULL, or the reason why one of the cast's
 * scripts cannot be lowered, which the caller frees; then there is no *@ret.
 */
char *usages_find(const struct shared *shared, const struct flow *fl,
		  const struct subject *s, const struct cast *cast, bool fix,
		  struct arena *a, struct words *ret);

/* assemble.c: a closed program out of drafts */
/*
 * The program of a cast, in @a. With @broken, that program, it is the control:
 * the repaired code with types and objects in the same order. NULL with the
 * reason in ret->why.
 */
struct program *cast_program(const struct flow *fl, const struct subject *s,
			     const struct cast *cast,
			     const struct program *broken,
			     const struct shared *shared, struct arena *a,
			     struct made *ret);

/* cast.c: who may be the other CPUs */
/*
 * Casts to try, the likeliest first: struct cast. @slot: of slot_read(). The
 * caller frees it.
 */
GArray *casts_of(const struct flow *fl, const struct subject *s,
		 const struct expr *slot);
/*
 * How many references on objects of the record a call of the function drops
 * beyond those it takes and those that flags own: its caller's.
 */
int references_consumed(const struct flow *fl, const struct subject *s,
			const struct func_flow *ff, const char *record);
/*
 * Is the finding about a flag that nobody in the unit takes its reference for,
 * or drops it? Then it has none at the start, and all places want repair.
 */
bool owns_nothing(const struct subject *s);
/* Does the flag that this act changes own a reference on such an object? */
bool owns_reference(const struct flow *fl, const struct subject *s,
		    const struct act *a, const char *record);

/* calls.c */
void build_call(struct frame *f, const struct event *ev);
/* effects.c: a call that the model knows */
void build_api(struct frame *f, const struct event *ev, const GArray *rows,
	       struct result *ret);
/*
 * Takes or drops a lock that the thread's callers hold, in the object @owner;
 * NULL: as the lock names it.
 */
void build_entry_lock(struct frame *f, const struct entry_lock *lock,
		      const struct value *owner, bool take);
/*
 * Locks that assertions say its caller has taken, the function's own or those
 * of all functions that call it, and that are not among the entry locks: struct
 * entry_lock.
 */
const GArray *asserted_locks(const struct builder *b,
			     const struct func_flow *ff);
/*
 * Does a caller that only asserts the lock give its object to a function that
 * nobody can look into?
 */
bool is_left_to_others(const struct flow *fl, const struct func_flow *ff,
		       const struct entry_lock *lock);
/* The parameter that points to what has such a lock; NULL: none does. */
const struct expr *asserted_param(const struct flow *fl,
				  const struct entry_lock *lock);
/* cancel_work_sync() and its like: until the handler is over. */
void drain_wait(struct frame *f, struct spot work);
/* The work's handler itself. Returns what handler_end() wants. */
int handler_begin(struct frame *f, struct spot work);
void handler_end(struct frame *f, struct spot work, int begun);
/* func.c: the body of @func in a frame of its own */
struct result build_body(struct frame *caller, struct draft *t,
			 struct builder *b, const struct func *func,
			 const struct event *call);
/* touching.c: does the function, or a callee, do anything that matters? */
bool touches(struct builder *b, const struct func *f);

/* orders.c: what orders memory */
void add_barrier(struct frame *f);
/* What an access of that name orders. */
enum order api_order(const struct api *row);
/*
 * Orders what the row became, the operations from @from on; if that is nothing
 * which orders memory, and it might, a barrier takes its place.
 */
void order_api(struct frame *f, const struct api *row, int from);
/* May a call of the function order memory? */
bool function_orders(struct builder *b, const struct func *f);

/*
 * tidy.c: less of a thread with the same behaviour. @alone: only its accesses
 * are asked for, and registers stay as they are.
 */
void tidy_draft(struct builder *b, struct draft *t, bool alone);

#endif
