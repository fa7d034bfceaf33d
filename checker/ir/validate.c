// SPDX-License-Identifier: GPL-2.0-only
/*
 * Invariants of a lowered function. Run between passes in debug builds and by
 * the tests. It checks form only: that a lowering means what the source means
 * is the business of tests/cfg.
 */
#include "ir/ir.h"

struct check {
	const struct func *func;
	GHashTable *calls; /* ids of the call events */
	char *wrong;	   /* the first thing found; NULL: fine */
};

G_GNUC_PRINTF(2, 3)
static void fail(struct check *c, const char *format, ...)
{
	va_list args;

	if (c->wrong)
		return;
	va_start(args, format);
	c->wrong = g_strdup_vprintf(format, args);
	va_end(args);
}

static void check_leaf(struct check *c, const struct expr *e)
{
	if (e->kind == EXPR_LOCAL &&
	    (e->id < 0 || e->id >= c->func->n_locals))
		fail(c, "there is no local %d", e->id);
	if (e->kind == EXPR_CALL &&
	    !g_hash_table_contains(c->calls, GINT_TO_POINTER(e->id)))
		fail(c, "there is no call with id %d", e->id);
	if (e->kind >= EXPR_PARAM)
		fail(c, "an expression of kind %d in a lowered function",
		     (int)e->kind);
}

static void check_expr(struct check *c, const struct expr *e)
{
	for (; e && !c->wrong; e = e->a) {
		check_leaf(c, e);
		if (e->b)
			check_expr(c, e->b);
	}
}

static void need_expr(struct check *c, const struct expr *e, int id,
		      const char *what)
{
	if (!e)
		fail(c, "event %d has no %s", id, what);
	check_expr(c, e);
}

static void check_args(struct check *c, const struct event *ev)
{
	int i;

	for (i = 0; i < ev->n_args; i++)
		need_expr(c, ev->args[i], ev->id, "argument");
}

static void check_event(struct check *c, const struct event *ev)
{
	switch (ev->kind) {
	case EVENT_ACCESS:
		need_expr(c, ev->lvalue, ev->id, "place");
		break;
	case EVENT_ASSIGN:
		need_expr(c, ev->lvalue, ev->id, "place");
		need_expr(c, ev->value, ev->id, "value");
		break;
	case EVENT_CALL:
	case EVENT_CLEANUP:
		need_expr(c, ev->callee, ev->id, "callee");
		check_args(c, ev);
		break;
	case EVENT_ASM:
		check_args(c, ev);
		break;
	case EVENT_RETURN:
		check_expr(c, ev->value);
		break;
	}
}

/* The number of successors that the jump asks for; -1: one or more. */
static int succ_wanted(const struct block *b)
{
	switch (b->jump) {
	case JUMP_GOTO: return 1;
	case JUMP_BRANCH: return 2;
	case JUMP_RETURN:
	case JUMP_NORETURN: return 0;
	default: return -1;
	}
}

static bool in_func(const struct func *f, const struct block *b)
{
	return b >= f->blocks && b < f->blocks + f->n_blocks &&
	       b == &f->blocks[b->id];
}

static void check_jump(struct check *c, const struct block *b)
{
	int i, wanted = succ_wanted(b);

	if (wanted < 0 ? b->n_succ < 1 : b->n_succ != wanted)
		fail(c, "block %d has %d successors", b->id, b->n_succ);
	for (i = 0; i < b->n_succ; i++)
		if (!b->succ[i] || !in_func(c->func, b->succ[i]))
			fail(c, "block %d: edge %d leaves the function",
			     b->id, i);
	if ((b->jump == JUMP_BRANCH || b->jump == JUMP_SWITCH) != !!b->cond &&
	    b->jump != JUMP_INDIRECT)
		fail(c, "block %d: condition and jump disagree", b->id);
	if (b->jump == JUMP_SWITCH && b->n_succ > 1 && !b->cases)
		fail(c, "block %d: a switch without cases", b->id);
	check_expr(c, b->cond);
}

static int collect_block_ids(struct check *c, const struct block *b, int last)
{
	int i;

	for (i = 0; i < b->n_events; i++) {
		const struct event *ev = &b->events[i];

		if (ev->id <= last)
			fail(c, "event %d stands after %d", ev->id, last);
		if (ev->kind == EVENT_CALL)
			g_hash_table_add(c->calls, GINT_TO_POINTER(ev->id));
		last = ev->id;
	}
	return last;
}

/* Ids of the events rise over the blocks in their order. */
static void collect_ids(struct check *c)
{
	const struct func *f = c->func;
	int i, n = 0, last = 0;

	for (i = 0; i < f->n_blocks; i++) {
		if (f->blocks[i].id != i)
			fail(c, "block %d has the id %d", i, f->blocks[i].id);
		last = collect_block_ids(c, &f->blocks[i], last);
		n += f->blocks[i].n_events;
	}
	if (f->n_events != n)
		fail(c, "%d events, but n_events is %d", n, f->n_events);
}

char *ir_validate(const struct func *f)
{
	struct check c = { .func = f };
	int i, j;

	c.calls = g_hash_table_new(NULL, NULL);
	if (f->n_blocks < 1 || f->n_params > f->n_locals)
		fail(&c, "no block, or more parameters than locals");
	collect_ids(&c);
	for (i = 0; i < f->n_blocks && !c.wrong; i++) {
		for (j = 0; j < f->blocks[i].n_events; j++)
			check_event(&c, &f->blocks[i].events[j]);
		check_jump(&c, &f->blocks[i]);
	}
	g_hash_table_unref(c.calls);
	return c.wrong;
}
