// SPDX-License-Identifier: GPL-2.0-only
/*
 * The text of files outside of a set, as what it mentions, and the files that
 * it includes: found as the compiler would, without deciding conditions.
 */
#include "frontend/headers.h"

#include <string.h>

/* Of files outside the set, what is kept of their texts: some 20 MiB. */
#define MAX_ITEMS 400000

struct collecting {
	struct text *text;
	GHashTable *seen; /* what was mentioned, so that it is kept once, */
	int seen_in;	  /* in this condition: none, or the guard */
	bool sketch;	  /* only inclusions */
};

static GQuark quark_of(const char *text, size_t n)
{
	char *copy = g_strndup(text, n);
	GQuark q = n ? g_quark_from_string(copy) : 0;

	g_free(copy);
	return q;
}

/* Those that are new. */
static void add_questions(struct text *t, const GArray *conditions)
{
	guint i;

	for (i = t->questions->len; i < conditions->len; i++) {
		const struct condition *c =
			&g_array_index(conditions, struct condition, i);
		const struct question q = {
			c->outer, c->other, quark_of(c->name, c->length),
			c->defined, g_quark_to_string(quark_of(
				c->expression, c->expression_length))
		};

		g_array_append_val(t->questions, q);
	}
}

/*
 * Of what is mentioned again only the first mention matters, as long as no
 * macro came or went in between.
 */
static bool is_news(struct collecting *c, const struct mention *m,
		    const struct item *item)
{
	const bool changes = m->kind == MENTION_DEFINE ||
			     m->kind == MENTION_UNDEF;
	gsize key = ((gsize)item->name << 5 | (gsize)item->kind << 2 |
		     (gsize)item->called << 1) ^
		    (gsize)(item->value ^ item->macro) << 32;

	if (changes || item->condition != c->seen_in)
		g_hash_table_remove_all(c->seen);
	c->seen_in = item->condition;
	return !scan_is_free(m) || changes ||
	       g_hash_table_add(c->seen, (gpointer)key);
}

static void collect(const struct mention *m, void *data)
{
	struct collecting *c = data;
	struct item item = { .kind = m->kind, .called = m->called,
			     .condition = m->condition,
			     .angled = m->angled, .computed = m->computed,
			     .value = m->value, .compact = m->compact,
			     .offset = m->offset };

	if (c->sketch && m->kind != MENTION_INCLUDE)
		return;
	add_questions(c->text, m->conditions);
	item.last_condition = (int)c->text->questions->len - 1;
	if (m->kind == MENTION_INCLUDE) {
		item.file = g_quark_to_string(quark_of(m->name, m->length));
		g_array_append_val(c->text->items, item);
		g_hash_table_remove_all(c->seen);
		return;
	}
	item.name = quark_of(m->name, m->length);
	item.macro = quark_of(m->macro, m->macro_length);
	if (is_news(c, m, &item))
		g_array_append_val(c->text->items, item);
}

/* Is all but what asks for the guard in the condition that it is? */
static bool is_once(const struct text *t)
{
	guint i;

	for (i = 0; i < t->items->len; i++) {
		int k = g_array_index(t->items, struct item, i).condition;

		while (k > 0)
			k = g_array_index(t->questions, struct question,
					  k).outer;
		if (k < 0 && i)
			return false;
	}
	return t->guarded;
}

static void text_free(gpointer text)
{
	struct text *t = text;

	g_array_unref(t->items);
	g_array_unref(t->questions);
	g_free(t);
}

static struct text *text_new(const struct pch *p, const char *path)
{
	struct text *t = g_new0(struct text, 1);
	struct collecting c = { t, g_hash_table_new(NULL, NULL), -1,
				p->sketch };
	char *bytes;
	gsize n;

	t->path = g_intern_string(path);
	t->items = g_array_new(FALSE, FALSE, sizeof(struct item));
	t->questions = g_array_new(FALSE, FALSE, sizeof(struct question));
	if (overlay_text(p->overlay, path, &bytes, &n)) {
		t->why = scan_refuses(bytes, n);
		t->guarded = scan_is_guarded(bytes, n);
		t->reread = !t->guarded && scan_is_reread(bytes, n);
		scan_text(bytes, n, NULL, collect, &c);
		t->once = is_once(t);
		g_free(bytes);
	}
	g_hash_table_unref(c.seen);
	return t;
}

/* Is it a file of the set by another name? */
static bool is_in_set(const struct pch *p, const char *path)
{
	struct stat st;
	guint i;

	if (!overlay_stat(p->overlay, path, &st))
		return false;
	for (i = 0; i < p->headers->len; i++)
		if (pch_header(p, i)->inode == st.st_ino &&
		    pch_header(p, i)->device == st.st_dev)
			return strcmp(pch_header(p, i)->path, path);
	return false;
}

struct text *pch_text(struct pch *p, const char *path)
{
	struct text *t;

	if (!p->texts)
		p->texts = g_hash_table_new_full(g_str_hash, g_str_equal, NULL,
						 text_free);
	t = g_hash_table_lookup(p->texts, path);
	if (!t) {
		t = text_new(p, path);
		if (is_in_set(p, t->path))
			t->why = "another name of a header";
		g_hash_table_insert(p->texts, (gpointer)t->path, t);
		p->items += t->items->len;
	}
	return t;
}

static void forget_all(struct pch *p)
{
	if (p->texts)
		g_hash_table_remove_all(p->texts);
	p->items = 0;
}

void pch_forget_texts(struct pch *p)
{
	if (p->items > MAX_ITEMS)
		forget_all(p);
}

bool pch_see(struct pch *p, const struct compile_command *cmd)
{
	struct overlay *o;
	bool known = overlay_read(cmd, &o);

	if (!known || !overlay_same(p->overlay, o)) {
		forget_all(p);
		if (p->resolved)
			g_hash_table_remove_all(p->resolved);
	}
	overlay_free(p->overlay);
	p->overlay = o;
	return known;
}

void pch_search(struct pch *p, char **folders)
{
	if (p->search && g_strv_equal((const char *const *)p->search,
				      (const char *const *)folders)) {
		g_strfreev(folders);
		return;
	}
	g_strfreev(p->search);
	p->search = folders;
	if (p->resolved)
		g_hash_table_remove_all(p->resolved);
}

/*
 * Is there a file at @path, to which @folder and @file lead? To the compiler
 * "link/../" is where the link leads to, and not what it is in.
 */
static bool is_file(const struct pch *p, const char *path, const char *folder,
		    const char *file)
{
	struct stat st, other;
	char *raw;
	bool same;

	if (!overlay_stat(p->overlay, path, &st) || !S_ISREG(st.st_mode))
		return false;
	if (!folder || !strstr(file, ".."))
		return true;
	raw = g_build_filename(folder, file, NULL);
	same = overlay_stat(p->overlay, raw, &other) &&
	       st.st_dev == other.st_dev && st.st_ino == other.st_ino;
	g_free(raw);
	return same;
}

/* The first of @folder (may be NULL) and the search path that has @file. */
static char *search(const struct pch *p, const char *folder, const char *file)
{
	char *path = g_canonicalize_filename(file, folder);
	char **dir;

	if ((folder || g_path_is_absolute(file)) &&
	    is_file(p, path, folder, file))
		return path;
	g_free(path);
	for (dir = p->search; *dir; dir++) {
		path = g_canonicalize_filename(file, *dir);
		if (is_file(p, path, *dir, file))
			return path;
		g_free(path);
	}
	return NULL;
}

const char *pch_resolve(struct pch *p, const struct text *t,
			   const struct item *item)
{
	char *folder = item->angled ? NULL : g_path_get_dirname(t->path);
	char *key = g_strdup_printf("%s\n%s", folder ? folder : "",
				    item->file), *path;
	gpointer found;

	if (!p->resolved)
		p->resolved = g_hash_table_new_full(g_str_hash, g_str_equal,
						    g_free, g_free);
	if (!g_hash_table_lookup_extended(p->resolved, key, NULL, &found)) {
		path = search(p, folder, item->file);
		g_hash_table_insert(p->resolved, g_strdup(key), path);
		found = path;
	}
	g_free(key);
	g_free(folder);
	return found;
}

/* Outside of conditions, but for those that hold the first time. */
static bool is_usual(const struct text *t, int condition)
{
	const struct question *q;

	for (; condition >= 0; condition = q->outer) {
		q = &g_array_index(t->questions, struct question, condition);
		if (!q->name || q->defined || q->other >= 0)
			return false;
	}
	return true;
}

void pch_inclusions(struct pch *p, const char *path,
		    void (*fn)(const char *path, bool own, void *data),
		    void *data)
{
	const struct text *t = pch_text(p, path);
	guint i;

	for (i = 0; i < t->items->len; i++) {
		const struct item *k = &g_array_index(t->items, struct item,
						      i);
		const char *found = NULL;

		if (k->kind == MENTION_INCLUDE && k->file &&
		    is_usual(t, k->condition))
			found = pch_resolve(p, t, k);
		if (found)
			fn(found, !k->angled, data);
	}
}

bool pch_file_is_guarded(struct pch *p, const char *path)
{
	return pch_text(p, path)->guarded;
}

bool pch_file_is_reread(struct pch *p, const char *path)
{
	return pch_text(p, path)->reread;
}
