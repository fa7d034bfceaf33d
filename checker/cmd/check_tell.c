// SPDX-License-Identifier: GPL-2.0-only
/* What `pincheck check` says of a run on stderr, beside the report. */
#include <string.h>

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
	for (guint i = 0; lines && i < lines->len; i++)
		cmd_say("%s%s", what, (const char *)lines->pdata[i]);
}

/* ---- errors ---- */

/* Files whose errors are told unless all are asked for. */
#define FILES_TOLD 10

/* Errors that begin alike. */
struct trouble {
	const char *first;
	guint n;
};

/* The file of "FILE:LINE: what", or all of another line; the caller frees it. */
static char *file_of(const char *error)
{
	const char *colon = error;
	size_t digits;

	while ((colon = strchr(colon, ':'))) {
		digits = strspn(++colon, "0123456789");
		if (digits && g_str_has_prefix(colon + digits, ": "))
			return g_strndup(error, (gsize)(colon - 1 - error));
	}
	return g_strdup(error);
}

/* struct trouble by file, in order of appearance; the caller frees it. */
static GArray *troubles_of(const GPtrArray *errors)
{
	GArray *all = g_array_new(FALSE, FALSE, sizeof(struct trouble));
	GHashTable *places = g_hash_table_new_full(g_str_hash, g_str_equal,
						   g_free, NULL);

	for (guint i = 0; i < errors->len; i++) {
		const struct trouble fresh = { errors->pdata[i], 1 };
		char *file = file_of(fresh.first);
		guint at = GPOINTER_TO_UINT(g_hash_table_lookup(places, file));

		if (at) {
			g_array_index(all, struct trouble, at - 1).n++;
			g_free(file);
			continue;
		}
		g_array_append_val(all, fresh);
		g_hash_table_insert(places, file, GUINT_TO_POINTER(all->len));
	}
	g_hash_table_unref(places);
	return all;
}

static void tell_errors(const GPtrArray *errors)
{
	GArray *all = troubles_of(errors);
	guint more = 0;

	for (guint i = 0; i < all->len; i++) {
		const struct trouble *t = &g_array_index(all, struct trouble,
							 i);

		if (i >= FILES_TOLD)
			more += t->n;
		else if (t->n > 1)
			cmd_say("%s (and %u more of this file)", t->first,
				t->n - 1);
		else
			cmd_say("%s", t->first);
	}
	if (more)
		cmd_say("%u more error%s, of %u file%s", more,
			more == 1 ? "" : "s", all->len - FILES_TOLD,
			all->len == FILES_TOLD + 1 ? "" : "s");
	g_array_unref(all);
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
	if (verbose)
		tell_all("", r->errors);
	else
		tell_errors(r->errors);
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

void check_put_coverage(GString *out, const struct report *r)
{
	put_count(out, r->files, "file");
	g_string_append(out, ", ");
	put_count(out, r->functions, "function");
	g_string_append_printf(out, ", %u skipped%s", r->skips->len,
			       r->incomplete ? "; INCOMPLETE" : "");
}

void check_put_hidden(GString *out, int n, const char *why)
{
	if (n)
		g_string_append_printf(out, ", %d %s", n, why);
}

void check_summarize(const struct report *r, const struct check_hidden *hidden)
{
	GString *out = g_string_new(NULL);

	put_count(out, (int)r->findings->len, "finding");
	put_severities(out, r);
	check_put_hidden(out, hidden->suppressed, "suppressed");
	check_put_hidden(out, hidden->severe, "below --min-severity hidden");
	check_put_hidden(out, hidden->agreed, "without agreement hidden");
	check_put_hidden(out, hidden->known, "of the baseline hidden");
	g_string_append(out, "; ");
	check_put_coverage(out, r);
	cmd_say("%s", out->str);
	g_string_free(out, TRUE);
}
