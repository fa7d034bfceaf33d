// SPDX-License-Identifier: GPL-2.0-only
/*
 * One run of sparse. Its other warnings are switched off where they can be,
 * and passed over where not.
 */
#include "engines/sparse_ask.h"

#include <stdlib.h>
#include <string.h>

#include "base/cflags.h"
#include "base/process.h"

/* Bytes of messages that are kept: many times what a bad unit gives. */
#define MESSAGES 4000000

/*
 * "FILE:LINE:COLUMN: warning: context imbalance in 'FUNCTION' - WHY", or
 * "...: error: WHY". Of a file's name with a newline only the rest is here.
 */
#define MESSAGE                                                              \
	"^(.*):(\\d+):(\\d+): (?:error: (.*)|"                                \
	"warning: context imbalance in '(\\w+)' - (.*))$"

static void message_clear(void *data)
{
	struct sparse_message *m = data;

	g_free(m->function);
	g_free(m->why);
}

/* Sparse has other meanings for them, or none. */
static gboolean is_strange(const char *flag)
{
	static const char *const words[] = { "-m16", "-fsigned-char",
					     "-fms-extensions", "-O2", "-Os",
					     NULL };

	return g_strv_contains(words, flag) ||
	       g_str_has_prefix(flag, "-std=") ||
	       g_str_has_prefix(flag, "--target=") ||
	       (g_str_has_prefix(flag, "-isystem") && strcmp(flag, "-isystem"));
}

static void add_flags(GPtrArray *argv, const char *const *flags)
{
	int n;

	for (; *flags; flags += MAX(n, 1)) {
		n = cflag_words(flags);
		if (!n || is_strange(*flags))
			continue;
		/* which it does not know */
		if (strcmp(*flags, "-iquote"))
			g_ptr_array_add(argv, (char *)*flags);
		else
			g_ptr_array_add(argv, (char *)"-I");
		if (n == 2)
			g_ptr_array_add(argv, (char *)flags[1]);
	}
}

GPtrArray *sparse_command(const struct engine_unit *unit)
{
	static const char *const own[] = {
		"sparse", "-std=gnu11", "-Wno-all", "-Wno-decl", "-Wcontext",
		/* the kernel's own contexts would be in the same count */
		"-U__CHECKER__", "-fmax-warnings=unlimited",
	};
	GPtrArray *argv = g_ptr_array_new();

	for (gsize i = 0; i < G_N_ELEMENTS(own); i++)
		g_ptr_array_add(argv, (char *)own[i]);
	add_flags(argv, unit->flags);
	g_ptr_array_add(argv, (char *)"-include");
	g_ptr_array_add(argv, (char *)"/dev/stdin");
	g_ptr_array_add(argv, (char *)unit->file);
	g_ptr_array_add(argv, NULL);
	return argv;
}

static int fetch_number(const GMatchInfo *m, int group)
{
	char *text = g_match_info_fetch(m, group);
	int number = atoi(text);

	g_free(text);
	return number;
}

/* The place is in a header when an inline function of it is at the end. */
static gboolean is_in(const GMatchInfo *m, const char *file)
{
	char *name = g_match_info_fetch(m, 1);
	gboolean in = *name && g_str_has_suffix(file, name);

	g_free(name);
	return in;
}

static struct sparse_message message_of(const GMatchInfo *m, const char *file)
{
	char *error = g_match_info_fetch(m, 4);
	struct sparse_message said = { NULL, error, 0, 0 };

	if (!*error) {
		g_free(error);
		said.function = g_match_info_fetch(m, 5);
		said.why = g_match_info_fetch(m, 6);
	}
	if (is_in(m, file)) {
		said.line = fetch_number(m, 2);
		said.column = fetch_number(m, 3);
	}
	return said;
}

static GArray *messages_of(const GString *text, const char *file)
{
	GArray *found = g_array_new(FALSE, FALSE,
				    sizeof(struct sparse_message));
	GRegex *regex = g_regex_new(MESSAGE, G_REGEX_RAW | G_REGEX_MULTILINE,
				    0, NULL);
	GMatchInfo *m;

	g_array_set_clear_func(found, message_clear);
	g_regex_match_full(regex, text->str, text->len, 0, 0, &m, NULL);
	for (; g_match_info_matches(m); g_match_info_next(m, NULL)) {
		struct sparse_message said = message_of(m, file);

		g_array_append_val(found, said);
	}
	g_match_info_free(m);
	g_regex_unref(regex);
	return found;
}

/* With an error of its own sparse has the status 1. */
static char *failure(const struct process_result *ran, const GArray *said)
{
	if (ran->err_cut)
		return g_strdup("too many messages");
	for (guint i = 0; ran->status == 1 && i < said->len; i++)
		if (!g_array_index(said, struct sparse_message, i).function)
			return NULL;
	return process_failure(ran);
}

GArray *sparse_ask(const struct engine_unit *unit, const char *header,
		   int timeout, char **ret_error)
{
	GPtrArray *argv = sparse_command(unit);
	const struct process_request req = {
		.argv = (const char *const *)argv->pdata,
		.cwd = unit->directory,
		.input = header,
		.limit = MESSAGES,
		.timeout = timeout,
	};
	struct process_result ran;
	GArray *found = NULL;

	if (process_run(&req, &ran, ret_error) == 0) {
		char *error;

		found = messages_of(ran.err, unit->file);
		error = failure(&ran, found);
		if (error) {
			*ret_error = error;
			g_clear_pointer(&found, g_array_unref);
		}
		process_result_clear(&ran);
	}
	g_ptr_array_unref(argv);
	return found;
}
