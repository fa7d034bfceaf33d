/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The judgement of one unit while it is made: headers_judge.c goes through
 * its text, headers_check.c then looks at what that means to the headers.
 */
#ifndef PINCHECK_FRONTEND_HEADERS_JUDGE_H
#define PINCHECK_FRONTEND_HEADERS_JUDGE_H

#include "frontend/headers.h"

/* What the unit defines or undefines itself. */
struct own {
	int time;
	int reopened;	/* when it let a part be read again that it opens */
	enum truth now; /* is it defined where we are? */
	struct macro_place place; /* that definition; path NULL: unknown */
	GArray *turns;	/* int: when it became undefined, when no longer that, */
			/* and so on; or NULL */
	int certain;	/* when in any case; 0: never */
	int undefined;  /* when, perhaps, to nothing; 0: never */
	int inclusions; /* how many there had been by then */
	bool bare;   /* it has no parameters */
	bool spreads; /* perhaps not one operand in a condition */
	guint value; /* as in struct provider */
	GArray *body;  /* struct body_word: what its definitions say; or NULL */
	unsigned followed; /* as of which change that was gone through */
};

struct judge {
	struct pch *set;
	struct judgement *out;
	int clock;
	int inclusions;	     /* that were gone through */
	unsigned changes;    /* of macros by the unit, from 1 */
	unsigned items;	     /* gone through */
	int depth;	     /* of inclusions outside the set */
	int pragmas;	     /* that may hold where we are */
	int began;	     /* when the unit's last inclusion did */
	int *entered;	     /* by header: when; 0: not */
	int *last;	     /* by header: when it was for the last time, */
	GArray **again;	     /* and, after the first: int, rising; or NULL */
	int *perhaps;	     /* by header: the same, in a condition */
	GHashTable *own;     /* GQuark -> struct own */
	GHashTable *settled; /* GQuark: macros that the unit may mention, as */
			     /* they are now, */
	GHashTable *asked;   /* and all that it asked for */
	GHashTable *reading; /* struct text: being gone through, or done */
	GArray *todo;	     /* GQuark */
};

/* ---- headers_judge.c ---- */

/* NULL: the unit neither defines nor undefines it. */
const struct own *own_of(const struct judge *j, GQuark q);
/* The unit may differ in @what, because of @why. The first doubt counts. */
void doubt(struct judge *j, const char *what, const char *why);

/* ---- headers_check.c ---- */

/* When all was gone through; also lists the headers that were entered. */
void judge_check(struct judge *j);

#endif
