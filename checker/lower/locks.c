// SPDX-License-Identifier: GPL-2.0-only
/*
 * Locks: words that are taken and released. One without an address is a global
 * of its class's name. Semaphores are not modelled: whoever takes one need not
 * be who lets it go.
 */
#include "lower/call.h"

#include <string.h>

static bool is_rcu(const struct api *row)
{
	return row->arg < 0 && row->class && !strcmp(row->class, "rcu");
}

static enum lock_kind lock_kind(const struct api *row)
{
	switch (row->effect) {
	case EFFECT_LOCK_READ:
	case EFFECT_TRYLOCK_READ:
	case EFFECT_UNLOCK_READ:
		return LOCK_READ;
	default:
		break;
	}
	if (row->class && (!strcmp(row->class, "rwlock") ||
			   !strcmp(row->class, "rwsem")))
		return LOCK_WRITE;
	return row->class && !strcmp(row->class, "spin") ? LOCK_SPIN :
							   LOCK_MUTEX;
}

/* The word that is the lock; @class: of a lock without an address. */
static struct word *lock_word(struct frame *f, struct spot *s,
			      const char *class)
{
	struct word *w;

	if (!s->object && class) {
		s->kind = kind_of(f->b, g_intern_static_string(""));
		s->object = value_const(f->b, object_number(f->b, s->kind, 0),
					NULL);
		s->path = g_intern_string(class);
	}
	if (!s->object || !*s->path)
		return NULL;
	w = spot_word(f, s);
	if (w)
		w->field.lock = true;
	return w;
}

int add_lock_op(struct frame *f, enum op_kind kind, enum lock_kind lock,
		struct spot s, const char *class)
{
	struct word *w = lock_word(f, &s, class);
	struct op *op;

	if (!w) {
		add_use(f, &s);
		return -1;
	}
	op = add_op(f, kind);
	op->lock = lock;
	op->place = spot_place(f, &s, w);
	if (kind == OP_TRYLOCK)
		op->result = new_reg(f->t, NULL);
	return op->result;
}

void call_take(struct call *c, int arg, bool take)
{
	add_lock_op(c->f, take ? OP_LOCK : OP_UNLOCK, lock_kind(c->row),
		call_pointee(c, arg), c->row->class);
}

void call_lock(struct call *c)
{
	enum effect e = c->row->effect;
	enum lock_kind kind = lock_kind(c->row);
	int r;

	if (e == EFFECT_ASSERT_HELD)
		return;
	if (c->row->class && !strcmp(c->row->class, "semaphore")) {
		/* it need not be who took it that lets it go */
		builder_assume(c->f->b, c->ev->loc,
			       "semaphores keep nobody waiting here");
		c->f->b->loose = true;
		c->ret->value = call_number(c, 0);
		return;
	}
	if (is_rcu(c->row)) {
		add_op(c->f, e == EFFECT_LOCK_READ ? OP_RCU_LOCK :
						     OP_RCU_UNLOCK);
		return;
	}
	switch (e) {
	case EFFECT_LOCK:
	case EFFECT_LOCK_READ:
		call_take(c, c->row->arg, true);
		break;
	case EFFECT_LOCK_INTR: /* a signal is not modelled */
		if (!strstr(c->row->name, "try")) {
			call_take(c, c->row->arg, true);
			c->ret->value = call_number(c, 0);
			break;
		}
		/* fall through */
	case EFFECT_TRYLOCK:
	case EFFECT_TRYLOCK_READ:
		r = add_lock_op(c->f, OP_TRYLOCK, kind, call_pointee(c, c->row->arg),
			    c->row->class);
		c->ret->value = r < 0 ? call_number(c, 1) : call_reg(c, r);
		if (e == EFFECT_LOCK_INTR) /* down_trylock(): 0 is taken */
			c->ret->value = value_unary(c->f->b, '!',
						    c->ret->value);
		break;
	default:
		call_take(c, c->row->arg, false);
		break;
	}
}

/* The word that says that an object is locked; interned. */
static const char *object_lock(const char *class)
{
	char *name = g_strdup_printf("(lock %s)", class ? class : "object");
	const char *kept = g_intern_string(name);

	g_free(name);
	return kept;
}

/* A lock that is a state of the object: lock_page(). */
void call_object_lock(struct call *c)
{
	struct spot s = call_object(c, c->row->arg);
	enum op_kind kind = c->row->effect == EFFECT_OBJECT_UNLOCK ?
				    OP_UNLOCK :
			    c->row->effect == EFFECT_OBJECT_TRYLOCK ?
				    OP_TRYLOCK : OP_LOCK;
	int r;

	s.path = object_lock(c->row->class);
	r = add_lock_op(c->f, kind, LOCK_BIT, s, NULL);
	if (kind == OP_TRYLOCK)
		c->ret->value = r < 0 ? call_number(c, 1) : call_reg(c, r);
}

/* The lock of an object as a whole has its class for a name. */
static bool is_object_lock(const struct entry_lock *lock)
{
	return lock->owner && lock->class && !strcmp(lock->field, lock->class);
}

void build_entry_lock(struct frame *f, const struct entry_lock *lock,
		      const struct value *owner, bool take)
{
	struct api row = { .effect = take ? EFFECT_LOCK : EFFECT_UNLOCK,
			   .arg = lock->owner ? 0 : -1,
			   .class = lock->class };
	enum op_kind kind = take ? OP_LOCK : OP_UNLOCK;
	struct spot s = { 0 };
	guint n = f->t->ops->len;

	if (is_rcu(&row)) {
		add_op(f, take ? OP_RCU_LOCK : OP_RCU_UNLOCK);
		return;
	}
	if (lock->lock && !owner) {
		s = spot_of(f, lock->lock);
	} else if (lock->owner) {
		s = instance_of(f, lock->owner);
		s.object = owner && s.kind->primary ? owner : s.object;
		s.path = lock->field;
	}
	if (is_object_lock(lock)) {
		s.path = object_lock(lock->class);
		add_lock_op(f, kind, LOCK_BIT, s, NULL);
	} else {
		add_lock_op(f, kind, lock_kind(&row), s,
			    s.object ? NULL : lock->field);
	}
	if (f->t->ops->len > n) /* no line of the source does it */
		g_array_index(f->t->ops, struct op, n).text =
			take ? "the caller holds a lock" :
			       "the caller lets go of the lock";
}
