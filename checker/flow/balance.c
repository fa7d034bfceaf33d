// SPDX-License-Identifier: GPL-2.0-only
/*
 * Balance: on one path, do the references on an object change as the flag
 * that owns one of them says? A get that is put again on the same path is not
 * the flag's, and a reference that goes elsewhere (returned, stored, given to
 * a function nobody knows) is not lost.
 */
#include "flow/pairs.h"

#include <string.h>

/* May equal_of() say anything of it? */
static bool is_equality(const struct act *a)
{
	return a->kind == ACT_STORE ||
	       (a->kind == ACT_TEST && a->loc->kind == EXPR_BINARY);
}

static void index_path(struct path *p, struct arena *scratch)
{
	int *refs = arena_new_array(scratch, int, p->n);
	int *equals = arena_new_array(scratch, int, p->n);
	int i;

	p->refs = refs;
	p->equals = equals;
	p->n_refs = p->n_equals = 0;
	for (i = 0; i < p->n; i++) {
		if (is_reference_act(p->acts[i]))
			refs[p->n_refs++] = i;
		else if (is_equality(p->acts[i]))
			equals[p->n_equals++] = i;
	}
}

void path_init(struct flow *fl, struct arena *scratch, const struct act *leaf,
	       struct path *ret_path)
{
	ret_path->flow = fl;
	ret_path->acts = flow_trace(scratch, leaf, &ret_path->n);
	ret_path->complete = leaf->kind == ACT_RETURN;
	index_path(ret_path, scratch);
}

bool path_new(struct flow *fl, struct arena *scratch, const struct act *leaf,
	      struct path *ret_path)
{
	const struct act *a = leaf;

	while (a && !is_flag_write(a))
		a = a->prev;
	if (!a)
		return false;
	path_init(fl, scratch, leaf, ret_path);
	return true;
}

struct nearby nearby_start(const struct path *p, int at)
{
	int low = 0, high = p->n_refs, mid;

	while (low < high) {
		mid = (low + high) / 2;
		if (p->refs[mid] <= at)
			low = mid + 1;
		else
			high = mid;
	}
	return (struct nearby){
		.path = p, .at = at, .behind = low,
		.before = low - 1 - (low > 0 && p->refs[low - 1] == at),
	};
}

int nearby_next(struct nearby *n)
{
	const struct path *p = n->path;
	bool before = n->before >= 0, behind = n->behind < p->n_refs;

	if (behind && (!before || p->refs[n->behind] - n->at <=
				  n->at - p->refs[n->before]))
		return p->refs[n->behind++];
	return before ? p->refs[n->before--] : -1;
}

/* What this act makes or finds equal to @object, or NULL. */
static const struct expr *equal_of(const struct act *a,
				   const struct expr *object)
{
	const struct expr *e = a->loc;
	int rel;

	if (a->kind == ACT_STORE)
		return a->value == object ? e : NULL;
	if (a->kind != ACT_TEST || e->kind != EXPR_BINARY)
		return NULL;
	rel = a->value->value ? 0 : a->rel;
	if (!(e->op == OP2('=', '=') && rel == OP2('!', '=')) &&
	    !(e->op == OP2('!', '=') && rel == OP2('=', '=')))
		return NULL;
	return e->a == object ? e->b : e->b == object ? e->a : NULL;
}

char *path_to_object(const struct path *p, const struct expr *owner,
		     const struct expr *object)
{
	char *path = flow_path_between(owner, object);
	const struct expr *equal;
	int i;

	for (i = 0; !path && i < p->n_equals; i++) {
		equal = equal_of(p->acts[p->equals[i]], object);
		if (equal)
			path = flow_path_between(owner, equal);
	}
	return path;
}

static bool may_change(const struct act *a)
{
	return a->kind == ACT_LOCK || a->kind == ACT_WAIT ||
	       a->kind == ACT_SLEEP || a->kind == ACT_CALL;
}

/*
 * A test behind the write that looks at a copy from before it: the path knows
 * what it wrote, and would not ask.
 */
static int known_later(const struct path *p, int write)
{
	const struct expr *flag = p->acts[write]->loc;
	bool copied = false, changed = false;
	int i;

	for (i = 0; i < write; i++)
		copied |= p->acts[i]->kind == ACT_LOAD &&
			  flow_mentions(p->acts[i]->loc, flag);
	for (i = write + 1; i < p->n; i++) {
		const struct act *a = p->acts[i];

		changed |= may_change(a) || (is_flag_write(a) && a->loc == flag);
		if (a->kind == ACT_TEST && a->loc == flag &&
		    (a->kept ? copied : !changed))
			return flow_tested_value(a);
	}
	return -1;
}

int path_known(const struct path *p, int write)
{
	const struct expr *flag = p->acts[write]->loc;
	bool written = false; /* and not changed by others since */
	int i, known = -1;

	for (i = 0; i < write; i++) {
		const struct act *a = p->acts[i];

		written &= !may_change(a);
		if (a->loc != flag)
			continue;
		if (is_flag_write(a)) {
			known = a->kind == ACT_SET;
			written = true;
		} else if (a->kind == ACT_TEST && !written &&
			   flow_tested_value(a) >= 0) {
			known = flow_tested_value(a);
		}
	}
	return known >= 0 ? known : known_later(p, write);
}

static bool changes(const struct path *p, int write)
{
	return path_known(p, write) != (p->acts[write]->kind == ACT_SET);
}

/* Made here, and nobody else was told: neither flag nor count is looked at. */
static bool is_new(const struct act *write)
{
	const struct act *a;

	for (a = write->prev; a; a = a->prev) {
		if (a->kind == ACT_ALLOC && a->obj == write->obj)
			return true;
		if ((a->kind == ACT_INSERT || a->kind == ACT_PUBLISH) &&
		    a->obj == write->obj)
			return false;
		if (a->kind == ACT_STORE && a->obj != write->obj && a->value &&
		    flow_mentions(a->value, write->obj))
			return false;
	}
	return false;
}

static bool is_unlocked(const struct act *a)
{
	return !a->locks && !a->in->entry_locks->len;
}

/* Does the path free, with no lock held, what @store put into the object? */
static bool frees_stored(const struct path *p, const struct act *store, int i)
{
	const struct act *a;

	for (; i < p->n; i++) {
		a = p->acts[i];
		if (a->kind == ACT_FREE && is_unlocked(a) &&
		    (a->obj == store->loc || a->obj == store->value))
			return true;
	}
	return false;
}

/*
 * The path gives the object a part and takes it away again, both with no lock:
 * nobody else has the object, which its caller throws away.
 */
static bool is_taken_back(const struct path *p, const struct expr *object)
{
	const struct act *a;
	int i;

	for (i = 0; i < p->n; i++) {
		a = p->acts[i];
		if (a->kind == ACT_STORE && a->obj == object &&
		    is_unlocked(a) && a->value &&
		    a->value->kind == EXPR_FRESH && frees_stored(p, a, i + 1))
			return true;
	}
	return false;
}

/* A count around one owner on one path. */
struct tally {
	const struct path *path;
	const struct pair *pair;
	const struct flag_id *count;
	const struct act *write;
	const struct expr *object; /* as some act named it; NULL: none did */
	int gets, puts, sets, clears;
};

static bool counts(const struct tally *t, const struct act *a)
{
	struct flag_id id;

	if (a->kind == ACT_ALLOC)
		return true;
	if (!flow_is_lifetime(t->path->flow, a))
		return false;
	if (!t->count->name || !a->loc)
		return true;
	return flow_flag(a->loc, &id) && flag_equal(&id, t->count);
}

/* Is @e the pair's object, seen from the owner of the flag? */
static bool is_object(const struct tally *t, const struct expr *e)
{
	char *path = path_to_object(t->path, t->write->obj, e);
	bool is = path && (t->pair->object_known ?
				   !strcmp(path, t->pair->object) : true);

	g_free(path);
	return is;
}

/* A new object comes with a reference; the owner itself is another matter. */
static bool is_reference(const struct tally *t, const struct act *a)
{
	return a->obj && (a->kind == ACT_GET || a->kind == ACT_PUT ||
			  (a->kind == ACT_ALLOC && a->obj != t->write->obj)) &&
	       counts(t, a) && is_object(t, a->obj);
}

static void count(struct tally *t)
{
	int i;

	for (i = 0; i < t->path->n; i++) {
		const struct act *a = t->path->acts[i];

		if (is_flag_write(a) && a->loc == t->write->loc) {
			if (changes(t->path, i)) {
				t->sets += a->kind == ACT_SET;
				t->clears += a->kind == ACT_CLEAR;
			}
		} else if (is_reference(t, a)) {
			t->object = a->obj;
			t->gets += a->kind != ACT_PUT;
			t->puts += a->kind == ACT_PUT;
		}
	}
}

/* The get or put that stands nearest to the write; behind it first. */
static const struct act *nearest(const struct tally *t, int write,
				 enum act_kind kind)
{
	struct nearby near = nearby_start(t->path, write);
	int i;

	while ((i = nearby_next(&near)) >= 0) {
		const struct act *a = t->path->acts[i];

		if (a->kind == kind && is_reference(t, a))
			return a;
	}
	return NULL;
}

static bool cleans_up(const struct block *b, const struct expr *variable)
{
	int i;

	for (i = 0; i < b->n_events; i++)
		if (b->events[i].kind == EVENT_CLEANUP &&
		    b->events[i].n_args &&
		    flow_mentions(b->events[i].args[0], variable))
			return true;
	return false;
}

/* A variable with a __free(), which drops what is in it, if anything is. */
static bool is_cleaned_up(const struct act *load)
{
	const struct func *f = load->in->func;
	int i;

	for (i = 0; i < f->n_blocks; i++)
		if (load->value && cleans_up(&f->blocks[i], load->value))
			return true;
	return false;
}

/* Is the object known to be none, or does it get another owner? */
static bool hands_on(const struct tally *t, const struct act *a)
{
	switch (a->kind) {
	case ACT_TEST:
		return a->rel == OP2('=', '=') && !a->value->value &&
		       is_object(t, a->loc);
	case ACT_RETURN:
		return a->value && a->value->pointers &&
		       is_object(t, a->value);
	case ACT_STORE:
		return a->value && a->obj != t->write->obj &&
		       is_object(t, a->value);
	case ACT_LOAD:
		return !a->via && is_cleaned_up(a) && is_object(t, a->loc);
	case ACT_CALL:
	case ACT_PUBLISH:
		/* the put of a declared pair has a name, and is known by it */
		return t->pair->origin == ORIGIN_MINED && a->obj &&
		       a->seq > t->write->seq && is_object(t, a->obj);
	case ACT_FREE:
		return a->obj && (a->obj == t->write->obj ||
				  is_object(t, a->obj));
	default:
		return false;
	}
}

/* The same flag of another owner, the other way round: it moved. */
static bool moves(const struct tally *t, const struct act *a)
{
	struct flag_id id;

	return is_flag_write(a) && a->kind != t->write->kind &&
	       a->obj != t->write->obj && *t->pair->object &&
	       flow_flag(a->loc, &id) && flag_equal(&id, &t->pair->flag);
}

static bool excused(const struct tally *t)
{
	int i;

	for (i = 0; i < t->path->n; i++) {
		const struct act *a = t->path->acts[i];

		if (moves(t, a) || (t->write->kind == ACT_CLEAR &&
				    hands_on(t, a)))
			return true;
	}
	return false;
}

enum balance path_balance(const struct path *p, const struct pair *pair,
			  const struct flag_id *count_of, int write,
			  const struct act **ret_ref)
{
	struct tally t = { .path = p, .pair = pair, .count = count_of,
			   .write = p->acts[write] };
	bool set = t.write->kind == ACT_SET, kept;

	if (!t.write->obj || !changes(p, write) || is_new(t.write))
		return BALANCE_NONE;
	count(&t);
	kept = set ? t.gets - t.puts >= t.sets - t.clears :
		     t.gets - t.puts <= t.sets - t.clears;
	*ret_ref = nearest(&t, write, set ? ACT_GET : ACT_PUT);
	if (kept)
		return *ret_ref ? BALANCE_KEPT : BALANCE_NONE;
	return p->complete && !excused(&t) &&
			       !is_taken_back(p, t.write->obj) ?
		       BALANCE_LOST : BALANCE_NONE;
}
