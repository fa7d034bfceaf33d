/* SPDX-License-Identifier: GPL-2.0-only */
/* What the subcommands share: options, messages, output. */
#ifndef PINCHECK_CMD_COMMON_H
#define PINCHECK_CMD_COMMON_H

#include <glib.h>

#include "cmd/cmd.h"

/* "pincheck: ..." as one line on stderr. */
void cmd_say(const char *format, ...) G_GNUC_PRINTF(1, 2);
/* The same, with a hint at --help; returns STATUS_USAGE. */
int cmd_usage(const char *format, ...) G_GNUC_PRINTF(1, 2);

/*
 * Cuts the command line at the first "--": returns what stands after it
 * (NULL-terminated, inside @argv), or NULL when there is none.
 */
char **cmd_split_args(int *argc, char **argv);

/* What cmd_parse returns when the command is to go on. */
#define CMD_GO (-1)

/*
 * Parses options into what @entries point at, which has the positional
 * arguments, too (G_OPTION_REMAINING). @arguments and @summary are for
 * --help. Returns CMD_GO, or the exit status after a message or the help.
 */
int cmd_parse(int argc, char **argv, const GOptionEntry *entries,
	      const char *arguments, const char *summary);

/* Of what GLib says, the part behind the last colon: the reason. */
const char *cmd_reason(const GError *error);

/*
 * Writes @text to a file, which is either complete or left as it was, or to
 * stdout for NULL and "-". STATUS_INCOMPLETE after a message on stderr.
 */
int cmd_write(const char *file, const GString *text);
/* The same to the file @name in @dir, which is made if it is not there. */
int cmd_write_into(const char *dir, const char *name, const char *text);

#endif
