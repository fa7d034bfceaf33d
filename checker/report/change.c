// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a patch changes: the findings of before and after it are matched in
 * rounds, from the sure to the likely, and what is left over is classified.
 * Files are not looked at: which lines the patch wrote is asked.
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
}

/* What it has become is new. */
static void meet_more_severe(struct finding *f, void *more_severe)
{
	f->change = CHANGE_PRE_EXISTING;
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

/* ---- what is no longer seen ---- */

static char *place_of(const char *file, const char *function)
{
	return g_strjoin("\n", text_of(function), text_of(file), NULL);
}

static GHashTable *skipped_places(const struct report *r)
{
	GHashTable *places = g_hash_table_new_full(g_str_hash, g_str_equal,
						   g_free, NULL);

	for (guint i = 0; i < r->skips->len; i++) {
		const struct coverage_skip *s;

		s = &g_array_index(r->skips, struct coverage_skip, i);
		g_hash_table_add(places, place_of(s->file, s->function));
	}
	return places;
}

/* Was it, or with no @function the file, skipped in the later run alone? */
static gboolean is_newly_skipped(GHashTable *before, GHashTable *after,
				 const char *file, const char *function)
{
	char *place = place_of(file, function);
	gboolean found = g_hash_table_contains(after, place) &&
			 !g_hash_table_contains(before, place);

	g_free(place);
	return found;
}

/* What was not looked for again is not gone. */
static void keep_unseen(const struct report *before, const struct report *after)
{
	GHashTable *was = skipped_places(before), *is = skipped_places(after);

	for (guint i = 0; i < before->findings->len; i++) {
		struct finding *f = before->findings->pdata[i];

		if (f->change == CHANGE_NONE &&
		    (is_newly_skipped(was, is, f->file, NULL) ||
		     is_newly_skipped(was, is, f->file, f->function)))
			f->change = CHANGE_PRE_EXISTING;
	}
	g_hash_table_unref(was);
	g_hash_table_unref(is);
}

/* ---- what the patch wrote ---- */

static gboolean is_touched(const struct finding *f, report_touched touched,
			   void *data)
{
	gboolean found = f->file && touched(f->file, f->line, data);

	for (guint i = 0; i < f->steps->len && !found; i++) {
		const struct step *s = f->steps->pdata[i];
		const char *file = s->file ? s->file : f->file;

		found = file && touched(file, s->line, data);
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
		      report_touched touched, void *data)
{
	*s = (struct seen){ g_ptr_array_new(), g_ptr_array_new(),
			    g_ptr_array_new(), g_ptr_array_new() };
	for (guint i = 0; i < r->findings->len; i++) {
		struct finding *f = r->findings->pdata[i];

		if (f->suppressed)
			g_ptr_array_add(s->hidden, f);
		else if (is_touched(f, touched, data))
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
static void match_all(const GPtrArray *before, const struct seen *s)
{
	match(before, s->told, key_in_place, meet_same);
	match(before, s->told, key_elsewhere, meet_same);
	match(before, s->older, key_in_file, meet_same);
	match(before, s->hidden, key_in_place, meet_same);
	match(before, s->hidden, key_elsewhere, meet_same);
	match(s->told, before, key_elsewhere, meet_more_severe);
}

void report_compare(struct report *before, struct report *after,
		    report_touched touched, void *data)
{
	struct seen seen;

	forget_changes(before);
	forget_changes(after);
	seen_sort(&seen, after, touched, data);
	match_all(before->findings, &seen);
	keep_unseen(before, after);
	classify_left(seen.written, CHANGE_INTRODUCED);
	classify_left(seen.older, CHANGE_EXPOSED);
	classify_left(seen.hidden, CHANGE_EXPOSED);
	classify_left(before->findings, CHANGE_FIXED);
	seen_clear(&seen);
}
