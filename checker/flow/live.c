// SPDX-License-Identifier: GPL-2.0-only
/*
 * Liveness of locals and call results: values that nobody reads again do not
 * keep two paths apart. Locals whose address is taken are always live.
 */
#include <string.h>

#include "flow/state.h"

/* Of a function that needs more, everything counts as live: 32 MiB a set. */
#define MAX_WORDS (4 << 20)

struct liveness {
	const struct func *f;
	int n_words;
	guint64 *in;	/* live at entry, n_words a block */
	guint64 *use;	/* read before any write in the block */
	guint64 *def;	/* written before any read */
};

static void mark(guint64 *set, int bit)
{
	set[bit / 64] |= (guint64)1 << (bit % 64);
}

static bool marked(const guint64 *set, int bit)
{
	return set[bit / 64] >> (bit % 64) & 1;
}

static void use_expr(struct liveness *lv, guint64 *use, const guint64 *def,
		     const struct expr *e)
{
	int bit = -1;

	if (!e)
		return;
	if (e->kind == EXPR_LOCAL)
		bit = e->id;
	else if (e->kind == EXPR_CALL)
		bit = lv->f->n_locals + e->id;
	if (bit >= 0 && !marked(def, bit))
		mark(use, bit);
	use_expr(lv, use, def, e->a);
	use_expr(lv, use, def, e->b);
}

static void scan_event(struct liveness *lv, guint64 *use, guint64 *def,
		       const struct event *ev)
{
	int i;

	use_expr(lv, use, def, ev->value);
	use_expr(lv, use, def, ev->callee);
	for (i = 0; i < ev->n_args; i++)
		use_expr(lv, use, def, ev->args[i]);
	if (ev->kind == EVENT_ASSIGN && ev->lvalue->kind == EXPR_LOCAL) {
		if (ev->op)
			use_expr(lv, use, def, ev->lvalue);
		else if (!marked(use, ev->lvalue->id))
			mark(def, ev->lvalue->id);
	} else {
		use_expr(lv, use, def, ev->lvalue);
	}
}

static void scan_block(struct liveness *lv, const struct block *b)
{
	guint64 *use = lv->use + b->id * lv->n_words;
	guint64 *def = lv->def + b->id * lv->n_words;
	int i;

	for (i = 0; i < b->n_events; i++)
		scan_event(lv, use, def, &b->events[i]);
	use_expr(lv, use, def, b->cond);
}

static bool flow_into(struct liveness *lv, const struct block *b)
{
	guint64 *in = lv->in + b->id * lv->n_words;
	bool changed = false;
	guint64 out, now;
	int w, s;

	for (w = 0; w < lv->n_words; w++) {
		out = 0;
		for (s = 0; s < b->n_succ; s++)
			out |= lv->in[b->succ[s]->id * lv->n_words + w];
		now = lv->use[b->id * lv->n_words + w] |
		      (out & ~lv->def[b->id * lv->n_words + w]);
		changed |= now != in[w];
		in[w] = now;
	}
	return changed;
}

int slots_count(const struct func *f)
{
	int b, i, last = -1;

	for (b = 0; b < f->n_blocks; b++)
		for (i = 0; i < f->blocks[b].n_events; i++)
			last = MAX(last, f->blocks[b].events[i].id);
	return f->n_locals + last + 1;
}

static void always_live(struct liveness *lv)
{
	const struct func *f = lv->f;
	int b, i;

	for (i = 0; i < f->n_locals; i++)
		if (f->locals[i].address_taken)
			for (b = 0; b < f->n_blocks; b++)
				mark(lv->in + b * lv->n_words, i);
}

const guint64 *live_compute(const struct func *f, struct arena *a,
			    int *ret_words)
{
	struct liveness lv = { .f = f };
	bool changed = true;
	int b, size;

	lv.n_words = slots_count(f) / 64 + 1;
	*ret_words = lv.n_words;
	if ((gint64)lv.n_words * f->n_blocks > MAX_WORDS)
		return NULL;
	size = lv.n_words * MAX(f->n_blocks, 1);
	lv.in = arena_new_array(a, guint64, size);
	lv.use = arena_new_array(a, guint64, size);
	lv.def = arena_new_array(a, guint64, size);
	for (b = 0; b < f->n_blocks; b++)
		scan_block(&lv, &f->blocks[b]);
	while (changed) {
		changed = false;
		for (b = f->n_blocks - 1; b >= 0; b--)
			changed |= flow_into(&lv, &f->blocks[b]);
	}
	always_live(&lv);
	return lv.in;
}
