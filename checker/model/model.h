/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The model: what the functions of the kernel's vocabulary do to locks,
 * references, flags and objects, and which flag owns which reference. Built
 * in (model/api.def, model/flags.def, model/pairs.def), declared in .pincheck
 * files, or annotated in the source. It never sees code: which call of the
 * code means what is worked out in flow/.
 *
 * Names in it are interned with g_intern_string.
 */
#ifndef PINCHECK_MODEL_MODEL_H
#define PINCHECK_MODEL_MODEL_H

#include <glib.h>
#include <stdbool.h>

/*
 * What a call does. "arg" is the argument it does it to, counted from 0.
 * "If taken" rows split the path: the result tells which.
 */
enum effect {
	EFFECT_NONE,	   /* nothing a rule cares for, and it keeps nothing; */
			   /* "memory": writes whatever it gets */
	/* References on the object that arg points at. */
	EFFECT_GET,
	EFFECT_PUT,	   /* may free it */
	EFFECT_PUT_TEST,   /* result nonzero: it was the last one */
	EFFECT_TRYGET,	   /* result nonzero (or non-NULL): taken */
	EFFECT_GET_FOR_RESULT, /* the same; the result keeps it, if not NULL */
	EFFECT_GET_RESULT, /* result, if not NULL or an error, is referenced */
	/* Counters: arg is the address of the count inside its object. */
	EFFECT_COUNT_INC,
	EFFECT_COUNT_DEC,
	EFFECT_COUNT_DEC_TEST, /* result nonzero: it became 0 */
	EFFECT_COUNT_DEC_LOCK, /* the same; then arg2 is locked, kind class */
	EFFECT_COUNT_DEC_FREE, /* kref_put(): arg2, a function, at 0 */
	EFFECT_COUNT_DEC_FREE_LOCK, /* kref_put_lock(count, fn, lock): at 0 */
				    /* arg2 runs with the lock held */
	EFFECT_COUNT_TRYINC,   /* inc_not_zero: result nonzero: taken */
	EFFECT_COUNT_READ,     /* the result is the count */
	EFFECT_COUNT_SET,      /* initialised to the value arg2 */
	EFFECT_COUNT_FREEZE,   /* count == arg2 ? 0 : fail, in one step */
	EFFECT_COUNT_ADD,      /* by an amount: a counter, not a reference */
	EFFECT_COUNT_CMPXCHG,  /* count changed if it was arg2, in one step */
	/* Life. */
	EFFECT_ALLOC,	   /* result, if not NULL, is new and private */
	EFFECT_FREE,	   /* the object arg is gone (or cached for reuse) */
	EFFECT_FREE_LATER, /* after a grace period */
	/* Locks: arg is the lock's address, class its kind ("spin"); */
	/* arg -1: a lock without an object ("rcu"). */
	EFFECT_LOCK,
	EFFECT_LOCK_READ,
	EFFECT_TRYLOCK,	   /* result nonzero: taken */
	EFFECT_TRYLOCK_READ,
	EFFECT_LOCK_INTR,  /* result 0: taken (mutex_lock_interruptible) */
	EFFECT_UNLOCK,
	EFFECT_UNLOCK_READ,
	EFFECT_ASSERT_HELD,
	EFFECT_OBJECT_LOCK,	/* a bit lock of the object: lock_page; arg */
				/* -1: of the result, unless that is NULL */
	EFFECT_OBJECT_TRYLOCK,
	EFFECT_OBJECT_UNLOCK,	/* publishes it */
	/* Waiting and waking. */
	EFFECT_WAIT,	   /* sleeps until something about the object arg */
	EFFECT_WAIT_KEY,   /* the same, but uses arg as an address only */
	EFFECT_SLEEP,	   /* may sleep; about no object (schedule) */
	EFFECT_PREPARE_WAIT, /* joins the wait queue / sets the task state, */
			     /* which is arg2 */
	EFFECT_WAKE,	   /* publishes the object arg is in */
	EFFECT_PUBLISH,	   /* hands arg to another context: queue_work */
	EFFECT_DRAIN,	   /* waits until arg's handler is over: ..._sync; */
			   /* "mapped": page tables do not have it any more */
	EFFECT_ARM,	   /* init of a work, timer...: arg, handler arg2 */
	/* Containers. */
	EFFECT_INSERT,	   /* arg: the node; arg2: the container, or -1 */
	EFFECT_REMOVE,	   /* arg: the node; publishes nothing; "lockless": */
			   /* GET_RESULT calls find it without a lock */
	EFFECT_STORE_AT,   /* arg: the iterator, arg2: the value; NULL takes */
			   /* out what the iterator found */
	EFFECT_REMOVE_KEY, /* arg: the container, result: what was removed */
	EFFECT_SELECT,	   /* result: found in container arg; no reference */
	EFFECT_SELECT_GET, /* the same with a reference */
	EFFECT_EMPTY,	   /* result: is container arg empty */
	/* Bits. arg: the bit's number, arg2: the word's address. */
	EFFECT_BIT_SET,
	EFFECT_BIT_CLEAR,
	EFFECT_BIT_CHANGE,
	EFFECT_BIT_TEST,
	EFFECT_BIT_TEST_SET,   /* result: the old value */
	EFFECT_BIT_TEST_CLEAR,
	EFFECT_BIT_LOCK,       /* bit spin lock: waits until it could set it */
	EFFECT_BIT_UNLOCK,
	EFFECT_BIT_WAIT,       /* arg2: word; waits until the bit is clear */
	/* Flags of an object: class names the flag, "page.flags:PG_private". */
	EFFECT_FLAG_SET,
	EFFECT_FLAG_CLEAR,
	EFFECT_FLAG_TEST,
	EFFECT_FLAG_TEST_SET,
	EFFECT_FLAG_TEST_CLEAR,
	EFFECT_FLAG_WAIT,      /* waits until the flag is clear */
	EFFECT_FLAG_SET_GET,   /* attach_page_private: flag and reference */
	EFFECT_FLAG_CLEAR_PUT, /* detach_page_private */
	/* Memory. arg: the address; arg2: the value, if there is one. */
	EFFECT_STORE,	   /* smp_store_release, rcu_assign_pointer */
	EFFECT_LOAD,	   /* the result is what arg points at */
	EFFECT_XCHG,	   /* result: the old value; arg2 is stored */
	EFFECT_CMPXCHG,	   /* stored (arg2 + 1) if it was arg2; result: old */
	EFFECT_TRY_CMPXCHG,/* result nonzero: stored */
	/* Values. */
	EFFECT_SAME,	   /* the result is arg (spinlock_check, page_folio) */
	EFFECT_MEMBER,	   /* result: the field "class" of *arg */
	EFFECT_IS_ERR,	   /* result: is arg an error pointer */
	EFFECT_IS_ERR_OR_NULL,
	EFFECT_NORETURN,
	EFFECT_ASSERT,	   /* ends the path or complains if arg is 0 */
	EFFECT_TEST_HELD,  /* result: has somebody taken this lock; as for */
			   /* LOCK. Means something in an assertion only */
};

/* One thing that one function does; a function may have several rows. */
struct api {
	const char *name;
	enum effect effect;
	int arg, arg2;	   /* -1: none */
	const char *class; /* lock kind, object class ("page"), flag name */
	bool sleeps;	   /* may sleep (filled from the row's SLEEPS) */
};

/* Where a pair, guard or flag is known from. */
enum origin { ORIGIN_BUILTIN, ORIGIN_DECLARED, ORIGIN_ANNOTATED, ORIGIN_MINED };

/* A row of kinds.def; lists of records end in NULL. */
struct object_kind {
	const char *name;		/* "pagecache" */
	const char *const *records;	/* of the objects */
	const char *operations;		/* a record that their users fill in */
	const char *member;		/* of an object: leads to its owner */
	const char *const *owners;	/* records */
};

/*
 * A flag that owns one reference.
 */
struct pair_decl {
	const char *name;	/* "osc-transfer-pin" */
	const char *record;	/* the flag's record: "osc_page" */
	const char *flag;	/* "ops_transfer_pinned" or "bflags:TREE_REF" */
	/*
	 * The object the reference is on, from the flag's owner: "" the
	 * owner itself, "->ops_cl.cpl_page"; NULL: unknown (an annotation
	 * does not say it).
	 */
	const char *object;
	const char *object_record; /* "cl_page"; NULL: unknown */
	GPtrArray *gets, *puts;	/* accessors: const char *; may be empty */
	const char *lock;	/* "refs_lock" in the owner; or NULL */
	/*
	 * What must be seen of an object of this record before the pair is
	 * taken to cover it: only objects that the unit handles as members of
	 * this kind; NULL: all.
	 */
	const struct object_kind *covers;
	enum origin origin;
	const char *file;	/* of the declaration, or NULL */
	int line;
	const char *reason;
};

/* An empty one with its arrays; a model owns those that it has. */
struct pair_decl *pair_decl_new(void);
void pair_decl_free(struct pair_decl *p);

/* A flag or field whose writes need a lock. */
struct guard_decl {
	const char *record, *flag, *lock; /* "file", "f_flags", "f_lock" */
	enum origin origin;
	const char *file;
	int line;
};

/* A bit or count that keeps reapers off. */
struct pin_decl {
	const char *record, *flag;
	GPtrArray *reapers; /* functions that must test it; may be empty */
	enum origin origin;
	const char *file;
	int line;
};

struct model {
	GHashTable *apis;   /* name -> GArray of struct api */
	GHashTable *found;  /* interned name -> the same, or NULL: what */
			    /* model_api() was asked and answered */
	GPtrArray *pairs;   /* struct pair_decl * */
	GPtrArray *guards;  /* struct guard_decl * */
	GPtrArray *pins;    /* struct pin_decl * */
	GHashTable *stable; /* records that are never freed to another type */
			    /* while looked at (type-stable) */
	GHashTable *lifetimes; /* interned "record.member": counts that are one */
	GHashTable *macros; /* statement macros that are noise: tracing... */
};

/* The built-in model. The caller frees it with model_free. */
struct model *model_new_builtin(void);
void model_free(struct model *m);
/* Drops the pairs that are built in, to see what is found without. */
void model_forget_builtin(struct model *m);
/*
 * Adds a .pincheck file. Rows that model_api() gave before are gone. Returns
 * 0; or -1 with one line in *@ret_error, which the caller frees, and the model
 * unchanged. The line is "FILE:LINE: what", or says why FILE cannot be read.
 */
int model_load_file(struct model *m, const char *path, char **ret_error);

/*
 * The same of a file that mining wrote: what is built in, declared or
 * annotated holds against it.
 */
int model_load_mined(struct model *m, const char *path, char **ret_error);

/*
 * Adds what __pinned_by and __guarded_by say of a struct member. @annotation
 * is the text they leave, "pinned_by(get,put)", with or without "pincheck:"
 * before it; several have ";" between them. A member that a .pincheck file
 * declares stays as declared. Returns 0; or -1 with one line
 * "FILE:LINE: what" in *@ret_error, which the caller frees, and the model
 * unchanged.
 */
int model_annotate(struct model *m, const char *record, const char *member,
		   const char *annotation, const char *file, int line,
		   char **ret_error);
/*
 * A model with declarations of its own and the functions of @m: for the
 * annotations of one unit, which must not reach the next unit. The caller
 * frees it with model_free.
 */
struct model *model_copy(const struct model *m);

/*
 * The rows of a function; NULL when the model does not know it. Alias names
 * (leading __ variants, _raw_ spellings, ..._noprof) are rows of their own or
 * patterns that this resolves. O(1) but for the first call with a name.
 */
const GArray *model_api(const struct model *m, const char *interned_name);
/*
 * Does the body of a header's inline say more than the model does? As a
 * frontend asks: @model is a const struct model.
 */
bool model_wants_body(const char *function, void *model);

/*
 * The class of the object lock (EFFECT_OBJECT_LOCK) that a flag is: "page" of
 * "page", "flags:PG_locked". NULL: it is none.
 */
const char *model_object_lock(const char *record, const char *flag);

/* Does the member lead to the first or next entry of a list? */
bool model_is_list_link(const char *record, const char *member);
/*
 * Is it a work item's record, and the member (NULL: any) the pointer to its
 * function? That never runs twice at a time for the same item.
 */
bool model_is_work(const char *record, const char *member);
/* Can several hold a lock of this record (NULL: no record) at a time? */
bool model_lock_is_shared(const char *record);
/*
 * The states, as a mask, in which a signal wakes a task, if the member is where
 * a task's state stands by which the scheduler lets it sleep. 0: it is not.
 */
gint64 model_task_state(const char *record, const char *member);
/* The states of such a kind, wherever they stand. */
gint64 model_signal_states(void);
/* Is it a flag that the scheduler asks for itself before such a sleep? */
bool model_is_signal_flag(const char *record, const char *flag);
/* Are tables of such records empty behind a drain of that class? */
bool model_empties(const char *class, const char *record);

/* The kind with this name; NULL: there is none. */
const struct object_kind *model_object_kind(const char *name);
/* The names of all kinds, with a comma between; the caller frees it. */
char *model_object_kinds(void);

/*
 * The functions that macros make for the flag @flag ("page.flags:PG_private")
 * and that have this effect on it; most flags have none. Freed with g_strfreev.
 */
char **model_flag_functions(const char *flag, enum effect effect);

/* Text of an effect, for dumps: "get", "trylock". */
const char *effect_name(enum effect e);

#endif
