/* SPDX-License-Identifier: GPL-2.0-only */
/* What the files that collect evidence share among themselves only. */
#ifndef PINCHECK_FLOW_EVIDENCE_COLLECT_H
#define PINCHECK_FLOW_EVIDENCE_COLLECT_H

#include "flow/evidence.h"
#include "flow/pairs.h"

/* A site while it is collected. */
struct draft {
	struct evidence_site site;
	GArray *refs;		/* struct evidence_ref */
	GPtrArray *locks;	/* const char *: those of all paths so far */
	GPtrArray *window;	/* const char * */
	bool met;		/* the locks are some path's */
};

struct collector {
	struct flow *flow;
	struct evidence *out;
	GHashTable *index;	/* struct draft * as a set, by its place */
	GPtrArray *drafts;	/* struct draft *, in order */
	GHashTable *seen;	/* interned names that were noted once */
};

/* Acts that are sites by themselves. */
struct evidence_single {
	enum act_kind act;
	enum evidence_kind kind;
};

#define EVIDENCE_SINGLES 11
extern const struct evidence_single evidence_singles[EVIDENCE_SINGLES];

/* evidence_site.c */

/* Prepares the collector's drafts. */
void evidence_drafts_init(struct collector *c);
void evidence_drafts_clear(struct collector *c);
/* The draft of the site at this place, made if it is not there. */
struct draft *evidence_draft(struct collector *c,
			     const struct evidence_site *key);
/* In whose text an act stands, and where in the analysed function. */
void evidence_place(struct evidence_site *s, const struct act *a);
/* What the site is about, by name. False: it has none that others know. */
bool evidence_name(const struct act *a, const char **ret_record,
		   const char **ret_name);
void evidence_describe(struct evidence_site *s, const struct act *a);
/* All that excludes somebody at @a; RCU does not. Adds interned names. */
void evidence_locks(GPtrArray *into, const struct act *a);
/* Keeps of the draft's locks those that this path holds, too. */
void evidence_meet_locks(struct draft *d, const struct act *a);
/* Do both happen in the same call? */
bool evidence_same_call(const struct act *a, const struct act *b);

/* evidence_pins.c */

/* @cleared is the end of what was set in a select window on this path. */
void evidence_window(struct collector *c, const struct act *cleared);
/*
 * What the path asked the object about before it goes. If one callee does
 * both, it is the reaper, and is looked at itself.
 */
void evidence_reap(struct collector *c, const struct act *reap);
/* Its function takes such an object out of the container or makes a new one. */
void evidence_reuse(struct collector *c, const struct act *select);

/* evidence_refs.c: the sites of a function that have references about them. */
void evidence_references(struct collector *c, const struct func_flow *ff);

/* evidence_effects.c: of functions that another unit may call. */
void evidence_effects(struct collector *c, const struct func_flow *ff);

#endif
