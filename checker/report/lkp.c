// SPDX-License-Identifier: GPL-2.0-only
/*
 * The format "lkp": as the kernel test robot mails what a compiler said, all of
 * it indented, and ">>" before what is new. Without a baseline or a patch all of
 * it is. Those mails do not tell what is fixed, nor does this.
 */
#include "private.h"

/* The first line of @text is marked, if @mark; the others go with it. */
static void put_indented(GString *out, const char *text, gboolean mark)
{
	char **lines = g_strsplit(text, "\n", -1);

	/* What follows the last end of line is no line. */
	for (char **line = lines; line[0] && line[1]; line++)
		g_string_append_printf(out, "%s%s\n",
				       mark && line == lines ? ">> " : "   ",
				       *line);
	g_strfreev(lines);
}

void report_write_lkp(const struct report *r, const struct report_style *s,
		      GString *out)
{
	struct source_cache *source = source_cache_new(s);
	const struct finding *before = NULL;

	for (guint i = 0; i < r->findings->len; i++) {
		const struct finding *f = r->findings->pdata[i];
		GString *text;

		if (f->change == CHANGE_FIXED)
			continue;
		if (!before)
			g_string_append(out, "pincheck warnings: "
					     "(new ones prefixed by >>)\n\n");
		text = g_string_new(NULL);
		text_put_function(text, f, before, s->color);
		put_indented(out, text->str, FALSE);
		g_string_truncate(text, 0);
		text_put_finding(text, f, s->color, source);
		put_indented(out, text->str, finding_is_new(f));
		g_string_free(text, TRUE);
		before = f;
	}
	source_cache_free(source);
}
