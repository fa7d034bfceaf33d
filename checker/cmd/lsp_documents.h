/* SPDX-License-Identifier: GPL-2.0-only */
/* What the editor has open: texts that count more than their files. */
#ifndef PINCHECK_CMD_LSP_DOCUMENTS_H
#define PINCHECK_CMD_LSP_DOCUMENTS_H

#include <glib.h>
#include <stdbool.h>

#include "frontend/session.h"

struct document {
	char *path; /* absolute, as the editor has it */
	char *real; /* without symbolic links; the same if there is no such file */
	char *uri;  /* as the editor spells it */
	char *text; /* any bytes, and a NUL behind them */
	size_t size;
	gboolean versioned;
	gint64 version;
	guint changed; /* the greater, the later its text came */
};

struct documents;

struct documents *documents_new(void);
void documents_free(struct documents *d); /* takes NULL */
/*
 * In place of an older text. Takes @doc with all that it has but ->real and
 * ->changed.
 */
void documents_set(struct documents *d, struct document *doc);
void documents_close(struct documents *d, const char *path);
/* By either of its names; NULL: it is not open. */
const struct document *documents_find(const struct documents *d,
				      const char *path);
/*
 * What comes is about @doc (or NULL): if other documents are the same file, it
 * is @doc's text that counts; else the one that came last does.
 */
void documents_ask(struct documents *d, const struct document *doc);
/* The document whose text counts for a file; NULL: it is not open. */
const struct document *documents_counting(const struct documents *d,
					  const char *path);
/* struct document *, by path. */
const GPtrArray *documents_all(const struct documents *d);
/* Grows whenever a text changes. */
guint documents_changes(const struct documents *d);
/*
 * All texts as the frontend takes them, under both of their names; with @other
 * (may be NULL) in the place of that of @doc. struct buffer, by name; the caller
 * unrefs it, and the bytes stay the documents'.
 */
GArray *documents_buffers(const struct documents *d,
			  const struct document *doc, const GString *other);
/*
 * The text of a file, open or not, with a NUL behind it. NULL: there is none, or
 * it cannot be read. The caller frees it.
 */
char *documents_text(const struct documents *d, const char *path,
		     size_t *ret_size);
/* Its URI, as the editor spells it if it is open; the caller frees it. */
char *documents_uri(const struct documents *d, const char *path);

#endif
