// SPDX-License-Identifier: GPL-2.0-only
/*
 * Verification: findings against expectations (expect.c), both ways. Every
 * expectation must be met, and every finding at warning or above must be
 * claimed by one on its line. A finding answers one expectation only, so that
 * a doubled finding is noticed.
 */
#include <string.h>

#include "private.h"

struct violation {
	const char *file;
	int line;
	char *text;
};

struct verify {
	const struct report *report;
	GPtrArray *expectations; /* struct expectation * */
	GHashTable *claimed;	 /* findings that met one */
	GPtrArray *violations;	 /* struct violation * */
};

static void violation_free(void *violation)
{
	struct violation *v = violation;

	g_free(v->text);
	g_free(v);
}

static void violate(struct verify *v, const char *file, int line,
		    const char *format, ...) G_GNUC_PRINTF(4, 5);

static void violate(struct verify *v, const char *file, int line,
		    const char *format, ...)
{
	struct violation *new = g_new0(struct violation, 1);
	va_list args;

	new->file = file;
	new->line = line;
	va_start(args, format);
	new->text = g_strdelimit(g_strdup_vprintf(format, args), "\n\r", ' ');
	va_end(args);
	g_ptr_array_add(v->violations, new);
}

/* Those that claim findings first, and of them the most particular. */
static int compare_claims(const void *a, const void *b)
{
	const struct expectation *ea = *(void *const *)a;
	const struct expectation *eb = *(void *const *)b;
	size_t la = ea->text ? strlen(ea->text) : 0;
	size_t lb = eb->text ? strlen(eb->text) : 0;

	if (ea->kind != eb->kind)
		return ea->kind < eb->kind ? -1 : 1;
	if (la != lb)
		return la > lb ? -1 : 1;
	if (ea->line != eb->line)
		return ea->line < eb->line ? -1 : 1;
	return g_strcmp0(ea->file, eb->file);
}

static int compare_violations(const void *a, const void *b)
{
	const struct violation *va = *(void *const *)a;
	const struct violation *vb = *(void *const *)b;
	int r = g_strcmp0(va->file, vb->file);

	if (!r)
		r = (va->line > vb->line) - (va->line < vb->line);
	return r ? r : g_strcmp0(va->text, vb->text);
}

static gboolean matches(const struct expectation *e, const struct finding *f)
{
	gboolean note = f->severity == SEVERITY_NOTE;

	return f->line == e->line && note == (e->kind == EXPECT_NOTE) &&
	       !g_strcmp0(f->rule, e->name) && !g_strcmp0(f->file, e->file) &&
	       (!e->text || strstr(f->message, e->text));
}

/* Met by the first such finding that no other expectation has. */
static void claim_finding(struct verify *v, struct expectation *e)
{
	const GPtrArray *findings = v->report->findings;

	for (guint i = 0; i < findings->len && !e->met; i++) {
		struct finding *f = findings->pdata[i];

		if (!matches(e, f) || g_hash_table_contains(v->claimed, f))
			continue;
		g_hash_table_add(v->claimed, f);
		e->met = TRUE;
	}
}

static void claim_skip(struct verify *v, struct expectation *e)
{
	const GArray *skips = v->report->skips;

	for (guint i = 0; i < skips->len && !e->met; i++) {
		const struct coverage_skip *s;

		s = &g_array_index(skips, struct coverage_skip, i);
		e->met = !g_strcmp0(s->function, e->name) &&
			 !g_strcmp0(s->file, e->file) &&
			 (!e->text || strstr(s->reason, e->text));
	}
}

/* RULE "text", as it was written. */
static char *spell(const struct expectation *e)
{
	if (!e->text)
		return g_strdup(e->name);
	return g_strdup_printf("%s \"%s\"", e->name, e->text);
}

static void judge(struct verify *v, const struct expectation *e)
{
	char *spelt = spell(e);

	switch (e->kind) {
	case EXPECT_BAD:
		violate(v, e->file, e->line, "cannot read expectation: %s",
			spelt);
		break;
	case EXPECT_FN:
		if (e->met)
			violate(v, e->file, e->line,
				"known miss is found now: turn it into expect: %s",
				spelt);
		break;
	case EXPECT_FP:
		if (!e->met)
			violate(v, e->file, e->line,
				"known false report is gone: remove FP: %s",
				spelt);
		break;
	default:
		if (!e->met)
			violate(v, e->file, e->line, "expected %s%s, not found",
				e->kind == EXPECT_SKIP ? "skip of " : "",
				spelt);
	}
	g_free(spelt);
}

static void check_rule(struct verify *v, const struct expectation *e,
		       report_known_rule known)
{
	if (known && e->kind < EXPECT_SKIP && !known(e->name))
		violate(v, e->file, e->line, "no such rule: %s", e->name);
}

static void check_expectations(struct verify *v, report_known_rule known)
{
	g_ptr_array_sort(v->expectations, compare_claims);
	for (guint i = 0; i < v->expectations->len; i++) {
		struct expectation *e = v->expectations->pdata[i];

		if (e->kind < EXPECT_SKIP)
			claim_finding(v, e);
		else if (e->kind == EXPECT_SKIP)
			claim_skip(v, e);
		check_rule(v, e, known);
		judge(v, e);
	}
}

static void check_findings(struct verify *v)
{
	for (guint i = 0; i < v->report->findings->len; i++) {
		const struct finding *f = v->report->findings->pdata[i];

		if (f->severity > SEVERITY_NOTE &&
		    !g_hash_table_contains(v->claimed, f))
			violate(v, f->file, f->line, "unexpected: %s [%s]",
				f->message, f->rule);
	}
}

static void add_name(GPtrArray *names, GHashTable *seen, const char *name)
{
	if (name && g_hash_table_add(seen, (gpointer)name))
		g_ptr_array_add(names, (gpointer)name);
}

/* @files, and the files in their folders that findings are in. */
static GPtrArray *files_to_read(const struct report *r,
				const char *const *files)
{
	GHashTable *folders = g_hash_table_new_full(g_str_hash, g_str_equal,
						    g_free, NULL);
	GHashTable *seen = g_hash_table_new(g_str_hash, g_str_equal);
	GPtrArray *names = g_ptr_array_new();

	for (; *files; files++) {
		add_name(names, seen, *files);
		g_hash_table_add(folders, g_path_get_dirname(*files));
	}
	for (guint i = 0; i < r->findings->len; i++) {
		const struct finding *f = r->findings->pdata[i];
		char *folder = g_path_get_dirname(f->file ? f->file : "/");

		if (g_hash_table_contains(folders, folder))
			add_name(names, seen, f->file);
		g_free(folder);
	}
	g_hash_table_unref(folders);
	g_hash_table_unref(seen);
	return names;
}

static void read_file(struct verify *v, const char *file)
{
	GError *error = NULL;
	char *text = comments_source(file, &error);

	if (text) {
		expectations_read(file, text, v->expectations);
		g_free(text);
		return;
	}
	violate(v, file, 0, "%s", error->message);
	g_error_free(error);
}

static void write_violations(const struct verify *v, GString *out)
{
	g_ptr_array_sort(v->violations, compare_violations);
	for (guint i = 0; i < v->violations->len; i++) {
		const struct violation *o = v->violations->pdata[i];

		g_string_append_printf(out, "%s:%d: error: %s\n",
				       o->file ? o->file : "?", o->line,
				       o->text);
	}
}

void report_verify(const struct report *r, const char *const *files,
		   report_known_rule known, GString *out,
		   struct verify_counts *ret_counts)
{
	struct verify v = {
		r, g_ptr_array_new_with_free_func(expectation_free),
		g_hash_table_new(NULL, NULL),
		g_ptr_array_new_with_free_func(violation_free)
	};
	GPtrArray *names = files_to_read(r, files);

	for (guint i = 0; i < names->len; i++)
		read_file(&v, names->pdata[i]);
	check_expectations(&v, known);
	check_findings(&v);
	write_violations(&v, out);
	*ret_counts = (struct verify_counts){ (int)names->len,
					      (int)v.expectations->len,
					      (int)v.violations->len };
	g_ptr_array_unref(v.expectations);
	g_ptr_array_unref(v.violations);
	g_hash_table_unref(v.claimed);
	g_ptr_array_unref(names);
}
