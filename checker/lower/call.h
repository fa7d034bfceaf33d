/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A call that the model knows, on its way into operations; private to lower/.
 * One file a kind of effect, one function a row's effect.
 */
#ifndef PINCHECK_LOWER_CALL_H
#define PINCHECK_LOWER_CALL_H

#include "lower/private.h"

struct call {
	struct frame *f;
	const struct event *ev;
	const struct api *row;	/* the row at hand */
	struct result *ret;	/* what the rows so far say of the result */
};

/* The argument; NULL: there is none. */
const struct expr *call_nth(const struct call *c, int n);
/* What argument @n points at. */
struct spot call_pointee(const struct call *c, int n);
/* The whole object that argument @n points into. */
struct spot call_object(const struct call *c, int n);
const struct value *call_number(const struct call *c, gint64 n);
const struct value *call_reg(const struct call *c, int reg);
const struct value *call_equals(const struct call *c, const struct value *v,
				gint64 n);
/* The record that the result points at; what it is assigned to tells. */
const char *call_record(const struct call *c);
/* The result is a pointer to that object. */
void call_set_pointer(struct call *c, struct kind *k, const struct value *v);

/* counts.c */
/* The count that the spot is, or that its object has; NULL: it is not kept. */
struct word *call_count_word(const struct call *c, struct spot *s);
/* Adds @n; the register with the new count. */
int call_add_count(const struct call *c, const struct spot *s,
		   const struct word *w, int n);
/* Drops a reference; the last one frees. */
void call_put(struct call *c, const struct spot *object);
void call_count(struct call *c);
void call_reference(struct call *c);
/* locks.c */
/*
 * Takes or releases the lock at @s; @class: of one without an address. The
 * register with a trylock's result, or -1.
 */
int add_lock_op(struct frame *f, enum op_kind kind, enum lock_kind lock,
		struct spot s, const char *class);
void call_take(struct call *c, int arg, bool take);
/* slots.c: a drain that empties the table in which the finding's object is. */
void slot_drain(struct call *c);
void call_lock(struct call *c);
void call_object_lock(struct call *c);
/* bits.c */
void call_flag(struct call *c);
/* waits.c */
void call_wait(struct call *c);
/* identity.c: an object was put into a container */
void identity_changed(struct call *c);
/* containers.c */
void call_container(struct call *c);

#endif
