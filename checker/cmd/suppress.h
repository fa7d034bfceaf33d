/* SPDX-License-Identifier: GPL-2.0-only */
/* Suppression in the source, for a run. */
#ifndef PINCHECK_CMD_SUPPRESS_H
#define PINCHECK_CMD_SUPPRESS_H

struct engines;
struct report;
struct units;

/*
 * Hides what comments suppress in the report of a run over @units, of @rules
 * (comma separated; NULL: all) with @engines; see report_suppress(). Returns how
 * many findings that were.
 */
int suppress(struct report *r, const struct units *units, const char *rules,
	     const struct engines *engines);

#endif
