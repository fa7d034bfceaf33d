// SPDX-License-Identifier: GPL-2.0-only
/*
 * Agreement: where several engines mean the same function and rule, one
 * finding of the first engine stays, and names the others. What the engines
 * say is not compared: they see a bug at different lines and in other words.
 */
#include <stdlib.h>
#include <string.h>

#include "private.h"

static const char *engine_of(const struct finding *f)
{
	return f->engines->pdata[0];
}

/* The same function and rule; or, where names differ, the same line. */
static gboolean mean_the_same(const struct finding *a, const struct finding *b)
{
	if (a->state != b->state || a->change != b->change ||
	    g_strcmp0(a->file, b->file) || strcmp(a->rule, b->rule))
		return FALSE;
	return a->line == b->line ||
	       (a->function && !g_strcmp0(a->function, b->function));
}

/*
 * Of the findings that mean the same as number @i and are of an engine before
 * its own in the alphabet (clang, cocci, sparse: the one that knows most is
 * first), the nearest one's number; -1: there is none.
 */
static int nearest(const struct report *r, guint i)
{
	const struct finding *f = r->findings->pdata[i], *best = NULL;
	int found = -1;

	for (guint k = 0; k < r->findings->len; k++) {
		const struct finding *g = r->findings->pdata[k];
		int order = strcmp(engine_of(g), engine_of(f));

		if (order >= 0 || !mean_the_same(f, g))
			continue;
		order = best ? strcmp(engine_of(g), engine_of(best)) : -1;
		if (order < 0 || (!order && abs(g->line - f->line) <
						    abs(best->line - f->line))) {
			best = g;
			found = (int)k;
		}
	}
	return found;
}

static void absorb(struct finding *kept, const struct finding *twin)
{
	const char *engine = engine_of(twin);

	if (!finding_has_engine(kept, engine))
		g_ptr_array_add(kept->engines, g_strdup(engine));
	finding_evidence(kept, "%s at line %d: %s", engine, twin->line,
			 twin->message);
}

void report_agree(struct report *r)
{
	guint n = r->findings->len, kept = 0;
	void **pdata = r->findings->pdata;
	int *into = g_new(int, n);

	for (guint i = 0; i < n; i++)
		into[i] = nearest(r, i);
	for (guint i = 0; i < n; i++) {
		int to = into[i];

		/* What it agrees with may agree with another in turn. */
		while (to >= 0 && into[to] >= 0)
			to = into[to];
		if (to >= 0)
			absorb(pdata[to], pdata[i]);
	}
	for (guint i = 0; i < n; i++) {
		struct finding *f = pdata[i];

		if (into[i] >= 0)
			continue;
		/* Swapped, so that what is dropped ends up last. */
		pdata[i] = pdata[kept];
		pdata[kept++] = f;
	}
	g_ptr_array_set_size(r->findings, (int)kept);
	g_free(into);
}
