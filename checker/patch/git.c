// SPDX-License-Identifier: GPL-2.0-only
/*
 * Running git, with limits. Neither the user's settings nor the environment
 * decide what it prints or starts: no pager, no hook, no file system monitor,
 * no network. The settings of the repository itself cannot be kept out here (see
 * shadow.c), so each call names the options that matter to it.
 */
#include "patch/private.h"

#include <string.h>

#include "base/printable.h"
#include "base/process.h"

#define GIT_BYTES (256 * 1024 * 1024)
#define GIT_SECONDS 120

struct git {
	char *cwd;
	GPtrArray *env;
	GPtrArray *options; /* those before the verb */
};

bool patch_fail(char **ret_error, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	*ret_error = g_strdup_vprintf(format, args);
	va_end(args);
	return false;
}

/* ---- where ---- */

/* Hooks and scripts have variables of git that are about something else. */
static GPtrArray *environment(bool repository)
{
	static const char *const set[] = {
		"GIT_CONFIG_GLOBAL=/dev/null", "GIT_CONFIG_NOSYSTEM=1",
		"GIT_ATTR_NOSYSTEM=1", "GIT_OPTIONAL_LOCKS=0",
		/* a partial clone asks for what it lacks: of no protocol */
		"GIT_ALLOW_PROTOCOL=", "GIT_TERMINAL_PROMPT=0", "LC_ALL=C"
	};
	GPtrArray *env = g_ptr_array_new_with_free_func(g_free);
	char **ours = g_listenv(), **name;

	for (name = ours; *name; name++)
		if (g_str_has_prefix(*name, "GIT_"))
			g_ptr_array_add(env, g_strdup(*name));
	for (gsize i = 0; i < G_N_ELEMENTS(set); i++)
		g_ptr_array_add(env, g_strdup(set[i]));
	if (!repository)
		g_ptr_array_add(env, g_strdup("GIT_DIR=/dev/null"));
	g_ptr_array_add(env, NULL);
	g_strfreev(ours);
	return env;
}

static struct git *git_new(const char *cwd, bool repository)
{
	static const char *const options[] = {
		"--no-pager", "--literal-pathspecs",
		"-c", "core.quotePath=false", "-c", "core.fsmonitor=false",
		"-c", "core.hooksPath=/dev/null",
		"-c", "core.attributesFile=/dev/null"
	};
	struct git *g = g_new0(struct git, 1);

	g->cwd = g_strdup(cwd);
	g->env = environment(repository);
	g->options = g_ptr_array_new_with_free_func(g_free);
	for (gsize i = 0; i < G_N_ELEMENTS(options); i++)
		g_ptr_array_add(g->options, g_strdup(options[i]));
	return g;
}

struct git *git_nowhere(const char *cwd)
{
	return git_new(cwd, false);
}

/*
 * Whose repositories are trusted is the one thing that the user's settings
 * say, and nobody else: containers check out as another user.
 */
static void add_trusted(struct git *g)
{
	static const char *const env[] = { "GIT_DIR=/dev/null", NULL };
	const struct process_request req = {
		.argv = ARGS("git", "config", "-z", "--get-all",
			     "safe.directory"),
		.env = env, .limit = GIT_BYTES, .timeout = GIT_SECONDS
	};
	struct process_result ran;
	char *error = NULL;
	const char *at;

	if (process_run(&req, &ran, &error) < 0) {
		g_free(error);
		return;
	}
	for (at = ran.out->str; *at; at += strlen(at) + 1) {
		g_ptr_array_add(g->options, g_strdup("-c"));
		g_ptr_array_add(g->options,
				g_strconcat("safe.directory=", at, NULL));
	}
	process_result_clear(&ran);
}

struct git *git_repository(const char *folder)
{
	struct git *g = git_new(folder, true);

	add_trusted(g);
	return g;
}

void git_set(struct git *g, const char *name, const char *value)
{
	/* behind what is there, and before the NULL: the last one counts */
	g_ptr_array_insert(g->env, (gint)g->env->len - 1,
			   g_strconcat(name, "=", value, NULL));
}

void git_free(struct git *g)
{
	if (!g)
		return;
	g_ptr_array_unref(g->env);
	g_ptr_array_unref(g->options);
	g_free(g->cwd);
	g_free(g);
}

/* ---- a call ---- */

/* "patch failed: a.c:3" of "error: patch failed: a.c:3", after warnings. */
static char *first_error(const char *text)
{
	char **lines = g_strsplit(text, "\n", -1), **line, *found = NULL;

	for (line = lines; *line && !found; line++)
		if (g_str_has_prefix(*line, "error: ") ||
		    g_str_has_prefix(*line, "fatal: "))
			found = printable(*line + strlen("error: "));
	if (!found && lines[0] && *lines[0])
		found = printable(lines[0]);
	g_strfreev(lines);
	return found;
}

/* Takes @why. Of what is missing, git tells how it could not get at it. */
static char *explain(char *why)
{
	char *more;

	if (!g_str_has_prefix(why, "transport '") &&
	    !g_str_has_prefix(why, "unable to read "))
		return why;
	more = g_strdup_printf("an object is missing: a partial clone? (%s)",
			       why);
	g_free(why);
	return more;
}

/* Why it is no result; NULL: it is one. */
static char *failure(const struct process_result *ran,
		     const struct git_call *call)
{
	char *why = NULL, *all;

	if (ran->out_cut)
		return g_strdup_printf("git %s printed too much",
				       call->args[0]);
	if (ran->status >= 0 && ran->status <= call->good && !ran->timed_out)
		return NULL;
	if (ran->status > 0)
		why = first_error(ran->err->str);
	if (why)
		return explain(why);
	why = process_failure(ran);
	all = g_strdup_printf("git %s %s", call->args[0], why);
	g_free(why);
	return all;
}

GString *git_run(const struct git *g, const struct git_call *call,
		 char **ret_error)
{
	GPtrArray *argv = g_ptr_array_new();
	struct process_request req = {
		.cwd = g->cwd, .env = (const char *const *)g->env->pdata,
		.input = call->input, .limit = GIT_BYTES,
		.timeout = GIT_SECONDS
	};
	struct process_result ran;
	const char *const *arg;
	GString *out = NULL;
	int started;

	g_ptr_array_add(argv, (gpointer)"git");
	for (guint i = 0; i < g->options->len; i++)
		g_ptr_array_add(argv, g->options->pdata[i]);
	for (arg = call->args; *arg; arg++)
		g_ptr_array_add(argv, (gpointer)*arg);
	g_ptr_array_add(argv, NULL);
	req.argv = (const char *const *)argv->pdata;
	started = process_run(&req, &ran, ret_error);
	g_ptr_array_unref(argv);
	if (started < 0)
		return NULL;
	*ret_error = failure(&ran, call);
	if (!*ret_error) {
		out = ran.out;
		ran.out = g_string_new(NULL);
	}
	process_result_clear(&ran);
	return out;
}
