/* SPDX-License-Identifier: GPL-2.0-only */
/* The passes over one unit, in order. */
#ifndef PINCHECK_PIPELINE_PIPELINE_H
#define PINCHECK_PIPELINE_PIPELINE_H

#include <glib.h>
#include <stdbool.h>

#include "report/finding.h"

struct buffer;
struct compile_command;
struct evidence;
struct headers;
struct model;
struct session;
struct store;

struct pipeline_options {
	const struct model *model; /* built in, plus .pincheck files */
	const char *rules;	   /* comma separated ids; NULL: all */
	gboolean replay;	   /* search the interleavings of findings */
	/* The weakest memory that is searched, a known one; NULL: "sc". */
	const char *memory;
	struct store *store;	   /* units come from here and go here; or NULL */
	struct headers *headers;   /* precompiled ones; or NULL */
	/*
	 * Units are parsed in it, with what an editor has not saved; or NULL.
	 * Not with @store; @headers are not used. session_reads() tells what a
	 * unit read, and session_warm() makes the next check cheap.
	 */
	struct session *session;
	const struct buffer *buffers;
	size_t n_buffers;
	/* With a store only: */
	const char *reader;	   /* of pipeline_reader() */
	const char *model_digest;  /* names the .pincheck files in the model */
	struct store *outside;	   /* what other units do is known from here, */
				   /* by opt->reader; or NULL: from nowhere */
};

/* "sc", "tso", "pso" and "arm". */
bool pipeline_knows_memory(const char *name);

/*
 * Who reads a unit: what in the store was read by another program is not used.
 * The caller frees it. O(size of the program).
 */
char *pipeline_reader(void);

/* All passes over one unit: its report, which the caller frees. */
struct report *pipeline_check(const struct compile_command *cmd,
			      const struct pipeline_options *opt);

/*
 * What a unit is evidence of: a report without findings and with one text,
 * for pipeline_unpack_evidence(). The caller frees it.
 */
struct report *pipeline_evidence(const struct compile_command *cmd,
				 const struct pipeline_options *opt);
/* NULL: that is no such text. The caller frees it with evidence_free. */
struct evidence *pipeline_unpack_evidence(const char *text);

/* Only the first of them: reads the unit into opt->store. */
struct report *pipeline_index(const struct compile_command *cmd,
			      const struct pipeline_options *opt);

/* Is the unit in opt->store as it is now? Needs opt->reader. */
bool pipeline_is_stored(const struct compile_command *cmd,
			const struct pipeline_options *opt);
/*
 * Adds the commands of the units in opt->store that changed since they were
 * read, or that another program read, to @into, as struct compile_command *.
 */
void pipeline_stale(const struct pipeline_options *opt, GPtrArray *into);
/*
 * Where relative names of files in a unit start, by the command that the store
 * has of it; the caller frees it. NULL: it is no such command.
 */
char *pipeline_folder(const char *command);

/*
 * Text of the unit after the pass of this name, for `pincheck dump`: "raw"
 * (lowered with nothing folded), "lower", "flow", "summary", "balance", "entry",
 * "guards", "pairs", "events" (the findings' event lists). A function's name narrows it,
 * NULL: all; "events" takes FUNCTION:record.flag as well. NULL with one line in
 * *@ret_error on failure.
 */
char *pipeline_dump(const struct compile_command *cmd,
		    const struct pipeline_options *opt, const char *pass,
		    const char *function, char **ret_error);

/* One finding, replayed, and what can be kept of it. The caller frees it. */
struct pipeline_replay {
	char *text;	/* verdict, table and assumptions */
	char *verdict;	/* "confirmed"... */
	char *c;	/* a program for the replay runtime; NULL: none was made */
	char *promela;	/* the same for spin */
	int line;	/* of the finding; 0: nothing is reported (@after) */
	struct pipeline_replay *after; /* the same on the patched unit; or NULL */
};

/*
 * The first finding of a unit at @line, or with the fingerprint @which if that
 * is not NULL. NULL with one line in *@ret_error when there is none. @patched
 * (may be NULL) compiles the same unit with a patch: there the same CPUs run
 * again, from the same flags; and if the rule still reports the same thing,
 * all other casts as well, and the worse verdict counts.
 */
struct pipeline_replay *pipeline_replay(const struct compile_command *cmd,
					const struct compile_command *patched,
					const struct pipeline_options *opt,
					int line, const char *which,
					char **ret_error);
void pipeline_replay_free(struct pipeline_replay *r);

/*
 * What the flag or the function at a place of the session's unit is to the
 * pairs: which reference it owns, by which accessors, and why that is believed.
 */
struct pipeline_hover {
	char *text; /* Markdown */
	int line, column, length; /* of the word; column and length in bytes */
};
/*
 * At @line and @column (bytes, from 1) of the main file. NULL: it is part of no
 * pair. The caller frees it with pipeline_hover_free, which takes NULL.
 */
struct pipeline_hover *pipeline_hover(const struct compile_command *cmd,
				      const struct pipeline_options *opt,
				      int line, int column);
void pipeline_hover_free(struct pipeline_hover *h);

/*
 * Appends the pairs that a unit shows, by counting or by annotation, to @into
 * as struct pair_decl, for pair_decl_free(). Returns 0, or -1 when the file
 * was parsed with errors or not at all, so that pairs may be missing.
 */
int pipeline_pairs(const struct compile_command *cmd,
		   const struct pipeline_options *opt, GPtrArray *into);

/* Names of the passes that can be dumped, NULL-terminated. */
extern const char *const pipeline_passes[];

#endif
