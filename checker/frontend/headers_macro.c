// SPDX-License-Identifier: GPL-2.0-only
/*
 * Which file does an #include name whose operand is a macro? The operand is
 * expanded as the compiler would, for what such operands are made of: macros
 * with and without parameters, and strings made of them by #. It is no
 * preprocessor: pasting, and a macro that leads to itself, are left alone, and
 * there is no answer then.
 */
#include "frontend/headers.h"

#include <string.h>

/* Enough for any name; an expansion may grow without end otherwise. */
#define MAX_TOKENS 4000
/* Macros in the arguments of macros. */
#define MAX_DEPTH 50

/* A macro that a token came out of. */
struct origin {
	GQuark macro;
	const struct origin *next;
};

struct token {
	const char *text;
	size_t n;
	bool space; /* before it */
	const struct origin *origins;
	struct token *next;
};

/* While it is made; it stays where it is. */
struct tokens {
	struct token *first, **end;
};

struct macro {
	bool function;
	bool variadic; /* the last parameter takes all the rest */
	struct token *parameters, *body;
};

struct expansion {
	struct arena *arena;
	GPtrArray *texts; /* char *: files, which tokens point into */
	const struct overlay *overlay;
	macro_fn look_up;
	void *data;
	unsigned tokens, depth;
	bool failed;
};

/* A place in a file's text. */
struct reader {
	const char *text;
	size_t size, at;
};

static bool starts_name(char c)
{
	return text_is_ident(c) && !g_ascii_isdigit(c);
}

static bool is_name(const struct token *t)
{
	return t && starts_name(*t->text);
}

static bool is_mark(const struct token *t, char c)
{
	return t && t->n == 1 && *t->text == c;
}

static GQuark quark_of(const struct token *t)
{
	char *copy = g_strndup(t->text, t->n);
	GQuark q = g_quark_from_string(copy);

	g_free(copy);
	return q;
}

static void tokens_init(struct tokens *list)
{
	list->first = NULL;
	list->end = &list->first;
}

static struct token *add(struct expansion *x, struct tokens *to,
			 const struct token *token)
{
	struct token *copy = arena_new_object(x->arena, struct token);

	*copy = *token;
	copy->next = NULL;
	*to->end = copy;
	to->end = &copy->next;
	x->failed = x->failed || ++x->tokens > MAX_TOKENS;
	return copy;
}

/* ---- a line as tokens ---- */

/* Were there any, other than the end of a continued line? */
static bool skip_blanks(struct reader *r)
{
	bool any = false;

	for (;;) {
		size_t at = r->at;

		if (at < r->size && strchr(" \t\r\f", r->text[at]))
			r->at++;
		else if (text_starts(r->text, r->size, at, "\\\n"))
			r->at += 2;
		else if (at < r->size)
			r->at = text_skip_comment(r->text, r->size, at);
		if (r->at == at)
			return any;
		any = any || r->text[at] != '\\';
	}
}

/* 0: it is one that can begin or join tokens in ways not known here. */
static size_t length_of(const struct reader *r)
{
	const char *t = r->text;
	size_t at = r->at;
	bool number = g_ascii_isdigit(t[at]);

	if (t[at] == '"')
		at = text_skip_quoted(t, r->size, at);
	else if (text_is_ident(t[at]))
		while (at < r->size && (text_is_ident(t[at]) ||
					(number && t[at] == '.')))
			at++;
	else if (g_ascii_isgraph(t[at]) && !strchr("$\\'?`@", t[at]))
		at++;
	if (at < r->size && (t[at] == '\\' || t[at] == '$' ||
			     (number && strchr("+-'", t[at]) && t[at])))
		return 0;
	return at - r->at;
}

static struct token *read_line(struct expansion *x, struct reader *r)
{
	struct tokens line;
	struct token t = { .text = NULL };

	tokens_init(&line);
	for (t.space = skip_blanks(r); !x->failed && r->at < r->size &&
				       r->text[r->at] != '\n';
	     t.space = skip_blanks(r)) {
		t.text = r->text + r->at;
		t.n = length_of(r);
		x->failed = x->failed || !t.n || memchr(t.text, '\n', t.n);
		add(x, &line, &t);
		r->at += t.n;
	}
	return line.first;
}

static bool open_file(struct expansion *x, const struct macro_place *place,
		      struct reader *ret)
{
	char *text;

	ret->at = place->offset;
	if (!overlay_text(x->overlay, place->path, &text, &ret->size)) {
		x->failed = true;
		return false;
	}
	ret->text = text;
	g_ptr_array_add(x->texts, text);
	x->failed = x->failed || ret->at >= ret->size;
	return !x->failed;
}

/* ---- a macro ---- */

/* Takes the dots behind the parameter @t; the last of both. */
static struct token *take_dots(struct token *t, struct macro *m)
{
	struct token *dot = t->next, *more = dot ? dot->next : NULL;

	m->variadic = is_mark(dot, '.') && is_mark(more, '.') &&
		      is_mark(more->next, '.');
	return m->variadic ? more->next : t;
}

/* The parameters behind the parenthesis @t; returns what follows them. */
static struct token *take_parameters(struct expansion *x, struct token *t,
				     struct macro *m)
{
	struct tokens list;

	tokens_init(&list);
	for (t = t->next; is_name(t) && !m->variadic; t = t->next) {
		add(x, &list, t);
		t = take_dots(t, m);
		t = t->next;
		if (!is_mark(t, ','))
			break;
	}
	m->parameters = list.first;
	x->failed = x->failed || !is_mark(t, ')');
	return t ? t->next : NULL;
}

static struct macro read_macro(struct expansion *x,
			       const struct macro_place *place)
{
	struct macro m = { .function = false };
	const struct token *t;
	struct reader r;

	if (!open_file(x, place, &r))
		return m;
	while (r.at < r.size && text_is_ident(r.text[r.at]))
		r.at++;
	m.function = r.at < r.size && r.text[r.at] == '(';
	m.body = read_line(x, &r);
	if (m.function && !x->failed)
		m.body = take_parameters(x, m.body, &m);
	for (t = m.body; t; t = t->next)
		if (is_mark(t, '#') && (!m.function || is_mark(t->next, '#')))
			x->failed = true;
	return m;
}

/* ---- expanding ---- */

static bool came_from(const struct token *t, GQuark macro)
{
	const struct origin *o;

	for (o = t->origins; o; o = o->next)
		if (o->macro == macro)
			return true;
	return false;
}

static void add_origins(struct expansion *x, struct token *t,
			const struct origin *origins)
{
	for (; origins; origins = origins->next) {
		struct origin *o;

		if (came_from(t, origins->macro))
			continue;
		o = arena_new_object(x->arena, struct origin);
		o->macro = origins->macro;
		o->next = t->origins;
		t->origins = o;
	}
}

/* As # writes it; strings in it would have to be quoted once more. */
static void add_string(struct expansion *x, struct tokens *to,
		       const struct token *from, bool space)
{
	GString *text = g_string_new("\"");
	struct token string = { .space = space };
	const struct token *t;

	for (t = from; t; t = t->next) {
		if (t->space && t != from)
			g_string_append_c(text, ' ');
		g_string_append_len(text, t->text, (gssize)t->n);
		x->failed = x->failed || *t->text == '"';
	}
	g_string_append_c(text, '"');
	string.text = arena_copy(x->arena, text->str, text->len + 1);
	string.n = text->len;
	g_string_free(text, TRUE);
	add(x, to, &string);
}

static struct token *expand(struct expansion *x, struct token *todo);

static struct tokens *add_argument(struct expansion *x, GPtrArray *arguments)
{
	struct tokens *argument = arena_new_object(x->arena, struct tokens);

	tokens_init(argument);
	g_ptr_array_add(arguments, argument);
	return argument;
}

/* The arguments behind the parenthesis @t; returns what follows them. */
static struct token *take_arguments(struct expansion *x, struct token *t,
				    const struct macro *m, GPtrArray *ret)
{
	const struct token *parameter = m->parameters;
	struct tokens *argument = parameter ? add_argument(x, ret) : NULL;
	int depth = 0;

	for (t = t->next; t && (depth || !is_mark(t, ')')); t = t->next) {
		bool last = m->variadic && parameter && !parameter->next;

		if (is_mark(t, ',') && !depth && !last && parameter) {
			parameter = parameter->next;
			argument = add_argument(x, ret);
			continue;
		}
		depth += is_mark(t, '(') - is_mark(t, ')');
		argument = argument ? argument : add_argument(x, ret);
		add(x, argument, t);
	}
	x->failed = x->failed || !t;
	return t ? t->next : NULL;
}

/* NULL: @t is no parameter. */
static const struct tokens *argument_of(const struct macro *m,
					const GPtrArray *arguments,
					const struct token *t)
{
	const struct token *p = m->parameters;
	guint i;

	for (i = 0; p && t && i < arguments->len; i++, p = p->next)
		if (p->n == t->n && !memcmp(p->text, t->text, t->n))
			return arguments->pdata[i];
	return NULL;
}

static void add_expanded(struct expansion *x, struct tokens *to,
			 struct token *argument, bool space)
{
	const struct token *const expanded = expand(x, argument), *t;

	for (t = expanded; t; t = t->next) {
		struct token *copy = add(x, to, t);

		if (t == expanded)
			copy->space = space;
	}
}

static void substitute(struct expansion *x, const struct macro *m,
		       const GPtrArray *arguments, struct tokens *result)
{
	const struct token *t;

	for (t = m->body; t && !x->failed; t = t->next) {
		const bool quoted = m->function && is_mark(t, '#');
		const struct tokens *argument =
			argument_of(m, arguments, quoted ? t->next : t);

		if (quoted && argument)
			add_string(x, result, argument->first, t->space);
		else if (quoted)
			x->failed = true;
		else if (argument)
			add_expanded(x, result, argument->first, t->space);
		else
			add(x, result, t);
		if (quoted && t->next)
			t = t->next;
	}
}

/* What stands in for the macro @t, before all that follows it. */
static struct token *replace(struct expansion *x, const struct macro *m,
			     struct token *t, GQuark macro)
{
	GPtrArray *arguments = g_ptr_array_new();
	struct token *rest = t->next, *k;
	const struct origin self = { macro, t->origins };
	guint wanted = 0;
	struct tokens body;

	if (m->function)
		rest = take_arguments(x, t->next, m, arguments);
	for (k = m->parameters; k; k = k->next)
		wanted++;
	x->failed = x->failed || arguments->len != wanted;
	tokens_init(&body);
	substitute(x, m, arguments, &body);
	for (k = body.first; k; k = k->next)
		add_origins(x, k, &self);
	if (body.first)
		body.first->space = t->space;
	*body.end = rest;
	g_ptr_array_unref(arguments);
	return body.first;
}

/* One step: what is to be done next; *@to gets what is done. */
static struct token *expand_token(struct expansion *x, struct token *t,
				  struct tokens *to)
{
	struct token *rest = t->next;
	struct macro_place place;
	enum macro_state state;
	struct macro m;
	GQuark q;

	if (!is_name(t)) {
		add(x, to, t);
		return rest;
	}
	q = quark_of(t);
	state = x->look_up(q, &place, x->data);
	/* a name of the compiler may be one that no file defines */
	if (state == MACRO_UNKNOWN || came_from(t, q) ||
	    (state == MACRO_NONE && *t->text == '_')) {
		x->failed = true;
		return NULL;
	}
	if (state == MACRO_DEFINED) {
		m = read_macro(x, &place);
		if (!x->failed && (!m.function || is_mark(rest, '(')))
			return replace(x, &m, t, q);
	}
	add(x, to, t);
	return rest;
}

static struct token *expand(struct expansion *x, struct token *todo)
{
	struct tokens done;

	tokens_init(&done);
	x->failed = x->failed || ++x->depth > MAX_DEPTH;
	while (todo && !x->failed)
		todo = expand_token(x, todo, &done);
	x->depth--;
	return done.first;
}

/* ---- the name ---- */

/* What is between the brackets, in one piece. */
static char *angled_name(const struct token *t)
{
	GString *name = g_string_new("<");
	bool good;

	for (t = t->next; t && !t->space && *t->text != '"'; t = t->next)
		g_string_append_len(name, t->text, (gssize)t->n);
	good = !t && name->len > 2 &&
	       strchr(name->str, '>') == name->str + name->len - 1;
	return g_string_free(name, !good);
}

/* As it would be written in the directive; NULL: these are no name. */
static char *name_of(const struct token *t)
{
	if (is_mark(t, '<'))
		return angled_name(t);
	if (!t || *t->text != '"' || t->next || t->n < 3 ||
	    memchr(t->text, '\\', t->n))
		return NULL;
	return g_strndup(t->text, t->n);
}

char *macro_inclusion(const struct macro_place *at,
		      const struct overlay *overlay, macro_fn look_up,
		      void *data)
{
	struct expansion x = { .overlay = overlay, .look_up = look_up,
			       .data = data };
	struct token *words;
	struct reader r;
	char *name = NULL;

	x.arena = arena_new();
	x.texts = g_ptr_array_new_with_free_func(g_free);
	if (open_file(&x, at, &r)) {
		words = read_line(&x, &r);
		words = expand(&x, words);
		name = x.failed ? NULL : name_of(words);
	}
	g_ptr_array_unref(x.texts);
	arena_free(x.arena);
	return name;
}
