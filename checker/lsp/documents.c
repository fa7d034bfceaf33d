// SPDX-License-Identifier: GPL-2.0-only
/*
 * The open documents. An edit moves the items behind it and drops those that it
 * touches; an answer for an older text is moved over all edits since. A whole
 * new text is the edit that makes it of the old one.
 *
 * Nothing here knows who finds the items or where they are sent.
 */
#include "lsp/documents.h"

#include <json-c/json.h>
#include <string.h>

#include "lsp/edits.h"
#include "lsp/items.h"
#include "lsp/uri.h"

/* Of a document nobody answers about, no more edits are remembered. */
#define JOURNAL_LENGTH 4096

struct documents {
	GHashTable *table; /* of struct document, by path */
	enum encoding encoding;
	gboolean alone;
	guint64 opened; /* how many were so far */
};

/* The edits that an answer may not have seen yet. */
struct journal {
	GArray *shifts; /* struct shift */
	guint64 first;	/* the stamp of the text before these */
};

/* ---- the journal ---- */

static struct journal *journal_new(void)
{
	struct journal *j = g_new0(struct journal, 1);

	j->shifts = g_array_new(FALSE, FALSE, sizeof(struct shift));
	return j;
}

static void journal_free(struct journal *j)
{
	g_array_free(j->shifts, TRUE);
	g_free(j);
}

static void journal_forget(struct journal *j, guint count)
{
	g_array_remove_range(j->shifts, 0, count);
	j->first += count;
}

static void journal_add(struct journal *j, const struct shift *s)
{
	if (j->shifts->len == JOURNAL_LENGTH)
		journal_forget(j, JOURNAL_LENGTH / 2);
	g_array_append_val(j->shifts, *s);
}

guint64 document_stamp(const struct document *d)
{
	return d->journal->first + d->journal->shifts->len;
}

/* ---- documents ---- */

static void document_free(void *document)
{
	struct document *d = document;

	if (d->late)
		g_source_remove(d->late);
	g_free(d->path);
	g_free(d->uri);
	g_free(d->version);
	text_free(d->text);
	json_object_put(d->items);
	g_free(d->publish);
	g_free(d->shown);
	journal_free(d->journal);
	g_free(d);
}

struct documents *documents_new(gboolean alone)
{
	struct documents *docs = g_new0(struct documents, 1);

	docs->alone = alone;
	docs->table = g_hash_table_new_full(g_str_hash, g_str_equal, NULL,
					    document_free);
	return docs;
}

void documents_free(struct documents *docs)
{
	if (!docs)
		return;
	g_hash_table_unref(docs->table);
	g_free(docs);
}

void documents_set_encoding(struct documents *docs, enum encoding e)
{
	docs->encoding = e;
}

struct document *documents_at(const struct documents *docs, const char *path)
{
	return g_hash_table_lookup(docs->table, path);
}

struct document *documents_find(const struct documents *docs, const char *uri)
{
	char *path = uri_path(uri);
	struct document *d = path ? documents_at(docs, path) : NULL;

	g_free(path);
	return d;
}

static gint compare_paths(const void *a, const void *b)
{
	const struct document *const *x = a, *const *y = b;

	return strcmp((*x)->path, (*y)->path);
}

GPtrArray *documents_list(const struct documents *docs)
{
	GPtrArray *list = g_ptr_array_new();
	GHashTableIter iter;
	void *d;

	g_hash_table_iter_init(&iter, docs->table);
	while (g_hash_table_iter_next(&iter, NULL, &d))
		g_ptr_array_add(list, d);
	g_ptr_array_sort(list, compare_paths);
	return list;
}

/* ---- what was found ---- */

static void drop_items(struct document *d)
{
	json_object_put(d->items);
	d->items = NULL;
}

static void document_edited(struct document *d, const struct shift *s)
{
	journal_add(d->journal, s);
	items_shift(d->items, d->path, s);
}

void document_set_items(struct document *d, guint64 stamp, json_object *items)
{
	struct journal *j = d->journal;

	drop_items(d);
	if (stamp < j->first || stamp > document_stamp(d)) {
		json_object_put(items);
		return;
	}
	d->items = items;
	/* answers come in the order of the questions: none will be older */
	journal_forget(j, (guint)(stamp - j->first));
	for (guint i = 0; i < j->shifts->len; i++)
		items_shift(items, d->path,
			    &g_array_index(j->shifts, struct shift, i));
}

char *document_items(const struct document *d)
{
	return items_text(d->items);
}

void document_set_publish(struct document *d, const char *body, size_t size)
{
	g_free(d->publish);
	d->publish = g_memdup2(body, size);
	d->publish_size = size;
}

/* ---- edits ---- */

/* The editor sent all of the text. */
static void document_sync(struct document *d, enum encoding e,
			  const char *bytes, size_t size)
{
	struct change c;
	struct shift s;

	if (!text_compare(d->text, e, bytes, size, &c))
		return;
	s = change_shift(&c, e);
	document_edited(d, &s);
	text_free(d->text);
	d->text = text_new(bytes, size);
}

/* false: it cannot be. */
static bool document_edit(const struct documents *docs, struct document *d,
			  const struct edit *edit)
{
	struct change c = edit->change;
	struct shift s;

	if (edit->whole) {
		document_sync(d, docs->encoding, c.bytes, c.size);
		return true;
	}
	if (docs->alone)
		text_fit(d->text, docs->encoding, &c);
	if (!text_apply(d->text, docs->encoding, &c))
		return false;
	s = change_shift(&c, docs->encoding);
	document_edited(d, &s);
	return true;
}

static void set_version(struct document *d, const char *version)
{
	g_free(d->version);
	d->version = version && strcmp(version, "null") ? g_strdup(version) :
							  NULL;
}

/* Takes @path. */
static struct document *document_new(struct documents *docs, char *path,
				     const char *bytes, size_t size)
{
	struct document *d = g_new0(struct document, 1);

	d->path = path;
	d->text = text_new(bytes, size);
	d->journal = journal_new();
	/* no stamp names the text of one that was open before under its name */
	d->journal->first = ++docs->opened << 32;
	g_hash_table_insert(docs->table, path, d);
	return d;
}

struct document *documents_open(struct documents *docs, const char *uri,
				const char *version, const char *bytes,
				size_t size)
{
	struct document *d = documents_find(docs, uri);
	char *path;

	if (d) {
		document_sync(d, docs->encoding, bytes, size);
	} else {
		path = uri_path(uri);
		if (!path)
			return NULL;
		d = document_new(docs, path, bytes, size);
	}
	g_free(d->uri);
	d->uri = g_strdup(uri);
	set_version(d, version);
	return d;
}

void documents_close(struct documents *docs, const char *uri)
{
	struct document *d = documents_find(docs, uri);

	if (d)
		g_hash_table_remove(docs->table, d->path);
}

/* false: one cannot be. */
static bool edit_all(const struct documents *docs, struct document *d,
		     const GArray *edits)
{
	for (guint i = 0; i < edits->len; i++)
		if (!document_edit(docs, d,
				   &g_array_index(edits, struct edit, i)))
			return false;
	return true;
}

enum change_result documents_change(struct documents *docs, const char *uri,
				    const char *version, json_object *changes)
{
	struct document *d = documents_find(docs, uri);
	GArray *edits = d ? edits_read(changes) : NULL;
	bool done;

	if (!edits)
		return CHANGE_IGNORED;
	done = edit_all(docs, d, edits);
	g_array_free(edits, TRUE);
	if (!done)
		return CHANGE_LOST;
	set_version(d, version);
	return CHANGE_DONE;
}
