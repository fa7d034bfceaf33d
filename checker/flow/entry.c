// SPDX-License-Identifier: GPL-2.0-only
/*
 * Locks held on entry: what all callers in the unit hold at the call, and
 * what a function releases without having taken it.
 */
#include "flow/state.h"

/* Placeholders keep the caller's parameters and the callee's apart. */
#define PLACEHOLDER 100000

static bool is_own(const struct expr *e)
{
	if (!e)
		return true;
	if (e->kind == EXPR_PARAM || e->kind == EXPR_LOCAL ||
	    e->kind == EXPR_FRESH || e->kind == EXPR_CALL)
		return false;
	return is_own(e->a) && is_own(e->b);
}

static const struct expr *placeholder(struct unit *u, const struct func *f,
				      int param)
{
	return expr_numbered(u, EXPR_OPAQUE, PLACEHOLDER + param,
			     f->locals[param].record,
			     f->locals[param].pointers);
}

/* An expr_map: the parameter that a placeholder stands for. */
static const struct expr *param_of(const struct expr *leaf, void *unit)
{
	if (leaf->kind != EXPR_OPAQUE || leaf->id < PLACEHOLDER)
		return NULL;
	return expr_numbered(unit, EXPR_PARAM, leaf->id - PLACEHOLDER,
			     leaf->record, leaf->pointers);
}

/* A caller's lock in the callee's terms; NULL: it has no name there. */
static const struct expr *translate(struct unit *u, const struct expr *lock,
				    const struct call_site *s,
				    const struct func *callee)
{
	int i, n = MIN(s->n_args, callee->n_params);

	for (i = 0; i < n; i++)
		if (flow_mentions(lock, s->args[i]))
			lock = expr_replace(u, lock, s->args[i],
					    placeholder(u, callee, i));
	return is_own(lock) ? expr_substitute(u, lock, param_of, u) : NULL;
}

static void add(GArray *set, const struct expr *lock, const char *class,
		const char *owner, const char *field, const char *why)
{
	struct entry_lock e = { lock, class, owner, field, why };

	g_array_append_val(set, e);
}

/* All that is held at one call. */
static GArray *held_at(struct flow *fl, const struct call_site *s,
		       const struct func_flow *callee)
{
	GArray *set = g_array_new(FALSE, TRUE, sizeof(struct entry_lock));
	struct func_flow *caller = flow_of(fl, s->caller);
	const char *owner, *field;
	const struct held *h;
	guint i;

	for (h = s->locks; h; h = h->next) {
		flow_lock_name(h->lock, h->class, &owner, &field);
		add(set, h->lock ? translate(fl->unit, h->lock, s,
					     callee->func) : NULL,
		    h->class, owner, field, "all callers");
	}
	for (i = 0; i < caller->entry_locks->len; i++) {
		struct entry_lock e = g_array_index(caller->entry_locks,
						    struct entry_lock, i);

		add(set, e.lock ? translate(fl->unit, e.lock, s, callee->func) :
				  NULL,
		    e.class, e.owner, e.field, "all callers");
	}
	return set;
}

static bool same_kind(const struct entry_lock *a, const struct entry_lock *b)
{
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

static void intersect(GArray *into, const GArray *other)
{
	guint i = 0;
	bool exact;

	while (i < into->len) {
		struct entry_lock *e = &g_array_index(into, struct entry_lock,
						      i);

		if (!in_set(other, e, &exact)) {
			g_array_remove_index(into, i);
			continue;
		}
		if (!exact)
			e->lock = NULL;
		i++;
	}
}

static void from_callers(struct flow *fl, struct func_flow *ff)
{
	GArray *common = NULL, *set;
	guint i;

	if (ff->address_taken)
		return;
	for (i = 0; i < ff->callers->len; i++) {
		const struct call_site *s = ff->callers->pdata[i];

		/* a recursive call holds what the first one did */
		if (s->caller == ff->func)
			continue;
		set = held_at(fl, s, ff);
		if (!common) {
			common = set;
			continue;
		}
		intersect(common, set);
		g_array_unref(set);
	}
	if (!common)
		return;
	g_array_append_vals(ff->entry_locks, common->data, common->len);
	g_array_unref(common);
}

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

static void from_unlocks(const struct flow *fl, struct func_flow *ff)
{
	struct entry_lock e = { .why = "released here" };
	const struct act *const *unlocks;
	guint i, n;
	bool exact;

	unlocks = flow_acts(fl, ff, ACT_UNLOCK, &n);
	for (i = 0; i < n; i++) {
		const struct act *a = unlocks[i];

		if (taken_before(a))
			continue;
		e.lock = a->loc;
		e.class = a->class;
		flow_lock_name(a->loc, a->class, &e.owner, &e.field);
		if (!in_set(ff->entry_locks, &e, &exact))
			g_array_append_val(ff->entry_locks, e);
	}
}

void entry_locks_compute(struct flow *fl)
{
	struct func_flow *ff;
	guint i;

	for (i = fl->funcs->len; i > 0; i--) {
		ff = fl->funcs->pdata[i - 1];
		from_unlocks(fl, ff);
		from_callers(fl, ff);
	}
}
