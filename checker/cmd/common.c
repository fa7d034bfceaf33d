// SPDX-License-Identifier: GPL-2.0-only
/* What the subcommands share: options, messages, output. */
#include "cmd/common.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/printable.h"
#include "base/version.h"

const char *pincheck_version(void)
{
	return PINCHECK_VERSION;
}

static void say(const char *format, va_list args) G_GNUC_PRINTF(1, 0);

static void say(const char *format, va_list args)
{
	char *text = g_strdup_vprintf(format, args);
	/* A file's name may have anything in it; this is to be one line. */
	char *line = printable(text);

	fprintf(stderr, "pincheck: %s\n", line);
	g_free(line);
	g_free(text);
}

void cmd_say(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	say(format, args);
	va_end(args);
}

int cmd_usage(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	say(format, args);
	va_end(args);
	fprintf(stderr, "Try '%s --help'.\n", g_get_prgname());
	return STATUS_USAGE;
}

char **cmd_split_args(int *argc, char **argv)
{
	for (int i = 1; i < *argc; i++) {
		if (strcmp(argv[i], "--"))
			continue;
		argv[i] = NULL;
		*argc = i;
		return argv + i + 1;
	}
	return NULL;
}

/* Is @arg "-x" or "--long" of an option whose value is the next argument? */
static gboolean awaits_value(const GOptionEntry *entries, const char *arg)
{
	for (; entries->long_name; entries++) {
		if (entries->arg == G_OPTION_ARG_NONE || !*entries->long_name)
			continue;
		if (g_str_has_prefix(arg, "--") &&
		    !strcmp(arg + 2, entries->long_name))
			return TRUE;
		if (entries->short_name && arg[0] == '-' &&
		    arg[1] == entries->short_name && !arg[2])
			return TRUE;
	}
	return FALSE;
}

/* GOption wants "-j 4"; everybody writes "-j4". The caller frees it. */
static char **split_short_options(int argc, char **argv,
				  const GOptionEntry *entries)
{
	GPtrArray *args = g_ptr_array_new();
	gboolean is_value = FALSE;

	for (int i = 0; i < argc; i++) {
		char *option = g_strndup(argv[i], 2);

		if (!is_value && strlen(argv[i]) > 2 &&
		    awaits_value(entries, option)) {
			g_ptr_array_add(args, option);
			g_ptr_array_add(args, g_strdup(argv[i] + 2));
			continue;
		}
		g_free(option);
		is_value = !is_value && awaits_value(entries, argv[i]);
		g_ptr_array_add(args, g_strdup(argv[i]));
	}
	g_ptr_array_add(args, NULL);
	return (char **)g_ptr_array_free(args, FALSE);
}

static int print_help(GOptionContext *context)
{
	char *help = g_option_context_get_help(context, TRUE, NULL);
	GString *text = g_string_new(help);
	int status;

	/* GLib's one character that is not in every terminal's set. */
	g_string_replace(text, "\xe2\x80\xa6", "...", 0);
	status = cmd_write(NULL, text);
	g_string_free(text, TRUE);
	g_free(help);
	return status;
}

/* A name without a letter is nobody's: most likely a variable was empty. */
static gboolean has_empty_name(const GOptionEntry *entry)
{
	char *const *names;

	if (entry->arg == G_OPTION_ARG_FILENAME) {
		const char *name = *(char **)entry->arg_data;

		return name && !*name;
	}
	if (entry->arg != G_OPTION_ARG_FILENAME_ARRAY)
		return FALSE;
	for (names = *(char ***)entry->arg_data; names && *names; names++)
		if (!**names)
			return TRUE;
	return FALSE;
}

static int check_names(const GOptionEntry *entries)
{
	for (; entries->long_name; entries++) {
		if (!has_empty_name(entries))
			continue;
		if (*entries->long_name)
			return cmd_usage("--%s: the name is empty",
					 entries->long_name);
		return cmd_usage("an argument is empty");
	}
	return CMD_GO;
}

static int parse_context(GOptionContext *context, char ***args,
			 const gboolean *help)
{
	GError *error = NULL;

	if (!g_option_context_parse_strv(context, args, &error)) {
		cmd_usage("%s", error->message);
		g_error_free(error);
		return STATUS_USAGE;
	}
	return *help ? print_help(context) : CMD_GO;
}

int cmd_parse(int argc, char **argv, const GOptionEntry *entries,
	      const char *arguments, const char *summary)
{
	GOptionContext *context = g_option_context_new(arguments);
	char **args = split_short_options(argc, argv, entries);
	gboolean help = FALSE;
	const GOptionEntry help_entry[] = {
		{ "help", 'h', 0, G_OPTION_ARG_NONE, &help, "Print this",
		  NULL },
		G_OPTION_ENTRY_NULL
	};
	int status;

	g_option_context_set_summary(context, summary);
	/* GLib's own ends the program. */
	g_option_context_set_help_enabled(context, FALSE);
	g_option_context_add_main_entries(context, entries, NULL);
	g_option_context_add_main_entries(context, help_entry, NULL);
	status = parse_context(context, &args, &help);
	g_option_context_free(context);
	g_strfreev(args);
	return status == CMD_GO ? check_names(entries) : status;
}

/* 0, or an errno. */
static int write_stream(FILE *to, const GString *text)
{
	errno = 0;
	if (fwrite(text->str, 1, text->len, to) != text->len || fflush(to))
		return errno ? errno : EIO;
	return 0;
}

/* Devices and pipes cannot be replaced by renaming: they are written to. */
static int write_special(const char *file, const GString *text)
{
	FILE *to = fopen(file, "w");
	int err = to ? write_stream(to, text) : errno;

	if (to && fclose(to) && !err)
		err = errno;
	return err;
}

const char *cmd_reason(const GError *error)
{
	const char *reason = strrchr(error->message, ':');

	if (!reason)
		return error->message;
	return reason + 1 + strspn(reason + 1, " ");
}

static int write_regular(const char *file, const GString *text)
{
	/* Through a symbolic link, which would else be replaced itself. */
	char *target = realpath(file, NULL);
	GError *error = NULL;
	int status = STATUS_OK;

	if (!g_file_set_contents(target ? target : file, text->str,
				 (gssize)text->len, &error)) {
		/* GLib names the temporary file */
		cmd_say("cannot write %s: %s", file, cmd_reason(error));
		g_error_free(error);
		status = STATUS_INCOMPLETE;
	}
	free(target);
	return status;
}

int cmd_write(const char *file, const GString *text)
{
	gboolean to_stdout = !file || !strcmp(file, "-");
	int err;

	if (!to_stdout && (!g_file_test(file, G_FILE_TEST_EXISTS) ||
			   g_file_test(file, G_FILE_TEST_IS_REGULAR)))
		return write_regular(file, text);
	err = to_stdout ? write_stream(stdout, text) :
			  write_special(file, text);
	if (!err)
		return STATUS_OK;
	cmd_say("cannot write %s: %s", to_stdout ? "the report" : file,
		g_strerror(err));
	return STATUS_INCOMPLETE;
}

int cmd_write_into(const char *dir, const char *name, const char *text)
{
	char *file = g_build_filename(dir, name, NULL);
	GString *out = g_string_new(text);
	int status;

	/* If it fails, so does the writing, with a message. */
	g_mkdir_with_parents(dir, 0777);
	status = cmd_write(file, out);
	g_string_free(out, TRUE);
	g_free(file);
	return status;
}
