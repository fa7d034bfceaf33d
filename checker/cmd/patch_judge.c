// SPDX-License-Identifier: GPL-2.0-only
/*
 * Patch by patch: the units that it concerns are checked as they were before
 * and as they are after it. The tree's own state comes from the store of the
 * run; the others are kept in one of their own, so that what comes after a patch
 * is not read again as what is there before the next.
 */
#include "cmd/patch_judge.h"

#include <string.h>

#include "cmd/check.h"
#include "cmd/engines.h"
#include "cmd/models.h"
#include "cmd/suppress.h"
#include "patch/patch.h"
#include "pipeline/pipeline.h"
#include "report/change.h"

struct state {
	const struct patch_judge *j;
	struct run_options overlaid; /* how states that are no tree are run */
	char *reader;
	struct report *into;
	struct patch_outcome *outcome;
	GHashTable *shown;   /* fingerprint -> struct finding *, of @into */
};

/* ---- the units in a state ---- */

static gboolean is_in_tree(const struct state *s, const struct patch_unit *u)
{
	return !u->state && states_is_tree(s->j->target->states, 0);
}

static gboolean exists(const struct state *s, const struct patch_unit *u,
		       unsigned k)
{
	char *file = states_file(s->j->target->states, k, u->file);
	gboolean there = file != NULL;

	g_free(file);
	return there;
}

/* Of the patch's units those that are there in state @k, in or out of the tree. */
static struct units *units_in(const struct state *s, unsigned patch, unsigned k,
			      gboolean in_tree)
{
	const GPtrArray *all = s->j->units->of[patch];
	struct units *list = units_new();

	for (guint i = 0; i < all->len; i++) {
		const struct patch_unit *u = all->pdata[i];

		if (is_in_tree(s, u) == in_tree && exists(s, u, k))
			units_add(list, u->file, states_command(
				s->j->target->states, u->state, u->cmd));
	}
	return list;
}

/* ---- a run ---- */

static struct report *run(const struct state *s, struct units *units,
			  const struct run_options *options)
{
	const struct check_options *o = s->j->options;
	const struct pipeline_options pipeline = {
		.model = s->j->model->model,
		.model_digest = s->j->model->digest,
		.rules = o->rules, .replay = o->replay,
		.memory = o->memory,
		.reader = options->store ? s->reader : NULL
	};
	const struct check_run run = {
		.options = options, .units = units, .pass = pipeline_check,
		.pipeline = &pipeline, .min = o->min, .noise = s->j->noise
	};

	return check_run(&run);
}

/* What there is in a state. */
struct found {
	struct units *units;
	struct report *report;
};

static void found_clear(struct found *f)
{
	units_free(f->units);
	report_free(f->report);
}

/* In the units of patch @patch as they are in state @k. */
static struct found find(const struct state *s, unsigned patch, unsigned k)
{
	struct units *tree = units_in(s, patch, k, TRUE);
	struct found f = { .units = units_in(s, patch, k, FALSE) };

	f.report = run(s, f.units, &s->overlaid);
	report_merge(f.report, run(s, tree, &s->j->options->run));
	report_finish(f.report);
	units_take(f.units, tree);
	for (guint i = 0; i < f.report->findings->len; i++)
		((struct finding *)f.report->findings->pdata[i])->state = k;
	return f;
}

/* ---- what changed ---- */

char *patch_text_of(unsigned state, const char *file, void *states)
{
	char *path = g_canonicalize_filename(file, NULL);
	char *there = states_file(states, state, path), *text = NULL;

	if (there)
		g_file_get_contents(there, &text, NULL, NULL);
	g_free(there);
	g_free(path);
	return text;
}

struct place {
	const struct state *s;
	unsigned k;
};

static gboolean is_touched(const char *file, int line, void *data)
{
	const struct place *p = data;
	char *path = g_canonicalize_filename(file, NULL);
	gboolean touched = states_touched(p->s->j->target->states, p->k, path,
					  line);

	g_free(path);
	return touched;
}

/* By comments in the text of its state; what they hide is marked. */
static int suppress_found(const struct state *s, const struct found *f,
			  unsigned k)
{
	const struct engines engines = { .clang = TRUE };
	const struct suppress_text text = { k, patch_text_of,
					    s->j->target->states, TRUE };

	return suppress(f->report, f->units, s->j->options->rules, &engines,
			&text);
}

/* What a comment of the patch suppresses is not fixed by it. */
static void compare(const struct state *s, unsigned k, struct found *before,
		    struct found *after)
{
	struct place place = { s, k };

	suppress_found(s, before, k - 1);
	report_filter_suppressed(before->report);
	s->outcome->suppressed += suppress_found(s, after, k);
	report_compare(before->report, after->report, is_touched, &place);
	report_filter_suppressed(after->report);
}

/* ---- what is shown ---- */

/* "2/3: subject"; the caller frees it. */
static char *patch_name(const struct state *s, unsigned k)
{
	const GPtrArray *patches = s->j->series->patches;
	const struct patch *p = patches->pdata[k - 1];

	if (patches->len == 1)
		return g_strdup(p->subject ? p->subject : "the patch");
	return g_strdup_printf("%u/%u%s%s", k, patches->len,
			       p->subject ? ": " : "",
			       p->subject ? p->subject : "");
}

static void show(const struct state *s, unsigned k, struct finding *f)
{
	f->patch = patch_name(s, k);
	report_add(s->into, f);
	g_hash_table_insert(s->shown, f->fingerprint, f);
}

/* What an earlier patch brought is there still: its places are where it is now. */
static void update(const struct state *s, struct finding *shown,
		   struct finding *now)
{
	guint at;

	if (shown->state == now->state ||
	    !g_ptr_array_find(s->into->findings, shown, &at)) {
		finding_free(now);
		return;
	}
	now->change = shown->change;
	now->patch = g_strdup(shown->patch);
	g_hash_table_insert(s->shown, now->fingerprint, now);
	s->into->findings->pdata[at] = now;
	finding_free(shown);
}

/* Takes @f. */
static void take_after(const struct state *s, unsigned k, struct finding *f)
{
	struct finding *shown = g_hash_table_lookup(s->shown, f->fingerprint);

	if (f->severity < s->j->options->min) {
		finding_free(f);
	} else if (shown && f->change == CHANGE_PRE_EXISTING) {
		update(s, shown, f);
	} else if (s->j->all || f->change != CHANGE_PRE_EXISTING) {
		show(s, k, f);
	} else {
		s->outcome->pre_existing++;
		finding_free(f);
	}
}

/* Takes @f. What a patch brought is not there any more for those that follow. */
static void take_before(const struct state *s, unsigned k, struct finding *f)
{
	if (f->change != CHANGE_FIXED || f->severity < s->j->options->min) {
		finding_free(f);
		return;
	}
	g_hash_table_remove(s->shown, f->fingerprint);
	f->patch = patch_name(s, k);
	report_add(s->into, f);
}

typedef void (*take_fn)(const struct state *s, unsigned k, struct finding *f);

/* The findings one by one, and then what could not be analysed. */
static void take(const struct state *s, unsigned k, struct found *from,
		 take_fn fn)
{
	GPtrArray *findings = from->report->findings;

	from->report->findings = g_ptr_array_new();
	for (guint i = 0; i < findings->len; i++)
		fn(s, k, findings->pdata[i]);
	g_ptr_array_set_free_func(findings, NULL);
	g_ptr_array_unref(findings);
	report_merge(s->into, g_steal_pointer(&from->report));
}

/* ---- a patch ---- */

static void enter(const struct state *s, unsigned k)
{
	const GPtrArray *units = s->j->units->of[k];

	for (guint i = 0; i < units->len; i++)
		((struct patch_unit *)units->pdata[i])->state = k;
}

static void judge(struct state *s, unsigned k)
{
	struct found before, after;

	if (!s->j->units->of[k]->len)
		return;
	before = find(s, k, k - 1);
	enter(s, k);
	after = find(s, k, k);
	compare(s, k, &before, &after);
	before.report->files = before.report->functions = 0;
	take(s, k, &before, take_before);
	take(s, k, &after, take_after);
	found_clear(&before);
	found_clear(&after);
}

void patch_judge(const struct patch_judge *j, struct report *into,
		 struct patch_outcome *ret)
{
	struct state s = { .j = j, .into = into, .outcome = ret,
			   .overlaid = j->options->run };

	*ret = (struct patch_outcome){ 0 };
	s.reader = pipeline_reader();
	s.shown = g_hash_table_new(g_str_hash, g_str_equal);
	/* what is precompiled is judged by the files of the tree */
	s.overlaid.no_pch = TRUE;
	s.overlaid.store = g_build_filename(j->target->scratch, "states.db",
					    NULL);
	for (unsigned k = 1; k <= j->target->n; k++)
		judge(&s, k);
	g_free(s.overlaid.store);
	g_hash_table_unref(s.shown);
	g_free(s.reader);
}
