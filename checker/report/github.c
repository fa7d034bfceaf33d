// SPDX-License-Identifier: GPL-2.0-only
/*
 * The format "github": workflow commands, which GitHub Actions shows as
 * annotations of lines. The story goes into the message, a line a step. How
 * many annotations are shown is GitHub's to limit: all are written, but for what
 * a patch fixes.
 */
#include <string.h>

#include "base/printable.h"
#include "private.h"

/* What would end the command, or begin a next property, as the runner wants. */
static void put_escaped(GString *out, const char *text, const char *special)
{
	char *valid = g_utf8_make_valid(text, -1);
	size_t control;

	for (const char *c = valid; *c; c += MAX(control, 1)) {
		control = printable_control(c);
		if (strchr("%\r\n", *c) || strchr(special, *c))
			g_string_append_printf(out, "%%%02X", (guchar)*c);
		else
			g_string_append_c(out, control ? '?' : *c);
	}
	g_free(valid);
}

static void put_property(GString *out, const char *name, const char *value)
{
	g_string_append_printf(out, "%s=", name);
	put_escaped(out, value, ":,");
	g_string_append_c(out, ',');
}

static void put_number(GString *out, const char *name, int value)
{
	if (value > 0)
		g_string_append_printf(out, "%s=%d,", name, value);
}

static const char *command_of(enum severity s)
{
	return s == SEVERITY_NOTE ? "notice" : severity_name(s);
}

static void put_finding(GString *out, const struct finding *f)
{
	const char *file = f->file ? f->file : "?";
	char *first = change_message(f);
	GString *message = g_string_new(first);

	g_free(first);
	for (guint i = 0; i < f->steps->len; i++) {
		const struct step *s = f->steps->pdata[i];

		g_string_append_c(message, '\n');
		/* A name that has one must not look like a step. */
		printable_append(message, s->file ? s->file : file);
		g_string_append_printf(message, ":%d: CPU %d: %s", s->line,
				       s->cpu, s->message);
	}
	g_string_append_printf(out, "::%s ", command_of(f->severity));
	if (f->file)
		put_property(out, "file", f->file);
	put_number(out, "line", f->line);
	put_number(out, "col", f->column);
	g_string_append(out, "title=");
	put_escaped(out, f->rule, ":,");
	g_string_append(out, "::");
	put_escaped(out, message->str, "");
	g_string_append_c(out, '\n');
	g_string_free(message, TRUE);
}

void report_write_github(const struct report *r, const struct report_style *s,
			 GString *out)
{
	for (guint i = 0; i < r->findings->len; i++) {
		const struct finding *f = r->findings->pdata[i];

		if (f->change != CHANGE_FIXED)
			put_finding(out, f);
	}
}
