// SPDX-License-Identifier: GPL-2.0-only
/*
 * Are the reports of a session, which parses units again after edits, those of
 * a plain parse? Each unit is checked as it is; with a line that is added to
 * its first function; as it was again; and with one line or another taken out,
 * which may be half of what the compiler needs. Each time the session's report
 * is to be that of a parse that begins anew, to the byte.
 *
 *	session_same [-v] DIRECTORY-OF-DATABASE FILE...
 *	session_same [-v] FILE... -- FLAG...
 *	session_same --deaf ...	the session is not told of edits, which must
 *				be seen
 *
 * Ends with CPU times a check, on average. 1: differences.
 */
#include <stdio.h>
#include <string.h>

#include "clock.h"
#include "edit.h"
#include "frontend/session.h"
#include "model/model.h"
#include "pipeline/pipeline.h"
#include "report/report.h"
#include "units.h"

/* Lines that are taken out of a unit, one at a time. */
#define CUTS 3

struct timing {
	double ms;
	int n;
};

struct run {
	const struct model *model;
	struct session *session, *plain;
	bool verbose, deaf;
	int units, checks, differ, unreadable;
	struct timing alone, first, warm, edit, anew;
};

static void add_time(struct timing *t, double since)
{
	t->ms += (cpu_ns() - since) / 1e6;
	t->n++;
}

/* The packed report; @text (may be NULL) is that of the main file. */
static char *check(const struct run *r, struct session *s,
		   const struct compile_command *cmd, const char *text,
		   struct timing *t)
{
	char *path = g_canonicalize_filename(cmd->file, cmd->directory);
	const struct buffer buffer = { .path = path, .text = text,
				       .size = text ? strlen(text) : 0 };
	const struct pipeline_options opt = { .model = r->model, .session = s,
					      .buffers = &buffer,
					      .n_buffers = text != NULL };
	double start = cpu_ns();
	struct report *report = pipeline_check(cmd, &opt);
	char *packed = report_pack(report);

	add_time(t, start);
	report_free(report);
	g_free(path);
	return packed;
}

/* Takes both. */
static void compare(struct run *r, const struct compile_command *cmd,
		    const char *what, char *expected, char *found)
{
	r->checks++;
	if (strcmp(expected, found)) {
		r->differ++;
		printf("%s: differs: %s\n", cmd->file, what);
		if (r->verbose)
			printf("--- plain\n%s\n--- session\n%s\n", expected,
			       found);
	}
	g_free(expected);
	g_free(found);
}

static void check_edit(struct run *r, const struct compile_command *cmd,
		       const char *what, const char *text)
{
	char *expected = check(r, r->plain, cmd, text, &r->anew);

	compare(r, cmd, what, expected,
		check(r, r->session, cmd, r->deaf ? NULL : text, &r->edit));
}

/* Does the line do something? */
static bool is_statement(const char *line)
{
	return *line == '\t' && g_str_has_suffix(line, ";");
}

static char *without_line(char *const *lines, guint cut)
{
	GString *text = g_string_new(NULL);
	guint i;

	for (i = 0; lines[i]; i++)
		if (i != cut)
			g_string_append_printf(text, "%s%s", lines[i],
					       lines[i + 1] ? "\n" : "");
	return g_string_free(text, FALSE);
}

static void check_cuts(struct run *r, const struct compile_command *cmd,
		       const char *text)
{
	char **lines = g_strsplit(text, "\n", -1), *changed, *what;
	guint n = g_strv_length(lines), i, at;

	for (i = 0; i < CUTS; i++) {
		for (at = n * (i + 1) / (CUTS + 1); at < n; at++)
			if (is_statement(lines[at]))
				break;
		if (at == n)
			continue;
		changed = without_line(lines, at);
		what = g_strdup_printf("line %u is taken out", at + 1);
		check_edit(r, cmd, what, changed);
		g_free(what);
		g_free(changed);
	}
	g_strfreev(lines);
}

static void check_unit(struct run *r, const struct compile_command *cmd,
		       const char *text)
{
	char *changed = text_with_line(text), *as_is;
	double start;

	as_is = check(r, NULL, cmd, NULL, &r->alone);
	compare(r, cmd, "as it is", g_strdup(as_is),
		check(r, r->session, cmd, NULL, &r->first));
	start = cpu_ns();
	session_warm(r->session, cmd);
	add_time(&r->warm, start);
	if (changed)
		check_edit(r, cmd, "a line is added", changed);
	compare(r, cmd, "as it was", as_is,
		check(r, r->session, cmd, text, &r->edit));
	check_cuts(r, cmd, text);
	g_free(changed);
}

static void run_unit(const struct compile_command *cmd, void *data)
{
	char *path = g_canonicalize_filename(cmd->file, cmd->directory), *text;
	struct run *r = data;

	r->units++;
	if (g_file_get_contents(path, &text, NULL, NULL)) {
		check_unit(r, cmd, text);
		g_free(text);
	} else {
		fprintf(stderr, "session_same: %s: cannot be read\n", path);
		r->unreadable++;
	}
	g_free(path);
}

static void tell_time(const char *what, const struct timing *t)
{
	printf("%s: %.1f ms\n", what, t->n ? t->ms / t->n : 0.0);
}

static void tell(const struct run *r)
{
	printf("%d units, %d checks, %d different\n", r->units, r->checks,
	       r->differ);
	tell_time("without a session", &r->alone);
	tell_time("the first time", &r->first);
	tell_time("warming", &r->warm);
	tell_time("after an edit", &r->edit);
	tell_time("the same, plainly", &r->anew);
}

int main(int argc, char **argv)
{
	struct run r = { 0 };
	int missing;

	r.verbose = argc > 1 && !strcmp(argv[1], "-v");
	r.deaf = argc > 1 && !strcmp(argv[1], "--deaf");
	argv += 1 + (r.verbose || r.deaf);
	argc -= 1 + (r.verbose || r.deaf);
	if (argc < 2) {
		fprintf(stderr, "usage: session_same [-v | --deaf] DIR FILE... | FILE... -- FLAG...\n");
		return 2;
	}
	r.model = model_new_builtin();
	r.session = session_new(1, SESSION_PREAMBLE);
	r.plain = session_new(1, SESSION_PLAIN);
	missing = units_each("session_same", argv, run_unit, &r);
	tell(&r);
	session_free(r.session);
	session_free(r.plain);
	model_free((struct model *)r.model);
	if (missing < 0)
		return 2;
	return missing || r.unreadable ? 3 : r.differ > 0;
}
