// SPDX-License-Identifier: GPL-2.0-only
/* Steps of threads by what they see. */
#include "events/views.h"

#define FIRST_MOVES 256
#define FIRST_SLOTS 512

/* An empty table of that many slots. */
static void clear_slots(struct views *v, guint32 n_slots)
{
	if (n_slots > v->max_slots) {
		g_free(v->views);
		v->views = g_new(struct view, n_slots);
		v->max_slots = n_slots;
	}
	memset(v->views, 0, n_slots * sizeof(*v->views));
	v->mask = n_slots - 1;
}

void views_grow(struct views *v)
{
	guint32 n_slots = v->mask + 1, i;
	struct view *old = g_memdup2(v->views, n_slots * sizeof(*old));

	clear_slots(v, 2 * n_slots);
	for (i = 0; i < n_slots; i++)
		if (old[i].pair)
			*views_slot(v, old[i].pair) = old[i];
	g_free(old);
}

void views_begin(struct views *v, const struct program *p, struct arena *a)
{
	struct layout *l = &v->layout;

	layout_init(l, p, a);
	v->step = (struct step){
		.layout = l, .state = arena_new_array(a, gint8, l->size),
	};
	v->n = v->n_moves = 0;
	clear_slots(v, FIRST_SLOTS);
	if (!v->ends)
		v->ends = g_array_new(FALSE, FALSE, sizeof(struct move_end));
	g_array_set_size(v->ends, 0);
	space_begin(&v->shared, (gsize)l->shared);
	space_begin(&v->parts, (gsize)l->part);
}

void views_clear(struct views *v)
{
	space_clear(&v->shared);
	space_clear(&v->parts);
	g_free(v->idle);
	g_free(v->over);
	g_free(v->views);
	g_free(v->moves);
	if (v->ends)
		g_array_unref(v->ends);
}

static gint8 *part_in(const struct views *v, gint8 *state, int thread)
{
	return state + v->layout.slots[thread].pc;
}

/* For what is noted of each part. */
static void make_room(guint8 **notes, guint32 *max, const struct space *parts)
{
	if (parts->n <= *max)
		return;
	*max = parts->room;
	*notes = g_renew(guint8, *notes, *max);
}

/* The number of the state's shared part. */
static guint32 add_shared(struct views *v)
{
	guint32 n = v->shared.n;
	guint32 number = space_add(&v->shared, v->step.state);

	if (number == n) {
		make_room(&v->idle, &v->max_idle, &v->shared);
		v->idle[number] = (guint8)state_idle(&v->layout,
						     v->step.state);
	}
	return number;
}

/* The same of the thread's. */
static G_ALWAYS_INLINE inline guint32 add_part(struct views *v, int thread)
{
	guint32 n = v->parts.n;
	guint32 number = space_add(&v->parts,
				   part_in(v, v->step.state, thread));

	if (number == n) {
		make_room(&v->over, &v->max_over, &v->parts);
		v->over[number] = thread_is_over(&v->layout, v->step.state,
						 thread);
	}
	return number;
}

void views_first(struct views *v, guint32 *ret_numbers)
{
	gint8 *state = v->step.state;
	int i;

	memset(state, 0, (gsize)v->layout.size);
	layout_start(&v->layout, state);
	ret_numbers[0] = add_shared(v);
	for (i = 0; i < v->layout.program->n_threads; i++)
		ret_numbers[1 + i] = add_part(v, i);
}

/*
 * The shared part, of @size bytes, and this one, where a state has them; returns
 * whose it is.
 */
static G_ALWAYS_INLINE inline int put(struct views *v, guint32 shared,
				      guint32 part, gsize size)
{
	const gint8 *own = space_at(&v->parts, part);
	int thread = own[PART_THREAD];

	space_copy(v->step.state, v->shared.vectors + shared * size, size);
	space_copy(part_in(v, v->step.state, thread), own, v->parts.size);
	return thread;
}

const gint8 *views_state(struct views *v, const guint32 *numbers)
{
	int i;

	for (i = 0; i < v->layout.program->n_threads; i++)
		put(v, numbers[0], numbers[1 + i], v->shared.size);
	return v->step.state;
}

/* Room for @n moves more; returns the first. */
static G_ALWAYS_INLINE inline struct move *new_moves(struct views *v, int n)
{
	guint32 needed = v->n_moves + (guint32)n;

	if (G_UNLIKELY(needed > v->max_moves)) {
		v->max_moves = MAX(2 * needed, FIRST_MOVES);
		v->moves = g_renew(struct move, v->moves, v->max_moves);
	}
	v->n_moves = needed;
	return &v->moves[needed - (guint32)n];
}

static G_GNUC_NO_INLINE guint32 add_end(struct views *v)
{
	const struct step *s = &v->step;
	const struct move_end end = { s->failure, s->what, s->dropped };

	g_array_append_val(v->ends, end);
	return v->ends->len;
}

/* Makes the step of that choice, and notes what it changes. */
static G_ALWAYS_INLINE inline void make_move(struct views *v, guint32 shared,
					     guint32 part, gsize size,
					     int thread, int choice,
					     struct move *m)
{
	struct step *s = &v->step;
	unsigned int own = packed_own(thread);
	guint32 after = shared;

	s->thread = thread;
	s->choice = choice;
	step_run(s);
	m->action = (struct action){
		.cost = (guint16)MAX(s->cost, 1), .thread = (gint8)thread,
		.choice = (gint8)choice,
	};
	m->end = s->stopped ? add_end(v) : 0;
	if (m->end)
		return;
	/* It is often what it was. */
	if (!space_is_same(v->shared.vectors + shared * size, s->state, size))
		after = add_shared(v);
	m->shared = packed_change(PACKED_SHARED, shared, after);
	m->own = packed_change(own, part, add_part(v, thread));
	m->sum = packed_sum_change(0, m->shared) +
		 packed_sum_change(packed_word(own), m->own);
}

static G_ALWAYS_INLINE inline void add_view(struct views *v, struct view *to,
					    guint64 pair, gsize size)
{
	guint32 shared = (guint32)(pair >> 32) - 1, part = (guint32)pair;
	int thread = put(v, shared, part, size), ways = 1, choice;
	enum can can = state_can(&v->layout, v->step.state, thread);
	struct move *moves;

	v->n++;
	*to = (struct view){ .pair = pair, .only = can == CAN_ONLY };
	if (can == CAN_NOT)
		return;
	/* To choose is a local op. */
	if (can == CAN_ONLY)
		ways = state_ways(&v->layout, v->step.state, thread);
	moves = new_moves(v, ways);
	to->first = v->n_moves - (guint32)ways;
	to->n = (guint16)ways;
	for (choice = 0; choice < ways; choice++) {
		if (choice)
			put(v, shared, part, size);
		make_move(v, shared, part, size, thread, choice,
			  &moves[choice]);
	}
}

/* Of a known size, the shared part is copied and compared without loops. */
void views_add(struct views *v, struct view *to, guint64 pair)
{
	switch (v->shared.size) {
	case 8:
		return add_view(v, to, pair, 8);
	case 16:
		return add_view(v, to, pair, 16);
	case 24:
		return add_view(v, to, pair, 24);
	case 32:
		return add_view(v, to, pair, 32);
	default:
		return add_view(v, to, pair, v->shared.size);
	}
}
