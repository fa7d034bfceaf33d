// SPDX-License-Identifier: GPL-2.0-only
/*
 * lower_text [--all-inlines] [--fold] DIRECTORY FILE [CLANG-ARG...]
 *
 * Prints the IR of one unit as tests/cfg compares it: nothing folded (unless
 * --fold), every invariant checked.
 */
#include <stdio.h>
#include <string.h>

#include "frontend/frontend.h"

static int invalid(const struct unit *u)
{
	int n = 0;
	guint i;

	for (i = 0; i < u->funcs->len; i++) {
		const struct func *f = g_ptr_array_index(u->funcs, i);
		char *wrong = ir_validate(f);

		if (wrong) {
			fprintf(stderr, "invalid: %s: %s\n", f->name, wrong);
			n++;
		}
		g_free(wrong);
	}
	return n;
}

static int print(const struct compile_command *cmd,
		 const struct frontend_options *opt)
{
	struct unit *u;
	int status = frontend_parse(cmd, opt, &u);
	GString *out = g_string_new(NULL);

	ir_print_unit(out, u);
	fputs(out->str, stdout);
	g_string_free(out, TRUE);
	if (invalid(u))
		status = -1;
	unit_free(u);
	return status ? 1 : 0;
}

int main(int argc, char **argv)
{
	struct frontend_options opt = { .no_fold = true };
	struct compile_command *cmd;
	int i = 1, status;

	for (; i < argc && !strncmp(argv[i], "--", 2); i++) {
		if (!strcmp(argv[i], "--all-inlines"))
			opt.all_inlines = true;
		else if (!strcmp(argv[i], "--fold"))
			opt.no_fold = false;
	}
	if (argc - i < 2) {
		fprintf(stderr, "usage: lower_text [--all-inlines] [--fold] "
				"DIRECTORY FILE [CLANG-ARG...]\n");
		return 2;
	}
	cmd = compile_command_new(argv[i], argv[i + 1],
				  (const char *const *)argv + i + 2);
	status = print(cmd, &opt);
	compile_command_free(cmd);
	return status;
}
