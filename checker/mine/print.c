// SPDX-License-Identifier: GPL-2.0-only
/* What was mined as a .pincheck file. */
#include "mine/print.h"

#include <string.h>

#include "base/printable.h"

struct printer {
	GString *out;
	const struct mine_style *style;
	bool bare;		/* sections only */
	const char *mark;	/* before the lines of a section: "" or "# " */
};

/*
 * On one line, whatever a file is called: a newline would end the comment, and
 * the rest of the name act. The caller frees it.
 */
static char *name_of(const struct printer *p, const char *file)
{
	char *name = p->style->file_name(file), *safe = printable(name);

	g_free(name);
	return safe;
}

static void put_site(struct printer *p, const struct mined_site *s)
{
	char *file = name_of(p, s->at->file), *ref;

	g_string_append_printf(p->out, "##   %s:%d: %s() %ss it", file,
			       s->at->line, s->at->func,
			       evidence_kind_name(s->at->kind));
	if (s->with) {
		ref = name_of(p, s->file);
		g_string_append_printf(p->out, "; %s at %s:%d", s->with, ref,
				       s->line);
		g_free(ref);
	}
	g_string_append_c(p->out, '\n');
	g_free(file);
}

static void put_sites(struct printer *p, const char *title,
		      const GPtrArray *sites)
{
	guint i;

	if (!sites->len || p->bare)
		return;
	g_string_append_printf(p->out, "## %s\n", title);
	for (i = 0; i < sites->len; i++)
		put_site(p, sites->pdata[i]);
}

static void put_key(struct printer *p, const char *key, const char *before,
		    const char *value)
{
	if (value && *value)
		g_string_append_printf(p->out, "%s%s = %s%s\n", p->mark, key,
				       before, value);
}

static void put_list(struct printer *p, const char *key,
		     const GPtrArray *names)
{
	guint i;

	if (!names->len)
		return;
	g_string_append_printf(p->out, "%s%s = ", p->mark, key);
	for (i = 0; i < names->len; i++)
		g_string_append_printf(p->out, "%s%s", i ? "; " : "",
				       (const char *)names->pdata[i]);
	g_string_append_c(p->out, '\n');
}

static void put_pair(struct printer *p, const struct mined_pair *m)
{
	char *reason = g_strdup_printf("%d of %d places that set it take a"
				       " reference, %d of %d that clear it"
				       " drop one", m->gets, m->sets, m->puts,
				       m->clears);

	p->mark = m->strict ? "" : "# ";
	g_string_append_c(p->out, '\n');
	if (!p->bare) {
		g_string_append_printf(p->out, "## score %d%s%s\n", m->score,
				       m->why_not ? ": " : "",
				       m->why_not ? m->why_not : "");
		put_sites(p, "for it:", m->support);
		put_sites(p, "not like this:", m->exceptions);
	}
	g_string_append_printf(p->out, "%s[pair %s.%s]\n", p->mark, m->record,
			       m->flag);
	g_string_append_printf(p->out, "%sflag = struct %s.%s\n", p->mark,
			       m->record, m->flag);
	put_key(p, "object", "", m->object);
	put_key(p, "object-type", "struct ", m->object_record);
	put_list(p, "get", m->get);
	put_list(p, "put", m->put);
	put_key(p, "lock", "", m->lock);
	put_key(p, "reason", "", reason);
	g_free(reason);
}

static void put_pin(struct printer *p, const struct mined_pin *m)
{
	p->mark = m->strict ? "" : "# ";
	g_string_append_c(p->out, '\n');
	if (!p->bare) {
		g_string_append_printf(p->out, "## score %d%s%s\n", m->score,
				       m->why_not ? ": " : "",
				       m->why_not ? m->why_not : "");
		put_sites(p, "set in a window, and asked for:", m->support);
		put_sites(p, "not like this:", m->exceptions);
	}
	g_string_append_printf(p->out, "%s[pin struct %s.%s]\n", p->mark,
			       m->record, m->flag);
	put_list(p, "reapers", m->reapers);
}

/* A guard can be declared if its lock is a member of the same record. */
static void put_guard(struct printer *p, const struct mined_guard *g)
{
	gsize n = strlen(g->record);

	g_string_append_printf(p->out, "\n## %d of %d writes of %s.%s hold %s\n",
			       g->guarded, g->writes, g->record, g->flag,
			       g->lock);
	put_sites(p, "without it:", g->exceptions);
	p->mark = "# ";
	if (strncmp(g->lock, g->record, n) || g->lock[n] != '.')
		return;
	g_string_append_printf(p->out, "# [guard struct %s.%s]\n", g->record,
			       g->flag);
	put_key(p, "lock", "", g->lock + n + 1);
}

static void put_function(struct printer *p, const struct mined_function *f)
{
	char *file = name_of(p, f->file);

	g_string_append_printf(p->out, "## %s:%d: %s%s, %d callers\n# %s = %s",
			       file, f->line, f->of ? "of " : "",
			       f->of ? f->of : f->name, f->score, f->key,
			       f->name);
	if (f->param >= 0)
		g_string_append_printf(p->out, "(%d)", f->param);
	g_string_append_c(p->out, '\n');
	g_free(file);
}

static void put_free_list(struct printer *p, const struct mined_list *l)
{
	g_string_append_printf(p->out, "\n## %s%s%s: struct %s come back to it",
			       l->record ? l->record : "", l->record ? "." : "",
			       l->name, l->object ? l->object : "?");
	g_string_append_c(p->out, '\n');
	put_sites(p, "taken for reuse, and put back:", l->support);
}

static void put_pairs(struct printer *p, const struct mining *m, bool strict)
{
	guint i;

	for (i = 0; i < m->pairs->len; i++)
		if (((struct mined_pair *)m->pairs->pdata[i])->strict ==
		    strict)
			put_pair(p, m->pairs->pdata[i]);
	for (i = 0; i < m->pins->len; i++)
		if (((struct mined_pin *)m->pins->pdata[i])->strict == strict)
			put_pin(p, m->pins->pdata[i]);
}

static void put_heading(struct printer *p, const char *text)
{
	g_string_append_printf(p->out, "\n## ---- %s ----\n", text);
}

static void put_suggestions(struct printer *p, const struct mining *m)
{
	guint i;

	put_heading(p, "pairs and pins that do not act: vet them");
	put_pairs(p, m, false);
	put_heading(p, "guards");
	for (i = 0; i < m->guards->len; i++)
		put_guard(p, m->guards->pdata[i]);
	put_heading(p, "functions: [functions]");
	for (i = 0; i < m->functions->len; i++)
		put_function(p, m->functions->pdata[i]);
	put_heading(p, "lists of objects to be used again");
	for (i = 0; i < m->lists->len; i++)
		put_free_list(p, m->lists->pdata[i]);
}

void mine_print(GString *out, const struct mining *m,
		const struct mine_style *style, bool acting)
{
	struct printer p = { .out = out, .style = style, .bare = acting };

	g_string_append_printf(out, "# Mined by pincheck %s from %d units.\n"
			       "# What follows as a section acts; \"# [...]\" "
			       "does when its marks are taken away.\n",
			       style->version, style->units);
	put_pairs(&p, m, true);
	if (!acting)
		put_suggestions(&p, m);
}
