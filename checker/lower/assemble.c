// SPDX-License-Identifier: GPL-2.0-only
/*
 * From a cast to a closed program. Threads are lowered twice: first with all
 * that the code names, to see which words one thread writes and another asks
 * for; then with these alone. What is left out is an access of its object.
 */
#include "lower/private.h"

#include <string.h>

/* ---- the builder ---- */

static void add_record(struct builder *b, const char *record)
{
	if (record && *record)
		g_hash_table_add(b->records, (gpointer)record);
}

/* Does somebody in the unit wait for the flag that the act clears? */
static bool is_awaited(const struct flow *fl, const struct act *a)
{
	const GPtrArray *waits = fl->acts[ACT_WAIT];
	struct flag_id cleared, id;
	guint i;

	if (a->kind != ACT_CLEAR || !a->loc || !flow_flag(a->loc, &cleared))
		return false;
	for (i = 0; i < waits->len; i++) {
		const struct act *wait = waits->pdata[i];

		if (wait->loc && flow_flag(wait->loc, &id) &&
		    flag_equal(&id, &cleared))
			return true;
	}
	return false;
}

static const struct act *end_of_path(const struct subject *s)
{
	const struct act *a;
	guint i;

	for (i = 0; s->to && i < s->in->traces->len; i++)
		for (a = s->in->traces->pdata[i]; a; a = a->prev)
			if (a == s->to)
				return s->in->traces->pdata[i];
	return s->to;
}

/* What the function clears behind the window keeps others off until then. */
static void add_awaited(struct builder *b)
{
	const struct subject *s = b->subject;
	const struct act *a;
	struct flag_id id;

	for (a = end_of_path(s); a && a != s->to; a = a->prev)
		if (is_awaited(b->flow, a) && flow_flag(a->loc, &id))
			add_record(b, id.record);
}

/* Records whose members the reported paths test, change or lock. */
static void add_records(struct builder *b)
{
	const struct subject *s = b->subject;
	const struct act *a;

	add_record(b, s->flag.record);
	if (s->object)
		add_record(b, s->object->record);
	if (s->pair) {
		add_record(b, s->pair->object_record);
		add_record(b, s->pair->flag.record);
	}
	for (a = s->to ? s->to : s->from; a; a = a->prev) {
		if (a->kind == ACT_TEST || a->kind == ACT_SET ||
		    a->kind == ACT_CLEAR || a->kind == ACT_WAIT ||
		    a->kind == ACT_GET || a->kind == ACT_PUT)
			add_record(b, a->obj ? a->obj->record : NULL);
	}
	add_awaited(b);
}

static void builder_init(struct builder *b, const struct flow *fl,
			 const struct subject *s, struct arena *a)
{
	memset(b, 0, sizeof(*b));
	b->flow = fl;
	b->subject = s;
	b->arena = a;
	b->kinds = g_ptr_array_new();
	b->objects = g_array_new(FALSE, TRUE, sizeof(struct object));
	b->drafts = g_ptr_array_new();
	b->masks = g_ptr_array_new();
	b->assumptions = g_array_new(FALSE, TRUE, sizeof(struct assumption));
	b->records = g_hash_table_new(NULL, NULL);
	b->touching = g_hash_table_new(NULL, NULL);
	b->ordering = g_hash_table_new(NULL, NULL);
	b->heads = g_hash_table_new(NULL, NULL);
	kind_of(b, g_intern_static_string(""));
	add_records(b);
}

static void builder_clear(struct builder *b)
{
	guint i, k;

	for (i = 0; i < b->drafts->len; i++) {
		struct draft *t = b->drafts->pdata[i];

		g_array_unref(t->ops);
		g_array_unref(t->positions);
		g_ptr_array_unref(t->regs);
	}
	for (i = 0; i < b->kinds->len; i++) {
		struct kind *kind = b->kinds->pdata[i];

		for (k = 0; k < kind->words->len; k++)
			g_array_unref(((struct word *)
				       kind->words->pdata[k])->bits);
		g_ptr_array_unref(kind->words);
	}
	g_ptr_array_unref(b->kinds);
	g_array_unref(b->objects);
	g_ptr_array_unref(b->drafts);
	g_ptr_array_unref(b->masks);
	g_array_unref(b->assumptions);
	g_hash_table_unref(b->records);
	g_hash_table_unref(b->touching);
	g_hash_table_unref(b->ordering);
	g_hash_table_unref(b->heads);
	if (b->useful)
		g_hash_table_unref(b->useful);
	if (b->written)
		g_hash_table_unref(b->written);
	g_free(b->why);
}

static struct draft *new_draft(struct builder *b, const char *name)
{
	struct draft *t = arena_new_object(b->arena, struct draft);

	t->name = name;
	t->ops = g_array_new(FALSE, TRUE, sizeof(struct op));
	t->positions = g_array_new(FALSE, TRUE, sizeof(int));
	t->regs = g_ptr_array_new();
	g_ptr_array_add(b->drafts, t);
	return t;
}

/* ---- threads ---- */

/* The paths that return, and those of them that hold this lock then. */
static bool is_held_at_end(const struct func_flow *ff, const struct held *lock)
{
	const char *owner, *field, *o, *n;
	const struct held *h;
	guint i;

	flow_lock_name(lock->lock, lock->class, &owner, &field);
	for (i = 0; i < ff->traces->len; i++) {
		const struct act *leaf = ff->traces->pdata[i];

		if (leaf->kind != ACT_RETURN)
			continue;
		for (h = leaf->locks; h; h = h->next) {
			flow_lock_name(h->lock, h->class, &o, &n);
			if (o == owner && n == field)
				break;
		}
		if (!h)
			return false;
	}
	return true;
}

/* Is the lock a member of what the function returns? */
static bool is_of_result(const struct frame *f, const struct act *leaf,
			 const struct held *h)
{
	return h->lock && leaf->value && f->t->found &&
	       flow_object(f->func->unit, h->lock) == leaf->value;
}

/*
 * What the function leaves locked, its caller unlocks; what it returned being
 * @found (NULL: nothing).
 */
static void unlock_left(struct frame *f, const struct func_flow *ff,
			const struct value *found)
{
	const struct act *leaf = NULL;
	const struct held *h;
	bool of_result;
	guint i;

	for (i = 0; i < ff->traces->len && !leaf; i++) {
		leaf = ff->traces->pdata[i];
		if (leaf->kind != ACT_RETURN)
			leaf = NULL;
	}
	for (h = leaf ? leaf->locks : NULL; h; h = h->next) {
		struct entry_lock e = { .class = h->class };

		flow_lock_name(h->lock, h->class, &e.owner, &e.field);
		of_result = is_of_result(f, leaf, h);
		if (h->act && is_held_at_end(ff, h) && (found || !of_result))
			build_entry_lock(f, &e, of_result ? found : NULL,
					 false);
	}
}

/* The first call of a script; keeps what it returned for the others. */
static void lower_first(struct builder *b, struct draft *t,
			const struct func_flow *ff)
{
	struct result r = build_body(NULL, t, b, ff->func, NULL);

	if (ff->func->return_pointers != 1 || b->why)
		return;
	t->found = r.value;
	t->found_record = ff->func->return_record;
}

/* What a client does with what it found: the last call lets go of it. */
static void lower_rest(struct frame *end, const struct script *s)
{
	int missed = -1, over, i;

	if (end->t->found) /* not NULL, and no error */
		missed = add_branch(end, value_binary(end->b, OP2('<', '='),
			end->t->found, value_const(end->b, 0, NULL)));
	for (i = 1; i < s->n && !end->b->why; i++) {
		end->t->nth = s->each ? i : 0;
		if (i == s->n - 1 && !s->each)
			unlock_left(end, s->calls[0], end->t->found);
		build_body(NULL, end->t, end->b, s->calls[i]->func, NULL);
	}
	if (missed < 0)
		return;
	over = add_goto(end);
	patch(end, missed);
	unlock_left(end, s->calls[0], NULL);
	patch(end, over);
}

static void lower_script(struct builder *b, const struct script *s)
{
	struct draft *t = new_draft(b, s->calls[0]->func->name);
	struct frame end = { .b = b, .t = t, .func = s->calls[0]->func };

	lower_first(b, t, s->calls[0]);
	t->position = G_MAXINT;
	if (s->n > 1)
		lower_rest(&end, s);
	else
		unlock_left(&end, s->calls[0], t->found);
	add_op(&end, OP_END);
	if (!b->why)
		tidy_draft(b, t);
}

static void lower_cast(struct builder *b, const struct cast *cast)
{
	const struct subject *s = b->subject;
	int i;

	/* a scan goes on behind the object that it waited for */
	if (s->remedy == REMEDY_RESCAN && s->object->record) {
		object_number(b, kind_of(b, s->object->record),
			      MAX_INSTANCES - 1);
		builder_assume(b, s->in->func->loc,
			       "the scan may find either of two: %s",
			       s->object->record);
	}

	for (i = 0; i < cast->n && !b->why; i++)
		lower_script(b, &cast->threads[i]);
}

/* ---- which words matter ---- */

struct usage {
	guint64 readers, writers, lockers; /* bit i: thread i */
};

static bool is_on(const struct op *op, int kind, int field)
{
	return op->place.object && op->place.type == kind &&
	       op->place.field == field;
}

static struct usage usage_of(const struct builder *b, int kind, int field)
{
	struct usage u = { 0 };
	guint i, k;

	for (i = 0; i < b->drafts->len; i++) {
		const struct draft *t = b->drafts->pdata[i];

		for (k = 0; k < t->ops->len; k++) {
			const struct op *op = &g_array_index(t->ops,
							     struct op, k);

			if (!is_on(op, kind, field))
				continue;
			if (op->kind == OP_LOAD || op->result >= 0)
				u.readers |= 1ull << i;
			if (op->kind == OP_STORE || op->kind == OP_RMW)
				u.writers |= 1ull << i;
			if (op->kind == OP_LOCK || op->kind == OP_TRYLOCK)
				u.lockers |= 1ull << i;
		}
	}
	return u;
}

static bool is_stake(const struct builder *b, const struct kind *k)
{
	return g_hash_table_contains(b->records, k->record);
}

static bool is_useful(const struct builder *b, int kind, int field)
{
	const struct kind *k = b->kinds->pdata[kind];
	const struct word *w = k->words->pdata[field];
	struct usage u = usage_of(b, kind, field);

	if (w->field.lock)
		return u.lockers & (u.lockers - 1);
	if (w->field.count)
		return u.writers && k->primary;
	return u.readers && (u.writers || (is_stake(b, k) && !w->ghost &&
					   !w->field.pointer));
}

static GHashTable *useful_words(const struct builder *b)
{
	GHashTable *useful = g_hash_table_new(NULL, NULL);
	guint i, k;

	for (i = 0; i < b->kinds->len; i++) {
		const struct kind *kind = b->kinds->pdata[i];

		for (k = 0; k < kind->words->len; k++)
			if (is_useful(b, (int)i, (int)k))
				g_hash_table_add(useful, (gpointer)
					word_key(kind, kind->words->pdata[k],
						 -1));
	}
	return useful;
}

static bool changes_bit(const struct builder *b, int kind, int field, int bit)
{
	guint i, k, n;

	for (i = 0; i < b->drafts->len; i++) {
		const struct draft *t = b->drafts->pdata[i];

		for (k = 0; k < t->ops->len; k++) {
			const struct op *op = &g_array_index(t->ops,
							     struct op, k);

			if (!is_on(op, kind, field) || op->kind == OP_LOAD)
				continue;
			if (op->kind == OP_STORE)
				return true;
			for (n = 0; n < b->masks->len; n++) {
				const struct mask *m = b->masks->pdata[n];

				if (m->value == op->value &&
				    m->bits >> bit & 1)
					return true;
			}
		}
	}
	return false;
}

/* Words and bits that some thread changes. */
static GHashTable *written_words(const struct builder *b)
{
	GHashTable *written = g_hash_table_new(NULL, NULL);
	guint i, k, n;

	for (i = 0; i < b->kinds->len; i++) {
		const struct kind *kind = b->kinds->pdata[i];

		for (k = 0; k < kind->words->len; k++) {
			const struct word *w = kind->words->pdata[k];

			if (usage_of(b, (int)i, (int)k).writers)
				g_hash_table_add(written, (gpointer)
						 word_key(kind, w, -1));
			for (n = 0; n < w->bits->len; n++)
				if (changes_bit(b, (int)i, (int)k, (int)n))
					g_hash_table_add(written, (gpointer)
						word_key(kind, w, (int)n));
		}
	}
	return written;
}

/* ---- the parts of the program ---- */

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
			     struct arena *a, struct made *ret)
{
	struct program *p = NULL;
	struct builder b;
	GHashTable *useful = NULL, *written = NULL;

	memset(ret, 0, sizeof(*ret));
	builder_init(&b, fl, s, a);
	b.fix = broken != NULL;
	lower_cast(&b, cast);
	ret->why = g_steal_pointer(&b.why);
	if (!ret->why) {
		useful = useful_words(&b);
		written = written_words(&b);
	}
	builder_clear(&b);
	if (ret->why)
		return NULL;
	builder_init(&b, fl, s, a);
	b.fix = broken != NULL;
	if (broken)
		copy_order(&b, broken);
	b.useful = useful;
	b.written = written;
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
