// SPDX-License-Identifier: GPL-2.0-only
/*
 * What stands at a place of a session's unit, if it was parsed: what a macro
 * throws away or makes a string of is nothing, and so is a label, or what no
 * compiler sees.
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
		      struct named *ret, size_t *ret_offset)
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
	*ret_offset = (size_t)(from - text);
	return true;
}

/* Is it what the directive in this line defines? */
static bool is_defined(const char *text, size_t offset)
{
	static const char define[] = "define";
	size_t at = offset;

	while (at && g_ascii_isspace(text[at - 1]) && text[at - 1] != '\n')
		at--;
	if (at == offset || at < strlen(define))
		return false;
	at -= strlen(define);
	if (!text_starts(text, offset, at, define))
		return false;
	while (at && (text[at - 1] == ' ' || text[at - 1] == '\t'))
		at--;
	return at && text[at - 1] == '#';
}

/* ---- what was parsed there ---- */

/* A walk for what begins with the word, which macros may have more than once. */
struct search {
	CXFile file;
	unsigned at; /* the word's offset */
	const char *word;
	CXCursor found;	  /* one that refers to the word, or else any */
	CXCursor operand; /* the member that the word was used with */
	bool is_open;	  /* the operand may be further out */
	int depth;
};

/* Deeper ones are made by programs; the stack has an end. */
enum { MAX_DEPTH = 1000 };

static bool stands_at(const struct search *s, CXCursor c)
{
	CXFile file;
	unsigned at;

	clang_getFileLocation(clang_getCursorLocation(c), &file, NULL, NULL,
			      &at);
	return file && at == s->at && clang_File_isEqual(file, s->file);
}

static bool refers(const struct search *s, CXCursor c)
{
	CXCursor to = clang_getCursorReferenced(c);

	return !clang_Cursor_isNull(to) &&
	       !g_strcmp0(intern_spelling(to), s->word);
}

static enum CXChildVisitResult first_member(CXCursor c, CXCursor parent,
					    CXClientData data)
{
	CXCursor *ret = data, to = clang_getCursorReferenced(c);

	if (clang_getCursorKind(c) != CXCursor_MemberRefExpr ||
	    clang_getCursorKind(to) != CXCursor_FieldDecl)
		return CXChildVisit_Recurse;
	*ret = to;
	return CXChildVisit_Break;
}

/* Does what is around it have nothing to do with the word? */
static bool is_border(CXCursor c)
{
	switch (clang_getCursorKind(c)) {
	case CXCursor_CallExpr:
	case CXCursor_ConditionalOperator:
		return true;
	case CXCursor_BinaryOperator:
		return clang_getCursorBinaryOperatorKind(c) ==
			       CXBinaryOperator_LAnd ||
		       clang_getCursorBinaryOperatorKind(c) ==
			       CXBinaryOperator_LOr ||
		       clang_getCursorBinaryOperatorKind(c) ==
			       CXBinaryOperator_Comma;
	default:
		return !clang_isExpression(clang_getCursorKind(c));
	}
}

/* From the word outwards, @c is next. */
static void look_outside(struct search *s, CXCursor c)
{
	if (!s->is_open)
		return;
	if (clang_isExpression(clang_getCursorKind(c)))
		clang_visitChildren(c, first_member, &s->operand);
	s->is_open = clang_Cursor_isNull(s->operand) && !is_border(c);
}

static enum CXChildVisitResult look(CXCursor c, CXCursor parent,
				    CXClientData data)
{
	struct search *s = data;

	if (stands_at(s, c)) {
		s->is_open = clang_Cursor_isNull(s->operand);
		if (clang_Cursor_isNull(s->found) || refers(s, c))
			s->found = c;
	}
	if (s->depth < MAX_DEPTH) {
		s->depth++;
		clang_visitChildren(c, look, s);
		s->depth--;
	}
	look_outside(s, c);
	return CXChildVisit_Continue;
}

/* The declaration at the file's level that @c is in, or is. */
static CXCursor outermost(CXCursor c)
{
	CXCursor up = clang_getCursorSemanticParent(c);

	while (!clang_Cursor_isNull(up) &&
	       !clang_isInvalid(clang_getCursorKind(up)) &&
	       !clang_isTranslationUnit(clang_getCursorKind(up))) {
		c = up;
		up = clang_getCursorSemanticParent(c);
	}
	return c;
}

static bool name_member(struct named *n, const struct search *s)
{
	if (clang_Cursor_isNull(s->operand))
		return true;
	n->of_record = g_strdup(type_owner(s->operand));
	n->of_member = g_strdup(intern_spelling(s->operand));
	return true;
}

/* What the word is, from what was found there. */
static bool name_found(struct named *n, const struct search *s)
{
	CXCursor to = clang_getCursorReferenced(s->found);

	/* of a macro, what that makes of it */
	if (!refers(s, s->found))
		return clang_isExpression(clang_getCursorKind(s->found)) &&
		       name_member(n, s);
	switch (clang_getCursorKind(to)) {
	case CXCursor_FunctionDecl:
		n->function = g_strdup(s->word);
		return true;
	case CXCursor_FieldDecl:
		n->record = g_strdup(type_owner(to));
		n->member = g_strdup(s->word);
		return true;
	case CXCursor_EnumConstantDecl:
		n->defined = clang_equalCursors(s->found, to);
		return name_member(n, s);
	default:
		return false;
	}
}

static bool name_parsed(struct named *n, CXTranslationUnit tu, CXFile in)
{
	CXSourceLocation where = clang_getLocation(tu, in, (unsigned)n->line,
						   (unsigned)n->column);
	CXCursor c = clang_getCursor(tu, where);
	struct search s = { .file = in, .word = n->word,
			    .found = clang_getNullCursor(),
			    .operand = clang_getNullCursor() };

	if (clang_isInvalid(clang_getCursorKind(c)))
		return false;
	clang_getFileLocation(where, NULL, NULL, NULL, &s.at);
	look(c, c, &s);
	if (clang_Cursor_isNull(s.found) || clang_Cursor_isNull(s.operand))
		look(outermost(c), c, &s);
	return !clang_Cursor_isNull(s.found) && name_found(n, &s);
}

bool session_named_at(struct session *s, const struct compile_command *cmd,
		      const char *file, int line, int column,
		      struct named *ret)
{
	CXTranslationUnit tu = session_unit(s, cmd);
	CXFile in = tu ? clang_getFile(tu, file) : NULL;
	const char *text;
	size_t size, offset;

	*ret = (struct named){ .line = line };
	text = in ? clang_getFileContents(tu, in, &size) : NULL;
	if (!text || line < 1 ||
	    !find_word(text, size, line, column, ret, &offset))
		return false;
	ret->defined = is_defined(text, offset);
	if (ret->defined || name_parsed(ret, tu, in))
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
	g_free(n->of_record);
	g_free(n->of_member);
}
