// SPDX-License-Identifier: GPL-2.0-only
/*
 * A finding is told once, whatever the number of patches that it lives through:
 * by whom it came, at the place that it has in the end.
 */
#include "cmd/patch_told.h"

#include "cmd/check.h"
#include "patch/patch.h"

struct patch_told {
	const struct patch_judge *judge;
	struct report *into;
	struct patch_outcome *outcome;
	/*
	 * What the next patch may find to be pre-existing: place_of() -> the
	 * struct finding *, of @into, that is shown for it; NULL: it is hidden.
	 */
	GHashTable *told;
	GHashTable *now;     /* the same, of the patch that is judged */
	GPtrArray *unseen;   /* struct finding *: who knows if they are there */
};

/* "2/3: subject"; the caller frees it. */
static char *patch_name(const struct patch_told *t, unsigned k)
{
	const GPtrArray *patches = t->judge->series->patches;
	const struct patch *p = patches->pdata[k - 1];

	if (patches->len == 1)
		return g_strdup(p->subject ? p->subject : "the patch");
	return g_strdup_printf("%u/%u%s%s", k, patches->len,
			       p->subject ? ": " : "",
			       p->subject ? p->subject : "");
}

/* What a finding of one state is known by. The caller frees it. */
static char *place_of(const struct finding *f)
{
	return g_strdup_printf("%s:%d:%d:%s", f->fingerprint, f->line,
			       f->column, f->file ? f->file : "");
}

static void show(struct patch_told *t, unsigned k, struct finding *f)
{
	f->patch = patch_name(t, k);
	report_add(t->into, f);
	g_hash_table_insert(t->now, place_of(f), f);
}

/* Takes @f. */
static void hide(struct patch_told *t, struct finding *f)
{
	g_hash_table_insert(t->now, place_of(f), NULL);
	finding_free(f);
}

/*
 * Takes @f, of before the patch, out of what was told. FALSE: it was not;
 * *@ret_shown is NULL if it was hidden, or not told.
 */
static gboolean take_told(struct patch_told *t, const struct finding *f,
			  struct finding **ret_shown)
{
	char *place = place_of(f);
	gboolean told = g_hash_table_contains(t->told, place);

	*ret_shown = g_hash_table_lookup(t->told, place);
	g_hash_table_remove(t->told, place);
	g_free(place);
	return told;
}

/* What an earlier patch brought is there still, at the place of @now. */
static void update(struct patch_told *t, struct finding *shown,
		   struct finding *now)
{
	guint at;

	if (!g_ptr_array_find(t->into->findings, shown, &at)) {
		finding_free(now);
		return;
	}
	now->change = shown->change;
	now->patch = g_strdup(shown->patch);
	t->into->findings->pdata[at] = now;
	g_hash_table_insert(t->now, place_of(now), now);
	finding_free(shown);
}

/* Takes @f. */
static void take_after(struct patch_told *t, unsigned k, struct finding *f)
{
	struct finding *shown = NULL;
	gboolean told = f->was && take_told(t, f->was, &shown);

	f->was = NULL; /* it will outlive that */
	if (f->severity < t->judge->options->min) {
		finding_free(f);
	} else if (shown) {
		update(t, shown, f);
	} else if (t->judge->all || f->change != CHANGE_PRE_EXISTING) {
		show(t, k, f);
	} else {
		t->outcome->pre_existing += !told;
		hide(t, f);
	}
}

/* Takes @f. What is gone, the next patches cannot find to be pre-existing. */
static void take_before(struct patch_told *t, unsigned k, struct finding *f)
{
	struct finding *shown;

	/* what was told of it stays so */
	if (f->unseen) {
		g_ptr_array_add(t->unseen, f);
		return;
	}
	take_told(t, f, &shown);
	if (f->change != CHANGE_FIXED || f->severity < t->judge->options->min) {
		finding_free(f);
		return;
	}
	f->patch = patch_name(t, k);
	report_add(t->into, f);
}

/* At its end: a place of after the patch may be that of another before it. */
static void remember(struct patch_told *t)
{
	GHashTableIter it;
	void *place, *shown;

	g_hash_table_iter_init(&it, t->now);
	while (g_hash_table_iter_next(&it, &place, &shown)) {
		g_hash_table_iter_steal(&it);
		g_hash_table_insert(t->told, place, shown);
	}
}

typedef void (*take_fn)(struct patch_told *t, unsigned k, struct finding *f);

/* The findings one by one, and then what could not be analysed. */
static void take(struct patch_told *t, unsigned k, struct report *from,
		 take_fn fn)
{
	GPtrArray *findings = from->findings;

	from->findings = g_ptr_array_new();
	for (guint i = 0; i < findings->len; i++)
		fn(t, k, findings->pdata[i]);
	g_ptr_array_set_free_func(findings, NULL);
	g_ptr_array_unref(findings);
	report_merge(t->into, from);
}

void patch_told_take(struct patch_told *t, unsigned k, struct report *before,
		     struct report *after)
{
	/* what was read of it is counted after the patch */
	before->files = before->functions = 0;
	take(t, k, after, take_after);
	take(t, k, before, take_before);
	remember(t);
}

GPtrArray *patch_told_unseen(struct patch_told *t)
{
	return t->unseen;
}

/* ---- the whole ---- */

static void free_finding(void *f)
{
	finding_free(f);
}

struct patch_told *patch_told_new(const struct patch_judge *j,
				  struct report *into,
				  struct patch_outcome *outcome)
{
	struct patch_told *t = g_new0(struct patch_told, 1);

	t->judge = j;
	t->into = into;
	t->outcome = outcome;
	t->unseen = g_ptr_array_new_with_free_func(free_finding);
	t->told = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	t->now = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	return t;
}

void patch_told_free(struct patch_told *t)
{
	g_ptr_array_unref(t->unseen);
	g_hash_table_unref(t->told);
	g_hash_table_unref(t->now);
	g_free(t);
}
