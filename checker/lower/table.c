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
	case OP_FENCE:
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
		if (p->threads[i].agent && !v->weak.n_steps &&
		    !has_steps(&v->run, i))
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

/* As the runtime tells it: stores become visible in steps of their own. */
static void add_weak(GPtrArray *table, const struct weak_result *r)
{
	const struct weak_step *s = NULL;
	char *text, *place;
	int i;

	for (i = 0; i < r->n_steps; i++) {
		s = &r->steps[i];
		place = g_path_get_basename(s->file);
		text = g_strdup_printf("%s:%d %s%s%s%s", place, s->line,
				       s->text, *s->effect ? "   " : "",
				       s->effect, s->becomes_visible ?
				       " (others see it)" : "");
		add_line(table, s->thread, text);
		g_free(place);
		g_free(text);
	}
	if (s)
		add_line(table, s->thread, failure_text(r->failure));
}

GPtrArray *verdict_table(const struct verdict *v)
{
	GPtrArray *table = g_ptr_array_new_with_free_func(g_free);
	const char *last = NULL;
	char *text;
	int i, column = -1;

	if (!v->program || !(v->run.n_schedule || v->weak.n_steps))
		return table;
	add_heads(table, v);
	if (v->weak.n_steps) {
		add_weak(table, &v->weak);
		return table;
	}
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
	GString *s = g_string_new(v->weak.schedule);
	int i;

	for (i = 0; v->program && i < v->run.n_schedule; i++)
		g_string_append_printf(s, "%s%d", i ? " " : "",
				       v->run.schedule[i].thread);
	return g_string_free(s, FALSE);
}

static char *assumption_text(const struct assumption *a)
{
	char *name, *text;

	if (!a->at.file)
		return g_strdup(a->text);
	name = g_path_get_basename(a->at.file);
	text = g_strdup_printf("%s:%d: %s", name, a->at.line, a->text);
	g_free(name);
	return text;
}

GPtrArray *verdict_assumptions(const struct verdict *v)
{
	GPtrArray *list = g_ptr_array_new_with_free_func(g_free);
	int i;

	for (i = 0; v->program && i < v->program->n_assumptions; i++)
		g_ptr_array_add(list,
				assumption_text(&v->program->assumptions[i]));
	return list;
}

static void append_lines(GString *out, const char *head, GPtrArray *lines)
{
	guint i;

	for (i = 0; i < lines->len; i++)
		g_string_append_printf(out, "%s%s\n", head,
				       (const char *)lines->pdata[i]);
	g_ptr_array_unref(lines);
}

static void append_verdict(GString *out, const struct verdict *v)
{
	g_string_append_printf(out, "%s%s%s, %" G_GUINT64_FORMAT " states",
			       verdict_name(v->kind), v->why ? ": " : "",
			       v->why ? v->why : "", v->states);
	if (v->runs)
		g_string_append_printf(out, ", %" G_GUINT64_FORMAT
				       " runs under %s", v->runs,
				       memory_name(v->memory));
	g_string_append_c(out, '\n');
}

static void append_tried(GString *out, const struct verdict *v)
{
	int i;

	for (i = 0; i < v->n_tried; i++)
		g_string_append_printf(out, "tried: %s\n", v->tried[i]);
}

void verdict_tell(GString *out, const struct verdict *v)
{
	append_verdict(out, v);
	append_lines(out, "", verdict_table(v));
	append_lines(out, "assumes: ", verdict_assumptions(v));
	append_tried(out, v);
}

void verdict_print(GString *out, const struct verdict *v)
{
	g_string_append(out, "verdict: ");
	append_verdict(out, v);
	append_tried(out, v);
	append_lines(out, "# ", verdict_table(v));
	if (v->program)
		program_print(out, v->program);
	g_string_append_c(out, '\n');
}
