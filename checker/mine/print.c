// SPDX-License-Identifier: GPL-2.0-only
/*
 * What was mined as a .pincheck file. A suggestion has "# " before each line
 * of its section and "## " before what is said of it, so that one mark taken
 * away makes it act.
 */
#include "mine/print.h"

static const char *base(const char *file)
{
	return file;
}

static void put_site(GString *out, const struct mined_site *s)
{
	g_string_append_printf(out, "##   %s %s:%d %s()",
			       evidence_kind_name(s->at->kind),
			       base(s->at->file), s->at->line, s->at->func);
	if (s->with)
		g_string_append_printf(out, ", %s at %s:%d", s->with,
				       base(s->file), s->line);
	g_string_append_c(out, '\n');
}

static void put_sites(GString *out, const char *title, const GPtrArray *sites)
{
	guint i;

	if (!sites->len)
		return;
	g_string_append_printf(out, "## %s:\n", title);
	for (i = 0; i < sites->len; i++)
		put_site(out, sites->pdata[i]);
}

static void put_list(GString *out, const char *mark, const char *key,
		     const GPtrArray *names)
{
	guint i;

	if (!names->len)
		return;
	g_string_append_printf(out, "%s%s = ", mark, key);
	for (i = 0; i < names->len; i++)
		g_string_append_printf(out, "%s%s", i ? "; " : "",
				       (const char *)names->pdata[i]);
	g_string_append_c(out, '\n');
}

static void put_pair(GString *out, const struct mined_pair *p)
{
	const char *mark = p->strict ? "" : "# ";

	g_string_append_printf(out, "\n## score %d: %d of %d sets get, %d of %d"
			       " clears put", p->score, p->gets, p->sets,
			       p->puts, p->clears);
	if (p->count)
		g_string_append_printf(out, " (%s.%s)", p->count_record,
				       p->count);
	if (p->why_not)
		g_string_append_printf(out, "; %s", p->why_not);
	g_string_append_c(out, '\n');
	put_sites(out, "with", p->support);
	put_sites(out, "without", p->exceptions);
	g_string_append_printf(out, "%s[pair %s.%s]\n", mark, p->record,
			       p->flag);
	g_string_append_printf(out, "%sflag = struct %s.%s\n", mark, p->record,
			       p->flag);
	if (*p->object)
		g_string_append_printf(out, "%sobject = %s\n", mark, p->object);
	if (p->object_record)
		g_string_append_printf(out, "%sobject-type = struct %s\n",
				       mark, p->object_record);
	put_list(out, mark, "get", p->get);
	put_list(out, mark, "put", p->put);
	if (p->lock)
		g_string_append_printf(out, "%slock = %s\n", mark, p->lock);
}

void mine_print(GString *out, const struct mining *m)
{
	guint i;

	for (i = 0; i < m->pairs->len; i++)
		put_pair(out, m->pairs->pdata[i]);
}
