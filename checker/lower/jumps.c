// SPDX-License-Identifier: GPL-2.0-only
/*
 * The jumps between blocks. What a condition depends on is a register if the
 * program keeps it, else a choice that both ways are explored of; or the way
 * that the finding needs.
 */
#include "lower/private.h"

#include <string.h>

static void jump_to(struct frame *f, int op, const struct block *to)
{
	struct jump j = { op, to->id };

	g_array_append_val(f->jumps, j);
}

void go_to(struct frame *f, const struct block *to)
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

void mark_reached(const struct block *b, bool *seen)
{
	int i;

	for (i = 0; i < b->n_succ; i++) {
		if (!seen[b->succ[i]->id]) {
			seen[b->succ[i]->id] = true;
			mark_reached(b->succ[i], seen);
		}
	}
}

int leaving_edge(struct frame *f, const struct block *b)
{
	bool back[2];
	bool *seen;
	int i;

	if (b->jump != JUMP_BRANCH || !f->in_loop[b->id])
		return -1;
	seen = arena_new_array(f->b->arena, bool, f->func->n_blocks);
	for (i = 0; i < 2; i++) {
		memset(seen, 0, (size_t)f->func->n_blocks * sizeof(*seen));
		mark_reached(b->succ[i], seen);
		back[i] = seen[b->id] || b->succ[i] == b;
	}
	return back[0] == back[1] ? -1 : back[0] ? 1 : 0;
}

static bool is_entered(const struct block *b)
{
	return b->loop_head && b->cond_of &&
	       (!strcmp(b->cond_of, "for") || !strcmp(b->cond_of, "while"));
}

/* Rounds that a loop is taken through whose end nobody knows. */
#define MOST_ROUNDS 2

/*
 * A branch that nobody knows the condition of, and that may leave a loop: it
 * stays twice at most. What is handled in a loop is taken to have a first
 * element.
 */
static void lower_rounds(struct frame *f, const struct block *b, int leaves)
{
	const struct value *rounds = value_reg(f->b, f->rounds[b->id]);
	int enough, out, first = -1;

	enough = add_branch(f, value_binary(f->b, OP2('=', '='), rounds,
				value_const(f->b, MOST_ROUNDS, NULL)));
	if (is_entered(b))
		first = add_branch(f, value_unary(f->b, '!', rounds));
	out = add_branch(f, unknown_condition(f, b->cond));
	if (leaves == 1) { /* staying is the branch taken */
		int stay = out;

		out = add_goto(f);
		patch(f, stay);
	}
	if (first >= 0)
		patch(f, first);
	add_set(f, f->rounds[b->id], value_binary(f->b, '+', rounds,
						  value_const(f->b, 1, NULL)));
	go_to(f, b->succ[1 - leaves]);
	patch(f, out);
	patch(f, enough);
	add_set(f, f->rounds[b->id], value_const(f->b, 0, NULL));
	go_to(f, b->succ[leaves]);
}

/* Which blocks can come to the window, in the finding's own function. */
void find_leads(struct frame *f)
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

/* Which of two numbers is more? Of those that nobody changes none is known. */
static bool is_guess(struct frame *f, const struct expr *e)
{
	return e->kind == EXPR_BINARY &&
	       (e->op == '<' || e->op == '>' || e->op == OP2('<', '=') ||
		e->op == OP2('>', '=')) && !value_is_known(f, e, 0);
}

/* Is it a variable of an assertion's expansion, and nobody else's? */
static bool is_assertions_own(const struct frame *f, const struct expr *e)
{
	int i, k, n = 0;

	for (i = 0; e->kind == EXPR_LOCAL && i < f->func->n_blocks; i++) {
		for (k = 0; k < f->func->blocks[i].n_events; k++) {
			const struct event *ev = &f->func->blocks[i].events[k];

			if (ev->kind != EVENT_ASSIGN || ev->lvalue != e)
				continue;
			if (!flow_is_assertion(ev->macro))
				return false;
			n++;
		}
	}
	return n > 0;
}

static void lower_branch(struct frame *f, const struct block *b)
{
	const struct value *v = is_guess(f, b->cond) ? NULL :
						       value_of(f, b->cond);
	int n;

	if (value_is_const(v, &n)) {
		go_to(f, b->succ[n ? 0 : 1]);
		return;
	}
	for (n = 0; n < 2; n++) {
		/* an assertion about what is not modelled holds */
		if (f->complains[b->succ[n]->id] && !value_is_known(f, b->cond, 0)) {
			if (is_assertions_own(f, b->cond)) /* asked again */
				add_set(f, local_reg(f, b->cond),
					value_const(f->b, n, NULL));
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
	if (!v && leaving_edge(f, b) >= 0) {
		lower_rounds(f, b, leaving_edge(f, b));
		return;
	}
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

void build_jump(struct frame *f, const struct block *b)
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
