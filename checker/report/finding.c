// SPDX-License-Identifier: GPL-2.0-only
/*
 * Findings: making, sealing and ordering them. Nothing here decides whether
 * a finding is shown.
 */
#include <string.h>

#include "private.h"

#define FINGERPRINT_DIGITS 16

static void repair_free(void *repair)
{
	struct repair *r = repair;

	g_free(r->function);
	g_free(r->arguments);
	g_free(r);
}

struct finding *finding_new(const char *rule, enum severity severity,
			    const char *file, int line, int column,
			    const char *function)
{
	struct finding *f = g_new0(struct finding, 1);

	f->rule = g_strdup(rule);
	f->severity = severity;
	f->file = g_strdup(file);
	f->line = line;
	f->column = column;
	f->function = g_strdup(function);
	f->message = g_strdup("");
	f->key = g_strdup("");
	f->engines = g_ptr_array_new_with_free_func(g_free);
	f->evidence = g_ptr_array_new_with_free_func(g_free);
	f->steps = g_ptr_array_new_with_free_func(step_free);
	f->repairs = g_ptr_array_new_with_free_func(repair_free);
	g_ptr_array_add(f->engines, g_strdup("clang"));
	return f;
}

struct replay *finding_replay_new(const char *verdict, const char *memory)
{
	struct replay *r = g_new0(struct replay, 1);

	r->verdict = g_strdup(verdict);
	r->memory = g_strdup(memory);
	r->schedule = g_strdup("");
	r->assumptions = g_ptr_array_new_with_free_func(g_free);
	r->table = g_ptr_array_new_with_free_func(g_free);
	return r;
}

void finding_replay_free(struct replay *r)
{
	if (!r)
		return;
	g_free(r->verdict);
	g_free(r->memory);
	g_free(r->why);
	g_free(r->schedule);
	g_ptr_array_unref(r->assumptions);
	g_ptr_array_unref(r->table);
	g_free(r);
}

void step_free(void *step)
{
	struct step *s = step;

	g_free(s->file);
	g_free(s->message);
	g_free(s);
}

void finding_free(struct finding *f)
{
	if (!f)
		return;
	g_free(f->fingerprint);
	g_free(f->rule);
	g_free(f->file);
	g_free(f->function);
	g_free(f->message);
	g_free(f->key);
	g_ptr_array_unref(f->engines);
	g_ptr_array_unref(f->evidence);
	g_ptr_array_unref(f->steps);
	g_ptr_array_unref(f->repairs);
	finding_replay_free(f->replay);
	g_free(f->patch);
	g_free(f);
}

void finding_engine(struct finding *f, const char *name)
{
	g_ptr_array_set_size(f->engines, 0);
	g_ptr_array_add(f->engines, g_strdup(name));
}

gboolean finding_has_engine(const struct finding *f, const char *name)
{
	return g_ptr_array_find_with_equal_func(f->engines, name, g_str_equal,
						NULL);
}

/* Every text of a finding is one line: formats and editors count on it. */
static char *line_vprintf(const char *format, va_list args)
	G_GNUC_PRINTF(1, 0);

static char *line_vprintf(const char *format, va_list args)
{
	return g_strdelimit(g_strdup_vprintf(format, args), "\n\r", ' ');
}

void finding_message(struct finding *f, const char *format, ...)
{
	va_list args;

	g_free(f->message);
	va_start(args, format);
	f->message = line_vprintf(format, args);
	va_end(args);
}

void finding_key(struct finding *f, const char *format, ...)
{
	va_list args;

	g_free(f->key);
	va_start(args, format);
	f->key = line_vprintf(format, args);
	va_end(args);
}

void finding_step_take(struct finding *f, int cpu, const char *file, int line,
		       char *message)
{
	struct step *s = g_new0(struct step, 1);

	s->cpu = cpu;
	s->file = g_strdup(file);
	s->line = line;
	s->message = message;
	g_ptr_array_add(f->steps, s);
}

void finding_step(struct finding *f, int cpu, const char *file, int line,
		  const char *format, ...)
{
	va_list args;

	va_start(args, format);
	finding_step_take(f, cpu, file, line, line_vprintf(format, args));
	va_end(args);
}

void finding_repair(struct finding *f, const struct repair *r)
{
	struct repair *copy = g_new(struct repair, 1);

	*copy = *r;
	copy->function = g_strdup(r->function);
	copy->arguments = g_strdup(r->arguments);
	g_ptr_array_add(f->repairs, copy);
}

void finding_evidence(struct finding *f, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	g_ptr_array_add(f->evidence, line_vprintf(format, args));
	va_end(args);
}

/* The terminating NUL goes in too, so that "a" + "bc" is not "ab" + "c". */
static void checksum_text(GChecksum *sum, const char *text)
{
	const char *s = text ? text : "";

	g_checksum_update(sum, (const guchar *)s, (gssize)strlen(s) + 1);
}

void finding_seal(struct finding *f)
{
	GChecksum *sum = g_checksum_new(G_CHECKSUM_SHA256);
	char *base = f->file ? g_path_get_basename(f->file) : NULL;

	checksum_text(sum, f->rule);
	checksum_text(sum, base);
	checksum_text(sum, f->function);
	checksum_text(sum, f->key);
	g_free(f->fingerprint);
	f->fingerprint = g_strndup(g_checksum_get_string(sum),
				   FINGERPRINT_DIGITS);
	g_checksum_free(sum);
	g_free(base);
}

static int compare_int(int a, int b)
{
	return (a > b) - (a < b);
}

int finding_compare(const struct finding *a, const struct finding *b)
{
	int r = g_strcmp0(a->file, b->file);

	if (!r)
		r = compare_int(a->line, b->line);
	if (!r)
		r = compare_int(a->column, b->column);
	if (!r)
		r = g_strcmp0(a->rule, b->rule);
	return r ? r : g_strcmp0(a->message, b->message);
}

static int step_compare(const void *sa, const void *sb)
{
	const struct step *a = sa, *b = sb;
	int r = compare_int(a->cpu, b->cpu);

	if (!r)
		r = g_strcmp0(a->file, b->file);
	if (!r)
		r = compare_int(a->line, b->line);
	return r ? r : g_strcmp0(a->message, b->message);
}

static int text_compare(const void *a, const void *b)
{
	return g_strcmp0(a, b);
}

typedef int (*compare_item)(const void *a, const void *b);

/* Shorter first, then the first items that differ. */
static int array_compare(const GPtrArray *a, const GPtrArray *b,
			 compare_item compare)
{
	int r = compare_int((int)a->len, (int)b->len);

	for (guint i = 0; !r && i < a->len; i++)
		r = compare(a->pdata[i], b->pdata[i]);
	return r;
}

int finding_compare_all(const struct finding *a, const struct finding *b)
{
	int r = finding_compare(a, b);

	if (!r)
		r = compare_int((int)a->state, (int)b->state);
	if (!r)
		r = compare_int(a->change, b->change);
	if (!r)
		r = compare_int(b->severity, a->severity);
	if (!r)
		r = g_strcmp0(a->function, b->function);
	if (!r)
		r = g_strcmp0(a->key, b->key);
	if (!r)
		r = array_compare(a->steps, b->steps, step_compare);
	if (!r)
		r = array_compare(a->evidence, b->evidence, text_compare);
	return r;
}
