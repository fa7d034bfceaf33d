// SPDX-License-Identifier: GPL-2.0-only
/*
 * How many references there are at the start: the sum of their owners. These
 * are flags that are set, callers that handed one over, callers that hold the
 * object while it is used, and whatever a lookup without a question relies on.
 *
 * What a thread drops beyond what it takes is seen by running it alone, with
 * references to spare and a probe behind its last op; or behind the finding's
 * function, if it waits for something that only that one does. Where it cannot
 * end then either, the paths of its function have to tell, which know less of
 * objects that were found.
 */
#include "lower/private.h"

#include <string.h>

#include "events/machine.h"

/* References to spare; states of a thread that runs alone. */
#define PLENTY 16
#define ALONE_STATES 2000
#define MOST_CONSUMED 3
/* Of a thread with its probe. */
#define MAX_REGS 60
#define PROBE "every reference is accounted for"

/* ---- flags that own one ---- */

static bool is_owner(const struct builder *b, const struct pair *p,
		     const char *record)
{
	return p->object_record == record &&
	       !(b->subject->pair == p && !b->fix &&
		 owns_nothing(b->subject));
}

/* Calls @fn for each flag that owns a reference on such an object. */
static void each_owner(struct builder *b, const char *record,
		       void (*fn)(struct builder *b, struct kind *k,
				  struct word *w, const struct bit *bit,
				  void *data), void *data)
{
	guint i;

	for (i = 0; i < b->flow->pairs->len; i++) {
		const struct pair *p = b->flow->pairs->pdata[i];
		struct bit *bit;
		struct word *w;

		if (!is_owner(b, p, record))
			continue;
		w = word_of_flag(b, &p->flag, &bit);
		if (w)
			fn(b, kind_of(b, p->flag.record), w, bit, data);
	}
}

static void count_owner(struct builder *b, struct kind *k, struct word *w,
			const struct bit *bit, void *data)
{
	*(int *)data += bit ? bit->set : w->initial != 0;
}

static int flag_owners(struct builder *b, const char *record)
{
	int n = 0;

	each_owner(b, record, count_owner, &n);
	return n;
}

/* ---- a thread alone ---- */

struct probe {
	struct builder *b;
	struct thread *thread;
	int n;			/* ops so far */
	int set;		/* flags that are set at the start */
	const struct value *rest; /* references that no flag owns */
};

static int probe_load(struct probe *x, const struct kind *k,
		      const struct word *w)
{
	struct op *op = &x->thread->ops[x->n++];

	op->kind = OP_LOAD;
	op->order = ORDER_ONCE;
	op->result = x->thread->n_regs++;
	op->place.object = value_const(x->b, k->numbers[0], NULL);
	op->place.type = kind_index(x->b, k);
	op->place.field = word_index(k, w);
	return op->result;
}

static void probe_owner(struct builder *b, struct kind *k, struct word *w,
			const struct bit *bit, void *data)
{
	struct probe *x = data;
	const struct value *v;

	if (!k->n || (bit && bit->model < 0))
		return;
	v = value_reg(b, probe_load(x, k, w));
	if (bit)
		v = value_binary(b, '&', v,
				 value_const(b, 1 << bit->model, NULL));
	v = value_binary(b, OP2('!', '='), v, value_const(b, 0, NULL));
	x->rest = value_binary(b, '-', x->rest, v);
	x->set += bit ? bit->set : w->initial != 0;
}

/* The thread with its probe: an assertion that is filled in later, and END. */
static struct op *add_probe(struct probe *x, const struct kind *k,
			    const struct word *w)
{
	const struct thread *old = x->thread;
	struct thread *t = arena_copy(x->b->arena, old, sizeof(*old));
	int more = (int)x->b->flow->pairs->len + 3;
	struct op *op;

	t->ops = arena_new_array(x->b->arena, struct op, old->n_ops + more);
	memcpy(t->ops, old->ops, (size_t)old->n_ops * sizeof(*old->ops));
	t->regs = arena_new_array(x->b->arena, const char *,
				  old->n_regs + more);
	t->initial = arena_new_array(x->b->arena, int, old->n_regs + more);
	memcpy(t->initial, old->initial,
	       (size_t)old->n_regs * sizeof(*old->initial));
	x->thread = t;
	x->n = old->n_ops - 1; /* instead of the END */
	memset(&t->ops[x->n], 0, sizeof(*t->ops));
	x->rest = value_reg(x->b, probe_load(x, k, w));
	each_owner(x->b, k->record, probe_owner, x);
	op = &t->ops[x->n++];
	op->kind = OP_ASSERT;
	op->result = -1;
	op->text = g_intern_static_string(PROBE);
	t->ops[x->n].kind = OP_END;
	t->ops[x->n++].result = -1;
	t->n_ops = x->n;
	return op;
}

static void end_at_once(struct builder *b, struct thread *t)
{
	static const struct op end = { .kind = OP_END, .result = -1 };

	t->ops = arena_copy(b->arena, &end, sizeof(end));
	t->n_ops = 1;
}

/* All that is counted has references to spare. */
static void spare_references(struct builder *b, struct program *p)
{
	int i, n;

	p->objects = arena_copy(b->arena, p->objects,
				(size_t)p->n_objects * sizeof(*p->objects));
	for (i = 0; i < p->n_objects; i++) {
		struct object *o = &p->objects[i];
		const struct type *t = &p->types[o->type];

		o->initial = arena_copy(b->arena, o->initial,
					(size_t)t->n_fields *
						sizeof(*o->initial));
		for (n = 0; n < t->n_fields; n++)
			if (t->fields[n].count)
				o->initial[n] = PLENTY;
	}
}

/* The program with that thread alone, and references to spare. */
static struct program alone(struct builder *b, const struct program *p,
			    const struct thread *thread, int index)
{
	struct program one = *p;
	int i;

	one.threads = arena_copy(b->arena, p->threads,
				 (size_t)p->n_threads * sizeof(*p->threads));
	for (i = 0; i < p->n_threads; i++)
		if (i != index && !p->threads[i].agent)
			end_at_once(b, &one.threads[i]);
	one.threads[index] = *thread;
	spare_references(b, &one);
	one.n_invariants = 0;
	return one;
}

/* Does the probe fail somewhere? @ret_cut is set if that is not known. */
static bool probe_fails(const struct builder *b, const struct program *p,
			bool *ret_cut)
{
	const struct machine_limits limits = { .max_states = ALONE_STATES };
	struct machine_result r;
	bool told;

	machine_search(b->shared->machine, p, &limits, b->arena, &r);
	*ret_cut |= !r.complete;
	if (!(r.failures >> FAILURE_ASSERT & 1))
		return false;
	/* where another failure is told, this one may be there as well */
	told = !g_strcmp0(r.what, PROBE);
	*ret_cut |= !told;
	return told;
}

/* The number that @probe finds missing; -1: nobody comes there, or knows. */
static int missing(struct builder *b, const struct program *one,
		   const struct probe *x, struct op *probe)
{
	bool cut = false;
	int n;

	probe->value = value_const(b, 0, NULL);
	if (!probe_fails(b, one, &cut) || cut)
		return -1;
	for (n = 0; n < MOST_CONSUMED; n++) {
		probe->value = value_binary(b, OP2('>', '='), x->rest,
			value_const(b, PLENTY - x->set - n, NULL));
		if (!probe_fails(b, one, &cut))
			break;
	}
	return cut ? -1 : n;
}

/* -1: it does not end alone, or there is too much of it. */
static int consumed_alone(struct builder *b, const struct program *p,
			  int index, const struct kind *k,
			  const struct word *w)
{
	struct probe x = { .b = b, .thread = &p->threads[index] };
	struct op *probe = add_probe(&x, k, w);
	struct program one;

	if (x.thread->n_regs > MAX_REGS)
		return -1;
	one = alone(b, p, x.thread, index);
	return missing(b, &one, &x, probe);
}

/* The same where it comes behind the finding's function, which drops @first. */
static int consumed_behind(struct builder *b, const struct program *p,
			   int index, int first, const struct kind *k,
			   const struct word *w)
{
	struct probe x = { .b = b, .thread = &p->threads[index] };
	struct op *probe = add_probe(&x, k, w);
	struct program one, *behind;
	const struct thread *t;
	int all;

	if (x.thread->n_regs > MAX_REGS)
		return -1;
	one = alone(b, p, x.thread, index);
	one.threads[0] = p->threads[0];
	behind = program_behind(b->arena, &one);
	/* the probe is the last op but one, in that copy too */
	t = &behind->threads[index];
	probe = &t->ops[t->n_ops - 2];
	all = missing(b, behind, &x, probe);
	return all < 0 ? -1 : MAX(all - first, 0);
}

/* ---- callers ---- */

/* Does it clear a flag that owns one, or ask whether the object is there? */
static bool takes_part(const struct builder *b, const struct func_flow *ff,
		       const char *record)
{
	const struct act *const *acts;
	guint i, n;

	acts = flow_acts(b->flow, ff, ACT_CLEAR, &n);
	for (i = 0; i < n; i++)
		if (owns_reference(b->flow, b->subject, acts[i], record))
			return true;
	acts = flow_acts(b->flow, ff, ACT_GET, &n);
	for (i = 0; i < n; i++)
		if (acts[i]->atomic && acts[i]->obj &&
		    acts[i]->obj->record == record)
			return true;
	return false;
}

/* Does it do anything about an object of the record that it was given? */
static bool uses_given(const struct flow *fl, const struct func_flow *ff,
		       const char *record)
{
	const struct act *const *acts;
	guint i, n;
	int k;

	for (k = 0; k < ACT_KINDS; k++) {
		acts = flow_acts(fl, ff, k, &n);
		for (i = 0; i < n; i++)
			if (acts[i]->obj && acts[i]->obj->record == record &&
			    acts[i]->obj->kind == EXPR_PARAM)
				return true;
	}
	return false;
}

/*
 * It uses an object that its caller gave it, takes no part in its references
 * and clears no flag that owns one: the caller holds it meanwhile.
 */
static bool is_lent(const struct builder *b, const struct func_flow *ff,
		    const char *record)
{
	return !takes_part(b, ff, record) && uses_given(b->flow, ff, record);
}

struct question {
	const struct op *op;
	bool asked;
};

static void ask_owner(struct builder *b, struct kind *k, struct word *w,
		      const struct bit *bit, void *data)
{
	struct question *q = data;

	q->asked |= q->op->place.type == kind_index(b, k) &&
		    q->op->place.field == word_index(k, w);
}

/* Does the op ask for a flag that owns a reference on such an object? */
static bool asks_owner(struct builder *b, const struct op *op,
		       const char *record)
{
	struct question q = { .op = op };

	each_owner(b, record, ask_owner, &q);
	return q.asked;
}

/*
 * The thread takes a reference without a question, and asked no flag that owns
 * one: it found the object by something else that does.
 */
static bool finds_held(struct builder *b, const struct thread *t,
		       const struct kind *k, const struct word *w)
{
	int i, n;

	for (i = 0; i < t->n_ops; i++) {
		const struct op *op = &t->ops[i];

		if (!op->place.object)
			continue;
		if (asks_owner(b, op, k->record))
			return false;
		if (op->kind == OP_RMW &&
		    op->place.type == kind_index(b, k) &&
		    op->place.field == word_index(k, w))
			return op->rmw == RMW_ADD &&
			       value_is_const(op->value, &n) && n > 0;
	}
	return false;
}

/* The references of one thread. */
struct share {
	int consumed;		/* it drops them */
	bool lent;		/* its caller has one more as long as it runs */
};

/* What the function's paths tell of that; asked for by each cast. */
static int consumed_on_paths(const struct builder *b,
			     const struct func_flow *ff, const char *record)
{
	GHashTable *known = g_hash_table_lookup(b->shared->consumed, record);
	gpointer n;

	if (!known) {
		known = g_hash_table_new(NULL, NULL);
		g_hash_table_insert(b->shared->consumed, (gpointer)record,
				    known);
	}
	if (!g_hash_table_lookup_extended(known, ff, NULL, &n)) {
		n = GINT_TO_POINTER(references_consumed(b->flow, b->subject, ff,
							record));
		g_hash_table_insert(known, (gpointer)ff, n);
	}
	return GPOINTER_TO_INT(n);
}

static struct share share_of(struct builder *b, const struct program *p,
			     const struct cast *cast, int i, int first,
			     const struct kind *k, const struct word *w)
{
	const struct script *s = &cast->threads[i];
	struct share share;

	share.consumed = k->primary ? consumed_alone(b, p, i, k, w) : -1;
	if (share.consumed < 0 && i && k->primary)
		share.consumed = consumed_behind(b, p, i, first, k, w);
	/* a client drops what it looked up itself */
	if (share.consumed < 0)
		share.consumed = s->n > 1 ? 0 :
				 consumed_on_paths(b, s->calls[0], k->record);
	share.lent = !share.consumed && s->n == 1 &&
		     is_lent(b, s->calls[0], k->record);
	return share;
}

/* ---- who counts ---- */

/* A wait for more references than that is about something else. */
#define MAX_WAITED_FOR 3

/* Those that are left when the finding's wait is over. */
static int idle_owners(const struct builder *b, const struct kind *k)
{
	const struct subject *s = b->subject;

	if (s->remedy != REMEDY_RESCAN || s->object->record != k->record ||
	    !s->from->value || s->from->value->kind != EXPR_CONST ||
	    s->from->value->value > MAX_WAITED_FOR)
		return 0;
	return (int)s->from->value->value;
}

/* The flag that the finding says owns nothing, and that is set. */
static int claimed(struct builder *b, const struct kind *k)
{
	const struct pair *pair = b->subject->pair;
	struct bit *bit;
	struct word *w;

	if (!owns_nothing(b->subject) || pair->object_record != k->record)
		return 0;
	w = word_of_flag(b, &pair->flag, &bit);
	return w && (bit ? bit->set : w->initial != 0);
}

/*
 * Owners that are neither flags nor callers of a thread, as the table that an
 * object stands in: who compares the count with what nobody else would have
 * left, knows of them. -1: nobody does.
 */
static int other_owners(struct builder *b, const struct program *p,
			const struct cast *cast, const struct share *shares,
			const struct kind *k, const struct word *w)
{
	int thread, n = idle_references(b, p, kind_index(b, k),
					word_index(k, w), &thread);

	if (!n || thread >= cast->n)
		return -1;
	n -= flag_owners(b, k->record) + (b->fix ? 0 : claimed(b, k)) +
	     shares[thread].consumed + shares[thread].lent;
	return MAX(n, 0);
}

/* The caller that lent the object drops it when the thread is over. */
static void drop_lent(struct builder *b, struct draft *t, const struct kind *k,
		      const struct word *w)
{
	struct op *last = &g_array_index(t->ops, struct op, t->ops->len - 1);
	struct op end = *last;

	*last = (struct op){
		.kind = OP_RMW, .rmw = RMW_ADD, .order = ORDER_FULL,
		.result = -1, .value = value_const(b, -1, NULL),
		.place = { value_const(b, k->numbers[0], NULL),
			   kind_index(b, k), word_index(k, w) },
		.text = "the caller's reference is dropped",
		.at = end.at, .func = end.func,
	};
	g_array_append_val(t->ops, end);
	g_array_append_val(t->positions, t->position);
}

/* Is it what the reported path finds, where it asks whether it is alone? */
static bool is_tested(struct builder *b, const struct word *w, int n)
{
	const struct subject *s = b->subject;
	const struct act *a;
	struct kind *k;
	struct bit *bit;

	for (a = s->to ? s->to : s->from; a; a = a->prev)
		if (a->kind == ACT_TEST && a->loc &&
		    a->rel == OP2('=', '=') && a->value &&
		    a->value->kind == EXPR_CONST && a->value->value == n &&
		    word_at(b, a->loc, &k, &bit) == w)
			return true;
	return false;
}

/*
 * With all owners known, callers need not keep theirs for ever. *@ret_dropped:
 * they do not.
 */
static int references_at_start(struct builder *b, const struct program *p,
			       const struct cast *cast, const struct kind *k,
			       const struct word *w, bool *ret_dropped)
{
	struct share shares[MAX_THREADS];
	int n, others, all = 0, i;
	bool held = false;

	n = flag_owners(b, k->record) + idle_owners(b, k);
	for (i = 0; i < cast->n; i++) {
		shares[i] = share_of(b, p, cast, i, i ? shares[0].consumed : 0,
				     k, w);
		all += shares[i].consumed;
		n += shares[i].consumed + shares[i].lent;
		held |= finds_held(b, &p->threads[i], k, w);
	}
	others = other_owners(b, p, cast, shares, k, w);
	for (i = 0; others >= 0 && i < cast->n; i++) {
		if (!shares[i].lent)
			continue;
		drop_lent(b, b->drafts->pdata[i], k, w);
		*ret_dropped = true;
	}
	if (others >= 0)
		return n + others;
	n += held && !all && !is_tested(b, w, n);
	return MAX(n, 1); /* somebody has it, or it would not be there */
}

static void set_count(struct builder *b, struct program *p,
		      const struct kind *k, struct word *w, int n)
{
	struct src_loc nowhere = { 0 };
	int i;

	w->initial = n;
	for (i = 0; i < p->n_objects; i++)
		if (p->objects[i].exists &&
		    p->objects[i].type == kind_index(b, k))
			p->objects[i].initial[word_index(k, w)] = n;
	if (k->primary && !w->bits->len)
		builder_assume(b, nowhere, "at the start %s.%s is %d",
			       k->record, w->field.name, n);
}

/* What the repaired code starts with: as the broken did, but for the flag. */
static int repaired(struct builder *b, const struct program *broken,
		    const struct kind *k, const struct word *w)
{
	return broken->objects[k->numbers[0] - 1].initial[word_index(k, w)] +
	       claimed(b, k);
}

bool owners_settle(struct builder *b, struct program *p,
		   const struct cast *cast, const struct program *broken)
{
	bool dropped = false;
	guint i, j;
	int n;

	for (i = 0; i < b->kinds->len; i++) {
		const struct kind *k = b->kinds->pdata[i];

		for (j = 0; k->n && j < k->words->len; j++) {
			struct word *w = k->words->pdata[j];

			if (!w->field.count)
				continue;
			n = references_at_start(b, p, cast, k, w, &dropped);
			if (broken && (int)i < broken->n_types &&
			    (int)j < broken->types[i].n_fields)
				n = repaired(b, broken, k, w);
			set_count(b, p, k, w, n);
		}
	}
	return dropped;
}
