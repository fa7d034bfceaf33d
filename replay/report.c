// SPDX-License-Identifier: GPL-2.0-only
/*
 * A verdict for people, with the failing order as a table of one column a CPU,
 * and for programs, as one JSON object.
 */
#include <stdlib.h>
#include <string.h>

#include "verdict.h"

#define NARROWEST 24
#define WIDEST 64

/*
 * The table
 */

static const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

/* Prints the step, or only counts: returns how wide it is. */
static int print_step(FILE *to, const struct replay_step *s)
{
	static const char format[] = "%s:%d  %s%s%s%s";
	const char *what = s->buffer ? "(now visible) " : "";
	const char *file = base_name(s->file);

	return to ? fprintf(to, format, file, s->line, what, s->text,
			    *s->effect ? "   " : "", s->effect)
		  : snprintf(NULL, 0, format, file, s->line, what, s->text,
			     *s->effect ? "   " : "", s->effect);
}


static int count_columns(const struct replay_result *r)
{
	int n = 0;
	u32 i;

	for (i = 0; i < r->n_steps; i++)
		if (r->steps[i].column >= n)
			n = r->steps[i].column + 1;
	return n;
}

static int column_width(const struct replay_result *r, int column)
{
	int width = NARROWEST;
	u32 i;

	for (i = 0; i < r->n_steps; i++) {
		int w = r->steps[i].column == column
				? print_step(NULL, &r->steps[i]) : 0;

		if (w > width)
			width = w;
	}
	return width > WIDEST ? WIDEST : width;
}

static const char *column_name(const struct replay_result *r, int column)
{
	u32 i;

	for (i = 0; i < r->n_steps; i++)
		if (r->steps[i].column == column && !r->steps[i].buffer)
			return r->steps[i].agent;
	return "";
}

static void print_table(FILE *to, const struct replay_result *r)
{
	int n = count_columns(r), i;
	int *offset = calloc((size_t)n + 1, sizeof(*offset));
	u32 s;

	if (!offset)
		return;
	for (i = 0; i < n; i++)
		offset[i + 1] = offset[i] + column_width(r, i) + 2;
	for (i = 0; i < n; i++)
		fprintf(to, "CPU %d: %-*.*s", i, i + 1 < n ?
			offset[i + 1] - offset[i] - 7 - (i > 9) : 0,
			offset[i + 1] - offset[i] - 8, column_name(r, i));
	fputc('\n', to);
	for (s = 0; s < r->n_steps; s++) {
		fprintf(to, "%*s", offset[r->steps[s].column], "");
		print_step(to, &r->steps[s]);
		fputc('\n', to);
	}
	free(offset);
}

/*
 * Text
 */

static void print_run(FILE *to, const struct exploration *e)
{
	const struct replay_result *r = &e->result;

	fprintf(to, "  %s%s, %s: %llu executions, %llu steps",
		e->control ? "control, " : "", replay_memory_name(e->memory),
		replay_mode_name(e->mode), (unsigned long long)r->executions,
		(unsigned long long)r->total_steps);
	if (r->states)
		fprintf(to, ", %llu states", (unsigned long long)r->states);
	if (r->dropped)
		fprintf(to, ", %llu dropped",
			(unsigned long long)r->dropped);
	fprintf(to, ", %s\n", r->failure ? replay_failure_name(r->failure)
		: r->whole_space ? "clean, the whole space" : "no failure");
}

static void print_story(FILE *to, const struct verdict *v)
{
	const struct replay_result *r = &v->story->result;

	fprintf(to, "%s\n", r->message);
	fprintf(to, "memory %s, preemptions %u, schedule \"%s\"\n",
		replay_memory_name(v->story->memory), r->preemptions,
		r->schedule);
	if (r->failures > 1)
		fprintf(to, "%llu of %llu executions fail\n",
			(unsigned long long)r->failures,
			(unsigned long long)r->executions);
	fputc('\n', to);
	print_table(to, r);
	fputc('\n', to);
}

void report_text(FILE *to, const struct verdict *v)
{
	const struct replay_program *p = v->program;
	unsigned int i;

	fprintf(to, "%s: %s", p->name, verdict_name(v->kind));
	if (v->kind == VERDICT_CONFIRMED_WEAK)
		fprintf(to, " (%s)", replay_memory_name(v->story->memory));
	fprintf(to, "%s%s\n", v->reason ? ": " : "",
		v->reason ? v->reason : "");
	if (p->about)
		fprintf(to, "%s\n", p->about);
	if (v->story)
		print_story(to, v);
	if (p->control)
		fprintf(to, "control: %s\n", p->control);
	if (v->valuations > 1)
		fprintf(to, "%llu of %llu values of the opaque conditions "
			"fail\n", (unsigned long long)v->failing_valuations,
			(unsigned long long)v->valuations);
	for (i = 0; i < p->n_assumptions; i++) {
		const struct replay_assumption *a = &p->assumptions[i];

		if (a->file)
			fprintf(to, "assumed: %s:%d: %s%s\n", a->file, a->line,
				a->text, a->guessed ? " (a guess)" : "");
		else
			fprintf(to, "assumed: %s%s\n", a->text,
				a->guessed ? " (a guess)" : "");
	}
	fprintf(to, "explored:\n");
	for (i = 0; i < v->n_runs; i++)
		print_run(to, &v->runs[i]);
}

/*
 * JSON
 */

static void json_string(FILE *to, const char *s)
{
	if (!s) {
		fputs("null", to);
		return;
	}
	fputc('"', to);
	for (; *s; s++) {
		unsigned char c = (unsigned char)*s;

		if (c == '"' || c == '\\')
			fprintf(to, "\\%c", c);
		else if (c < 0x20)
			fprintf(to, "\\u%04x", c);
		else
			fputc(c, to);
	}
	fputc('"', to);
}

static void json_member(FILE *to, const char *name, const char *value)
{
	fprintf(to, ",\"%s\":", name);
	json_string(to, value);
}

static void json_number(FILE *to, const char *name, u64 value)
{
	fprintf(to, ",\"%s\":%llu", name, (unsigned long long)value);
}

static void json_flag(FILE *to, const char *name, bool value)
{
	fprintf(to, ",\"%s\":%s", name, value ? "true" : "false");
}

static void json_run(FILE *to, const struct exploration *e)
{
	const struct replay_result *r = &e->result;

	fputs("{\"memory\":", to);
	json_string(to, replay_memory_name(e->memory));
	json_member(to, "mode", replay_mode_name(e->mode));
	json_flag(to, "control", e->control);
	json_number(to, "executions", r->executions);
	json_number(to, "blocked", r->blocked);
	json_number(to, "dropped", r->dropped);
	json_number(to, "states", r->states);
	json_number(to, "steps", r->total_steps);
	json_number(to, "failures", r->failures);
	json_flag(to, "whole_space", r->whole_space);
	json_member(to, "failure",
		    r->failure ? replay_failure_name(r->failure) : NULL);
	fputc('}', to);
}

static void json_story(FILE *to, const struct exploration *e)
{
	const struct replay_result *r = &e->result;
	u32 i;

	fputs("{\"memory\":", to);
	json_string(to, replay_memory_name(e->memory));
	json_member(to, "failure", replay_failure_name(r->failure));
	json_member(to, "message", r->message);
	json_member(to, "schedule", r->schedule);
	json_number(to, "preemptions", r->preemptions);
	fputs(",\"steps\":[", to);
	for (i = 0; i < r->n_steps; i++) {
		const struct replay_step *s = &r->steps[i];

		fprintf(to, "%s{\"cpu\":%d", i ? "," : "", s->column);
		json_member(to, "agent", s->agent);
		json_member(to, "file", s->file);
		fprintf(to, ",\"line\":%d", s->line);
		json_member(to, "text", s->text);
		json_member(to, "effect", s->effect);
		fputc('}', to);
	}
	fputs("]}", to);
}

static void json_assumption(FILE *to, const struct replay_assumption *a)
{
	fputs("{\"text\":", to);
	json_string(to, a->text);
	json_member(to, "file", a->file);
	fprintf(to, ",\"line\":%d", a->line);
	json_flag(to, "guessed", a->guessed);
	fputc('}', to);
}

void report_json(FILE *to, const struct verdict *v)
{
	const struct replay_program *p = v->program;
	unsigned int i;

	fputs("{\"program\":", to);
	json_string(to, p->name);
	json_member(to, "verdict", verdict_name(v->kind));
	json_member(to, "reason", v->reason);
	json_member(to, "about", p->about);
	json_member(to, "control", p->control);
	json_number(to, "valuations", v->valuations);
	json_number(to, "failing_valuations", v->failing_valuations);
	fputs(",\"assumptions\":[", to);
	for (i = 0; i < p->n_assumptions; i++) {
		if (i)
			fputc(',', to);
		json_assumption(to, &p->assumptions[i]);
	}
	fputs("],\"story\":", to);
	if (v->story)
		json_story(to, v->story);
	else
		fputs("null", to);
	fputs(",\"runs\":[", to);
	for (i = 0; i < v->n_runs; i++) {
		if (i)
			fputc(',', to);
		json_run(to, &v->runs[i]);
	}
	fputs("]}\n", to);
}
