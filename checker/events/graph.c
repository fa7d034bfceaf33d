// SPDX-License-Identifier: GPL-2.0-only
/* States and the steps between them, one state's steps at a time. */
#include "events/graph.h"

#define FIRST_ARCS 512

void graph_begin(struct graph *g, const struct program *p, struct arena *a)
{
	gint8 *state;

	layout_init(&g->layout, p, a);
	g->step = (struct step){ .layout = &g->layout };
	g->n_arcs = g->n_rest = 0;
	g->n_of = 0;
	g->dropped = 0;
	if (!g->endings)
		g->endings = g_array_new(FALSE, FALSE, sizeof(struct ending));
	g_array_set_size(g->endings, 0);
	space_begin(&g->space, (gsize)g->layout.size);
	state = space_scratch(&g->space);
	memset(state, 0, (gsize)g->layout.size);
	layout_start(&g->layout, state);
	space_add(&g->space);
}

void graph_clear(struct graph *g)
{
	space_clear(&g->space);
	g_free(g->of);
	g_free(g->arcs);
	if (g->endings)
		g_array_unref(g->endings);
}

static inline struct arc *add_arc(struct graph *g)
{
	if (G_UNLIKELY(g->n_arcs == g->max_arcs)) {
		g->max_arcs = MAX(2 * g->max_arcs, FIRST_ARCS);
		g->arcs = g_renew(struct arc, g->arcs, g->max_arcs);
	}
	return &g->arcs[g->n_arcs++];
}

static guint32 add_ending(struct graph *g, enum failure failure,
			  const char *what, guint32 from)
{
	const struct ending ending = {
		.failure = failure, .what = what, .from = from,
		.arc = g->n_arcs,
	};

	g_array_append_val(g->endings, ending);
	return ARC_FAILS + g->endings->len - 1;
}

static G_ALWAYS_INLINE inline void add_step(struct graph *g, guint32 from,
					    int thread, int choice)
{
	struct step *step = &g->step;
	struct arc *arc;
	guint32 to;

	step->state = space_scratch(&g->space);
	step->thread = thread;
	step->choice = choice;
	space_copy(&g->space, step->state, from);
	step_run(step);
	if (G_LIKELY(!step->stopped))
		to = space_add(&g->space);
	else if (step->failure)
		to = add_ending(g, step->failure, step->what, from);
	else
		to = ARC_DROPPED;
	g->dropped += step->dropped;
	arc = add_arc(g);
	arc->to = to;
	arc->cost = (guint16)MAX(step->cost, 1);
	arc->thread = (gint8)thread;
	arc->choice = (gint8)choice;
}

/* Nobody can make a step. */
static void add_rest(struct graph *g, guint32 from)
{
	const char *what = NULL;
	enum failure failure = state_at_rest(
		&g->layout, space_state(&g->space, from), &what);
	struct arc arc = { .thread = -1 };

	if (!failure)
		return;
	arc.to = add_ending(g, failure, what, from);
	*add_arc(g) = arc;
	g->n_rest++;
}

/* Notes that these are the state's arcs. */
static inline void set_arcs(struct graph *g, guint32 state, guint32 first,
			    bool forced)
{
	const struct arcs arcs = { first, (guint16)(g->n_arcs - first),
				   forced };

	if (G_UNLIKELY(state >= g->max_of)) {
		g->max_of = g->space.room;
		g->of = g_renew(struct arcs, g->of, g->max_of);
	}
	/* A search that goes its own way leaves some out. */
	if (state > g->n_of)
		memset(g->of + g->n_of, 0,
		       (state - g->n_of) * sizeof(*g->of));
	if (state >= g->n_of)
		g->n_of = state + 1;
	g->of[state] = arcs;
}

void graph_expand(struct graph *g, guint32 state)
{
	guint32 first = g->n_arcs;
	bool forced;
	unsigned int enabled = state_enabled(
		&g->layout, space_state(&g->space, state), &forced);
	int choice, ways;

	if (!enabled)
		add_rest(g, state);
	if (forced) {
		int thread = __builtin_ctz(enabled);

		ways = state_ways(&g->layout, space_state(&g->space, state),
				  thread);
		for (choice = 0; choice < ways; choice++)
			add_step(g, state, thread, choice);
	} else {
		/* To choose is a local op. */
		for (; enabled; enabled &= enabled - 1)
			add_step(g, state, __builtin_ctz(enabled), 0);
	}
	set_arcs(g, state, first, forced);
}
