// SPDX-License-Identifier: GPL-2.0-only
/* The program: finds the subcommand in its table and runs it. */
#include <glib.h>
#include <signal.h>
#include <stdio.h>

#include "base/process.h"
#include "cmd/cmd.h"
#include "cmd/common.h"

static const struct command commands[] = {
#define COMMAND(name, run, help) { name, help, run },
#include "cmd/commands.def"
#undef COMMAND
};

static const char usage[] =
	"Usage: pincheck COMMAND [OPTION...] [ARGUMENT...]\n"
	"\n"
	"Finds races between flags and reference counts in kernel code.\n"
	"\n"
	"Commands:\n";

static int print(GString *text)
{
	int status = cmd_write(NULL, text);

	g_string_free(text, TRUE);
	return status;
}

static int print_help(void)
{
	GString *text = g_string_new(usage);

	for (size_t i = 0; i < G_N_ELEMENTS(commands); i++)
		g_string_append_printf(text, "  %-10s %s\n", commands[i].name,
				       commands[i].help);
	g_string_append(text, "\nOptions:\n"
			"  --help     print this\n"
			"  --version  print the version\n"
			"\n"
			"'pincheck COMMAND --help' tells more of a command.\n");
	return print(text);
}

static int print_version(void)
{
	GString *text = g_string_new(NULL);

	g_string_printf(text, "pincheck %s\n", pincheck_version());
	return print(text);
}

static const struct command *find_command(const char *name)
{
	for (size_t i = 0; i < G_N_ELEMENTS(commands); i++)
		if (!g_strcmp0(commands[i].name, name))
			return &commands[i];
	return NULL;
}

static int run_command(const struct command *c, int argc, char **argv)
{
	char *name = g_strdup_printf("pincheck %s", c->name);

	/* For the usage line that GOption prints. */
	g_set_prgname(name);
	g_free(name);
	return c->run(argc, argv);
}

static int complain(const char *name)
{
	if (name)
		fprintf(stderr, "pincheck: no such command: %s\n", name);
	else
		fputs("pincheck: no command given\n", stderr);
	fputs("Try 'pincheck --help'.\n", stderr);
	return STATUS_USAGE;
}

int main(int argc, char **argv)
{
	const char *name = argc > 1 ? argv[1] : NULL;
	const struct command *c = find_command(name);

	process_fill_descriptors();
	/* Who starts us may ignore it, and then no exit status is kept. */
	signal(SIGCHLD, SIG_DFL);
	if (c)
		return run_command(c, argc - 1, argv + 1);
	if (!g_strcmp0(name, "--help") || !g_strcmp0(name, "-h") ||
	    !g_strcmp0(name, "help"))
		return print_help();
	if (!g_strcmp0(name, "--version"))
		return print_version();
	return complain(name);
}
