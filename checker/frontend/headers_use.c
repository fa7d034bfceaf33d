// SPDX-License-Identifier: GPL-2.0-only
/*
 * One unit parsed from precompiled headers: what it starts from, how its
 * files are called, and whether anything came up that a plain parse would
 * show otherwise.
 */
#include "frontend/headers.h"

#include <string.h>

struct precompiled {
	struct pch *set;
	struct judgement judgement;
	const char *directory;
	const char *doubt; /* NULL: none */
};

/* NULL, and h's doubt: the unit would not be the same. */
static struct precompiled *start_from(struct headers *h, struct pch *set,
				      const struct compile_command *cmd)
{
	struct precompiled *from = g_new0(struct precompiled, 1);

	from->set = set;
	from->directory = cmd->directory;
	from->doubt = pch_judge(set, cmd, &from->judgement) ?
			      NULL : from->judgement.why;
	headers_set_doubt(h, from->doubt);
	if (!from->doubt)
		return from;
	precompiled_free(from);
	return NULL;
}

struct precompiled *precompiled_for(struct headers *h,
				    const struct compile_command *cmd)
{
	struct pch *set = headers_of(h, cmd);
	struct precompiled *from;

	headers_set_doubt(h, "no set has its flags");
	if (!set)
		return NULL;
	from = start_from(h, set, cmd);
	if (from)
		return from;
	set = headers_without(h, cmd);
	return set ? start_from(h, set, cmd) : NULL;
}

void precompiled_free(struct precompiled *from)
{
	if (!from)
		return;
	judgement_clear(&from->judgement);
	g_free(from);
}

GPtrArray *precompiled_arguments(const struct precompiled *from,
				 const struct compile_command *cmd)
{
	return pch_use_flags(cmd, from->set);
}

static int header_named(const struct precompiled *from, const char *name)
{
	char *path = g_canonicalize_filename(name, from->directory);
	int i = GPOINTER_TO_INT(g_hash_table_lookup(from->set->by_path, path));

	g_free(path);
	return i - 1;
}

void precompiled_doubt(struct precompiled *from)
{
	if (from)
		from->doubt = "a cleanup function may be in a header";
}

/* The function of the header that begins at @offset, or -1. */
static int function_from(const struct header *h, unsigned offset)
{
	guint i;

	for (i = 0; i < h->functions->len; i++)
		if (g_array_index(h->functions, struct span, i).from == offset)
			return (int)i;
	return -1;
}

/* By the unit, or as its own text. */
static bool is_entered(const struct precompiled *from, int header)
{
	const GArray *entered = from->judgement.entered;
	guint i;

	for (i = 0; i < entered->len; i++)
		if (g_array_index(entered, int, i) == header)
			return true;
	return g_hash_table_contains(from->judgement.texts,
				     pch_header(from->set, header)->path);
}

void precompiled_lowered(struct parse *p, CXCursor definition)
{
	CXSourceRange extent;
	CXFile file;
	unsigned offset;
	const char *why;
	guint64 key;
	int i;

	if (!p->from)
		return;
	extent = clang_getCursorExtent(definition);
	clang_getExpansionLocation(clang_getRangeStart(extent), &file, NULL,
				   NULL, &offset);
	i = header_named(p->from, source_of(p, file)->name);
	if (i < 0)
		return;
	if (!is_entered(p->from, i))
		p->from->doubt = "it calls what a header defines that it "
				 "does not include";
	key = (guint64)i << 32 |
	      (guint32)function_from(pch_header(p->from->set, i), offset);
	why = g_hash_table_lookup(p->from->judgement.avoid, &key);
	if (why)
		p->from->doubt = why;
}

/* Every file that was read was judged. */
static bool were_judged(const struct parse *p)
{
	const struct precompiled *from = p->from;
	guint i;

	for (i = 0; i < p->unit->inputs->len; i++) {
		const char *path = p->unit->inputs->pdata[i];

		if (!g_hash_table_contains(from->judgement.texts, path) &&
		    !g_hash_table_contains(from->set->by_path, path))
			return false;
	}
	return true;
}

const char *precompiled_doubts(struct parse *p)
{
	const struct precompiled *from = p->from;
	guint i;

	if (from->doubt)
		return from->doubt;
	if (p->unit->diagnostics->len)
		return "an error";
	if (!were_judged(p))
		return "a file was read that was not expected";
	for (i = 0; i < from->judgement.entered->len; i++) {
		int h = g_array_index(from->judgement.entered, int, i);

		g_ptr_array_add(p->unit->inputs,
				(gpointer)pch_header(from->set, h)->path);
	}
	return NULL;
}
