// SPDX-License-Identifier: GPL-2.0-only
/*
 * The open documents, by path. Two names of one file are two documents; two
 * hard links are taken for two files.
 */
#include "cmd/lsp_documents.h"

#include <stdlib.h>
#include <string.h>

struct documents {
	GHashTable *by_path; /* the editor's name -> document */
	GHashTable *by_file; /* the real name -> document that counts */
	GPtrArray *all;	     /* struct document *, owned, by path */
	guint changes;
	const struct document *asked; /* which a question is about; or NULL */
};

static void document_free(void *document)
{
	struct document *doc = document;

	g_free(doc->path);
	g_free(doc->real);
	g_free(doc->uri);
	g_free(doc->text);
	g_free(doc);
}

struct documents *documents_new(void)
{
	struct documents *d = g_new0(struct documents, 1);

	d->by_path = g_hash_table_new(g_str_hash, g_str_equal);
	d->by_file = g_hash_table_new(g_str_hash, g_str_equal);
	d->all = g_ptr_array_new_with_free_func(document_free);
	return d;
}

void documents_free(struct documents *d)
{
	if (!d)
		return;
	g_hash_table_unref(d->by_path);
	g_hash_table_unref(d->by_file);
	g_ptr_array_unref(d->all);
	g_free(d);
}

static int compare_paths(const void *a, const void *b)
{
	const struct document *x = *(void *const *)a;
	const struct document *y = *(void *const *)b;

	return strcmp(x->path, y->path);
}

/* Of two that are one file: does the text of @a count for it, not @b's? */
static bool counts_before(const struct documents *d, const struct document *a,
			  const struct document *b)
{
	if (a == d->asked || b == d->asked)
		return a == d->asked;
	return a->changed > b->changed;
}

/* Each has its own name; the file's is that of the text that counts for it. */
static void index_paths(struct documents *d)
{
	g_hash_table_remove_all(d->by_path);
	g_hash_table_remove_all(d->by_file);
	for (guint i = 0; i < d->all->len; i++) {
		struct document *doc = d->all->pdata[i], *other;

		g_hash_table_insert(d->by_path, doc->path, doc);
		other = g_hash_table_lookup(d->by_file, doc->real);
		if (!other || counts_before(d, doc, other))
			g_hash_table_insert(d->by_file, doc->real, doc);
	}
}

void documents_close(struct documents *d, const char *path)
{
	for (guint i = 0; i < d->all->len; i++) {
		const struct document *doc = d->all->pdata[i];

		if (strcmp(doc->path, path))
			continue;
		if (doc == d->asked)
			d->asked = NULL;
		g_ptr_array_remove_index(d->all, i);
		break;
	}
	index_paths(d);
	d->changes++;
}

void documents_set(struct documents *d, struct document *doc)
{
	char *real = realpath(doc->path, NULL);

	documents_close(d, doc->path);
	doc->real = g_strdup(real ? real : doc->path);
	doc->changed = d->changes;
	g_ptr_array_add(d->all, doc);
	g_ptr_array_sort(d->all, compare_paths);
	index_paths(d);
	free(real);
}

const struct document *documents_find(const struct documents *d,
				      const char *path)
{
	const struct document *doc = g_hash_table_lookup(d->by_path, path);

	return doc ? doc : g_hash_table_lookup(d->by_file, path);
}

void documents_ask(struct documents *d, const struct document *doc)
{
	if (d->asked == doc)
		return;
	d->asked = doc;
	index_paths(d);
}

const struct document *documents_counting(const struct documents *d,
					  const char *path)
{
	const struct document *doc = documents_find(d, path);

	return doc ? g_hash_table_lookup(d->by_file, doc->real) : NULL;
}

const GPtrArray *documents_all(const struct documents *d)
{
	return d->all;
}

guint documents_changes(const struct documents *d)
{
	return d->changes;
}

static int compare_buffers(const void *a, const void *b)
{
	const struct buffer *x = a, *y = b;

	return strcmp(x->path, y->path);
}

static void add_buffer(GArray *buffers, const char *path,
		       const struct document *doc)
{
	const struct buffer b = { path, doc->text, doc->size };

	g_array_append_val(buffers, b);
}

GArray *documents_buffers(const struct documents *d,
			  const struct document *doc, const GString *other)
{
	GArray *buffers = g_array_new(FALSE, FALSE, sizeof(struct buffer));
	struct document changed = { 0 };

	if (other)
		changed = (struct document){ .text = other->str,
					     .size = other->len };
	for (guint i = 0; i < d->all->len; i++) {
		const struct document *open = d->all->pdata[i];
		const struct document *now = documents_counting(d, open->path);
		const char *real = open->real;

		if (other && now == doc)
			now = &changed;
		add_buffer(buffers, open->path, now);
		if (!g_hash_table_contains(d->by_path, real) &&
		    g_hash_table_lookup(d->by_file, real) == open)
			add_buffer(buffers, real, now);
	}
	g_array_sort(buffers, compare_buffers);
	return buffers;
}

char *documents_text(const struct documents *d, const char *path,
		     size_t *ret_size)
{
	const struct document *doc = documents_counting(d, path);
	char *text;

	if (doc) {
		*ret_size = doc->size;
		return g_memdup2(doc->text, doc->size + 1);
	}
	/* what is no file may block, or never end */
	if (!g_file_test(path, G_FILE_TEST_IS_REGULAR) ||
	    !g_file_get_contents(path, &text, ret_size, NULL))
		return NULL;
	return text;
}

char *documents_uri(const struct documents *d, const char *path)
{
	const struct document *doc = documents_counting(d, path);

	if (doc)
		return g_strdup(doc->uri);
	return g_filename_to_uri(path, NULL, NULL);
}
