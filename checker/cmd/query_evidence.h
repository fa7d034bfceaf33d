/* SPDX-License-Identifier: GPL-2.0-only */
/* What `pincheck query` tells of flags and references: mine's evidence. */
#ifndef PINCHECK_CMD_QUERY_EVIDENCE_H
#define PINCHECK_CMD_QUERY_EVIDENCE_H

#include <glib.h>

struct model;
struct store;

/*
 * Lends the store the table "site" (a row a place) or "pair" (a row a pair that
 * is mined beside @m), from the evidence that `pincheck mine` left. Returns the number
 * of units that have any; 0: there is nothing to ask.
 */
int query_offer_evidence(struct store *s, const char *table,
			 const struct model *m);

#endif
