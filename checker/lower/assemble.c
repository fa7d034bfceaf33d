// SPDX-License-Identifier: GPL-2.0-only
/*
 * From a cast to a closed program. Threads are lowered twice: alone, with all
 * that the code names, to see which words one thread writes and another asks
 * for (usage.c); then together, with these alone. What is left out is an access
 * of its object.
 */
#include "lower/private.h"

#include <string.h>

static void make_types(struct builder *b, struct program *p)
{
	guint i, k;

	p->n_types = (int)b->kinds->len;
	p->types = arena_new_array(b->arena, struct type, p->n_types);
	for (i = 0; i < b->kinds->len; i++) {
		const struct kind *kind = b->kinds->pdata[i];
		struct type *t = &p->types[i];

		t->record = kind->record;
		t->stable = kind->stable;
		t->n_fields = (int)kind->words->len;
		t->fields = arena_new_array(b->arena, struct field,
					    t->n_fields);
		for (k = 0; k < kind->words->len; k++)
			t->fields[k] = ((const struct word *)
					kind->words->pdata[k])->field;
	}
}

static int initial_of(struct builder *b, const struct word *w)
{
	int value = 0;
	guint i;

	/* a path that asks for more than "not NULL" is of no use */
	if (w->field.pointer && w->points_to && (!w->settled || w->initial))
		return object_number(b, w->points_to, 0);
	if (!w->bits->len)
		return w->initial;
	for (i = 0; i < w->bits->len; i++) {
		const struct bit *bit = &g_array_index(w->bits, struct bit, i);

		if (bit->set && bit->model >= 0)
			value |= 1 << bit->model;
	}
	return value;
}

static void make_object(struct builder *b, struct program *p, int number,
			int type, bool exists)
{
	const struct kind *k = b->kinds->pdata[type];
	struct object *o = &p->objects[number - 1];
	guint i;

	*o = g_array_index(b->objects, struct object, number - 1);
	o->type = type;
	o->exists = exists;
	o->initial = arena_new_array(b->arena, int, k->words->len);
	for (i = 0; exists && i < k->words->len; i++)
		o->initial[i] = initial_of(b, k->words->pdata[i]);
}

/* The objects that OP_ALLOC gives: one each, in a loop as well. */
static void add_pools(struct builder *b)
{
	guint i;
	int n;

	for (i = 0; i < b->kinds->len; i++) {
		struct kind *k = b->kinds->pdata[i];

		for (n = MIN(k->allocs, MAX_POOL); n > 0; n--) {
			int number = object_number(b, k, k->n);

			if (!k->pool)
				k->pool = number;
		}
	}
}

static void make_objects(struct builder *b, struct program *p)
{
	guint i;
	int k;

	add_pools(b);
	p->n_objects = (int)b->objects->len;
	p->objects = arena_new_array(b->arena, struct object, p->n_objects);
	for (i = 0; i < b->kinds->len; i++) {
		const struct kind *kind = b->kinds->pdata[i];

		for (k = 0; k < kind->n; k++)
			make_object(b, p, kind->numbers[k], (int)i,
				    !kind->pool ||
				    kind->numbers[k] < kind->pool);
	}
}

/* What a thread frees after a grace period, an agent of its own frees. */
static int free_agent(struct builder *b)
{
	struct draft *t = new_draft(b, "after a grace period");
	struct op op = { .kind = OP_FREE, .result = -1, .text = "freed" };
	int nowhere = -1;

	t->agent = true;
	new_reg(t, "object");
	op.value = value_reg(b, 0);
	op.func = t->name;
	op.at = b->subject->in->func->loc;
	g_array_append_val(t->ops, op);
	g_array_append_val(t->positions, nowhere);
	op.kind = OP_END;
	op.value = NULL;
	g_array_append_val(t->ops, op);
	g_array_append_val(t->positions, nowhere);
	return (int)b->drafts->len - 1;
}

static void link_ops(struct builder *b)
{
	guint i, k, n = b->drafts->len;
	int agent;

	for (i = 0; i < n; i++) {
		struct draft *t = b->drafts->pdata[i];

		agent = -1;
		for (k = 0; k < t->ops->len; k++) {
			struct op *op = &g_array_index(t->ops, struct op, k);

			if (op->kind == OP_CALL_RCU && agent < 0)
				agent = free_agent(b);
			if (op->kind == OP_CALL_RCU)
				op->number = agent;
			if (op->kind == OP_ALLOC)
				op->number = kind_index(b, kind_of(b,
							op->text));
		}
	}
}

/* The event's number; a branch stands where the last event before it does. */
static int position_of(const struct func *f, const struct act *a)
{
	int i, k, last = 0;

	if (a->event >= 0)
		return a->event;
	for (i = 0; i <= a->block; i++)
		for (k = 0; k < f->blocks[i].n_events; k++)
			last = f->blocks[i].events[k].id;
	return last;
}

/* Something that other threads see, or that waits for them. */
static bool is_visible(const struct op *op)
{
	return op->place.object || op->kind == OP_USE ||
	       op->kind == OP_FREE || op->kind == OP_CALL_RCU;
}

/* The window of the finding, in its function's own text. */
static void mark_suspects(struct builder *b)
{
	const struct subject *s = b->subject;
	struct draft *t = b->drafts->pdata[0];
	int from, to, at;
	guint i;

	if (s->remedy != REMEDY_ATOMIC || !s->from || !s->to ||
	    s->from->in != s->in || s->to->in != s->in)
		return;
	from = position_of(s->in->func, s->from);
	to = position_of(s->in->func, s->to);
	at = MIN(from, to);
	to = MAX(from, to);
	from = at;
	for (i = 0; i < t->ops->len; i++) {
		struct op *op = &g_array_index(t->ops, struct op, i);

		at = g_array_index(t->positions, int, i);
		op->suspect = is_visible(op) && at >= from && at <= to;
	}
}

static void make_threads(struct builder *b, struct program *p)
{
	guint i;

	p->n_threads = (int)b->drafts->len;
	p->threads = arena_new_array(b->arena, struct thread, p->n_threads);
	for (i = 0; i < b->drafts->len; i++) {
		const struct draft *d = b->drafts->pdata[i];
		struct thread *t = &p->threads[i];

		t->name = d->name;
		t->n_ops = (int)d->ops->len;
		t->ops = arena_copy(b->arena, d->ops->data,
				    d->ops->len * sizeof(struct op));
		t->n_regs = (int)d->regs->len;
		t->regs = arena_copy(b->arena, d->regs->pdata,
				     d->regs->len * sizeof(char *));
		t->initial = arena_new_array(b->arena, int, t->n_regs);
		t->agent = d->agent;
	}
}

/* A flag that is set at rest has the reference that it owns. */
static void make_invariant(struct builder *b, struct program *p)
{
	const struct pair *pair = b->subject->pair;
	const struct value *flag;
	struct invariant *v;
	struct kind *k;
	struct word *w, *count;
	struct bit *bit;

	if (!pair || *pair->object || pair->object_record != pair->flag.record)
		return;
	w = word_of_flag(b, &pair->flag, &bit);
	if (!w || (bit && bit->model < 0))
		return;
	k = kind_of(b, pair->flag.record);
	count = count_of(b, k);
	if (word_index(k, count) >= p->types[kind_index(b, k)].n_fields)
		return; /* no thread asks for it */
	flag = value_reg(b, word_index(k, w));
	if (bit)
		flag = value_binary(b, '&', flag,
				    value_const(b, 1 << bit->model, NULL));
	v = arena_new_object(b->arena, struct invariant);
	v->text = "the flag is set, and the reference it owns counts";
	v->type = kind_index(b, k);
	v->holds = value_binary(b, OP2('|', '|'),
				value_binary(b, OP2('=', '='), flag,
					     value_const(b, 0, NULL)),
				value_binary(b, OP2('>', '='),
					     value_reg(b, word_index(k, count)),
					     value_const(b, 1, NULL)));
	if (!v->holds)
		return;
	p->invariants = v;
	p->n_invariants = 1;
}

static struct program *make_program(struct builder *b, const struct cast *cast,
				    const struct program *broken)
{
	struct program *p = arena_new_object(b->arena, struct program);
	char *name;

	link_ops(b);
	mark_suspects(b);
	universe_settle(b);
	start_settle(b, cast);
	make_objects(b, p);
	make_types(b, p);
	make_threads(b, p);
	if (owners_settle(b, p, cast, broken))
		make_threads(b, p);
	make_invariant(b, p);
	name = g_strdup_printf("%s()", b->subject->in->func->name);
	p->name = g_intern_string(name);
	g_free(name);
	p->n_assumptions = (int)b->assumptions->len;
	p->assumptions = arena_copy(b->arena, b->assumptions->data,
				    b->assumptions->len *
					    sizeof(struct assumption));
	p->start = START_DERIVED;
	return p;
}

/* Types, words and objects of @p, in its order. */
static void copy_order(struct builder *b, const struct program *p)
{
	struct kind *k;
	int i, n;

	for (i = 0; i < p->n_types; i++) {
		k = kind_of(b, p->types[i].record);
		for (n = 0; n < p->types[i].n_fields; n++)
			word_of(b, k, p->types[i].fields[n].name);
	}
	for (i = 0; i < p->n_objects; i++) {
		k = b->kinds->pdata[p->objects[i].type];
		if (p->objects[i].exists)
			object_number(b, k, k->n);
	}
}

struct program *cast_program(const struct flow *fl, const struct subject *s,
			     const struct cast *cast,
			     const struct program *broken,
			     const struct shared *shared, struct arena *a,
			     struct made *ret)
{
	struct program *p = NULL;
	struct builder b;
	struct words words;

	memset(ret, 0, sizeof(*ret));
	ret->why = usages_find(shared, fl, s, cast, broken, a, &words);
	if (ret->why)
		return NULL;
	builder_init(&b, fl, s, shared, a);
	b.fix = broken != NULL;
	b.slot = usages_slot(shared->usages, s);
	b.useful = words.useful;
	b.written = words.written;
	if (broken) {
		copy_order(&b, broken);
	} else {
		b.asked_useful = g_hash_table_new(NULL, NULL);
		b.asked_written = g_hash_table_new(NULL, NULL);
	}
	lower_cast(&b, cast);
	if (!b.why)
		p = make_program(&b, cast, broken);
	if (p)
		b.why = program_validate(p);
	ret->loose = b.loose;
	ret->open = b.open;
	start_keep(&b, ret);
	ret->why = g_steal_pointer(&b.why);
	builder_clear(&b);
	return ret->why ? NULL : p;
}
