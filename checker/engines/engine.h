/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Engines: other programs that look for the same bugs, spatch and sparse. An
 * engine is one file that defines one struct engine, and one row in
 * engines.def. It runs its program on some units and makes findings of the
 * lines that come back; what it could not do goes into the coverage ledger.
 *
 * The clang engine is no engine in this sense: it is the pipeline.
 */
#ifndef PINCHECK_ENGINES_ENGINE_H
#define PINCHECK_ENGINES_ENGINE_H

#include <glib.h>

#include "report/finding.h"

/* A file and how it is compiled, in the words of a compile command. */
struct engine_unit {
	const char *directory;	  /* absolute; relative flags start there */
	const char *file;	  /* absolute */
	const char *const *flags; /* without compiler, -c, -o and file */
};

/*
 * What an engine needs of the model, as plain data: this room does not see
 * model/. Lists of names end in NULL and may be empty, never NULL.
 */

/* A kind of objects, by its name and by what shows it; all static. */
struct engine_kind {
	const char *name;		/* "pagecache" */
	const char *operations;		/* a record that a file fills in */
	const char *const *records;	/* of the objects */
	const char *const *owners;	/* records of what they belong to */
};

/* A flag that owns one reference. */
struct engine_pair {
	char *name;		/* "osc-transfer-pin" */
	char *record, *flag;	/* "page", "flags:PG_private" */
	char *object;		/* "" the record itself; "->a.b"; or NULL */
	char *object_record;	/* "cl_page"; NULL: unknown */
	char **gets, **puts;	/* accessors */
	/* Functions made for the flag alone: "SetPagePrivate". */
	char **sets, **clears;
	char *lock;		/* a member of the record; or NULL */
	struct engine_kind covers; /* no name: all objects */
};

/* A bit or count that keeps reapers off. */
struct engine_pin {
	char *record, *flag;
	char **reapers;
};

/* A function that has this effect on this argument. */
struct engine_call {
	char *name;		/* "cl_page_put" */
	const char *effect;	/* "put"; static */
	int arg;		/* -1: none */
};

struct engine_model {
	GPtrArray *pairs;	/* struct engine_pair *, in the model's order */
	GPtrArray *pins;	/* struct engine_pin * */
	GArray *calls;		/* struct engine_call, by name */
};

/* Empty. The caller frees it, with all that is put in. */
struct engine_model *engine_model_new(void);
/* A struct engine_pair; a GDestroyNotify. */
void engine_pair_free(void *pair);
/* Takes NULL. */
void engine_model_free(struct engine_model *m);

/* What an engine is to do; all of it belongs to the caller. */
struct engine_job {
	const struct engine_unit *units;
	gsize n_units;
	const struct engine_model *model;
	const char *rules;	   /* for words_have(): ids; NULL: all */
	int timeout;		   /* seconds a unit may take; 0: any */
	const char *mode;	   /* cocci: "patch"...; NULL: report */
};

struct engine {
	const char *name;	   /* "cocci", as users and reports call it */
	const char *program;	   /* "spatch" */
	/*
	 * The most units that one job should have: 1 where each unit needs a
	 * process of its own, more where starting the program is dear.
	 */
	gsize batch;
	gboolean rule_by_rule;	   /* a job for each rule: jobs are split so */
	const char *const *rules;  /* that it looks for, sorted; NULL ends */
	/*
	 * Is it there, and which? "spatch version 1.1.1", which the caller
	 * frees; or NULL with one line in *@ret_error, which it frees.
	 */
	char *(*version)(char **ret_error);
	/*
	 * Looks at the units, one after the other, in a worker process. The
	 * caller frees the report. Its findings name the engine
	 * (finding_engine()) and, as far as can be known, the function; files
	 * are named as in the units. A unit that failed has a skip with
	 * function NULL and an error, and makes the report incomplete; a
	 * function that was not looked at has a skip. Counts of files and
	 * functions are left 0: those are the pipeline's.
	 */
	struct report *(*run)(const struct engine_job *job);
};

/* NULL past the end. */
const struct engine *engine_at(gsize i);
/* NULL when there is none of this name. */
const struct engine *engine_find(const char *name);
/* Is it one of the engine's rules? */
gboolean engine_looks_for(const struct engine *e, const char *rule);

/*
 * For engines: the first line that PROGRAM --version prints, or NULL with one
 * line in *@ret_error; the caller frees both.
 */
char *engine_program_version(const char *program, char **ret_error);
/*
 * The unit gave nothing: an error "FILE: NAME: what", a line of the ledger
 * with "NAME: what", and the report is incomplete.
 */
void engine_fail(const struct engine *e, struct report *r, const char *file,
		 const char *what);

#endif
