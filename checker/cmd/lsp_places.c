// SPDX-License-Identifier: GPL-2.0-only
/*
 * Places in the texts of files. What an expression is, is told by its
 * characters: it is only what the editor underlines.
 */
#include "cmd/lsp_places.h"

#include <json-c/json.h>
#include <string.h>

#include "base/json.h"

struct lines {
	char *text; /* NULL: there is no such file */
	size_t size;
	GArray *starts; /* size_t, ascending */
};

struct places {
	const struct documents *documents;
	enum encoding encoding;
	GHashTable *files; /* path -> struct lines */
};

/* One line without its end; @n bytes. */
struct line {
	const char *text;
	size_t n;
};

static void lines_free(void *lines)
{
	struct lines *l = lines;

	g_free(l->text);
	g_array_unref(l->starts);
	g_free(l);
}

struct places *places_new(const struct documents *d, enum encoding e)
{
	struct places *p = g_new0(struct places, 1);

	p->documents = d;
	p->encoding = e;
	p->files = g_hash_table_new_full(g_str_hash, g_str_equal, g_free,
					 lines_free);
	return p;
}

void places_free(struct places *p)
{
	if (!p)
		return;
	g_hash_table_unref(p->files);
	g_free(p);
}

static struct lines *lines_of(struct places *p, const char *file)
{
	struct lines *l = g_hash_table_lookup(p->files, file);
	size_t start = 0;

	if (l)
		return l;
	l = g_new0(struct lines, 1);
	l->text = documents_text(p->documents, file, &l->size);
	l->starts = g_array_new(FALSE, FALSE, sizeof(size_t));
	for (;;) {
		const char *end;

		g_array_append_val(l->starts, start);
		end = l->text ? memchr(l->text + start, '\n',
				       l->size - start) : NULL;
		if (!end)
			break;
		start = (size_t)(end - l->text) + 1;
	}
	g_hash_table_insert(p->files, g_strdup(file), l);
	return l;
}

/* Line @i from 0, which is moved to one that there is. */
static struct line line_at(struct places *p, const char *file, int *i)
{
	const struct lines *l = lines_of(p, file);
	size_t from, to;

	*i = CLAMP(*i, 0, (int)l->starts->len - 1);
	from = g_array_index(l->starts, size_t, *i);
	to = (guint)*i + 1 < l->starts->len ?
		     g_array_index(l->starts, size_t, *i + 1) - 1 : l->size;
	if (to > from && l->text[to - 1] == '\r')
		to--;
	return (struct line){ l->text ? l->text + from : "", to - from };
}

/* ---- expressions ---- */

static bool is_word(char c)
{
	return g_ascii_isalnum(c) || c == '_';
}

static size_t word_end(struct line l, size_t at)
{
	while (at < l.n && is_word(l.text[at]))
		at++;
	return at;
}

static size_t word_start(struct line l, size_t at)
{
	while (at > 0 && is_word(l.text[at - 1]))
		at--;
	return at;
}

/* The bytes of "->" or "." that end at @at; 0: there is neither. */
static size_t member_before(struct line l, size_t at)
{
	if (at >= 2 && l.text[at - 2] == '-' && l.text[at - 1] == '>')
		return 2;
	return at >= 1 && l.text[at - 1] == '.' ? 1 : 0;
}

static size_t member_at(struct line l, size_t at)
{
	if (at + 1 < l.n && l.text[at] == '-' && l.text[at + 1] == '>')
		return 2;
	return at < l.n && l.text[at] == '.' ? 1 : 0;
}

/* Back over "a->b." in front of @at. */
static size_t path_start(struct line l, size_t at)
{
	size_t dots, word;

	while ((dots = member_before(l, at))) {
		word = word_start(l, at - dots);
		if (word == at - dots)
			break;
		at = word;
	}
	return at;
}

static size_t path_end(struct line l, size_t at)
{
	size_t dots, word;

	while ((dots = member_at(l, at))) {
		word = word_end(l, at + dots);
		if (word == at + dots)
			break;
		at = word;
	}
	return at;
}

/* Behind the arguments at @at, if they end on this line. */
static size_t arguments_end(struct line l, size_t at)
{
	int depth = 0;

	for (size_t i = at; i < l.n; i++) {
		depth += l.text[i] == '(';
		depth -= l.text[i] == ')';
		if (!depth)
			return i == at ? at : i + 1;
	}
	return at;
}

struct place places_line(struct places *p, const char *file, int line)
{
	int i = line - 1;
	struct line l = line_at(p, file, &i);
	size_t from = 0, to = l.n;

	while (from < to && g_ascii_isspace(l.text[from]))
		from++;
	while (to > from && g_ascii_isspace(l.text[to - 1]))
		to--;
	return (struct place){ i, from, to };
}

struct place places_expression(struct places *p, const char *file, int line,
			       int column)
{
	int i = line - 1;
	struct line l = line_at(p, file, &i);
	size_t at = column > 0 ? (size_t)column - 1 : l.n;
	size_t from, to;

	if (i != line - 1 || at >= l.n || !is_word(l.text[at]))
		return places_line(p, file, line);
	from = path_start(l, word_start(l, at));
	to = arguments_end(l, path_end(l, word_end(l, at)));
	return (struct place){ i, from, to };
}

/* ---- the protocol ---- */

static size_t character(struct places *p, const char *file, int i, size_t byte)
{
	struct line l = line_at(p, file, &i);

	return utf_characters(p->encoding, l.text, MIN(byte, l.n));
}

static void put_position(struct places *p, const char *file, json_object *o,
			 const char *name, int line, size_t byte)
{
	json_object *position = json_put_object(o, name);

	json_put_int(position, "line", line);
	json_put_int(position, "character",
		     (int)character(p, file, line, byte));
}

json_object *places_range(struct places *p, const char *file,
			  struct place place)
{
	json_object *o = json_object_new_object();

	put_position(p, file, o, "start", place.line, place.from);
	put_position(p, file, o, "end", place.line, place.to);
	return o;
}

static void put_byte(struct places *p, const char *file, json_object *o,
		     const char *name, size_t byte)
{
	const struct lines *l = lines_of(p, file);
	guint low = 0, high = l->starts->len, middle;

	while (high - low > 1) {
		middle = low + (high - low) / 2;
		if (g_array_index(l->starts, size_t, middle) <= byte)
			low = middle;
		else
			high = middle;
	}
	put_position(p, file, o, name, (int)low,
		     byte - g_array_index(l->starts, size_t, low));
}

json_object *places_bytes(struct places *p, const char *file, size_t from,
			  size_t to)
{
	json_object *o = json_object_new_object();

	put_byte(p, file, o, "start", from);
	put_byte(p, file, o, "end", to);
	return o;
}

/* What it lacks is 0. */
static void read_position(json_object *o, int *ret_line, int *ret_character)
{
	struct json_reader rd = { NULL };

	*ret_line = json_get_int(&rd, o, "line");
	*ret_character = json_get_int(&rd, o, "character");
	g_free(rd.error);
}

static void read_end(json_object *range, const char *name, int *ret_line,
		     int *ret_character)
{
	json_object *o = NULL;

	json_object_object_get_ex(range, name, &o);
	read_position(o, ret_line, ret_character);
}

struct place places_position(struct places *p, const char *file,
			     json_object *position)
{
	struct line l;
	size_t at;
	int i, c;

	read_position(position, &i, &c);
	l = line_at(p, file, &i);
	at = utf_bytes(p->encoding, l.text, l.n, (size_t)MAX(c, 0));
	return (struct place){ i, at, at };
}

bool places_has(struct places *p, const char *file, json_object *position)
{
	struct line l;
	int i, line, c;

	read_position(position, &line, &c);
	i = line;
	l = line_at(p, file, &i);
	return i == line && c >= 0 &&
	       (size_t)c <= utf_characters(p->encoding, l.text, l.n);
}

bool places_meet(struct places *p, const char *file, struct place place,
		 json_object *range)
{
	int line, at, from = (int)character(p, file, place.line, place.from);
	int to = (int)character(p, file, place.line, place.to);

	read_end(range, "start", &line, &at);
	if (line > place.line || (line == place.line && at > to))
		return false;
	read_end(range, "end", &line, &at);
	return line > place.line || (line == place.line && at >= from);
}
