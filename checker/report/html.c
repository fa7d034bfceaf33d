// SPDX-License-Identifier: GPL-2.0-only
/*
 * The format "html": one page that needs nothing else, for a browser or as an
 * attachment: a list to filter, and for each finding its source and the story
 * with a column a CPU. The page forbids itself, by a content security policy
 * with the digests of its script and style, to load or run anything else. What
 * a patch fixes is in the list, with its source and story of before.
 */
#include <string.h>

#include "base/printable.h"
#include "private.h"
#include "report/change.h"

/* Lines of source before and behind a finding's own. */
#define CONTEXT_LINES 4

static const char page_style[] =
	"body{font:15px/1.45 sans-serif;margin:1.5em auto;max-width:75em;"
	"padding:0 1em;color:#222;background:#fff}"
	"pre,code,.src,.place{font-family:monospace;font-size:13px}"
	"details{border:1px solid #ccc;border-left-width:5px;margin:.5em 0;"
	"padding:.4em .8em}"
	"details.error{border-left-color:#c22}"
	"details.warning{border-left-color:#b70}"
	"details.note{border-left-color:#579}"
	"summary{cursor:pointer}"
	".rule{color:#555;white-space:nowrap}.place{color:#555}"
	".change{background:#def;padding:0 .4em}"
	".src{border-collapse:collapse;margin:.6em 0}"
	".src td{padding:0 .6em;white-space:pre;tab-size:8}"
	".src td:first-child{color:#888;text-align:right}"
	".src tr.here{background:#fe9}"
	".cpus{border-collapse:collapse;width:100%;margin:.6em 0;"
	"table-layout:fixed}"
	".cpus th{text-align:left;background:#eee}"
	".cpus th,.cpus td{border:1px solid #ddd;padding:.25em .6em;"
	"vertical-align:top;overflow-wrap:anywhere}"
	".cpus td.idle{background:#f7f7f7}"
	"pre{background:#f5f5f5;padding:.6em;overflow-x:auto}"
	"form{margin:1em 0}label{margin-right:1em}"
	"[hidden]{display:none}";

/* Hides what does not match; without it the page shows everything. */
static const char page_script[] =
	"'use strict';"
	"const form=document.forms[0],"
	"all=[...document.querySelectorAll('details')],"
	"shown=document.getElementById('shown');"
	"function filter(){"
	"const text=form.text.value.toLowerCase();let n=0;"
	"for(const d of all){"
	"const fits=form[d.dataset.severity].checked&&"
	"(!form.rule.value||form.rule.value===d.dataset.rule)&&"
	"(!form.change?.value||form.change.value===d.dataset.change)&&"
	"d.textContent.toLowerCase().includes(text);"
	"d.hidden=!fits;n+=fits}"
	"shown.textContent=n+' of '+all.length+' shown'}"
	"form.hidden=false;form.addEventListener('input',filter);"
	"form.addEventListener('submit',e=>e.preventDefault());filter();";

/* ---- text ---- */

/* Fit for an element's text, and for an attribute in quotes. */
static void put(GString *out, const char *text)
{
	char *valid = g_utf8_make_valid(text ? text : "", -1);
	char *safe = printable(valid);

	for (const char *c = safe; *c; c++) {
		if (strchr("<>&\"'", *c))
			g_string_append_printf(out, "&#%d;", *c);
		else
			g_string_append_c(out, *c);
	}
	g_free(safe);
	g_free(valid);
}

static void put_place(GString *out, const char *file, int line)
{
	g_string_append(out, "<span class=\"place\">");
	put(out, file ? file : "?");
	g_string_append_printf(out, ":%d</span>", line);
}

/* 'sha256-...' of what stands in an element, as the policy wants it. */
static void put_digest(GString *out, const char *text)
{
	GChecksum *sum = g_checksum_new(G_CHECKSUM_SHA256);
	guint8 digest[32];
	gsize length = sizeof(digest);
	char *base64;

	g_checksum_update(sum, (const guchar *)text, (gssize)strlen(text));
	g_checksum_get_digest(sum, digest, &length);
	base64 = g_base64_encode(digest, length);
	g_string_append_printf(out, "'sha256-%s'", base64);
	g_free(base64);
	g_checksum_free(sum);
}

/* ---- one finding ---- */

static void put_source(GString *out, const struct finding *f,
		       struct source_cache *source)
{
	int first = MAX(f->line - CONTEXT_LINES, 1);
	int last = f->line + CONTEXT_LINES;

	if (!source_cache_line(source, f->state, f->file, f->line))
		return;
	g_string_append(out, "<table class=\"src\">\n");
	for (int i = first; i <= last; i++) {
		const char *line = source_cache_line(source, f->state, f->file,
						     i);

		if (!line)
			break;
		g_string_append_printf(out, "<tr%s><td>%d</td><td>",
				       i == f->line ? " class=\"here\"" : "",
				       i);
		put(out, line);
		g_string_append(out, "</td></tr>\n");
	}
	g_string_append(out, "</table>\n");
}

static int cpus_of(const struct finding *f)
{
	int n = 2;

	for (guint i = 0; i < f->steps->len; i++) {
		const struct step *s = f->steps->pdata[i];

		n = MAX(n, s->cpu + 1);
	}
	return n;
}

static void put_step(GString *out, const struct finding *f,
		     const struct step *s, int cpus)
{
	g_string_append(out, "<tr>");
	for (int cpu = 0; cpu < cpus; cpu++) {
		if (s->cpu != cpu) {
			g_string_append(out, "<td class=\"idle\"></td>");
			continue;
		}
		g_string_append(out, "<td>");
		put_place(out, s->file ? s->file : f->file, s->line);
		g_string_append(out, "<br>");
		put(out, s->message);
		g_string_append(out, "</td>");
	}
	g_string_append(out, "</tr>\n");
}

/* Time runs down, a column a CPU. */
static void put_steps(GString *out, const struct finding *f)
{
	int cpus = cpus_of(f);

	if (!f->steps->len)
		return;
	g_string_append(out, "<table class=\"cpus\">\n<tr>");
	for (int cpu = 0; cpu < cpus; cpu++)
		g_string_append_printf(out, "<th>CPU %d</th>", cpu);
	g_string_append(out, "</tr>\n");
	for (guint i = 0; i < f->steps->len; i++)
		put_step(out, f, f->steps->pdata[i], cpus);
	g_string_append(out, "</table>\n");
}

static void put_list(GString *out, const char *title, const GPtrArray *texts)
{
	if (!texts->len)
		return;
	g_string_append_printf(out, "<p>%s</p>\n<ul>\n", title);
	for (guint i = 0; i < texts->len; i++) {
		g_string_append(out, "<li>");
		put(out, texts->pdata[i]);
		g_string_append(out, "</li>\n");
	}
	g_string_append(out, "</ul>\n");
}

static void put_replay(GString *out, const struct replay *r)
{
	if (!r)
		return;
	g_string_append(out, "<p>Replay: ");
	put(out, r->verdict);
	if (r->why) {
		g_string_append(out, ": ");
		put(out, r->why);
	}
	g_string_append(out, "</p>\n");
	if (r->table->len)
		g_string_append(out, "<pre>\n");
	for (guint i = 0; i < r->table->len; i++) {
		put(out, r->table->pdata[i]);
		g_string_append_c(out, '\n');
	}
	if (r->table->len)
		g_string_append(out, "</pre>\n");
	put_list(out, "The replay assumes:", r->assumptions);
}

static void put_change(GString *out, const struct finding *f)
{
	char *text = change_text(f);

	if (!text)
		return;
	g_string_append(out, " <span class=\"change\">");
	put(out, text);
	g_string_append(out, "</span>");
	g_free(text);
}

static void put_summary(GString *out, const struct finding *f)
{
	g_string_append_printf(out, "<summary>%s: ",
			       severity_name(f->severity));
	put(out, f->message);
	g_string_append(out, " <span class=\"rule\">[");
	put(out, f->rule);
	g_string_append(out, "]</span>");
	put_change(out, f);
	g_string_append(out, "<br>");
	put_place(out, f->file, f->line);
	if (f->function) {
		g_string_append(out, " in <code>");
		put(out, f->function);
		g_string_append(out, "</code>");
	}
	g_string_append(out, "</summary>\n");
}

static void put_finding(GString *out, const struct finding *f,
			struct source_cache *source)
{
	const char *severity = severity_name(f->severity);

	g_string_append_printf(out, "<details class=\"%s\" data-severity=\"%s\" "
			       "data-rule=\"", severity, severity);
	put(out, f->rule);
	if (f->change != CHANGE_NONE)
		g_string_append_printf(out, "\" data-change=\"%s",
				       change_name(f->change));
	g_string_append(out, "\">\n");
	put_summary(out, f);
	put_source(out, f, source);
	put_steps(out, f);
	put_list(out, "Evidence:", f->evidence);
	put_replay(out, f->replay);
	put_list(out, "Found by:", f->engines);
	g_string_append(out, "</details>\n");
}

/* ---- the page ---- */

static void put_head(GString *out, const struct report_style *s)
{
	g_string_append(out, "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n"
			     "<meta charset=\"utf-8\">\n"
			     "<meta http-equiv=\"Content-Security-Policy\" "
			     "content=\"default-src 'none'; script-src ");
	put_digest(out, page_script);
	g_string_append(out, "; style-src ");
	put_digest(out, page_style);
	g_string_append(out, "\">\n<meta name=\"generator\" content=\"pincheck ");
	put(out, s->version);
	g_string_append_printf(out, "\">\n<title>pincheck</title>\n"
			       "<style>%s</style>\n</head>\n", page_style);
}

static int compare_names(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* The rules that something was found of, by name. */
static GPtrArray *rules_of(const struct report *r)
{
	GHashTable *seen = g_hash_table_new(g_str_hash, g_str_equal);
	GPtrArray *rules = g_ptr_array_new();

	for (guint i = 0; i < r->findings->len; i++) {
		const struct finding *f = r->findings->pdata[i];

		if (g_hash_table_add(seen, f->rule))
			g_ptr_array_add(rules, f->rule);
	}
	g_ptr_array_sort(rules, compare_names);
	g_hash_table_unref(seen);
	return rules;
}

/* Only of a patch: what it does to findings, and how many there are of each. */
static void put_change_choice(GString *out, const struct report *r)
{
	if (report_count_change(r, CHANGE_NONE) == (int)r->findings->len)
		return;
	g_string_append(out, " <select name=\"change\">"
			     "<option value=\"\">all changes</option>");
	for (int c = CHANGE_INTRODUCED; c <= CHANGE_PRE_EXISTING; c++)
		g_string_append_printf(out, "<option value=\"%1$s\">%1$s (%2$d)"
				       "</option>", change_name(c),
				       report_count_change(r, c));
	g_string_append(out, "</select>");
}

/* Hidden until the script runs, without which it does nothing. */
static void put_form(GString *out, const struct report *r)
{
	GPtrArray *rules = rules_of(r);

	g_string_append(out, "<form hidden><label>Filter <input name=\"text\" "
			     "type=\"search\"></label>\n");
	for (int s = SEVERITY_ERROR; s >= SEVERITY_NOTE; s--)
		g_string_append_printf(out, "<label><input type=\"checkbox\" "
				       "name=\"%s\" checked> %s (%d)</label>\n",
				       severity_name(s), severity_name(s),
				       report_count(r, s));
	g_string_append(out, "<select name=\"rule\">"
			     "<option value=\"\">all rules</option>");
	for (guint i = 0; i < rules->len; i++) {
		g_string_append(out, "<option>");
		put(out, rules->pdata[i]);
		g_string_append(out, "</option>");
	}
	g_string_append(out, "</select>");
	put_change_choice(out, r);
	g_string_append(out, " <span id=\"shown\"></span></form>\n");
	g_ptr_array_unref(rules);
}

static void put_skips(GString *out, const struct report *r)
{
	g_string_append_printf(out, "<p>%d file%s, %d function%s, %u skipped%s"
			       "</p>\n", r->files, r->files == 1 ? "" : "s",
			       r->functions, r->functions == 1 ? "" : "s",
			       r->skips->len,
			       r->incomplete ? "; <b>incomplete</b>" : "");
	put_list(out, "Errors:", r->errors);
	if (!r->skips->len)
		return;
	g_string_append(out, "<p>Skipped:</p>\n<ul>\n");
	for (guint i = 0; i < r->skips->len; i++) {
		const struct coverage_skip *s;

		s = &g_array_index(r->skips, struct coverage_skip, i);
		g_string_append(out, "<li>");
		put(out, s->file);
		g_string_append_c(out, ' ');
		put(out, s->function);
		g_string_append(out, ": ");
		put(out, s->reason);
		g_string_append(out, "</li>\n");
	}
	g_string_append(out, "</ul>\n");
}

void report_write_html(const struct report *r, const struct report_style *s,
		       GString *out)
{
	struct source_cache *source = source_cache_new(s);
	int fixed = report_count_change(r, CHANGE_FIXED);
	int there = (int)r->findings->len - fixed;

	put_head(out, s);
	g_string_append_printf(out, "<body>\n<h1>pincheck: %d finding%s", there,
			       there == 1 ? "" : "s");
	if (fixed)
		g_string_append_printf(out, ", %d fixed", fixed);
	g_string_append(out, "</h1>\n");
	put_form(out, r);
	for (guint i = 0; i < r->findings->len; i++)
		put_finding(out, r->findings->pdata[i], source);
	put_skips(out, r);
	g_string_append_printf(out, "<script>%s</script>\n</body>\n</html>\n",
			       page_script);
	source_cache_free(source);
}
