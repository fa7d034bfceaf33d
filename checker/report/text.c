// SPDX-License-Identifier: GPL-2.0-only
/*
 * The format "text": gcc style, so that editors that jump to gcc's warnings
 * jump to ours. Each finding has its source line, its steps in story order
 * and its evidence as notes; what a patch fixes has a line alone.
 */
#include <string.h>

#include "base/printable.h"
#include "private.h"
#include "report/change.h"

#define COLOR_BOLD "\33[1m"
#define COLOR_ERROR "\33[1;31m"
#define COLOR_WARNING "\33[1;35m"
#define COLOR_NOTE "\33[1;36m"
#define COLOR_CARET "\33[1;32m"
#define COLOR_FIXED COLOR_CARET
#define COLOR_OFF "\33[0m"

struct printer {
	GString *out;
	gboolean color;
	struct source_cache *source;
};

static void put_safe(struct printer *p, const char *text)
{
	printable_append(p->out, text);
}

static void put_color(struct printer *p, const char *color)
{
	if (p->color)
		g_string_append(p->out, color);
}

static const char *severity_color(enum severity s)
{
	static const char *const colors[] = {
		[SEVERITY_NOTE] = COLOR_NOTE,
		[SEVERITY_WARNING] = COLOR_WARNING,
		[SEVERITY_ERROR] = COLOR_ERROR,
	};

	return colors[s];
}

/* "file:12:5: warning: ", a column of 0 being left out. */
static void put_place(struct printer *p, const char *file, int line,
		      int column, const char *what, const char *what_color)
{
	put_color(p, COLOR_BOLD);
	put_safe(p, file ? file : "?");
	g_string_append_printf(p->out, ":%d:", line);
	if (column > 0)
		g_string_append_printf(p->out, "%d:", column);
	put_color(p, COLOR_OFF);
	g_string_append_c(p->out, ' ');
	put_color(p, what_color);
	g_string_append_printf(p->out, "%s:", what);
	put_color(p, COLOR_OFF);
	g_string_append_c(p->out, ' ');
}

static void put_note(struct printer *p, const char *file, int line,
		     const char *prefix, const char *text)
{
	put_place(p, file, line, 0, "note", COLOR_NOTE);
	g_string_append(p->out, prefix);
	put_safe(p, text);
	g_string_append_c(p->out, '\n');
}

/* Blanks as wide as the text before the caret, tabs kept as tabs. */
static void put_indent(struct printer *p, const char *line, int column)
{
	for (int i = 1; i < column && line[i - 1]; i++) {
		if (!source_characters(line + i - 1, 2))
			continue;
		g_string_append_c(p->out, line[i - 1] == '\t' ? '\t' : ' ');
	}
}

static void put_source(struct printer *p, const struct finding *f)
{
	const char *line = source_cache_line(p->source, f->state, f->file,
					     f->line);

	if (!line)
		return;
	g_string_append_printf(p->out, "%5d | ", f->line);
	put_safe(p, line);
	g_string_append_c(p->out, '\n');
	if (f->column < 1)
		return;
	g_string_append(p->out, "      | ");
	put_indent(p, line, f->column);
	put_color(p, COLOR_CARET);
	g_string_append_c(p->out, '^');
	put_color(p, COLOR_OFF);
	g_string_append_c(p->out, '\n');
}

static void put_steps(struct printer *p, const struct finding *f)
{
	for (guint i = 0; i < f->steps->len; i++) {
		const struct step *s = f->steps->pdata[i];
		char *prefix = g_strdup_printf("CPU %d: ", s->cpu);

		put_note(p, s->file ? s->file : f->file, s->line, prefix,
			 s->message);
		g_free(prefix);
	}
}

/* Who found it, unless it is the engine that is always there, alone. */
static void put_engines(struct printer *p, const struct finding *f)
{
	GString *names = g_string_new(NULL);

	for (guint i = 0; i < f->engines->len; i++)
		g_string_append_printf(names, "%s%s", i ? ", " : "",
				       (char *)f->engines->pdata[i]);
	if (*names->str && strcmp(names->str, "clang"))
		put_note(p, f->file, f->line, "found by ", names->str);
	g_string_free(names, TRUE);
}

static void put_replay(struct printer *p, const struct finding *f)
{
	const struct replay *r = f->replay;
	char *text;
	guint i;

	if (!r)
		return;
	text = g_strdup_printf("%s%s%s, %" G_GINT64_FORMAT " states",
			       r->verdict, r->why ? ": " : "",
			       r->why ? r->why : "", r->states);
	put_note(p, f->file, f->line, "replay: ", text);
	g_free(text);
	for (i = 0; i < r->table->len; i++) {
		g_string_append(p->out, "    ");
		put_safe(p, r->table->pdata[i]);
		g_string_append_c(p->out, '\n');
	}
	for (i = 0; i < r->assumptions->len; i++)
		put_note(p, f->file, f->line, "replay assumes: ",
			 r->assumptions->pdata[i]);
}

/* The rest of a finding's own line. */
static void put_message(struct printer *p, const struct finding *f,
			const char *change)
{
	put_color(p, COLOR_BOLD);
	put_safe(p, f->message);
	put_color(p, COLOR_OFF);
	g_string_append_printf(p->out, " [%s]", f->rule);
	if (change) {
		g_string_append(p->out, " (");
		put_safe(p, change);
		g_string_append_c(p->out, ')');
	}
	g_string_append_c(p->out, '\n');
}

void text_put_finding(GString *out, const struct finding *f, gboolean color,
		      struct source_cache *source)
{
	struct printer printer = { out, color, source }, *p = &printer;
	char *change = change_text(f);

	put_place(p, f->file, f->line, f->column, severity_name(f->severity),
		  severity_color(f->severity));
	put_message(p, f, change);
	g_free(change);
	put_source(p, f);
	put_steps(p, f);
	put_engines(p, f);
	for (guint i = 0; i < f->evidence->len; i++)
		put_note(p, f->file, f->line, "evidence: ",
			 f->evidence->pdata[i]);
	put_replay(p, f);
}

/* As gcc does, once for all findings of one function in a row. */
void text_put_function(GString *out, const struct finding *f,
		       const struct finding *before, gboolean color)
{
	struct printer printer = { out, color, NULL }, *p = &printer;

	if (!f->function || (before && !g_strcmp0(f->file, before->file) &&
			     !g_strcmp0(f->function, before->function)))
		return;
	put_color(p, COLOR_BOLD);
	put_safe(p, f->file ? f->file : "?");
	put_color(p, COLOR_OFF);
	g_string_append(p->out, ": In function '");
	put_color(p, COLOR_BOLD);
	put_safe(p, f->function);
	put_color(p, COLOR_OFF);
	g_string_append(p->out, "':\n");
}

/* What is gone needs no story. */
static void put_fixed(GString *out, const struct finding *f, gboolean color)
{
	struct printer printer = { out, color, NULL }, *p = &printer;
	char *patch = f->patch ? g_strdup_printf("by %s", f->patch) : NULL;

	put_place(p, f->file, f->line, 0, change_name(f->change), COLOR_FIXED);
	put_message(p, f, patch);
	g_free(patch);
}

void report_write_text(const struct report *r, const struct report_style *s,
		       GString *out)
{
	struct source_cache *source = source_cache_new(s);
	const struct finding *before = NULL;

	for (guint i = 0; i < r->findings->len; i++) {
		const struct finding *f = r->findings->pdata[i];

		if (f->change == CHANGE_FIXED) {
			put_fixed(out, f, s->color);
			continue;
		}
		text_put_function(out, f, before, s->color);
		text_put_finding(out, f, s->color, source);
		before = f;
	}
	source_cache_free(source);
}
