// SPDX-License-Identifier: GPL-2.0-only
/*
 * Summaries, calls and entry locks as bytes and back, in the manner of
 * ir/pack.c. What is read is checked as far as flow/ relies on it.
 */
#include "flow/state.h"
#include "flow/world.h"

#include "base/wire.h"
#include "ir/pack.h"
#include "ir/uses.h"

/* More parameters, variables or values than any function has. */
#define MAX_NUMBER (1 << 20)
/* Longer lists are damage: lists are read by recursion. */
#define MAX_LIST 1000

struct pack {
	struct wire *w;
	struct unit *unit;	/* of a reader: where all goes */
	struct expr_wire *exprs;
	GHashTable *numbers;	/* of a writer: act -> its number, from 1 */
	GPtrArray *acts;	/* of a reader: by number - 1 */
	GHashTable *places;	/* of a writer that tells no lines: "FILE:LINE" -> */
				/* its number, from 1; NULL: they are told */
	int depth;		/* in a list */
};

static struct pack pack_writer(struct unit *u)
{
	struct pack p = { .w = wire_writer(), .unit = u };

	p.exprs = expr_wire_new(p.w, NULL);
	p.numbers = g_hash_table_new(NULL, NULL);
	return p;
}

/* Does it mean something where the summary is used? */
static bool is_portable(const struct expr *e)
{
	switch (e->kind) {
	case EXPR_PARAM:
	case EXPR_LOCAL:
	case EXPR_FRESH:
		return e->id >= 0 && e->id < MAX_NUMBER;
	case EXPR_CALL:
	case EXPR_OPAQUE:
		return false;
	default:
		return true;
	}
}

static struct pack pack_reader(struct unit *u, GBytes *bytes)
{
	struct pack p = { .w = wire_reader(bytes), .unit = u };

	p.exprs = expr_wire_new(p.w, u);
	expr_wire_only(p.exprs, is_portable);
	p.acts = g_ptr_array_new();
	return p;
}

static GBytes *pack_finish(struct pack *p)
{
	expr_wire_free(p->exprs);
	g_hash_table_unref(p->numbers);
	return wire_finish(p->w);
}

static bool pack_done(struct pack *p)
{
	expr_wire_free(p->exprs);
	g_ptr_array_unref(p->acts);
	return wire_done(p->w);
}

static void pack_expr(struct pack *p, const struct expr **e)
{
	expr_wire(p->exprs, e);
}

/* Which places are the same is told in any case: rules ask for that. */
static void pack_place(struct pack *p, struct src_loc *at)
{
	char *key;
	int n;

	if (p->places && at->file) {
		key = g_strdup_printf("%s:%d", at->file, at->line);
		n = GPOINTER_TO_INT(g_hash_table_lookup(p->places, key));
		at->line = n ? n : (int)g_hash_table_size(p->places) + 1;
		g_hash_table_insert(p->places, key, GINT_TO_POINTER(at->line));
	}
	wire_loc(p->w, at);
}

#define pack_new_array(p, array, n) \
	do { \
		(n) = wire_count((p)->w, n); \
		if (wire_reads((p)->w)) \
			(array) = arena_alloc((p)->unit->arena, \
					      sizeof(*(array)) * (gsize)(n)); \
	} while (0)

/* Is there a next element in a list? Ends in pack_end. */
static bool pack_more(struct pack *p, bool more)
{
	wire_bool(p->w, &more);
	if (++p->depth > MAX_LIST && wire_reads(p->w))
		wire_fail(p->w);
	return more && !wire_failed(p->w);
}

/* What goes into the list: @e itself, or a copy of what was read. */
static void *pack_end(struct pack *p, const void *e, const void *read,
		      gsize size)
{
	p->depth--;
	return wire_reads(p->w) ? arena_copy(p->unit->arena, read, size) :
				  (void *)e;
}

static const struct via *pack_via(struct pack *p, const struct via *via)
{
	struct via v = { 0 };

	if (pack_more(p, via)) {
		if (via)
			v = *via;
		pack_place(p, &v.at);
		wire_string(p->w, &v.callee);
		if (!v.callee || !v.at.file)
			wire_fail(p->w);
		v.inner = pack_via(p, v.inner);
		return pack_end(p, via, &v, sizeof(v));
	}
	return pack_end(p, NULL, NULL, 0);
}

/* Has the act what those who see its kind rely on? */
static bool is_whole(const struct act *a)
{
	if (!a->func || !a->at.file || a->rel < 0 || a->rel > G_MAXUINT16)
		return false;
	switch (a->kind) {
	case ACT_GET:
	case ACT_PUT:
	case ACT_ALLOC:
	case ACT_FREE:
	case ACT_SELECT:
	case ACT_USE:
		return a->obj;
	case ACT_LOCK:
	case ACT_UNLOCK:
		return a->loc || a->class;
	case ACT_SET:
	case ACT_CLEAR:
	case ACT_STORE:
		return a->loc;
	case ACT_TEST:
		return a->loc && a->value && a->value->kind == EXPR_CONST;
	default:
		return true;
	}
}

static void pack_act_fields(struct pack *p, struct act *a)
{
	wire_enum(p->w, a->kind, ACT_KINDS);
	wire_enum(p->w, a->last, LAST_NO + 1);
	wire_int(p->w, &a->rel);
	wire_bool(p->w, &a->shared);
	wire_bool(p->w, &a->atomic);
	wire_bool(p->w, &a->kept);
	wire_bool(p->w, &a->key_only);
	pack_expr(p, &a->obj);
	pack_expr(p, &a->loc);
	pack_expr(p, &a->value);
	wire_string(p->w, &a->class);
	wire_string(p->w, &a->name);
	pack_place(p, &a->at);
	wire_string(p->w, &a->func);
	wire_string(p->w, &a->macro);
	a->via = pack_via(p, a->via);
}

/* Ways share the acts they begin with: each is there once. */
static void write_act(struct pack *p, const struct act *a)
{
	struct act copy = *a;
	int n = GPOINTER_TO_INT(g_hash_table_lookup(p->numbers, a));

	wire_choice(p->w, n, G_MAXINT);
	if (n)
		return;
	pack_act_fields(p, &copy);
	n = (int)g_hash_table_size(p->numbers) + 1;
	g_hash_table_insert(p->numbers, (gpointer)a, GINT_TO_POINTER(n));
}

static const struct act *read_act(struct pack *p)
{
	int n = wire_choice(p->w, 0, (int)p->acts->len + 1);
	struct act *a;

	if (n)
		return p->acts->pdata[n - 1];
	a = arena_new_object(p->unit->arena, struct act);
	pack_act_fields(p, a);
	if (!is_whole(a))
		wire_fail(p->w);
	g_ptr_array_add(p->acts, a);
	return a;
}

static const struct binding *pack_fields(struct pack *p,
					 const struct binding *from)
{
	struct binding b = { 0 };

	if (pack_more(p, from)) {
		if (from)
			b = *from;
		pack_expr(p, &b.loc);
		pack_expr(p, &b.value);
		if (!b.loc || !b.value)
			wire_fail(p->w);
		b.next = pack_fields(p, b.next);
		return pack_end(p, from, &b, sizeof(b));
	}
	return pack_end(p, NULL, NULL, 0);
}

static const struct fact *pack_given(struct pack *p, const struct fact *from)
{
	struct fact f = { 0 };

	if (pack_more(p, from)) {
		if (from)
			f = *from;
		pack_expr(p, &f.value);
		wire_int64(p->w, &f.low);
		wire_int64(p->w, &f.high);
		wire_bool(p->w, &f.nonzero);
		if (!f.value || f.value->kind != EXPR_PARAM)
			wire_fail(p->w);
		f.next = pack_given(p, f.next);
		return pack_end(p, from, &f, sizeof(f));
	}
	return pack_end(p, NULL, NULL, 0);
}

static void pack_outcome(struct pack *p, struct outcome *o)
{
	int i;

	o->quiet = false;
	wire_string(p->w, &o->callee);
	pack_new_array(p, o->acts, o->n_acts);
	for (i = 0; i < o->n_acts && !wire_failed(p->w); i++) {
		if (wire_reads(p->w))
			o->acts[i] = read_act(p);
		else
			write_act(p, o->acts[i]);
	}
	pack_expr(p, &o->result);
	o->fields = pack_fields(p, o->fields);
	o->given = pack_given(p, o->given);
	wire_int64(p->w, &o->low);
	wire_int64(p->w, &o->high);
	wire_bool(p->w, &o->nonzero);
	if (!o->callee || (o->fields && !o->result))
		wire_fail(p->w);
}

static void pack_summary(struct pack *p, struct summary *s)
{
	gint64 uses = (gint64)s->uses_params;
	struct outcome *all, copy;
	int i;

	wire_bool(p->w, &s->known);
	wire_bool(p->w, &s->bounded);
	wire_bool(p->w, &s->is_static);
	wire_int64(p->w, &uses);
	s->uses_params = (guint64)uses;
	s->n_fresh = wire_choice(p->w, s->n_fresh, MAX_NUMBER);
	all = (struct outcome *)s->outcomes;
	pack_new_array(p, all, s->n_outcomes);
	s->outcomes = all;
	for (i = 0; i < s->n_outcomes && !wire_failed(p->w); i++) {
		copy = all[i];
		pack_outcome(p, &copy);
		if (wire_reads(p->w))
			all[i] = copy;
	}
}

GBytes *summary_pack(const struct flow *fl, const struct func_flow *ff)
{
	struct pack p = pack_writer(fl->unit);
	struct summary copy = ff->summary;

	pack_summary(&p, &copy);
	return pack_finish(&p);
}

const struct summary *summary_unpack(struct unit *u, GBytes *bytes)
{
	struct pack p = pack_reader(u, bytes);
	struct summary *s = arena_new_object(u->arena, struct summary);

	pack_summary(&p, s);
	return pack_done(&p) ? s : NULL;
}

GBytes *summary_without_lines(GBytes *bytes)
{
	struct unit *u = unit_new("");
	struct summary *s = (struct summary *)summary_unpack(u, bytes);
	GBytes *plain = NULL;
	struct pack p;

	if (s) {
		p = pack_writer(u);
		p.places = g_hash_table_new_full(g_str_hash, g_str_equal,
						 g_free, NULL);
		pack_summary(&p, s);
		g_hash_table_unref(p.places);
		plain = pack_finish(&p);
	}
	unit_free(u);
	return plain;
}

bool summary_print(GString *out, GBytes *bytes, const char *name)
{
	struct unit *u = unit_new("");
	const struct summary *s = summary_unpack(u, bytes);

	if (s)
		summary_text(out, s, name, NULL);
	unit_free(u);
	return s;
}

/* ---- locks ---- */

/* Parameters without types, as they are outside of their function's unit. */
static const struct expr *untyped(const struct expr *leaf, void *unit)
{
	return leaf->kind == EXPR_PARAM ? param_typed(unit, NULL, leaf->id) :
					  NULL;
}

struct typing {
	struct unit *unit;
	const struct func *func;
	bool fits;
};

static const struct expr *typed(const struct expr *leaf, void *data)
{
	struct typing *t = data;

	if (leaf->kind != EXPR_PARAM)
		return NULL;
	if (leaf->id < t->func->n_params)
		return param_typed(t->unit, t->func, leaf->id);
	t->fits = false;
	return NULL;
}

/* NULL: it speaks of more parameters than the function has. */
static const struct expr *typed_for(struct unit *u, const struct func *f,
				    const struct expr *e)
{
	struct typing t = { u, f, true };

	e = expr_substitute(u, e, typed, &t);
	return t.fits ? e : NULL;
}

static void pack_lock(struct pack *p, struct entry_lock *l)
{
	pack_expr(p, &l->lock);
	wire_string(p->w, &l->class);
	wire_string(p->w, &l->owner);
	wire_string(p->w, &l->field);
	if (!l->field && !l->class)
		wire_fail(p->w);
	l->why = "all callers";
}

static void pack_locks(struct pack *p, GArray *locks)
{
	guint i, n = (guint)wire_count(p->w, (int)locks->len);

	if (wire_reads(p->w))
		g_array_set_size(locks, n);
	for (i = 0; i < n; i++)
		pack_lock(p, &g_array_index(locks, struct entry_lock, i));
}

static gint compare_locks(gconstpointer p, gconstpointer q)
{
	const struct entry_lock *a = p, *b = q;
	int d = g_strcmp0(a->owner, b->owner);
	char *s, *t;

	d = d ? d : g_strcmp0(a->field, b->field);
	d = d ? d : g_strcmp0(a->class, b->class);
	if (d || a->lock == b->lock)
		return d;
	s = a->lock ? expr_text(a->lock, NULL) : NULL;
	t = b->lock ? expr_text(b->lock, NULL) : NULL;
	d = g_strcmp0(s, t);
	g_free(s);
	g_free(t);
	return d;
}

/* A copy in one order, whatever order they were found in; each once. */
static GArray *sorted(struct unit *u, const GArray *locks)
{
	GArray *all = g_array_copy((GArray *)locks);
	struct entry_lock *l;
	guint i, n = 0;

	for (i = 0; i < all->len; i++) {
		l = &g_array_index(all, struct entry_lock, i);
		if (l->lock)
			l->lock = expr_substitute(u, l->lock, untyped, u);
	}
	g_array_sort(all, compare_locks);
	l = (struct entry_lock *)all->data;
	for (i = 0; i < all->len; i++)
		if (!n || compare_locks(&l[n - 1], &l[i]))
			l[n++] = l[i];
	g_array_set_size(all, n);
	return all;
}

GBytes *locks_pack(struct unit *terms, const GArray *locks)
{
	struct pack p = pack_writer(terms);
	GArray *all = sorted(terms, locks);

	pack_locks(&p, all);
	g_array_unref(all);
	return pack_finish(&p);
}

GArray *locks_unpack(struct unit *u, const struct func *f, GBytes *bytes)
{
	struct pack p = pack_reader(u, bytes);
	GArray *locks = g_array_new(FALSE, TRUE, sizeof(struct entry_lock));
	guint i;

	pack_locks(&p, locks);
	if (!pack_done(&p)) {
		g_array_unref(locks);
		return NULL;
	}
	for (i = 0; i < locks->len; i++) {
		struct entry_lock *l = &g_array_index(locks, struct entry_lock,
						      i);

		if (l->lock)
			l->lock = typed_for(u, f, l->lock);
	}
	return locks;
}

/* ---- calls ---- */

static void pack_call(struct pack *p, struct known_call *c)
{
	int i;

	wire_enum(p->w, c->how, CALL_UNSEEN + 1);
	wire_string(p->w, &c->callee);
	wire_string(p->w, &c->record);
	wire_string(p->w, &c->member);
	if (c->how == CALL_MEMBER ? !c->record || !c->member : !c->callee)
		wire_fail(p->w);
	pack_locks(p, c->locks);
	pack_locks(p, c->released);
	pack_new_array(p, c->args, c->n_args);
	for (i = 0; i < c->n_args; i++)
		pack_expr(p, &c->args[i]);
}

static void known_call_free(gpointer p)
{
	struct known_call *c = p;

	g_array_unref(c->locks);
	g_array_unref(c->released);
	g_free(c);
}

static struct known_call *known_call_new(enum call_how how)
{
	struct known_call *c = g_new0(struct known_call, 1);

	c->how = how;
	c->locks = g_array_new(FALSE, TRUE, sizeof(struct entry_lock));
	c->released = g_array_new(FALSE, TRUE, sizeof(struct entry_lock));
	return c;
}

/* Puts @locks, sorted, in place of what is in *@set; takes @locks. */
static void set_locks(struct unit *u, GArray **set, GArray *locks)
{
	g_array_unref(*set);
	*set = sorted(u, locks);
	g_array_unref(locks);
}

static void add_args(struct unit *u, const struct call_site *s,
		     struct known_call *c)
{
	int i;

	c->n_args = s->n_args;
	c->args = arena_new_array(u->arena, const struct expr *, s->n_args);
	for (i = 0; i < s->n_args; i++)
		if (is_given(s->args[i]))
			c->args[i] = expr_substitute(u, s->args[i], untyped, u);
}

static struct known_call *call_of_site(struct unit *u,
				       const struct call_site *s)
{
	struct known_call *c = known_call_new(s->name ? CALL_NAMED :
							CALL_MEMBER);

	set_locks(u, &c->locks, locks_at_call(u, s));
	set_locks(u, &c->released, locks_released(s));
	c->callee = s->name;
	c->record = s->record;
	c->member = s->member;
	add_args(u, s, c);
	return c;
}

static bool same_locks(const GArray *a, const GArray *b)
{
	guint i;

	if (a->len != b->len)
		return false;
	for (i = 0; i < a->len; i++)
		if (compare_locks(&g_array_index(a, struct entry_lock, i),
				  &g_array_index(b, struct entry_lock, i)))
			return false;
	return true;
}

static bool same_call(const struct known_call *a, const struct known_call *b)
{
	int i;

	if (a->how != b->how || a->callee != b->callee ||
	    a->record != b->record || a->member != b->member ||
	    a->n_args != b->n_args || !same_locks(a->locks, b->locks) ||
	    !same_locks(a->released, b->released))
		return false;
	for (i = 0; i < a->n_args; i++)
		if (a->args[i] != b->args[i])
			return false;
	return true;
}

/* Takes @c. */
static void add_call(GPtrArray *calls, struct known_call *c)
{
	guint i;

	for (i = 0; i < calls->len; i++)
		if (same_call(calls->pdata[i], c)) {
			known_call_free(c);
			return;
		}
	g_ptr_array_add(calls, c);
}

static void add_name(GPtrArray *calls, enum call_how how, const char *callee)
{
	struct known_call *c = known_call_new(how);

	c->callee = callee;
	add_call(calls, c);
}

static void add_addresses(const struct func *f, GPtrArray *calls)
{
	GPtrArray *names = uses_named(f);
	guint i;

	for (i = 0; i < names->len; i++)
		add_name(calls, CALL_ADDRESS, names->pdata[i]);
	g_ptr_array_unref(names);
}

/* Did some path come to the call, and was none cut off that might have? */
static bool is_seen(const struct func_flow *ff, const struct event *ev)
{
	guint i;

	for (i = 0; i < ff->calls->len && !ff->bounded; i++) {
		const struct call_site *s = ff->calls->pdata[i];

		if (s->event == ev->id)
			return true;
	}
	return false;
}

/* Paths end early, and loops are taken twice: what is behind calls as well. */
static void add_unseen(const struct flow *fl, const struct func_flow *ff,
		       GPtrArray *calls)
{
	const struct event *ev;
	int b, i;

	for (b = 0; b < ff->func->n_blocks; b++)
		for (i = 0; i < ff->func->blocks[b].n_events; i++) {
			ev = &ff->func->blocks[b].events[i];
			if (ev->callee && ev->callee->kind == EXPR_FUNC &&
			    !model_api(fl->model, ev->callee->name) &&
			    !is_seen(ff, ev))
				add_name(calls, CALL_UNSEEN, ev->callee->name);
		}
}

GBytes *calls_pack(const struct flow *fl, const struct func_flow *ff)
{
	GPtrArray *calls = g_ptr_array_new_with_free_func(known_call_free);
	struct pack p = pack_writer(fl->unit);
	guint i;

	for (i = 0; i < ff->calls->len; i++)
		add_call(calls, call_of_site(fl->unit, ff->calls->pdata[i]));
	add_addresses(ff->func, calls);
	add_unseen(fl, ff, calls);
	wire_count(p.w, (int)calls->len);
	for (i = 0; i < calls->len; i++)
		pack_call(&p, calls->pdata[i]);
	g_ptr_array_unref(calls);
	return pack_finish(&p);
}

GPtrArray *calls_unpack(struct unit *terms, GBytes *bytes)
{
	struct pack p = pack_reader(terms, bytes);
	GPtrArray *calls = g_ptr_array_new_with_free_func(known_call_free);
	int i, n = wire_count(p.w, 0);

	for (i = 0; i < n && !wire_failed(p.w); i++) {
		struct known_call *c = known_call_new(CALL_NAMED);

		pack_call(&p, c);
		g_ptr_array_add(calls, c);
	}
	if (pack_done(&p))
		return calls;
	g_ptr_array_unref(calls);
	return NULL;
}
