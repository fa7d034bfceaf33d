// SPDX-License-Identifier: GPL-2.0-only
/*
 * Expectations: what the comments of a fixture say pincheck must find there.
 *
 *	expect: RULE "part of the message"; RULE ...
 *	expect-note: RULE "..."			a finding of severity note
 *	FP: RULE "..."				a known false report
 *	FN: RULE "..."				a known miss
 *	pincheck: expect-skip FUNCTION "part of the reason"
 *
 * at the start of a comment, about the line where the comment starts. A
 * comment that starts so and cannot be read is an expectation that fails:
 * a typing error must not make a test pass.
 */
#include <string.h>

#include "private.h"

static const struct keyword {
	const char *word;
	enum expect_kind kind;
} keywords[] = {
	{ "expect:", EXPECT_FINDING },
	{ "expect-note:", EXPECT_NOTE },
	{ "FP:", EXPECT_FP },
	{ "FN:", EXPECT_FN },
	{ "pincheck: expect-skip ", EXPECT_SKIP },
};

void expectation_free(void *expectation)
{
	struct expectation *e = expectation;

	g_free(e->name);
	g_free(e->text);
	g_free(e);
}

static void add(GPtrArray *into, enum expect_kind kind, const char *file,
		int line, char *name, char *text)
{
	struct expectation *e = g_new0(struct expectation, 1);

	*e = (struct expectation){ kind, file, line, name, text, FALSE };
	g_ptr_array_add(into, e);
}

static const char *skip_blanks(const char *c)
{
	return c + strspn(c, " \t\r\n*");
}

/* A rule's or function's name; NULL when there is none. */
static char *read_name(const char **c)
{
	size_t n = strspn(*c, G_CSET_a_2_z G_CSET_A_2_Z G_CSET_DIGITS "-_.");
	char *name = n ? g_strndup(*c, n) : NULL;

	*c += n;
	return name;
}

/* "text", with \" and \\ inside; FALSE when it does not end. */
static gboolean read_string(const char **c, char **ret_text)
{
	GString *text = g_string_new(NULL);
	const char *s = *c + 1;

	for (; *s && *s != '"'; s++) {
		if (*s == '\\' && (s[1] == '"' || s[1] == '\\'))
			s++;
		g_string_append_c(text, *s);
	}
	*c = *s ? s + 1 : s;
	*ret_text = g_string_free(text, FALSE);
	return *s == '"';
}

/* NAME, NAME "text"; FALSE when it is neither, nothing to free then. */
static gboolean read_item(const char **c, char **ret_name, char **ret_text)
{
	char *name, *text = NULL;
	gboolean ok = TRUE;

	*c = skip_blanks(*c);
	name = read_name(c);
	*c = skip_blanks(*c);
	if (**c == '"')
		ok = read_string(c, &text);
	*c = skip_blanks(*c);
	if (!name || !ok || (**c && **c != ';')) {
		g_free(name);
		g_free(text);
		return FALSE;
	}
	*ret_name = name;
	*ret_text = text;
	return TRUE;
}

static void read_items(const struct keyword *k, const char *file, int line,
		       const char *comment, GPtrArray *into)
{
	const char *c = comment + strlen(k->word);
	char *name, *text;

	do {
		if (!read_item(&c, &name, &text)) {
			add(into, EXPECT_BAD, file, line, g_strdup(comment),
			    NULL);
			return;
		}
		add(into, k->kind, file, line, name, text);
		/* A last ; is not the start of another item. */
		if (*c == ';')
			c = skip_blanks(c + 1);
	} while (*c);
}

static void read_comment(const char *file, int line, const char *start,
			 size_t length, GPtrArray *into)
{
	char *whole = g_strndup(start, length);
	const char *comment = skip_blanks(whole);

	for (size_t i = 0; i < G_N_ELEMENTS(keywords); i++)
		if (g_str_has_prefix(comment, keywords[i].word))
			read_items(&keywords[i], file, line, comment, into);
	g_free(whole);
}

struct reading {
	const char *file;
	GPtrArray *into;
};

static void see_comment(const struct comment *c, void *data)
{
	const struct reading *r = data;

	read_comment(r->file, c->line, c->text, c->length, r->into);
}

void expectations_read(const char *file, const char *source, GPtrArray *into)
{
	struct reading r = { file, into };

	comments_read(source, see_comment, &r);
}
