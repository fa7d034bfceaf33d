// SPDX-License-Identifier: GPL-2.0-only
/*
 * What is found in units as they are in a state of the series. The tree's own
 * state comes from the store of the run; the others are kept in one of their
 * own, so that what comes after a patch is not read again as what is there
 * before the next.
 */
#include "cmd/patch_found.h"

#include "cmd/check.h"
#include "cmd/models.h"
#include "cmd/patch_worlds.h"
#include "patch/patch.h"
#include "pipeline/pipeline.h"

gboolean patch_unit_exists(const struct patch_runner *r,
			   const struct patch_unit *u, unsigned k)
{
	char *file = states_file(r->judge->target->states, k, u->file);
	gboolean there = file != NULL;

	g_free(file);
	return there;
}

static void add_unit(const struct patch_runner *r, struct units *list,
		     const struct patch_unit *u)
{
	char *error = NULL;
	struct compile_command *cmd = states_command(
		r->judge->target->states, u->state, u->cmd, &error);

	if (cmd) {
		units_add(list, u->file, cmd);
		return;
	}
	report_error(list->report, "%s: %s", u->file, error);
	list->report->incomplete = TRUE;
	g_free(error);
}

struct units *patch_units_in(const struct patch_runner *r,
			     const GPtrArray *all, unsigned k,
			     gboolean in_tree)
{
	struct states *states = r->judge->target->states;
	struct units *list = units_new();

	for (guint i = 0; i < all->len; i++) {
		const struct patch_unit *u = all->pdata[i];

		if (states_is_tree(states, u->state) == in_tree &&
		    patch_unit_exists(r, u, k))
			add_unit(r, list, u);
	}
	return list;
}

struct units *patch_units_all_in(const struct patch_runner *r,
				 const GPtrArray *all, unsigned k)
{
	struct units *units = patch_units_in(r, all, k, FALSE);

	units_take(units, patch_units_in(r, all, k, TRUE));
	return units;
}

static struct report *run(const struct patch_runner *r, struct units *units,
			  const struct run_options *options)
{
	const struct check_options *o = r->judge->options;
	const struct pipeline_options pipeline = {
		.model = r->judge->model->model,
		.model_digest = r->judge->model->digest,
		.rules = o->rules, .replay = o->replay,
		.memory = o->memory,
		.reader = options->store ? r->reader : NULL
	};
	const struct check_run run = {
		.options = options, .units = units, .pass = pipeline_check,
		.pipeline = &pipeline, .linked = r->worlds != NULL,
		.min = o->min, .noise = r->judge->noise
	};

	/* most patches have units in the tree only, or only out of it */
	return units->list->len ? check_run(&run) :
				  g_steal_pointer(&units->report);
}

void patch_found_clear(struct patch_found *f)
{
	units_free(f->units);
	report_free(f->report);
}

struct patch_found patch_find(const struct patch_runner *r,
			      const GPtrArray *all, unsigned k, gboolean after)
{
	const struct run_options *tree = &r->judge->options->run;
	const struct run_options *other = &r->overlaid;
	struct units *in_tree = patch_units_in(r, all, k, TRUE);
	struct patch_found f = {
		.units = patch_units_in(r, all, k, FALSE)
	};

	if (r->worlds)
		tree = other = patch_worlds_options(r->worlds, after);
	f.report = run(r, f.units, other);
	report_merge(f.report, run(r, in_tree, tree));
	report_finish(f.report);
	units_take(f.units, in_tree);
	for (guint i = 0; i < f.report->findings->len; i++)
		((struct finding *)f.report->findings->pdata[i])->state = k;
	return f;
}

void patch_found_add(struct patch_found *f, struct patch_found more)
{
	report_merge(f->report, more.report);
	report_finish(f->report);
	units_take(f->units, more.units);
}
