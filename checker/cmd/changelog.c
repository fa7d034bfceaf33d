// SPDX-License-Identifier: GPL-2.0-only
/*
 * The race of a finding as commit messages show it: what each CPU does in a
 * column of its own, and the commit that brought it. Line numbers are left out
 * of the table, since the next patch makes them wrong; so is what one CPU does
 * for long while nothing else happens, which `--replay` has in full.
 */
#include "cmd/changelog.h"

#include <string.h>

#include "base/printable.h"

/* Of a commit message; and what sets a table apart from its text. */
#define MESSAGE_WIDTH 75
#define TABLE_INDENT 4
#define TABLE_WIDTH (MESSAGE_WIDTH - TABLE_INDENT)
#define GAP 2
/* Of what a function does, below its name; and of a line that goes on. */
#define CELL_INDENT 2
#define MORE_INDENT 4
/* The table of a replay: where the next CPU's column begins. */
#define REPLAY_COLUMN 40

struct column {
	char *name;	/* "CPU 0" */
	char *function;	/* "f()"; NULL: nobody knows */
	int start, width; /* width 0: nothing happens there */
};

struct cell {
	int column;
	char *text;
};

struct chart {
	GArray *columns;	/* struct column */
	GArray *cells;		/* struct cell, in the order of the story */
};

static void column_clear(gpointer p)
{
	struct column *c = p;

	g_free(c->name);
	g_free(c->function);
}

static void cell_clear(gpointer p)
{
	struct cell *c = p;

	g_free(c->text);
}

static void chart_init(struct chart *c)
{
	c->columns = g_array_new(FALSE, TRUE, sizeof(struct column));
	c->cells = g_array_new(FALSE, TRUE, sizeof(struct cell));
	g_array_set_clear_func(c->columns, column_clear);
	g_array_set_clear_func(c->cells, cell_clear);
}

static void chart_clear(struct chart *c)
{
	g_array_unref(c->columns);
	g_array_unref(c->cells);
}

static struct column *column_at(const struct chart *c, int i)
{
	if (c->columns->len <= (guint)i)
		g_array_set_size(c->columns, (guint)i + 1);
	return &g_array_index(c->columns, struct column, i);
}

/* For a line of its own: as it is, but for what moves the cursor. */
static char *safe(const char *text)
{
	char *valid = g_utf8_make_valid(text, -1), *copy = printable(valid);

	g_free(valid);
	return g_strstrip(g_strdelimit(copy, "\t", ' '));
}

static int width_of(const char *text)
{
	return (int)g_utf8_strlen(text, -1);
}

/* An operation without a name would be an empty line. */
static void add_cell(struct chart *c, int column, const char *text)
{
	const struct cell cell = { column, safe(text) };

	column_at(c, column);
	if (*cell.text)
		g_array_append_val(c->cells, cell);
	else
		g_free(cell.text);
}

/* ---- from the steps ---- */

static void chart_steps(struct chart *c, const struct finding *f)
{
	guint i;

	for (i = 0; i < f->steps->len; i++) {
		const struct step *s = f->steps->pdata[i];

		add_cell(c, MAX(s->cpu, 0), s->message);
	}
	for (i = 0; i < c->columns->len; i++)
		column_at(c, (int)i)->name = g_strdup_printf("CPU %u", i);
	if (f->function)
		column_at(c, 0)->function = g_strconcat(f->function, "()",
							NULL);
}

/* ---- from the table of a replay ---- */

/* What comes behind "file.c:12 ". */
static const char *behind_place(const char *text)
{
	const char *colon = text;
	size_t digits;

	while ((colon = strchr(colon, ':'))) {
		digits = strspn(++colon, "0123456789");
		if (digits && colon[digits] == ' ')
			return colon + digits + 1;
	}
	return text;
}

/* -1: there is no such row. */
static int column_of_row(const GPtrArray *table, guint i)
{
	if (i < 1 || i >= table->len)
		return -1;
	return (int)strspn(table->pdata[i], " ") / REPLAY_COLUMN;
}

/* Within two rows of another CPU's, or of the begin or end. */
static gboolean is_near_switch(const GPtrArray *table, guint i)
{
	int column = column_of_row(table, i);

	return column_of_row(table, i - 1) != column ||
	       column_of_row(table, i + 1) != column ||
	       column_of_row(table, i - 2) != column ||
	       column_of_row(table, i + 2) != column;
}

static void add_named(GHashTable *places, const char *file, int line)
{
	char *base = g_path_get_basename(file ? file : "");

	g_hash_table_add(places, g_strdup_printf("%s:%d ", base, line));
	g_free(base);
}

/* "file.c:12 " of the finding and its steps. */
static GHashTable *named_places(const struct finding *f)
{
	GHashTable *places = g_hash_table_new_full(g_str_hash, g_str_equal,
						   g_free, NULL);
	guint i;

	add_named(places, f->file, f->line);
	for (i = 0; i < f->steps->len; i++) {
		const struct step *s = f->steps->pdata[i];

		add_named(places, s->file ? s->file : f->file, s->line);
	}
	return places;
}

static gboolean is_named(GHashTable *places, const char *row)
{
	const char *text = row + strspn(row, " ");
	char *place = g_strndup(text, (gsize)(behind_place(text) - text));
	gboolean found = g_hash_table_contains(places, place);

	g_free(place);
	return found;
}

/*
 * How many rows from @i on say nothing about the race: a CPU goes on for long,
 * and the finding does not name the place. One alone may as well be shown.
 */
static guint hidden_rows(const GPtrArray *table, guint i, GHashTable *places)
{
	guint n = 0;

	while (i + n < table->len && !is_near_switch(table, i + n) &&
	       !is_named(places, table->pdata[i + n]))
		n++;
	return n > 1 ? n : 0;
}

/* "CPU 1: f()"; a thread that is no CPU has just a name. */
static void take_head(struct chart *c, const char *text, int column)
{
	const char *colon = strstr(text, ": ");
	struct column *at;

	if (g_str_has_prefix(text, "CPU ") && colon)
		column = (int)g_ascii_strtoll(text + strlen("CPU "),
					      NULL, 10);
	at = column_at(c, column);
	g_free(at->name);
	at->name = colon ? g_strndup(text, (gsize)(colon - text)) : safe(text);
	if (colon)
		at->function = safe(colon + strlen(": "));
}

/*
 * Names have no blanks: a head ends before two of them, or where the next CPU
 * is named, for one that is as wide as its column.
 */
static void take_heads(struct chart *c, const char *line)
{
	const char *at = line, *end, *next;

	while (*(at += strspn(at, " "))) {
		char *text;

		end = strstr(at, "  ");
		next = strstr(at + 1, " CPU ");
		if (!end || (next && next < end))
			end = next ? next : at + strlen(at);
		text = g_strndup(at, (gsize)(end - at));
		take_head(c, text, (int)(at - line) / REPLAY_COLUMN);
		g_free(text);
		at = end;
	}
}

static void chart_table(struct chart *c, const struct finding *f)
{
	const GPtrArray *table = f->replay->table;
	GHashTable *places = named_places(f);
	guint i = 1, n;

	while (i < table->len) {
		const char *row = table->pdata[i];

		n = hidden_rows(table, i, places);
		add_cell(c, column_of_row(table, i),
			 n ? "..." : behind_place(row + strspn(row, " ")));
		i += MAX(n, 1);
	}
	take_heads(c, table->pdata[0]);
	g_hash_table_unref(places);
}

/* ---- printing ---- */

/* How wide each column would like to be; 0: nothing is in it. */
static void measure(struct chart *c)
{
	guint i;

	for (i = 0; i < c->cells->len; i++) {
		const struct cell *cell = &g_array_index(c->cells, struct cell,
							 i);
		struct column *at = column_at(c, cell->column);

		at->width = MAX(at->width, width_of(cell->text) + CELL_INDENT);
		if (at->function)
			at->width = MAX(at->width, width_of(at->function));
	}
}

/* Each has its share, and what the ones before it leave of theirs. */
static void arrange(struct chart *c)
{
	int i, n = (int)c->columns->len, left = 0, start = 0;

	measure(c);
	for (i = 0; i < n; i++)
		left += column_at(c, i)->width > 0;
	for (i = 0; i < n; i++) {
		struct column *at = column_at(c, i);

		if (!at->width)
			continue;
		at->start = start;
		at->width = MIN(at->width, (TABLE_WIDTH - start -
					    (left - 1) * GAP) / left);
		at->width = MAX(at->width, MORE_INDENT + 1);
		start += at->width + GAP;
		left--;
	}
}

static void put_blanks(GString *out, int n)
{
	g_string_append_printf(out, "%*s", MAX(n, 0), "");
}

/* One line with a text in each column that has one. */
static void put_heads(GString *out, const struct chart *c, gboolean functions)
{
	GString *line = g_string_new(NULL);
	guint i;

	for (i = 0; i < c->columns->len; i++) {
		const struct column *at = column_at(c, (int)i);
		const char *text = functions ? at->function : at->name;

		if (!at->width || !text)
			continue;
		/* two names never touch, whatever their length */
		put_blanks(line, MAX(TABLE_INDENT + at->start -
				     width_of(line->str), line->len ? 1 : 0));
		g_string_append(line, text);
	}
	if (line->len)
		g_string_append_printf(out, "%s\n", line->str);
	g_string_free(line, TRUE);
}

/* Words, as many a line as the column has room for. */
static void put_cell(GString *out, const struct column *at, const char *text)
{
	char **words = g_strsplit(text, " ", -1), **w;
	int indent = CELL_INDENT, used = 0;

	for (w = words; *w; w++) {
		int width = width_of(*w);

		if (!width)
			continue;
		if (used && used + 1 + width > at->width - indent) {
			g_string_append_c(out, '\n');
			indent = MORE_INDENT;
			used = 0;
		}
		put_blanks(out, used ? 1 : TABLE_INDENT + at->start + indent);
		g_string_append(out, *w);
		used += width + !!used;
	}
	g_string_append_c(out, '\n');
	g_strfreev(words);
}

static void put_chart(GString *out, struct chart *c)
{
	guint i;

	arrange(c);
	put_heads(out, c, FALSE);
	put_heads(out, c, TRUE);
	for (i = 0; i < c->cells->len; i++) {
		const struct cell *cell = &g_array_index(c->cells, struct cell,
							 i);

		put_cell(out, column_at(c, cell->column), cell->text);
	}
}

/* ---- the commit ---- */

static void add_place(GArray *places, GPtrArray *names, const char *file,
		      int line)
{
	struct blame_place p = { NULL, line };

	if (!file || line < 1)
		return;
	p.file = g_canonicalize_filename(file, NULL);
	g_ptr_array_add(names, (gpointer)p.file);
	g_array_append_val(places, p);
}

static void put_fixes(GString *out, const struct finding *f,
		      const struct blame_source *source)
{
	GArray *places = g_array_new(FALSE, FALSE, sizeof(struct blame_place));
	GPtrArray *names = g_ptr_array_new_with_free_func(g_free);
	char *commit, *reason, *text;
	guint i;

	add_place(places, names, f->file, f->line);
	for (i = 0; i < f->steps->len; i++) {
		const struct step *s = f->steps->pdata[i];

		add_place(places, names, s->file ? s->file : f->file, s->line);
	}
	commit = blame_youngest(source, places, &reason);
	text = safe(commit ? commit : reason);
	g_string_append_printf(out, "%s: %s\n", commit ? "Fixes" :
						"# no Fixes", text);
	g_free(text);
	g_free(commit);
	g_free(reason);
	g_ptr_array_unref(names);
	g_array_unref(places);
}

void changelog_put(GString *out, const struct finding *f,
		   const struct blame_source *source)
{
	struct chart c;

	chart_init(&c);
	if (f->replay && f->replay->table->len)
		chart_table(&c, f);
	else
		chart_steps(&c, f);
	if (c.cells->len) {
		put_chart(out, &c);
		g_string_append_c(out, '\n');
	}
	put_fixes(out, f, source);
	chart_clear(&c);
}
