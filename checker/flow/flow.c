// SPDX-License-Identifier: GPL-2.0-only
/*
 * The phases of flow over one unit, and the small questions that rules ask of
 * acts and expressions.
 */
#include "flow/state.h"

#include <string.h>

/* A value born at one step of one path; its number is the same on all. */
struct fresh {
	const struct func *func;
	int event, visit, nth;
	int number;
	const struct expr *last; /* what fresh_value() gave last */
};

static guint fresh_hash(gconstpointer p)
{
	const struct fresh *k = p;

	return (guint)k->event * 2654435761u ^ (guint)k->visit * 97u ^
	       (guint)k->nth * 40503u ^ g_direct_hash(k->func);
}

static gboolean fresh_equal(gconstpointer p, gconstpointer q)
{
	const struct fresh *a = p, *b = q;

	return a->func == b->func && a->event == b->event &&
	       a->visit == b->visit && a->nth == b->nth;
}

static struct fresh *find_fresh(struct flow *fl, const struct fresh *key)
{
	struct fresh *found = g_hash_table_lookup(fl->fresh, key);

	if (!found) {
		found = arena_copy(fl->arena, key, sizeof(*key));
		found->number = (int)g_hash_table_size(fl->fresh) + 1;
		g_hash_table_add(fl->fresh, found);
	}
	return found;
}

const struct expr *fresh_value(struct flow *fl, const struct func *f, int event,
			       int visit, int nth, const char *record,
			       int pointers)
{
	const struct fresh key = { f, event, visit, nth, 0, NULL };
	struct fresh *v = find_fresh(fl, &key);

	if (!v->last || v->last->record != record ||
	    v->last->pointers != pointers)
		v->last = expr_numbered(fl->unit, EXPR_FRESH, v->number,
					record, pointers);
	return v->last;
}

static void func_flow_free(gpointer p)
{
	struct func_flow *ff = p;

	g_ptr_array_unref(ff->traces);
	g_ptr_array_unref(ff->callers);
	g_ptr_array_unref(ff->calls);
	g_hash_table_unref(ff->names);
	g_array_unref(ff->entry_locks);
	g_free(ff);
}

const struct act *const *flow_acts(const struct flow *fl,
				   const struct func_flow *ff,
				   enum act_kind kind, guint *ret_n)
{
	const struct act_range *r = &ff->acts[kind];

	*ret_n = r->n;
	return r->n ? (const struct act *const *)fl->acts[kind]->pdata +
		      r->from : NULL;
}

struct flow *flow_new(struct unit *u, const struct model *m,
		      const struct world *w)
{
	struct flow *fl = g_new0(struct flow, 1);
	guint i;

	fl->unit = u;
	fl->model = m;
	fl->world = w;
	fl->arena = arena_new();
	fl->funcs = g_ptr_array_new_with_free_func(func_flow_free);
	fl->by_func = g_hash_table_new(NULL, NULL);
	fl->fresh = g_hash_table_new(fresh_hash, fresh_equal);
	fl->imports = world_imports_new();
	fl->lifetimes = g_hash_table_new(NULL, NULL);
	fl->guards = g_ptr_array_new();
	fl->unguarded = g_ptr_array_new();
	fl->pairs = g_ptr_array_new();
	for (i = 0; i < ACT_KINDS; i++)
		fl->acts[i] = g_ptr_array_new();
	callgraph_order(fl);
	components_explore(fl);
	entry_locks_compute(fl);
	lifetimes_compute(fl);
	guards_compute(fl);
	pairs_compute(fl);
	return fl;
}

static void pair_free(struct pair *p)
{
	g_ptr_array_unref(p->accessors);
	g_ptr_array_unref(p->sites);
}

void flow_free(struct flow *fl)
{
	int i;

	if (!fl)
		return;
	for (i = 0; i < ACT_KINDS; i++)
		g_ptr_array_unref(fl->acts[i]);
	g_ptr_array_foreach(fl->pairs, (GFunc)(void (*)(void))pair_free, NULL);
	g_ptr_array_unref(fl->pairs);
	g_ptr_array_unref(fl->guards);
	g_ptr_array_unref(fl->unguarded);
	g_ptr_array_unref(fl->funcs);
	g_hash_table_unref(fl->by_func);
	g_hash_table_unref(fl->fresh);
	g_hash_table_unref(fl->imports);
	g_hash_table_unref(fl->lifetimes);
	arena_free(fl->arena);
	g_free(fl);
}

struct func_flow *flow_of(const struct flow *fl, const struct func *f)
{
	return g_hash_table_lookup(fl->by_func, f);
}

const struct act **flow_trace(struct arena *a, const struct act *leaf,
			      int *ret_n)
{
	const struct act **acts = arena_new_array(a, const struct act *,
						  leaf->seq);
	const struct act *p;

	for (p = leaf; p; p = p->prev)
		acts[p->seq - 1] = p;
	*ret_n = leaf->seq;
	return acts;
}

/*
 * The array is not a member of anything, its elements are objects one by one:
 * base is a number, as in the kernel's array of all pages.
 */
static bool is_element(const struct expr *loc)
{
	return loc->kind == EXPR_INDEX && loc->a->kind == EXPR_GLOBAL &&
	       !loc->a->pointers;
}

bool flow_is_assertion(const char *macro)
{
	static const char *const prefixes[] = { "WARN", "BUG", "VM_BUG",
						"VM_WARN", "ASSERT", "LASSERT" };
	gsize i;

	for (i = 0; macro && i < G_N_ELEMENTS(prefixes); i++)
		if (g_str_has_prefix(macro, prefixes[i]))
			return true;
	return false;
}

const struct expr *flow_object(struct unit *u, const struct expr *loc)
{
	while ((loc->kind == EXPR_FIELD || loc->kind == EXPR_BIT ||
		loc->kind == EXPR_INDEX) && !is_element(loc))
		loc = loc->a;
	if (is_element(loc))
		return expr_binary(u, '+', loc->a, loc->b);
	return expr_addr(u, loc);
}

/* "bflags:STALE", or the bit's number where it has no name; NULL: neither. */
static const char *bit_flag(const struct expr *bit)
{
	const char *interned;
	char *name;

	if (!bit->name && bit->b->kind != EXPR_CONST)
		return NULL;
	name = bit->name ?
		       g_strdup_printf("%s:%s", bit->a->name, bit->name) :
		       g_strdup_printf("%s:%" G_GINT64_FORMAT, bit->a->name,
				       bit->b->value);
	interned = g_intern_string(name);
	g_free(name);
	return interned;
}

bool flow_flag(const struct expr *loc, struct flag_id *ret_flag)
{
	const struct expr *word = loc->kind == EXPR_BIT ? loc->a : loc;

	if (word->kind != EXPR_FIELD)
		return false;
	if (!loc->flag)
		((struct expr *)loc)->flag = loc->kind == EXPR_BIT ?
						     bit_flag(loc) : loc->name;
	if (!loc->flag)
		return false;
	ret_flag->record = word->owner;
	ret_flag->name = loc->flag;
	return true;
}

const char *flag_text(const struct expr *loc)
{
	struct flag_id id;
	char *s;

	if (!loc->flag_text && flow_flag(loc, &id)) {
		s = g_strdup_printf("%s.%s", id.record, id.name);
		((struct expr *)loc)->flag_text = g_intern_string(s);
		g_free(s);
	}
	return loc->flag_text;
}

bool flag_equal(const struct flag_id *a, const struct flag_id *b)
{
	return a->record == b->record && a->name == b->name;
}

bool flow_mentions(const struct expr *whole, const struct expr *part)
{
	if (whole == part)
		return whole != NULL;
	/* a part is less deep than what it is in */
	if (!whole || !part || whole->depth <= part->depth)
		return false;
	return flow_mentions(whole->a, part) || flow_mentions(whole->b, part);
}

/*
 * Memory reached over a pointer, or a global. The address of something is
 * not: it does not change.
 */
static bool is_shared(const struct expr *e)
{
	switch (e->kind) {
	case EXPR_GLOBAL:
	case EXPR_DEREF:
		return true;
	case EXPR_FIELD:
	case EXPR_BIT:
	case EXPR_INDEX:
		return flow_is_shared(e->a) ||
		       (e->kind == EXPR_INDEX && e->a->kind != EXPR_LOCAL &&
			e->a->kind != EXPR_FIELD && e->a->kind != EXPR_ADDR);
	case EXPR_UNARY:
		return flow_is_shared(e->a);
	case EXPR_BINARY:
		return flow_is_shared(e->a) || flow_is_shared(e->b);
	default:
		return false;
	}
}

bool flow_is_shared(const struct expr *e)
{
	if (!e->shared)
		((struct expr *)e)->shared = is_shared(e) ? 1 : -1;
	return e->shared > 0;
}

/* IS_ERR() or IS_ERR_OR_NULL() says so, or it is known to be one number. */
static bool denies(const struct fact *f, const struct expr *obj)
{
	const struct expr *v = f->value;

	if (v == obj)
		return f->low == f->high;
	return v->kind == EXPR_BINARY && v->a == obj && f->nonzero &&
	       (v->op == OP2('E', 'R') || v->op == OP2('E', 'N'));
}

bool flow_is_none(const struct act *leaf, const struct expr *obj)
{
	const struct fact *f;

	for (f = leaf->known; f && obj; f = f->next)
		if (denies(f, obj))
			return true;
	return false;
}

/* After this act somebody else may have a pointer to @obj. */
static bool publishes(const struct act *a, const struct expr *obj)
{
	switch (a->kind) {
	case ACT_INSERT:
	case ACT_PUBLISH:
	case ACT_CALL:
		return a->obj == obj;
	case ACT_STORE:
		return a->value && a->obj != obj &&
		       flow_mentions(a->value, obj);
	default:
		return false;
	}
}

bool flow_private(const struct act *act, const struct expr *obj)
{
	const struct act *a;

	if (obj->kind == EXPR_ADDR)
		return obj->a->kind == EXPR_LOCAL;
	if (obj->kind != EXPR_FRESH)
		return false;
	for (a = act->prev; a; a = a->prev) {
		if (publishes(a, obj))
			return false;
		if (a->kind == ACT_ALLOC && a->obj == obj)
			return true;
	}
	return false;
}

bool flow_still_held(const struct held *h, const struct act *act)
{
	const struct held *l;

	for (l = act->locks; l; l = l->next)
		if (l->act == h->act && l->lock == h->lock &&
		    l->class == h->class)
			return true;
	return false;
}

const struct held *flow_select_window(const struct act *set,
				      const struct act *later)
{
	const struct act *s;
	const struct held *h;

	for (s = set->prev; s; s = s->prev) {
		if (s->kind != ACT_SELECT || s->obj != set->obj)
			continue;
		for (h = s->locks; h; h = h->next)
			if (h->lock && flow_still_held(h, set) &&
			    (!later || !flow_still_held(h, later)))
				return h;
		return NULL;
	}
	return NULL;
}

int flow_tested_value(const struct act *test)
{
	gint64 v = test->value ? test->value->value : 0;

	if (test->rel == OP2('!', '='))
		return v == 0 ? 1 : -1;
	if (test->rel == OP2('=', '='))
		return v != 0;
	if (test->rel == '>' && v >= 0)
		return 1;
	return -1;
}

void flow_lock_name(const struct expr *lock, const char *class,
		    const char **ret_owner, const char **ret_field)
{
	while (lock && lock->kind == EXPR_INDEX)
		lock = lock->a;
	*ret_owner = *ret_field = NULL;
	if (!lock || lock->kind == EXPR_LOCAL) {
		*ret_field = class;
	} else if (lock->kind == EXPR_FIELD) {
		*ret_owner = lock->owner;
		*ret_field = lock->name;
	} else if (lock->kind == EXPR_BIT) {
		*ret_field = lock->name;
		flow_lock_name(lock->a, class, ret_owner, &class);
	} else if (lock->kind == EXPR_GLOBAL) {
		*ret_field = lock->name;
	} else {
		*ret_owner = lock->record;
		*ret_field = class;
	}
}

static bool lock_named(const struct expr *lock, const char *class,
		       const char *owner, const char *field)
{
	const char *o, *f;

	flow_lock_name(lock, class, &o, &f);
	return f && o == owner && f == field;
}

static bool is_among(const struct held *h, const char *owner, const char *field)
{
	for (; h; h = h->next)
		if (lock_named(h->lock, h->class, owner, field))
			return true;
	return false;
}

static bool on_entry(const struct func_flow *ff, const char *owner,
		     const char *field)
{
	guint i;

	for (i = 0; i < ff->entry_locks->len; i++) {
		const struct entry_lock *e =
			&g_array_index(ff->entry_locks, struct entry_lock, i);

		if (e->owner == owner && e->field == field)
			return true;
	}
	return false;
}

bool flow_holds_kind(const struct func_flow *ff, const struct act *act,
		     const char *owner, const char *field)
{
	return is_among(act->locks, owner, field) ||
	       on_entry(ff, owner, field);
}

bool flow_is_called_under(const struct flow *fl, const struct func_flow *ff,
			  const char *owner, const char *field)
{
	guint i;

	for (i = 0; i < ff->callers->len; i++) {
		const struct call_site *s = ff->callers->pdata[i];

		if (is_among(s->locks, owner, field) ||
		    on_entry(flow_of(fl, s->caller), owner, field))
			return true;
	}
	return false;
}

bool flow_holds_class(const struct func_flow *ff, const struct act *act,
		      const char *class)
{
	const struct held *h;
	guint i;

	for (h = act->locks; h; h = h->next)
		if (!g_strcmp0(h->class, class))
			return true;
	for (i = 0; i < ff->entry_locks->len; i++)
		if (!g_strcmp0(g_array_index(ff->entry_locks,
					     struct entry_lock, i).class,
			       class))
			return true;
	return false;
}

static void path_text(GString *out, const struct expr *from,
		      const struct expr *e)
{
	if (e == from)
		return;
	path_text(out, from, e->a);
	if (e->kind == EXPR_DEREF && e->a != from)
		g_string_append(out, "->");
	if (e->kind == EXPR_FIELD)
		g_string_append_printf(out, "%s%s",
				       !out->len ? "->" :
				       g_str_has_suffix(out->str, "->") ? "" :
				       ".", e->name);
}

/* Only fields, and pointers in them, on the way? */
static bool leads_to(const struct expr *from, const struct expr *to)
{
	while (to != from && (to->kind == EXPR_ADDR || to->kind == EXPR_DEREF ||
			      to->kind == EXPR_FIELD))
		to = to->a;
	return to == from;
}

char *flow_path_between(const struct expr *from, const struct expr *to)
{
	GString *out;

	if (!leads_to(from, to))
		return NULL;
	out = g_string_new(NULL);
	path_text(out, from, to);
	return g_string_free(out, FALSE);
}

const struct guard *flow_guard(const struct flow *fl,
			       const struct flag_id *flag)
{
	guint i;

	for (i = 0; i < fl->guards->len; i++) {
		const struct guard *g = fl->guards->pdata[i];

		if (flag_equal(&g->flag, flag))
			return g;
	}
	return NULL;
}

const struct pair *flow_pair(const struct flow *fl, const struct flag_id *flag)
{
	guint i;

	for (i = 0; i < fl->pairs->len; i++) {
		const struct pair *p = fl->pairs->pdata[i];

		if (flag_equal(&p->flag, flag))
			return p;
	}
	return NULL;
}

/* An event that leaves no trace in memory and reads none. */
static bool harmless(const struct flow *fl, const struct event *ev)
{
	const GArray *apis;

	if (ev->kind == EVENT_ACCESS)
		return ev->access == ACCESS_ADDRESS;
	if (ev->kind == EVENT_ASSIGN)
		return ev->lvalue->kind == EXPR_LOCAL;
	if (ev->kind != EVENT_CALL || ev->callee->kind != EXPR_FUNC)
		return false;
	apis = model_api(fl->model, ev->callee->name);
	if (!apis || !apis->len)
		return false;
	/* without effect for the model (memcpy), not for what it is given */
	return g_array_index(apis, struct api, 0).effect == EFFECT_SAME ||
	       (g_array_index(apis, struct api, 0).effect == EFFECT_NONE &&
		!ev->n_args);
}

bool flow_empty_between(const struct flow *fl, const struct func_flow *ff,
			const struct act *lock, const struct act *unlock)
{
	const struct block *b = &ff->func->blocks[lock->block];
	int i, from = lock->event, hops;

	for (hops = 0; hops < 8; hops++) {
		for (i = 0; i < b->n_events; i++) {
			if (b->events[i].id <= from)
				continue;
			if (b->events[i].id == unlock->event)
				return true;
			if (!harmless(fl, &b->events[i]))
				return false;
		}
		/* do { } while (0) of the lock macros */
		if (b->n_succ != 1)
			return false;
		b = b->succ[0];
		from = -1;
	}
	return false;
}
