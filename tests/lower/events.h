/* SPDX-License-Identifier: GPL-2.0-only */
/* What the tests of event lists share. */
#ifndef TESTS_LOWER_EVENTS_H
#define TESTS_LOWER_EVENTS_H

#include "events/program.h"

/* The program of @text, which must be right; else the test fails. */
struct program *events_parse(struct arena *a, const char *text);
/*
 * Calls @test with each .events file of tests/lower: its name, text, and what it
 * says behind "# expect: ".
 */
void events_each(void (*test)(const char *name, const char *text,
			      const char *expect));
/* A random program as text; the same for the same seed. The caller frees it. */
char *events_random(guint32 seed);

#endif
