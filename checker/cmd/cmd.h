/* SPDX-License-Identifier: GPL-2.0-only */
/* The subcommands: each takes its own argv and returns the exit status. */
#ifndef PINCHECK_CMD_CMD_H
#define PINCHECK_CMD_CMD_H

/* The exit status of every subcommand. */
enum {
	STATUS_OK = 0,
	STATUS_FINDINGS = 1,   /* there are findings, and all was analysed */
	STATUS_USAGE = 2,      /* the command line makes no sense */
	STATUS_INCOMPLETE = 3, /* something was not analysed or not written */
};

struct command {
	const char *name, *help;
	int (*run)(int argc, char **argv);
};

/* "0.1.0" */
const char *pincheck_version(void);

#define COMMAND(name, run, help) int run(int argc, char **argv);
#include "cmd/commands.def"
#undef COMMAND

#endif
