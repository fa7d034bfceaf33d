// SPDX-License-Identifier: GPL-2.0-only
/*
 * Weak memory, one mechanism for all. A store that is issued waits in its
 * thread's buffer; an agent of its own, one for each word of a thread (TSO:
 * one for each thread), makes it visible. An entry may become visible when no
 * older one is left with a lower sequence than its "after", and none of the
 * same word:
 *
 *	TSO                after is its own sequence: in order
 *	PSO and ARM        after is the last write barrier
 *	a release, unlock  after is its own sequence
 *
 * An entry holds a value, or a change (atomic_inc) that is computed when it
 * becomes visible. ARM also keeps what words held: a load may be served by
 * what was overwritten since the thread's last read barrier or acquire, but
 * never by something older than what the thread already knows of that word.
 *
 * After a load of a pointer, loads of the object that it points into come
 * later than the pointer did: what was overwritten before this version of the
 * pointer became visible is over for them, and for them alone.
 */
#include <stdlib.h>
#include <string.h>

#include "private.h"

u32 rp_foreign_version(u32 word, u8 owner)
{
	const struct word *w = &rp.words[word];

	return w->last_writer == owner ? w->other_version : w->version;
}

static u32 *seen_of(struct agent *a, u32 word)
{
	u32 old = a->seen_size;

	if (word >= old) {
		a->seen = rp_grow(a->seen, &a->seen_size, rp.n_words,
				  sizeof(*a->seen));
		memset(a->seen + old, 0, (a->seen_size - old) * sizeof(u32));
	}
	return &a->seen[word];
}

static void keep_stale(struct word *w)
{
	rp.stale = rp_grow(rp.stale, &rp.stale_size, rp.n_stale + 1,
			   sizeof(*rp.stale));
	rp.stale[rp.n_stale] = (struct stale){
		.value = rp_peek(w), .version = w->version,
		.until = (s32)rp.depth, .older = w->history,
	};
	w->history = (s32)rp.n_stale++;
}

void rp_saw_newest(struct agent *a, u32 word)
{
	if (rp.memory == REPLAY_ARM && !rp.solo)
		*seen_of(a, word) = rp.words[word].version;
}

void rp_publish(struct agent *owner, u32 word, u64 value)
{
	struct word *w = &rp.words[word];

	if (rp.memory == REPLAY_ARM && !rp.solo)
		keep_stale(w);
	rp_poke(w, value);
	if (rp.solo)
		return;
	if (w->last_writer != owner->id) {
		w->other_version = w->version;
		w->last_writer = owner->id;
	}
	w->version++;
	rp_saw_newest(owner, word);
}

/* The newest entry of @word, or NULL. */
static const struct entry *newest(const struct agent *a, u32 word)
{
	u32 i;

	for (i = a->n_buffer; i > 0; i--)
		if (a->buffer[i - 1].op.access.word == word)
			return &a->buffer[i - 1];
	return NULL;
}

s32 rp_window(const struct agent *a, u16 object)
{
	s32 since = object < a->followed_size ? a->followed[object] : NEVER;

	return since > a->window ? since : a->window;
}

/* @a has loaded the pointer @value from @w, no earlier than @since. */
static void follow(struct agent *a, const struct word *w, u64 value, s32 since)
{
	u16 object = rp_object_at((const void *)(uintptr_t)value);
	u32 old = a->followed_size;

	if (object)
		rp_future_follow(w->object, object);
	if (!object || since <= rp_window(a, object))
		return;
	if (object >= old) {
		a->followed = rp_grow(a->followed, &a->followed_size,
				      rp.n_objects, sizeof(*a->followed));
		memset(a->followed + old, 0xff, /* NEVER */
		       (a->followed_size - old) * sizeof(*a->followed));
	}
	a->followed[object] = since;
}

static s32 later(s32 a, s32 b)
{
	return a > b ? a : b;
}

void rp_follow_newest(struct agent *a, u32 word)
{
	const struct word *w = &rp.words[word];

	follow(a, w, rp_peek(w),
	       later(rp_window(a, w->object), rp_since(w->history)));
}

/* ARM: the newest value is choice 0, each older one the next. */
static u64 load_early(struct agent *a, u32 word, u16 order, struct event *ev,
		      u32 *ret_version)
{
	const struct word *w = &rp.words[word];
	u32 *seen = seen_of(a, word), version = w->version;
	s32 i, window = rp_window(a, w->object), since = rp_since(w->history);
	u64 value = rp_peek(w);

	ev->choices = 1;
	for (i = w->history; i != NEVER; i = rp.stale[i].older) {
		const struct stale *s = &rp.stale[i];

		if (s->until <= window || s->version < *seen)
			break;
		if (ev->choices++ == ev->choice) {
			value = s->value;
			version = s->version;
			since = rp_since(s->older);
		}
	}
	*seen = version;
	*ret_version = version;
	if (order & REPLAY_ADDRESS)
		follow(a, w, value, later(window, since));
	return value;
}

u64 rp_view(struct agent *a, u32 word, u16 order, struct event *ev,
	    u32 *ret_version)
{
	const struct entry *e = a->n_buffer ? newest(a, word) : NULL;
	const struct word *w = &rp.words[word];

	*ret_version = w->version;
	if (e)
		return e->op.a;
	if (rp.memory != REPLAY_ARM || !ev)
		return rp_peek(w);
	return load_early(a, word, order, ev, ret_version);
}

/* The agent that makes @word's stores of @a visible exists from now on. */
static void need_buffer(struct agent *a, u32 word)
{
	struct agent *buffer;
	u32 i;

	if (rp.memory == REPLAY_TSO)
		word = 0;
	for (i = 0; i < rp.n_agents; i++)
		if (rp.agents[i].kind == AGENT_BUFFER &&
		    rp.agents[i].owner == a->id &&
		    rp.agents[i].buffered_word == word)
			return;
	buffer = rp_agent_new(AGENT_BUFFER, a);
	buffer->buffered_word = word;
	buffer->number = a->n_buffers++;
}

void rp_buffer_push(struct agent *a, const struct op *op)
{
	struct entry *e;

	need_buffer(a, op->access.word);
	if (a->n_buffer == a->buffer_size)
		a->buffer = rp_grow(a->buffer, &a->buffer_size,
				    a->n_buffer + 1, sizeof(*a->buffer));
	e = &a->buffer[a->n_buffer++];
	e->op = *op;
	e->issued = a->last_event == NEVER ? a->born : a->last_event;
	e->sequence = a->sequence++;
	e->after = rp.memory == REPLAY_TSO || (op->order & REPLAY_RELEASE)
			   ? e->sequence : a->barrier;
}

bool rp_buffer_drained(const struct agent *a, const struct op *op)
{
	const struct entry *e;
	u32 i;

	if (!a->n_buffer || op->drain == DRAIN_NONE)
		return true;
	if (op->drain == DRAIN_ALL)
		return false;
	if (op->drain == DRAIN_CHANGES) {
		e = newest(a, op->access.word);
		return !e || e->op.kind == OP_STORE;
	}
	for (i = 0; i < a->n_buffer; i++) {
		e = &a->buffer[i];
		if (op->drain == DRAIN_OBJECT
			    ? e->op.access.object == op->access.object
			    : e->op.access.word == op->access.word ||
				      e->sequence < a->barrier)
			return false;
	}
	return true;
}

const struct entry *rp_buffer_next(const struct agent *buffer)
{
	const struct agent *a = &rp.agents[buffer->owner];
	u32 i;

	for (i = 0; i < a->n_buffer; i++)
		if (!buffer->buffered_word ||
		    a->buffer[i].op.access.word == buffer->buffered_word)
			return &a->buffer[i];
	return NULL;
}

bool rp_buffer_enabled(const struct agent *buffer)
{
	const struct entry *e = rp_buffer_next(buffer), *older;

	if (!e)
		return false;
	for (older = rp.agents[buffer->owner].buffer; older < e; older++)
		if (older->sequence < e->after)
			return false;
	return true;
}

void rp_buffer_flush(struct agent *buffer)
{
	struct agent *a = &rp.agents[buffer->owner];
	struct entry *e = a->buffer + (rp_buffer_next(buffer) - a->buffer);
	struct entry entry = *e;
	struct event *ev;

	/* First of all out of the buffer: what follows may end the run. */
	memmove(e, e + 1,
		(size_t)(a->buffer + --a->n_buffer - e) * sizeof(*e));
	ev = rp_event_begin(buffer, entry.op.kind);
	ev->flush = true;
	ev->sequence = entry.sequence;
	ev->after = entry.after;
	buffer->born = entry.issued;
	if (entry.op.kind == OP_RCU_EXIT)
		rp_leave_reader(a, ev);
	else
		rp_change(a, &entry.op, ev);
	rp_event_end(buffer, ev);
}
