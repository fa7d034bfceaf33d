// SPDX-License-Identifier: GPL-2.0-only
/*
 * An event list on the replay runtime without a compiler: each thread is a
 * fiber that goes through its ops and calls the runtime for each. It says the
 * same as the C that emit_c.c writes, word for word: the same accesses in the
 * same order with the same ordering, so that a schedule of one runs the other.
 *
 * Whatever a thread needs lies on its fiber's stack: the runtime leaves it
 * there when a run ends early.
 */
#include "events/interpret.h"

#include <stdint.h>
#include <string.h>

#include <replay.h>

#include "events/forms.h"

/* A thread that runs as many ops without a look at memory is dropped. */
#define MAX_LOCAL 1000
#define MAX_REGS 64

/* A word may be a lock of 8 bytes, or name a queue: those are 8 apart. */
#define WORD_SIZE 8

/* An agent's own words, as the emitted C has them. */
struct agent_words {
	struct rcu_head head;
	int called;	/* a callback: 1 waits, 2 runs */
	struct replay_deferred work;
};

struct actor {			/* what runs a thread */
	struct interpreter *in;
	int thread;
	int arg;
	struct agent_words words;
};

struct interpreter {
	struct replay_program program;
	const struct program *list;
	struct actor *actors;	/* by thread */
	void **objects;		/* by number; [0] is NULL */
	int *taken;		/* by type: how many of its pool */
	bool **atomic;		/* [type][field]: an RMW is done with it */
	unsigned int **locks;	/* the same: 1 << each enum lock_kind */
	struct replay_site **sites; /* [thread][op] */
	struct replay_site *rest; /* by invariant */
	int *words;		/* room for those of any object, at rest */
};

struct frame {
	const struct interpreter *in;
	const struct thread *thread;
	const struct replay_site *site;	/* of the op at hand */
	const void *queue;
	int regs[MAX_REGS];
};

/* ---- values ---- */

static int eval(const struct value *v, const int *regs)
{
	switch (v->kind) {
	case VALUE_CONST:
		return v->number;
	case VALUE_REG:
		return regs[v->number];
	case VALUE_UNARY:
		return value_operate_unary(v->op, eval(v->a, regs));
	case VALUE_BINARY:
		return value_operate(v->op, eval(v->a, regs),
				     eval(v->b, regs));
	}
	g_assert_not_reached();
}

static int fit(int number)
{
	if (number < PROGRAM_MIN || number > PROGRAM_MAX)
		replay_drop("a value is too large");
	return number;
}

static int value(const struct frame *f, const struct value *v)
{
	return eval(v, f->regs);
}

static int fitting(const struct frame *f, const struct value *v)
{
	return fit(value(f, v));
}

/* ---- objects and words ---- */

static int object_number(const struct frame *f, const struct value *v, int type)
{
	const struct program *p = f->in->list;
	int number = value(f, v);

	if (number < 0 || number > p->n_objects ||
	    (number && type >= 0 && p->objects[number - 1].type != type))
		replay_drop("no such object");
	return number;
}

/* NULL's words are somewhere, too: the runtime knows that nothing is there. */
static void *word_in(const void *object, int field)
{
	return (void *)((uintptr_t)object +
			(uintptr_t)(field + 1) * WORD_SIZE);
}

static void *word(const struct frame *f, const struct op *op)
{
	int number = object_number(f, op->place.object, op->place.type);

	return word_in(f->in->objects[number], op->place.field);
}

static const struct field *field_of(const struct frame *f, const struct op *op)
{
	return &f->in->list->types[op->place.type].fields[op->place.field];
}

static bool is_atomic(const struct frame *f, const struct op *op)
{
	return f->in->atomic[op->place.type][op->place.field];
}

/* ---- memory ---- */

static int load(const struct frame *f, const struct op *op)
{
	bool pointer = field_of(f, op)->pointer && !is_atomic(f, op) &&
		       op->order != ORDER_PLAIN;

	/* what is loaded through a pointer is loaded later on any machine */
	return (int)replay_load(f->site, word(f, op), sizeof(int),
				op->order == ORDER_ACQUIRE || pointer ?
				REPLAY_ACQUIRE : REPLAY_RELAXED);
}

static void store(const struct frame *f, const struct op *op)
{
	void *to = word(f, op);
	int number = fitting(f, op->value);

	if (field_of(f, op)->count && number < 0)
		replay_fail(f->site, REPLAY_UNDERFLOW);
	replay_store(f->site, to, sizeof(int), (u64)number,
		     op->order == ORDER_RELEASE ? REPLAY_RELEASE :
						  REPLAY_RELAXED);
	if (op->order == ORDER_FULL)
		replay_fence(f->site, REPLAY_MB);
}

/* An RMW whose result nobody wants and that orders nothing. */
static bool is_void(const struct op *op)
{
	return op->result < 0 && op->order <= ORDER_ONCE;
}

static enum replay_order order_of(const struct op *op)
{
	static const enum replay_order orders[] = {
		[ORDER_PLAIN] = REPLAY_RELAXED, [ORDER_ONCE] = REPLAY_RELAXED,
		[ORDER_ACQUIRE] = REPLAY_ACQUIRE,
		[ORDER_RELEASE] = REPLAY_RELEASE, [ORDER_FULL] = REPLAY_FULL,
	};

	return orders[op->order];
}

static int change(const struct frame *f, const struct op *op,
		  enum replay_rmw kind, int a, int b, enum replay_order order)
{
	return (int)replay_rmw(f->site, word(f, op), sizeof(int), kind, (u64)a,
			       (u64)b, order);
}

/* With its operands @a and @b. */
static int rmw(const struct frame *f, const struct op *op, int a, int b)
{
	enum replay_order order = is_void(op) ? REPLAY_VOID : order_of(op);
	int old;

	switch (op->rmw) {
	case RMW_ADD:
		old = change(f, op, REPLAY_ADD, a, 0, order);
		return is_void(op) ? 0 : fit(old + a);
	case RMW_OR:
		return change(f, op, REPLAY_OR, a, 0, order) & a;
	case RMW_ANDNOT:
		return change(f, op, REPLAY_AND, ~a, 0, order) & a;
	case RMW_XCHG:
		return change(f, op, REPLAY_XCHG, fit(a), 0, order_of(op));
	case RMW_CMPXCHG:
		return change(f, op, REPLAY_CMPXCHG, fit(b), fit(a),
			      order_of(op));
	case RMW_ADD_UNLESS:
		return change(f, op, REPLAY_ADD_UNLESS, fit(a), fit(b),
			      REPLAY_FULL) != b;
	}
	g_assert_not_reached();
}

static int run_rmw(const struct frame *f, const struct op *op)
{
	return rmw(f, op, value(f, op->value),
		   op->expected ? value(f, op->expected) : 0);
}

static void fence(const struct frame *f, const struct op *op)
{
	replay_fence(f->site, op->order == ORDER_FULL ? REPLAY_MB :
			      op->order == ORDER_ACQUIRE ? REPLAY_RMB :
							   REPLAY_WMB);
}

/* ---- objects ---- */

static void use(const struct frame *f, const struct op *op)
{
	replay_load(f->site, f->in->objects[object_number(f, op->value, -1)],
		    sizeof(int), REPLAY_RELAXED);
}

static bool is_pooled(const struct program *p, int i, int type)
{
	return p->objects[i].type == type && !p->objects[i].exists;
}

static int allocate(const struct frame *f, const struct op *op)
{
	const struct program *p = f->in->list;
	int i, n = 0;

	for (i = 0; i < p->n_objects; i++)
		n += is_pooled(p, i, op->number);
	if (n)
		n -= (int)replay_rmw(f->site, &f->in->taken[op->number],
				     sizeof(int), REPLAY_ADD, 1, 0,
				     REPLAY_RELAXED);
	if (n <= 0)
		replay_drop("no object is left");
	/* the last but n - 1 */
	for (i = p->n_objects - 1; n; i--)
		n -= is_pooled(p, i, op->number);
	return i + 2;
}

static void release(const struct frame *f, const struct op *op)
{
	const struct program *p = f->in->list;
	int number = object_number(f, op->value, -1);

	if (!number || !p->types[p->objects[number - 1].type].stable)
		replay_free(f->site, f->in->objects[number]);
}

/* ---- locks ---- */

static int bit_lock(const struct frame *f, const struct op *op)
{
	unsigned long *held = word(f, op);

	switch (op->kind) {
	case OP_LOCK:
		replay_bit_lock(f->site, held, 1);
		return 1;
	case OP_TRYLOCK:
		return !replay_bit(f->site, held, 1, REPLAY_OR,
				   REPLAY_ACQUIRE);
	default:
		replay_bit(f->site, held, 1, REPLAY_AND, REPLAY_RELEASE);
		return 0;
	}
}

static int lock(const struct frame *f, const struct op *op)
{
	unsigned int kinds = f->in->locks[op->place.type][op->place.field];
	enum replay_lock how = (enum replay_lock)(op->kind - OP_LOCK);

	if (kinds == 1u << LOCK_BIT)
		return bit_lock(f, op);
	if (op->lock == LOCK_READ)
		how += REPLAY_READ_LOCK;
	return replay_lock(f->site, word(f, op), how);
}

/* ---- agents ---- */

static void run_thread(struct actor *actor, int arg);

static void callback(struct rcu_head *head)
{
	static const struct replay_site site = { INTERPRETER_FILE, 1,
						 "a callback" };
	struct actor *a = container_of(head, struct actor, words.head);
	int arg = a->arg;

	replay_store(&site, &a->words.called, sizeof(int), 2, REPLAY_RELAXED);
	run_thread(a, arg);
	replay_store(&site, &a->words.called, sizeof(int), 0, REPLAY_RELAXED);
}

static void call_rcu_with(const struct frame *f, const struct op *op)
{
	struct actor *a = &f->in->actors[op->number];
	int arg = fitting(f, op->value);
	int old = (int)replay_rmw(f->site, &a->words.called, sizeof(int),
				  REPLAY_CMPXCHG, 0, 1, REPLAY_FULL);

	if (old == 1 && arg == a->arg)
		replay_fail(f->site, REPLAY_DOUBLE_FREE);
	if (old)
		replay_drop("no callback is left");
	a->arg = arg;
	replay_rcu_call(f->site, &a->words.head, callback);
}

static void run_deferred(void *self)
{
	struct actor *a = self;

	run_thread(a, a->arg);
}

static int start(const struct frame *f, const struct op *op)
{
	struct actor *a = &f->in->actors[op->number];
	int arg = value(f, op->value);

	if (replay_deferred_queue(f->site, &a->words.work)) {
		a->arg = arg;
		return 1;
	}
	/* another item than this agent stands for */
	if (a->arg != arg)
		replay_drop("no agent is left");
	return 0;
}

/* ---- a thread ---- */

static int choose_one(const struct frame *f, const struct op *op)
{
	if (op->assumed && op->number == 2)
		return replay_opaque(f->site);
	return (int)replay_choose(f->site, (unsigned int)op->number);
}

static void wait_on(struct frame *f, const struct op *op)
{
	f->queue = replay_queue_of(word(f, op));
	replay_prepare_to_wait(f->site, f->queue);
}

/* What an op does; its result, or 0. */
static int effect(struct frame *f, const struct op *op)
{
	switch (op->kind) {
	case OP_SET:		return fitting(f, op->value);
	case OP_CHOOSE:		return choose_one(f, op);
	case OP_LOAD:		return load(f, op);
	case OP_RMW:		return run_rmw(f, op);
	case OP_ALLOC:		return allocate(f, op);
	case OP_LOCK:
	case OP_TRYLOCK:
	case OP_UNLOCK:		return lock(f, op);
	case OP_START:		return start(f, op);
	case OP_STORE:		store(f, op); break;
	case OP_FENCE:		fence(f, op); break;
	case OP_USE:		use(f, op); break;
	case OP_FREE:		release(f, op); break;
	case OP_RCU_LOCK:	replay_rcu_enter(f->site); break;
	case OP_RCU_UNLOCK:	replay_rcu_exit(f->site); break;
	case OP_SYNCHRONIZE:	replay_rcu_wait(f->site); break;
	case OP_PREPARE:	wait_on(f, op); break;
	case OP_SCHEDULE:	replay_schedule(f->site); break;
	case OP_WAKE:
		replay_wake_up(f->site, replay_queue_of(word(f, op)));
		break;
	case OP_FINISH:
		if (f->queue)
			replay_finish_wait(f->site, f->queue);
		break;
	case OP_RELAX:		replay_relax(f->site); break;
	case OP_CALL_RCU:	call_rcu_with(f, op); break;
	case OP_DROP:		replay_drop("a bound");
	case OP_ASSERT:
		if (!value(f, op->value))
			replay_fail(f->site, REPLAY_ASSERTION);
		break;
	default:		break; /* jumps and the end: run_thread() */
	}
	return 0;
}

static void run_thread(struct actor *actor, int arg)
{
	const struct interpreter *in = actor->in;
	struct frame f = { .in = in,
			   .thread = &in->list->threads[actor->thread] };
	int i, pc = 0, n_local = 0, result;

	for (i = 0; i < f.thread->n_regs; i++)
		f.regs[i] = f.thread->initial[i];
	if (f.thread->agent && f.thread->n_regs)
		f.regs[0] = arg;
	for (;;) {
		const struct op *op = &f.thread->ops[pc];

		f.site = &in->sites[actor->thread][pc++];
		n_local = op_is_local(op->kind) ? n_local + 1 : 0;
		if (n_local > MAX_LOCAL)
			replay_drop("a loop that looks at nothing");
		if (op->kind == OP_END)
			return;
		if (op->kind == OP_GOTO ||
		    (op->kind == OP_BRANCH && value(&f, op->value)))
			pc = op->target;
		result = effect(&f, op);
		if (op->result >= 0 &&
		    g_ascii_toupper(*form_of(op)->operands) == 'R')
			f.regs[op->result] = result;
	}
}

static void run_actor(void *actor)
{
	run_thread(actor, 0);
}

/* ---- before and after ---- */

static struct interpreter *running(void)
{
	return container_of(replay_running(), struct interpreter, program);
}

static void make_object(struct interpreter *in, int i)
{
	static const struct replay_site site = { INTERPRETER_FILE, 1,
						 "setup" };
	const struct object *o = &in->list->objects[i];
	const struct type *t = &in->list->types[o->type];
	size_t size = (size_t)(t->n_fields + 1) * WORD_SIZE;
	char *made = replay_object(&site, size, o->name, t->stable);
	int k, *to;

	in->objects[i + 1] = made;
	for (k = 0; k < t->n_fields; k++) {
		to = word_in(made, k);
		if (t->fields[k].lock)
			continue;
		*to = o->initial[k];
		if (in->atomic[o->type][k] && t->fields[k].count)
			replay_watch_count(to, sizeof(*to));
	}
}

static void setup(void)
{
	static const struct replay_site starts = { INTERPRETER_FILE, 1,
						   "runs" };
	static const struct replay_site ends = { INTERPRETER_FILE, 1,
						 "has run" };
	struct interpreter *in = running();
	const struct program *p = in->list;
	int i;

	for (i = 0; i < p->n_types; i++)
		replay_add_static(&in->taken[i], sizeof(int), "pool");
	for (i = 0; i < p->n_threads; i++) {
		struct actor *a = &in->actors[i];

		if (!p->threads[i].agent)
			continue;
		replay_add_static(&a->words, sizeof(a->words), "agent");
		replay_deferred_init(&a->words.work, &starts, &ends,
				     p->threads[i].name, run_deferred, a);
	}
	for (i = 0; i < p->n_objects; i++)
		make_object(in, i);
}

/* Is the object made already, if it was not there at the start? */
static bool is_made(const struct interpreter *in, int i,
		    const struct replay_site *site)
{
	const struct program *p = in->list;
	int k, n, type = p->objects[i].type;

	if (p->objects[i].exists)
		return true;
	n = (int)replay_load(site, &in->taken[type], sizeof(int),
			     REPLAY_RELAXED);
	for (k = 0; k < i; k++)
		n -= is_pooled(p, k, type);
	return n > 0;
}

static void check_at_rest(const struct interpreter *in,
			  const struct invariant *v,
			  const struct replay_site *site, int i)
{
	const struct type *t = &in->list->types[v->type];
	int k;

	if (replay_is_freed(in->objects[i + 1]) || !is_made(in, i, site))
		return;
	for (k = 0; k < t->n_fields; k++)
		if (!t->fields[k].lock)
			in->words[k] = (int)replay_load(
				site, word_in(in->objects[i + 1], k),
				sizeof(int), REPLAY_RELAXED);
	if (!eval(v->holds, in->words))
		replay_fail(site, REPLAY_MISMATCH);
}

static void at_rest(void)
{
	const struct interpreter *in = running();
	const struct program *p = in->list;
	int i, k;

	for (i = 0; i < p->n_invariants; i++)
		for (k = 0; k < p->n_objects; k++)
			if (p->objects[k].type == p->invariants[i].type)
				check_at_rest(in, &p->invariants[i],
					      &in->rest[i], k);
}

/* ---- making one ---- */

/* Each choice has a text of its own: the same text is the same choice. */
static struct replay_site *sites_of(const struct program *p, int thread,
				    struct arena *a)
{
	const struct thread *t = &p->threads[thread];
	struct replay_site *sites = arena_new_array(a, struct replay_site,
						    t->n_ops);
	char *text;
	int i;

	for (i = 0; i < t->n_ops; i++) {
		const struct op *op = &t->ops[i];

		sites[i].file = op->at.file ? op->at.file : "no place";
		sites[i].line = op->at.line;
		sites[i].text = op->text ? op->text : form_of(op)->name;
		if (op->kind != OP_CHOOSE)
			continue;
		text = g_strdup_printf("%s [%d.%d]", op->text ? op->text : "",
				       thread, i);
		sites[i].text = arena_copy(a, text, strlen(text) + 1);
		g_free(text);
	}
	return sites;
}

static void note_uses(struct interpreter *in, const struct thread *t)
{
	int i;

	for (i = 0; i < t->n_ops; i++) {
		const struct op *op = &t->ops[i];

		if (op->kind == OP_RMW)
			in->atomic[op->place.type][op->place.field] = true;
		if (strchr(form_of(op)->operands, 'k'))
			in->locks[op->place.type][op->place.field] |=
				1u << op->lock;
	}
}

static void add_thread(struct interpreter *in, int i, struct replay_thread *to,
		       struct arena *a)
{
	const struct thread *t = &in->list->threads[i];

	in->actors[i].in = in;
	in->actors[i].thread = i;
	in->sites[i] = sites_of(in->list, i, a);
	note_uses(in, t);
	if (t->agent)
		return;
	to[in->program.n_threads++] = (struct replay_thread){
		t->name, run_actor, &in->actors[i]
	};
}

struct interpreter *interpreter_new(const struct program *p, struct arena *a)
{
	struct interpreter *in = arena_new_object(a, struct interpreter);
	struct replay_thread *threads;
	int i, most = 0;

	in->list = p;
	in->actors = arena_new_array(a, struct actor, p->n_threads);
	in->objects = arena_new_array(a, void *, p->n_objects + 1);
	in->taken = arena_new_array(a, int, p->n_types);
	in->atomic = arena_new_array(a, bool *, p->n_types);
	in->locks = arena_new_array(a, unsigned int *, p->n_types);
	in->sites = arena_new_array(a, struct replay_site *, p->n_threads);
	for (i = 0; i < p->n_types; i++) {
		in->atomic[i] = arena_new_array(a, bool, p->types[i].n_fields);
		in->locks[i] = arena_new_array(a, unsigned int,
					       p->types[i].n_fields);
		most = MAX(most, p->types[i].n_fields);
	}
	in->words = arena_new_array(a, int, most);
	in->rest = arena_new_array(a, struct replay_site, p->n_invariants);
	for (i = 0; i < p->n_invariants; i++)
		in->rest[i] = (struct replay_site){ "at rest", 1,
						    p->invariants[i].text };
	threads = arena_new_array(a, struct replay_thread, p->n_threads);
	for (i = 0; i < p->n_threads; i++)
		add_thread(in, i, threads, a);
	in->program.name = p->name;
	in->program.threads = threads;
	in->program.setup = setup;
	in->program.at_rest = at_rest;
	return in;
}

const struct replay_program *interpreter_program(const struct interpreter *in)
{
	return &in->program;
}
