// SPDX-License-Identifier: GPL-2.0-only
/*
 * Writes the generated parts of a semantic patch: each carries its template,
 * which is repeated for the pairs or pins of the model. It knows nothing of
 * SmPL.
 */
#include "engines/template.h"

#include <stdlib.h>
#include <string.h>

#define MARK_FOR "//%for "
#define MARK_ONCE "//%once"
#define MARK_LINE "//%|"
#define MARK_DONE "//%done"

#define COLUMNS 80
#define TAB 8
#define CONTINUED "\t\t"

/* What one repetition is for: one of them, or neither. */
struct item {
	const struct engine_pair *pair;
	const struct engine_pin *pin;
};

struct expander {
	const struct engine_model *model;
	GString *out;
	char **lines;
	guint at;	/* the line at hand, from 0 */
	char *error;	/* what was wrong first, or NULL */
};

static void fail(struct expander *x, const char *format, ...)
	G_GNUC_PRINTF(2, 3);

static void fail(struct expander *x, const char *format, ...)
{
	va_list args;
	char *what;

	if (x->error)
		return;
	va_start(args, format);
	what = g_strdup_vprintf(format, args);
	va_end(args);
	x->error = g_strdup_printf("%u: %s", x->at + 1, what);
	g_free(what);
}

/* ---- what the words mean ---- */

static const char *flag_of(const struct item *it)
{
	return it->pair ? it->pair->flag : it->pin ? it->pin->flag : "";
}

static const char *bit_of(const struct item *it)
{
	const char *colon = strchr(flag_of(it), ':');

	return colon ? colon + 1 : "";
}

static char *member_of(const struct item *it)
{
	return g_strndup(flag_of(it), strcspn(flag_of(it), ":"));
}

/* Bit or member, whichever names the flag. */
static const char *name_of(const struct item *it)
{
	return *bit_of(it) ? bit_of(it) : flag_of(it);
}

static char *id_of(const struct item *it)
{
	char *id = it->pair ? g_strdup(it->pair->name) :
			      g_strdup_printf("%s_%s", it->pin->record,
					      name_of(it));

	for (char *c = id; *c; c++)
		if (!g_ascii_isalnum(*c))
			*c = '_';
	return id;
}

/* NULL: there is no such word. */
static char *text_value(const struct item *it, const char *word)
{
	if (!it->pair && !it->pin)
		return NULL;
	if (!strcmp(word, "id"))
		return id_of(it);
	if (!strcmp(word, "record"))
		return g_strdup(it->pair ? it->pair->record : it->pin->record);
	if (!strcmp(word, "member"))
		return member_of(it);
	if (!strcmp(word, "bit"))
		return g_strdup(bit_of(it));
	if (!strcmp(word, "flag"))
		return g_strdup(name_of(it));
	if (!strcmp(word, "object-record") && it->pair)
		return g_strdup(it->pair->object_record);
	return NULL;
}

/* Does the function do only this, as far as the model says? */
static gboolean is_only(const struct engine_model *m, guint i)
{
	const struct engine_call *c = &g_array_index(m->calls,
						     struct engine_call, i);

	for (guint k = 0; k < m->calls->len; k++) {
		const struct engine_call *o = &g_array_index(
			m->calls, struct engine_call, k);

		if (!strcmp(o->name, c->name) &&
		    strcmp(o->effect, c->effect) && strcmp(o->effect, "same") &&
		    strcmp(o->effect, "none"))
			return FALSE;
	}
	return TRUE;
}

/*
 * "fn PUT 0": the functions of the model with this effect on this argument;
 * "only PUT 0": those with no other; "-" for no argument.
 */
static GPtrArray *functions(const struct engine_model *m, const char *word)
{
	GPtrArray *names = g_ptr_array_new();
	char **parts = g_strsplit(word, " ", 3);
	gboolean any = !strcmp(parts[0], "fn");
	char *effect = g_ascii_strdown(parts[1] ? parts[1] : "", -1);
	int arg = -1;

	g_strdelimit(effect, "_", '-');
	if (parts[1] && parts[2] && strcmp(parts[2], "-"))
		arg = atoi(parts[2]);
	for (guint i = 0; i < m->calls->len; i++) {
		const struct engine_call *c;

		c = &g_array_index(m->calls, struct engine_call, i);
		if (!strcmp(c->effect, effect) && c->arg == arg &&
		    (any || is_only(m, i)))
			g_ptr_array_add(names, c->name);
	}
	g_free(effect);
	g_strfreev(parts);
	return names;
}

static GPtrArray *names_of(char **list, guint most)
{
	GPtrArray *names = g_ptr_array_new();

	for (; *list && names->len < most; list++)
		g_ptr_array_add(names, *list);
	return names;
}

/* Names that belong to the model; NULL: there is no such word. */
static GPtrArray *list_value(const struct engine_model *m,
			     const struct item *it, const char *word)
{
	const struct engine_pair *p = it->pair;

	if (g_str_has_prefix(word, "fn ") || g_str_has_prefix(word, "only "))
		return functions(m, word);
	if (it->pin && !strcmp(word, "reapers"))
		return names_of(it->pin->reapers, G_MAXUINT);
	if (!p)
		return NULL;
	if (!strcmp(word, "get") || !strcmp(word, "get1"))
		return names_of(p->gets, word[3] ? 1 : G_MAXUINT);
	if (!strcmp(word, "put") || !strcmp(word, "put1"))
		return names_of(p->puts, word[3] ? 1 : G_MAXUINT);
	if (!strcmp(word, "set"))
		return names_of(p->sets, G_MAXUINT);
	if (!strcmp(word, "clear"))
		return names_of(p->clears, G_MAXUINT);
	return NULL;
}

/* ---- one line ---- */

static int width(const char *text, gsize length, int column)
{
	for (gsize i = 0; i < length; i++)
		column = text[i] == '\t' ? column + TAB - column % TAB :
					   column + 1;
	return column;
}

/* The column that the end of @line is in. */
static int end_column(const GString *line)
{
	const char *last = strrchr(line->str, '\n');
	const char *from = last ? last + 1 : line->str;

	return width(from, strlen(from), 0);
}

static int compare_names(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static void sort_names(GPtrArray *names)
{
	guint i = 1;

	g_ptr_array_sort(names, compare_names);
	while (i < names->len)
		if (!strcmp(names->pdata[i - 1], names->pdata[i]))
			g_ptr_array_remove_index(names, i);
		else
			i++;
}

/* @rest: what comes behind the list, which the last name shares its line with. */
static void put_list(GString *line, GPtrArray *names, const char *rest)
{
	sort_names(names);
	for (guint i = 0; i < names->len; i++) {
		const char *name = names->pdata[i];
		gsize more = i + 1 < names->len ? strlen(",") :
						  strcspn(rest, " $");
		gsize all = strlen(" ") + strlen(name) + more;

		if (i)
			g_string_append_c(line, ',');
		if (i && end_column(line) + (int)all > COLUMNS)
			g_string_append(line, "\n" CONTINUED);
		else if (i)
			g_string_append_c(line, ' ');
		g_string_append(line, name);
	}
}

/* Puts what ${word} stands for; FALSE: an empty list. */
static gboolean put_word(struct expander *x, GString *line,
			 const struct item *it, const char *word,
			 const char *rest)
{
	char *text = text_value(it, word);
	GPtrArray *names = text ? NULL : list_value(x->model, it, word);
	gboolean there = text || (names && names->len);

	if (text)
		g_string_append(line, text);
	else if (names)
		put_list(line, names, rest);
	else
		fail(x, "there is no ${%s} here", word);
	g_free(text);
	g_clear_pointer(&names, g_ptr_array_unref);
	return there;
}

/* A line of the template for one item; nothing if a list in it is empty. */
static void put_line(struct expander *x, const struct item *it,
		     const char *from)
{
	GString *line = g_string_new(NULL);
	const char *open, *close;
	gboolean keep = TRUE;

	for (; (open = strstr(from, "${")); from = close + 1) {
		char *word;

		close = strchr(open, '}');
		if (!close) {
			fail(x, "${ without }");
			break;
		}
		g_string_append_len(line, from, open - from);
		word = g_strndup(open + 2, (gsize)(close - open - 2));
		keep &= put_word(x, line, it, word, close + 1);
		g_free(word);
	}
	if (keep)
		g_string_append_printf(x->out, "%s%s\n", line->str, from);
	g_string_free(line, TRUE);
}

/* ---- one part ---- */

/* Are there functions that only set and clear the flag? */
static gboolean has_calls(const struct engine_pair *p)
{
	return p && *p->sets && *p->clears;
}

static gboolean holds(struct expander *x, const struct item *it,
		      const char *filter)
{
	const struct engine_pair *p = it->pair;

	if (!strcmp(filter, "member"))
		return !*bit_of(it);
	if (!strcmp(filter, "bits"))
		return *bit_of(it) && !has_calls(p);
	if (p && !strcmp(filter, "calls"))
		return has_calls(p);
	if (p && !strcmp(filter, "pagecache"))
		return !g_strcmp0(p->covers.name, "pagecache");
	if (p && !strcmp(filter, "anywhere"))
		return !p->covers.name;
	if (p && !strcmp(filter, "accessors"))
		return *p->gets && *p->puts;
	if (p && !strcmp(filter, "own"))
		return p->object && !*p->object;
	if (p && !strcmp(filter, "apart"))
		return p->object && *p->object && p->object_record;
	fail(x, "there is no filter '%s' here", filter);
	return FALSE;
}

/* The template, from the line behind its directive up to @end, for one item. */
static void put_item(struct expander *x, const struct item *it,
		     char **filters, guint start, guint end)
{
	for (; *filters; filters++)
		if (**filters && !holds(x, it, *filters))
			return;
	for (x->at = start; x->at < end; x->at++)
		put_line(x, it, x->lines[x->at] + strlen(MARK_LINE));
}

static void put_items(struct expander *x, const char *directive, guint start,
		      guint end)
{
	static const char *const once[] = { NULL };
	char **words = g_strsplit(directive, " ", -1);
	gboolean pins = !g_strcmp0(words[1], "pin");
	const GPtrArray *list = pins ? x->model->pins : x->model->pairs;

	if (!strcmp(words[0], MARK_ONCE)) {
		const struct item none = { NULL, NULL };

		put_item(x, &none, (char **)once, start, end);
	} else if (!pins && g_strcmp0(words[1], "pair")) {
		fail(x, "neither 'pair' nor 'pin'");
	} else {
		for (guint i = 0; i < list->len; i++) {
			const struct item it = { pins ? NULL : list->pdata[i],
						 pins ? list->pdata[i] : NULL };

			if (!pins || *it.pin->reapers)
				put_item(x, &it, words + 2, start, end);
		}
	}
	g_strfreev(words);
}

/* From a directive to its end: copies the template, and writes its result. */
static void put_part(struct expander *x)
{
	const char *directive = x->lines[x->at];
	guint start = x->at + 1, end = start, done;

	while (x->lines[end] && g_str_has_prefix(x->lines[end], MARK_LINE))
		end++;
	for (done = end; x->lines[done] && strcmp(x->lines[done], MARK_DONE);)
		done++;
	if (!x->lines[done]) {
		fail(x, "no %s follows", MARK_DONE);
		return;
	}
	for (guint i = start - 1; i < end; i++)
		g_string_append_printf(x->out, "%s\n", x->lines[i]);
	put_items(x, directive, start, end);
	g_string_append(x->out, MARK_DONE);
	x->at = done;
}

char *template_expand(const char *text, const struct engine_model *m,
		      char **ret_error)
{
	struct expander x = { .model = m, .out = g_string_new(NULL),
			      .lines = g_strsplit(text, "\n", -1) };

	for (; x.lines[x.at] && !x.error; x.at++) {
		const char *line = x.lines[x.at];

		if (g_str_has_prefix(line, MARK_FOR) ||
		    !strcmp(line, MARK_ONCE))
			put_part(&x);
		else
			g_string_append(x.out, line);
		if (x.lines[x.at] && x.lines[x.at + 1])
			g_string_append_c(x.out, '\n');
	}
	g_strfreev(x.lines);
	if (!x.error)
		return g_string_free(x.out, FALSE);
	g_string_free(x.out, TRUE);
	*ret_error = x.error;
	return NULL;
}
