// SPDX-License-Identifier: GPL-2.0-only
/*
 * Drafting the graph of one function, and turning the draft into the IR.
 *
 * Blocks are filled one after the other and never returned to, so their
 * events lie in one array. At the end, what cannot be reached and what holds
 * nothing is dropped.
 */
#include "frontend/private.h"

void draft_block_free(gpointer p)
{
	struct draft_block *b = p;

	if (b->more)
		g_ptr_array_unref(b->more);
	if (b->cases)
		g_array_unref(b->cases);
	g_free(b);
}

struct draft_block *block_new(struct lower *l)
{
	struct draft_block *b = g_new0(struct draft_block, 1);

	b->id = -1;
	g_ptr_array_add(l->all_blocks, b);
	return b;
}

void block_edge(struct draft_block *from, struct draft_block *to)
{
	to->n_preds++;
	if (!from->more && from->n_two < 2) {
		from->two[from->n_two++] = to;
		return;
	}
	if (!from->more) {
		from->more = g_ptr_array_new();
		g_ptr_array_add(from->more, from->two[0]);
		g_ptr_array_add(from->more, from->two[1]);
	}
	g_ptr_array_add(from->more, to);
}

static int n_succ(const struct draft_block *b)
{
	return b->more ? (int)b->more->len : b->n_two;
}

static struct draft_block **succ(struct draft_block *b)
{
	return b->more ? (struct draft_block **)b->more->pdata : b->two;
}

/* What follows a jump cannot be reached, but has to be put somewhere. */
static struct draft_block *current(struct lower *l)
{
	if (!l->cur)
		block_start(l, block_new(l));
	return l->cur;
}

void block_jump(struct lower *l, enum jump_kind kind)
{
	struct draft_block *b = current(l);

	b->jump = kind;
	b->n_events = (int)l->events->len - b->first;
	l->cur = NULL;
}

void block_goto(struct lower *l, struct draft_block *to)
{
	if (!l->cur)
		return;
	block_edge(l->cur, to);
	block_jump(l, JUMP_GOTO);
}

void block_start(struct lower *l, struct draft_block *b)
{
	block_goto(l, b);
	b->placed = true;
	b->first = (int)l->events->len;
	g_ptr_array_add(l->blocks, b);
	l->cur = b;
}

void block_branch(struct lower *l, const struct expr *cond, CXCursor at,
		  const char *of, struct draft_block *yes,
		  struct draft_block *no)
{
	struct draft_block *b = current(l);

	b->cond = cond;
	b->cond_place = place_of(l->p, at);
	b->cond_of = of;
	block_edge(b, yes);
	block_edge(b, no);
	block_jump(l, JUMP_BRANCH);
}

struct event *block_event_at(struct lower *l, enum event_kind kind,
			     const struct place *where)
{
	struct event ev = { .kind = kind,
			    .loc = where->loc,
			    .macro = where->macro };

	current(l);
	ev.id = ++l->next_event;
	g_array_append_val(l->events, ev);
	return &g_array_index(l->events, struct event, l->events->len - 1);
}

struct event *block_event(struct lower *l, enum event_kind kind, CXCursor at)
{
	struct place where = place_of(l->p, at);

	return block_event_at(l, kind, &where);
}

/* From the draft to the IR */

/* The block that control ends up in: past blocks that only go on. */
static struct draft_block *settle(struct draft_block *b)
{
	struct draft_block *slow = b;
	bool step = false;

	while (b->jump == JUMP_GOTO && !b->n_events && b->n_two == 1 &&
	       b->two[0] != b && !b->is_target) {
		b = b->two[0];
		if (step)
			slow = slow->two[0];
		step = !step;
		if (b == slow) /* an empty loop */
			break;
	}
	return b;
}

struct walk {
	struct draft_block *block;
	int next;
};

static void walk_push(GArray *stack, struct draft_block *b)
{
	struct walk w = { .block = b };

	b->mark = 1;
	g_array_append_val(stack, w);
}

/*
 * Depth first from the entry: marks what can be reached and, as targets of
 * edges back into the walk's own path, the heads of loops.
 */
static void walk(struct draft_block *entry)
{
	GArray *stack = g_array_new(FALSE, FALSE, sizeof(struct walk));

	walk_push(stack, entry);
	while (stack->len) {
		struct walk *w =
			&g_array_index(stack, struct walk, stack->len - 1);
		struct draft_block *to;

		if (w->next == n_succ(w->block)) {
			w->block->mark = 2;
			g_array_set_size(stack, stack->len - 1);
			continue;
		}
		to = settle(succ(w->block)[w->next]);
		succ(w->block)[w->next++] = to;
		if (to->mark == 1)
			to->loop_head = true;
		else if (!to->mark)
			walk_push(stack, to);
	}
	g_array_unref(stack);
}

static int number(struct lower *l)
{
	int n = 0;
	guint i;

	for (i = 0; i < l->blocks->len; i++) {
		struct draft_block *b = g_ptr_array_index(l->blocks, i);

		if (b->mark)
			b->id = n++;
	}
	return n;
}

static void finish_block(struct lower *l, struct draft_block *d)
{
	struct arena *arena = l->u->arena;
	struct block *b = &l->f->blocks[d->id];
	int i;

	b->id = d->id;
	b->n_events = d->n_events;
	if (d->n_events)
		b->events = arena_copy(arena,
			&g_array_index(l->events, struct event, d->first),
			sizeof(struct event) * (size_t)d->n_events);
	l->f->n_events += d->n_events;
	b->jump = d->jump;
	b->loop_head = d->loop_head;
	b->cond = d->cond;
	b->cond_loc = d->cond_place.loc;
	b->cond_macro = d->cond_place.macro;
	b->cond_of = d->cond_of;
	b->label = d->label;
	b->n_succ = n_succ(d);
	b->succ = arena_new_array(arena, struct block *, b->n_succ);
	for (i = 0; i < b->n_succ; i++)
		b->succ[i] = &l->f->blocks[succ(d)[i]->id];
	if (d->cases)
		b->cases = arena_copy(arena, d->cases->data,
			sizeof(struct case_range) * d->cases->len);
}

void block_finish(struct lower *l)
{
	guint i;

	walk(g_ptr_array_index(l->blocks, 0));
	l->f->n_blocks = number(l);
	l->f->blocks = arena_new_array(l->u->arena, struct block,
				       l->f->n_blocks);
	for (i = 0; i < l->blocks->len; i++) {
		struct draft_block *b = g_ptr_array_index(l->blocks, i);

		if (b->mark)
			finish_block(l, b);
	}
}
