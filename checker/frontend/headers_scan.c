// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a file's text asks of the preprocessor: its inclusions, the macros it
 * defines, and every identifier, each of which may be a macro. Conditions are
 * not decided, unless the caller knows which parts were skipped.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE /* memmem, memrchr */
#endif
#include "frontend/headers.h"

#include <string.h>

struct slice {
	const char *at;
	size_t n;
};

struct scanner {
	const char *text;
	size_t size, at;
	const struct span *skipped; /* rising */
	int n_skipped;
	size_t mute_until;	    /* end of the skipped part we are in */
	guint mute_depth;	    /* how many were open where it began */
	GArray *conditions;	    /* struct condition: all */
	GArray *open;		    /* int: of these */
	bool any;		    /* something came before */
	bool opens;		    /* it is in an #ifndef, */
	bool fallback;		    /* with a definition of the same, only */
	mention_fn fn;
	void *data;
};

static bool slice_equal(struct slice a, struct slice b)
{
	return a.n == b.n && a.n && !memcmp(a.at, b.at, a.n);
}

static bool is(struct slice s, const char *name)
{
	return slice_equal(s, (struct slice){ name, strlen(name) });
}

/* Behind blanks, comments and continued lines; ends at a newline. */
static void skip_blanks(struct scanner *s)
{
	const char *t = s->text;

	while (s->at < s->size) {
		size_t at = s->at;

		if (t[at] == ' ' || t[at] == '\t' || t[at] == '\r' ||
		    t[at] == '\f')
			s->at++;
		else if (text_starts(t, s->size, at, "\\\n"))
			s->at += 2;
		else if (t[at] == '/')
			s->at = text_skip_comment(t, s->size, at);
		if (s->at == at)
			return;
	}
}

/* The identifier here, or an empty slice. */
static struct slice word(struct scanner *s)
{
	size_t start = s->at;

	while (s->at < s->size && text_is_ident(s->text[s->at]))
		s->at++;
	return (struct slice){ s->text + start, s->at - start };
}

static bool at_line_end(const struct scanner *s)
{
	return s->at >= s->size || s->text[s->at] == '\n';
}

/* The innermost condition; -1: none. */
static int innermost(const struct scanner *s)
{
	return s->open->len ? g_array_index(s->open, int, s->open->len - 1) :
			      -1;
}

static struct mention mention_of(const struct scanner *s,
				 enum mention_kind kind, struct slice name)
{
	return (struct mention){
		.kind = kind, .name = name.at, .length = name.n,
		.offset = (unsigned)(name.at - s->text),
		.condition = innermost(s), .conditions = s->conditions,
		.opens = s->opens
	};
}

static void tell(struct scanner *s, struct mention *m)
{
	if (m->offset >= s->mute_until)
		s->fn(m, s->data);
}

/* A lone apostrophe, as in an #error, ends with its line. */
static void skip_quoted(struct scanner *s)
{
	char quote = s->text[s->at++];

	while (s->at < s->size && s->text[s->at] != quote &&
	       s->text[s->at] != '\n')
		s->at += s->text[s->at] == '\\' ? 2 : 1;
	if (s->at < s->size && s->text[s->at] == quote)
		s->at++;
	s->at = MIN(s->at, s->size);
}

/* Something that is neither an identifier nor a newline. */
static void skip_other(struct scanner *s)
{
	char c = s->text[s->at];

	if (c == '"' || c == '\'')
		skip_quoted(s);
	else if (text_is_ident(c))
		while (s->at < s->size && (text_is_ident(s->text[s->at]) ||
					   s->text[s->at] == '.'))
			s->at++;
	else
		s->at++;
}

static bool starts_word(char c)
{
	return text_is_ident(c) && !g_ascii_isdigit(c);
}

static bool is_parameter(const GArray *params, struct slice name)
{
	guint i;

	for (i = 0; params && i < params->len; i++)
		if (slice_equal(g_array_index(params, struct slice, i), name))
			return true;
	return false;
}

/* A pragma may be anywhere. */
static void tell_operator(struct scanner *s, struct slice name)
{
	struct mention m = mention_of(s, MENTION_ODD, name);

	if (is(name, "_Pragma") || is(name, "__pragma"))
		tell(s, &m);
}

/* The identifiers up to the end of the line, but for @params. */
static void tell_line(struct scanner *s, enum mention_kind kind,
		      struct slice macro, const GArray *params)
{
	bool asked = kind == MENTION_ASK, defined = false;

	for (skip_blanks(s); !at_line_end(s); skip_blanks(s)) {
		struct slice name;
		struct mention m;

		if (!starts_word(s->text[s->at])) {
			skip_other(s);
			continue;
		}
		name = word(s);
		tell_operator(s, name);
		if (is_parameter(params, name))
			continue;
		m = mention_of(s, asked ? MENTION_ASK : kind, name);
		asked = kind == MENTION_ASK ||
			(kind == MENTION_TEST && is(name, "defined"));
		if (asked && kind == MENTION_TEST)
			continue;
		m.fallback = m.kind == MENTION_ASK && s->fallback;
		m.macro = macro.at;
		m.macro_length = macro.n;
		skip_blanks(s);
		/* what is behind the macro may be a parenthesis */
		m.called = at_line_end(s) || s->text[s->at] == '(' || defined;
		defined = is(name, "defined");
		tell(s, &m);
	}
}

static void skip_line(struct scanner *s)
{
	for (skip_blanks(s); !at_line_end(s); skip_blanks(s))
		skip_other(s);
}

/* @next: the next one of its name, which is not looked for here. */
static void include(struct scanner *s, bool next)
{
	char open = s->at < s->size ? s->text[s->at] : 0;
	char shut = open == '<' ? '>' : '"';
	struct slice name = { s->text + s->at, 0 };
	struct mention m;
	const char *end;

	if (!next && (open == '<' || open == '"')) {
		name.at++;
		end = memchr(name.at, shut, s->size - s->at - 1);
		name.n = end ? (size_t)(end - name.at) : 0;
	}
	m = mention_of(s, MENTION_INCLUDE, name);
	m.angled = open == '<';
	m.computed = !next && starts_word(open);
	s->at += name.n + (name.n ? 2 : 0);
	/* what it names depends on these */
	if (!name.n && !next)
		tell_line(s, MENTION_TEST, (struct slice){ NULL, 0 }, NULL);
	tell(s, &m);
}

static GArray *parameters(struct scanner *s)
{
	GArray *params = g_array_new(FALSE, FALSE, sizeof(struct slice));

	for (s->at++; !at_line_end(s) && s->text[s->at] != ')';
	     skip_blanks(s)) {
		struct slice name = word(s);

		if (name.n)
			g_array_append_val(params, name);
		else
			s->at++;
	}
	return params;
}

/* GNU's attributes may be written with underscores on both sides. */
static struct slice without_underscores(struct slice word)
{
	if (word.n > 4 && !memcmp(word.at, "__", 2) &&
	    !memcmp(word.at + word.n - 2, "__", 2)) {
		word.at += 2;
		word.n -= 4;
	}
	return word;
}

/* Of what a macro is defined as, up to the end of the line; not 0. */
static guint hash_value(const struct scanner *s, bool parameters)
{
	struct scanner look = *s;
	guint hash = 5381 + parameters;
	bool attribute;
	size_t i, end;

	skip_blanks(&look);
	end = look.at;
	attribute = text_starts(look.text, look.size, look.at,
				"__attribute__");
	for (; !at_line_end(&look); skip_blanks(&look)) {
		struct slice word = { look.text + look.at, look.at };

		/* "- -x" is not "--x" */
		hash = hash * 33 + (look.at != end);
		skip_other(&look);
		end = look.at;
		word.n = look.at - word.n;
		if (attribute)
			word = without_underscores(word);
		for (i = 0; i < word.n; i++)
			hash = hash * 33 + (guchar)word.at[i];
		hash = hash * 33 + ' ';
	}
	return MAX(hash, 1);
}

/*
 * Behind its name and parameters: is it one number, or in brackets from end to
 * end, with no names but @params?
 */
static bool is_compact(const struct scanner *s, const GArray *params)
{
	struct scanner look = *s;
	int depth = 0, operands = 0;

	for (skip_blanks(&look); !at_line_end(&look); skip_blanks(&look)) {
		char c = look.text[look.at];

		operands += !depth;
		depth += (c == '(') - (c == ')');
		if (depth < 0 || (c != '(' && c != ')' && !depth &&
				  !g_ascii_isdigit(c)))
			return false;
		if (!starts_word(c))
			skip_other(&look);
		else if (!is_parameter(params, word(&look)))
			return false;
	}
	return operands == 1 && !depth;
}

static bool is_fallback(const struct scanner *s, struct slice name)
{
	const struct condition *c;

	if (!s->open->len)
		return false;
	c = &g_array_index(s->conditions, struct condition, innermost(s));
	return !c->defined && !c->weak && !c->or_name && c->name &&
	       slice_equal((struct slice){ c->name, c->length }, name);
}

static void define(struct scanner *s)
{
	struct slice name = word(s);
	struct mention m = mention_of(s, MENTION_DEFINE, name);
	GArray *params = NULL;

	m.fallback = is_fallback(s, name);
	m.called = s->at < s->size && s->text[s->at] == '(';
	m.value = hash_value(s, m.called);
	if (m.called) {
		params = parameters(s);
		s->at += !at_line_end(s);
	}
	m.compact = is_compact(s, params);
	tell(s, &m);
	tell_line(s, MENTION_BODY, name, params);
	if (params)
		g_array_unref(params);
}

/* Where a part begins that the compiler skipped, if one does at @hash. */
static void mute(struct scanner *s, size_t hash)
{
	while (s->n_skipped && s->skipped->from < hash) {
		s->skipped++;
		s->n_skipped--;
	}
	if (!s->n_skipped || s->skipped->from != hash ||
	    hash < s->mute_until)
		return;
	s->mute_until = s->skipped->to;
	s->mute_depth = s->open->len;
}

/* Of a chain that is being skipped, each condition is looked at. */
static void tell_condition(struct scanner *s, enum mention_kind kind,
			   bool evaluated)
{
	size_t old = s->mute_until;

	if (evaluated)
		s->mute_until = 0;
	tell_line(s, kind, (struct slice){ NULL, 0 }, NULL);
	s->mute_until = old;
}

/* X of "X", "(X)". */
static struct slice operand(struct scanner *s)
{
	skip_blanks(s);
	if (s->at < s->size && s->text[s->at] == '(')
		s->at++;
	skip_blanks(s);
	return word(s);
}

/* Behind "defined(X)": is there more? Not if it can only add to it. */
static bool ends_line(struct scanner *s)
{
	skip_blanks(s);
	if (s->at < s->size && s->text[s->at] == ')')
		s->at++;
	skip_blanks(s);
	return at_line_end(s);
}

/* The X of "|| defined(X)" at the end of the line; empty: there is more. */
static struct slice alternative(struct scanner *s)
{
	const struct slice none = { NULL, 0 };
	struct slice name;

	if (!text_starts(s->text, s->size, s->at, "||"))
		return none;
	s->at += 2;
	skip_blanks(s);
	if (!is(word(s), "defined"))
		return none;
	name = operand(s);
	return ends_line(s) ? name : none;
}

/* What is on the rest of the line. */
static void keep_expression(const struct scanner *s, struct condition *c)
{
	struct scanner look = *s;

	skip_line(&look);
	c->expression = s->text + s->at;
	c->expression_length = look.at - s->at;
}

/* "ifdef X" is "if defined(X)", and "ifndef X" is "if !defined(X)". */
static struct condition parse_condition(const struct scanner *s,
					struct slice directive)
{
	struct condition c = { .outer = innermost(s), .other = -1 };
	struct scanner look = *s;
	struct slice name, or;

	c.defined = !is(directive, "ifndef");
	if (is(directive, "if")) {
		keep_expression(s, &c);
		c.defined = look.at >= look.size || look.text[look.at] != '!';
		look.at += !c.defined;
		skip_blanks(&look);
		if (!is(word(&look), "defined"))
			return c;
	}
	name = operand(&look);
	c.weak = !ends_line(&look);
	if (c.weak && !text_starts(look.text, look.size, look.at, "||"))
		return c;
	or = alternative(&look);
	c.weak = c.weak && !or.n;
	c.or_name = or.at;
	c.or_length = or.n;
	c.name = name.at;
	c.length = name.n;
	return c;
}

static void open_condition(struct scanner *s, const struct condition *c)
{
	int id = (int)s->conditions->len;

	g_array_append_val(s->conditions, *c);
	g_array_append_val(s->open, id);
}

/* Goes on to the next line's directive, if it has one. */
static struct slice next_directive(struct scanner *s)
{
	skip_line(s);
	s->at = text_skip_blanks(s->text, s->size, s->at);
	if (s->at >= s->size || s->text[s->at] != '#')
		return (struct slice){ NULL, 0 };
	s->at++;
	skip_blanks(s);
	return word(s);
}

/* Is there nothing in it but a definition of @name? */
static bool is_around(const struct scanner *s, struct slice name)
{
	struct scanner look = *s;

	if (!is(next_directive(&look), "define"))
		return false;
	skip_blanks(&look);
	return slice_equal(word(&look), name) &&
	       is(next_directive(&look), "endif");
}

static void condition(struct scanner *s, struct slice directive, size_t hash)
{
	struct condition c = parse_condition(s, directive);
	const bool missing = !c.defined && c.name && !c.weak && !c.or_name;

	c.guard = !s->any && missing;
	s->opens = is(directive, "ifndef");
	s->fallback = missing &&
		      is_around(s, (struct slice){ c.name, c.length });
	tell_condition(s, is(directive, "if") ? MENTION_TEST : MENTION_ASK,
		       false);
	s->opens = false;
	s->fallback = false;
	open_condition(s, &c);
	mute(s, hash);
}

static void end_condition(struct scanner *s)
{
	if (s->open->len)
		g_array_set_size(s->open, s->open->len - 1);
}

/* #elifdef, #elifndef: as C23 and, in any version, clang have them. */
static void ask_branch(struct scanner *s, struct condition *c, bool defined,
		       bool chain)
{
	struct scanner look = *s;
	struct slice name = operand(&look);

	c->name = name.at;
	c->length = name.n;
	c->defined = defined;
	c->weak = true; /* what is before it says more */
	tell_condition(s, MENTION_ASK, chain);
}

/* It stands between two branches, and its condition belongs to none. */
static void other_branch(struct scanner *s, struct slice directive,
			 size_t hash)
{
	bool chain = hash < s->mute_until && s->mute_depth == s->open->len;
	struct condition c = { .other = innermost(s) };

	end_condition(s);
	c.outer = innermost(s);
	if (is(directive, "elif")) {
		keep_expression(s, &c);
		tell_condition(s, MENTION_TEST, chain);
	} else if (!is(directive, "else")) {
		ask_branch(s, &c, is(directive, "elifdef"), chain);
	}
	open_condition(s, &c);
	mute(s, hash);
}

/* Does it change neither macros nor what is declared? */
static bool is_harmless(struct slice directive)
{
	static const char *const names[] = {
		"error", "warning", "line", "ident", "sccs"
	};
	gsize i;

	for (i = 0; i < G_N_ELEMENTS(names); i++)
		if (is(directive, names[i]))
			return true;
	/* a marker of a line */
	return !directive.n || g_ascii_isdigit(directive.at[0]);
}

static bool is_harmless_pragma(struct scanner *s)
{
	struct scanner look = *s;
	struct slice name = word(&look);

	if (is(name, "GCC") || is(name, "clang")) {
		skip_blanks(&look);
		name = word(&look);
	}
	return is(name, "once") || is(name, "diagnostic") ||
	       is(name, "message");
}

/* As far as the blank, or the bracket's first word. */
static void pragma(struct scanner *s)
{
	struct mention m;
	struct slice name;
	struct scanner look = *s;

	if (is_harmless_pragma(s))
		return;
	name = word(&look);
	m = mention_of(s, MENTION_PRAGMA, name);
	if (is(name, "push_macro") || is(name, "pop_macro")) {
		m.kind = MENTION_ODD;
	} else if (text_starts(look.text, look.size, look.at, "(")) {
		look.at++;
		word(&look);
		m.length = (size_t)(look.text + look.at - name.at);
	}
	tell(s, &m);
}

/* One that is not known might do anything. */
static void other_directive(struct scanner *s, struct slice directive)
{
	struct mention m = mention_of(s, MENTION_ODD, directive);

	if (is(directive, "pragma"))
		pragma(s);
	else if (!is_harmless(directive))
		tell(s, &m);
}

static void directive(struct scanner *s)
{
	size_t hash = s->at++;
	struct slice d, none = { NULL, 0 };

	skip_blanks(s);
	d = word(s);
	skip_blanks(s);
	if (is(d, "include"))
		include(s, false);
	else if (is(d, "include_next"))
		include(s, true);
	else if (is(d, "define"))
		define(s);
	else if (is(d, "undef"))
		tell_line(s, MENTION_UNDEF, none, NULL);
	else if (is(d, "if") || is(d, "ifdef") || is(d, "ifndef"))
		condition(s, d, hash);
	else if (is(d, "elif") || is(d, "else") || is(d, "elifdef") ||
		 is(d, "elifndef"))
		other_branch(s, d, hash);
	else if (is(d, "endif"))
		end_condition(s);
	else
		other_directive(s, d);
	skip_line(s);
	s->any = true;
}

static void code(struct scanner *s)
{
	struct slice name;
	struct mention m;
	size_t next;

	s->any = true;
	if (!starts_word(s->text[s->at])) {
		skip_other(s);
		return;
	}
	name = word(s);
	tell_operator(s, name);
	m = mention_of(s, MENTION_CODE, name);
	next = text_skip_blanks(s->text, s->size, s->at);
	m.called = next < s->size && s->text[next] == '(';
	tell(s, &m);
}

void scan_text(const char *text, size_t size, const GArray *skipped,
	       mention_fn fn, void *data)
{
	struct scanner s = { .text = text, .size = size, .fn = fn,
			     .data = data };
	bool fresh = true;

	if (skipped) {
		s.skipped = (const struct span *)skipped->data;
		s.n_skipped = (int)skipped->len;
	}
	s.conditions = g_array_new(FALSE, FALSE, sizeof(struct condition));
	s.open = g_array_new(FALSE, FALSE, sizeof(int));
	for (skip_blanks(&s); s.at < size; skip_blanks(&s)) {
		if (text[s.at] == '\n') {
			fresh = true;
			s.at++;
		} else if (text[s.at] == '#' && fresh) {
			directive(&s);
		} else {
			fresh = false;
			code(&s);
		}
	}
	g_array_unref(s.conditions);
	g_array_unref(s.open);
}

/* ---- what it would take for something else ---- */

/* Of @text, with a line that ends at the backslash at @at: does it go on? */
static const char *refuse_continued(const char *text, size_t size, size_t at)
{
	const char *joins = "_|&/*#%:<>=+-?\\", *line;
	size_t next = at + 1;

	while (next < size && (text[next] == ' ' || text[next] == '\t' ||
			       text[next] == '\f'))
		next++;
	if (next >= size || text[next] != '\n')
		return NULL;
	if (next > at + 1)
		return "a blank behind a line's last backslash";
	line = memrchr(text, '\n', at);
	line = line ? line + 1 : text;
	if (memmem(line, (size_t)(text + at - line), "//", 2))
		return "a comment may go on in the next line";
	if (at && next + 1 < size &&
	    (g_ascii_isalnum(text[at - 1]) || strchr(joins, text[at - 1])) &&
	    (g_ascii_isalnum(text[next + 1]) || strchr(joins, text[next + 1])))
		return "a word may go on in the next line";
	return NULL;
}

/* Brackets and ~ say nothing of macros; an escape does before what it ends. */
static bool has_trigraph(const char *text, size_t size)
{
	const char *at = text, *end = text + size;

	while ((at = memmem(at, (size_t)(end - at), "??", 2))) {
		at++;
		if (at + 1 < end && strchr("=!'", at[1]))
			return true;
		if (at + 2 < end && at[1] == '/' &&
		    strchr("\"' \t\n\\", at[2]))
			return true;
	}
	return false;
}

/* Is the R at @at all of a word, or is what stands before it an encoding? */
static bool is_raw_prefix(const char *text, size_t at)
{
	size_t from = at;

	while (from && text_is_ident(text[from - 1]))
		from--;
	return from == at || (at - from == 1 && strchr("LUu", text[from])) ||
	       (at - from == 2 && !strncmp(text + from, "u8", 2));
}

/* R"x( */
static bool has_raw_string(const char *text, size_t size)
{
	const char *at = text, *end = text + size;

	while ((at = memmem(at, (size_t)(end - at), "R\"", 2))) {
		const char *to = at += 2;

		while (to < end && !strchr(" ()\\\t\f\n\"", *to))
			to++;
		if (to < end && *to == '(' &&
		    is_raw_prefix(text, (size_t)(at - 2 - text)))
			return true;
	}
	return false;
}

const char *scan_refuses(const char *text, size_t size)
{
	const char *at, *why = NULL;

	if (memchr(text, '\r', size) || memchr(text, '\v', size) ||
	    memchr(text, 0, size) || text_starts(text, size, 0, "\xef\xbb\xbf"))
		return "an unusual character";
	if (memmem(text, size, "%:", 2) || has_trigraph(text, size))
		return "a digraph or trigraph";
	if (has_raw_string(text, size))
		return "a raw string";
	for (at = text; !why && (at = memchr(at, '\\',
					     size - (size_t)(at - text))); at++)
		why = refuse_continued(text, size, (size_t)(at - text));
	return why;
}

/* ---- guards ---- */

bool scan_is_free(const struct mention *m)
{
	return m->condition < 0 ||
	       g_array_index(m->conditions, struct condition,
			     m->condition).guard;
}

const struct condition *scan_outermost(const struct mention *m)
{
	const struct condition *c = NULL;
	int i;

	for (i = m->condition; i >= 0; i = c->outer)
		c = &g_array_index(m->conditions, struct condition, i);
	return c;
}

/* Is it in an #else or #elif that is in no other condition? */
static bool is_in_fork(const struct mention *m)
{
	const struct condition *c = scan_outermost(m);

	return c && c->other >= 0;
}

static void see_fork(const struct mention *m, void *forks)
{
	*(bool *)forks = *(bool *)forks || is_in_fork(m);
}

bool scan_forks(const char *text, size_t size)
{
	bool forks = false;

	scan_text(text, size, NULL, see_fork, &forks);
	return forks;
}

struct guard {
	const char *name;
	size_t length;
	int seen; /* mentions so far */
	bool second_defines_it, more;
};

/* Is it in the first condition of the file? */
static bool is_in_first(const struct mention *m)
{
	const struct condition *c = scan_outermost(m);

	return c && c == &g_array_index(m->conditions, struct condition, 0);
}

static void see_guard(const struct mention *m, void *data)
{
	struct guard *g = data;

	g->more = g->more || (g->seen && !is_in_first(m));
	if (++g->seen == 1 && m->kind == MENTION_ASK && m->condition < 0) {
		g->name = m->name;
		g->length = m->length;
	} else if (g->seen == 2 && m->kind == MENTION_DEFINE && g->name) {
		g->second_defines_it = m->fallback;
	}
}

bool scan_is_guarded(const char *text, size_t size)
{
	struct guard g = { .name = NULL };

	scan_text(text, size, NULL, see_guard, &g);
	return g.second_defines_it && !g.more;
}

/* ---- headers that are read again ---- */

struct reread {
	bool guarded; /* it has the part that counts once, and */
	bool more;    /* code outside of all conditions */
};

bool scan_begins_reread(const struct mention *m)
{
	const struct condition *c;

	if (m->kind != MENTION_DEFINE || m->condition < 0)
		return false;
	c = &g_array_index(m->conditions, struct condition, m->condition);
	return c->outer < 0 && !c->defined && c->or_name &&
	       m->length == c->length && !memcmp(m->name, c->name, c->length);
}

static void see_reread(const struct mention *m, void *data)
{
	struct reread *r = data;

	r->more = r->more || (m->kind == MENTION_CODE && scan_is_free(m));
	r->guarded = r->guarded || scan_begins_reread(m);
}

bool scan_is_reread(const char *text, size_t size)
{
	struct reread r = { .guarded = false };

	scan_text(text, size, NULL, see_reread, &r);
	return r.guarded && !r.more;
}
