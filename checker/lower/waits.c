// SPDX-License-Identifier: GPL-2.0-only
/*
 * Waiting: a loop that sleeps goes on when a word it read has changed; what is
 * cancelled does not begin any more, and is waited for.
 */
#include "lower/call.h"

#include <string.h>

/*
 * A work's handler holds this lock as long as it runs, and does not begin any
 * more once the word behind it is set. Both are globals: the handler may free
 * what the work is part of.
 */
static struct spot handler_spot(struct frame *f, struct spot work,
				const char *what)
{
	char *name = g_strdup_printf("%s (%s %s)", work.kind->record, what,
				     work.path);
	struct spot s = instance_of(f, g_intern_static_string(""));

	s.path = g_intern_string(name);
	g_free(name);
	return s;
}

void drain_wait(struct frame *f, struct spot work)
{
	struct spot lock, off;
	struct word *w;

	if (!work.object || !*work.path)
		return;
	lock = handler_spot(f, work, "running");
	off = handler_spot(f, work, "cancelled");
	w = spot_word(f, &off);
	if (!w)
		return;
	add_store(f, spot_place(f, &off, w), value_const(f->b, 1, NULL),
		  ORDER_FULL);
	add_lock_op(f, OP_LOCK, LOCK_MUTEX, lock, NULL);
	add_lock_op(f, OP_UNLOCK, LOCK_MUTEX, lock, NULL);
}

int handler_begin(struct frame *f, struct spot work)
{
	struct spot off = handler_spot(f, work, "cancelled");
	struct word *w = spot_word(f, &off);

	if (!w)
		return -1;
	add_lock_op(f, OP_LOCK, LOCK_MUTEX, handler_spot(f, work, "running"), NULL);
	return add_branch(f, value_reg(f->b, add_load(f,
				spot_place(f, &off, w), ORDER_ONCE)));
}

void handler_end(struct frame *f, struct spot work, int begun)
{
	if (begun < 0)
		return;
	patch(f, begun);
	add_lock_op(f, OP_UNLOCK, LOCK_MUTEX, handler_spot(f, work, "running"), NULL);
}

void call_wait(struct call *c)
{
	struct spot s;

	switch (c->row->effect) {
	case EFFECT_SLEEP: /* in a loop: until something it read changes */
		if (is_repeated(c->f) && strstr(c->row->name, "schedule"))
			add_op(c->f, OP_RELAX);
		break;
	case EFFECT_PREPARE_WAIT: /* a signal is not modelled */
		c->ret->value = call_number(c, 0);
		break;
	case EFFECT_DRAIN:
		if (c->row->arg < 0)
			add_op(c->f, OP_SYNCHRONIZE);
		else
			drain_wait(c->f, call_pointee(c, c->row->arg));
		slot_drain(c);
		break;
	case EFFECT_WAIT:
		s = call_object(c, c->row->arg);
		if (!s.object || !s.kind->words->len)
			break;
		c->f->b->loose = true;
		builder_assume(c->f->b, c->ev->loc,
			       "what %s() waits for may come at any time",
			       c->row->name);
		break;
	default: /* wake: the loops around them look again */
		break;
	}
}

