// SPDX-License-Identifier: GPL-2.0-only
/*
 * The failing run for people: one line a step, a column a CPU, in the order of
 * the schedule. Steps that only move values between registers are left out.
 */
#include "lower/lower.h"

#define COLUMN 40

static bool is_shown(const struct op *op)
{
	switch (op->kind) {
	case OP_SET:
	case OP_BRANCH:
	case OP_GOTO:
	case OP_END:
	case OP_DROP:
		return false;
	case OP_CHOOSE:
		return op->assumed;
	default:
		return true;
	}
}

static char *step_text(const struct program *p, const struct transition *t)
{
	const struct op *op = &p->threads[t->thread].ops[t->op];
	const char *text = op->text ? op->text : "";
	char *place, *line;

	place = op->at.file ? g_path_get_basename(op->at.file) : g_strdup("");
	if (op->kind == OP_CHOOSE)
		line = g_strdup_printf("%s:%d %s: assumed %d", place,
				       op->at.line, text, t->choice);
	else
		line = g_strdup_printf("%s:%d %s", place, op->at.line, text);
	g_free(place);
	return line;
}

static void add_line(GPtrArray *table, int column, const char *text)
{
	g_ptr_array_add(table, g_strdup_printf("%*s%s", column * COLUMN, "",
					       text));
}

static bool has_steps(const struct machine_result *run, int thread)
{
	int i;

	for (i = 0; i < run->n_schedule; i++)
		if (run->schedule[i].thread == thread)
			return true;
	return false;
}

static void add_heads(GPtrArray *table, const struct verdict *v)
{
	const struct program *p = v->program;
	GString *s = g_string_new(NULL);
	int i;

	for (i = 0; i < p->n_threads; i++) {
		if (p->threads[i].agent && !has_steps(&v->run, i))
			continue;
		while ((int)s->len < i * COLUMN)
			g_string_append_c(s, ' ');
		if (!p->threads[i].agent)
			g_string_append_printf(s, "CPU %d: ", i);
		g_string_append_printf(s, p->threads[i].agent ? "%s" : "%s()",
				       p->threads[i].name);
		g_string_append_c(s, ' ');
	}
	g_strchomp(s->str);
	g_ptr_array_add(table, g_string_free(s, FALSE));
}

GPtrArray *verdict_table(const struct verdict *v)
{
	GPtrArray *table = g_ptr_array_new_with_free_func(g_free);
	const char *last = NULL;
	char *text;
	int i, column = -1;

	if (!v->program || !v->run.n_schedule)
		return table;
	add_heads(table, v);
	for (i = 0; i < v->run.n_schedule; i++) {
		const struct transition *t = &v->run.schedule[i];

		if (!is_shown(&v->program->threads[t->thread].ops[t->op]) &&
		    i + 1 < v->run.n_schedule)
			continue;
		text = step_text(v->program, t);
		/* one line of source is one step, whatever it consists of */
		if (t->thread != column || g_strcmp0(text, last))
			add_line(table, t->thread, text);
		column = t->thread;
		last = g_intern_string(text);
		g_free(text);
	}
	text = g_strdup_printf("%s%s%s", failure_text(v->run.failure),
			       v->run.what ? ": " : "",
			       v->run.what ? v->run.what : "");
	add_line(table, column, text);
	g_free(text);
	return table;
}

char *verdict_schedule(const struct verdict *v)
{
	GString *s = g_string_new(NULL);
	int i;

	for (i = 0; v->program && i < v->run.n_schedule; i++)
		g_string_append_printf(s, "%s%d", i ? " " : "",
				       v->run.schedule[i].thread);
	return g_string_free(s, FALSE);
}

void verdict_print(GString *out, const struct verdict *v)
{
	GPtrArray *table = verdict_table(v);
	guint i;
	int k;

	g_string_append_printf(out, "verdict: %s%s%s, %" G_GUINT64_FORMAT
			       " states\n", verdict_name(v->kind),
			       v->why ? ": " : "", v->why ? v->why : "",
			       v->states);
	for (k = 0; k < v->n_tried; k++)
		g_string_append_printf(out, "tried: %s\n", v->tried[k]);
	for (i = 0; i < table->len; i++)
		g_string_append_printf(out, "# %s\n",
				       (const char *)table->pdata[i]);
	g_ptr_array_unref(table);
	if (v->program)
		program_print(out, v->program);
	g_string_append_c(out, '\n');
}
