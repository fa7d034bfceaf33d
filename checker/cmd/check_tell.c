// SPDX-License-Identifier: GPL-2.0-only
/* What `pincheck check` says of a run on stderr, beside the report. */
#include "cmd/check.h"
#include "cmd/common.h"

static void tell_skips(const struct report *r, gboolean all)
{
	for (guint i = 0; i < r->skips->len; i++) {
		const struct coverage_skip *s;

		s = &g_array_index(r->skips, struct coverage_skip, i);
		if (!all && !s->function)
			continue;
		cmd_say("%s%s%s%sskipped: %s", s->file ? s->file : "",
			s->file ? ": " : "", s->function ? s->function : "",
			s->function ? ": " : "", s->reason);
	}
}

void check_tell_functions(const struct report *r)
{
	tell_skips(r, FALSE);
}

static void tell_all(const char *what, const GPtrArray *lines)
{
	for (guint i = 0; i < lines->len; i++)
		cmd_say("%s%s", what, (const char *)lines->pdata[i]);
}

void check_tell(gboolean verbose, const struct report *r,
		const struct units *units, const GPtrArray *noise)
{
	if (verbose) {
		tell_all("worker: ", noise);
		tell_all("left out: ", units->left_out);
		tell_skips(r, TRUE);
	}
	tell_all("", units->notices);
	tell_all("", r->errors);
}

/* "3 files" */
static void put_count(GString *out, int n, const char *what)
{
	g_string_append_printf(out, "%d %s%s", n, what, n == 1 ? "" : "s");
}

/* " (1 error, 2 warnings)" */
static void put_severities(GString *out, const struct report *r)
{
	const char *before = " (";

	for (int s = SEVERITY_ERROR; s >= SEVERITY_NOTE; s--) {
		int n = report_count(r, s);

		if (!n)
			continue;
		g_string_append(out, before);
		put_count(out, n, severity_name(s));
		before = ", ";
	}
	if (r->findings->len)
		g_string_append_c(out, ')');
}

void check_summarize(const struct report *r, int hidden, int lonely)
{
	GString *out = g_string_new(NULL);

	put_count(out, (int)r->findings->len, "finding");
	put_severities(out, r);
	if (hidden)
		g_string_append_printf(out, ", %d below --min-severity hidden",
				       hidden);
	if (lonely)
		g_string_append_printf(out,
				       ", %d without agreement hidden",
				       lonely);
	g_string_append(out, "; ");
	put_count(out, r->files, "file");
	g_string_append(out, ", ");
	put_count(out, r->functions, "function");
	g_string_append_printf(out, ", %u skipped%s", r->skips->len,
			       r->incomplete ? "; INCOMPLETE" : "");
	cmd_say("%s", out->str);
	g_string_free(out, TRUE);
}
