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
#include "cmd/stores.h"
#include "cmd/suppress.h"
#include "pipeline/pipeline.h"

struct kbuild {
	char **beside;	  /* commands that get all of kbuild's arguments, too */
	char *const *args;/* kbuild's, in main's argv */
	GPtrArray *flags; /* char *: those that clang needs; not owned */
	const char *file; /* NULL: none was given */
};

/* ---- what kbuild says ---- */

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

/*
 * sparse's --arch=NAME is kbuild's $(ARCH). A gcc needs no such word, being
 * another program for each machine, and to sparse the order of bytes is one
 * more flag.
 */
static const struct machine {
	const char *arch, *little, *big; /* little: the usual one */
} machines[] = {
	{ "arm", "--target=arm-linux-gnueabi", "--target=armeb-linux-gnueabi" },
	{ "arm64", "--target=aarch64-linux-gnu",
	  "--target=aarch64_be-linux-gnu" },
	{ "i386", "--target=i386-linux-gnu", NULL },
	{ "loongarch", "--target=loongarch64-linux-gnu", NULL },
	{ "mips", "--target=mips64el-linux-gnuabi64",
	  "--target=mips64-linux-gnuabi64" },
	{ "powerpc", "--target=powerpc64le-linux-gnu",
	  "--target=powerpc64-linux-gnu" },
	{ "riscv", "--target=riscv64-linux-gnu", NULL },
	{ "s390", NULL, "--target=s390x-linux-gnu" },
	{ "x86", "--target=x86_64-linux-gnu", NULL },
	{ "x86_64", "--target=x86_64-linux-gnu", NULL },
};

static const char *target_of(const char *arch, gboolean big)
{
	for (gsize i = 0; i < G_N_ELEMENTS(machines); i++)
		if (!strcmp(arch, machines[i].arch))
			return big ? machines[i].big : machines[i].little;
	return NULL;
}

/* Before all other flags, so that a --target= of a build by clang wins. */
static void put_target(struct kbuild *k)
{
	gboolean big = g_strv_contains((const char *const *)k->args,
				       "-mbig-endian");
	const char *target = NULL;

	for (char *const *arg = k->args; *arg; arg++)
		if (g_str_has_prefix(*arg, "--arch="))
			target = target_of(*arg + strlen("--arch="), big);
	if (target)
		g_ptr_array_add(k->flags, (char *)target);
}

static void sort_out(struct kbuild *k)
{
	char *const *arg = k->args;
	int n;

	put_target(k);
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

	if (run_model_load(&m, paths, NULL)) {
		/* kbuild runs us at the top of its build. */
		char *store = stores_default(".", NULL);

		run_model_add_mined(&m, store);
		check(k, m.model);
		g_free(store);
	}
	run_model_clear(&m);
}

/* ---- the programs beside ---- */

/* A command is words as a shell has them: "smatch -p=kernel". */
static char **words_of(const char *command)
{
	GError *error = NULL;
	char **words;

	if (!g_shell_parse_argv(command, NULL, &words, &error)) {
		cmd_say("--and %s: %s", command, error->message);
		g_error_free(error);
		return NULL;
	}
	return words;
}

static int run_words(const struct kbuild *k, char **words)
{
	GPtrArray *argv = g_ptr_array_new();
	struct process_request req = { 0 };
	struct process_result ran;
	char *error = NULL;
	int status = 1;

	for (; *words; words++)
		g_ptr_array_add(argv, *words);
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

static int run_beside(const struct kbuild *k, const char *command)
{
	char **words = words_of(command);
	int status = words ? run_words(k, words) : 1;

	g_strfreev(words);
	return status;
}

static int run(struct kbuild *k)
{
	int status = 0;

	for (char **command = k->beside; command && *command; command++) {
		int ended = run_beside(k, *command);

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
	"the checker that CHECK would have been, with the same arguments:\n"
	"\n"
	"  make C=2 CHECK='pincheck kbuild --and \"smatch -p=kernel\"'\n"
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
		  "Run this checker as well (repeatable)", "COMMAND" },
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
