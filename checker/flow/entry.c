// SPDX-License-Identifier: GPL-2.0-only
/*
 * Locks held on entry: what all callers hold at the call, and what a function
 * releases without having taken it.
 */
#include "flow/state.h"
#include "flow/world.h"

/* Placeholders keep the caller's parameters and the callee's apart. */
#define PLACEHOLDER 100000

bool is_given(const struct expr *e)
{
	if (!e)
		return true;
	if (e->kind == EXPR_LOCAL || e->kind == EXPR_FRESH ||
	    e->kind == EXPR_CALL || e->kind == EXPR_OPAQUE)
		return false;
	return is_given(e->a) && is_given(e->b);
}

struct terms {
	struct unit *unit;
	const struct func *callee; /* types its parameters; NULL: they have none */
	bool foreign;		/* some leaf means nothing to the callee */
};

/*
 * An expr_map: the parameter that a placeholder stands for. What else is the
 * caller's own makes the whole one of the caller's.
 */
static const struct expr *param_of(const struct expr *leaf, void *data)
{
	struct terms *t = data;

	if (leaf->kind == EXPR_OPAQUE && leaf->id >= PLACEHOLDER)
		return param_typed(t->unit, t->callee, leaf->id - PLACEHOLDER);
	t->foreign |= leaf->kind == EXPR_PARAM || !is_given(leaf);
	return NULL;
}

const struct expr *param_typed(struct unit *u, const struct func *f, int id)
{
	const struct local *l = f ? &f->locals[id] : NULL;

	return expr_numbered(u, EXPR_PARAM, id, l ? l->record : NULL,
			     l ? l->pointers : 0);
}

/* A caller's lock in the callee's terms; NULL: it has no name there. */
static const struct expr *translate(struct terms *t, const struct expr *lock,
				    const struct expr **args, int n_args)
{
	int i, n = t->callee ? MIN(n_args, t->callee->n_params) : n_args;

	for (i = 0; i < n; i++)
		if (args[i] && flow_mentions(lock, args[i]))
			lock = expr_replace(t->unit, lock, args[i],
					    expr_numbered(t->unit, EXPR_OPAQUE,
							  PLACEHOLDER + i,
							  NULL, 0));
	t->foreign = false;
	lock = expr_substitute(t->unit, lock, param_of, t);
	return t->foreign ? NULL : lock;
}

const struct expr *flow_in_callee(const struct flow *fl,
				  const struct call_site *s,
				  const struct expr *place)
{
	struct terms t = { fl->unit, s->callee->func, false };

	return translate(&t, place, s->args, s->n_args);
}

static void add(GArray *set, const struct expr *lock, const char *class,
		const char *owner, const char *field, const char *why)
{
	struct entry_lock e = { lock, class, owner, field, why };

	g_array_append_val(set, e);
}

static void add_held(struct terms *t, const struct call_site *s, GArray *set)
{
	const char *owner, *field;
	const struct held *h;

	for (h = s->locks; h; h = h->next) {
		flow_lock_name(h->lock, h->class, &owner, &field);
		add(set, h->lock ? translate(t, h->lock, s->args, s->n_args) :
				   NULL,
		    h->class, owner, field, "all callers");
	}
}

/* Is letting go of @r perhaps letting go of @e? */
static bool may_be(const struct entry_lock *r, const struct entry_lock *e)
{
	if (r->owner == e->owner && r->field == e->field)
		return true;
	/* a lock that is reached as a whole has its class for a name */
	return (r->field == r->class || e->field == e->class) &&
	       !g_strcmp0(r->class, e->class);
}

static bool is_lost(const GArray *released, const struct entry_lock *e)
{
	guint i;

	for (i = 0; i < released->len; i++)
		if (may_be(&g_array_index(released, struct entry_lock, i), e))
			return true;
	return false;
}

/*
 * What the caller holds already when it is entered, and still does at the call.
 */
static void add_entry(struct terms *t, const struct expr **args, int n_args,
		      const GArray *entry, const GArray *released, GArray *set)
{
	guint i;

	for (i = 0; i < entry->len; i++) {
		struct entry_lock e = g_array_index(entry, struct entry_lock,
						    i);

		if (is_lost(released, &e))
			continue;
		add(set, e.lock ? translate(t, e.lock, args, n_args) : NULL,
		    e.class, e.owner, e.field, "all callers");
	}
}

static GArray *set_new(void)
{
	return g_array_new(FALSE, TRUE, sizeof(struct entry_lock));
}

GArray *locks_released(const struct call_site *s)
{
	GArray *set = set_new();
	const char *owner, *field;
	const struct held *h;

	for (h = s->released; h; h = h->next) {
		flow_lock_name(h->lock, h->class, &owner, &field);
		add(set, NULL, h->class, owner, field, NULL);
	}
	return set;
}

/* All that is held at one call. */
static GArray *held_at(struct flow *fl, const struct call_site *s,
		       const struct func_flow *callee)
{
	struct terms t = { fl->unit, callee->func, false };
	GArray *set = set_new(), *released = locks_released(s);

	add_held(&t, s, set);
	add_entry(&t, s->args, s->n_args,
		  flow_of(fl, s->caller)->entry_locks, released, set);
	g_array_unref(released);
	return set;
}

GArray *locks_at_call(struct unit *u, const struct call_site *s)
{
	struct terms t = { u, NULL, false };
	GArray *set = set_new();

	add_held(&t, s, set);
	return set;
}

GArray *call_locks(struct unit *u, const struct known_call *c,
		   const GArray *entry)
{
	struct terms t = { u, NULL, false };
	GArray *set = set_new();

	g_array_append_vals(set, c->locks->data, c->locks->len);
	if (entry)
		add_entry(&t, c->args, c->n_args, entry, c->released, set);
	return set;
}

/* Static ones of two files may have one name. */
static bool is_other_global(const struct expr *a, const struct expr *b)
{
	return a && b && a != b && a->kind == EXPR_GLOBAL &&
	       b->kind == EXPR_GLOBAL;
}

static bool same_kind(const struct entry_lock *a, const struct entry_lock *b)
{
	if (is_other_global(a->lock, b->lock))
		return false;
	return a->owner == b->owner && a->field == b->field &&
	       !g_strcmp0(a->class, b->class);
}

/* Finds @e in @set; *@ret_exact: the very lock, not only one of its kind. */
static bool in_set(const GArray *set, const struct entry_lock *e,
		   bool *ret_exact)
{
	bool found = false;
	guint i;

	*ret_exact = false;
	for (i = 0; i < set->len; i++) {
		const struct entry_lock *o =
			&g_array_index(set, struct entry_lock, i);

		if (!same_kind(e, o))
			continue;
		found = true;
		*ret_exact |= e->lock == o->lock;
	}
	return found;
}

bool locks_intersect(GArray *into, const GArray *other)
{
	bool exact, changed = false;
	guint i = 0;

	while (i < into->len) {
		struct entry_lock *e = &g_array_index(into, struct entry_lock,
						      i);

		if (!in_set(other, e, &exact)) {
			g_array_remove_index(into, i);
			changed = true;
			continue;
		}
		changed |= !exact && e->lock;
		if (!exact)
			e->lock = NULL;
		i++;
	}
	return changed;
}

/* Callers outside of the unit; NULL: they are not all known. */
static GArray *from_world(const struct flow *fl, const struct func_flow *ff)
{
	const struct world *w = fl->world;
	GBytes *bytes = w && w->entry ? w->entry(w->data, ff->func) : NULL;

	return bytes ? locks_unpack(fl->unit, ff->func, bytes) : NULL;
}

/* A call in a recursion of which nobody knows yet how it begins. */
static bool is_pending(const struct func_flow *caller,
		       const struct func_flow *callee)
{
	return caller->component == callee->component && !caller->entered;
}

/*
 * What callers hold, those that were not looked at yet left out. NULL: there
 * are none, or some that nobody knows: without a world those of any function
 * that is not static, or whose address goes anywhere.
 */
static GArray *from_callers(struct flow *fl, const struct func_flow *ff)
{
	GArray *common = from_world(fl, ff), *set;
	guint i;

	if (!common && ff->address_taken)
		return NULL;
	for (i = 0; i < ff->callers->len; i++) {
		const struct call_site *s = ff->callers->pdata[i];

		if (is_pending(flow_of(fl, s->caller), ff))
			continue;
		set = held_at(fl, s, ff);
		if (!common) {
			common = set;
			continue;
		}
		locks_intersect(common, set);
		g_array_unref(set);
	}
	return common;
}

/* The part of the entry locks that callers hold. */
static GArray *callers_part(const struct func_flow *ff)
{
	GArray *part = set_new();
	guint i;

	for (i = ff->n_released; i < ff->entry_locks->len; i++)
		g_array_append_val(part, g_array_index(ff->entry_locks,
						       struct entry_lock, i));
	return part;
}

static void set_callers_part(struct func_flow *ff, const GArray *part)
{
	g_array_set_size(ff->entry_locks, ff->n_released);
	if (part)
		g_array_append_vals(ff->entry_locks, part->data, part->len);
}

/* False: it is entered under the locks that were known already. */
static bool enter(struct flow *fl, struct func_flow *ff)
{
	GArray *now = from_callers(fl, ff), *before;
	bool changed = true;

	if (!ff->entered) {
		ff->entered = now || ff->address_taken;
		set_callers_part(ff, now);
		changed = ff->entered;
	} else if (now) {
		before = callers_part(ff);
		changed = locks_intersect(before, now);
		set_callers_part(ff, before);
		g_array_unref(before);
	} else {
		changed = false;
	}
	if (now)
		g_array_unref(now);
	return changed;
}

/* A lock that is reached as a whole has no name to know it by. */
static bool is_nameless(const struct expr *lock)
{
	return lock && lock->kind != EXPR_FIELD && lock->kind != EXPR_GLOBAL &&
	       lock->kind != EXPR_BIT;
}

/* Is there an unlock of the very lock that @h holds? */
static bool is_released(const struct held *h, const struct act *const *unlocks,
			guint n)
{
	const struct held *at;
	guint i;

	for (i = 0; i < n; i++) {
		if (unlocks[i]->loc != h->lock)
			continue;
		for (at = unlocks[i]->locks; at; at = at->next)
			if (at->act == h->act)
				return true;
	}
	return false;
}

/*
 * A pointer to a lock may lead to one that the path took by another name: one
 * of its class that nothing else releases.
 */
static bool taken_elsehow(const struct act *unlock,
			  const struct act *const *unlocks, guint n)
{
	const struct held *h;

	for (h = unlock->locks; h; h = h->next)
		if (h->act && !g_strcmp0(h->class, unlock->class) &&
		    (is_nameless(h->lock) || is_nameless(unlock->loc)) &&
		    !is_released(h, unlocks, n))
			return true;
	return false;
}

/* By the same path, under the same name. */
static bool taken_before(const struct act *unlock)
{
	const char *owner, *field, *o, *f;
	const struct act *a;
	int open = 0;

	flow_lock_name(unlock->loc, unlock->class, &owner, &field);
	for (a = unlock->prev; a; a = a->prev) {
		if (a->kind != ACT_LOCK && a->kind != ACT_UNLOCK)
			continue;
		flow_lock_name(a->loc, a->class, &o, &f);
		if (o == owner && f == field)
			open += a->kind == ACT_LOCK ? 1 : -1;
		if (open > 0)
			return true;
	}
	return false;
}

/* Something that happens to this very lock on the way to @a, or NULL. */
static const struct act *touched_before(const struct act *a)
{
	const struct act *b;

	for (b = a->prev; b; b = b->prev)
		if ((b->kind == ACT_LOCK || b->kind == ACT_UNLOCK) &&
		    b->loc == a->loc)
			return b;
	return NULL;
}

/*
 * Another path takes the lock before it does anything else with it, so nobody
 * holds it then: it is taken and released under conditions that this path
 * could not tell to be one.
 */
static bool taken_elsewhere(const struct flow *fl, const struct func_flow *ff,
			    const struct act *unlock)
{
	const struct act *const *locks;
	guint i, n;

	locks = flow_acts(fl, ff, ACT_LOCK, &n);
	for (i = 0; unlock->loc && i < n; i++)
		if (locks[i]->loc == unlock->loc && !touched_before(locks[i]))
			return true;
	return false;
}

static bool holds_class(const struct call_site *s, const char *class)
{
	const struct held *h;

	for (h = s->locks; h; h = h->next)
		if (!g_strcmp0(h->class, class))
			return true;
	return false;
}

/* Some caller in the unit let go of this very lock, and took none again. */
static bool released_by_caller(const struct flow *fl,
			       const struct func_flow *ff,
			       const struct entry_lock *e)
{
	struct terms t = { fl->unit, ff->func, false };
	const struct held *h;
	guint i;

	for (i = 0; i < ff->callers->len; i++) {
		const struct call_site *s = ff->callers->pdata[i];

		for (h = s->released; h; h = h->next)
			if (h->lock && e->lock && !holds_class(s, e->class) &&
			    translate(&t, h->lock, s->args, s->n_args) ==
				    e->lock)
				return true;
	}
	return false;
}

static void from_unlocks(const struct flow *fl, struct func_flow *ff)
{
	struct entry_lock e = { .why = "released here" };
	const struct act *const *unlocks;
	guint i, n;
	bool exact;

	unlocks = flow_acts(fl, ff, ACT_UNLOCK, &n);
	for (i = 0; i < n; i++) {
		const struct act *a = unlocks[i];

		/* a caller can only hold what exists when it calls */
		if (!is_given(a->loc) || taken_before(a) ||
		    taken_elsehow(a, unlocks, n) || taken_elsewhere(fl, ff, a))
			continue;
		e.lock = a->loc;
		e.class = a->class;
		flow_lock_name(a->loc, a->class, &e.owner, &e.field);
		if (!released_by_caller(fl, ff, &e) &&
		    !in_set(ff->entry_locks, &e, &exact))
			g_array_append_val(ff->entry_locks, e);
	}
	ff->n_released = ff->entry_locks->len;
}

static void add_asserted(GArray *set, const struct act *a)
{
	const char *owner, *field;
	const struct held *h;
	guint i;

	for (h = a->locks; h; h = h->next) {
		if (h->act || !h->lock || !is_given(h->lock))
			continue;
		for (i = 0; i < set->len; i++)
			if (g_array_index(set, struct entry_lock,
					  i).lock == h->lock)
				break;
		if (i < set->len)
			continue;
		flow_lock_name(h->lock, h->class, &owner, &field);
		add(set, h->lock, h->class, owner, field, "asserted");
	}
}

GArray *locks_asserted(const struct func_flow *ff)
{
	GArray *set = set_new();
	const struct act *a;
	guint i;

	for (i = 0; i < ff->traces->len; i++)
		for (a = ff->traces->pdata[i]; a; a = a->prev)
			add_asserted(set, a);
	return set;
}

static bool calls_itself(const struct func_flow *ff)
{
	guint i;

	for (i = 0; i < ff->callers->len; i++) {
		const struct call_site *s = ff->callers->pdata[i];

		if (s->caller == ff->func)
			return true;
	}
	return false;
}

/* From the callers of a component inwards, until nothing is lost any more. */
static void enter_component(struct flow *fl, guint from, guint n)
{
	bool changed, again = n > 1 || calls_itself(fl->funcs->pdata[from]);
	struct func_flow *ff;
	guint i;

	for (i = from + n; i > from; i--)
		from_unlocks(fl, fl->funcs->pdata[i - 1]);
	do {
		changed = false;
		for (i = from + n; i > from; i--)
			changed |= enter(fl, fl->funcs->pdata[i - 1]);
	} while (changed && again);
	for (i = from; i < from + n; i++) {
		ff = fl->funcs->pdata[i];
		ff->entered = true;
	}
}

void entry_locks_compute(struct flow *fl)
{
	guint to, from;

	for (to = fl->funcs->len; to > 0; to = from) {
		from = component_start(fl->funcs, to);
		enter_component(fl, from, to - from);
	}
}
