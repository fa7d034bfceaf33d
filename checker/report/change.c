// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a patch changes: the findings of before and after it are matched in
 * rounds, from the sure to the likely, and what is left over is classified.
 * Files are not looked at: which lines the patch wrote, and what functions they
 * have, is asked.
 */
#include "report/change.h"

#include "private.h"

static const char *const names[] = {
	[CHANGE_NONE] = "",
	[CHANGE_INTRODUCED] = "introduced",
	[CHANGE_EXPOSED] = "exposed",
	[CHANGE_FIXED] = "fixed",
	[CHANGE_PRE_EXISTING] = "pre-existing",
};

/* ---- the classes in words ---- */

const char *change_name(enum change c)
{
	return names[c];
}

gboolean change_parse(const char *name, enum change *ret_change)
{
	for (int c = CHANGE_INTRODUCED; c <= CHANGE_PRE_EXISTING; c++)
		if (!g_strcmp0(name, names[c])) {
			*ret_change = c;
			return TRUE;
		}
	return FALSE;
}

char *change_text(const struct finding *f)
{
	if (f->change == CHANGE_NONE)
		return NULL;
	/* No patch has a part in what is there before and after. */
	if (!f->patch || f->change == CHANGE_PRE_EXISTING)
		return g_strdup(change_name(f->change));
	return g_strdup_printf("%s by %s", change_name(f->change), f->patch);
}

char *change_message(const struct finding *f)
{
	char *change = change_text(f), *message;

	message = change ? g_strdup_printf("%s (%s)", f->message, change) :
			   g_strdup(f->message);
	g_free(change);
	return message;
}

/* ---- what is in both ---- */

typedef char *(*key_of)(const struct finding *f);

/* Of what is joined, only files, at the end, may have an end of line. */
static const char *text_of(const char *text)
{
	return text ? text : "";
}

static char *key_in_place(const struct finding *f)
{
	return g_strjoin("\n", f->fingerprint, text_of(f->file), NULL);
}

static char *key_elsewhere(const struct finding *f)
{
	return g_strjoin("\n", f->rule, text_of(f->function), f->key, NULL);
}

/* Others in the file may have the key, too: the message has to be the same. */
static char *key_in_file(const struct finding *f)
{
	if (!*f->key)
		return NULL;
	return g_strjoin("\n", f->rule, f->key, f->message,
			 text_of(f->file), NULL);
}

static char *key_if_left(const struct finding *f, const void *data)
{
	const key_of *key = data;

	return f->change == CHANGE_NONE ? (*key)(f) : NULL;
}

static void meet_same(struct finding *f, void *same)
{
	struct finding *other = same;

	f->change = other->change = CHANGE_PRE_EXISTING;
	f->was = other;
	other->unseen = FALSE;
}

/* What it has become is new. */
static void meet_more_severe(struct finding *f, void *more_severe)
{
	f->change = CHANGE_PRE_EXISTING;
	f->unseen = FALSE;
}

/* What is left of @seen meets what is left of @pooled. */
static void match(const GPtrArray *pooled, const GPtrArray *seen, key_of key,
		  void (*met)(struct finding *f, void *item))
{
	const struct match m = { key_if_left, met, &key };
	struct match_pool *pool = match_pool_new();

	for (guint i = 0; i < pooled->len; i++) {
		struct finding *f = pooled->pdata[i];
		char *text = key_if_left(f, &key);

		if (text)
			match_pool_add(pool, text, f->severity, f);
	}
	match_findings(pool, seen, &m);
	match_pool_free(pool);
}

/* ---- code that moved ---- */

/* Those left whose function their file has on their side of the patch alone. */
static GPtrArray *on_one_side(const GPtrArray *findings, gboolean after,
			      const struct change_source *s)
{
	GPtrArray *list = g_ptr_array_new();

	for (guint i = 0; i < findings->len; i++) {
		struct finding *f = findings->pdata[i];

		if (f->change == CHANGE_NONE && f->file &&
		    !s->defines(!after, f->file, f->function, s->data))
			g_ptr_array_add(list, f);
	}
	return list;
}

/* The findings left of functions that are gone, and of those that are new. */
struct moves {
	GPtrArray *gone, *fresh;
};

static void moves_find(struct moves *m, const GPtrArray *before,
		       const GPtrArray *after, const struct change_source *s)
{
	m->gone = on_one_side(before, FALSE, s);
	m->fresh = on_one_side(after, TRUE, s);
}

static void moves_clear(struct moves *m)
{
	g_ptr_array_unref(m->gone);
	g_ptr_array_unref(m->fresh);
}

/* In its place; or moved, if the function is gone here or new there. */
static void match_same(const GPtrArray *before, const GPtrArray *after,
		       const struct change_source *s)
{
	struct moves m;

	match(before, after, key_in_place, meet_same);
	moves_find(&m, before, after, s);
	match(m.gone, after, key_elsewhere, meet_same);
	match(before, m.fresh, key_elsewhere, meet_same);
	moves_clear(&m);
}

static void match_renamed(const GPtrArray *before, const GPtrArray *after,
			  const struct change_source *s)
{
	struct moves m;

	moves_find(&m, before, after, s);
	match(m.gone, m.fresh, key_in_file, meet_same);
	moves_clear(&m);
}

/* What is left of @before meets what is more severe: that stays new. */
static void match_more_severe(const GPtrArray *before, const GPtrArray *after,
			      const struct change_source *s)
{
	struct moves m;

	match(after, before, key_in_place, meet_more_severe);
	moves_find(&m, before, after, s);
	match(after, m.gone, key_elsewhere, meet_more_severe);
	match(m.fresh, before, key_elsewhere, meet_more_severe);
	moves_clear(&m);
}

/* ---- what is not seen ---- */

static char *place_of(const char *file, const char *function)
{
	return g_strjoin("\n", text_of(function), text_of(file), NULL);
}

/* Where a run did not look, or not at all of it. */
struct gaps {
	GHashTable *places; /* of its skips */
	GHashTable *units;  /* those of the report */
	gboolean broken;    /* is one of them not analysed whole? */
};

static void gaps_find(struct gaps *g, const struct report *r)
{
	GHashTableIter it;
	void *whole;

	g->places = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	g->units = r->units;
	g->broken = FALSE;
	for (guint i = 0; i < r->skips->len; i++) {
		const struct coverage_skip *s;

		s = &g_array_index(r->skips, struct coverage_skip, i);
		g_hash_table_add(g->places, place_of(s->file, s->function));
	}
	g_hash_table_iter_init(&it, r->units);
	while (g_hash_table_iter_next(&it, NULL, &whole))
		g->broken = g->broken || !GPOINTER_TO_INT(whole);
}

/* Is it, or with no @function the file, a skip, and none of @other? */
static gboolean is_skipped(const struct gaps *g, const struct gaps *other,
			   const char *file, const char *function)
{
	char *place = place_of(file, function);
	gboolean found = g_hash_table_contains(g->places, place) &&
			 !(other && g_hash_table_contains(other->places, place));

	g_free(place);
	return found;
}

/* In which unit a header was read is not known: any may be the one. */
static gboolean is_unseen(const struct finding *f, const struct gaps *g,
			  const struct gaps *other)
{
	void *whole;

	if (is_skipped(g, other, f->file, f->function))
		return TRUE;
	if (f->file && g_hash_table_lookup_extended(g->units, f->file, NULL,
						    &whole))
		return !GPOINTER_TO_INT(whole);
	return g->broken || is_skipped(g, other, f->file, NULL);
}

/* What was not looked for again is not gone. */
static void keep_unseen(const GPtrArray *before, const struct gaps *was,
			const struct gaps *is)
{
	for (guint i = 0; i < before->len; i++) {
		struct finding *f = before->pdata[i];

		if (f->change != CHANGE_NONE)
			continue;
		/* of an earlier state: a skip of both hides it still */
		f->unseen = is_unseen(f, is, f->unseen ? NULL : was);
		if (f->unseen)
			f->change = CHANGE_PRE_EXISTING;
	}
}

/* What was not looked for before is not new. */
static void keep_older(const GPtrArray *older, const struct gaps *was,
		       const struct gaps *is)
{
	for (guint i = 0; i < older->len; i++) {
		struct finding *f = older->pdata[i];

		if (f->change == CHANGE_NONE && is_unseen(f, was, is))
			f->change = CHANGE_PRE_EXISTING;
	}
}

static void keep_all(const struct report *before, const struct report *after,
		     const GPtrArray *older)
{
	struct gaps was, is;

	gaps_find(&was, before);
	gaps_find(&is, after);
	keep_unseen(before->findings, &was, &is);
	keep_older(older, &was, &is);
	g_hash_table_unref(was.places);
	g_hash_table_unref(is.places);
}

/* ---- what the patch wrote ---- */

static gboolean is_touched(const struct finding *f,
			   const struct change_source *source)
{
	gboolean found = f->file &&
			 source->touched(f->file, f->line, source->data);

	for (guint i = 0; i < f->steps->len && !found; i++) {
		const struct step *s = f->steps->pdata[i];
		const char *file = s->file ? s->file : f->file;

		found = file && source->touched(file, s->line, source->data);
	}
	return found;
}

static void classify_left(const GPtrArray *findings, enum change c)
{
	for (guint i = 0; i < findings->len; i++) {
		struct finding *f = findings->pdata[i];

		if (f->change == CHANGE_NONE)
			f->change = c;
	}
}

static void forget_changes(const struct report *r)
{
	for (guint i = 0; i < r->findings->len; i++) {
		struct finding *f = r->findings->pdata[i];

		f->change = CHANGE_NONE;
		f->was = NULL;
	}
}

/* The findings of after the patch, in the order in which they are matched. */
struct seen {
	GPtrArray *older;   /* of lines that the patch did not write */
	GPtrArray *written; /* the others */
	GPtrArray *told;    /* both */
	GPtrArray *hidden;  /* suppressed, of whatever lines */
};

static void seen_sort(struct seen *s, const struct report *r,
		      const struct change_source *source)
{
	*s = (struct seen){ g_ptr_array_new(), g_ptr_array_new(),
			    g_ptr_array_new(), g_ptr_array_new() };
	for (guint i = 0; i < r->findings->len; i++) {
		struct finding *f = r->findings->pdata[i];

		if (f->suppressed)
			g_ptr_array_add(s->hidden, f);
		else if (is_touched(f, source))
			g_ptr_array_add(s->written, f);
		else
			g_ptr_array_add(s->older, f);
	}
	g_ptr_array_extend(s->told, s->older, NULL, NULL);
	g_ptr_array_extend(s->told, s->written, NULL, NULL);
}

static void seen_clear(struct seen *s)
{
	g_ptr_array_unref(s->older);
	g_ptr_array_unref(s->written);
	g_ptr_array_unref(s->told);
	g_ptr_array_unref(s->hidden);
}

/* What is told takes first, and the function with a new name last. */
static void match_all(const GPtrArray *before, const struct seen *s,
		      const struct change_source *source)
{
	match_same(before, s->told, source);
	match_renamed(before, s->older, source);
	match_same(before, s->hidden, source);
	match_more_severe(before, s->told, source);
}

void report_compare(struct report *before, struct report *after,
		    const struct change_source *source)
{
	struct seen seen;

	forget_changes(before);
	forget_changes(after);
	seen_sort(&seen, after, source);
	match_all(before->findings, &seen, source);
	keep_all(before, after, seen.older);
	classify_left(seen.written, CHANGE_INTRODUCED);
	classify_left(seen.older, CHANGE_EXPOSED);
	classify_left(seen.hidden, CHANGE_EXPOSED);
	classify_left(before->findings, CHANGE_FIXED);
	seen_clear(&seen);
}
