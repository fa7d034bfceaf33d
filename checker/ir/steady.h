/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What stays as it is from one place of a function to another, for who moves
 * statements: asked of the events themselves, since not all of them are acts.
 * Where it cannot be told the answer is that something changes.
 */
#ifndef PINCHECK_IR_STEADY_H
#define PINCHECK_IR_STEADY_H

#include <stdbool.h>

#include "ir/ir.h"

/* From which events of a function: those that can come before, behind, both. */
enum where { WHERE_BEFORE, WHERE_BEHIND, WHERE_BETWEEN, WHERE_ANY };

/* An event of a function, or two; those are no part of what is between. */
struct span {
	const struct func *func;
	int from, to; /* event ids; the same one for a single place */
};

/* Can control come from the event @from to the event @to? O(blocks) */
bool event_reaches(const struct func *f, int from, int to);
/*
 * Does each path through one of the two events take both, each once, first
 * @s->from and then @s->to? O(blocks)
 */
bool span_is_straight(const struct span *s);
/*
 * Is a variable of the event @at written there, or could it be, as its address
 * is known to somebody? O(events * variables)
 */
bool span_writes_variables(const struct span *s, enum where where, int at);
/*
 * The same of members whose value the arguments of the call @at are made of; of
 * other memory that they are: true.
 */
bool span_writes_memory(const struct span *s, enum where where, int at);
/* As of an event, of the variables that a text names: "env, x->page". */
bool span_writes_words(const struct span *s, enum where where,
		       const char *text);
/*
 * Is a member of this name written there, of whatever object, or its address
 * taken, by the function or by those of the unit that it calls? @reads: or is
 * it read. O(events of all of them)
 */
bool span_touches_member(const struct span *s, enum where where,
			 const char *name, bool reads);
/*
 * Do both calls come down to the same one, with the same numbers, from helpers
 * of the unit that do nothing but call on?
 */
bool event_same_call(const struct unit *u, const struct event *a,
		     const struct event *b);
/* Does it neither write memory nor call anything that is not of this kind? */
bool func_is_pure(const struct func *f);
/* Does it, on its only path, write one place or call one such function? */
bool func_does_one_thing(const struct func *f);

#endif
