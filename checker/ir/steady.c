// SPDX-License-Identifier: GPL-2.0-only
/*
 * What stays as it is between two places, by the events of the intermediate
 * representation: reachability, writes of variables and members, and calls. It
 * knows no values, so another object's member counts like this one's; and it
 * does not look into functions of other units.
 */
#include "ir/steady.h"

#include <string.h>

/* ---- control ---- */

/* The block of an event, and its index there. */
struct spot {
	const struct block *block;
	int index;
};

static bool find_spot(const struct func *f, int event, struct spot *ret)
{
	int i, k;

	for (i = 0; i < f->n_blocks; i++)
		for (k = 0; k < f->blocks[i].n_events; k++)
			if (f->blocks[i].events[k].id == event) {
				*ret = (struct spot){ &f->blocks[i], k };
				return true;
			}
	return false;
}

/* Marks what comes after @b, but not through the block @wall (or NULL). */
static void mark_after(const struct block *b, const struct block *wall,
		       bool *marks)
{
	int i;

	for (i = 0; i < b->n_succ; i++) {
		if (b->succ[i] == wall || marks[b->succ[i]->id])
			continue;
		marks[b->succ[i]->id] = true;
		mark_after(b->succ[i], wall, marks);
	}
}

static bool *blocks_after(const struct func *f, const struct block *b,
			  const struct block *wall)
{
	bool *marks = g_new0(bool, f->n_blocks);

	mark_after(b, wall, marks);
	return marks;
}

static bool spot_reaches(const struct func *f, struct spot from, struct spot to)
{
	bool *after, reaches;

	if (from.block == to.block && from.index < to.index)
		return true;
	after = blocks_after(f, from.block, NULL);
	reaches = after[to.block->id];
	g_free(after);
	return reaches;
}

bool event_reaches(const struct func *f, int from, int to)
{
	struct spot a, b;

	return !find_spot(f, from, &a) || !find_spot(f, to, &b) ||
	       spot_reaches(f, a, b);
}

/* Does a path from @b to the end of the function go around @wall? */
static bool ends_without(const struct func *f, const struct block *b,
			 const struct block *wall)
{
	bool *after, ends = b != wall && b->jump == JUMP_RETURN;
	int i;

	if (b == wall)
		return false;
	after = blocks_after(f, b, wall);
	for (i = 0; i < f->n_blocks; i++)
		ends |= after[i] && f->blocks[i].jump == JUMP_RETURN;
	g_free(after);
	return ends;
}

/* Does a path from the entry to @b go around @wall? */
static bool begins_without(const struct func *f, const struct block *b,
			   const struct block *wall)
{
	bool *after, begins;

	if (b == wall || wall == &f->blocks[0])
		return false;
	after = blocks_after(f, &f->blocks[0], wall);
	begins = b == &f->blocks[0] || after[b->id];
	g_free(after);
	return begins;
}

bool span_is_straight(const struct span *s)
{
	struct spot a, b;

	return find_spot(s->func, s->from, &a) &&
	       find_spot(s->func, s->to, &b) &&
	       spot_reaches(s->func, a, b) && !spot_reaches(s->func, a, a) &&
	       !spot_reaches(s->func, b, b) &&
	       !ends_without(s->func, a.block, b.block) &&
	       !begins_without(s->func, b.block, a.block);
}

/* ---- the events of a span ---- */

typedef bool (*event_fn)(const struct func *f, const struct event *ev,
			 void *data);

static bool is_there(const struct span *s, enum where where, int event)
{
	bool before, behind;

	if (where == WHERE_ANY)
		return true;
	if (event == s->from || event == s->to)
		return false;
	before = where != WHERE_BEHIND && event_reaches(s->func, event, s->to);
	behind = where != WHERE_BEFORE &&
		 event_reaches(s->func, s->from, event);
	return where == WHERE_BETWEEN ? before && behind : before || behind;
}

static bool any_event(const struct span *s, enum where where, event_fn fn,
		      void *data)
{
	int i, k;

	for (i = 0; i < s->func->n_blocks; i++) {
		const struct block *b = &s->func->blocks[i];

		for (k = 0; k < b->n_events; k++)
			if (fn(s->func, &b->events[k], data) &&
			    is_there(s, where, b->events[k].id))
				return true;
	}
	return false;
}

/* ---- variables ---- */

/* The variables of an expression, also those a temporary was made of. */
struct variables {
	bool *in; /* by their index in func->locals */
	bool more;
};

static void add_variables(struct variables *v, const struct expr *e)
{
	if (!e)
		return;
	if (e->kind == EXPR_LOCAL && !v->in[e->id])
		v->in[e->id] = v->more = true;
	add_variables(v, e->a);
	add_variables(v, e->b);
}

static void add_of_event(struct variables *v, const struct event *ev)
{
	int i;

	add_variables(v, ev->lvalue);
	add_variables(v, ev->value);
	add_variables(v, ev->callee);
	for (i = 0; i < ev->n_args; i++)
		add_variables(v, ev->args[i]);
}

static bool is_temporary(const struct func *f, const struct expr *e)
{
	return e->kind == EXPR_LOCAL && *f->locals[e->id].name == '#';
}

static bool add_of_temporary(const struct func *f, const struct event *ev,
			     void *data)
{
	struct variables *v = data;

	if (ev->kind == EVENT_ASSIGN && is_temporary(f, ev->lvalue) &&
	    v->in[ev->lvalue->id])
		add_variables(v, ev->value);
	return false;
}

static bool writes_one(const struct func *f, const struct event *ev,
		       void *data)
{
	const struct variables *v = data;

	return ev->kind == EVENT_ASSIGN && ev->lvalue->kind == EXPR_LOCAL &&
	       !is_temporary(f, ev->lvalue) && v->in[ev->lvalue->id];
}

/* Frees what @v has. */
static bool writes_variables(const struct span *s, enum where where,
			     struct variables *v)
{
	bool writes = any_event(s, where, writes_one, v);
	int i;

	for (i = 0; i < s->func->n_locals; i++)
		writes |= v->in[i] && s->func->locals[i].address_taken;
	g_free(v->in);
	return writes;
}

bool span_writes_variables(const struct span *s, enum where where, int at)
{
	struct variables v = { g_new0(bool, s->func->n_locals + 1), false };
	const struct event *ev = func_event(s->func, at);

	if (ev)
		add_of_event(&v, ev);
	while (v.more) {
		v.more = false;
		any_event(s, WHERE_ANY, add_of_temporary, &v);
	}
	return writes_variables(s, where, &v) || !ev;
}

/* Two variables of one name: which of them the text means is not known. */
static bool add_word(struct variables *v, const struct func *f,
		     const char *word, size_t length)
{
	int i, n = 0;

	for (i = 0; i < f->n_locals; i++)
		if (strlen(f->locals[i].name) == length &&
		    !strncmp(f->locals[i].name, word, length)) {
			v->in[i] = true;
			n++;
		}
	return n < 2;
}

bool span_writes_words(const struct span *s, enum where where,
		       const char *text)
{
	static const char letters[] = G_CSET_a_2_z G_CSET_A_2_Z G_CSET_DIGITS
				      "_";
	struct variables v = { g_new0(bool, s->func->n_locals + 1), false };
	bool one = true, first = true;
	size_t n;

	for (; *text; text += n ? n : 1) {
		n = strspn(text, letters);
		if (n && first)
			one &= add_word(&v, s->func, text, n);
		if (n)
			first = false;
		else if (*text == ',')
			first = true;
	}
	return writes_variables(s, where, &v) || !one;
}

/* ---- members ---- */

struct member {
	const char *name;
	bool reads;
	GHashTable *seen; /* functions that were looked into */
};

static bool touches_member(const struct func *f, const struct event *ev,
			   void *data);

static bool calls_toucher(const struct func *f, const struct event *ev,
			  struct member *m)
{
	const struct func *callee =
		ev->callee && ev->callee->kind == EXPR_FUNC ?
			unit_find(f->unit, ev->callee->name) : NULL;
	const struct span all = { callee, 0, 0 };

	return callee && g_hash_table_add(m->seen, (gpointer)callee) &&
	       any_event(&all, WHERE_ANY, touches_member, m);
}

static bool is_member(const struct expr *e, const struct member *m)
{
	while (e->kind == EXPR_INDEX)
		e = e->a;
	return e->kind == EXPR_FIELD && !strcmp(e->name, m->name);
}

/* All of a structure is written, the member with it. */
static bool is_whole(const struct event *ev)
{
	return ev->lvalue->record && !ev->lvalue->pointers &&
	       ev->lvalue->kind != EXPR_LOCAL;
}

static bool touches_member(const struct func *f, const struct event *ev,
			   void *data)
{
	struct member *m = data;

	switch (ev->kind) {
	case EVENT_ASSIGN:
		return is_member(ev->lvalue, m) || is_whole(ev);
	case EVENT_ACCESS:
		return (m->reads || ev->access != ACCESS_READ) &&
		       is_member(ev->lvalue, m);
	case EVENT_CALL:
	case EVENT_CLEANUP:
		return calls_toucher(f, ev, m);
	default:
		return false;
	}
}

/*
 * Each event is asked anew whether it touches the member, so what one of them
 * called is looked into again.
 */
static bool touches_member_anew(const struct func *f, const struct event *ev,
				void *data)
{
	struct member *m = data;

	g_hash_table_remove_all(m->seen);
	return touches_member(f, ev, m);
}

bool span_touches_member(const struct span *s, enum where where,
			 const char *name, bool reads)
{
	struct member m = { name, reads, g_hash_table_new(NULL, NULL) };
	bool touches = any_event(s, where, touches_member_anew, &m);

	g_hash_table_unref(m.seen);
	return touches;
}

/* @loaded: it is the value of the place that matters, not its address. */
static bool writes_place(const struct span *s, enum where where,
			 const struct expr *e, bool loaded)
{
	if (!e)
		return false;
	switch (e->kind) {
	case EXPR_ADDR:
		return writes_place(s, where, e->a, false);
	case EXPR_FIELD:
		return (loaded &&
			span_touches_member(s, where, e->name, false)) ||
		       (e->a->kind == EXPR_DEREF ?
				writes_place(s, where, e->a->a, true) :
				writes_place(s, where, e->a, loaded));
	case EXPR_DEREF:
		return loaded || writes_place(s, where, e->a, true);
	default:
		return writes_place(s, where, e->a, true) ||
		       writes_place(s, where, e->b, true);
	}
}

bool span_writes_memory(const struct span *s, enum where where, int at)
{
	const struct event *ev = func_event(s->func, at);
	int i;

	for (i = 0; ev && i < ev->n_args; i++)
		if (writes_place(s, where, ev->args[i], true))
			return true;
	return !ev;
}

/* ---- calls ---- */

#define MAX_HELPERS 8 /* one in another; they may call each other in a ring */

static const struct func *callee_of(const struct unit *u,
				    const struct event *ev)
{
	return ev->callee->kind == EXPR_FUNC ? unit_find(u, ev->callee->name) :
					       NULL;
}

/* Could a caller notice it? */
static bool is_noticed(const struct event *ev)
{
	return ev->kind == EVENT_CALL || ev->kind == EVENT_CLEANUP ||
	       ev->kind == EVENT_ASM ||
	       (ev->kind == EVENT_ASSIGN && ev->lvalue->kind != EXPR_LOCAL);
}

/* How much of that there is; *@ret_last is the last. */
static int count_noticed(const struct func *f, const struct event **ret_last)
{
	int i, k, n = 0;

	*ret_last = NULL;
	for (i = 0; i < f->n_blocks; i++) {
		for (k = 0; k < f->blocks[i].n_events; k++)
			if (is_noticed(&f->blocks[i].events[k])) {
				*ret_last = &f->blocks[i].events[k];
				n++;
			}
	}
	return n;
}

static bool decides(const struct func *f)
{
	int i;

	for (i = 0; i < f->n_blocks; i++)
		if (f->blocks[i].n_succ > 1)
			return true;
	return false;
}

static bool is_pure(const struct func *f, int depth)
{
	int i, k;

	for (i = 0; i < f->n_blocks; i++) {
		const struct block *b = &f->blocks[i];

		for (k = 0; k < b->n_events; k++) {
			const struct event *ev = &b->events[k];
			const struct func *callee =
				ev->kind == EVENT_CALL ?
					callee_of(f->unit, ev) : NULL;

			if (is_noticed(ev) &&
			    (!callee || depth >= MAX_HELPERS ||
			     !is_pure(callee, depth + 1)))
				return false;
		}
	}
	return true;
}

bool func_is_pure(const struct func *f)
{
	return is_pure(f, 0);
}

bool func_does_one_thing(const struct func *f)
{
	const struct event *ev;
	int depth;

	for (depth = 0; f && depth < MAX_HELPERS; depth++) {
		if (decides(f) || count_noticed(f, &ev) != 1)
			return false;
		f = ev->kind == EVENT_CALL ? callee_of(f->unit, ev) : NULL;
	}
	return !f;
}

/* What the called function does, if it is no more than another call. */
static const struct event *call_below(const struct unit *u,
				      const struct event *ev)
{
	const struct func *f = callee_of(u, ev);
	const struct event *below;

	return f && !decides(f) && count_noticed(f, &below) == 1 &&
			       below->kind == EVENT_CALL ? below : NULL;
}

/* The same function, and the same numbers as arguments. */
static bool is_like(const struct event *a, const struct event *b)
{
	int i;

	if (a->callee != b->callee || a->callee->kind != EXPR_FUNC ||
	    a->n_args != b->n_args)
		return false;
	for (i = 0; i < a->n_args; i++)
		if ((a->args[i]->kind == EXPR_CONST ||
		     b->args[i]->kind == EXPR_CONST) &&
		    (a->args[i]->kind != b->args[i]->kind ||
		     a->args[i]->value != b->args[i]->value))
			return false;
	return true;
}

bool event_same_call(const struct unit *u, const struct event *a,
		     const struct event *b)
{
	const struct event *c;
	int i, k;

	if (!a || !b || a->kind != EVENT_CALL || b->kind != EVENT_CALL)
		return false;
	for (i = 0; a && i < MAX_HELPERS; i++, a = call_below(u, a))
		for (c = b, k = 0; c && k < MAX_HELPERS;
		     k++, c = call_below(u, c))
			if (is_like(a, c))
				return true;
	return false;
}
