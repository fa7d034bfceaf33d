// SPDX-License-Identifier: GPL-2.0-only
/*
 * Patch by patch: the units that it concerns are checked as they were before
 * and as they are after it, and what is found is compared.
 */
#include "cmd/patch_judge.h"

#include "cmd/check.h"
#include "cmd/engines.h"
#include "cmd/models.h"
#include "cmd/patch_found.h"
#include "cmd/patch_told.h"
#include "cmd/patch_worlds.h"
#include "cmd/suppress.h"
#include "patch/patch.h"
#include "pipeline/pipeline.h"
#include "report/change.h"

struct state {
	const struct patch_judge *j;
	struct patch_runner runner;
	struct patch_told *told;
	struct report *into;
	struct patch_outcome *outcome;
	GHashTable *known;	/* files whose unit one state was whole of */
};

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

static gboolean defines(gboolean after, const char *file, const char *function,
			void *data)
{
	const struct place *p = data;
	char *path = g_canonicalize_filename(file, NULL);
	gboolean found = states_defines(p->s->j->target->states,
					p->k - !after, path, function);

	g_free(path);
	return found;
}

/* By comments in the text of its state; what they hide is marked. */
static int suppress_found(const struct state *s, const struct patch_found *f,
			  unsigned k)
{
	const struct engines engines = { .clang = TRUE };
	const struct suppress_text text = { k, patch_text_of,
					    s->j->target->states, TRUE };

	return suppress(f->report, f->units, s->j->options->rules, &engines,
			&text);
}

/* ---- what could not be looked at ---- */

/* Of a unit of @r; what is in no unit's own file is of one not read whole. */
static gboolean is_of(const struct finding *f, const struct report *r)
{
	GHashTableIter it;
	void *whole;

	if (f->file && g_hash_table_contains(r->units, f->file))
		return TRUE;
	g_hash_table_iter_init(&it, r->units);
	while (g_hash_table_iter_next(&it, NULL, &whole))
		if (!GPOINTER_TO_INT(whole))
			return TRUE;
	return FALSE;
}

/*
 * Adds to what is there before a patch what an earlier one hid by an error:
 * with that, units that were whole in some state can be compared.
 */
static void recall(const struct state *s, struct report *before)
{
	GPtrArray *unseen = patch_told_unseen(s->told);
	GHashTableIter it;
	void *file;

	for (guint i = unseen->len; i-- > 0;)
		if (is_of(unseen->pdata[i], before))
			report_add(before, g_ptr_array_steal_index(unseen, i));
	report_finish(before);
	g_hash_table_iter_init(&it, before->units);
	while (g_hash_table_iter_next(&it, &file, NULL))
		if (g_hash_table_contains(s->known, file))
			g_hash_table_iter_replace(&it, GINT_TO_POINTER(TRUE));
}

static void remember_whole(const struct state *s, const struct report *r)
{
	GHashTableIter it;
	void *file, *whole;

	g_hash_table_iter_init(&it, r->units);
	while (g_hash_table_iter_next(&it, &file, &whole))
		if (GPOINTER_TO_INT(whole))
			g_hash_table_add(s->known, g_strdup(file));
}

/* What a comment of the patch suppresses is not fixed by it. */
static void compare(const struct state *s, unsigned k,
		    struct patch_found *before, struct patch_found *after)
{
	struct place place = { s, k };
	const struct change_source source = { is_touched, defines, &place };

	suppress_found(s, before, k - 1);
	report_filter_suppressed(before->report);
	recall(s, before->report);
	s->outcome->suppressed += suppress_found(s, after, k);
	report_compare(before->report, after->report, &source);
	report_filter_suppressed(after->report);
	remember_whole(s, before->report);
	remember_whole(s, after->report);
}

/* ---- other units ---- */

static void enter(const GPtrArray *units, unsigned k)
{
	for (guint i = 0; i < units->len; i++)
		((struct patch_unit *)units->pdata[i])->state = k;
}

/* The files that patch @k removes. */
static GPtrArray *list_gone(const struct state *s, const GPtrArray *units,
			    unsigned k)
{
	GPtrArray *gone = g_ptr_array_new();

	for (guint i = 0; i < units->len; i++) {
		const struct patch_unit *u = units->pdata[i];

		if (!patch_unit_exists(&s->runner, u, k))
			g_ptr_array_add(gone, u->file);
	}
	return gone;
}

/* As patch @k left them; with --cross-file it links them. NULL: it failed. */
static char **files_that_differ(const struct state *s, const GPtrArray *units,
				unsigned k)
{
	struct units *now = patch_units_all_in(&s->runner, units, k);
	GPtrArray *gone = list_gone(s, units, k);
	char **files = patch_worlds_step(s->runner.worlds, now, gone);

	g_ptr_array_unref(gone);
	units_free(now);
	return files;
}

/* What takes something else from those units now, though it did not change. */
static GPtrArray *units_that_differ(const struct state *s, GPtrArray *units,
				    unsigned k)
{
	char **files = s->runner.worlds ? files_that_differ(s, units, k) : NULL;
	GPtrArray *others = g_ptr_array_new();
	struct patch_unit *u;

	if (s->runner.worlds && !files) {
		report_error(s->into, "patch %u: the units could not be linked",
			     k);
		s->into->incomplete = TRUE;
	}
	for (char **file = files; file && *file; file++) {
		u = patch_units_get(s->j->units, *file);
		/* what the patch changes, or removes, is judged anyway */
		if (u && !g_ptr_array_find(units, u, NULL))
			g_ptr_array_add(others, u);
	}
	g_strfreev(files);
	return others;
}

/* With --cross-file: what could not be kept, others lack as well. */
static void require_linked(const struct state *s, const GPtrArray *units,
			   unsigned k, gboolean after)
{
	struct units *there = patch_units_all_in(&s->runner, units, k);
	GPtrArray *lacking = patch_worlds_lacking(s->runner.worlds, after,
						  there);

	for (guint i = 0; i < lacking->len; i++) {
		char *name = check_file_name(lacking->pdata[i]);

		report_error(s->into, "%s: not judged: other units could not be"
			     " linked with it", name);
		s->into->incomplete = TRUE;
		g_free(name);
	}
	g_ptr_array_unref(lacking);
	units_free(there);
}

/* ---- a patch ---- */

/* What has been read of states that are no tree. */
static const char *kept_store(const struct state *s)
{
	const struct patch_runner *r = &s->runner;

	return r->worlds ? patch_worlds_options(r->worlds, FALSE)->store :
			   r->overlaid.store;
}

static void judge(struct state *s, unsigned k)
{
	GPtrArray *units = s->j->units->of[k];
	struct patch_found before, after;
	GPtrArray *others;

	patch_units_find_more(s->j->units, k, kept_store(s));
	if (!units->len)
		return;
	before = patch_find(&s->runner, units, k - 1, FALSE);
	enter(units, k);
	others = units_that_differ(s, units, k);
	patch_found_add(&before, patch_find(&s->runner, others, k - 1, FALSE));
	after = patch_find(&s->runner, units, k, TRUE);
	patch_found_add(&after, patch_find(&s->runner, others, k, TRUE));
	compare(s, k, &before, &after);
	patch_told_take(s->told, k, g_steal_pointer(&before.report),
			g_steal_pointer(&after.report));
	if (s->runner.worlds) {
		require_linked(s, units, k - 1, FALSE);
		require_linked(s, units, k, TRUE);
		patch_worlds_advance(s->runner.worlds);
	}
	g_ptr_array_unref(others);
	patch_found_clear(&before);
	patch_found_clear(&after);
}

/* ---- the series ---- */

/* All that is judged, as it is in the base. */
static void link_base(struct state *s)
{
	const struct patch_judge *j = s->j;
	GPtrArray *all = patch_units_list(j->units);
	struct units *units = patch_units_all_in(&s->runner, all, 0);

	s->runner.worlds = patch_worlds_new(&j->options->run, j->model,
					    j->target->scratch, units,
					    j->noise);
	if (!s->runner.worlds) {
		report_error(s->into, "%s: its units could not be linked",
			     j->options->run.store);
		s->into->incomplete = TRUE;
	}
	units_free(units);
	g_ptr_array_unref(all);
}

/*
 * For patch_units_find_more(); what is wrong with them is told when they are
 * judged.
 */
static void read_base(const struct state *s)
{
	const struct pipeline_options pipeline = { .reader = s->runner.reader };
	const struct check_run run = {
		.options = &s->runner.overlaid, .pass = pipeline_index,
		.units = patch_units_in(&s->runner, s->j->units->of[0], 0,
					FALSE),
		.pipeline = &pipeline, .noise = s->j->noise
	};

	report_free(check_run(&run));
	units_free(run.units);
}

void patch_judge(const struct patch_judge *j, struct report *into,
		 struct patch_outcome *ret)
{
	struct state s = { .j = j, .into = into, .outcome = ret,
			   .runner = { .judge = j,
				       .overlaid = j->options->run } };

	*ret = (struct patch_outcome){ 0 };
	s.runner.reader = pipeline_reader();
	s.runner.overlaid.overlaid = TRUE;
	s.runner.overlaid.store = g_build_filename(j->target->scratch,
						   "states.db", NULL);
	s.told = patch_told_new(j, into, ret);
	s.known = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	if (j->options->run.cross_file)
		link_base(&s);
	else if (j->units->of[0]->len)
		read_base(&s);
	for (unsigned k = 1; k <= j->target->n; k++)
		judge(&s, k);
	patch_worlds_free(s.runner.worlds);
	patch_told_free(s.told);
	g_hash_table_unref(s.known);
	g_free(s.runner.overlaid.store);
	g_free(s.runner.reader);
}
