/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the files of the runtime share. The words of this room:
 *
 *  agent      what the scheduler picks: a thread of the program, an RCU
 *             callback, a deferred function, or a store buffer that makes one
 *             of its stores visible
 *  operation  what an agent announces before it is picked
 *  event      an operation that was picked and executed; the list of events
 *             from the start is the execution
 *  node       what is known about the point before an event: who could have
 *             been picked, who was, who need not be
 *  step       an event or a silent operation, as the table shows it
 *
 * There is one machine, rp: the kernel's vocabulary has no place for a handle.
 */
#ifndef REPLAY_PRIVATE_H
#define REPLAY_PRIVATE_H

#include "fiber.h"
#include "replay.h"

#define MAX_AGENTS 64 /* a set of agents is a u64 */
#define MAX_FIBERS 24 /* those that run code */
#define MAX_OPAQUE 16
#define NOBODY 0xff
#define NEVER (-1)

typedef u64 agents; /* a bit each */

#define AGENT_BIT(id) ((agents)1 << (id))

/*
 * Words
 */

struct word {
	char *p;
	u32 offset;  /* in the shadow */
	u32 epoch;   /* of the execution that touched it last */
	u8 size;
	u16 object;  /* 0: none */
	u8 last_writer;	   /* owner of the newest version */
	bool counted;	   /* a reference count in this execution */
	u32 version;	   /* stores so far */
	u32 other_version; /* newest one not by last_writer */
	s32 history;	   /* newest overwritten value; NEVER: none */
};

/* ARM: a value that was overwritten. */
struct stale {
	u64 value;
	u32 version; /* of the value */
	s32 until;   /* the event that overwrote it */
	s32 older;
};

enum object_state { OBJECT_LIVE, OBJECT_FREED, OBJECT_STATIC, OBJECT_STABLE };

struct object {
	u32 offset, size;
	enum object_state state;
	bool keep;
	u8 bit; /* in a set of objects, the same in all executions */
	const char *name; /* NULL: its allocation says */
	const struct replay_site *made, *freed;
};

/*
 * Operations
 */

enum op_kind {
	OP_LOAD,
	OP_STORE,
	OP_RMW,
	OP_FENCE,
	OP_RELAX,
	OP_CHOOSE,
	OP_FREE,
	OP_RCU_ENTER,
	OP_RCU_EXIT,
	OP_RCU_START, /* of a grace period */
	OP_RCU_END,
};

/* What of the thread's own store buffer must be visible before. */
enum drain {
	DRAIN_NONE,
	DRAIN_CHANGES, /* buffered changes of this word: its value is unknown */
	DRAIN_WORD,    /* this word, and what a write barrier ordered */
	DRAIN_OBJECT,  /* stores to this object */
	DRAIN_ALL,
};

/* How an event touches memory: what dependence is computed from. */
enum access_flags {
	ACCESS_READ = 1,
	ACCESS_WRITE = 2,
	ACCESS_FREE = 4,
	ACCESS_FENCE = 8,   /* ARM: later loads see what was visible now */
	ACCESS_READER = 16, /* enters or leaves an RCU reader */
	ACCESS_GRACE = 32,  /* starts a grace period */
	ACCESS_RELAX = 64,  /* may wait for a store to WORD_BITs in the mask */
};

/* A set of words in a u64: more of them than there are, never less. */
#define WORD_BIT(word) (1ull << (word) % 64)

struct access {
	u8 flags;
	u16 object; /* 0: none */
	u16 target; /* ARM: what it stores is a pointer into it; 0: none */
	u32 word;   /* 0: none */
	u64 mask;   /* the bits that matter */
	u64 later;  /* ARM: WORD_BITs that its agent may load after it */
};

struct op {
	enum op_kind kind;
	enum replay_rmw rmw;
	u16 order; /* enum replay_order */
	enum drain drain;
	bool refcount;
	bool lock; /* takes or releases a lock */
	bool tolerant; /* without effect on an object that was freed */
	struct access access;
	u64 a, b;
	/* Enabled only while no bit of the first and a bit of the second is set. */
	u64 need_clear, need_set;
	u32 choices; /* OP_CHOOSE */
	const struct replay_site *site;
};

/*
 * Agents
 */

enum agent_kind { AGENT_THREAD, AGENT_CALLBACK, AGENT_DEFERRED, AGENT_BUFFER };

/* A store that is not visible yet. */
struct entry {
	struct op op;
	u32 sequence;
	u32 after;    /* visible after older ones with a lower sequence */
	s32 issued;   /* the thread's last event when it was issued */
};

struct sighting {
	u32 word, version;
};

#define MAX_SIGHTINGS 32

/* A place in the source, and what is loaded from there on. */
struct spot {
	const struct replay_site *site;
	u32 epoch; /* of the execution that was there last */
	u64 loads; /* WORD_BITs */
};

struct agent {
	u8 id;
	u8 owner; /* the agent whose memory it is: itself, but for a buffer */
	enum agent_kind kind;
	bool over;	 /* ended, or failed */
	bool idle_ok;	 /* may wait forever: a deferred function */
	u32 number;	 /* among those of its kind, and owner for a buffer */
	const char *name;
	const struct op *op;
	struct op first; /* the operation that starts it */
	struct fiber *fiber;
	void (*run)(void *arg);
	void *arg;
	const struct replay_site *starts, *ends; /* what is no thread's */
	void (*deferred_run)(void *self);
	void *deferred_self;
	u32 n_events;
	s32 last_event; /* depth; NEVER: none */
	s32 born;	/* the creator's last event */
	struct agent *creator; /* NULL: setup() */
	u64 history;	/* digest of what its operations returned */
	const char *says; /* text of its next step; NULL: the source's */
	u32 brk, brk_end; /* where its next object goes */

	u32 n_buffer;
	u32 sequence, barrier;
	u32 buffered_word; /* of a buffer: its word; 0: any */
	u32 n_buffers;	   /* that it has */
	s32 window;	   /* ARM: stale is what was overwritten later */
	u32 spot;	   /* ARM: where it is */

	u32 n_sightings;
	u32 n_relaxed; /* what n_sightings was at the last relax */
	u32 queue; /* the word of the wait queue it is on; 0: none */

	u32 depth, section; /* RCU: nesting, number of the outermost reader */
	bool reading;	    /* as others see it */
	agents grace;	    /* RCU_END: the readers to wait for, */
	/* Only what stands above is cleared for a new execution. */
	u32 grace_section[MAX_AGENTS]; /* and in which section */
	struct sighting sightings[MAX_SIGHTINGS];
	struct entry *buffer;
	u32 buffer_size;
	u32 *seen; /* ARM: by word, the oldest version that it may load */
	u32 seen_size;
	s32 *followed; /* ARM: by object, what window is to its words alone */
	u32 followed_size;
	struct spot *spots; /* ARM: of all executions */
	u32 n_spots, spots_size;
};

/*
 * Events and nodes
 */

struct event {
	u8 agent;
	u8 owner;
	u8 kind; /* enum op_kind */
	bool flush;
	u16 choice, choices;
	u32 index;    /* among the agent's events, from 1 */
	u32 sequence; /* flush: of the entry; RCU_EXIT: the section */
	u32 after;    /* of its own stores, those before had to be visible */
	u32 version;  /* of the word, after a write */
	u64 before;   /* what the word held, */
	u64 result;   /* and holds, after a write */
	struct access access;
};

struct node {
	agents enabled;
	agents todo; /* to be explored here, or explored */
	agents done;
	agents sleep; /* covered elsewhere */
	u32 preemptions; /* before this point */
	u8 runner;	 /* the last agent that is not a buffer */
};

/* By agent, the number of its events that happened before. */
struct clock {
	s16 of[MAX_AGENTS];
};

enum end {
	END_NONE,
	END_WHOLE,
	END_STUCK,    /* nobody can go on, not all have ended */
	END_COVERED,  /* only agents are left that need not be explored */
	END_BOUND,    /* a preemption too many */
	END_STEPS,    /* too long */
	END_FAILED,
	END_MISMATCH, /* the schedule cannot be followed */
	END_UNSUPPORTED,
};

struct machine {
	const struct replay_program *program;
	struct replay_options options;
	enum replay_memory memory;
	enum replay_mode mode;

	/* The execution */
	u32 epoch;
	u32 depth;  /* events so far */
	u32 replay; /* up to here events say who is picked */
	u32 fresh;  /* from here on events are filled in */
	struct event *events;
	struct node *nodes;
	struct clock *clocks;
	u32 events_size;
	u32 *races; /* of one event */
	u32 races_size;
	struct agent agents[MAX_AGENTS];
	u32 n_agents;
	agents alive; /* created, not over */
	u32 numbers[4];
	struct agent *running;
	struct agent outside; /* setup() and at_rest() */
	bool solo;	      /* they run */
	bool starting;	      /* threads run up to their first operation */
	enum end end;
	struct fiber home;
	struct fiber fibers[MAX_FIBERS];
	u32 n_fibers;
	jmp_buf solo_exit;
	bool faulted; /* in the current event */
	bool in_event;
	u32 fault_depth; /* events up to the first failure */

	/* Its end */
	u32 failures; /* bit by enum replay_failure */
	bool dropped; /* a thread was given up */
	enum replay_failure failure;
	char *message;
	char *unsupported;
	u64 outcome;

	/* Memory */
	char *arena;  /* objects; the first page is the runtime's */
	char *queues; /* a word for every place in the arena and in statics */
	u32 *word_ids;
	u16 *object_ids;
	struct word *words;
	u32 n_words, words_size;
	struct object *objects;
	u32 n_objects, objects_size;
	u32 *touched;
	u32 n_touched, touched_size;
	struct stale *stale;
	u32 n_stale, stale_size;
	s32 grace_event; /* ARM: the last start of a grace period */
	bool learned;	 /* ARM: something new about what is loaded */
	/* ARM: by the bit of an object, those that pointers lead to from it. */
	u64 reached[64];

	/* Opaque conditions, by text; values since the start */
	const char *opaque_texts[MAX_OPAQUE];
	u32 n_opaque;
	u32 opaque_asked, opaque_true; /* bit by index, in this execution */

	/* What the schedule string asks for */
	const char *script; /* what is left of it; NULL: nothing asked */
	u32 script_done;    /* events of its first run */

	/* The trace, when it is recorded */
	bool tracing;
	struct replay_step *steps;
	u32 n_steps, steps_size;
};

extern struct machine rp;

#define RP_RCU_WORD (MAX_AGENTS)	 /* own words: 0 on are task states */
#define RP_OPAQUE_WORD (MAX_AGENTS + 1)

/* util.c: memory that cannot run out, text that cannot overflow. */
void *rp_grow(void *array, u32 *size, u32 needed, size_t item);
void *rp_copy(const void *data, size_t size);
char *rp_format(const char *format, ...)
	__attribute__((format(printf, 1, 2)));
/*
 * Digests: splitmix64's finalizer. Digests are also added up, and with less
 * mixing than this the sums of small differences cancel out.
 */
static inline u64 rp_mix(u64 h, u64 v)
{
	h = h * 31 + v + 0x9e3779b97f4a7c15ull;
	h = (h ^ h >> 30) * 0xbf58476d1ce4e5b9ull;
	h = (h ^ h >> 27) * 0x94d049bb133111ebull;
	return h ^ h >> 31;
}

/* memory.c */
int rp_memory_init(void);
void rp_memory_destroy(void);
void rp_memory_reset(void);
/* Gives @a the @n-th slice of the arena to allocate from. */
void rp_memory_slice(struct agent *a, u32 n);
/* The word at @p, or a failure, which does not return. */
u32 rp_word_at(const volatile void *p, size_t size,
	       const struct replay_site *site);
/* Touches all of that word, and neither reads nor writes yet. */
struct access rp_access_at(const volatile void *p, size_t size,
			   const struct replay_site *site);
/* A word of the runtime's own, @index < 512: all but zeroed at the start. */
u32 rp_own_word(u32 index);
u16 rp_object_at(const volatile void *p);
u64 rp_peek(const struct word *w);
void rp_poke(struct word *w, u64 value);
/* Is the word's object freed? Then it reports so. */
bool rp_check_freed(const struct access *a, const struct replay_site *site);
void rp_check_leaks(void);
char *rp_object_text(u16 object);
void rp_free_object(u16 object, const struct replay_site *site);

/* buffer.c: what a thread sees of memory, and when others see its stores. */
/*
 * What @a loads in the @order (enum replay_order). @ev NULL: outside of the
 * execution. The version is what was loaded.
 */
u64 rp_view(struct agent *a, u32 word, u16 order, struct event *ev,
	    u32 *ret_version);
/* ARM: what was overwritten until then, @a does not load from @object. */
s32 rp_window(const struct agent *a, u16 object);
/* ARM: when what came after rp.stale[@older] became visible. */
static inline s32 rp_since(s32 older)
{
	return older == NEVER ? NEVER : rp.stale[older].until;
}
/* ARM: @a takes the newest value of @word, a pointer, and may follow it. */
void rp_follow_newest(struct agent *a, u32 word);
void rp_publish(struct agent *owner, u32 word, u64 value);
/* ARM: @a will not load anything older of @word any more. */
void rp_saw_newest(struct agent *a, u32 word);
void rp_buffer_push(struct agent *a, const struct op *op);
bool rp_buffer_drained(const struct agent *a, const struct op *op);
const struct entry *rp_buffer_next(const struct agent *buffer);
bool rp_buffer_enabled(const struct agent *buffer);
void rp_buffer_flush(struct agent *buffer);
/* The newest version of @word that @owner did not store. */
u32 rp_foreign_version(u32 word, u8 owner);

/* step.c: what an operation does. */
u64 rp_step(struct op *op);
u64 rp_do(struct agent *a, const struct op *op, struct event *ev);
/* The event of @a that does @op. */
u64 rp_perform(struct agent *a, const struct op *op);
static inline bool rp_guard(const struct op *op, u64 value)
{
	return !(value & op->need_clear) &&
	       (!op->need_set || (value & op->need_set));
}
/* Orders @op as the memory does. */
void rp_order(struct op *op);
/* @a will do @op next. */
void rp_announce(struct agent *a, struct op *op);
bool rp_enabled(const struct agent *a);
struct access rp_access(const struct agent *a);
/* Reads, changes and writes the word of @op; returns what it held. */
u64 rp_change(struct agent *owner, const struct op *op, struct event *ev);
/* The end of an RCU reader, as others see it. */
void rp_leave_reader(struct agent *a, struct event *ev);

/* sched.c: who runs. */
int rp_sched_init(void);
void rp_sched_destroy(void);
void rp_run(void);
struct agent *rp_agent_new(enum agent_kind kind, const struct agent *parent);
/* A new agent that runs @run(@arg) after the operation @first. */
struct agent *rp_spawn(enum agent_kind kind, const struct op *first,
		       void (*run)(void *arg), void *arg);
void rp_yield(struct agent *me);
struct event *rp_event_begin(struct agent *a, enum op_kind kind);
void rp_event_end(struct agent *a, struct event *ev);
agents rp_all_enabled(void);
/* Records a failure; the caller goes on. */
void rp_fault(enum replay_failure failure, const struct replay_site *site,
	      char *text);
/* Ends the calling agent after a failure; does not return. */
__attribute__((noreturn)) void rp_die(void);
__attribute__((noreturn)) void rp_unsupported(char *text);

/* explore.c: which executions. */
int rp_pick_new(void);
void rp_node_forced(struct agent *a);
bool rp_backtrack(void);
/* Is the event at depth @d a preemption? */
bool rp_preempts(u32 d);
/* Is it something to @x when another thread stores to @word? */
static inline bool rp_notices(const struct access *x, u32 word)
{
	return (x->flags & ACCESS_FENCE && x->later & WORD_BIT(word)) ||
	       (x->flags & ACCESS_RELAX && x->mask & WORD_BIT(word));
}

/*
 * Whoever loads the pointer that @x stores sees of its target, and of what is
 * reached from there, what was visible then: does @y change any of it?
 */
static inline bool rp_aims_at(const struct access *x, const struct access *y)
{
	if (!x->target || !y->object || !(y->flags & ACCESS_WRITE))
		return false;
	return x->target == y->object ||
	       rp.reached[rp.objects[x->target].bit] >>
	       rp.objects[y->object].bit & 1;
}

/* Two accesses by different agents that may not change places. */
static inline bool rp_conflict(const struct access *x, u8 x_owner,
			       const struct access *y, u8 y_owner)
{
	u8 both = x->flags | y->flags;

	if (x->word == y->word && x->word && (x->mask & y->mask) &&
	    (both & ACCESS_WRITE))
		return true;
	if (rp_aims_at(x, y) || rp_aims_at(y, x))
		return true;
	if (!(both & ~(ACCESS_READ | ACCESS_WRITE)))
		return false;
	if (both & ACCESS_FREE && x->object == y->object && x->object)
		return true;
	if (both & ACCESS_READER && both & ACCESS_GRACE)
		return true;
	if (x_owner == y_owner)
		return false;
	return (y->flags & ACCESS_WRITE && rp_notices(x, y->word)) ||
	       (x->flags & ACCESS_WRITE && rp_notices(y, x->word));
}

/* future.c: ARM: what an agent may still load, and follow. */
/* @a is about to do @op: fills in what it may load after it. */
void rp_future_visit(struct agent *a, struct op *op);
void rp_future_load(struct agent *a, u32 word);
/* Somebody loaded a pointer to the object @to from a word of @from. */
void rp_future_follow(u16 from, u16 to);
/* From where it is, its next operation included. */
bool rp_may_load(const struct agent *a, u32 word);

/* dpor.c: which reversals are needed. */
/* @a did the event at this depth, and knows nothing of it yet. */
void rp_dpor_event(const struct agent *a);
void rp_dpor_end(void);

/* bound.c: preemption bounding over a cache of states. */
int rp_bound_pick(agents enabled, struct node *n);
void rp_bound_start(u32 bound);
bool rp_bound_hit(void);
u64 rp_bound_states(void);
bool rp_bound_full(void);
void rp_bound_destroy(void);

/* schedule.c: schedules as text. */
/* Of the first @end events. */
char *rp_schedule_text(u32 end);
/* The next of the script: who, and in @ret_choice what. NOBODY: at its end. */
int rp_schedule_next(u32 *ret_choice);
char *rp_agent_code(const struct agent *a);

/* trace.c: what was done, when somebody wants to read it. */
void rp_trace_step(struct agent *a, const struct op *op, u64 old,
		   u64 new, bool changed, bool stale);
static inline void rp_trace(struct agent *a, const struct op *op, u64 old,
			    u64 new, bool changed, bool stale)
{
	if (__builtin_expect(rp.tracing, 0))
		rp_trace_step(a, op, old, new, changed, stale);
}
void rp_steps_free(struct replay_step *steps, u32 n);

#endif
