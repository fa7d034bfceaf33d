// SPDX-License-Identifier: GPL-2.0-only
/*
 * Assertions: the part of one that complains is a failure, if the program
 * knows what it asks for. What it does not know holds.
 */
#include "lower/private.h"

/* Does it nothing but to call, in an assertion's expansion? */
static bool only_calls(const struct block *b)
{
	bool calls = false;
	int i;

	if (b->jump != JUMP_GOTO || b->loop_head)
		return false;
	for (i = 0; i < b->n_events; i++) {
		if (!flow_is_assertion(b->events[i].macro) ||
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
void find_complaints(struct frame *f)
{
	const struct func *func = f->func;
	bool *asked = arena_new_array(f->b->arena, bool, func->n_blocks);
	int i, k;

	f->complains = arena_new_array(f->b->arena, bool, func->n_blocks);
	for (i = 0; i < func->n_blocks; i++) {
		const struct block *b = &func->blocks[i];

		for (k = 0; k < b->n_succ; k++)
			asked[b->succ[k]->id] |= b->jump == JUMP_BRANCH &&
						 flow_is_assertion(b->cond_macro);
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
			if (!value_is_known(f, ev->value, depth + 1))
				return false;
			n++;
			constants += ev->value->kind == EXPR_CONST;
		}
	}
	/* one of several constants: by a branch that nobody knows, perhaps */
	return n < 2 || constants < n;
}

bool value_is_known(struct frame *f, const struct expr *e, int depth)
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
		return value_is_known(f, e->a, depth);
	case EXPR_BINARY:
		if (e->op == '&')
			break;
		return value_is_known(f, e->a, depth) && value_is_known(f, e->b, depth);
	default:
		s = spot_of(f, e);
		w = spot_word(f, &s);
		if (w && !word_is_written(f->b, s.kind, w, -1))
			return false;
		/* a pointer that is not kept leads to the one object: a guess */
		if (!w && s.object && *s.path)
			return false;
		break;
	}
	return value_of(f, e) != NULL;
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
		case OP_END: /* behind an assertion that failed */
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
void build_complaint(struct frame *f, const struct block *b)
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
