// SPDX-License-Identifier: GPL-2.0-only
/*
 * Evidence that threads meet, and programs in which those without it cannot.
 * That both take one lock is the best there is: whoever wrote it expected
 * somebody there, though perhaps not this one.
 */
#include "lower/meet.h"

#include <string.h>

#include "lower/private.h"

/* op.text of the locks that keep apart. */
static const char callers_lock[] = "what callers may hold";

static bool same_word(const struct place *a, const struct place *b)
{
	return a->type == b->type && a->field == b->field;
}

/* A lock that the code takes, not one that stands for what a callee waits for. */
static bool is_lock(const struct op *op)
{
	return (op->kind == OP_LOCK || op->kind == OP_TRYLOCK) &&
	       op->text != slot_drain_text;
}

static bool takes(const struct thread *t, const struct place *lock)
{
	int i;

	for (i = 0; i < t->n_ops; i++)
		if (is_lock(&t->ops[i]) &&
		    same_word(&t->ops[i].place, lock))
			return true;
	return false;
}

/* Does the count decide whether the thread goes on with the object? */
static bool asks(const struct program *p, const struct op *op)
{
	return op->kind == OP_RMW &&
	       (op->rmw == RMW_CMPXCHG || op->rmw == RMW_ADD_UNLESS) &&
	       p->types[op->place.type].fields[op->place.field].count;
}

static bool asks_for(const struct program *p, const struct thread *t,
		     const struct place *count)
{
	int i;

	for (i = 0; i < t->n_ops; i++)
		if (asks(p, &t->ops[i]) && same_word(&t->ops[i].place, count))
			return true;
	return false;
}

/* The bits that are clear where "(word & bits) == 0" is true; 0: another test. */
static int asked_bits(const struct value *v)
{
	int zero, bits;

	if (!v || v->kind != VALUE_BINARY || v->op != OP2('=', '=') ||
	    !value_is_const(v->b, &zero) || zero ||
	    v->a->kind != VALUE_BINARY || v->a->op != '&')
		return 0;
	return value_is_const(v->a->b, &bits) ? bits : 0;
}

/* Does it set other bits of the word, and no more? */
static bool sets_others(const struct op *op, int bits)
{
	int n;

	return op->kind == OP_RMW && op->rmw == RMW_OR &&
	       value_is_const(op->value, &n) && !(n & bits);
}

/*
 * The op by which the thread clears the bits that others left set; NULL: it
 * does not, or it might set them itself.
 */
static const struct op *clears(const struct thread *t, const struct place *word,
			       int bits)
{
	const struct op *op, *found = NULL;
	int i, n;

	for (i = 0; i < t->n_ops; i++) {
		op = &t->ops[i];
		if ((op->kind != OP_RMW && op->kind != OP_STORE) ||
		    !same_word(&op->place, word) || sets_others(op, bits))
			continue;
		if (op->kind == OP_STORE || op->rmw != RMW_ANDNOT)
			return NULL;
		if (value_is_const(op->value, &n) && n & bits)
			found = op;
	}
	return found;
}

/* Adds the function and all that call it, through whatever others. */
static void add_callers(const struct flow *fl, const struct func_flow *ff,
			GHashTable *seen)
{
	const struct call_site *site;
	guint i;

	if (!g_hash_table_add(seen, (gpointer)ff))
		return;
	for (i = 0; i < ff->callers->len; i++) {
		site = ff->callers->pdata[i];
		add_callers(fl, flow_of(fl, site->caller), seen);
	}
}

/* May code that the unit does not show call it? */
static bool is_entry(const struct func_flow *ff)
{
	return !ff->func->is_static || ff->address_taken || !ff->callers->len;
}

/*
 * Can others come to @ff than by the thread's own function? Who calls that one
 * does what the thread does.
 */
static bool has_other_way(const struct flow *fl, const struct func_flow *ff,
			  const struct thread *t)
{
	const struct func *own = unit_find(fl->unit, t->name);
	GHashTable *seen = g_hash_table_new(NULL, NULL);
	GHashTableIter it;
	gpointer key;
	bool other = false;

	if (own)
		g_hash_table_add(seen, flow_of(fl, own));
	if (ff->func != own)
		add_callers(fl, ff, seen);
	g_hash_table_iter_init(&it, seen);
	while (g_hash_table_iter_next(&it, &key, NULL)) {
		const struct func_flow *way = key;

		other |= is_entry(way) && strcmp(way->func->name, t->name);
	}
	g_hash_table_unref(seen);
	return other;
}

/*
 * Does somebody come to @t's function who does not come to @other's as well? Who
 * does both may do one after the other, and waits for nobody.
 */
static bool comes_apart(const struct flow *fl, const struct thread *t,
			const struct thread *other)
{
	const struct func *own = unit_find(fl->unit, t->name);
	const struct func *its = unit_find(fl->unit, other->name);
	GHashTable *ways = g_hash_table_new(NULL, NULL);
	GHashTable *both = g_hash_table_new(NULL, NULL);
	GHashTableIter it;
	gpointer key;
	bool apart = false;

	if (own && its) {
		add_callers(fl, flow_of(fl, own), ways);
		add_callers(fl, flow_of(fl, its), both);
	}
	g_hash_table_iter_init(&it, ways);
	while (g_hash_table_iter_next(&it, &key, NULL))
		apart |= is_entry(key) && !g_hash_table_contains(both, key);
	g_hash_table_unref(ways);
	g_hash_table_unref(both);
	return apart;
}

/* Might the act clear the bits that @op does? Two names are two bits. */
static bool may_clear(const struct program *p, const struct act *a,
		      const struct op *op)
{
	const struct type *type = &p->types[op->place.type];
	const struct expr *word;

	if (!a->loc || a->is_init ||
	    (a->kind == ACT_SET && a->loc->kind == EXPR_BIT))
		return false;
	word = a->loc->kind == EXPR_BIT ? a->loc->a : a->loc;
	if (word->kind != EXPR_FIELD || word->owner != type->record ||
	    strcmp(word->name, type->fields[op->place.field].name))
		return false;
	return word == a->loc || !a->loc->name || !op->value->text ||
	       !strcmp(a->loc->name, op->value->text);
}

/* In whose text the act stands, if that is in the unit. */
static const struct func_flow *home_of(const struct flow *fl,
				       const struct act *a)
{
	struct func *f = a->via ? unit_find(fl->unit, a->func) : NULL;
	const struct func_flow *home = f ? flow_of(fl, f) : NULL;

	return home ? home : a->in;
}

/* May a function change the word in a way that is no act, but the thread's? */
static bool is_written_unseen(const struct flow *fl, const struct program *p,
			      const struct thread *t, const struct place *word)
{
	const struct type *type = &p->types[word->type];
	guint i;

	for (i = 0; i < fl->funcs->len; i++) {
		const struct func_flow *ff = fl->funcs->pdata[i];

		if (writes_unseen(fl, ff->func, type->record,
				  type->fields[word->field].name) &&
		    has_other_way(fl, ff, t))
			return true;
	}
	return false;
}

/* Does a function clear them that is not the thread's, as far as one sees? */
static bool is_cleared_elsewhere(const struct flow *fl, const struct program *p,
				 const struct thread *t, const struct op *op)
{
	static const enum act_kind kinds[] = { ACT_CLEAR, ACT_STORE, ACT_SET };
	const struct act *a;
	guint i, k;

	/* a member of a member goes by other names in acts */
	if (strchr(p->types[op->place.type].fields[op->place.field].name, '.'))
		return true;
	for (k = 0; k < G_N_ELEMENTS(kinds); k++) {
		for (i = 0; i < fl->acts[kinds[k]]->len; i++) {
			a = fl->acts[kinds[k]]->pdata[i];
			if (may_clear(p, a, op) &&
			    has_other_way(fl, home_of(fl, a), t))
				return true;
		}
	}
	return is_written_unseen(fl, p, t, &op->place);
}

/*
 * Does @t wait, in a loop that looks again and again, for bits that only the
 * other one clears? A lock that callers hold around both would be a deadlock.
 */
static bool waits_for(const struct flow *fl, const struct program *p,
		      const struct thread *t, const struct thread *other)
{
	const struct op *op, *clear;
	int i;

	for (i = 0; i + 2 < t->n_ops; i++) {
		op = &t->ops[i];
		if (op[0].kind != OP_LOAD || op[1].kind != OP_BRANCH ||
		    op[2].kind != OP_RELAX)
			continue;
		clear = clears(other, &op->place, asked_bits(op[1].value));
		if (clear && comes_apart(fl, t, other) &&
		    !is_cleared_elsewhere(fl, p, other, clear))
			return true;
	}
	return false;
}

/* Is it the lock at which two who change the finding's flag meet? */
static bool arbitrates(const struct flow *fl, const struct subject *s,
		       const struct program *p, const struct place *lock)
{
	const struct guard *g = s->flag.name ? flow_guard(fl, &s->flag) : NULL;
	const struct type *type = &p->types[lock->type];

	return g && g->arbitrates && type->record == g->lock_owner &&
	       type->fields[lock->field].name == g->lock_field;
}

/* Does it call the function, perhaps through others? */
static bool leads_to(const struct flow *fl, const struct func_flow *ff,
		     const struct func_flow *callee)
{
	GHashTable *seen = g_hash_table_new(NULL, NULL);
	bool yes;

	add_callers(fl, callee, seen);
	yes = g_hash_table_contains(seen, ff);
	g_hash_table_unref(seen);
	return yes;
}

/* Does somebody take the lock who has no part in the finding's wait? */
static bool is_taken_elsewhere(const struct flow *fl, const struct subject *s,
			       const struct act *unlock)
{
	const char *owner, *field, *o, *n;
	guint i;

	flow_lock_name(unlock->loc, unlock->class, &owner, &field);
	for (i = 0; i < fl->acts[ACT_LOCK]->len; i++) {
		const struct act *a = fl->acts[ACT_LOCK]->pdata[i];

		flow_lock_name(a->loc, a->class, &o, &n);
		if (o == owner && n == field &&
		    !leads_to(fl, a->in, s->in) &&
		    !leads_to(fl, s->in, a->in))
			return true;
	}
	return false;
}

/*
 * Is each lock that the finding's function lets go of while it sleeps there for
 * others than those who wake it? Then these would take it themselves as well.
 */
static bool lets_others_in(const struct flow *fl, const struct subject *s)
{
	const struct act *const *sleeps, *a;
	guint i, n;

	sleeps = flow_acts(fl, s->in, ACT_SLEEP, &n);
	for (i = 0; i < n; i++)
		for (a = sleeps[i]->prev; a && a->kind != ACT_TEST; a = a->prev)
			if (a->kind == ACT_UNLOCK &&
			    !is_taken_elsewhere(fl, s, a))
				return false;
	return true;
}

/* Does the op make a count smaller, as far as one sees? */
static bool lowers(const struct op *op)
{
	int n;

	return op->kind == OP_RMW &&
	       (op->rmw == RMW_ADD || op->rmw == RMW_ADD_UNLESS) &&
	       value_is_const(op->value, &n) && n < 0;
}

/*
 * Does the finding's function wait for the count that @t lowers? What it holds
 * meanwhile, callers of @t cannot need.
 */
static bool is_waited_for(const struct flow *fl, const struct subject *s,
			  const struct program *p, const struct thread *t)
{
	int i;

	if (s->remedy != REMEDY_RESCAN || !lets_others_in(fl, s))
		return false;
	for (i = 0; i < t->n_ops; i++) {
		const struct place *at = &t->ops[i].place;

		if (lowers(&t->ops[i]) &&
		    p->types[at->type].record == s->flag.record &&
		    p->types[at->type].fields[at->field].name == s->flag.name)
			return true;
	}
	return false;
}

/*
 * They take the same lock, or each goes on only if a count lets it, or one
 * waits for the other, for a count or for bits. That a function takes the same
 * lock as itself is no evidence, unless that lock is there for those who do
 * the same.
 */
static bool may_meet(const struct flow *fl, const struct subject *s,
		     const struct program *p, int i, int k)
{
	const struct thread *a = &p->threads[i], *b = &p->threads[k];
	bool same = a->name == b->name;
	const struct op *op;
	int n;

	if (i == 0 && !same && is_waited_for(fl, s, p, b))
		return true;
	if (!same && (waits_for(fl, p, a, b) || waits_for(fl, p, b, a)))
		return true;
	for (n = 0; n < a->n_ops; n++) {
		op = &a->ops[n];
		if (is_lock(op) && takes(b, &op->place) &&
		    (!same || arbitrates(fl, s, p, &op->place)))
			return true;
		if (!same && asks(p, op) && asks_for(p, b, &op->place))
			return true;
	}
	return false;
}

/* Where in the run the thread's steps begin and end. */
static void span(const struct machine_result *run, int thread, int *ret_first,
		 int *ret_last)
{
	int i;

	*ret_first = run->n_schedule;
	*ret_last = -1;
	for (i = 0; i < run->n_schedule; i++) {
		if (run->schedule[i].thread != thread)
			continue;
		*ret_first = MIN(*ret_first, i);
		*ret_last = i;
	}
}

static bool overlap(const struct machine_result *run, int i, int k)
{
	int first, last, begin, end;

	span(run, i, &first, &last);
	span(run, k, &begin, &end);
	return first < end && begin < last;
}

bool meet_all(const struct flow *fl, const struct subject *s,
	      const struct program *p, const struct machine_result *run)
{
	bool any = false;
	int i, k;

	for (i = 0; i < p->n_threads; i++) {
		for (k = i + 1; k < p->n_threads; k++) {
			if (p->threads[i].agent || p->threads[k].agent ||
			    !overlap(run, i, k))
				continue;
			if (!may_meet(fl, s, p, i, k))
				return false;
			any = true;
		}
	}
	return any;
}

bool meet_always(const struct flow *fl, const struct subject *s,
		 const struct program *p)
{
	int i, k;

	for (i = 0; i < p->n_threads; i++)
		for (k = i + 1; k < p->n_threads; k++)
			if (!p->threads[i].agent && !p->threads[k].agent &&
			    !may_meet(fl, s, p, i, k))
				return false;
	return true;
}

/* ---- apart ---- */

/* An object with a lock for each two threads that are kept apart. */
static void add_locks(struct arena *a, struct program *p, int n)
{
	struct type *types = arena_new_array(a, struct type, p->n_types + 1);
	struct object *objects = arena_new_array(a, struct object,
						 p->n_objects + 1);
	struct type *t = &types[p->n_types];
	int i;

	memcpy(types, p->types, (size_t)p->n_types * sizeof(*types));
	memcpy(objects, p->objects, (size_t)p->n_objects * sizeof(*objects));
	t->record = "callers";
	t->n_fields = n;
	t->fields = arena_new_array(a, struct field, n);
	for (i = 0; i < n; i++)
		t->fields[i] = (struct field){ .name = "lock", .lock = true };
	objects[p->n_objects] = (struct object){
		.name = "callers", .type = p->n_types, .exists = true,
		.initial = arena_new_array(a, int, n),
	};
	p->types = types;
	p->objects = objects;
	p->n_types++;
	p->n_objects++;
}

static struct op lock_op(const struct value *object, const struct program *p,
			 enum op_kind kind, int lock)
{
	return (struct op){
		.kind = kind, .lock = LOCK_MUTEX, .result = -1,
		.place = { object, p->n_types - 1, lock },
		.text = callers_lock, .func = callers_lock,
	};
}

/* The locks are taken before all else, and released at the end. */
static void put_inside(struct arena *a, struct program *p, struct thread *t,
		       guint locks)
{
	const struct thread old = *t;
	struct value *object = arena_new_object(a, struct value);
	int i, n = 0;

	object->number = p->n_objects;
	t->ops = arena_new_array(a, struct op, old.n_ops + 2 * 32);
	for (i = 0; i < 32; i++)
		if (locks >> i & 1)
			t->ops[n++] = lock_op(object, p, OP_LOCK, i);
	for (i = 0; i < old.n_ops - 1; i++) {
		t->ops[n + i] = old.ops[i];
		t->ops[n + i].target += n;
	}
	t->n_ops = n + old.n_ops - 1;
	for (i = 31; i >= 0; i--)
		if (locks >> i & 1)
			t->ops[t->n_ops++] = lock_op(object, p, OP_UNLOCK, i);
	t->ops[t->n_ops++] = old.ops[old.n_ops - 1];
}

struct program *meet_apart(const struct flow *fl, const struct subject *s,
			   struct arena *a, const struct program *p)
{
	struct program *apart = arena_copy(a, p, sizeof(*p));
	guint *locks = arena_new_array(a, guint, p->n_threads);
	int i, k, n = 0;

	for (i = 0; i < p->n_threads; i++) {
		for (k = i + 1; k < p->n_threads; k++) {
			if (p->threads[i].agent || p->threads[k].agent ||
			    may_meet(fl, s, p, i, k))
				continue;
			locks[i] |= 1u << n;
			locks[k] |= 1u << n++;
		}
	}
	if (!n)
		return NULL;
	add_locks(a, apart, n);
	apart->threads = arena_copy(a, p->threads, (size_t)p->n_threads *
						   sizeof(*p->threads));
	for (i = 0; i < p->n_threads; i++)
		put_inside(a, apart, &apart->threads[i], locks[i]);
	return apart;
}

void meet_map(struct arena *a, const struct program *apart,
	      struct machine_result *run)
{
	struct transition *out = arena_new_array(a, struct transition,
						 run->n_schedule);
	const struct thread *t;
	int i, k, n = 0;

	for (i = 0; i < run->n_schedule; i++) {
		t = &apart->threads[run->schedule[i].thread];
		if (t->ops[run->schedule[i].op].text == callers_lock)
			continue;
		out[n] = run->schedule[i];
		for (k = 0; k < run->schedule[i].op; k++)
			out[n].op -= t->ops[k].text == callers_lock;
		n++;
	}
	run->schedule = out;
	run->n_schedule = n;
}
