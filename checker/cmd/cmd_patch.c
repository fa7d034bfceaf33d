// SPDX-License-Identifier: GPL-2.0-only
/*
 * pincheck patch: what a patch, or each patch of a series, changes in what is
 * found. This file is the order of things.
 */
#include <stdlib.h>
#include <string.h>

#include "base/printable.h"
#include "base/scratch.h"
#include "cmd/changelog.h"
#include "cmd/check.h"
#include "cmd/common.h"
#include "cmd/models.h"
#include "cmd/patch_judge.h"
#include "patch/patch.h"
#include "report/change.h"

static const struct run_command command = {
	RUN_UNITS | RUN_STORE_KEPT, "MBOX|DIFF|REVISION|RANGE|-",
	"Judges a patch, or each patch of a series by itself: what it\n"
	"introduces, what older code it exposes, and what it fixes. A diff or a\n"
	"mailbox is read from a file or from stdin (-); a revision or a range\n"
	"from the git repository of the tree. The tree is only read: patches\n"
	"are applied to copies of the files they change. Beside changed files,\n"
	"those are checked that include a changed header, by the store or,\n"
	"without one, by reading all units first. Only the engine clang sees\n"
	"patched files.\n"
	"\n"
	"Exit status: 0 nothing introduced or exposed, 1 something is, 2 wrong\n"
	"usage, 3 something could not be judged."
};

struct options {
	struct check_options check;
	char *tree, *base;	/* as given */
	gboolean all, changelog;
};

static int parse(struct options *o, int argc, char **argv)
{
	const GOptionEntry own[] = {
		{ "tree", 0, 0, G_OPTION_ARG_FILENAME, &o->tree,
		  "What the names in the patch begin at (the top of the git"
		  " repository)", "DIR" },
		{ "base", 0, 0, G_OPTION_ARG_STRING, &o->base,
		  "The patches apply to this revision (the files as they are)",
		  "REV" },
		{ "all", 0, 0, G_OPTION_ARG_NONE, &o->all,
		  "Show also what is there before and after", NULL },
		{ "changelog", 0, 0, G_OPTION_ARG_NONE, &o->changelog,
		  "After the report, what a commit message says of each"
		  " finding that is fixed", NULL },
		G_OPTION_ENTRY_NULL
	};
	int status = check_options_parse(&o->check, &command, own, argc, argv);

	if (status != CMD_GO)
		return status;
	if (!o->check.run.args || o->check.run.args[1])
		return cmd_usage("one patch, series, revision or range is"
				 " needed");
	if (o->changelog && strcmp(o->check.format->name, "text"))
		return cmd_usage("--changelog goes with --format text");
	return CMD_GO;
}

/* Absolute, without links; NULL after a message. The caller frees it. */
static char *choose_tree(const char *given)
{
	char *here = g_get_current_dir(), *top, *real;

	top = given ? g_strdup(given) : units_find_up(here, ".git");
	if (!top)
		top = units_find_up(here, "compile_commands.json");
	if (!top)
		top = g_strdup(here);
	real = realpath(top, NULL);
	if (!real || !g_file_test(real, G_FILE_TEST_IS_DIR)) {
		cmd_usage("%s: no such folder", top);
		free(real);
		real = NULL;
	}
	g_free(top);
	g_free(here);
	return real;
}

/* ---- the report ---- */

static void put_change(GString *out, const struct report *r, enum change c)
{
	g_string_append_printf(out, "%s%d %s", out->len ? ", " : "",
			       report_count_change(r, c), change_name(c));
}

static void summarize(const struct options *o, const struct report *r,
		      guint patches, const struct patch_outcome *n)
{
	GString *out = g_string_new(NULL);

	put_change(out, r, CHANGE_INTRODUCED);
	put_change(out, r, CHANGE_EXPOSED);
	put_change(out, r, CHANGE_FIXED);
	if (o->all)
		put_change(out, r, CHANGE_PRE_EXISTING);
	check_put_hidden(out, n->pre_existing, "pre-existing hidden");
	check_put_hidden(out, n->suppressed, "suppressed");
	g_string_append_printf(out, "; %u patch%s, ", patches,
			       patches == 1 ? "" : "es");
	check_put_coverage(out, r);
	cmd_say("%s", out->str);
	g_string_free(out, TRUE);
}

/* The text that a fixed finding's lines count in. */
struct old_text {
	const struct states *states;
	unsigned state;
};

static char *old_file(const char *path, void *data)
{
	const struct old_text *old = data;

	return states_file(old->states, old->state, path);
}

/* The commit that a state is; NULL: it is none. */
static const char *commit_of(const struct series *series, unsigned state)
{
	const struct patch *p;

	if (!state)
		return series->base;
	p = series->patches->pdata[state - 1];
	return p->commit ? p->commit : series->base;
}

static void put_changelogs(GString *out, const struct report *r,
			   const struct patch_judge *j)
{
	for (guint i = 0; i < r->findings->len; i++) {
		const struct finding *f = r->findings->pdata[i];
		struct old_text old = { j->target->states, f->state };
		const struct blame_source source = {
			j->target->tree, commit_of(j->series, f->state),
			old_file, &old
		};

		if (f->change != CHANGE_FIXED)
			continue;
		g_string_append_printf(out, "\nFor the commit message of ");
		printable_append(out, f->patch);
		g_string_append_printf(out, " [%s]:\n\n", f->rule);
		changelog_put(out, f, &source);
	}
}

static int show(const struct options *o, const struct report *r,
		const struct patch_judge *j)
{
	struct states *states = j->target->states;
	struct report_style style = check_style(&o->check);
	GString *text = g_string_new(NULL);
	int status;

	style.text_of = patch_text_of;
	style.text_data = states;
	o->check.format->write(r, &style, text);
	if (o->changelog)
		put_changelogs(text, r, j);
	status = cmd_write(o->check.output, text);
	g_string_free(text, TRUE);
	return status;
}

/* ---- the run ---- */

static int judge_units(const struct options *o, const struct patch_judge *j,
		       struct units *told)
{
	struct report *r = told->report;
	struct patch_outcome outcome;
	gboolean failed;
	int status;

	patch_judge(j, r, &outcome);
	report_finish(r);
	failed = !o->check.never_fail && report_has_new(r, o->check.fail);
	status = show(o, r, j);
	check_tell(o->check.run.verbose, r, told, j->noise);
	summarize(o, r, j->target->n, &outcome);
	return status ? status : check_status(r, failed);
}

/* Of the files that are judged, or else of the tree; not owned. */
static char **model_paths(const struct patch_judge *j)
{
	GPtrArray *units = patch_units_list(j->units);
	GPtrArray *paths = g_ptr_array_new();

	for (guint i = 0; i < units->len; i++)
		g_ptr_array_add(paths,
				((struct patch_unit *)units->pdata[i])->file);
	if (!paths->len)
		g_ptr_array_add(paths, (char *)j->target->tree);
	g_ptr_array_add(paths, NULL);
	g_ptr_array_unref(units);
	return (char **)g_ptr_array_free(paths, FALSE);
}

/* The model is the tree's, whatever the patch says of it. */
static int load_and_judge(const struct options *o, struct patch_judge *j,
			  struct units *told)
{
	char **paths = model_paths(j);
	struct run_model m;
	int status = STATUS_USAGE;

	if (run_model_load(&m, paths, o->check.run.models)) {
		run_model_add_mined(&m, o->check.run.store);
		j->model = &m;
		for (char **file = m.found; o->check.run.verbose && *file;
		     file++)
			cmd_say("model: %s", *file);
		status = judge_units(o, j, told);
	}
	run_model_clear(&m);
	g_free(paths);
	return status;
}

static int judge(const struct options *o, const struct series *series,
		 const struct patch_target *t)
{
	GPtrArray *noise = g_ptr_array_new_with_free_func(g_free);
	struct units *told = units_new();
	struct patch_units *units = patch_units_find(t, told, noise);
	struct patch_judge j = {
		.target = t, .series = series, .units = units,
		.options = &o->check, .all = o->all, .noise = noise
	};
	int status;

	status = load_and_judge(o, &j, told);
	patch_units_free(units);
	units_free(told);
	g_ptr_array_unref(noise);
	return status;
}

static int apply(const struct options *o, const struct series *series,
		 struct patch_target *t)
{
	char *error = NULL;
	int status;

	t->n = series->patches->len;
	t->states = states_apply(series, t->tree, t->scratch, &error);
	if (!t->states) {
		cmd_say("%s", error);
		g_free(error);
		return STATUS_INCOMPLETE;
	}
	status = judge(o, series, t);
	states_free(t->states);
	return status;
}

static int read_series(const struct options *o, struct patch_target *t)
{
	const struct series_source source = { t->tree, o->base,
					      o->check.run.args[0] };
	char *error = NULL;
	bool unknown;
	struct series *series = series_read(&source, t->scratch, &unknown,
					    &error);
	int status;

	if (!series) {
		cmd_say("%s", error);
		g_free(error);
		return unknown ? STATUS_USAGE : STATUS_INCOMPLETE;
	}
	status = apply(o, series, t);
	series_free(series);
	return status;
}

static int run(struct options *o, const char *tree)
{
	struct patch_target t = { .tree = tree, .options = &o->check.run };
	char *error = NULL;
	struct scratch *scratch = scratch_make(&error);
	int status;

	if (!scratch) {
		cmd_say("%s", error);
		g_free(error);
		return STATUS_INCOMPLETE;
	}
	t.scratch = scratch_folder(scratch);
	status = read_series(o, &t);
	scratch_remove(scratch);
	return status;
}

int cmd_patch(int argc, char **argv)
{
	struct options o = { 0 };
	int status = parse(&o, argc, argv);
	char *tree = NULL;

	if (status == CMD_GO) {
		tree = choose_tree(o.tree);
		status = tree ? run_options_choose_store(&o.check.run, tree) :
				STATUS_USAGE;
	}
	if (status == CMD_GO)
		status = run(&o, tree);
	free(tree);
	g_free(o.tree);
	g_free(o.base);
	check_options_clear(&o.check);
	return status;
}
