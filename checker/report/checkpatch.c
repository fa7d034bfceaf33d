// SPDX-License-Identifier: GPL-2.0-only
/*
 * The format "checkpatch": what checkpatch.pl -f writes, for bots that read
 * that. The last line counts files, since lines are not what is checked. What a
 * patch fixes is nothing that checkpatch would tell.
 */
#include "base/printable.h"
#include "private.h"

static const char *const levels[] = {
	[SEVERITY_NOTE] = "CHECK",
	[SEVERITY_WARNING] = "WARNING",
	[SEVERITY_ERROR] = "ERROR",
};

/* "put-before-wait" is the type PUT_BEFORE_WAIT. */
static void put_type(GString *out, const char *rule)
{
	for (const char *c = rule; *c; c++)
		g_string_append_c(out, g_ascii_isalnum(*c) ?
				  g_ascii_toupper(*c) : '_');
	g_string_append_c(out, ':');
}

/* "WARNING:PUT_BEFORE_WAIT: text" */
static void put_text(GString *out, const struct finding *f,
		     const struct report_style *s)
{
	char *message = change_message(f);

	g_string_append_printf(out, "%s:", levels[f->severity]);
	if (s->show_types)
		put_type(out, f->rule);
	g_string_append_c(out, ' ');
	printable_append(out, message);
	g_string_append_c(out, '\n');
	g_free(message);
}

static void put_terse(GString *out, const struct finding *f,
		      const struct report_style *s)
{
	printable_append(out, f->file ? f->file : "?");
	g_string_append_printf(out, ":%d: ", f->line);
	put_text(out, f, s);
}

static void put_whole(GString *out, const struct finding *f,
		      const struct report_style *s,
		      struct source_cache *source)
{
	const char *line = source_cache_line(source, f->state, f->file,
					     f->line);

	put_text(out, f, s);
	g_string_append_printf(out, "#%d: FILE: ", f->line);
	printable_append(out, f->file ? f->file : "?");
	g_string_append_printf(out, ":%d:\n", f->line);
	if (line) {
		g_string_append_c(out, '+');
		printable_append(out, line);
		g_string_append_c(out, '\n');
	}
	g_string_append_c(out, '\n');
}

void report_write_checkpatch(const struct report *r,
			     const struct report_style *s, GString *out)
{
	struct source_cache *source = source_cache_new(s);
	int counts[] = { 0, 0, 0 }; /* of each severity */

	for (guint i = 0; i < r->findings->len; i++) {
		const struct finding *f = r->findings->pdata[i];

		if (f->change == CHANGE_FIXED)
			continue;
		counts[f->severity]++;
		if (s->terse)
			put_terse(out, f, s);
		else
			put_whole(out, f, s, source);
	}
	g_string_append_printf(out, "total: %d errors, %d warnings, %d checks,"
			       " %d files checked\n", counts[SEVERITY_ERROR],
			       counts[SEVERITY_WARNING], counts[SEVERITY_NOTE],
			       r->files);
	source_cache_free(source);
}
