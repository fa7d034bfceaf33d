/* SPDX-License-Identifier: GPL-2.0-only */
/* Suppression in the source, for a run. */
#ifndef PINCHECK_CMD_SUPPRESS_H
#define PINCHECK_CMD_SUPPRESS_H

#include "report/report.h"

struct engines;
struct units;

/* Where the text of files comes from, if not from the files. */
struct suppress_text {
	unsigned state;		/* that the units are in */
	report_text_of text_of;	/* as in struct report_style */
	void *data;
	gboolean keep;		/* as in struct suppress_options */
};

/*
 * Hides what comments suppress in the report of a run over @units, of @rules
 * (comma separated; NULL: all) with @engines; see report_suppress(). @text may be
 * NULL. Returns how many findings that were.
 */
int suppress(struct report *r, const struct units *units, const char *rules,
	     const struct engines *engines, const struct suppress_text *text);

#endif
