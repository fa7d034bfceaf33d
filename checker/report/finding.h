/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A finding: what a rule saw, as every report shows it. Findings cross
 * process boundaries as the JSON of report/json.c, so this is plain data
 * that owns its strings.
 */
#ifndef PINCHECK_REPORT_FINDING_H
#define PINCHECK_REPORT_FINDING_H

#include <glib.h>

enum severity { SEVERITY_NOTE, SEVERITY_WARNING, SEVERITY_ERROR };

/* What a patch has to do with a finding. */
enum change {
	CHANGE_NONE,	     /* no patch is judged */
	CHANGE_INTRODUCED,   /* it writes code that the finding is made of */
	CHANGE_EXPOSED,	     /* it makes older code a finding */
	CHANGE_FIXED,	     /* it is there before the patch only */
	CHANGE_PRE_EXISTING, /* it is there before and after */
};

/* One line of the story. */
struct step {
	int cpu; /* 0: the reported function; 1: the other CPU */
	char *file;
	int line;
	char *message;
};

/*
 * What the search of a finding's interleavings gave: about the program that
 * was made of it, under the assumptions listed.
 */
struct replay {
	char *verdict;		/* "confirmed", "not-reproduced"... */
	char *memory;		/* "sc": sequential consistency */
	char *why;		/* of a verdict that is none; or NULL */
	char *schedule;		/* of the failing run: threads, "0 0 1"; or "" */
	gint64 states;		/* that were seen, of all programs tried */
	GPtrArray *assumptions; /* char * */
	GPtrArray *table;	/* char *: the failing run, a column a CPU */
};

/*
 * What would take a finding away, as its rule sees it: places and names. What
 * that means for the text is for fix/.
 */
enum repair_kind {
	REPAIR_CALL,  /* the statement becomes a call of the accessor, and */
		      /* the one of @to_line (0: none) goes: it does both */
	REPAIR_GET,   /* such a call is put before the statement */
	REPAIR_LATER, /* the statement moves behind the one of @to_line */
};

struct repair {
	enum repair_kind kind;
	int line, column;	/* in the statement, of the finding's file */
	int to_line, to_column; /* the same; of REPAIR_GET 0 */
	char *function;		/* that is called; NULL: of REPAIR_LATER */
	char *arguments;	/* "env, opg": what stands in its brackets */
};

struct finding {
	char *fingerprint;  /* set by finding_seal */
	char *rule;	    /* "put-before-wait" */
	enum severity severity;
	char *file;
	int line, column;
	char *function;
	char *message;	    /* one line, no full stop, no rule name */
	/*
	 * What identifies the finding besides rule and function: paths and
	 * names in a normal form, no line numbers ("eb->bflags:STALE").
	 */
	char *key;
	GPtrArray *engines; /* char *: "clang", "cocci", "sparse" */
	GPtrArray *evidence;/* char *: why the model says so */
	GPtrArray *steps;   /* struct step * in story order */
	/* struct repair *, the best first; not packed for other processes */
	GPtrArray *repairs;
	struct replay *replay; /* owned; NULL: it was not replayed */
	gboolean known;	    /* the baseline has it: it is not new */
	gboolean suppressed;/* a comment hides it */
	enum change change;
	char *patch;	    /* "2/3: subject": the one of @change; or NULL */
	/*
	 * Which state of the tree its places are in: that after so many patches
	 * of a series.
	 */
	unsigned state;
	/*
	 * What report_compare() took it for in the report of before the patch,
	 * as long as that lives; NULL: it is new.
	 */
	const struct finding *was;
	/*
	 * It is of an earlier state: no run since has analysed its place whole,
	 * so it may be there still. Set by report_compare().
	 */
	gboolean unseen;
};

/* An empty finding of @rule with the engine "clang". The caller frees it. */
struct finding *finding_new(const char *rule, enum severity severity,
			    const char *file, int line, int column,
			    const char *function);
/* Empty but for the verdict and the memory. The caller frees it. */
struct replay *finding_replay_new(const char *verdict, const char *memory);
/* Takes NULL. */
void finding_replay_free(struct replay *r);
/* Takes NULL. */
void finding_free(struct finding *f);
/* Another engine found it: "sparse" takes the place of "clang". */
void finding_engine(struct finding *f, const char *name);
gboolean finding_has_engine(const struct finding *f, const char *name);
void finding_message(struct finding *f, const char *format, ...)
	G_GNUC_PRINTF(2, 3);
void finding_key(struct finding *f, const char *format, ...)
	G_GNUC_PRINTF(2, 3);
void finding_step(struct finding *f, int cpu, const char *file, int line,
		  const char *format, ...) G_GNUC_PRINTF(5, 6);
void finding_evidence(struct finding *f, const char *format, ...)
	G_GNUC_PRINTF(2, 3);
/* A copy of @r goes to the end of the repairs. */
void finding_repair(struct finding *f, const struct repair *r);
/*
 * Computes the fingerprint: 16 hex digits of a SHA-256 over rule, base name
 * of the file, function and key. Stable when lines move.
 */
void finding_seal(struct finding *f);
/* Order of reports: file, line, column, rule, message. For sorting. */
int finding_compare(const struct finding *a, const struct finding *b);

/* A function, or a whole file (function NULL), that was not fully analysed. */
struct coverage_skip {
	char *file, *function, *reason;
};

/* What one unit, or a whole run, found and covered. */
struct report {
	GPtrArray *findings; /* struct finding *, owned */
	GArray *skips;	     /* struct coverage_skip, owned strings */
	GPtrArray *errors;   /* char *: one clear line each, for stderr */
	GPtrArray *texts;    /* char *: what an engine printed in a form of */
			     /* its own, as it is: patches */
	/*
	 * File -> GINT: was the unit analysed whole? For who compares two runs;
	 * no format has it.
	 */
	GHashTable *units;
	int files, functions;
	gboolean incomplete; /* something could not be analysed: exit 3 */
};

struct report *report_new(void);
void report_free(struct report *r);
void report_add(struct report *r, struct finding *f); /* takes @f */
void report_skip(struct report *r, const char *file, const char *function,
		 const char *reason);
/* A unit of the run; one that was once not analysed whole stays so. */
void report_unit(struct report *r, const char *file, gboolean whole);
void report_error(struct report *r, const char *format, ...)
	G_GNUC_PRINTF(2, 3);
/* Moves all of @from into @into and frees @from. */
void report_merge(struct report *into, struct report *from);
/*
 * Sorts, removes findings of equal fingerprint and place, and equal skips; of
 * findings of several engines for one function and rule one remains, with all
 * the engines. Findings of several states, or with another change, stay apart.
 */
void report_finish(struct report *r);

#endif
