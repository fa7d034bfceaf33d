/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Reports: filtering, writing in a format, packing for another process,
 * and checking against expectations. Lists and findings are in finding.h.
 */
#ifndef PINCHECK_REPORT_REPORT_H
#define PINCHECK_REPORT_REPORT_H

#include "report/finding.h"

/* "note", "warning" or "error". */
const char *severity_name(enum severity s);
/* FALSE, *@ret_severity untouched, when @name is none of the three. */
gboolean severity_parse(const char *name, enum severity *ret_severity);

/* How many findings have exactly this severity, or at least this. */
int report_count(const struct report *r, enum severity s);
int report_count_from(const struct report *r, enum severity min);
/* Drops findings below @min and returns how many they were. */
int report_filter(struct report *r, enum severity min);
/* The same of findings that fewer engines agree on. */
int report_filter_agreed(struct report *r, int engines);
/* The same of findings in other files than @file. */
int report_filter_file(struct report *r, const char *file);
/* The same of findings that a baseline has. */
int report_filter_known(struct report *r);
/* How many findings a patch has changed so. */
int report_count_change(const struct report *r, enum change c);
/*
 * Is there a finding of this severity or above that no baseline has, and that
 * the patch, if one is judged, introduces or exposes?
 */
gboolean report_has_new(const struct report *r, enum severity min);

/* Returns the new name of a file, which the caller frees. */
typedef char *(*report_rename)(const char *file, void *data);
/* Renames every file of findings, steps and skips. */
void report_map_files(struct report *r, report_rename rename, void *data);

/* A rule as a format describes it; strings that live as long as the program. */
struct report_rule {
	const char *id, *summary, *doc;
};

/*
 * The text of @file in state @state of the tree (see struct finding), which who
 * asks frees; NULL: there is no such file.
 */
typedef char *(*report_text_of)(unsigned state, const char *file, void *data);

/* What a format may ask about its surroundings. */
struct report_style {
	const char *version; /* of pincheck */
	gboolean color;	     /* the reader is a terminal that shows colour */
	gboolean show_types; /* checkpatch: the rule is told, as its TYPE */
	gboolean terse;	     /* checkpatch: one line a finding */
	/* Rule @i of those there are; FALSE past the end. NULL: none is known. */
	gboolean (*rule_at)(size_t i, struct report_rule *ret_rule);
	/* With @text_data. NULL: the text is that of the file, as it is now. */
	report_text_of text_of;
	void *text_data;
};

/*
 * A way to write a report; formats.def has one row for each. What is written
 * depends on the report, the style and the text of its files alone.
 */
struct report_format {
	const char *name, *help;
	gboolean shows_known; /* findings of the baseline are marked in it */
	void (*write)(const struct report *r, const struct report_style *style,
		      GString *out);
};

/* NULL past the end. */
const struct report_format *report_format_at(size_t i);
/* NULL when there is no format of this name. */
const struct report_format *report_format_find(const char *name);

/*
 * The report as bytes for report_unpack in another process: the JSON of the
 * format "json" with the errors. The caller frees it.
 */
char *report_pack(const struct report *r);
/*
 * Reads what report_pack, or the format json, wrote. The caller frees the
 * report; NULL with one line in *@ret_error, which it frees, on failure.
 */
struct report *report_unpack(const char *text, size_t length,
			     char **ret_error);

/* One finding as a baseline keeps it: what stays when lines move. */
struct baseline_entry {
	char *fingerprint, *rule, *message;
	char *file, *function; /* or NULL */
	enum severity severity;
	gboolean met; /* set by baseline_mark() */
};

/* All of @r as entries (struct baseline_entry *). The caller unrefs it. */
GPtrArray *baseline_of(const struct report *r);
/* Sorts @entries, in an order that lines have no part in, and writes them. */
void baseline_write(GPtrArray *entries, const char *version, GString *out);
/*
 * The entries of what baseline_write, or the format json, wrote; the latter may
 * say that it is incomplete. The caller unrefs them; NULL with one line in
 * *@ret_error, which it frees, on failure.
 */
GPtrArray *baseline_read(const char *text, size_t length,
			 gboolean *ret_incomplete, char **ret_error);
/*
 * Marks the findings of @r that @entries have. An entry stands for one finding
 * of its fingerprint that is no more severe: in its own file, or in one of the
 * same name elsewhere if its own is gone, as seen from the current folder. A
 * second one is new. O(findings + entries), and a look at the files.
 */
void baseline_mark(const GPtrArray *entries, struct report *r);

/* Is there a rule of this name? */
typedef gboolean (*report_known_rule)(const char *rule);

/* The rule of findings about suppressions themselves; it cannot be ignored. */
#define SUPPRESSION_RULE "suppression"

/* What report_suppress() is to know. */
struct suppress_options {
	/* The files checked, by their names in the report; NULL-terminated. */
	const char *const *files;
	report_known_rule known;
	/* Would the run find something of this rule? With @data. */
	gboolean (*looked_for)(const char *rule, const void *data);
	const void *data;
	unsigned state; /* in which @files are */
	gboolean keep;	/* what is suppressed is marked, and stays */
	/* As in struct report_style. */
	report_text_of text_of;
	void *text_data;
};

/*
 * Drops the findings of @r (finished, unfiltered) that a comment in their file
 * suppresses ("pincheck: ignore[RULE,...] REASON"), and returns how many they
 * were; or marks them. Adds findings of SUPPRESSION_RULE: an error for such a
 * comment that cannot be read; for one in @files that hides nothing, a note, if
 * the run is complete. @r stays sorted. O(text of the files).
 */
int report_suppress(struct report *r, const struct suppress_options *options);
/* Drops what was marked so, and returns how many they were. */
int report_filter_suppressed(struct report *r);

/* What report_verify looked at. */
struct verify_counts {
	int files, expectations, violations;
};

/*
 * Holds @r (finished, unfiltered) against the expectations in the comments
 * of @files (NULL-terminated; names as in the report) and of the files
 * beside them that have findings. Appends one line for each violation to
 * @out. @known, unless NULL, catches misspelt rules in known misses.
 */
void report_verify(const struct report *r, const char *const *files,
		   report_known_rule known, GString *out,
		   struct verify_counts *ret_counts);

#endif
