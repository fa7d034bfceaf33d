/* SPDX-License-Identifier: GPL-2.0-only */
/* An event list as a program of the replay runtime; for weak.c. */
#ifndef PINCHECK_EVENTS_INTERPRET_H
#define PINCHECK_EVENTS_INTERPRET_H

#include "events/program.h"

struct interpreter;

/* The file of steps that stand for nothing in the list. */
#define INTERPRETER_FILE "interpreter"

/* Lives in the arena, as all that it refers to. */
struct interpreter *interpreter_new(const struct program *p, struct arena *a);
/* For replay_explore(); @p itself has to stay where it is. */
const struct replay_program *interpreter_program(const struct interpreter *in);

#endif
