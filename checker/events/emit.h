/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * An event list in other languages. What is written holds lowered events and
 * sanitised names, nothing of the analysed code.
 */
#ifndef PINCHECK_EVENTS_EMIT_H
#define PINCHECK_EVENTS_EMIT_H

#include "events/program.h"

/*
 * Appends one self-contained C file on the replay runtime's header, with
 * @control (may be NULL) as its --control. #line names the analysed source.
 */
void emit_c(GString *out, const struct program *p,
	    const struct program *control);

/*
 * Appends Promela for spin: the same program under sequential consistency,
 * with the same failures as assertions.
 */
void emit_promela(GString *out, const struct program *p);

#endif
