// SPDX-License-Identifier: GPL-2.0-only
/*
 * A function's blocks and events as operations. Any graph will do: blocks
 * become jumps. What a condition depends on is a register if the program
 * keeps it, else a choice that both ways are explored of.
 */
#include "lower/private.h"

#include <string.h>

/* More blocks than that are no part of a story. */
#define MAX_BLOCKS 600

struct jump {
	int op, block;
};

/* ---- assertions ---- */

bool is_assertion(const char *macro)
{
	static const char *const prefixes[] = { "WARN", "BUG", "VM_BUG",
						"VM_WARN", "ASSERT", "LASSERT" };
	size_t i;

	for (i = 0; macro && i < G_N_ELEMENTS(prefixes); i++)
		if (g_str_has_prefix(macro, prefixes[i]))
			return true;
	return false;
}

/* Does it nothing but to call, in an assertion's expansion? */
static bool only_calls(const struct block *b)
{
	bool calls = false;
	int i;

	if (b->jump != JUMP_GOTO || b->loop_head)
		return false;
	for (i = 0; i < b->n_events; i++) {
		if (!is_assertion(b->events[i].macro) ||
		    b->events[i].kind == EVENT_ASSIGN)
			return false;
		calls |= b->events[i].kind == EVENT_CALL ||
			 b->events[i].kind == EVENT_ASM;
	}
	return calls;
}

/*
 * The blocks of assertions that complain: the path ends there, or a branch of
 * the assertion leads to what only calls.
 */
static void find_complaints(struct frame *f)
{
	const struct func *func = f->func;
	bool *asked = arena_new_array(f->b->arena, bool, func->n_blocks);
	int i, k;

	f->complains = arena_new_array(f->b->arena, bool, func->n_blocks);
	for (i = 0; i < func->n_blocks; i++) {
		const struct block *b = &func->blocks[i];

		for (k = 0; k < b->n_succ; k++)
			asked[b->succ[k]->id] |= b->jump == JUMP_BRANCH &&
						 is_assertion(b->cond_macro);
	}
	for (i = 0; i < func->n_blocks; i++)
		f->complains[i] = func->blocks[i].jump == JUMP_NORETURN ||
				  (asked[i] && only_calls(&func->blocks[i]));
}

static const char *complaint_text(const struct block *b)
{
	const struct event *ev = b->n_events ? &b->events[0] : NULL;

	return ev && ev->macro ? ev->macro : "assertion";
}

/* ---- events ---- */

static void lower_read(struct frame *f, const struct event *ev)
{
	struct spot s = spot_of(f, ev->lvalue);
	struct word *w;
	int reg;

	if (s.frame)
		return;
	/* the end of a list is no object, though it looks like one */
	if (is_list_link(ev->lvalue)) {
		reg = s.object ? add_branch(f, value_unary(f->b, '!',
							   s.object)) : -1;
		add_use(f, &s);
		if (reg >= 0)
			patch(f, reg);
		return;
	}
	w = spot_word(f, &s);
	if (!w || (ev->lvalue->record && !ev->lvalue->pointers)) {
		add_use(f, &s);
		return;
	}
	if (ev->lvalue->pointers == 1 && ev->lvalue->record)
		mark_pointer(f, w, ev->lvalue->record);
	reg = add_load(f, spot_place(f, &s, w),
		       ev->once ? ORDER_ONCE : ORDER_PLAIN);
	g_hash_table_insert(f->loads, (gpointer)ev->lvalue,
			    GINT_TO_POINTER(reg + 1));
}

/* What is assigned, as a number; pointers lead to their record's object. */
static const struct value *assigned(struct frame *f, const struct expr *to,
				    const struct expr *e)
{
	const struct value *v;
	struct kind *k;
	struct word *w;

	if (to->pointers != 1 || !to->record || e->kind == EXPR_CONST)
		return value_of(f, e);
	/* what was cast from another type is that type's object */
	k = kind_of(f->b, to->record);
	if (e->record && e->record != to->record && e->pointers == 1)
		return value_const(f->b, object_number(f->b, k, 0), NULL);
	v = value_of(f, e);
	w = v ? word_in(f, e) : NULL;
	if (w)
		mark_pointer(f, w, to->record);
	return v ? v : value_const(f->b, object_number(f->b, k, 0), NULL);
}

static const struct value *updated(struct frame *f, const struct event *ev,
				   const struct value *old)
{
	const struct value *v = value_of(f, ev->value);

	return value_binary(f->b, ev->op, old, v);
}

static void assign_local(struct frame *f, const struct event *ev,
			 struct frame *home, const struct expr *local)
{
	const struct value *v;
	int reg;

	if (!local->pointers && local->record)
		return;
	if (!ev->op && home == f && local->kind == EXPR_LOCAL &&
	    list_follow(f, local, ev->value))
		return;
	reg = local_reg(home, local);
	if (!ev->op)
		v = assigned(f, local, ev->value);
	else if (f->in_loop[f->block->id])
		v = NULL; /* a counter: how far is not modelled */
	else
		v = updated(f, ev, value_reg(f->b, reg));
	if (!v)
		v = value_reg(f->b, add_unknown(f, local));
	add_set(f, reg, v);
}

/* word |= FLAG, word &= ~FLAG: not atomic */
static const struct value *masked_update(struct frame *f,
					 const struct event *ev,
					 struct word *w,
					 const struct value *old)
{
	guint64 mask = (guint64)ev->value->value, bits = 0;
	bool clear = ev->op == '&';
	const struct value *m;
	int i;

	if (clear)
		mask = ~mask;
	for (i = 0; i < 63; i++)
		if (mask >> i & 1 && (!clear || i < 32))
			bits |= 1ull << bit_of(w, mask & (mask - 1) ? NULL :
						  ev->value->name, i);
	m = mask_value(f->b, w, bits);
	if (!clear)
		return value_binary(f->b, '|', old, m);
	return value_binary(f->b, '&', old, value_unary(f->b, '~', m));
}

static void assign_memory(struct frame *f, const struct event *ev,
			  const struct spot *s)
{
	const struct expr *lv = ev->lvalue;
	struct word *w = spot_word(f, s);
	const struct value *v, *old;

	if (!w || (lv->record && !lv->pointers)) {
		add_use(f, s);
		return;
	}
	old = value_of(f, lv);
	if ((ev->op == '|' || ev->op == '&') &&
	    ev->value->kind == EXPR_CONST)
		v = masked_update(f, ev, w, old);
	else
		v = ev->op ? updated(f, ev, old) : assigned(f, lv, ev->value);
	if (!v)
		v = value_reg(f->b, add_unknown(f, NULL));
	add_store(f, spot_place(f, s, w), v, ORDER_PLAIN);
}

static void lower_assign(struct frame *f, const struct event *ev)
{
	struct spot s = spot_of(f, ev->lvalue);

	if (s.frame)
		assign_local(f, ev, (struct frame *)s.frame, s.local);
	else if (s.object)
		assign_memory(f, ev, &s);
}

static bool is_known(struct frame *f, const struct expr *e, int depth);

/* Does the program know all that the variable is ever assigned? */
static bool is_local_known(struct frame *f, const struct expr *local,
			   int depth)
{
	int i, k, n = 0, constants = 0;

	if (g_hash_table_contains(f->unknown, local))
		return false;
	for (i = 0; i < f->func->n_blocks; i++) {
		const struct block *b = &f->func->blocks[i];

		for (k = 0; k < b->n_events; k++) {
			const struct event *ev = &b->events[k];

			if (ev->kind != EVENT_ASSIGN || ev->lvalue != local)
				continue;
			if (!is_known(f, ev->value, depth + 1))
				return false;
			n++;
			constants += ev->value->kind == EXPR_CONST;
		}
	}
	/* one of several constants: by a branch that nobody knows, perhaps */
	return n < 2 || constants < n;
}

static bool is_known(struct frame *f, const struct expr *e, int depth)
{
	const struct result *r;
	struct word *w;
	struct spot s;

	if (depth > 6)
		return false;
	switch (e->kind) {
	case EXPR_CALL:
		r = result_of(f, e);
		if (r && r->unknown)
			return false;
		break;
	case EXPR_LOCAL:
		return is_local_known(f, e, depth);
	case EXPR_UNARY:
		return is_known(f, e->a, depth);
	case EXPR_BINARY:
		if (e->op == '&')
			break;
		return is_known(f, e->a, depth) && is_known(f, e->b, depth);
	default:
		s = spot_of(f, e);
		w = spot_word(f, &s);
		if (w && !word_is_written(f->b, s.kind, w, -1))
			return false;
		break;
	}
	return value_of(f, e) != NULL;
}

static void lower_return(struct frame *f, const struct event *ev)
{
	const struct func *func = f->func;
	struct expr to = { .record = func->return_record,
			   .pointers = func->return_pointers };
	const struct value *v;

	if (!ev->value || f->ret_reg < 0)
		return;
	v = assigned(f, &to, ev->value);
	if (!v)
		v = value_reg(f->b, add_unknown(f, NULL));
	f->ret.unknown |= !func->return_pointers &&
			  !is_known(f, ev->value, 0);
	add_set(f, f->ret_reg, v);
}

static void lower_event(struct frame *f, const struct event *ev)
{
	f->event = ev;
	if (!f->caller)
		f->t->position = ev->id;
	if (fix_before(f, ev))
		return;
	switch (ev->kind) {
	case EVENT_ACCESS:
		if (ev->access == ACCESS_READ || ev->access == ACCESS_UPDATE)
			lower_read(f, ev);
		break;
	case EVENT_ASSIGN:
		lower_assign(f, ev);
		break;
	case EVENT_CALL:
	case EVENT_CLEANUP:
		build_call(f, ev);
		break;
	case EVENT_RETURN:
		lower_return(f, ev);
		break;
	case EVENT_ASM:
		break;
	}
	fix_after(f, ev);
	f->event = NULL;
}

/* ---- jumps ---- */

static void jump_to(struct frame *f, int op, const struct block *to)
{
	struct jump j = { op, to->id };

	g_array_append_val(f->jumps, j);
}

static void go_to(struct frame *f, const struct block *to)
{
	jump_to(f, add_goto(f), to);
}

/* Does the value stay the same throughout the function? */
static bool is_fixed(const struct frame *f, const struct expr *e)
{
	if (!e)
		return true;
	switch (e->kind) {
	case EXPR_LOCAL:
		return f->defs[e->id] || f->func->locals[e->id].is_param;
	case EXPR_CONST:
		return true;
	case EXPR_UNARY:
	case EXPR_BINARY:
		return is_fixed(f, e->a) && is_fixed(f, e->b);
	default:
		return false;
	}
}

/* Both ways; the same way each time if what is asked cannot have changed. */
static const struct value *unknown_condition(struct frame *f,
					     const struct expr *e)
{
	gpointer known = g_hash_table_lookup(f->choices, e);
	int reg;

	if (known)
		return value_reg(f->b, GPOINTER_TO_INT(known) - 1);
	reg = add_choice(f, 2, true);
	/* it may only be asked again where it was asked before */
	if (is_fixed(f, e) && !f->in_loop[f->block->id])
		g_hash_table_insert(f->choices, (gpointer)e,
				    GINT_TO_POINTER(reg + 1));
	return value_reg(f->b, reg);
}

/*
 * A loop whose end nobody knows runs once at least: what is handled in it is
 * taken to have a first element.
 */
static void enter_once(struct frame *f, const struct block *b)
{
	int been, again;

	if (!b->loop_head || !b->cond_of ||
	    (strcmp(b->cond_of, "for") && strcmp(b->cond_of, "while")))
		return;
	been = f->first_visit[b->id];
	again = add_branch(f, value_reg(f->b, been));
	add_set(f, been, value_const(f->b, 1, NULL));
	go_to(f, b->succ[0]);
	patch(f, again);
}

static void mark_reached(const struct block *b, bool *seen)
{
	int i;

	for (i = 0; i < b->n_succ; i++) {
		if (!seen[b->succ[i]->id]) {
			seen[b->succ[i]->id] = true;
			mark_reached(b->succ[i], seen);
		}
	}
}

/* Which blocks can come to the window, in the finding's own function. */
static void find_leads(struct frame *f)
{
	const struct subject *s = f->b->subject;
	const struct func *func = f->func;
	bool *seen;
	int i;

	if (f->caller || f->b->drafts->len > 1 || func != s->in->func ||
	    !s->from || s->from->in != s->in)
		return;
	f->leads = arena_new_array(f->b->arena, bool, func->n_blocks);
	seen = arena_new_array(f->b->arena, bool, func->n_blocks);
	for (i = 0; i < func->n_blocks; i++) {
		memset(seen, 0, (size_t)func->n_blocks * sizeof(*seen));
		mark_reached(&func->blocks[i], seen);
		f->leads[i] = i == s->from->block || seen[s->from->block];
	}
}

/* The way to the window, where an unknown condition leads off it. */
static const struct block *way_to_window(const struct frame *f,
					 const struct block *b)
{
	const struct block *yes = b->succ[0], *no = b->succ[1];

	if (!f->leads || f->leads[yes->id] == f->leads[no->id])
		return NULL;
	return f->leads[yes->id] ? yes : no;
}

static void lower_branch(struct frame *f, const struct block *b)
{
	const struct value *v = value_of(f, b->cond);
	int n;

	if (value_is_const(v, &n)) {
		go_to(f, b->succ[n ? 0 : 1]);
		return;
	}
	for (n = 0; n < 2; n++) {
		/* an assertion about what is not modelled holds */
		if (f->complains[b->succ[n]->id] && !is_known(f, b->cond, 0)) {
			go_to(f, b->succ[1 - n]);
			return;
		}
	}
	if (!v && way_to_window(f, b)) {
		builder_assume(f->b, b->cond_loc,
			       "the condition goes the way that is reported");
		go_to(f, way_to_window(f, b));
		return;
	}
	if (!v)
		enter_once(f, b);
	if (!v)
		v = unknown_condition(f, b->cond);
	jump_to(f, add_branch(f, v), b->succ[0]);
	go_to(f, b->succ[1]);
}

/* Any of the edges, nobody knows which. */
static void lower_any(struct frame *f, const struct block *b)
{
	const struct value *choice;
	int i;

	if (!b->n_succ)
		return;
	choice = b->n_succ > 1 ?
			 value_reg(f->b, add_choice(f, b->n_succ, true)) :
			 NULL;
	for (i = 1; i < b->n_succ; i++)
		jump_to(f, add_branch(f, value_binary(f->b, OP2('=', '='),
				choice, value_const(f->b, i, NULL))),
			b->succ[i]);
	go_to(f, b->succ[0]);
}

static const struct value *in_case(struct frame *f, const struct value *v,
				   const struct case_range *r)
{
	const struct value *low = value_const(f->b, r->low, r->name);

	if (r->low == r->high)
		return value_binary(f->b, OP2('=', '='), v, low);
	return value_binary(f->b, '&',
			    value_binary(f->b, OP2('>', '='), v, low),
			    value_binary(f->b, OP2('<', '='), v,
					 value_const(f->b, r->high, NULL)));
}

static void lower_switch(struct frame *f, const struct block *b)
{
	const struct value *v = value_of(f, b->cond);
	int i;

	for (i = 0; v && i < b->n_succ - 1; i++)
		if (!in_case(f, v, &b->cases[i]))
			v = NULL;
	if (!v) {
		lower_any(f, b);
		return;
	}
	for (i = 0; i < b->n_succ - 1; i++)
		jump_to(f, add_branch(f, in_case(f, v, &b->cases[i])),
			b->succ[i]);
	go_to(f, b->succ[b->n_succ - 1]);
}

static void leave(struct frame *f)
{
	int op = add_goto(f);

	g_array_append_val(f->returns, op);
}

static void lower_jump(struct frame *f, const struct block *b)
{
	switch (b->jump) {
	case JUMP_BRANCH:
		lower_branch(f, b);
		break;
	case JUMP_SWITCH:
		lower_switch(f, b);
		break;
	case JUMP_RETURN:
		leave(f);
		break;
	case JUMP_NORETURN:
		add_op(f, OP_END);
		break;
	default:
		lower_any(f, b);
		break;
	}
}

/* Has the thread only looked so far? */
static bool only_looked(const struct draft *t)
{
	guint i;

	for (i = 0; i < t->ops->len; i++) {
		switch (g_array_index(t->ops, struct op, i).kind) {
		case OP_SET:
		case OP_CHOOSE:
		case OP_BRANCH:
		case OP_GOTO:
		case OP_LOAD:
		case OP_USE:
		case OP_RELAX:
			break;
		default:
			return false;
		}
	}
	return true;
}

/*
 * What another CPU's function asserts before all else, its caller has made
 * sure of: it does not begin before. Elsewhere the assertion fails.
 */
static void lower_complaint(struct frame *f, const struct block *b)
{
	struct op *op;

	if (f->b->drafts->len > 1 && only_looked(f->t)) {
		add_op(f, OP_RELAX);
		add_goto(f); /* to the first op */
		return;
	}
	op = add_op(f, OP_ASSERT);
	op->value = value_const(f->b, 0, NULL);
	op->text = complaint_text(b);
}

static void lower_block(struct frame *f, const struct block *b)
{
	int i;

	f->block = b;
	f->block_at[b->id] = here(f);
	if (f->complains[b->id]) {
		f->event = b->n_events ? &b->events[0] : NULL;
		lower_complaint(f, b);
		f->event = NULL;
	} else {
		for (i = 0; i < b->n_events && !f->b->why; i++)
			lower_event(f, &b->events[i]);
	}
	lower_jump(f, b);
}

/* ---- frames ---- */

static void find_loops(struct frame *f)
{
	const struct func *func = f->func;
	bool *seen = arena_new_array(f->b->arena, bool, func->n_blocks);
	int i;

	f->in_loop = arena_new_array(f->b->arena, bool, func->n_blocks);
	for (i = 0; i < func->n_blocks; i++) {
		memset(seen, 0, (size_t)func->n_blocks * sizeof(*seen));
		mark_reached(&func->blocks[i], seen);
		f->in_loop[i] = seen[i];
	}
}

static void find_defs(struct frame *f)
{
	const struct func *func = f->func;
	int *n = arena_new_array(f->b->arena, int, func->n_locals);
	int i, k;

	f->defs = arena_new_array(f->b->arena, const struct expr *,
				  func->n_locals);
	for (i = 0; i < func->n_blocks; i++) {
		for (k = 0; k < func->blocks[i].n_events; k++) {
			const struct event *ev = &func->blocks[i].events[k];

			if (ev->kind != EVENT_ASSIGN ||
			    ev->lvalue->kind != EXPR_LOCAL)
				continue;
			f->defs[ev->lvalue->id] = ev->op ? NULL : ev->value;
			n[ev->lvalue->id] += ev->op ? 2 : 1;
		}
	}
	for (i = 0; i < func->n_locals; i++)
		if (n[i] != 1 || func->locals[i].is_param ||
		    func->locals[i].address_taken)
			f->defs[i] = NULL;
}

static void frame_init(struct frame *f)
{
	f->regs = g_hash_table_new(NULL, NULL);
	f->loads = g_hash_table_new(NULL, NULL);
	f->aliases = g_hash_table_new(NULL, NULL);
	f->results = g_hash_table_new(NULL, NULL);
	f->choices = g_hash_table_new(NULL, NULL);
	f->unknown = g_hash_table_new(NULL, NULL);
	f->jumps = g_array_new(FALSE, FALSE, sizeof(struct jump));
	f->returns = g_array_new(FALSE, FALSE, sizeof(int));
	f->block_at = arena_new_array(f->b->arena, int, f->func->n_blocks);
	find_loops(f);
	find_defs(f);
	find_complaints(f);
	find_leads(f);
}

static void frame_clear(struct frame *f)
{
	g_hash_table_unref(f->regs);
	g_hash_table_unref(f->loads);
	g_hash_table_unref(f->aliases);
	g_hash_table_unref(f->results);
	g_hash_table_unref(f->choices);
	g_hash_table_unref(f->unknown);
	g_array_unref(f->jumps);
	g_array_unref(f->returns);
}

static bool same_type(const struct local *a, const struct local *b)
{
	return a->record == b->record && a->pointers == b->pointers;
}

/* What the finding's function calls the object; or NULL. */
static const char *stake_name(const struct subject *s)
{
	return s->object && s->object->kind == EXPR_PARAM ?
		       s->in->func->locals[s->object->id].name : NULL;
}

/*
 * Which of its record's objects parameter @i is: the first is the one at
 * stake, which all functions call by one name, or else the first of them.
 */
static int nth_object(const struct frame *f, int i)
{
	const struct local *l = f->func->locals;
	const char *name = stake_name(f->b->subject);
	int p, nth = 0, first = -1;

	for (p = 0; p < f->func->n_params; p++) {
		if (!same_type(&l[p], &l[i]))
			continue;
		if (first < 0 || !g_strcmp0(l[p].name, name))
			first = p;
	}
	for (p = 0; p < i; p++)
		nth += p != first && same_type(&l[p], &l[i]);
	return i == first ? 0 : MIN(nth + 1, MAX_INSTANCES - 1);
}

/* A parameter of a thread's own function. */
static void bind_entry(struct frame *f, int i)
{
	const struct local *l = &f->func->locals[i];
	const struct expr *param = expr_local(f->func->unit, i, l);
	struct kind *k;
	int nth;

	if (l->pointers == 1 && l->record) {
		nth = nth_object(f, i);
		k = kind_of(f->b, l->record);
		add_set(f, local_reg(f, param),
			value_const(f->b, object_number(f->b, k, nth), NULL));
	} else if (!l->pointers && !l->record) {
		g_hash_table_add(f->unknown, (gpointer)param);
		add_set(f, local_reg(f, param),
			value_reg(f->b, add_unknown(f, param)));
	}
}

static void bind_argument(struct frame *f, struct frame *caller, int i,
			  const struct expr *arg)
{
	const struct local *l = &f->func->locals[i];
	const struct expr *param = expr_local(f->func->unit, i, l);
	struct spot s = pointee_of(caller, arg);
	const struct value *v;

	/* a place inside something, or a variable of the caller's */
	if (l->pointers && (s.frame || (s.object &&
					(*s.path || s.kind->record !=
						    l->record)))) {
		g_hash_table_insert(f->aliases, (gpointer)param,
				    arena_copy(f->b->arena, &s, sizeof(s)));
		return;
	}
	v = assigned(caller, param, arg);
	if (!l->pointers && !is_known(caller, arg, 0))
		g_hash_table_add(f->unknown, (gpointer)param);
	if (!v && !l->pointers && !l->record)
		v = value_reg(f->b, add_unknown(f, param));
	if (v)
		add_set(f, local_reg(f, param), v);
}

static void bind(struct frame *f, struct frame *caller,
		 const struct event *call)
{
	int i;

	f->event = call;
	for (i = 0; i < f->func->n_params; i++) {
		if (!caller)
			bind_entry(f, i);
		else if (i < call->n_args)
			bind_argument(f, caller, i, call->args[i]);
	}
	f->event = NULL;
}

/* Does the lock stand in the list before its @n-th? */
static bool is_listed(const GArray *locks, guint n)
{
	const struct entry_lock *e = &g_array_index(locks, struct entry_lock,
						    n);
	guint i;

	for (i = 0; i < n; i++) {
		const struct entry_lock *o = &g_array_index(
			locks, struct entry_lock, i);

		if (o->owner == e->owner && o->field == e->field &&
		    !g_strcmp0(o->class, e->class))
			return true;
	}
	return false;
}

/* What each caller holds is held around the thread. */
static void lower_entry(struct frame *f, bool take)
{
	const struct func_flow *ff = flow_of(f->b->flow, f->func);
	guint i;

	for (i = 0; ff && i < ff->entry_locks->len; i++) {
		const struct entry_lock *e = &g_array_index(
			ff->entry_locks, struct entry_lock, i);

		if (is_listed(ff->entry_locks, i))
			continue;
		if (take || !g_str_has_prefix(e->why, "released"))
			build_entry_lock(f, e, take);
	}
}

static void lower_blocks(struct frame *f)
{
	const struct func *func = f->func;
	bool *seen = arena_new_array(f->b->arena, bool, func->n_blocks);
	guint i;

	seen[0] = true;
	mark_reached(&func->blocks[0], seen);
	f->first_visit = arena_new_array(f->b->arena, int, func->n_blocks);
	for (i = 0; i < (guint)func->n_blocks; i++)
		if (seen[i] && func->blocks[i].loop_head)
			f->first_visit[i] = add_set(f, -1, value_const(f->b, 0,
								       NULL));
	go_to(f, &func->blocks[0]);
	for (i = 0; i < (guint)func->n_blocks && !f->b->why; i++)
		if (seen[i])
			lower_block(f, &func->blocks[i]);
	for (i = 0; i < f->jumps->len; i++) {
		const struct jump *j = &g_array_index(f->jumps, struct jump,
						      i);

		g_array_index(f->t->ops, struct op, j->op).target =
			f->block_at[j->block];
	}
	for (i = 0; i < f->returns->len; i++)
		patch(f, g_array_index(f->returns, int, i));
}

/* Is the function the handler of a work, a timer...: what it gets is part of it */
static struct spot handled(struct frame *f)
{
	struct spot none = { 0 }, s;
	const struct expr *param, *container;
	const struct local *l = f->func->locals;

	if (f->func->n_params != 1 || l->pointers != 1 || !l->record ||
	    !(strstr(l->record, "work_struct") ||
	      strstr(l->record, "timer_list")))
		return none;
	param = expr_local(f->func->unit, 0, l);
	container = container_of_local(f, param);
	if (!container)
		return none;
	s = instance_of(f, container->owner);
	s.path = container->name;
	return s;
}

static void lower_thread(struct frame *f)
{
	struct spot work = handled(f);
	int begun = work.object ? handler_begin(f, work) : -1;

	lower_entry(f, true);
	lower_blocks(f);
	lower_entry(f, false);
	if (work.object)
		handler_end(f, work, begun);
}

struct result build_body(struct frame *caller, struct draft *t,
			 struct builder *b, const struct func *func,
			 const struct event *call)
{
	struct frame f = { .b = b, .t = t, .func = func, .caller = caller,
			   .depth = caller ? caller->depth + 1 : 0,
			   .ret_reg = -1 };
	struct result ret = { 0 };

	if (func->n_blocks > MAX_BLOCKS) {
		builder_fail(b, "%s() is too large", func->name);
		return ret;
	}
	frame_init(&f);
	if (!func->returns_void)
		f.ret_reg = new_reg(t, NULL);
	bind(&f, caller, call);
	if (caller)
		lower_blocks(&f);
	else
		lower_thread(&f);
	frame_clear(&f);
	if (f.ret_reg >= 0)
		ret.value = value_reg(b, f.ret_reg);
	ret.unknown = f.ret.unknown;
	return ret;
}
