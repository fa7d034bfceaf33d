// SPDX-License-Identifier: GPL-2.0-only
/*
 * Places and raw text of cursors: where the user wrote something, and through
 * which macro. libclang has no call for macro names, but the text at the
 * place of the expansion is the name of the outermost macro.
 *
 * Asking libclang for a file's text or for a line number is slow, so each
 * file's text and line table are kept.
 */
#include "frontend/private.h"

#include <string.h>
#include <sys/stat.h>

#include "base/folder.h"

static int count_lines(const struct source *s)
{
	const char *at = s->text, *end = s->text + s->size;
	int n = 1;

	while ((at = memchr(at, '\n', (size_t)(end - at)))) {
		at++;
		n++;
	}
	return n;
}

static void find_lines(struct parse *p, struct source *s)
{
	const char *at = s->text, *end = s->text + s->size;
	int n = 0;

	s->n_lines = count_lines(s);
	s->lines = arena_new_array(p->arena, unsigned, s->n_lines);
	while ((at = memchr(at, '\n', (size_t)(end - at))))
		s->lines[++n] = (unsigned)(++at - s->text);
}

/*
 * The file itself, if it is still the one that was parsed: asking libclang
 * for a header's text costs fifty times as much.
 */
static bool map_text(struct parse *p, struct source *s)
{
	char *path = g_canonicalize_filename(s->name, p->directory);
	GMappedFile *map = NULL;
	CXFileUniqueID id;
	struct stat st;

	if (!stat(path, &st) && S_ISREG(st.st_mode) && st.st_size > 0 &&
	    !clang_getFileUniqueID(s->file, &id) &&
	    id.data[0] == (unsigned long long)st.st_dev &&
	    id.data[1] == (unsigned long long)st.st_ino &&
	    id.data[2] == (unsigned long long)st.st_mtime)
		map = g_mapped_file_new(path, FALSE, NULL);
	g_free(path);
	if (!map)
		return false;
	g_ptr_array_add(p->mapped, map);
	s->text = g_mapped_file_get_contents(map);
	s->size = g_mapped_file_get_length(map);
	return true;
}

/* Most files are only ever asked for their name. */
static void need_text(struct parse *p, struct source *s)
{
	if (s->lines)
		return;
	if (s->file && !map_text(p, s))
		s->text = clang_getFileContents(p->tu, s->file, &s->size);
	if (!s->text) /* no file, or libclang does not have it */
		s->text = "";
	find_lines(p, s);
}

const char *source_text(struct parse *p, struct source *s, size_t *ret_size)
{
	need_text(p, s);
	*ret_size = s->size;
	return s->text;
}

/*
 * A function that two units have is to be the same one, however -I or a set of
 * precompiled headers spells its file.
 */
const char *source_name(const struct parse *p, const char *name)
{
	char *path = g_canonicalize_filename(name, p->directory);
	const char *rest = folder_rest(p->directory, path);
	const char *spelling = g_intern_string(rest ? rest : path);

	g_free(path);
	return spelling;
}

/* @name as it may stand in @text: whole, from the unit's folder, or without ./ */
static const char *name_within(const struct parse *p, const char *text,
			       const char *name)
{
	const char *rest;

	if (strstr(text, name))
		return name;
	if (g_str_has_prefix(name, "./"))
		return name + 2;
	rest = folder_rest(p->directory, name);
	return rest ? rest : name;
}

/*
 * In a literal a file's own name (__FILE__) is spelt as the compiler came to it:
 * dir/../a.h, ./a.h, or a.h if it took ./ away; a set has it from the folder on.
 * Units that come to it in several ways are to have the same text.
 */
const char *source_string(struct parse *p, CXCursor c)
{
	const char *text = intern_spelling(c), *raw, *at;
	struct source *s;
	char *changed;

	s = strchr(text, '/') ? place_source(p, c) : NULL;
	if (!s || !s->file)
		return text;
	raw = name_within(p, text,
			  intern_cxstring(clang_getFileName(s->file)));
	at = strstr(text, raw);
	if (!at)
		return text;
	changed = g_strdup_printf("%.*s%s%s", (int)(at - text), text, s->name,
				  at + strlen(raw));
	text = g_intern_string(changed);
	g_free(changed);
	return text;
}

static struct source *new_source(struct parse *p, CXFile file)
{
	struct source *s = arena_new_object(p->arena, struct source);

	s->file = file;
	if (file)
		s->name = source_name(
			p, intern_cxstring(clang_getFileName(file)));
	s->is_c = s->name && g_str_has_suffix(s->name, ".c");
	g_hash_table_insert(p->sources, file, s);
	return s;
}

struct source *source_of(struct parse *p, CXFile file)
{
	if (p->last_source && p->last_file == file)
		return p->last_source;
	p->last_source = g_hash_table_lookup(p->sources, file);
	if (!p->last_source)
		p->last_source = new_source(p, file);
	p->last_file = file;
	return p->last_source;
}

/* The index of the last line that starts at or before @offset. */
static int line_of(const struct source *s, unsigned offset)
{
	int low = 0, high = s->n_lines;

	while (high - low > 1) {
		int mid = low + (high - low) / 2;

		if (s->lines[mid] <= offset)
			low = mid;
		else
			high = mid;
	}
	return low;
}

static const char *ident_at(const struct source *s, unsigned offset)
{
	size_t end = offset;
	const char *name;
	char *copy;

	while (s->text && end < s->size && text_is_ident(s->text[end]))
		end++;
	if (end == offset)
		return NULL;
	copy = g_strndup(s->text + offset, end - offset);
	name = g_intern_string(copy);
	g_free(copy);
	return name;
}

/*
 * libclang 19 passes clang's SourceLocation on as it is, and its top bit says
 * that it is in a macro. Comparing the spelling with the expansion would say
 * the same, but for pasted tokens, in ten times the time.
 */
bool place_is_macro(CXSourceLocation where)
{
	return where.int_data >> 31;
}

struct place place_of_location(struct parse *p, CXSourceLocation where)
{
	struct place at = { .loc = { 0 } };
	bool is_macro = place_is_macro(where);
	CXFile file;
	int line;

	clang_getExpansionLocation(where, &file, NULL, NULL, &at.offset);
	at.source = source_of(p, file);
	/* the nodes of one expansion come one after the other */
	if (at.source == p->last_place.source &&
	    at.offset == p->last_place.offset &&
	    is_macro == !!p->last_place.macro)
		return p->last_place;
	need_text(p, at.source);
	line = line_of(at.source, at.offset);
	at.loc.file = at.source->name;
	at.loc.line = line + 1;
	at.loc.column = (int)(at.offset - at.source->lines[line]) + 1;
	if (is_macro)
		at.macro = ident_at(at.source, at.offset);
	return p->last_place = at;
}

struct place place_of(struct parse *p, CXCursor c)
{
	return place_of_location(p, clang_getCursorLocation(c));
}

struct source *place_source(struct parse *p, CXCursor c)
{
	CXFile file;

	clang_getExpansionLocation(clang_getCursorLocation(c), &file, NULL,
				   NULL, NULL);
	return source_of(p, file);
}

bool source_spelling(struct parse *p, CXCursor c, struct spelling *ret_s)
{
	CXFile file;
	unsigned offset;
	struct source *s;

	clang_getSpellingLocation(clang_getCursorLocation(c), &file, NULL,
				  NULL, &offset);
	s = source_of(p, file);
	need_text(p, s);
	if (!s->text || offset >= s->size)
		return false;
	ret_s->text = s->text;
	ret_s->size = s->size;
	ret_s->at = offset;
	return true;
}

const char *source_word(struct parse *p, CXCursor c)
{
	struct spelling s;
	size_t end;
	const char *name;
	char *copy;

	if (!source_spelling(p, c, &s))
		return NULL;
	for (end = s.at; end < s.size && text_is_ident(s.text[end]); end++)
		;
	if (end == s.at)
		return NULL;
	copy = g_strndup(s.text + s.at, end - s.at);
	name = g_intern_string(copy);
	g_free(copy);
	return name;
}

bool source_is_spelt(struct parse *p, CXCursor c, const char *word)
{
	struct spelling s;

	return source_spelling(p, c, &s) &&
	       text_starts(s.text, s.size, s.at, word);
}

/* Offset before the blanks and continued lines that end at @at. */
static size_t back_over_blanks(const char *text, size_t at)
{
	while (at > 0) {
		char c = text[at - 1];

		if (c == ' ' || c == '\t')
			at--;
		else if (c == '\n' && at > 1 && text[at - 2] == '\\')
			at -= 2;
		else
			break;
	}
	return at;
}

static size_t back_over_ident(const char *text, size_t at)
{
	while (at > 0 && text_is_ident(text[at - 1]))
		at--;
	return at;
}

/* The X of "#define X" that ends at @end, or NULL. */
static const char *define_word(const char *text, size_t end)
{
	size_t start = back_over_ident(text, end);
	size_t word_end = back_over_blanks(text, start);
	size_t word = back_over_ident(text, word_end);
	const char *name;
	char *copy;

	if (start == end || word_end - word != 6 ||
	    memcmp(text + word, "define", 6))
		return NULL;
	copy = g_strndup(text + start, end - start);
	name = g_intern_string(copy);
	g_free(copy);
	return name;
}

/* Offset of the parenthesis that is closed right before @at, or 0. */
static size_t back_over_parentheses(const char *text, size_t at)
{
	int depth = 0;

	while (at > 0 && text[at - 1] != '\n') {
		char c = text[--at];

		depth += (c == ')') - (c == '(');
		if (depth == 0)
			return c == '(' ? at : 0;
	}
	return 0;
}

const char *source_function_macro(const struct spelling *s)
{
	size_t end = back_over_blanks(s->text, s->at);

	end = back_over_parentheses(s->text, end);
	return end ? define_word(s->text, end) : NULL;
}

static size_t skip_token(const char *text, size_t size, size_t at)
{
	char c = text[at];

	if (c == '(')
		return text_skip_brackets(text, size, at);
	if (c == '\'')
		return text_skip_quoted(text, size, at);
	while (at < size && text_is_ident(text[at]))
		at++;
	return at;
}

static bool at_end_of_line(const char *text, size_t size, size_t at)
{
	while (at < size && (text[at] == ' ' || text[at] == '\t'))
		at++;
	return at >= size || text[at] == '\n' || text[at] == '\r' ||
	       text_starts(text, size, at, "/*") ||
	       text_starts(text, size, at, "//");
}

const char *source_body_macro(const struct spelling *s)
{
	size_t behind = skip_token(s->text, s->size, s->at);
	size_t end = back_over_blanks(s->text, s->at);

	return end < s->at && at_end_of_line(s->text, s->size, behind) ?
		       define_word(s->text, end) : NULL;
}

/* Then it is a function-like macro, and no name of a constant. */
static bool followed_by_parenthesis(const struct place *where)
{
	const struct source *s = where->source;
	size_t at = text_skip_blanks(s->text, s->size,
				     where->offset + strlen(where->macro));

	return at < s->size && s->text[at] == '(';
}

const char *source_whole_macro(struct parse *p, CXCursor c,
			       const struct place *where)
{
	CXSourceLocation end;
	CXFile file;
	unsigned offset;

	if (!where->macro || followed_by_parenthesis(where))
		return NULL;
	end = clang_getRangeEnd(clang_getCursorExtent(c));
	clang_getExpansionLocation(end, &file, NULL, NULL, &offset);
	if (offset != where->offset + strlen(where->macro) ||
	    source_of(p, file) != where->source)
		return NULL;
	return where->macro;
}
