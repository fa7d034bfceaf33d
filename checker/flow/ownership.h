/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Ownership: what a function does to references, as its callers have to know
 * it. On each path, what is taken and dropped on one object by one count is
 * summed up; what is left belongs to somebody: the caller, a container, nobody.
 *
 * The balance along a path is that of Emmi, Jhala, Kohler and Majumdar,
 * "Verifying Reference Counting Implementations" (TACAS 2009), without their
 * proof: paths are those of flow, so loops are taken twice. Paths that a caller
 * cannot tell apart and that differ in their balance are the inconsistent path
 * pairs of Mao et al., "RID: Finding Reference Count Bugs with Inconsistent
 * Path Pair Checking" (ASPLOS 2016). As there, they are no proof of a bug.
 *
 * Only counts that are lifetimes are looked at (flow_is_lifetime), and
 * allocations: a new object comes with one reference, freeing drops the rest.
 * A callee with too many ways is known by what they have in common, and one
 * that nobody knows may take over what it is given.
 */
#ifndef PINCHECK_FLOW_OWNERSHIP_H
#define PINCHECK_FLOW_OWNERSHIP_H

#include "flow/flow.h"

enum owner_kind {
	OWNER_EVEN,	/* it drops what it takes */
	OWNER_RETURNS,	/* more, and the result is the object */
	OWNER_YIELDS,	/* more, stored where a parameter points at */
	OWNER_HANDS,	/* more, given to a container, member, context, or to */
			/* a flag that owns one */
	OWNER_PASSES,	/* more, and a function that nobody knows got it */
	OWNER_TAKES,	/* more, on an object that the caller has */
	OWNER_LEAVES,	/* more, and nobody can drop it: a leak, perhaps */
	OWNER_CONSUMES,	/* less, on a parameter's object: the caller's */
	OWNER_DROPS,	/* less, on what a member or a global leads to, or */
			/* that a flag owned */
	OWNER_RELEASES,	/* less, on what it found, or was given by a callee */
	OWNER_ENDS,	/* less, on what an object kept that goes on the way */
	OWNER_KINDS
};

/* When something happens. The later ones win. */
enum owner_when {
	OWNER_ALWAYS,
	OWNER_BY_RESULT, /* the caller sees it from the result */
	OWNER_BY_STATE,	 /* it depends on parameters, or what they lead to */
	OWNER_AT_ODDS,	 /* the caller cannot know: an inconsistent path pair */
};

/* The references on one object, by one count, on one way. */
struct owned {
	const struct expr *obj;	/* in the function's terms */
	const char *count;	/* "record.member", an API's class; or NULL */
	enum owner_kind kind;
	int taken, dropped;
	bool last;		/* dropped: the last one, or freed */
	const struct expr *to;	/* HANDS, YIELDS: where it goes; DROPS: the */
				/* flag that had it; ENDS: the object that */
				/* kept it; or NULL */
	const struct act *act;	/* the first of them */
};

static inline int owned_net(const struct owned *o)
{
	return o->taken - o->dropped;
}

/* Did the caller pass it, or a member that it is built around? */
bool owner_is_parameter(const struct expr *obj);

/*
 * Who gets @obj by this act, and so may get a reference with it: HANDS, YIELDS
 * or PASSES; EVEN: nobody.
 */
enum owner_kind owner_gets(const struct act *a, const struct expr *obj);

/*
 * struct owned: all objects of the path that ends in @leaf, a RETURN. The
 * caller frees it. O(acts * objects).
 */
GArray *owned_on_path(const struct flow *fl, const struct act *leaf,
		      struct arena *scratch);

/* What can be known of a result; the bounds are inclusive. */
struct owner_range {
	gint64 low, high;
	bool nonzero;
};

/*
 * Paths that return alike and do the same to references. What ends on some of
 * them is there, too: whether a put is the last one is nobody's choice.
 */
struct owner_way {
	struct owner_range result;
	const struct act *const *leaves; /* the returns */
	int n_leaves;
	const struct owned *owned;	/* in order of their first acts */
	int n_owned;
};

/* What the ways come to. */
struct owner_term {
	struct owned owned;	/* of one of the ways */
	int references;		/* without a sign */
	int ways;		/* that do it */
	enum owner_when when;
	struct owner_range result; /* BY_RESULT: what holds of all of them */
};

struct ownership {
	const struct func_flow *in;
	const struct owner_way *ways;
	int n_ways;
	const struct owner_term *terms;	/* EVEN ones are not there */
	int n_terms;
	/* The returns of two paths at odds, of the first term that is; or NULL. */
	const struct act *odd[2];
};

/*
 * Of a function whose acts have a reference in them; NULL: they have not. In
 * memory of @a. O(paths * acts), and of each two ways at most 16 paths are
 * compared with 16.
 */
const struct ownership *ownership_new(const struct flow *fl,
				      const struct func_flow *ff,
				      struct arena *a);

/* "returns", "takes"... */
const char *owner_kind_name(enum owner_kind kind);
/*
 * "always", "if it returns > 0", "depends" (on parameters and what they lead
 * to), "at odds", "with job" (ENDS); the caller frees it.
 */
char *owner_when_text(const struct ownership *o, const struct owner_term *t);
/* The object as a caller calls it: "its result", "job", "job->owner". */
char *owner_object_text(const struct ownership *o, const struct owned *of);

/* The ways, and what they come to. */
void ownership_print(GString *out, const struct ownership *o);

#endif
