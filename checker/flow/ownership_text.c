// SPDX-License-Identifier: GPL-2.0-only
/* Ownership in words, for `pincheck dump` and `pincheck query`. */
#include "flow/ownership.h"

#include "flow/pairs.h"

const char *owner_kind_name(enum owner_kind kind)
{
	static const char *const names[] = {
		[OWNER_EVEN] = "even",	       [OWNER_RETURNS] = "returns",
		[OWNER_YIELDS] = "yields",     [OWNER_HANDS] = "hands over",
		[OWNER_PASSES] = "passes on",  [OWNER_TAKES] = "takes",
		[OWNER_LEAVES] = "leaves",     [OWNER_CONSUMES] = "consumes",
		[OWNER_DROPS] = "drops",       [OWNER_RELEASES] = "releases",
		[OWNER_ENDS] = "ends",
	};

	return names[kind];
}

/* "0", "> 0", "!= 0", "something"... */
static char *range_text(const struct owner_range *r)
{
	if (r->low == r->high)
		return g_strdup_printf("%" G_GINT64_FORMAT, r->low);
	if (r->low > 0)
		return g_strdup("> 0");
	if (r->high < 0)
		return g_strdup("< 0");
	if (r->low == 0)
		return g_strdup(">= 0");
	if (r->high == 0)
		return g_strdup("<= 0");
	return g_strdup(r->nonzero ? "!= 0" : "anything");
}

char *owner_when_text(const struct ownership *o, const struct owner_term *t)
{
	char *range, *text;

	if (t->owned.kind == OWNER_ENDS) {
		range = expr_text(t->owned.to, o->in->func);
		text = g_strdup_printf("with %s", range);
		g_free(range);
		return text;
	}
	if (t->when == OWNER_ALWAYS)
		return g_strdup("always");
	if (t->when == OWNER_BY_STATE)
		return g_strdup("depends");
	if (t->when == OWNER_AT_ODDS)
		return g_strdup("at odds");
	range = range_text(&t->result);
	text = g_strdup_printf("if it returns %s", range);
	g_free(range);
	return text;
}

char *owner_object_text(const struct ownership *o, const struct owned *of)
{
	if (of->kind == OWNER_RETURNS)
		return g_strdup("its result");
	if (is_given(of->obj))
		return expr_text(of->obj, o->in->func);
	return g_strdup("an object");
}

static void print_owned(GString *out, const struct ownership *o,
			const struct owned *of)
{
	char *object = owner_object_text(o, of);

	g_string_append_printf(out, "    %d got, %d put on %s",
			       of->taken, of->dropped, object);
	if (of->count)
		g_string_append_printf(out, " [%s]", of->count);
	if (of->kind != OWNER_EVEN)
		g_string_append_printf(out, ": %s",
				       owner_kind_name(of->kind));
	if (of->to) {
		g_string_append(out, of->kind == OWNER_DROPS ? " from " :
				     of->kind == OWNER_ENDS ? " with " :
							      " to ");
		expr_print(out, of->to, o->in->func);
	}
	g_string_append_printf(out, "%s (line %d)\n",
			       of->last ? ", the last" : "", of->act->at.line);
	g_free(object);
}

static void print_way(GString *out, const struct ownership *o,
		      const struct owner_way *w)
{
	char *range = o->in->func->returns_void ? NULL :
						  range_text(&w->result);
	int i;

	g_string_append_printf(out, "  %d path%s, returns%s%s\n", w->n_leaves,
			       w->n_leaves == 1 ? "" : "s", range ? " " : "",
			       range ? range : "");
	for (i = 0; i < w->n_owned; i++)
		print_owned(out, o, &w->owned[i]);
	g_free(range);
}

static void print_term(GString *out, const struct ownership *o,
		       const struct owner_term *t)
{
	char *object = owner_object_text(o, &t->owned);
	char *when = owner_when_text(o, t);

	g_string_append_printf(out, "  %s %d on %s, %s\n",
			       owner_kind_name(t->owned.kind), t->references,
			       object, when);
	g_free(object);
	g_free(when);
}

/* The lines of the function that the path goes by. */
static void print_lines(GString *out, const struct act *leaf)
{
	struct arena *scratch = arena_new();
	const struct act **acts;
	int i, n, line, last = 0;

	acts = flow_trace(scratch, leaf, &n);
	for (i = 0; i < n - 1; i++) {
		line = act_line(acts[i]);
		if (line != last)
			g_string_append_printf(out, "%s%d", last ? ", " : "",
					       line);
		last = line;
	}
	if (!last)
		g_string_append(out, "none");
	arena_free(scratch);
}

/* Nothing but a test may stand on one of them, and that is no act. */
static void print_odd(GString *out, const struct ownership *o)
{
	if (!o->odd[0])
		return;
	g_string_append(out, "  at odds: by lines ");
	print_lines(out, o->odd[0]);
	g_string_append(out, "; and by ");
	print_lines(out, o->odd[1]);
	g_string_append_c(out, '\n');
}

void ownership_print(GString *out, const struct ownership *o)
{
	int i;

	g_string_append_printf(out, "%s:\n", o->in->func->name);
	for (i = 0; i < o->n_ways; i++)
		print_way(out, o, &o->ways[i]);
	for (i = 0; i < o->n_terms; i++)
		print_term(out, o, &o->terms[i]);
	print_odd(out, o);
}
