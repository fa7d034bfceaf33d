/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Between a litmus test that was turned into a replay (litmus.py) and the
 * program that explores it (explore.c).
 */
#ifndef LITMUS_H
#define LITMUS_H

#include <replay.h>
#include <string.h>

/* The test. */
extern const struct replay_program litmus_program;
/* Its shared locations; NULL ends them. */
extern const void *const litmus_places[];

#define LITMUS_MAX_VALUES 8

/*
 * The byte that stands for @value in an outcome: a number below 128 is itself,
 * the address of litmus_places[i] is 128 + i. Ends the execution as failed if
 * it is neither.
 */
u64 litmus_value(u64 value);

/* For at_rest(): the outcome is these LITMUS_MAX_VALUES bytes. */
void litmus_end(const u64 *values);

#endif
