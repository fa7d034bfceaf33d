/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What each op is called in text and which operands it has: one table for the
 * printer, the parser and the validator.
 */
#ifndef PINCHECK_EVENTS_FORMS_H
#define PINCHECK_EVENTS_FORMS_H

#include "events/program.h"

struct form {
	const char *name;
	enum op_kind kind;
	enum rmw_kind rmw;
	/*
	 * In the order they are written:
	 * r result, R result or none, k lock kind, p place, e expected,
	 * v value, n number of choices, t type, h agent, l label, o order
	 */
	const char *operands;
};

/* NULL when @op is of a kind that does not exist. */
const struct form *form_of(const struct op *op);
const struct form *form_find(const char *name);

/* Names of enum order, lock_kind and start, each ending in NULL. */
extern const char *const order_names[];
extern const char *const lock_names[];
extern const char *const start_names[];
/* Index of @name in such a list, or -1. */
int name_index(const char *const names[], const char *name);

/* Thread-local: it runs with the op before it, no other thread can tell. */
static inline bool op_is_local(enum op_kind kind)
{
	return kind <= OP_END || kind == OP_FENCE || kind == OP_FINISH;
}

bool thread_has_op(const struct thread *t, enum op_kind kind);

/* Is @name written as it is, without quotes? */
bool is_identifier(const char *name);
/* Appends the operator as it is written, in C as everywhere. */
void operator_append(GString *out, int op);
/* The operators a value may have, with @operands 1 or 2. */
bool is_operator(int op, int operands);

#endif
