// SPDX-License-Identifier: GPL-2.0-only
/*
 * pincheck lsp: becomes pincheck-lsp, the program beside ours that the language
 * server is, since that one holds no libclang that could bring it down.
 */
#include <errno.h>
#include <glib.h>
#include <string.h>
#include <unistd.h>

#include "cmd/common.h"

int cmd_lsp(int argc, char **argv)
{
	char *self = g_file_read_link("/proc/self/exe", NULL);
	char *folder = g_path_get_dirname(self ? self : "./pincheck");
	char *program = g_build_filename(folder, "pincheck-lsp", NULL);

	argv[0] = program;
	execv(program, argv);
	cmd_say("%s: %s", program, strerror(errno));
	g_free(program);
	g_free(folder);
	g_free(self);
	return STATUS_INCOMPLETE;
}
