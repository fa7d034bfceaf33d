// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a function uses, read off its events. A pointer that went through a
 * local (fn = ops->fn; fn()) counts as called where it was read; through two,
 * or through memory, it is not seen.
 */
#include "ir/uses.h"

#include "base/wire.h"

/* Fills a struct uses; remembers what is in it already. */
struct collector {
	struct uses *uses;
	GHashTable *calls;
	const struct func *func;
};

static struct uses *uses_new(void)
{
	struct uses *u = g_new0(struct uses, 1);

	u->calls = g_ptr_array_new();
	u->names = g_ptr_array_new();
	u->members = g_array_new(FALSE, TRUE, sizeof(struct use_member));
	u->stores = g_array_new(FALSE, TRUE, sizeof(struct use_store));
	return u;
}

void uses_free(struct uses *u)
{
	if (!u)
		return;
	g_ptr_array_unref(u->calls);
	g_ptr_array_unref(u->names);
	g_array_unref(u->members);
	g_array_unref(u->stores);
	g_free(u);
}

static void add_name(GPtrArray *list, GHashTable *known, const char *name)
{
	if (g_hash_table_add(known, (gpointer)name))
		g_ptr_array_add(list, (gpointer)name);
}

static void add_member(struct uses *u, const struct expr *field)
{
	const struct use_member m = { field->owner, field->name };
	guint i;

	/* a number that is called may come from anywhere */
	if (!field->pointers)
		return;
	for (i = 0; i < u->members->len; i++) {
		const struct use_member *o =
			&g_array_index(u->members, struct use_member, i);

		if (o->record == m.record && o->member == m.member)
			return;
	}
	g_array_append_val(u->members, m);
}

static bool same_store(const struct use_store *a, const struct use_store *b)
{
	return a->to.record == b->to.record && a->to.member == b->to.member &&
	       a->function == b->function;
}

static void add_store(struct uses *u, const char *record, const char *member,
		      const char *function)
{
	const struct use_store s = { { record, member }, function };
	guint i;

	for (i = 0; i < u->stores->len; i++)
		if (same_store(&g_array_index(u->stores, struct use_store, i),
			       &s))
			return;
	g_array_append_val(u->stores, s);
}

/*
 * Any member that is no record may hold a function's address: which ones do is
 * known only by those that are called.
 */
static bool may_hold_function(const struct expr *e)
{
	return e->kind == EXPR_FIELD && !e->record && e->pointers;
}

/* All records that the address @e is made of. */
static void open_records(struct uses *u, const struct expr *e)
{
	if (!e)
		return;
	if (e->record && e->pointers)
		add_store(u, e->record, NULL, NULL);
	open_records(u, e->a);
	open_records(u, e->b);
}

static void add_assigned(struct uses *u, const struct event *ev)
{
	const struct expr *to = ev->lvalue, *from = ev->value;

	if (ev->op)
		return;
	if (from->kind == EXPR_ADDR && from->a->kind == EXPR_FUNC)
		from = from->a;
	if (may_hold_function(to) && from->kind != EXPR_CONST)
		add_store(u, to->owner, to->name,
			  from->kind == EXPR_FUNC ? from->name : NULL);
	/* through a cast it can be any member of what is pointed at */
	if (from->kind == EXPR_FUNC &&
	    (to->kind == EXPR_DEREF || to->kind == EXPR_INDEX))
		open_records(u, to->a);
}

/* Who has the address of a member may store there. */
static void open_addressed(struct uses *u, const struct expr *e)
{
	if (!e)
		return;
	if (e->kind == EXPR_ADDR && may_hold_function(e->a))
		add_store(u, e->a->owner, e->a->name, NULL);
	open_addressed(u, e->a);
	open_addressed(u, e->b);
}

static void add_named(GPtrArray *names, GHashTable *known, const struct expr *e)
{
	if (!e)
		return;
	if (e->kind == EXPR_FUNC)
		add_name(names, known, e->name);
	add_named(names, known, e->a);
	add_named(names, known, e->b);
}

static void add_all_named(GPtrArray *names, const struct func *f)
{
	GHashTable *known = g_hash_table_new(NULL, NULL);
	const struct event *ev;
	int b, i, k;

	for (b = 0; b < f->n_blocks; b++) {
		for (i = 0; i < f->blocks[b].n_events; i++) {
			ev = &f->blocks[b].events[i];
			add_named(names, known, ev->value);
			for (k = 0; k < ev->n_args; k++)
				add_named(names, known, ev->args[k]);
		}
	}
	g_hash_table_unref(known);
}

GPtrArray *uses_named(const struct func *f)
{
	GPtrArray *names = g_ptr_array_new();

	add_all_named(names, f);
	return names;
}

static const struct expr *past_deref(const struct expr *e)
{
	while (e->kind == EXPR_DEREF)
		e = e->a;
	return e;
}

/* The members that were read into the local that is called. */
static void add_members_of(struct collector *c, const struct expr *local)
{
	int b, i;

	for (b = 0; b < c->func->n_blocks; b++) {
		const struct block *block = &c->func->blocks[b];

		for (i = 0; i < block->n_events; i++) {
			const struct event *ev = &block->events[i];

			if (ev->kind == EVENT_ASSIGN && ev->lvalue == local &&
			    ev->value->kind == EXPR_FIELD)
				add_member(c->uses, ev->value);
		}
	}
}

static void add_callee(struct collector *c, const struct expr *callee)
{
	callee = past_deref(callee);
	if (callee->kind == EXPR_FUNC)
		add_name(c->uses->calls, c->calls, callee->name);
	else if (callee->kind == EXPR_FIELD)
		add_member(c->uses, callee);
	else if (callee->kind == EXPR_LOCAL)
		add_members_of(c, callee);
}

static void add_event(struct collector *c, const struct event *ev)
{
	int i;

	if (ev->kind == EVENT_CALL || ev->kind == EVENT_CLEANUP)
		add_callee(c, ev->callee);
	if (ev->kind == EVENT_ASSIGN)
		add_assigned(c->uses, ev);
	open_addressed(c->uses, ev->value);
	for (i = 0; i < ev->n_args; i++)
		open_addressed(c->uses, ev->args[i]);
}

struct uses *uses_of(const struct func *f)
{
	struct collector c = { uses_new(), g_hash_table_new(NULL, NULL), f };
	int b, i;

	add_all_named(c.uses->names, f);
	for (b = 0; b < f->n_blocks; b++)
		for (i = 0; i < f->blocks[b].n_events; i++)
			add_event(&c, &f->blocks[b].events[i]);
	g_hash_table_unref(c.calls);
	return c.uses;
}

/* ---- as bytes ---- */

static void wire_names(struct wire *w, GPtrArray *names)
{
	int i, n = wire_count(w, (int)names->len);

	g_ptr_array_set_size(names, n);
	for (i = 0; i < n; i++)
		wire_string(w, (const char **)&names->pdata[i]);
}

static void wire_member(struct wire *w, struct use_member *m)
{
	wire_string(w, &m->record);
	wire_string(w, &m->member);
}

static void wire_uses(struct wire *w, struct uses *u)
{
	int i, n;

	wire_names(w, u->calls);
	wire_names(w, u->names);
	n = wire_count(w, (int)u->members->len);
	g_array_set_size(u->members, (guint)n);
	for (i = 0; i < n; i++)
		wire_member(w, &g_array_index(u->members, struct use_member,
					      i));
	n = wire_count(w, (int)u->stores->len);
	g_array_set_size(u->stores, (guint)n);
	for (i = 0; i < n; i++) {
		struct use_store *s =
			&g_array_index(u->stores, struct use_store, i);

		wire_member(w, &s->to);
		wire_string(w, &s->function);
	}
}

GBytes *uses_pack(struct uses *u)
{
	struct wire *w = wire_writer();

	wire_uses(w, u);
	return wire_finish(w);
}

/* Without its record a member would match those of all others, or none. */
static bool has_null(const struct uses *u)
{
	const struct use_member *m;
	guint i;

	for (i = 0; i < u->members->len; i++) {
		m = &g_array_index(u->members, struct use_member, i);
		if (!m->record || !m->member)
			return true;
	}
	for (i = 0; i < u->stores->len; i++)
		if (!g_array_index(u->stores, struct use_store, i).to.record)
			return true;
	return g_ptr_array_find(u->calls, NULL, NULL) ||
	       g_ptr_array_find(u->names, NULL, NULL);
}

struct uses *uses_unpack(GBytes *bytes)
{
	struct wire *w = wire_reader(bytes);
	struct uses *u = uses_new();

	wire_uses(w, u);
	if (wire_done(w) && !has_null(u))
		return u;
	uses_free(u);
	return NULL;
}
