/* SPDX-License-Identifier: GPL-2.0-only */
/* What the files of this room share and nobody else sees. */
#ifndef PINCHECK_REPORT_PRIVATE_H
#define PINCHECK_REPORT_PRIVATE_H

#include "base/json.h"
#include "report/report.h"

/* A name for @file in @state, in tables. The caller frees it. */
char *source_key(unsigned state, const char *file);

/* The lines of source files, as @style says; each file read once a state. */
struct source_cache;
struct source_cache *source_cache_new(const struct report_style *style);
/* Takes NULL. */
void source_cache_free(struct source_cache *c);
/*
 * Line @line (from 1) of @file (or NULL) in @state, without its end; NULL when
 * there is none.
 */
const char *source_cache_line(struct source_cache *c, unsigned state,
			      const char *file, int line);

/*
 * Characters before byte @column (from 1) of @line: bytes inside a UTF-8
 * character do not count.
 */
int source_characters(const char *line, int column);

/*
 * For each finding how many of those before it have its fingerprint, where what
 * is fixed and what is there do not count for each other. The caller frees the
 * array. O(findings).
 */
guint *report_occurrences(const struct report *r);

/* The member "severity"; a note, where there is none. */
enum severity json_get_severity(struct json_reader *rd, json_object *o);

/*
 * What the format text writes of one finding: the line that names its function
 * (if it is another than that of @before, which may be NULL), and the rest.
 */
void text_put_function(GString *out, const struct finding *f,
		       const struct finding *before, gboolean color);
void text_put_finding(GString *out, const struct finding *f, gboolean color,
		      struct source_cache *source);

/* Returns the step after freeing what it owns; a GDestroyNotify. */
void step_free(void *step);
/* Appends one step that owns copies of its arguments. */
void finding_step_take(struct finding *f, int cpu, const char *file, int line,
		       char *message);
/* Of change_name(); FALSE, *@ret_change untouched, if @name is none of them. */
gboolean change_parse(const char *name, enum change *ret_change);
/*
 * "introduced by 2/3: subject", "pre-existing"; NULL for CHANGE_NONE. The caller
 * frees it.
 */
char *change_text(const struct finding *f);
/* The message of @f, with that in brackets. The caller frees it. */
char *change_message(const struct finding *f);
/* finding_compare, then everything else: 0 only for equal findings. */
int finding_compare_all(const struct finding *a, const struct finding *b);

/* One finding where several engines mean the same; @r is sorted and stays so. */
void report_agree(struct report *r);

/* A comment as comments_read() sees it; valid while its source is. */
struct comment {
	int line;	    /* on which it begins */
	/* There is code before it on that line, or it is part of a directive. */
	gboolean after_code;
	const char *text;   /* behind its opening, and not terminated */
	size_t length;	    /* of the text, without its end */
};
typedef void (*comment_seen)(const struct comment *c, void *data);
/*
 * The text of @file for comments_read(), which the caller frees: a NUL in it is
 * a blank, as for compilers. NULL: it cannot be read.
 */
char *comments_source(const char *file, GError **error);
/* Tells of the comments of C text in their order. O(size). */
void comments_read(const char *source, comment_seen seen, void *data);
/* The line that it is about: its own, or the next that has code. */
int comment_code_line(const struct comment *c);

/* Of those that report_has_new() looks for, but for the severity. */
gboolean finding_is_new(const struct finding *f);

typedef gboolean (*report_wanted)(const struct finding *f, const void *data);
/* Drops the findings that are not @wanted, and returns how many they were. */
int report_keep(struct report *r, report_wanted wanted, const void *data);
/* Puts findings into their order. */
void report_sort(struct report *r);

/*
 * Things that stand for findings of earlier, which belong to the caller, each to
 * be met once: by a finding of its key that is no more severe.
 */
struct match_pool;
struct match_pool *match_pool_new(void);
/* Takes NULL. */
void match_pool_free(struct match_pool *p);
/* Takes @key, not @item. */
void match_pool_add(struct match_pool *p, char *key, enum severity severity,
		    void *item);

struct match {
	/* The key of @f, which is freed; NULL: it meets nothing. */
	char *(*key)(const struct finding *f, const void *data);
	/* @f is what @item stands for. */
	void (*met)(struct finding *f, void *item);
	const void *data; /* of key() */
};
/*
 * Of findings that are as severe as each other, the earlier in @findings takes
 * first. O(findings).
 */
void match_findings(struct match_pool *p, const GPtrArray *findings,
		    const struct match *m);

enum expect_kind {
	EXPECT_FINDING, /* expect: warning or above, must be found */
	EXPECT_NOTE,	/* expect-note: must be found, a note */
	EXPECT_FP,	/* FP: known false report, must be found */
	EXPECT_FN,	/* FN: known miss, must not be found */
	EXPECT_SKIP,	/* pincheck: expect-skip: must be in the coverage */
	EXPECT_BAD,	/* looks like one of these and is not */
};

/* What one comment says about its line. */
struct expectation {
	enum expect_kind kind;
	const char *file; /* the caller's */
	int line;
	char *name; /* rule; SKIP: function; BAD: the comment */
	char *text; /* in the message, or reason; NULL: any */
	gboolean met;
};

/* Takes an expectation with its strings; a GDestroyNotify. */
void expectation_free(void *expectation);
/*
 * Adds the expectations (struct expectation *) in the comments of the C
 * text @source to @into. They point at @file, which must outlive them.
 */
void expectations_read(const char *file, const char *source, GPtrArray *into);

#define FORMAT(name, write, known, help)                                 \
	void write(const struct report *r, const struct report_style *s, \
		   GString *out);
#include "report/formats.def"
#undef FORMAT

#endif
