// SPDX-License-Identifier: GPL-2.0-only
/*
 * What stands at a place of a session's unit. Where libclang does not see into
 * a macro's arguments, only the word is known.
 */
#include "frontend/session.h"

#include <string.h>

#include "frontend/private.h"

/* Behind the comment, string or character that is at @at; or the next one. */
static size_t skip_unit(const char *text, size_t size, size_t at)
{
	size_t behind = text_skip_comment(text, size, at);

	if (text[at] == '"' || text[at] == '\'')
		behind = text_skip_quoted(text, size, at);
	/* an apostrophe that is none of a character's: #error don't */
	if (text[at] == '\'' && memchr(text + at, '\n', behind - at))
		behind = at;
	return MAX(behind, at + 1);
}

/* Is it in a comment or a string? */
static bool is_text(const char *text, size_t size, size_t offset)
{
	size_t at = 0, from = 0;

	while (at <= offset && at < size) {
		from = at;
		at = skip_unit(text, size, at);
	}
	return at > from + 1;
}

/* The identifier that @column is in or right behind; false: there is none. */
static bool find_word(const char *text, size_t size, int line, int column,
		      struct named *ret)
{
	const char *at = text, *end = text + size, *from, *to;

	for (; at && line > 1; line--)
		if ((at = memchr(at, '\n', (size_t)(end - at))))
			at++;
	if (!at || column < 1 || column - 1 > end - at ||
	    memchr(at, '\n', (size_t)column - 1))
		return false;
	from = to = at + column - 1;
	while (from > at && text_is_ident(from[-1]))
		from--;
	while (to < end && text_is_ident(*to))
		to++;
	if (from == to || g_ascii_isdigit(*from) ||
	    is_text(text, size, (size_t)(from - text)))
		return false;
	ret->column = (int)(from - at) + 1;
	ret->length = (int)(to - from);
	ret->word = g_strndup(from, (gsize)(to - from));
	return true;
}

/* What the cursor refers to, if that is spelt as the word is. */
static bool name_cursor(struct named *n, CXCursor c)
{
	CXCursor to = clang_getCursorReferenced(c);
	const char *name = intern_spelling(to);

	/* in a macro it is what the macro makes of it */
	if (clang_Cursor_isNull(to) || g_strcmp0(name, n->word))
		return true;
	switch (clang_getCursorKind(to)) {
	case CXCursor_FunctionDecl:
		n->function = g_strdup(name);
		return true;
	case CXCursor_FieldDecl:
		n->record = g_strdup(type_owner(to));
		n->member = g_strdup(name);
		return true;
	case CXCursor_EnumConstantDecl:
		return true;
	default:
		return false;
	}
}

bool session_named_at(struct session *s, const struct compile_command *cmd,
		      const char *file, int line, int column,
		      struct named *ret)
{
	CXTranslationUnit tu = session_unit(s, cmd);
	CXFile in = tu ? clang_getFile(tu, file) : NULL;
	const char *text;
	size_t size;
	CXCursor c;

	*ret = (struct named){ .line = line };
	text = in ? clang_getFileContents(tu, in, &size) : NULL;
	if (!text || line < 1 || !find_word(text, size, line, column, ret))
		return false;
	c = clang_getCursor(tu, clang_getLocation(tu, in, (unsigned)line,
						  (unsigned)ret->column));
	if (name_cursor(ret, c))
		return true;
	named_clear(ret);
	return false;
}

void named_clear(struct named *n)
{
	g_free(n->word);
	g_free(n->function);
	g_free(n->record);
	g_free(n->member);
}
