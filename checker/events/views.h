/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a thread sees of a state, and what it can do there: the part that
 * threads share and its own; what it does depends on nothing else. States have
 * most of that in common, so each step is made once for all states in which a
 * thread sees the same; private to the step machine.
 */
#ifndef PINCHECK_EVENTS_VIEWS_H
#define PINCHECK_EVENTS_VIEWS_H

#include "events/packed.h"
#include "events/space.h"

/* What made an arc. */
struct action {
	guint16 cost;		/* as of a step, but 1 at least; at rest 0 */
	gint8 thread, choice;	/* thread -1: at rest */
};

/* A step of a thread in a view: what it adds to a packed state. */
struct move {
	guint64 shared;		/* to the first word */
	guint64 own;		/* then to that of the thread's part */
	guint64 sum;		/* to the sum */
	struct action action;
	guint32 end;		/* 0, or it is of no use: 1 + its end */
};

/* A failure, or the run says nothing, or both. */
struct move_end {
	enum failure failure;
	const char *what;
	bool dropped;
};

struct view {
	guint64 pair;		/* see views_pair(); 0: none is here */
	guint32 first;		/* its moves, one a choice */
	guint16 n;
	bool only;		/* CAN_ONLY */
};

/* All 0 is one that was never used. */
struct views {
	struct layout layout;
	struct space shared;	/* parts that threads share */
	guint8 *idle;		/* state_idle(), one for each of them */
	guint32 max_idle;
	struct space parts;	/* those of threads */
	guint8 *over;		/* thread_is_over(), one for each of them */
	guint32 max_over;
	/* A hash table with open addressing. */
	struct view *views;
	guint32 n, mask;
	guint32 max_slots;	/* that there is memory for */
	struct move *moves;
	guint32 n_moves, max_moves;
	GArray *ends;		/* struct move_end */
	struct step step;	/* its state has room for any view */
};

/* None yet, in the memory of those before. The layout lives in @a. */
void views_begin(struct views *v, const struct program *p, struct arena *a);
void views_clear(struct views *v);
/* The numbers of the first state's parts: the shared one, then the threads'. */
void views_first(struct views *v, guint32 *ret_numbers);
/* The whole state of these numbers, in the memory of the next step. */
const gint8 *views_state(struct views *v, const guint32 *numbers);

/* For those below. */
void views_grow(struct views *v);
void views_add(struct views *v, struct view *to, guint64 pair);

/* There the thread can do nothing; of others, ask its view. */
static inline bool views_has_none(const struct views *v, guint32 shared,
				  guint32 part, int thread)
{
	return v->over[part] | (v->idle[shared] >> thread & 1);
}

/* The numbers of parts that a view is made of. */
static inline guint64 views_pair(guint32 shared, guint32 part)
{
	return (guint64)(shared + 1) << 32 | part;
}

/* Room for as many new views as a state has: then pointers to them stay. */
static inline void views_reserve(struct views *v)
{
	if (G_UNLIKELY(v->n + STATE_MAX_THREADS > v->mask / 2))
		views_grow(v);
}

/* Where a view is, or has to go. */
static inline struct view *views_slot(const struct views *v, guint64 pair)
{
	__uint128_t product = (__uint128_t)pair * 0xd6e8feb86659fd93;
	guint32 i = (guint32)(product >> 32 ^ product >> 64) & v->mask;

	while (v->views[i].pair != pair && v->views[i].pair)
		i = (i + 1) & v->mask;
	return &v->views[i];
}

/* After views_reserve(); constant time on average, but for new ones a step. */
static inline struct view *views_find(struct views *v, guint64 pair)
{
	struct view *view = views_slot(v, pair);

	if (G_UNLIKELY(!view->pair))
		views_add(v, view, pair);
	return view;
}

#endif
