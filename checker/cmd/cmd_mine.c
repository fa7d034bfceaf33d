// SPDX-License-Identifier: GPL-2.0-only
/*
 * pincheck mine: from all units below some folders to what the program keeps
 * to: a .pincheck file on stdout, and what of it acts beside the store. Units
 * are counted by workers and summed here, in their order.
 */
#include <string.h>

#include "cmd/check.h"
#include "cmd/common.h"
#include "cmd/link_run.h"
#include "cmd/mining.h"
#include "cmd/models.h"
#include "cmd/stores.h"
#include "mine/print.h"
#include "model/model.h"
#include "pipeline/pipeline.h"

struct options {
	char *output, *format;
	gboolean no_builtin, json;
	struct run_options run;
};

static const struct run_command command = {
	RUN_UNITS | RUN_STORE_KEPT | RUN_HERE, "[PATH...]",
	"Counts, over all units below folders (the current one), which flag owns\n"
	"which reference, which bits pin and which locks guard, and writes it as a\n"
	".pincheck file. What acts goes beside the store, too, where check finds\n"
	"it.\n"
	"\n"
	"Exit status: 0 all was counted, 2 wrong usage, 3 incomplete: some unit\n"
	"could not be read in full."
};

static int parse(int argc, char **argv, struct options *o)
{
	const GOptionEntry entries[] = {
		{ "no-builtin", 0, 0, G_OPTION_ARG_NONE, &o->no_builtin,
		  "Without the pairs that pincheck knows", NULL },
		{ "format", 0, 0, G_OPTION_ARG_STRING, &o->format,
		  "pincheck (default) or json", "FORMAT" },
		{ "output", 'o', 0, G_OPTION_ARG_FILENAME, &o->output,
		  "Write to a file", "FILE" },
		G_OPTION_ENTRY_NULL
	};

	return run_options_parse(&o->run, &command, entries, argc, argv);
}

static void options_clear(struct options *o)
{
	g_free(o->output);
	g_free(o->format);
	run_options_clear(&o->run);
}

static struct report *run(const struct options *o, const struct run_model *m,
			  struct units *units)
{
	char *reader = o->run.store ? pipeline_reader() : NULL;
	const struct pipeline_options pipeline = {
		.model = m->model, .model_digest = m->digest,
		.reader = reader
	};
	GPtrArray *noise = g_ptr_array_new_with_free_func(g_free);
	const struct check_run run = {
		.options = &o->run, .units = units, .pass = pipeline_evidence,
		.pipeline = &pipeline, .noise = noise,
		.linked = link_units(&o->run, m, units, noise)
	};
	struct report *r = check_run(&run);

	check_tell(o->run.verbose, r, units, noise);
	g_ptr_array_unref(noise);
	g_free(reader);
	return r;
}

static struct evidence *sum(struct report *r)
{
	struct evidence *all = evidence_new();

	for (guint i = 0; i < r->texts->len; i++) {
		struct evidence *e;

		e = pipeline_unpack_evidence(r->texts->pdata[i]);
		if (e)
			evidence_add(all, e);
		else
			r->incomplete = TRUE;
		evidence_free(e);
	}
	return all;
}

static struct mine_style style_of(const struct report *r)
{
	return (struct mine_style){ check_file_name, pincheck_version(),
				    r->files };
}

static int write_acting(const char *file, const struct mining *m,
			const struct mine_style *style)
{
	GString *text = g_string_new(NULL);
	int status;

	mine_print(text, m, style, true);
	status = cmd_write(file, text);
	g_string_free(text, TRUE);
	return status;
}

/*
 * For check: it finds what acts beside the store. A part of the program must
 * not take the place of what the whole of it gave.
 */
static int keep(const struct options *o, const struct mining *m,
		const struct units *units, const struct report *r)
{
	const struct mine_style style = style_of(r);
	guint lacking = stores_lacking(o->run.store, o->run.args[0],
				       o->run.db_dir, units);
	guint lost = units->list->len - r->texts->len;
	char *file = stores_mined(o->run.store);
	int status = STATUS_OK;

	if (!lacking && !lost)
		status = write_acting(file, m, &style);
	else
		cmd_say("%s is left as it was: %u of the program's %u units"
			" are not in this", file, lacking + lost,
			lacking + units->list->len);
	g_free(file);
	return status;
}

static int tell(const struct options *o, const struct mining *m,
		const struct report *r)
{
	const struct mine_style style = style_of(r);
	GString *text = g_string_new(NULL);
	int status;

	if (o->json)
		mine_print_json(text, m, &style);
	else
		mine_print(text, m, &style, false);
	status = cmd_write(o->output, text);
	g_string_free(text, TRUE);
	return status;
}

/* The closing line: what acts, and what it was mined from. */
static void summarize(const struct mining *m, const struct report *r)
{
	GString *out = g_string_new(NULL);
	guint pairs = 0, pins = 0;

	for (guint i = 0; i < m->pairs->len; i++)
		pairs += ((const struct mined_pair *)m->pairs->pdata[i])->strict;
	for (guint i = 0; i < m->pins->len; i++)
		pins += ((const struct mined_pin *)m->pins->pdata[i])->strict;
	g_string_printf(out, "%u of %u pairs and %u of %u pins act; ", pairs,
			m->pairs->len, pins, m->pins->len);
	check_put_coverage(out, r);
	cmd_say("%s", out->str);
	g_string_free(out, TRUE);
}

static int mine_units(const struct options *o, const struct run_model *rm)
{
	struct units *units = run_options_units(&o->run);
	struct report *r = run(o, rm, units);
	struct evidence *e = sum(r);
	struct mining *m = mining_beside(e, rm->model);
	int status = tell(o, m, r);

	if (!status && o->run.store && !o->no_builtin)
		status = keep(o, m, units, r);
	summarize(m, r);
	if (!status && r->incomplete)
		status = STATUS_INCOMPLETE;
	mining_free(m);
	evidence_free(e);
	report_free(r);
	units_free(units);
	return status;
}

static int load_and_mine(const struct options *o)
{
	struct run_model m;
	int status = STATUS_USAGE;

	if (run_model_load(&m, o->run.args, o->run.models)) {
		if (o->no_builtin)
			run_model_forget_builtin(&m);
		status = mine_units(o, &m);
	}
	run_model_clear(&m);
	return status;
}

static int check_and_mine(struct options *o)
{
	int status;

	o->json = !g_strcmp0(o->format, "json");
	if (o->format && !o->json && strcmp(o->format, "pincheck"))
		return cmd_usage("no format is called '%s'", o->format);
	status = run_options_choose_store(&o->run, o->run.args[0]);
	return status == CMD_GO ? load_and_mine(o) : status;
}

int cmd_mine(int argc, char **argv)
{
	struct options o = { 0 };
	int status = parse(argc, argv, &o);

	if (status == CMD_GO)
		status = check_and_mine(&o);
	options_clear(&o);
	return status;
}
