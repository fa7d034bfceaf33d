// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the cursors hide and only the printed declaration shows: the argument
 * of an attribute, the text of an asm, the types of a _Generic. The
 * n-th one in the text is the n-th one in the tree.
 *
 * Printing is slow, so it is the last resort; a function is printed once.
 */
#include "frontend/private.h"

#include <string.h>

/* One kind of thing in a function, in order. */
struct series {
	GPtrArray *texts; /* char *, owned; each from its first word on */
	GPtrArray *order; /* identity of each in the tree */
};

struct pretty {
	struct series asms, generics;
	GArray *labels;	      /* CXCursor: label statements, */
	GArray *label_before; /* and how many asm stood before each */
};

static char *pretty_text(CXCursor decl)
{
	CXPrintingPolicy policy = clang_getCursorPrintingPolicy(decl);
	CXString s = clang_getCursorPrettyPrinted(decl, policy);
	char *text = g_strdup(clang_getCString(s));

	clang_disposeString(s);
	clang_PrintingPolicy_dispose(policy);
	return text;
}

const char *pretty_attribute(CXCursor decl, const char *name)
{
	char *start = g_strconcat("((", name, "(", NULL);
	char *text = pretty_text(decl), *argument;
	const char *interned = NULL;

	argument = text ? strstr(text, start) : NULL;
	if (argument) {
		argument += strlen(start);
		argument[strcspn(argument, ")")] = 0;
		interned = g_intern_string(argument);
	}
	g_free(text);
	g_free(start);
	return interned;
}

static void series_init(struct series *s)
{
	s->texts = g_ptr_array_new_with_free_func(g_free);
	s->order = g_ptr_array_new();
}

static void series_fini(struct series *s)
{
	g_ptr_array_unref(s->texts);
	g_ptr_array_unref(s->order);
}

void pretty_free(struct pretty *t)
{
	if (!t)
		return;
	series_fini(&t->asms);
	series_fini(&t->generics);
	g_array_unref(t->labels);
	g_array_unref(t->label_before);
	g_free(t);
}

/* The a of "a ?: b" is visited three times, but there is only one. */
static void series_add(struct series *s, CXCursor c)
{
	if (!g_ptr_array_find(s->order, c.data[1], NULL))
		g_ptr_array_add(s->order, (gpointer)c.data[1]);
}

static enum CXChildVisitResult collect(CXCursor c, CXCursor parent,
				       CXClientData data)
{
	struct pretty *t = data;
	int before = (int)t->asms.order->len;

	(void)parent;
	switch (clang_getCursorKind(c)) {
	case CXCursor_GCCAsmStmt:
		series_add(&t->asms, c);
		break;
	case CXCursor_GenericSelectionExpr:
		series_add(&t->generics, c);
		break;
	case CXCursor_LabelStmt:
		g_array_append_val(t->labels, c);
		g_array_append_val(t->label_before, before);
		break;
	default:
		break;
	}
	return CXChildVisit_Recurse;
}

static bool word_at(const char *text, size_t size, size_t at, const char *word)
{
	size_t n = strlen(word);

	return text_starts(text, size, at, word) &&
	       (at == 0 || !text_is_ident(text[at - 1])) &&
	       (at + n >= size || !text_is_ident(text[at + n]));
}

/* The word, and not a part of a path like asm/bug.h in an unnamed type. */
static bool keyword_at(const char *text, size_t size, size_t at,
		       const char *word)
{
	static const char *const qualifiers[] = { "volatile", "goto",
						  "inline" };
	gsize i;

	if (!word_at(text, size, at, word))
		return false;
	at += strlen(word);
	for (i = 0; i < G_N_ELEMENTS(qualifiers); i++) {
		at = text_skip_blanks(text, size, at);
		if (word_at(text, size, at, qualifiers[i]))
			at += strlen(qualifiers[i]);
	}
	at = text_skip_blanks(text, size, at);
	return at < size && text[at] == '(';
}

/* Statements begin a line; "register long x asm("r11")" is none. */
static bool begins_line(const char *text, size_t at)
{
	while (at > 0 && text[at - 1] == ' ')
		at--;
	return at == 0 || text[at - 1] == '\n';
}

static void add_text(struct series *s, const char *text, size_t size,
		     size_t at)
{
	size_t open = at + strcspn(text + at, "(");
	size_t end = text_skip_brackets(text, size, open);

	g_ptr_array_add(s->texts, g_strndup(text + at, end - at));
}

static void split(struct pretty *t, const char *text)
{
	size_t size = strlen(text), at = 0;

	while (at < size) {
		if (text[at] == '"' || text[at] == '\'') {
			at = text_skip_quoted(text, size, at);
			continue;
		}
		if (keyword_at(text, size, at, "asm") &&
		    begins_line(text, at))
			add_text(&t->asms, text, size, at);
		else if (keyword_at(text, size, at, "_Generic"))
			add_text(&t->generics, text, size, at);
		at++;
		at += strcspn(text + at, "a_\"'");
	}
}

static struct pretty *pretty_of(struct lower *l)
{
	struct pretty *t = l->pretty;
	char *text;

	if (t)
		return t;
	t = g_new0(struct pretty, 1);
	series_init(&t->asms);
	series_init(&t->generics);
	t->labels = g_array_new(FALSE, FALSE, sizeof(CXCursor));
	t->label_before = g_array_new(FALSE, FALSE, sizeof(int));
	clang_visitChildren(l->definition, collect, t);
	text = pretty_text(l->definition);
	if (text)
		split(t, text);
	g_free(text);
	return l->pretty = t;
}

/* -1: the text and the tree do not agree. */
static int find(const struct series *s, CXCursor c)
{
	guint i;

	if (s->texts->len != s->order->len)
		return -1;
	for (i = 0; i < s->order->len; i++)
		if (g_ptr_array_index(s->order, i) == c.data[1])
			return (int)i;
	return -1;
}

static const char *text_of(const struct series *s, CXCursor c)
{
	int i = find(s, c);

	return i < 0 ? NULL : g_ptr_array_index(s->texts, i);
}

const char *pretty_asm(struct lower *l, CXCursor c)
{
	return text_of(&pretty_of(l)->asms, c);
}

const char *pretty_generic(struct lower *l, CXCursor c)
{
	return text_of(&pretty_of(l)->generics, c);
}

/*
 * With __label__ there may be several labels of that name; the first one
 * behind the asm is meant.
 */
CXCursor pretty_label(struct lower *l, CXCursor at, const char *name)
{
	struct pretty *t = pretty_of(l);
	int index = find(&t->asms, at);
	CXCursor found = clang_getNullCursor();
	guint i;

	for (i = 0; i < t->labels->len; i++) {
		CXCursor c = g_array_index(t->labels, CXCursor, i);

		if (strcmp(intern_spelling(c), name))
			continue;
		if (g_array_index(t->label_before, int, i) > index)
			return c;
		found = c;
	}
	return found;
}
