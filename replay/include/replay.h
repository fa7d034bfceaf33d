/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The runtime of replays: runs a small concurrent program, written in the
 * words of the kernel, in every order that matters, and reports the first
 * order in which it breaks. One process, one real thread: the threads of the
 * program are fibers, and every access below is a point where the scheduler
 * may choose another one.
 *
 * What a program owes the runtime:
 *  - It is deterministic but for choose() and opaque(): no clock, no address
 *    printed, no state that survives an execution. setup() initialises all
 *    that it uses.
 *  - Memory that threads share comes from kmalloc() and friends, or is static
 *    and named by replay_static(); it is touched only by what is declared
 *    here. A member read as plain C (p->x) is invisible: no scheduling point,
 *    no use-after-free check. READ() and WRITE() are the plain accesses.
 *  - Words are integers, enums, bool and pointers of 1, 2, 4 or 8 bytes,
 *    naturally aligned, and one word is always accessed in one size.
 *
 * What it does not model: interrupts as such (give them a thread), priorities,
 * fairness, time (a timer may fire at any moment), out-of-thin-air values,
 * stores that become visible before an earlier load of their thread.
 *
 * Targets where pointers have 64 bits, gcc or clang. Source texts and file
 * names are those of the program's file, #line included.
 */
#ifndef REPLAY_H
#define REPLAY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

typedef int8_t s8;
typedef int16_t s16;
typedef int32_t s32;
typedef int64_t s64;
typedef uint8_t u8;
typedef uint16_t u16;
typedef uint32_t u32;
typedef uint64_t u64;
typedef unsigned int gfp_t;

#define GFP_KERNEL 0u
#define GFP_ATOMIC 0u
#define GFP_NOFS 0u
#define __rcu
#define __iomem

#define container_of(ptr, type, member) \
	((type *)((char *)(ptr) - offsetof(type, member)))
#define BIT(nr) (1ul << (nr))
#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))
#ifndef likely
#define likely(x) __builtin_expect(!!(x), 1)
#define unlikely(x) __builtin_expect(!!(x), 0)
#endif

/*
 * A program, and how it is run
 */

struct replay_thread {
	const char *name; /* heads its column: "CPU 0: find_extent_buffer" */
	void (*run)(void *arg);
	void *arg;
};

/* Something the replay takes for granted, printed with its verdict. */
struct replay_assumption {
	const char *file; /* NULL: about no line */
	int line;
	const char *text;
	/* A guess about the code, and not a rule: makes it confirmed-if. */
	bool guessed;
};

struct replay_program {
	const char *name;
	/* What breaks, in a sentence; NULL: nothing to say. */
	const char *about;
	/* Before every execution; runs alone. NULL: nothing to do. */
	void (*setup)(void);
	const struct replay_thread *threads;
	unsigned int n_threads; /* 1 to REPLAY_MAX_THREADS */
	/*
	 * After every execution, when all threads ended and all stores are
	 * visible; runs alone. May access memory, assert, expect. May be NULL.
	 */
	void (*at_rest)(void);
	/*
	 * What is different when replay_is_control() is true: the fix, or the
	 * flag and its reference in one critical section. NULL: there is no
	 * control, and nothing is ever confirmed.
	 */
	const char *control;
	const struct replay_assumption *assumptions;
	unsigned int n_assumptions;
	/* Why the finding cannot be replayed; NULL: it can. */
	const char *unsupported;
	/* Memory allocated and never freed is a failure (replay_keep()). */
	bool check_leaks;
};

#define REPLAY_MAX_THREADS 8

/*
 * The main() of an emitted executable. Prints the verdict, and the failing
 * order as a table. Returns the exit status: 0 not-reproduced, 1 confirmed
 * (confirmed-weak, confirmed-if), 2 usage, 3 unsupported or inconclusive.
 *
 *	--memory sc|tso|pso|arm  explore this memory, and sc before it
 *	--control                run the control instead of the program
 *	--schedule "..."         run one order, as printed by a failing run
 *	--all                    do not stop at the first failure; count them
 *	--json                   print the result as one JSON object
 *	--mode plain|sleep|dpor|bound|states
 *	--limit-executions N     0: none
 *	--limit-steps N          of one execution
 *	--limit-memory N         MiB of the cache of --mode bound, states
 *	--time-limit S           seconds, of one exploration
 */
int replay_main(int argc, char **argv, const struct replay_program *program);

/* Is this a run of the control? Constant during an exploration. */
bool replay_is_control(void);
/* The program that is explored, for setup() and at_rest() of an interpreter. */
const struct replay_program *replay_running(void);

/*
 * Exploring without a command line
 */

enum replay_memory {
	REPLAY_SC,  /* sequential consistency */
	REPLAY_TSO, /* x86: stores wait in order in a buffer per thread */
	REPLAY_PSO, /* stores to different words also change places */
	REPLAY_ARM, /* and loads may be served early */
	REPLAY_N_MEMORIES,
};

enum replay_mode {
	REPLAY_PLAIN, /* every interleaving, depth first */
	REPLAY_SLEEP, /* sleep sets */
	REPLAY_DPOR,  /* source sets and sleep sets: the default */
	REPLAY_BOUND, /* preemptions 0, 1, 2, ... over a cache of states */
	REPLAY_STATES, /* depth first over a cache of states, each once */
	REPLAY_N_MODES,
};

enum replay_failure {
	REPLAY_OK,
	REPLAY_USE_AFTER_FREE,
	REPLAY_DOUBLE_FREE,
	REPLAY_BAD_ACCESS,   /* NULL, or outside any object */
	REPLAY_BAD_FREE,     /* kfree() of what kmalloc() did not return */
	REPLAY_UNDERFLOW,    /* a reference count below 0, or raised from 0 */
	REPLAY_MISMATCH,     /* flag and reference disagree at rest */
	REPLAY_ASSERTION,    /* BUG_ON, LASSERT, ... */
	REPLAY_DEADLOCK,     /* waits for ever: lock, completion, readers */
	REPLAY_LOST_WAKE_UP, /* a thread sleeps and nobody will wake it */
	REPLAY_LIVELOCK,     /* threads spin on words that nobody changes */
	REPLAY_BAD_UNLOCK,   /* unlock of a lock that is not held */
	REPLAY_LEAK,
	REPLAY_N_FAILURES,
};

struct replay_options {
	enum replay_memory memory;
	enum replay_mode mode;
	bool control;
	bool all;	    /* go on after a failure */
	u64 max_executions; /* 0: no limit */
	u64 max_runs;	    /* those given up as well; 0: no limit */
	u32 max_steps;	    /* of one execution; 0: 10,000 */
	u64 max_bytes;	    /* of the cache of states; 0: 1 GiB */
	double seconds;	    /* 0: no limit */
	/* Kernels before 5.2: refcount_dec_and_test() without the acquire. */
	bool old_refcount;
	const char *schedule; /* run this order only; NULL: explore */
	/*
	 * Called at the end of each execution with a digest of what it gave
	 * to replay_outcome(), or of its failures if it had any.
	 */
	void (*outcome)(void *data, u64 outcome);
	void *outcome_data;
};

struct replay_step {
	const char *agent; /* name of the thread, or "store buffer", ... */
	int column;	   /* thread that the step belongs to */
	const char *file;
	int line;
	const char *text;   /* the source text of the access */
	char *effect;	    /* "1 -> 0", "= 1 (stale)"; may be "" */
	bool buffer;	    /* a store of the column becomes visible */
	bool switched;	    /* another agent ran just before */
};

struct replay_result {
	enum replay_failure failure; /* the first */
	char *message;		     /* NULL without a failure; one line */
	char *schedule;		     /* of the failure; NULL without one */
	u32 preemptions;	     /* of that schedule */
	struct replay_step *steps;   /* of that schedule */
	u32 n_steps;
	u64 failures;	/* failing executions; 1 unless options.all */
	u32 kinds;	/* 1 << each enum replay_failure that they had */
	u32 first_kinds; /* 1 << the first one of each of them */
	u64 executions; /* whole ones, failing ones included */
	u64 blocked;	/* given up because another one covers them */
	u64 dropped;	/* cut at max_steps, or by replay_drop() */
	u64 states;	/* in the cache of REPLAY_BOUND, REPLAY_STATES */
	u64 total_steps;
	bool whole_space;   /* no limit was hit, nothing was dropped */
	bool used_opaque;   /* the first failure asked an opaque() */
	u64 valuations;	    /* of the opaque() asked; 1 if there are none */
	u64 failing_valuations;
	char *unsupported; /* why the run stopped; NULL: it did not */
};

/*
 * Explores @program. Fills @ret, which replay_result_clear() frees. Returns 0,
 * or -1 when the schedule cannot be followed or the program asks for what is
 * not supported (@ret->unsupported says what). Not reentrant.
 */
int replay_explore(const struct replay_program *program,
		   const struct replay_options *options,
		   struct replay_result *ret);
void replay_result_clear(struct replay_result *result);

const char *replay_memory_name(enum replay_memory memory);
const char *replay_mode_name(enum replay_mode mode);
const char *replay_failure_name(enum replay_failure failure);

/*
 * Where a step stands in the source. The macros below make one for each place;
 * replay_says() replaces the text of the calling thread's next step, for code
 * that was not written by hand.
 */
struct replay_site {
	const char *file;
	int line;
	const char *text;
};

#define REPLAY_SITE(text_)                                            \
	({                                                            \
		static const struct replay_site replay_site_ = {      \
			__FILE__, __LINE__, text_                     \
		};                                                    \
		&replay_site_;                                        \
	})

void replay_says(const char *text);

/*
 * Choices. choose(n, text) returns 0 to n - 1, each in some execution: what
 * the outside may do. opaque(text) is 0 or 1: a condition of the replayed code
 * that the replay cannot compute; asked again with the same text it gives the
 * same answer, in every thread, until the end of the execution.
 */
#define choose(n, text) replay_choose(REPLAY_SITE(text), n)
#define opaque(text) replay_opaque(REPLAY_SITE(text))

unsigned int replay_choose(const struct replay_site *site, unsigned int n);
bool replay_opaque(const struct replay_site *site);

/*
 * Objects. Memory is zeroed or not as in the kernel, but never reused within
 * an execution, so that every use after free is seen. Allocations never fail:
 * ask choose() where a failure matters.
 */

#define kmalloc(size, gfp) \
	replay_alloc(REPLAY_SITE("kmalloc(" #size ")"), size, false)
#define kzalloc(size, gfp) \
	replay_alloc(REPLAY_SITE("kzalloc(" #size ")"), size, true)
#define kfree(p) replay_free(REPLAY_SITE("kfree(" #p ")"), p)
#define kmem_cache_free(cache, p) \
	replay_free(REPLAY_SITE("kmem_cache_free(" #p ")"), p)

void *replay_alloc(const struct replay_site *site, size_t size, bool zero);
void replay_free(const struct replay_site *site, const void *p);

/*
 * A zeroed object of @type called @name, for setup(). replay_new_page(): one
 * that is never freed, only used again for something else, as struct page is;
 * kfree() of it is a failure and it never leaks.
 */
#define replay_new(type, name)                                          \
	((type *)replay_object(REPLAY_SITE("new " #type), sizeof(type), \
			       name, false))
#define replay_new_page(type, name)                                     \
	((type *)replay_object(REPLAY_SITE("new " #type), sizeof(type), \
			       name, true))

void *replay_object(const struct replay_site *site, size_t size,
		    const char *name, bool type_stable);
/* Gives the object that begins at @p a name for tables and messages. */
void replay_name(const void *p, const char *name);
/* The object at @p may stay when check_leaks looks. */
void replay_keep(const void *p);

/*
 * In setup(): the static variable @var is shared. It gets back what it held
 * when setup() ran for the first time.
 */
#define replay_static(var) replay_add_static(&(var), sizeof(var), #var)

void replay_add_static(void *p, size_t size, const char *name);

/*
 * From now on the word at @word is a reference count: raised from 0 or
 * lowered below it is a failure. refcount_t and kref are so from the start.
 */
#define replay_counts(word) replay_watch_count((word), sizeof(*(word)))

void replay_watch_count(const volatile void *word, size_t size);

/*
 * Checks. An assertion of the program may stand anywhere; expectations are for
 * at_rest().
 */

#define BUG_ON(cond)                                                       \
	((cond) ? replay_fail(REPLAY_SITE("BUG_ON(" #cond ")"),            \
			      REPLAY_ASSERTION) : (void)0)
#define BUG() replay_fail(REPLAY_SITE("BUG()"), REPLAY_ASSERTION)
#define VM_BUG_ON(cond)                                                    \
	((cond) ? replay_fail(REPLAY_SITE("VM_BUG_ON(" #cond ")"),         \
			      REPLAY_ASSERTION) : (void)0)
#define VM_BUG_ON_PAGE(cond, page)                                         \
	((cond) ? replay_fail(REPLAY_SITE("VM_BUG_ON_PAGE(" #cond ")"),    \
			      REPLAY_ASSERTION) : (void)0)
/* A warning is a failure too: the code says that it must not be. */
#define WARN_ON(cond)                                                      \
	({                                                                 \
		bool replay_warn_ = !!(cond);                              \
		if (replay_warn_)                                          \
			replay_fail(REPLAY_SITE("WARN_ON(" #cond ")"),     \
				    REPLAY_ASSERTION);                     \
		replay_warn_;                                              \
	})
#define WARN_ON_ONCE(cond) WARN_ON(cond)
#define LASSERT(cond)                                                      \
	((cond) ? (void)0 : replay_fail(REPLAY_SITE("LASSERT(" #cond ")"), \
					REPLAY_ASSERTION))
#define replay_assert(cond)                                                \
	((cond) ? (void)0 : replay_fail(REPLAY_SITE(#cond " is false"),    \
					REPLAY_ASSERTION))

/*
 * At rest the atomic @v must hold @n: the references of the static holders, and
 * one for each set flag that owns one. @why says so: "TREE_REF owns one".
 */
#define replay_expect_refs(v, n, why)                                      \
	((READ((v)->counter) == (n)) ? (void)0 :                           \
		replay_fail(REPLAY_SITE(#v " is not " #n ": " why),        \
			    REPLAY_MISMATCH))
#define replay_expect(cond, why)                                           \
	((cond) ? (void)0 :                                                \
		replay_fail(REPLAY_SITE(#cond " is false: " why),          \
			    REPLAY_MISMATCH))

/* Was the object at @p freed? For at_rest(). */
bool replay_is_freed(const void *p);

/* Ends the execution as failed; does not return. */
__attribute__((noreturn))
void replay_fail(const struct replay_site *site, enum replay_failure failure);

/*
 * Gives up the calling thread, for the program cannot follow it any further:
 * a bound was hit. The others go on, and the execution counts as dropped.
 */
__attribute__((noreturn))
void replay_drop(const char *why);

/* Adds @value to what identifies this execution's end; for at_rest(). */
void replay_outcome(u64 value);

/*
 * Loads, stores, barriers
 */

enum replay_order {
	REPLAY_RELAXED,
	REPLAY_ACQUIRE = 1,
	REPLAY_RELEASE = 2,
	REPLAY_ACQ_REL = 3,
	/* Full: ordered before and after with everything. */
	REPLAY_FULL = 7,
	/* Release; acquire only if the new value is 0. */
	REPLAY_ACQUIRE_IF_ZERO = 8,
	REPLAY_LAST_PUT = REPLAY_ACQUIRE_IF_ZERO | REPLAY_RELEASE,
	/* Nobody looks at the result, so it may wait as a store does. */
	REPLAY_VOID = 16,
	/* The result is an address: loads of that object come after it. */
	REPLAY_ADDRESS = 32,
};

u64 replay_load(const struct replay_site *site, const volatile void *p,
		size_t size, enum replay_order order);
void replay_store(const struct replay_site *site, volatile void *p,
		  size_t size, u64 value, enum replay_order order);

#define REPLAY_LOAD_(text, x, order)                                   \
	({ (__typeof__(x))replay_load(REPLAY_SITE(text), &(x),          \
				      sizeof(x), order); })
#define REPLAY_STORE_(text, x, v, order)                               \
	replay_store(REPLAY_SITE(text), &(x), sizeof(x),               \
		     (u64)(__typeof__(x))(v), order)

/*
 * What follows a pointer comes after the load of it: an address dependency.
 * Nobody can tell here which loads went through it, so all later ones from the
 * object that it points into do.
 */
#define REPLAY_ADDRESS_(x)                                             \
	(__builtin_classify_type(x) == REPLAY_POINTER_CLASS_           \
		 ? REPLAY_ADDRESS : REPLAY_RELAXED)
#define REPLAY_POINTER_CLASS_ 5 /* as gcc and clang number types */

#define READ_ONCE(x) \
	REPLAY_LOAD_("READ_ONCE(" #x ")", x, REPLAY_ADDRESS_(x))
#define WRITE_ONCE(x, v) \
	REPLAY_STORE_("WRITE_ONCE(" #x ", " #v ")", x, v, REPLAY_RELAXED)
/* Plain accesses: p->x, and p->x = v. Ordered as little as the above. */
#define READ(x) REPLAY_LOAD_(#x, x, REPLAY_ADDRESS_(x))
#define WRITE(x, v) REPLAY_STORE_(#x " = " #v, x, v, REPLAY_RELAXED)
/*
 * A bit-field: @mask of the word @x that holds it. Read and write are two
 * steps, as compilers make them, and the write takes the neighbours along.
 */
#define READ_FIELD(x, mask) (READ(x) & (mask))
#define WRITE_FIELD(x, mask, set)                                         \
	({                                                                \
		__typeof__(x) replay_field_ = READ(x);                    \
		WRITE(x, (set) ? replay_field_ | (mask)                   \
			       : replay_field_ & ~(mask));                \
	})

#define smp_load_acquire(p) \
	REPLAY_LOAD_("smp_load_acquire(" #p ")", *(p), REPLAY_ACQUIRE)
#define smp_store_release(p, v) \
	REPLAY_STORE_("smp_store_release(" #p ", " #v ")", *(p), v, \
		      REPLAY_RELEASE)
#define rcu_dereference(p) \
	REPLAY_LOAD_("rcu_dereference(" #p ")", p, REPLAY_ADDRESS)
#define rcu_dereference_protected(p, c) \
	REPLAY_LOAD_("rcu_dereference_protected(" #p ")", p, REPLAY_ADDRESS)
#define rcu_dereference_raw(p) rcu_dereference(p)
/* Not to be followed, hence not ordered. */
#define rcu_access_pointer(p) \
	REPLAY_LOAD_("rcu_access_pointer(" #p ")", p, REPLAY_RELAXED)
#define rcu_assign_pointer(p, v) \
	REPLAY_STORE_("rcu_assign_pointer(" #p ", " #v ")", p, v, \
		      REPLAY_RELEASE)
#define RCU_INIT_POINTER(p, v) \
	REPLAY_STORE_("RCU_INIT_POINTER(" #p ", " #v ")", p, v, \
		      REPLAY_RELAXED)

enum replay_barrier { REPLAY_MB, REPLAY_RMB, REPLAY_WMB };

void replay_fence(const struct replay_site *site, enum replay_barrier barrier);

#define smp_mb() replay_fence(REPLAY_SITE("smp_mb()"), REPLAY_MB)
#define smp_rmb() replay_fence(REPLAY_SITE("smp_rmb()"), REPLAY_RMB)
#define smp_wmb() replay_fence(REPLAY_SITE("smp_wmb()"), REPLAY_WMB)
#define smp_mb__before_atomic() \
	replay_fence(REPLAY_SITE("smp_mb__before_atomic()"), REPLAY_MB)
#define smp_mb__after_atomic() \
	replay_fence(REPLAY_SITE("smp_mb__after_atomic()"), REPLAY_MB)
#define smp_mb__after_spinlock() \
	replay_fence(REPLAY_SITE("smp_mb__after_spinlock()"), REPLAY_MB)
#define smp_mb__after_unlock_lock() \
	replay_fence(REPLAY_SITE("smp_mb__after_unlock_lock()"), REPLAY_MB)
#define smp_store_mb(x, v) \
	do { WRITE_ONCE(x, v); smp_mb(); } while (0)
/* Compilers reorder nothing here. */
#define barrier() ((void)0)

/*
 * A wait in a retry loop. The thread goes on only once another one has changed
 * a word that this one read since it last relaxed: spinning is no progress.
 */
#define cpu_relax() replay_relax(REPLAY_SITE("cpu_relax()"))
#define udelay(us) replay_relax(REPLAY_SITE("udelay(" #us ")"))
#define msleep(ms) replay_relax(REPLAY_SITE("msleep(" #ms ")"))
#define cond_resched() ((void)0)

void replay_relax(const struct replay_site *site);

/*
 * Atomic read-modify-write. All return what the word held before.
 */

enum replay_rmw {
	REPLAY_ADD,	   /* + a */
	REPLAY_AND,	   /* & a */
	REPLAY_OR,	   /* | a */
	REPLAY_XOR,	   /* ^ a */
	REPLAY_XCHG,	   /* = a */
	REPLAY_CMPXCHG,	   /* = b if it is a */
	REPLAY_ADD_UNLESS, /* + a unless it is b */
	REPLAY_ADD_IF_GE,  /* + a if it is b or more, signed */
	REPLAY_ADD_IF_LE,  /* + a if it is b or less, signed */
};

u64 replay_rmw(const struct replay_site *site, volatile void *p, size_t size,
	       enum replay_rmw op, u64 a, u64 b, enum replay_order order);
/* The same on a reference count: from 0 to more, and below 0, are failures. */
u64 replay_ref(const struct replay_site *site, volatile void *p, size_t size,
	       enum replay_rmw op, u64 a, u64 b, enum replay_order order);

/* @x is the word; the result has its type. */
#define REPLAY_RMW_(text, x, op, a, b, order)                            \
	({ (__typeof__(x))replay_rmw(REPLAY_SITE(text), &(x), sizeof(x), \
				     REPLAY_##op,                        \
				     (u64)(__typeof__(x))(a),            \
				     (u64)(__typeof__(x))(b),            \
				     REPLAY_##order | REPLAY_ADDRESS_(x)); })
#define REPLAY_REF_(text, x, op, a, b, order)                            \
	({ (__typeof__(x))replay_ref(REPLAY_SITE(text), &(x), sizeof(x), \
				     REPLAY_##op,                        \
				     (u64)(__typeof__(x))(a),            \
				     (u64)(__typeof__(x))(b),            \
				     REPLAY_##order); })

#define xchg(p, v) \
	REPLAY_RMW_("xchg(" #p ", " #v ")", *(p), XCHG, v, 0, FULL)
#define xchg_relaxed(p, v) \
	REPLAY_RMW_("xchg_relaxed(" #p ", " #v ")", *(p), XCHG, v, 0, RELAXED)
#define xchg_acquire(p, v) \
	REPLAY_RMW_("xchg_acquire(" #p ", " #v ")", *(p), XCHG, v, 0, ACQUIRE)
#define xchg_release(p, v) \
	REPLAY_RMW_("xchg_release(" #p ", " #v ")", *(p), XCHG, v, 0, RELEASE)
#define cmpxchg(p, o, n) \
	REPLAY_RMW_("cmpxchg(" #p ", " #o ", " #n ")", *(p), CMPXCHG, o, n, \
		    FULL)
#define cmpxchg_relaxed(p, o, n) \
	REPLAY_RMW_("cmpxchg_relaxed(" #p ", " #o ", " #n ")", *(p), \
		    CMPXCHG, o, n, RELAXED)
#define cmpxchg_acquire(p, o, n) \
	REPLAY_RMW_("cmpxchg_acquire(" #p ", " #o ", " #n ")", *(p), \
		    CMPXCHG, o, n, ACQUIRE)
#define cmpxchg_release(p, o, n) \
	REPLAY_RMW_("cmpxchg_release(" #p ", " #o ", " #n ")", *(p), \
		    CMPXCHG, o, n, RELEASE)
/* If the word was not *@po, stores there what it was and returns false. */
#define REPLAY_TRY_CMPXCHG_(text, x, po, n, order)                       \
	({                                                               \
		__typeof__(x) *replay_po_ = (po);                        \
		__typeof__(x) replay_o_ = *replay_po_;                   \
		*replay_po_ = REPLAY_RMW_(text, x, CMPXCHG, replay_o_, n, \
					  order);                        \
		*replay_po_ == replay_o_;                                \
	})
#define try_cmpxchg(p, po, n) \
	REPLAY_TRY_CMPXCHG_("try_cmpxchg(" #p ", " #po ", " #n ")", *(p), \
			    po, n, FULL)

#include "replay_atomic.h"

typedef struct {
	atomic_t refs;
} refcount_t;

#define REFCOUNT_INIT(n) { ATOMIC_INIT(n) }

#define refcount_read(r) \
	REPLAY_LOAD_("refcount_read(" #r ")", (r)->refs.counter, REPLAY_RELAXED)
#define refcount_set(r, n) \
	REPLAY_STORE_("refcount_set(" #r ", " #n ")", (r)->refs.counter, n, \
		      REPLAY_RELAXED)
#define refcount_inc(r) \
	((void)REPLAY_REF_("refcount_inc(" #r ")", (r)->refs.counter, ADD, 1, \
			   0, RELAXED))
#define refcount_add(i, r) \
	((void)REPLAY_REF_("refcount_add(" #i ", " #r ")", \
			   (r)->refs.counter, ADD, i, 0, RELAXED))
#define refcount_inc_not_zero(r) \
	(REPLAY_REF_("refcount_inc_not_zero(" #r ")", (r)->refs.counter, \
		     ADD_UNLESS, 1, 0, RELAXED) != 0)
#define refcount_add_not_zero(i, r) \
	(REPLAY_REF_("refcount_add_not_zero(" #i ", " #r ")", \
		     (r)->refs.counter, ADD_UNLESS, i, 0, RELAXED) != 0)
#define refcount_dec(r) \
	((void)REPLAY_REF_("refcount_dec(" #r ")", (r)->refs.counter, ADD, \
			   -1, 0, RELEASE))
#define refcount_dec_and_test(r) \
	(REPLAY_REF_("refcount_dec_and_test(" #r ")", (r)->refs.counter, ADD, \
		     -1, 0, LAST_PUT) == 1)
#define refcount_sub_and_test(i, r) \
	(REPLAY_REF_("refcount_sub_and_test(" #i ", " #r ")", \
		     (r)->refs.counter, ADD, -(i), 0, LAST_PUT) == (i))
/* Lowers it unless it is 1; true if it did. */
#define refcount_dec_not_one(r) \
	(REPLAY_REF_("refcount_dec_not_one(" #r ")", (r)->refs.counter, \
		     ADD_UNLESS, -1, 1, RELEASE) != 1)
/* 1 to 0; true if it was 1. */
#define refcount_dec_if_one(r) \
	(REPLAY_REF_("refcount_dec_if_one(" #r ")", (r)->refs.counter, \
		     CMPXCHG, 1, 0, RELEASE) == 1)
/* Lowers it; the last one only under @lock, which it then holds. */
#define refcount_dec_and_lock(r, lock)                                    \
	(refcount_dec_not_one(r) ? false :                                \
		(spin_lock(lock), refcount_dec_and_test(r) ? true :       \
			(spin_unlock(lock), false)))
#define refcount_dec_and_mutex_lock(r, lock)                              \
	(refcount_dec_not_one(r) ? false :                                \
		(mutex_lock(lock), refcount_dec_and_test(r) ? true :      \
			(mutex_unlock(lock), false)))
#define atomic_dec_and_lock(v, lock)                                      \
	(atomic_add_unless(v, -1, 1) ? false :                            \
		(spin_lock(lock), atomic_dec_and_test(v) ? true :         \
			(spin_unlock(lock), false)))

/* As page_ref_freeze(): @n to 0 and nothing else; fully ordered. */
#define ref_freeze(v, n) \
	(REPLAY_RMW_("ref_freeze(" #v ", " #n ")", (v)->counter, CMPXCHG, n, \
		     0, FULL) == (n))
#define ref_unfreeze(v, n) \
	REPLAY_STORE_("ref_unfreeze(" #v ", " #n ")", (v)->counter, n, \
		      REPLAY_RELEASE)

struct kref {
	refcount_t refcount;
};

#define KREF_INIT(n) { REFCOUNT_INIT(n) }

#define kref_init(k) \
	REPLAY_STORE_("kref_init(" #k ")", (k)->refcount.refs.counter, 1, \
		      REPLAY_RELAXED)
#define kref_read(k) \
	REPLAY_LOAD_("kref_read(" #k ")", (k)->refcount.refs.counter, \
		     REPLAY_RELAXED)
#define kref_get(k) \
	((void)REPLAY_REF_("kref_get(" #k ")", (k)->refcount.refs.counter, \
			   ADD, 1, 0, RELAXED))
#define kref_get_unless_zero(k) \
	(REPLAY_REF_("kref_get_unless_zero(" #k ")", \
		     (k)->refcount.refs.counter, ADD_UNLESS, 1, 0, RELAXED) \
	 != 0)
#define kref_put(k, release) \
	(REPLAY_REF_("kref_put(" #k ", " #release ")", \
		     (k)->refcount.refs.counter, ADD, -1, 0, LAST_PUT) == 1 \
		 ? ((release)(k), 1) : 0)

/*
 * Bits of an array of unsigned long. Different bits of one word commute.
 */

bool replay_bit(const struct replay_site *site, volatile unsigned long *word,
		unsigned long mask, enum replay_rmw op,
		enum replay_order order);
bool replay_bit_test(const struct replay_site *site,
		     const volatile unsigned long *word, unsigned long mask,
		     enum replay_order order);

#define REPLAY_BIT_(text, nr, p, op, order)                               \
	replay_bit(REPLAY_SITE(text), (p) + (nr) / 64, BIT((nr) % 64),    \
		   REPLAY_##op, REPLAY_##order)

#define set_bit(nr, p) \
	((void)REPLAY_BIT_("set_bit(" #nr ", " #p ")", nr, p, OR, VOID))
#define clear_bit(nr, p) \
	((void)REPLAY_BIT_("clear_bit(" #nr ", " #p ")", nr, p, AND, VOID))
#define change_bit(nr, p) \
	((void)REPLAY_BIT_("change_bit(" #nr ", " #p ")", nr, p, XOR, VOID))
#define clear_bit_unlock(nr, p) \
	((void)REPLAY_BIT_("clear_bit_unlock(" #nr ", " #p ")", nr, p, AND, \
			   RELEASE))
#define test_and_set_bit(nr, p) \
	REPLAY_BIT_("test_and_set_bit(" #nr ", " #p ")", nr, p, OR, FULL)
#define test_and_clear_bit(nr, p) \
	REPLAY_BIT_("test_and_clear_bit(" #nr ", " #p ")", nr, p, AND, FULL)
#define test_and_change_bit(nr, p) \
	REPLAY_BIT_("test_and_change_bit(" #nr ", " #p ")", nr, p, XOR, FULL)
#define test_and_set_bit_lock(nr, p) \
	REPLAY_BIT_("test_and_set_bit_lock(" #nr ", " #p ")", nr, p, OR, \
		    ACQUIRE)
#define test_bit(nr, p) \
	replay_bit_test(REPLAY_SITE("test_bit(" #nr ", " #p ")"), \
			(p) + (nr) / 64, BIT((nr) % 64), REPLAY_RELAXED)
#define test_bit_acquire(nr, p) \
	replay_bit_test(REPLAY_SITE("test_bit_acquire(" #nr ", " #p ")"), \
			(p) + (nr) / 64, BIT((nr) % 64), REPLAY_ACQUIRE)
/* Not atomic: the word is read, then written. */
#define __set_bit(nr, p) \
	WRITE((p)[(nr) / 64], READ((p)[(nr) / 64]) | BIT((nr) % 64))
#define __clear_bit(nr, p) \
	WRITE((p)[(nr) / 64], READ((p)[(nr) / 64]) & ~BIT((nr) % 64))

/*
 * Locks. Zeroed memory is an unlocked lock. _irq, _irqsave and _bh are the
 * plain forms: interrupts are threads here.
 */

typedef struct {
	u32 held;
} spinlock_t;

typedef spinlock_t raw_spinlock_t;

struct mutex {
	u32 held;
};

/* 0 free, n readers, REPLAY_WRITER. */
struct rw_semaphore {
	u32 held;
};

typedef struct rw_semaphore rwlock_t;

#define REPLAY_WRITER 0x80000000u

#define __SPIN_LOCK_UNLOCKED(name) { 0 }
#define DEFINE_SPINLOCK(name) spinlock_t name = { 0 }
#define DEFINE_MUTEX(name) struct mutex name = { 0 }
#define DECLARE_RWSEM(name) struct rw_semaphore name = { 0 }
#define spin_lock_init(l) ((void)((l)->held = 0))
#define mutex_init(l) ((void)((l)->held = 0))
#define init_rwsem(l) ((void)((l)->held = 0))

enum replay_lock {
	REPLAY_LOCK,	   /* waits until free */
	REPLAY_TRYLOCK,	   /* true if it was free */
	REPLAY_UNLOCK,
	REPLAY_READ_LOCK,  /* waits until there is no writer */
	REPLAY_READ_TRYLOCK,
	REPLAY_READ_UNLOCK,
	REPLAY_DOWNGRADE,  /* from writer to reader */
};

bool replay_lock(const struct replay_site *site, u32 *held,
		 enum replay_lock op);

#define REPLAY_LOCK_(text, l, op) \
	replay_lock(REPLAY_SITE(text), &(l)->held, REPLAY_##op)

#define spin_lock(l) ((void)REPLAY_LOCK_("spin_lock(" #l ")", l, LOCK))
#define spin_lock_irq(l) ((void)REPLAY_LOCK_("spin_lock_irq(" #l ")", l, LOCK))
#define spin_lock_bh(l) ((void)REPLAY_LOCK_("spin_lock_bh(" #l ")", l, LOCK))
#define spin_lock_irqsave(l, flags) \
	((void)((flags) = 0, \
		REPLAY_LOCK_("spin_lock_irqsave(" #l ", " #flags ")", l, LOCK)))
#define spin_trylock(l) REPLAY_LOCK_("spin_trylock(" #l ")", l, TRYLOCK)
#define spin_unlock(l) ((void)REPLAY_LOCK_("spin_unlock(" #l ")", l, UNLOCK))
#define spin_unlock_irq(l) \
	((void)REPLAY_LOCK_("spin_unlock_irq(" #l ")", l, UNLOCK))
#define spin_unlock_bh(l) \
	((void)REPLAY_LOCK_("spin_unlock_bh(" #l ")", l, UNLOCK))
#define spin_unlock_irqrestore(l, flags) \
	((void)((flags), \
		REPLAY_LOCK_("spin_unlock_irqrestore(" #l ", " #flags ")", l, \
			     UNLOCK)))
#define spin_is_locked(l) \
	(REPLAY_LOAD_("spin_is_locked(" #l ")", (l)->held, REPLAY_RELAXED) != 0)
#define raw_spin_lock(l) spin_lock(l)
#define raw_spin_trylock(l) spin_trylock(l)
#define raw_spin_unlock(l) spin_unlock(l)

#define mutex_lock(l) ((void)REPLAY_LOCK_("mutex_lock(" #l ")", l, LOCK))
#define mutex_trylock(l) REPLAY_LOCK_("mutex_trylock(" #l ")", l, TRYLOCK)
#define mutex_unlock(l) ((void)REPLAY_LOCK_("mutex_unlock(" #l ")", l, UNLOCK))
#define mutex_is_locked(l) \
	(REPLAY_LOAD_("mutex_is_locked(" #l ")", (l)->held, REPLAY_RELAXED) != 0)

#define down_read(l) ((void)REPLAY_LOCK_("down_read(" #l ")", l, READ_LOCK))
#define down_read_trylock(l) \
	REPLAY_LOCK_("down_read_trylock(" #l ")", l, READ_TRYLOCK)
#define up_read(l) ((void)REPLAY_LOCK_("up_read(" #l ")", l, READ_UNLOCK))
#define down_write(l) ((void)REPLAY_LOCK_("down_write(" #l ")", l, LOCK))
#define down_write_trylock(l) \
	REPLAY_LOCK_("down_write_trylock(" #l ")", l, TRYLOCK)
#define up_write(l) ((void)REPLAY_LOCK_("up_write(" #l ")", l, UNLOCK))
#define downgrade_write(l) \
	((void)REPLAY_LOCK_("downgrade_write(" #l ")", l, DOWNGRADE))
#define read_lock(l) ((void)REPLAY_LOCK_("read_lock(" #l ")", l, READ_LOCK))
#define read_unlock(l) \
	((void)REPLAY_LOCK_("read_unlock(" #l ")", l, READ_UNLOCK))
#define write_lock(l) ((void)REPLAY_LOCK_("write_lock(" #l ")", l, LOCK))
#define write_unlock(l) ((void)REPLAY_LOCK_("write_unlock(" #l ")", l, UNLOCK))

/* A bit that is a lock: bit_spin_lock(), lock_page(), wait_on_bit_lock(). */
void replay_bit_lock(const struct replay_site *site,
		     volatile unsigned long *word, unsigned long mask);

#define bit_spin_lock(nr, p) \
	replay_bit_lock(REPLAY_SITE("bit_spin_lock(" #nr ", " #p ")"), \
			(p) + (nr) / 64, BIT((nr) % 64))
#define bit_spin_trylock(nr, p) (!test_and_set_bit_lock(nr, p))
#define bit_spin_unlock(nr, p) clear_bit_unlock(nr, p)
#define bit_spin_is_locked(nr, p) test_bit(nr, p)

/*
 * Waiting. A thread is on one queue at a time. Sleeping and waking are the
 * scheduler's: a thread that nobody wakes is a failure, not a time-out.
 * _interruptible is the plain form: no signal ever comes.
 */

typedef struct {
	u64 waiters; /* a bit each; cleared when it is woken */
} wait_queue_head_t;

#define DECLARE_WAIT_QUEUE_HEAD(name) wait_queue_head_t name = { 0 }
#define init_waitqueue_head(q) ((void)((q)->waiters = 0))

#define TASK_RUNNING 0
#define TASK_INTERRUPTIBLE 1
#define TASK_UNINTERRUPTIBLE 2

/* @queue may also be the address of what is waited for: var and bit waits. */
void replay_prepare_to_wait(const struct replay_site *site, const void *queue);
void replay_finish_wait(const struct replay_site *site, const void *queue);
void replay_wake_up(const struct replay_site *site, const void *queue);
/* A queue that has the address of another word, for wait_var_event(). */
const void *replay_queue_of(const volatile void *var);

#define prepare_to_wait(q, wait, state) \
	replay_prepare_to_wait(REPLAY_SITE("prepare_to_wait(" #q ")"), q)
#define finish_wait(q, wait) \
	replay_finish_wait(REPLAY_SITE("finish_wait(" #q ")"), q)
#define DEFINE_WAIT(wait) const int wait __attribute__((unused)) = 0

#define wake_up(q) replay_wake_up(REPLAY_SITE("wake_up(" #q ")"), q)
#define wake_up_all(q) replay_wake_up(REPLAY_SITE("wake_up_all(" #q ")"), q)
#define wake_up_interruptible(q) \
	replay_wake_up(REPLAY_SITE("wake_up_interruptible(" #q ")"), q)
#define waitqueue_active(q) \
	(REPLAY_LOAD_("waitqueue_active(" #q ")", (q)->waiters, \
		      REPLAY_RELAXED) != 0)

/*
 * Sleeps until woken: from the queue that the thread is on, else by
 * wake_up_process() since its last set_current_state().
 */
#define schedule() replay_schedule(REPLAY_SITE("schedule()"))
#define io_schedule() replay_schedule(REPLAY_SITE("io_schedule()"))
#define set_current_state(state) \
	replay_set_state(REPLAY_SITE("set_current_state(" #state ")"), state)
#define __set_current_state(state) \
	replay_set_state(REPLAY_SITE("__set_current_state(" #state ")"), state)
/* @thread: its index in the program. */
#define wake_up_process(thread) \
	replay_wake_process(REPLAY_SITE("wake_up_process(" #thread ")"), thread)
#define current replay_current()

void replay_schedule(const struct replay_site *site);
void replay_set_state(const struct replay_site *site, unsigned int state);
void replay_wake_process(const struct replay_site *site, unsigned int thread);
/* The index of the calling thread in the program. */
unsigned int replay_current(void);

/* @cmd stands for schedule(), as in the kernel's ___wait_event(). */
#define REPLAY_WAIT_(text, q, cond, cmd)                                     \
	do {                                                                 \
		if (cond)                                                    \
			break;                                               \
		for (;;) {                                                   \
			replay_prepare_to_wait(REPLAY_SITE(text ": queue"),  \
					       q);                           \
			if (cond)                                            \
				break;                                       \
			cmd;                                                 \
		}                                                            \
		replay_finish_wait(REPLAY_SITE(text ": done"), q);           \
	} while (0)
#define REPLAY_SLEEP_(text) replay_schedule(REPLAY_SITE(text ": sleep"))

#define wait_event(q, cond)                                        \
	REPLAY_WAIT_("wait_event(" #q ", " #cond ")", &(q), cond,  \
		     REPLAY_SLEEP_("wait_event(" #q ")"))
#define wait_event_interruptible(q, cond) ({ wait_event(q, cond); 0; })
#define wait_event_killable(q, cond) ({ wait_event(q, cond); 0; })
#define wait_event_cmd(q, cond, cmd1, cmd2)                        \
	REPLAY_WAIT_("wait_event_cmd(" #q ", " #cond ")", &(q),    \
		     cond, cmd1; schedule(); cmd2)

#define wait_var_event(var, cond)                                      \
	REPLAY_WAIT_("wait_var_event(" #var ", " #cond ")",            \
		     replay_queue_of(var), cond,                       \
		     REPLAY_SLEEP_("wait_var_event(" #var ")"))
#define ___wait_var_event(var, cond, state, exclusive, ret, cmd)       \
	({                                                             \
		REPLAY_WAIT_("___wait_var_event(" #var ", " #cond ")", \
			     replay_queue_of(var), cond, cmd);         \
		(ret);                                                 \
	})
#define wake_up_var(var) \
	replay_wake_up(REPLAY_SITE("wake_up_var(" #var ")"), \
		       replay_queue_of(var))

#define wait_on_bit(p, nr, mode)                                        \
	({                                                              \
		REPLAY_WAIT_("wait_on_bit(" #p ", " #nr ")",            \
			     replay_queue_of(p),                        \
			     !test_bit_acquire(nr, p),                  \
			     REPLAY_SLEEP_("wait_on_bit(" #p ")"));     \
		0;                                                      \
	})
#define wait_on_bit_io(p, nr, mode) wait_on_bit(p, nr, mode)
#define wait_on_bit_lock(p, nr, mode)                                   \
	({                                                              \
		REPLAY_WAIT_("wait_on_bit_lock(" #p ", " #nr ")",       \
			     replay_queue_of(p),                        \
			     !test_and_set_bit_lock(nr, p),             \
			     REPLAY_SLEEP_("wait_on_bit_lock(" #p ")")); \
		0;                                                      \
	})
#define wake_up_bit(p, nr) \
	replay_wake_up(REPLAY_SITE("wake_up_bit(" #p ", " #nr ")"), \
		       replay_queue_of(p))
#define clear_and_wake_up_bit(nr, p)          \
	do {                                  \
		clear_bit_unlock(nr, p);      \
		smp_mb__after_atomic();       \
		wake_up_bit(p, nr);           \
	} while (0)

struct completion {
	u32 done;
};

#define init_completion(c) ((void)((c)->done = 0))
#define complete(c) replay_complete(REPLAY_SITE("complete(" #c ")"), c, false)
#define complete_all(c) \
	replay_complete(REPLAY_SITE("complete_all(" #c ")"), c, true)
#define wait_for_completion(c) \
	replay_wait_completion(REPLAY_SITE("wait_for_completion(" #c ")"), c)
#define completion_done(c) \
	(REPLAY_LOAD_("completion_done(" #c ")", (c)->done, REPLAY_RELAXED) != 0)

void replay_complete(const struct replay_site *site, struct completion *c,
		     bool all);
void replay_wait_completion(const struct replay_site *site,
			    struct completion *c);

/*
 * RCU. A callback runs as an agent of its own, once all readers that were
 * inside at call_rcu() have left.
 */

struct rcu_head {
	void (*func)(struct rcu_head *head);
};

#define rcu_read_lock() replay_rcu_enter(REPLAY_SITE("rcu_read_lock()"))
#define rcu_read_unlock() replay_rcu_exit(REPLAY_SITE("rcu_read_unlock()"))
#define synchronize_rcu() replay_rcu_wait(REPLAY_SITE("synchronize_rcu()"))
#define synchronize_rcu_expedited() \
	replay_rcu_wait(REPLAY_SITE("synchronize_rcu_expedited()"))
#define call_rcu(head, f) \
	replay_rcu_call(REPLAY_SITE("call_rcu(" #head ", " #f ")"), head, f)
#define kfree_rcu(p, member) \
	replay_rcu_free(REPLAY_SITE("kfree_rcu(" #p ")"), p)

void replay_rcu_enter(const struct replay_site *site);
void replay_rcu_exit(const struct replay_site *site);
void replay_rcu_wait(const struct replay_site *site);
void replay_rcu_call(const struct replay_site *site, struct rcu_head *head,
		     void (*func)(struct rcu_head *head));
void replay_rcu_free(const struct replay_site *site, const void *p);

/*
 * Deferred work: items, delayed items, timers, tasklets. Each is an agent that
 * runs its function some time after it was queued, never twice at once. They
 * are initialised in setup(), or by the thread that allocates them.
 */

struct replay_deferred {
	u32 state; /* pending, running */
};

struct work_struct {
	struct replay_deferred deferred;
	void (*func)(struct work_struct *work);
};

struct delayed_work {
	struct work_struct work;
};

struct timer_list {
	struct replay_deferred deferred;
	void (*function)(struct timer_list *timer);
};

typedef void (*work_func_t)(struct work_struct *work);

/* @starts and @ends are the steps that its own runs begin and end with. */
void replay_deferred_init(struct replay_deferred *deferred,
			  const struct replay_site *starts,
			  const struct replay_site *ends, const char *name,
			  void (*run)(void *self), void *self);
/* True if it was not pending before. */
bool replay_deferred_queue(const struct replay_site *site,
			   struct replay_deferred *deferred);
/* True if it was pending; with @wait also waits until it does not run. */
bool replay_deferred_cancel(const struct replay_site *site,
			    struct replay_deferred *deferred, bool wait);
/* Waits until it neither is pending nor runs. */
void replay_deferred_flush(const struct replay_site *site,
			   struct replay_deferred *deferred);
void replay_run_work(void *work);
void replay_run_timer(void *timer);

#define REPLAY_DEFERRED_INIT_(d, f, run, self)                            \
	replay_deferred_init(d, REPLAY_SITE(#f "() runs"),                \
			     REPLAY_SITE(#f "() has run"), #f, run, self)
#define INIT_WORK(w, f)                                                   \
	((w)->func = (f),                                                 \
	 REPLAY_DEFERRED_INIT_(&(w)->deferred, f, replay_run_work, w))
#define INIT_DELAYED_WORK(w, f) INIT_WORK(&(w)->work, f)
#define queue_work(wq, w) \
	replay_deferred_queue(REPLAY_SITE("queue_work(" #w ")"), \
			      &(w)->deferred)
#define schedule_work(w) \
	replay_deferred_queue(REPLAY_SITE("schedule_work(" #w ")"), \
			      &(w)->deferred)
#define queue_delayed_work(wq, w, delay) \
	replay_deferred_queue(REPLAY_SITE("queue_delayed_work(" #w ")"), \
			      &(w)->work.deferred)
#define schedule_delayed_work(w, delay) \
	replay_deferred_queue(REPLAY_SITE("schedule_delayed_work(" #w ")"), \
			      &(w)->work.deferred)
#define mod_delayed_work(wq, w, delay) \
	({ !replay_deferred_queue(REPLAY_SITE("mod_delayed_work(" #w ")"), \
				  &(w)->work.deferred); })
#define cancel_work(w) \
	replay_deferred_cancel(REPLAY_SITE("cancel_work(" #w ")"), \
			       &(w)->deferred, false)
#define cancel_work_sync(w) \
	replay_deferred_cancel(REPLAY_SITE("cancel_work_sync(" #w ")"), \
			       &(w)->deferred, true)
#define cancel_delayed_work(w) \
	replay_deferred_cancel(REPLAY_SITE("cancel_delayed_work(" #w ")"), \
			       &(w)->work.deferred, false)
#define cancel_delayed_work_sync(w) \
	replay_deferred_cancel(REPLAY_SITE("cancel_delayed_work_sync(" #w ")"), \
			       &(w)->work.deferred, true)
#define flush_work(w) \
	replay_deferred_flush(REPLAY_SITE("flush_work(" #w ")"), \
			      &(w)->deferred)

#define timer_setup(t, f, flags)                                          \
	((t)->function = (f),                                             \
	 REPLAY_DEFERRED_INIT_(&(t)->deferred, f, replay_run_timer, t))
/* 1 if it was active, as in the kernel. */
#define mod_timer(t, when) \
	({ !replay_deferred_queue(REPLAY_SITE("mod_timer(" #t ")"), \
				  &(t)->deferred); })
#define add_timer(t) ((void)mod_timer(t, 0))
#define del_timer(t) \
	replay_deferred_cancel(REPLAY_SITE("del_timer(" #t ")"), \
			       &(t)->deferred, false)
#define del_timer_sync(t) \
	replay_deferred_cancel(REPLAY_SITE("del_timer_sync(" #t ")"), \
			       &(t)->deferred, true)

#endif
