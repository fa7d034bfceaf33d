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
#include "cmd/patch_worlds.h"
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
	struct patch_worlds *worlds; /* with --cross-file; or NULL */
	/*
	 * What the next patch may find to be pre-existing: place_of() -> the
	 * struct finding *, of @into, that is shown for it; NULL: it is hidden.
	 */
	GHashTable *told;
	GHashTable *now;     /* the same, of the patch that is judged */
	GPtrArray *unseen;   /* struct finding *: who knows if they are there */
	GHashTable *known;   /* the units that one state was whole of, by file */
};

/* ---- the units in a state ---- */

static gboolean exists(const struct state *s, const struct patch_unit *u,
		       unsigned k)
{
	char *file = states_file(s->j->target->states, k, u->file);
	gboolean there = file != NULL;

	g_free(file);
	return there;
}

static void add_unit(const struct state *s, struct units *list,
		     const struct patch_unit *u)
{
	char *error = NULL;
	struct compile_command *cmd = states_command(
		s->j->target->states, u->state, u->cmd, &error);

	if (cmd) {
		units_add(list, u->file, cmd);
		return;
	}
	report_error(list->report, "%s: %s", u->file, error);
	list->report->incomplete = TRUE;
	g_free(error);
}

/* Those of @all that are there in state @k, as they lie in the tree or not. */
static struct units *units_in(const struct state *s, const GPtrArray *all,
			      unsigned k, gboolean in_tree)
{
	struct states *states = s->j->target->states;
	struct units *list = units_new();

	for (guint i = 0; i < all->len; i++) {
		const struct patch_unit *u = all->pdata[i];

		if (states_is_tree(states, u->state) == in_tree &&
		    exists(s, u, k))
			add_unit(s, list, u);
	}
	return list;
}

/* Both. */
static struct units *all_in(const struct state *s, const GPtrArray *all,
			    unsigned k)
{
	struct units *units = units_in(s, all, k, FALSE);

	units_take(units, units_in(s, all, k, TRUE));
	return units;
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
		.pipeline = &pipeline, .linked = s->worlds != NULL,
		.min = o->min, .noise = s->j->noise
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

/* In @all as they are in state @k, before or after a patch. */
static struct found find(const struct state *s, const GPtrArray *all,
			 unsigned k, gboolean after)
{
	const struct run_options *tree = &s->j->options->run;
	const struct run_options *other = &s->overlaid;
	struct units *in_tree = units_in(s, all, k, TRUE);
	struct found f = { .units = units_in(s, all, k, FALSE) };

	if (s->worlds)
		tree = other = patch_worlds_options(s->worlds, after);
	f.report = run(s, f.units, other);
	report_merge(f.report, run(s, in_tree, tree));
	report_finish(f.report);
	units_take(f.units, in_tree);
	for (guint i = 0; i < f.report->findings->len; i++)
		((struct finding *)f.report->findings->pdata[i])->state = k;
	return f;
}

/* Adds what is found in more units; takes @more. */
static void found_add(struct found *f, struct found more)
{
	report_merge(f->report, more.report);
	report_finish(f->report);
	units_take(f->units, more.units);
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
static int suppress_found(const struct state *s, const struct found *f,
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
	GHashTableIter it;
	void *file;

	for (guint i = s->unseen->len; i-- > 0;)
		if (is_of(s->unseen->pdata[i], before))
			report_add(before, g_ptr_array_steal_index(s->unseen, i));
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
static void compare(const struct state *s, unsigned k, struct found *before,
		    struct found *after)
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

/* What a finding of one state is known by. The caller frees it. */
static char *place_of(const struct finding *f)
{
	return g_strdup_printf("%s:%d:%d:%s", f->fingerprint, f->line,
			       f->column, f->file ? f->file : "");
}

static void show(const struct state *s, unsigned k, struct finding *f)
{
	f->patch = patch_name(s, k);
	report_add(s->into, f);
	g_hash_table_insert(s->now, place_of(f), f);
}

/* Takes @f. */
static void hide(const struct state *s, struct finding *f)
{
	g_hash_table_insert(s->now, place_of(f), NULL);
	finding_free(f);
}

/*
 * Takes @f, of before the patch, out of what was told. FALSE: it was not;
 * *@ret_shown is NULL if it was hidden, or not told.
 */
static gboolean take_told(const struct state *s, const struct finding *f,
			  struct finding **ret_shown)
{
	char *place = place_of(f);
	gboolean told = g_hash_table_contains(s->told, place);

	*ret_shown = g_hash_table_lookup(s->told, place);
	g_hash_table_remove(s->told, place);
	g_free(place);
	return told;
}

/* What an earlier patch brought is there still: its places are where it is now. */
static void update(const struct state *s, struct finding *shown,
		   struct finding *now)
{
	guint at;

	if (!g_ptr_array_find(s->into->findings, shown, &at)) {
		finding_free(now);
		return;
	}
	now->change = shown->change;
	now->patch = g_strdup(shown->patch);
	s->into->findings->pdata[at] = now;
	g_hash_table_insert(s->now, place_of(now), now);
	finding_free(shown);
}

/* Takes @f. */
static void take_after(const struct state *s, unsigned k, struct finding *f)
{
	struct finding *shown = NULL;
	gboolean told = f->was && take_told(s, f->was, &shown);

	f->was = NULL; /* it will outlive that */
	if (f->severity < s->j->options->min) {
		finding_free(f);
	} else if (shown) {
		update(s, shown, f);
	} else if (s->j->all || f->change != CHANGE_PRE_EXISTING) {
		show(s, k, f);
	} else {
		s->outcome->pre_existing += !told;
		hide(s, f);
	}
}

/* Takes @f. What a patch brought is not there any more for those that follow. */
static void take_before(const struct state *s, unsigned k, struct finding *f)
{
	struct finding *shown;

	/* what was told of it stays so */
	if (f->unseen) {
		g_ptr_array_add(s->unseen, f);
		return;
	}
	take_told(s, f, &shown);
	if (f->change != CHANGE_FIXED || f->severity < s->j->options->min) {
		finding_free(f);
		return;
	}
	f->patch = patch_name(s, k);
	report_add(s->into, f);
}

/* At its end: a place of after the patch may be that of another before it. */
static void remember(const struct state *s)
{
	GHashTableIter it;
	void *place, *shown;

	g_hash_table_iter_init(&it, s->now);
	while (g_hash_table_iter_next(&it, &place, &shown)) {
		g_hash_table_iter_steal(&it);
		g_hash_table_insert(s->told, place, shown);
	}
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

		if (!exists(s, u, k))
			g_ptr_array_add(gone, u->file);
	}
	return gone;
}

/* As patch @k left them; with --cross-file it links them. NULL: it failed. */
static char **files_that_differ(const struct state *s, const GPtrArray *units,
				unsigned k)
{
	struct units *now = all_in(s, units, k);
	GPtrArray *gone = list_gone(s, units, k);
	char **files = patch_worlds_step(s->worlds, now, gone);

	g_ptr_array_unref(gone);
	units_free(now);
	return files;
}

/* What takes something else from those units now, though it did not change. */
static GPtrArray *units_that_differ(const struct state *s, GPtrArray *units,
				    unsigned k)
{
	char **files = s->worlds ? files_that_differ(s, units, k) : NULL;
	GPtrArray *others = g_ptr_array_new();
	struct patch_unit *u;

	if (s->worlds && !files) {
		report_error(s->into, "patch %u: the units could not be linked",
			     k);
		s->into->incomplete = TRUE;
	}
	for (char **file = files; file && *file; file++) {
		u = patch_units_get(s->j->units, *file);
		/* those that the patch changes, or removes, are judged anyway */
		if (u && !g_ptr_array_find(units, u, NULL))
			g_ptr_array_add(others, u);
	}
	g_strfreev(files);
	return others;
}

/* With --cross-file: what could not be kept is missing in all others as well. */
static void require_linked(const struct state *s, const GPtrArray *units,
			   unsigned k, gboolean after)
{
	struct units *there = all_in(s, units, k);
	GPtrArray *lacking = patch_worlds_lacking(s->worlds, after, there);

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
	return s->worlds ? patch_worlds_options(s->worlds, FALSE)->store :
			   s->overlaid.store;
}

static void judge(struct state *s, unsigned k)
{
	GPtrArray *units = s->j->units->of[k];
	struct found before, after;
	GPtrArray *others;

	patch_units_find_more(s->j->units, k, kept_store(s));
	if (!units->len)
		return;
	before = find(s, units, k - 1, FALSE);
	enter(units, k);
	others = units_that_differ(s, units, k);
	found_add(&before, find(s, others, k - 1, FALSE));
	after = find(s, units, k, TRUE);
	found_add(&after, find(s, others, k, TRUE));
	compare(s, k, &before, &after);
	before.report->files = before.report->functions = 0;
	take(s, k, &after, take_after);
	take(s, k, &before, take_before);
	remember(s);
	if (s->worlds) {
		require_linked(s, units, k - 1, FALSE);
		require_linked(s, units, k, TRUE);
		patch_worlds_advance(s->worlds);
	}
	g_ptr_array_unref(others);
	found_clear(&before);
	found_clear(&after);
}

/* ---- the series ---- */

/* All that is judged, as it is in the base. */
static void link_base(struct state *s)
{
	const struct patch_judge *j = s->j;
	GPtrArray *all = patch_units_list(j->units);
	struct units *units = all_in(s, all, 0);

	s->worlds = patch_worlds_new(&j->options->run, j->model,
				     j->target->scratch, units, j->noise);
	if (!s->worlds) {
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
	const struct pipeline_options pipeline = { .reader = s->reader };
	const struct check_run run = {
		.options = &s->overlaid, .pass = pipeline_index,
		.units = units_in(s, s->j->units->of[0], 0, FALSE),
		.pipeline = &pipeline, .noise = s->j->noise
	};

	report_free(check_run(&run));
	units_free(run.units);
}

static void free_finding(void *f)
{
	finding_free(f);
}

void patch_judge(const struct patch_judge *j, struct report *into,
		 struct patch_outcome *ret)
{
	struct state s = { .j = j, .into = into, .outcome = ret,
			   .overlaid = j->options->run };

	*ret = (struct patch_outcome){ 0 };
	s.reader = pipeline_reader();
	s.unseen = g_ptr_array_new_with_free_func(free_finding);
	s.known = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	s.told = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	s.now = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	s.overlaid.overlaid = TRUE;
	s.overlaid.store = g_build_filename(j->target->scratch, "states.db",
					    NULL);
	if (j->options->run.cross_file)
		link_base(&s);
	else if (j->units->of[0]->len)
		read_base(&s);
	for (unsigned k = 1; k <= j->target->n; k++)
		judge(&s, k);
	patch_worlds_free(s.worlds);
	g_free(s.overlaid.store);
	g_ptr_array_unref(s.unseen);
	g_hash_table_unref(s.known);
	g_hash_table_unref(s.told);
	g_hash_table_unref(s.now);
	g_free(s.reader);
}
