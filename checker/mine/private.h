/* SPDX-License-Identifier: GPL-2.0-only */
/* What the files of mine/ share among themselves only. */
#ifndef PINCHECK_MINE_PRIVATE_H
#define PINCHECK_MINE_PRIVATE_H

#include "mine/mine.h"

/* A reference that may go with a write, from wherever it was learned. */
struct clue {
	struct evidence_ref ref;
	int paths;		/* of the row it comes from */
	int known;		/* of them: the flag was tested */
	const struct evidence_site *row;
};

/* One place in the text that writes a flag, and all that is known of it. */
struct place {
	const struct evidence_site *site;
	GArray *clues;		/* struct clue */
};

/* A flag with its places. */
struct flag {
	const char *record, *name;
	GPtrArray *places;	/* struct place *: sets and clears */
	GPtrArray *stores;	/* const struct evidence_site * */
	bool tested;
};

/* All evidence, by what it is about. */
struct tables {
	const struct evidence *evidence;
	struct mining *out;
	const struct mine_model *model;
	GPtrArray *flags;	/* struct flag *, by record and name */
	GHashTable *by_flag;	/* interned "record.name" -> struct flag * */
	GHashTable *by_place;	/* "kind record.name file:line" -> place */
	GHashTable *funcs;	/* name -> struct evidence_func *; one or NULL */
	GHashTable *counts;	/* interned "record.name" -> evidence_count */
};

/* tables.c */
void tables_init(struct tables *t, const struct evidence *e,
		 struct mining *out);
void tables_clear(struct tables *t);
/* Does the last put of this count free? @name NULL: the API says so. */
bool tables_is_lifetime(const struct tables *t, const char *record,
			const char *name);
/* An interned "record.name". */
const char *tables_name(const char *record, const char *name);
/* An array that the mining frees. */
GPtrArray *tables_array(const struct tables *t);
void tables_add_site(const struct tables *t, GPtrArray *into,
		     const struct evidence_site *at, const struct clue *with);

void mine_pairs(struct tables *t);
void mine_pins(struct tables *t);
void mine_guards(struct tables *t);
void mine_functions(struct tables *t);
void mine_lists(struct tables *t);

#endif
