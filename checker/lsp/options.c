// SPDX-License-Identifier: GPL-2.0-only
/*
 * Two ways to be called: with our own options and clangd's command line behind
 * "--", or in clangd's place with its arguments, where ours are in
 * $PINCHECK_LSP_OPTIONS. What is for the worker is not looked at.
 */
#include "lsp/options.h"

#include <errno.h>
#include <glib.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* As a shell has it, and every subcommand. */
enum {
	STATUS_OK = 0,
	STATUS_USAGE = 2,
	STATUS_NOT_WRITTEN = 3,
	STATUS_CANNOT_RUN = 126,
	STATUS_NOT_FOUND = 127,
};

#define DEBOUNCE_MS 100
#define TIMEOUT_S 60
/* In ms it is an int. */
#define LONGEST_TIMEOUT_S (G_MAXINT / 1000)
/* What clangd has in its environment if we started it in its place. */
#define IN_PLACE "PINCHECK_IN_PLACE"

static const char summary[] =
	"A language server that shows findings while their code is edited; with"
	" CLANGD,\nthe command line of one, it stands between that and the"
	" editor.";

/* What parsing fills. */
struct reading {
	struct options *o;
	GPtrArray *passed; /* what the worker gets */
	char *worker;
};

static int complain(const char *what)
{
	fprintf(stderr, "pincheck: %s\nTry '%s --help'.\n", what,
		g_get_prgname());
	return STATUS_USAGE;
}

/* ---- our options ---- */

/* An option that is the worker's: it gets it as it is. */
static gboolean pass_on(const char *name, const char *value, void *data,
			GError **error)
{
	struct reading *rd = data;

	g_ptr_array_add(rd->passed, g_strdup(name));
	if (value)
		g_ptr_array_add(rd->passed, g_strdup(value));
	return TRUE;
}

static const GOptionEntry passed_entries[] = {
	{ "compile-db", 'p', G_OPTION_FLAG_FILENAME, G_OPTION_ARG_CALLBACK,
	  pass_on, "Folder of compile_commands.json", "DIR" },
	{ "model", 0, G_OPTION_FLAG_FILENAME, G_OPTION_ARG_CALLBACK, pass_on,
	  "Load this .pincheck file (repeatable)", "FILE" },
	{ "store", 0, G_OPTION_FLAG_FILENAME, G_OPTION_ARG_CALLBACK, pass_on,
	  "What is known of other files (that of 'pincheck index')", "FILE" },
	{ "no-store", 0, G_OPTION_FLAG_NO_ARG, G_OPTION_ARG_CALLBACK, pass_on,
	  "Know nothing of other files", NULL },
	{ "no-cross-file", 0, G_OPTION_FLAG_NO_ARG, G_OPTION_ARG_CALLBACK,
	  pass_on, "Use of a store only what was mined beside it", NULL },
	{ "rules", 0, 0, G_OPTION_ARG_CALLBACK, pass_on,
	  "Look for these only, separated by commas", "RULES" },
	{ "min-severity", 0, 0, G_OPTION_ARG_CALLBACK, pass_on,
	  "Hide what is below: note, warning (default), error", "LEVEL" },
	{ "memory", 0, 0, G_OPTION_ARG_CALLBACK, pass_on,
	  "The memory that replays run on: sc, tso, pso, arm", "MODEL" },
	G_OPTION_ENTRY_NULL
};

static GOptionContext *make_context(struct reading *rd)
{
	const GOptionEntry own[] = {
		{ "debounce", 0, 0, G_OPTION_ARG_INT, &rd->o->debounce,
		  "Check when nothing was typed for so long (100)", "MS" },
		{ "timeout", 0, 0, G_OPTION_ARG_INT, &rd->o->timeout,
		  "Give up on a check after this (60; 0: never)", "SECONDS" },
		{ "worker", 0, 0, G_OPTION_ARG_FILENAME, &rd->worker,
		  "Ask this program, in the place of 'pincheck lsp-worker'",
		  "PROGRAM" },
		G_OPTION_ENTRY_NULL
	};
	GOptionContext *context = g_option_context_new("[-- CLANGD [ARG...]]");
	GOptionGroup *group = g_option_group_new(NULL, NULL, NULL, rd, NULL);

	g_option_group_add_entries(group, passed_entries);
	g_option_group_add_entries(group, own);
	g_option_context_set_main_group(context, group);
	g_option_context_set_summary(context, summary);
	g_option_context_set_help_enabled(context, FALSE);
	return context;
}

static int print_help(GOptionContext *context)
{
	char *help = g_option_context_get_help(context, TRUE, NULL);
	GString *text = g_string_new(help);

	/* GLib's one character that is not in every terminal's set. */
	g_string_replace(text, "\xe2\x80\xa6", "...", 0);
	fputs(text->str, stdout);
	g_string_free(text, TRUE);
	g_free(help);
	return fflush(stdout) ? STATUS_NOT_WRITTEN : STATUS_OK;
}

static gboolean wants_help(char *const *args)
{
	for (; *args; args++)
		if (!strcmp(*args, "--help") || !strcmp(*args, "-h"))
			return TRUE;
	return FALSE;
}

static int check_options(const struct options *o, char *const *rest)
{
	if (*rest)
		return complain("clangd's command line stands behind '--'");
	if (o->debounce < 0 || o->timeout < 0)
		return complain("a time is not negative");
	if (o->timeout > LONGEST_TIMEOUT_S)
		return complain("the timeout is too long");
	return OPTIONS_GO;
}

/* @args: NULL-terminated, with the name in front; eaten up. */
static int parse(struct reading *rd, char ***args)
{
	GOptionContext *context = make_context(rd);
	GError *error = NULL;
	int status;

	if (wants_help(*args))
		status = print_help(context);
	else if (g_option_context_parse_strv(context, args, &error))
		status = check_options(rd->o, *args + 1);
	else
		status = complain(error->message);
	g_clear_error(&error);
	g_option_context_free(context);
	return status;
}

/* "pincheck lsp-worker" of the folder that we are in, or what was asked for. */
static void fill_worker(const struct reading *rd)
{
	char *self = g_file_read_link("/proc/self/exe", NULL);
	char *folder = g_path_get_dirname(self ? self : "./pincheck-lsp");
	GPtrArray *argv = g_ptr_array_new();

	if (rd->worker) {
		g_ptr_array_add(argv, g_strdup(rd->worker));
	} else {
		g_ptr_array_add(argv,
				g_build_filename(folder, "pincheck", NULL));
		g_ptr_array_add(argv, g_strdup("lsp-worker"));
	}
	for (guint i = 0; i < rd->passed->len; i++)
		g_ptr_array_add(argv, g_strdup(rd->passed->pdata[i]));
	g_ptr_array_add(argv, NULL);
	rd->o->worker = (char **)g_ptr_array_free(argv, FALSE);
	g_free(folder);
	g_free(self);
}

/* Takes @args. */
static int read_own(char **args, struct options *ret)
{
	struct reading rd = { .o = ret,
			      .passed = g_ptr_array_new_with_free_func(g_free) };
	int status = parse(&rd, &args);

	if (status == OPTIONS_GO)
		fill_worker(&rd);
	g_ptr_array_unref(rd.passed);
	g_free(rd.worker);
	g_strfreev(args);
	return status;
}

/* "--" and what is behind it are cut off @args; that is returned, or NULL. */
static char **cut_clangd(char **args)
{
	char **clangd;

	while (*args && strcmp(*args, "--"))
		args++;
	if (!*args)
		return NULL;
	clangd = g_strdupv(args + 1);
	for (; *args; args++)
		g_clear_pointer(args, g_free);
	return clangd;
}

/* ---- in clangd's place ---- */

static gboolean is_self(const char *program)
{
	char *self = realpath("/proc/self/exe", NULL);
	char *that = realpath(program, NULL);
	gboolean same = self && that && !strcmp(self, that);

	free(that);
	free(self);
	return same;
}

/* The first clangd of $PATH that is not another name of ours; NULL: none. */
static char *find_in_path(void)
{
	const char *path = g_getenv("PATH");
	char **folders = g_strsplit(path ? path : "/usr/bin:/bin", ":", -1);
	char *found = NULL;

	for (char **f = folders; *f && !found; f++) {
		found = g_build_filename(**f ? *f : ".", "clangd", NULL);
		if (!g_file_test(found, G_FILE_TEST_IS_EXECUTABLE) ||
		    is_self(found))
			g_clear_pointer(&found, g_free);
	}
	g_strfreev(folders);
	return found;
}

/*
 * Whose place we take; NULL: nobody's but our own. A script of clangd's name may
 * start us, which only shows when it does so again. Caller frees.
 */
static char *find_clangd(void)
{
	const char *told = g_getenv("PINCHECK_CLANGD");
	char *program;
	gboolean self;

	if (g_getenv(IN_PLACE))
		return NULL;
	g_setenv(IN_PLACE, "1", TRUE);
	if (!told || !*told)
		return find_in_path();
	program = g_find_program_in_path(told);
	self = program && is_self(program);
	g_free(program);
	return self ? NULL : g_strdup(told);
}

/* Does clangd print something and end, or check a file? It takes one dash, too. */
static gboolean answers_itself(char *const *args)
{
	for (; *args; args++) {
		const char *name = *args + strspn(*args, "-");

		if (name != *args && (g_str_has_prefix(name, "version") ||
				      g_str_has_prefix(name, "help") ||
				      g_str_has_prefix(name, "check")))
			return TRUE;
	}
	return FALSE;
}

static int become(char **argv)
{
	execvp(argv[0], argv);
	fprintf(stderr, "pincheck: %s: %s\n", argv[0], g_strerror(errno));
	return errno == ENOENT ? STATUS_NOT_FOUND : STATUS_CANNOT_RUN;
}

static int read_environment(struct options *ret)
{
	const char *text = g_getenv("PINCHECK_LSP_OPTIONS");
	char *line = g_strconcat("pincheck-clangd ", text, NULL);
	GError *error = NULL;
	char **args;
	int status;

	if (g_shell_parse_argv(line, NULL, &args, &error))
		status = read_own(args, ret);
	else
		status = complain(error->message);
	g_clear_error(&error);
	g_free(line);
	return status;
}

/* Takes @args. */
static int stand_in(char **args, struct options *ret)
{
	char *clangd = find_clangd();

	ret->clangd = args;
	if (!clangd) {
		fputs("pincheck: there is no clangd but this program\n", stderr);
		return STATUS_NOT_FOUND;
	}
	g_free(args[0]);
	args[0] = clangd;
	return answers_itself(args + 1) ? become(args) : read_environment(ret);
}

/* ---- either ---- */

int options_read(int argc, char **argv, struct options *ret)
{
	char **args = g_strdupv(argv);
	int status;

	*ret = (struct options){ .debounce = DEBOUNCE_MS,
				 .timeout = TIMEOUT_S };
	if (g_str_has_suffix(argv[0], "clangd")) {
		status = stand_in(args, ret);
	} else {
		ret->clangd = cut_clangd(args);
		status = read_own(args, ret);
		if (status == OPTIONS_GO && ret->clangd && !*ret->clangd)
			status = complain("there is nothing behind '--'");
	}
	if (status != OPTIONS_GO)
		options_clear(ret);
	return status;
}

void options_clear(struct options *o)
{
	g_strfreev(o->worker);
	g_strfreev(o->clangd);
	*o = (struct options){ 0 };
}
