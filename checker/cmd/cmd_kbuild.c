// SPDX-License-Identifier: GPL-2.0-only
/*
 * pincheck kbuild: what CHECK= of the kernel's build runs in the place of
 * sparse. The arguments are sparse's and gcc's; those that say what the file
 * means are kept, the others are for other programs.
 *
 * kbuild throws the object away when a checker fails, so whatever is found or
 * goes wrong here, the status is that of the program that runs beside, or 0.
 */
#include <stdio.h>
#include <string.h>

#include "base/cflags.h"
#include "base/process.h"
#include "cmd/check.h"
#include "cmd/common.h"
#include "cmd/engines.h"
#include "cmd/formats.h"
#include "cmd/models.h"
#include "cmd/suppress.h"
#include "pipeline/pipeline.h"

struct kbuild {
	char **beside;	  /* programs that get all of kbuild's arguments, too */
	char *const *args;/* kbuild's, in main's argv */
	GPtrArray *flags; /* char *: those that clang needs; not owned */
	const char *file; /* NULL: none was given */
};

/* What sparse is told of its machine, clang knows: it would be told twice. */
static gboolean is_for_sparse(const char *arg)
{
	static const char *const words[] = { "-D__linux__", "-Dlinux",
					     "-D__STDC__", "-Dunix",
					     "-D__unix__", "-D__CHECKER__" };

	for (gsize i = 0; i < G_N_ELEMENTS(words); i++)
		if (!strcmp(arg, words[i]))
			return TRUE;
	return FALSE;
}

static void sort_out(struct kbuild *k)
{
	char *const *arg = k->args;
	int n;

	for (; *arg; arg += MAX(n, 1)) {
		n = cflag_words((const char *const *)arg);
		for (int i = 0; i < n && !is_for_sparse(*arg); i++)
			g_ptr_array_add(k->flags, arg[i]);
		if (**arg != '-' && g_str_has_suffix(*arg, ".c"))
			k->file = *arg;
	}
	g_ptr_array_add(k->flags, NULL);
}

/* ---- the check ---- */

static void tell(struct report *r, const struct units *units,
		 const GPtrArray *noise)
{
	const struct report_style style = formats_style();
	const struct engines engines = { .clang = TRUE };
	GString *text = g_string_new(NULL);

	suppress(r, units, NULL, &engines, NULL);
	report_filter(r, SEVERITY_WARNING);
	report_format_at(0)->write(r, &style, text);
	fputs(text->str, stderr);
	check_tell(FALSE, r, units, noise);
	g_string_free(text, TRUE);
}

static void check(const struct kbuild *k, const struct model *m)
{
	char *paths[] = { (char *)k->file, NULL };
	const struct units_flags flags = {
		.clang_args = (char **)k->flags->pdata
	};
	const struct pipeline_options pipeline = { .model = m };
	const struct run_options options = { .jobs = 1,
					     .timeout = RUN_TIMEOUT_SECONDS };
	struct units *units = units_collect(paths, &flags);
	GPtrArray *noise = g_ptr_array_new_with_free_func(g_free);
	const struct check_run run = {
		.options = &options, .units = units, .pass = pipeline_check,
		.pipeline = &pipeline, .min = SEVERITY_WARNING, .noise = noise
	};
	struct report *r = check_run(&run);

	tell(r, units, noise);
	report_free(r);
	g_ptr_array_unref(noise);
	units_free(units);
}

static void load_and_check(const struct kbuild *k)
{
	char *paths[] = { (char *)k->file, NULL };
	struct run_model m;

	if (run_model_load(&m, paths, NULL))
		check(k, m.model);
	run_model_clear(&m);
}

/* ---- the programs beside ---- */

static int run_beside(const struct kbuild *k, const char *program)
{
	GPtrArray *argv = g_ptr_array_new();
	struct process_request req = { 0 };
	struct process_result ran;
	char *error = NULL;
	int status = 1;

	g_ptr_array_add(argv, (char *)program);
	for (char *const *arg = k->args; *arg; arg++)
		g_ptr_array_add(argv, *arg);
	g_ptr_array_add(argv, NULL);
	req.argv = (const char *const *)argv->pdata;
	if (process_run(&req, &ran, &error) < 0) {
		cmd_say("%s", error);
		g_free(error);
	} else {
		status = ran.status < 0 ? 1 : ran.status;
		process_result_clear(&ran);
	}
	g_ptr_array_unref(argv);
	return status;
}

static int run(struct kbuild *k)
{
	int status = 0;

	for (char **program = k->beside; program && *program; program++) {
		int ended = run_beside(k, *program);

		status = status ? status : ended;
	}
	sort_out(k);
	if (k->file)
		load_and_check(k);
	else
		cmd_say("kbuild gave no .c file");
	return status;
}

static const char summary[] =
	"Checks one file as the kernel's build wants it:\n"
	"\n"
	"  make C=1 CHECK=\"pincheck kbuild --and sparse\"\n"
	"\n"
	"What stands after our own options are kbuild's arguments. --and runs\n"
	"the checker that CHECK would have been, with the same arguments.\n"
	"\n"
	"Exit status: 0, or that of the first program of --and that failed.";

/* Our options come first; what we do not know is the first of kbuild's. */
static int own_arguments(int argc, char **argv)
{
	int n = 1;

	while (n < argc) {
		if (!strcmp(argv[n], "--and") && n + 1 < argc)
			n += 2;
		else if (g_str_has_prefix(argv[n], "--and=") ||
			 !strcmp(argv[n], "--help"))
			n++;
		else
			break;
	}
	return n;
}

int cmd_kbuild(int argc, char **argv)
{
	int own = own_arguments(argc, argv);
	struct kbuild k = { .args = argv + own, .flags = g_ptr_array_new() };
	const GOptionEntry entries[] = {
		{ "and", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &k.beside,
		  "Run this checker as well (repeatable)", "PROGRAM" },
		G_OPTION_ENTRY_NULL
	};
	int status = cmd_parse(own, argv, entries, "KBUILD-ARGUMENT...",
			       summary);

	if (status == CMD_GO && own == argc)
		status = cmd_usage("kbuild gave no arguments");
	else if (status == CMD_GO)
		status = run(&k);
	g_strfreev(k.beside);
	g_ptr_array_unref(k.flags);
	return status;
}
