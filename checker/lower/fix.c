// SPDX-License-Identifier: GPL-2.0-only
/*
 * The repaired code of a control: where the finding says that a reference is
 * missing, it is there; where a put comes too early, it comes later; and who
 * waits for one of several objects looks for others.
 */
#include "lower/private.h"

/* The event of the thread's own function that the act comes from; or NULL. */
static const struct event *event_of(const struct func *f, const struct act *a)
{
	const struct block *b = &f->blocks[a->block];
	int i;

	for (i = 0; i < b->n_events; i++)
		if (b->events[i].id == a->event)
			return &b->events[i];
	return NULL;
}

/* The put that comes too early; the window's end is where it may come. */
static const struct event *late_put(const struct frame *f)
{
	const struct subject *s = f->b->subject;

	if (!f->b->fix || s->remedy != REMEDY_LATE_PUT || !s->from || !s->to ||
	    f->func != s->in->func)
		return NULL;
	return event_of(f->func, s->from);
}

/* Is this event the write, in whichever function it stands? */
static bool is_write(const struct frame *f, const struct event *ev,
		     const struct act *a)
{
	return ev->loc.file == a->at.file && ev->loc.line == a->at.line &&
	       f->func->name == a->func &&
	       (ev->kind == EVENT_ASSIGN || ev->kind == EVENT_CALL);
}

/* The object that the flag owns a reference on, from the flag's write. */
static struct spot owned_object(struct frame *f, const struct event *ev)
{
	const struct pair *p = f->b->subject->pair;
	struct spot s = { 0 };
	int i;

	if (*p->object)
		return instance_of(f, p->object_record);
	if (ev->kind == EVENT_ASSIGN)
		s = spot_of(f, ev->lvalue);
	for (i = 0; !s.object && i < ev->n_args; i++)
		s = pointee_of(f, ev->args[i]);
	s.path = "";
	return s;
}

static void add_reference(struct frame *f, const struct event *ev, bool set)
{
	struct spot s = owned_object(f, ev);
	struct word *w;
	int more;

	if (!s.object)
		return;
	w = count_of(f->b, s.kind);
	more = add_rmw(f, spot_place(f, &s, w), RMW_ADD,
		       value_const(f->b, set ? 1 : -1, NULL), NULL);
	if (set)
		return;
	more = add_branch(f, value_reg(f->b, more));
	add_free(f, &s);
	patch(f, more);
}

/*
 * Is the event a write of this kind that lacks its reference? The finding's
 * own, or any, if the unit has none that does not.
 */
static bool is_repaired(const struct frame *f, const struct event *ev,
			enum act_kind kind)
{
	const struct subject *s = f->b->subject;
	guint i;

	if (!f->b->fix || s->remedy != REMEDY_PAIR || !s->pair)
		return false;
	if (!owns_nothing(s))
		return s->from->kind == kind && is_write(f, ev, s->from);
	for (i = 0; i < s->pair->sites->len; i++) {
		const struct pair_site *site = s->pair->sites->pdata[i];

		if (site->write->kind == kind && is_write(f, ev, site->write))
			return true;
	}
	return false;
}

/* Whoever waits asks for another look, whether or not he sleeps. */
static void ask_again(struct frame *f, const struct event *ev)
{
	const struct subject *s = f->b->subject;
	struct spot flag;

	if (!f->b->fix || s->remedy != REMEDY_RESCAN || !s->again ||
	    f->func != s->in->func || ev->loc.line != s->from->at.line ||
	    ev->loc.column != s->from->at.column)
		return;
	flag = spot_of(f, s->again);
	if (flag.frame)
		add_set(f, local_reg((struct frame *)flag.frame, flag.local),
			value_const(f->b, 1, NULL));
}

bool fix_before(struct frame *f, const struct event *ev)
{
	ask_again(f, ev);
	/* taken before the flag shows it, dropped after */
	if (is_repaired(f, ev, ACT_SET))
		add_reference(f, ev, true);
	return ev == late_put(f);
}

void fix_after(struct frame *f, const struct event *ev)
{
	const struct subject *s = f->b->subject;
	const struct event *put = late_put(f);

	if (!f->b->fix)
		return;
	if (is_repaired(f, ev, ACT_CLEAR))
		add_reference(f, ev, false);
	if (!put || put == ev || ev != event_of(f->func, s->to) ||
	    put->kind != EVENT_CALL)
		return;
	f->event = put;
	build_call(f, put);
}
