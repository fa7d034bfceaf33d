/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The documents that the editor has open, and what was found in each. What was
 * found moves along with edits until there is news.
 *
 * Source: "Text Document Synchronization" of the Language Server Protocol 3.17,
 * and what clangd 19 does with edits that cannot be (see change_result).
 */
#ifndef PINCHECK_LSP_DOCUMENTS_H
#define PINCHECK_LSP_DOCUMENTS_H

#include <glib.h>
#include <json-c/json_types.h>

#include "lsp/text.h"

struct documents;

struct document {
	char *path;	    /* what it is known by: see uri.h */
	char *uri;	    /* as the editor spells it */
	char *version;	    /* a JSON number as it was sent; NULL: none was */
	struct text *text;
	json_object *items; /* array of diagnostics, for @text; NULL: unknown */
	char *publish;	    /* clangd's last message about it, or NULL */
	size_t publish_size;
	char *shown; /* our items as the editor was sent them; NULL: not yet */
	guint late;  /* the source that sends @publish again; 0: none */
	struct journal *journal; /* the documents' own */
};

/*
 * @alone: an edit at a place that is not there is what the protocol makes of it,
 * and not what clangd does (see change_result).
 */
struct documents *documents_new(gboolean alone);
void documents_free(struct documents *docs); /* takes NULL */
/* Of what positions count from now on; UTF-16 at first. */
void documents_set_encoding(struct documents *docs, enum encoding e);
/* NULL: it is not open. Both are O(1). */
struct document *documents_find(const struct documents *docs, const char *uri);
struct document *documents_at(const struct documents *docs, const char *path);
/* All, by path; caller frees the array. */
GPtrArray *documents_list(const struct documents *docs);

/*
 * textDocument/didOpen, also of what is open already; NULL: the URI is no file's.
 * @version: JSON as it was sent, or NULL.
 */
struct document *documents_open(struct documents *docs, const char *uri,
				const char *version, const char *bytes,
				size_t size);
void documents_close(struct documents *docs, const char *uri);

enum change_result {
	CHANGE_DONE,
	CHANGE_IGNORED, /* not open, or the message makes no sense: as before */
	/*
	 * There is no such place in our text, so it is not the editor's: to be
	 * closed. Not if alone.
	 */
	CHANGE_LOST,
};
/* textDocument/didChange; @changes: its contentChanges. */
enum change_result documents_change(struct documents *docs, const char *uri,
				    const char *version, json_object *changes);

/* Counts its edits: names the text as it is now, no other of this path; not 0. */
guint64 document_stamp(const struct document *d);
/*
 * Takes @items (an array or NULL), which were found in the text with @stamp, and
 * moves them along to the one of now; with one that is too old, drops them.
 */
void document_set_items(struct document *d, guint64 stamp, json_object *items);
/* They as JSON with commas between, "" without; for splice_into_array(). Caller frees. */
char *document_items(const struct document *d);
/* Copies the body of a textDocument/publishDiagnostics. */
void document_set_publish(struct document *d, const char *body, size_t size);

#endif
