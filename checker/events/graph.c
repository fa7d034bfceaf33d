// SPDX-License-Identifier: GPL-2.0-only
/* States and the steps between them, one state's steps at a time. */
#include "events/graph.h"

#define FIRST_ARCS 512

/* The sum is of all words, so it is as if each had changed from 0. */
static inline guint64 sum_of(const guint64 *state, gsize size)
{
	guint64 sum = 0;
	unsigned int i;

	for (i = 0; i < size / 8; i++)
		sum += packed_sum_change(i, state[i]);
	return sum;
}

static void add_first(struct graph *g)
{
	guint32 numbers[1 + STATE_MAX_THREADS];
	guint64 state[PACKED_MAX_WORDS] = { 0 };
	int i;

	views_first(&g->views, numbers);
	for (i = 0; i <= g->n_threads; i++)
		state[packed_word(i)] += packed_change((unsigned int)i, 0,
						       numbers[i]);
	space_find(&g->states, state, g->states.size,
		   packed_hash(sum_of(state, g->states.size)));
}

void graph_begin(struct graph *g, const struct program *p, struct arena *a)
{
	views_begin(&g->views, p, a);
	g->n_threads = p->n_threads;
	g->n_arcs = g->n_rest = 0;
	g->n_of = 0;
	g->dropped = 0;
	if (!g->endings)
		g->endings = g_array_new(FALSE, FALSE, sizeof(struct ending));
	g_array_set_size(g->endings, 0);
	space_begin(&g->states, (gsize)packed_words(p->n_threads) * 8);
	add_first(g);
}

void graph_clear(struct graph *g)
{
	views_clear(&g->views);
	space_clear(&g->states);
	g_free(g->of);
	g_free(g->arcs);
	if (g->endings)
		g_array_unref(g->endings);
}

/* Room for @n arcs more; returns the first. */
static inline struct arc *add_arcs(struct graph *g, guint32 n)
{
	guint32 first = g->n_arcs;

	g->n_arcs += n;
	if (G_UNLIKELY(g->n_arcs > g->max_arcs)) {
		g->max_arcs = MAX(2 * g->n_arcs, FIRST_ARCS);
		g->arcs = g_renew(struct arc, g->arcs, g->max_arcs);
	}
	return &g->arcs[first];
}

static guint32 add_ending(struct graph *g, enum failure failure,
			  const char *what, guint32 from,
			  const struct arc *arc)
{
	const struct ending ending = {
		.failure = failure, .what = what, .from = from,
		.arc = (guint32)(arc - g->arcs),
	};

	g_array_append_val(g->endings, ending);
	return ARC_FAILS + g->endings->len - 1;
}

/* What arc.to is for a move that leads to no state. */
static G_GNUC_NO_INLINE guint32 add_end(struct graph *g, guint32 from,
					const struct move *m,
					const struct arc *arc)
{
	const struct move_end *end = &g_array_index(
		g->views.ends, struct move_end, m->end - 1);

	g->dropped += end->dropped;
	return end->failure ?
		       add_ending(g, end->failure, end->what, from, arc) :
		       ARC_DROPPED;
}

/* A state at hand. */
struct origin {
	guint32 number;
	guint64 sum;
	guint64 words[PACKED_MAX_WORDS];
};

/* The state that a move leads to; @at->words are as before then. */
static G_ALWAYS_INLINE inline guint32 add_state(struct graph *g,
						struct origin *at, gsize size,
						guint64 *word,
						const struct move *m)
{
	guint64 shared = at->words[0], own = *word;
	guint32 number;

	at->words[0] += m->shared;
	*word += m->own;
	number = space_find(&g->states, at->words, size,
			    packed_hash(at->sum + m->sum));
	*word = own;
	at->words[0] = shared;
	return number;
}

/* What a thread can do there in its view; returns the arc behind. */
static G_ALWAYS_INLINE inline struct arc *add_moves(struct graph *g,
						    struct origin *at,
						    gsize size,
						    const struct view *view,
						    struct arc *arc)
{
	const struct move *m = &g->views.moves[view->first];
	const struct move *end = m + view->n;
	guint64 *word = &at->words[packed_word(
		packed_own(m->action.thread))];

	for (; m < end; m++, arc++) {
		arc->to = G_UNLIKELY(m->end) ?
				  add_end(g, at->number, m, arc) :
				  add_state(g, at, size, word, m);
		arc->by = m->action;
	}
	return arc;
}

/* Nobody can make a step. */
static void add_rest(struct graph *g, const struct origin *at)
{
	guint32 numbers[1 + STATE_MAX_THREADS];
	const char *what = NULL;
	enum failure failure;
	struct arc *arc;
	int i;

	for (i = 0; i <= g->n_threads; i++)
		numbers[i] = packed_number(at->words, (unsigned int)i);
	failure = state_at_rest(&g->views.layout,
				views_state(&g->views, numbers), &what);
	if (!failure)
		return;
	arc = add_arcs(g, 1);
	arc->to = add_ending(g, failure, what, at->number, arc);
	arc->by = (struct action){ .thread = -1 };
	g->n_rest++;
}

/* Notes that these are the state's arcs. */
static inline void set_arcs(struct graph *g, guint32 state, guint32 first,
			    bool forced)
{
	const struct arcs arcs = { first, (guint16)(g->n_arcs - first),
				   forced };

	if (G_UNLIKELY(state >= g->max_of)) {
		g->max_of = g->states.room;
		g->of = g_renew(struct arcs, g->of, g->max_of);
	}
	/* A search that goes its own way leaves some out. */
	if (G_UNLIKELY(state > g->n_of))
		memset(g->of + g->n_of, 0,
		       (state - g->n_of) * sizeof(*g->of));
	g->n_of = MAX(g->n_of, state + 1);
	g->of[state] = arcs;
}

/*
 * Views of the threads that can make a step; of one, if it has to be first. In
 * *@ret_moves how many steps they are.
 */
static G_ALWAYS_INLINE inline int find_enabled(struct graph *g,
					       const guint64 *state, gsize size,
					       const struct view **ret_views,
					       guint32 *ret_moves)
{
	guint32 shared = packed_number(state, PACKED_SHARED);
	int i, n = 0;

	*ret_moves = 0;
	views_reserve(&g->views);
	/* Of a known size, where a part lies is known in each round. */
#pragma GCC unroll 9
	for (i = 0; i < (int)(size / 4) - 1; i++) {
		guint32 part = packed_number(state, packed_own(i));
		const struct view *view;

		if (i == g->n_threads)
			break;
		if (views_has_none(&g->views, shared, part, i))
			continue;
		view = views_find(&g->views, views_pair(shared, part));
		ret_views[n] = view;
		n += view->n > 0;
		*ret_moves += view->n;
		if (view->only) {
			ret_views[0] = view;
			*ret_moves = view->n;
			return 1;
		}
	}
	return n;
}

/* @size is that of states. */
static G_ALWAYS_INLINE inline void expand(struct graph *g, guint32 number,
					  gsize size)
{
	const struct view *views[STATE_MAX_THREADS];
	struct origin at;
	guint32 first = g->n_arcs, n_moves;
	struct arc *arc;
	int i, n;

	at.number = number;
	memcpy(at.words, space_at(&g->states, number), size);
	at.sum = sum_of(at.words, size);
	n = find_enabled(g, at.words, size, views, &n_moves);
	if (!n)
		add_rest(g, &at);
	arc = add_arcs(g, n_moves);
	for (i = 0; i < n; i++)
		arc = add_moves(g, &at, size, views[i], arc);
	set_arcs(g, number, first, n && views[0]->only);
}

static G_ALWAYS_INLINE inline guint32 sweep(struct graph *g, guint64 max_states,
					    gsize size)
{
	guint32 at;

	for (at = 0; at < g->states.n && g->states.n <= max_states; at++)
		expand(g, at, size);
	return at;
}

/* Of a known size, states are looked up without loops. */
guint32 graph_sweep(struct graph *g, guint64 max_states)
{
	switch (g->states.size) {
	case 8:
		return sweep(g, max_states, 8);
	case 16:
		return sweep(g, max_states, 16);
	case 24:
		return sweep(g, max_states, 24);
	case 32:
		return sweep(g, max_states, 32);
	default:
		return sweep(g, max_states, 40);
	}
}

void graph_expand(struct graph *g, guint32 state)
{
	switch (g->states.size) {
	case 8:
		return expand(g, state, 8);
	case 16:
		return expand(g, state, 16);
	case 24:
		return expand(g, state, 24);
	case 32:
		return expand(g, state, 32);
	default:
		return expand(g, state, 40);
	}
}
