/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Evidence: what one unit shows of flags, references and objects, as plain
 * data that outlives the unit: it can be packed, kept, and summed over units.
 * What it is evidence of is not decided here: mine/ does that, where all units
 * are seen.
 *
 * A site is a place in the text, so that an inline which many units have is
 * one. What a unit cannot decide is kept open: a call of a function of another
 * unit is a site, too, with the references that change on the same paths.
 *
 * All strings are interned.
 */
#ifndef PINCHECK_FLOW_EVIDENCE_H
#define PINCHECK_FLOW_EVIDENCE_H

#include <glib.h>
#include <stdbool.h>

struct flow;

enum evidence_kind {
	EVIDENCE_SET,	  /* a constant other than 0 is written to the flag */
	EVIDENCE_CLEAR,	  /* 0, false or NULL is */
	EVIDENCE_STORE,	  /* anything else is */
	EVIDENCE_TEST,	  /* of the flag; only the first one, and reapers' */
	EVIDENCE_GET,	  /* of a reference by the count */
	EVIDENCE_PUT,
	EVIDENCE_ALLOC,	  /* an object of this type is made */
	EVIDENCE_FREE,
	EVIDENCE_INSERT,  /* an object goes into the container */
	EVIDENCE_REMOVE,
	EVIDENCE_SELECT,  /* one is found in it and stays there */
	EVIDENCE_PUBLISH, /* an object is handed to another context */
	EVIDENCE_CALL,	  /* an object goes to a function of another unit */
	EVIDENCE_KINDS
};

/* A change of a reference on the paths through a flag's write or a call. */
struct evidence_ref {
	enum evidence_kind kind;    /* GET, PUT; CALL: nobody knows */
	const char *record, *name;  /* the count; name NULL: as the site's */
	const char *callee;	    /* CALL: the function... */
	int arg;		    /* ...and which argument the object is */
	const char *path;	    /* to the object from the flag's owner */
	const char *object;	    /* the object's record, or NULL */
	const char *file;	    /* where it stands */
	int line;
	int with;		    /* paths that have it, once balanced */
	int apart;		    /* of them: others can look in between */
	int distance;		    /* acts between, at the least */
};

struct evidence_site {
	enum evidence_kind kind;
	/*
	 * The flag, count or container: "cached_fid", "has_lease". A global
	 * container has no record; what has no place at all has no name, and
	 * the record is the object's, or the class of the API ("dentry").
	 */
	const char *record, *name;
	const char *object;	/* record of the object, or NULL */
	const char *callee;	/* the API or function called, or NULL */
	int arg;		/* CALL: which argument the object is */
	const char *func;	/* in whose text it stands */
	const char *file;
	int line;
	/*
	 * Of a write, test or call that a caller sees: the caller, and its
	 * line. Else as func and line.
	 */
	const char *in;
	int in_line;
	const char **locks;	/* "owner.field", held on each path */
	int n_locks;
	const char **window;	/* SET: locks held when it is set on an object */
	int n_window;		/* that was just found, if one of them is gone */
				/* when the path clears it; TEST: held with it */
	gint64 value;		/* SET; TEST: 0 or 1 as the reaper found it */
	int paths;		/* SET, CLEAR, CALL: through it, that change */
				/* the flag and go to their end */
	int known;		/* of them: the old value was tested */
	bool atomic;		/* CLEAR, SET: test_and_... */
	bool init;		/* the object is still private */
	bool pointer;		/* a pointer, or a word of several bits */
	bool delegated;		/* all callers are in the unit */
	bool reaps;		/* TEST: of an object that then goes */
	bool last;		/* PUT: known to be the last; SELECT: the */
				/* function makes such objects, too; TEST: */
				/* freed; else: behind the object's last put */
	struct evidence_ref *refs;
	int n_refs;
};

/* What a function does to what its parameters point at. */
struct evidence_effect {
	enum evidence_kind kind;    /* SET, CLEAR, GET, PUT, FREE, INSERT... */
	int param;		    /* -1: to what it returns */
	const char *path;	    /* from the parameter to the object */
	const char *record, *name;  /* as in a site */
	const char *object;
	int ways;		    /* of its ways to end: how many do it */
	bool if_result;		    /* those, and only those, return nonzero */
};

struct evidence_func {
	const char *name, *file;
	int line;
	bool is_static;
	int ways;		/* in which it can end */
	struct evidence_effect *effects;
	int n_effects;
};

/* A count, and what its last put does. */
struct evidence_count {
	const char *record, *name;
	bool typed;		/* refcount_t, kref and the like */
	bool freed, passed, kept; /* at 0: freed, handed on, neither */
};

/* What a function does to references on an object (flow/ownership.h). */
struct evidence_owner {
	const char *func, *file;
	int line;
	const char *does;	/* "returns", "consumes"... */
	const char *object;	/* the object's record */
	const char *count;	/* "record.member", an API's class; or NULL */
	const char *subject;	/* the object as a caller calls it */
	const char *when;
	int references;
	/*
	 * What ends with another object, which kept it: that one's record, and
	 * how it leads there. depth: calls down to the put.
	 */
	const char *holder, *path;
	int depth;
};

/* A lock that is held when a function is entered. */
struct evidence_entry {
	const char *func, *file;
	int line;
	const char *lock;	/* in the function's words; NULL: of its kind */
	const char *name;	/* its kind: "owner.field" */
	const char *class;
	const char *why;
};

struct evidence {
	GPtrArray *sites;	/* struct evidence_site * */
	GPtrArray *funcs;	/* struct evidence_func * */
	GPtrArray *counts;	/* struct evidence_count * */
	GPtrArray *owners;	/* struct evidence_owner * */
	GPtrArray *entries;	/* struct evidence_entry * */
	struct arena *arena;	/* they and their arrays */
	/* Of evidence_add(): the sites, "file function" and "record.name". */
	GHashTable *at, *by_name;
};

struct evidence *evidence_new(void);
/* Takes NULL. */
void evidence_free(struct evidence *e);

/* What the unit of @fl shows; the caller frees it. O(acts of all traces). */
struct evidence *evidence_collect(struct flow *fl);

/* Makes all file names absolute; relative ones are so to @folder. */
void evidence_resolve_files(struct evidence *e, const char *folder);

/* Equal evidence gives equal bytes; the caller frees them. */
GBytes *evidence_pack(const struct evidence *e);
/* NULL: the bytes are damaged. The caller frees it. */
struct evidence *evidence_unpack(GBytes *bytes);

/*
 * Adds what another unit shows, whose sites go by their places: what is there
 * is not counted twice. O(rows of @from).
 */
void evidence_add(struct evidence *into, const struct evidence *from);

/* Of a site as a place: its kind, what it is about, and where it stands. */
guint evidence_site_hash(const struct evidence_site *s);
bool evidence_site_equal(const struct evidence_site *a,
			 const struct evidence_site *b);

/* "set", "clear", "put"... */
const char *evidence_kind_name(enum evidence_kind kind);

#endif
