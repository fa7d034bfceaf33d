// SPDX-License-Identifier: GPL-2.0-only
/*
 * The header that makes sparse count for a pair.
 *
 * Each function becomes a macro around itself with a __context__ statement.
 * An attribute on a declaration would be the usual way, but sparse forgets it
 * at the next declaration of the function, and for inline functions looks at
 * the body only; and it cannot say "if this is a struct page", as a condition
 * in the macro can (docs/engines.md has the experiments).
 *
 * A conditional get is taken to succeed: the macro's value is a constant, and
 * sparse drops the branches of failure. It cannot tell that two tests of one
 * variable go the same way, so with the real value each such function would
 * be an imbalance.
 *
 * The macros are on while the main file is read, except in lines that begin
 * in the first column: there stand definitions and prototypes, by the
 * kernel's style. Lines where the name is a member's are left out as well.
 */
#include "engines/sparse_header.h"

#include <string.h>

static const char prelude[] =
	"#define PINCHECK_PASTE_(a, b) a##b\n"
	"#define PINCHECK_PASTE(a, b) PINCHECK_PASTE_(a, b)\n"
	"#define PINCHECK_SECOND_(a, b, ...) b\n"
	"#define PINCHECK_SECOND(...) PINCHECK_SECOND_(__VA_ARGS__)\n"
	"/* what stands behind the comma in the macro key, if there is one */\n"
	"#define PINCHECK_OF(key, otherwise) PINCHECK_SECOND(key, otherwise, )\n"
	"#define PINCHECK_LEVEL_0 0, MAIN_\n"
	"#define PINCHECK_FILE() PINCHECK_OF(PINCHECK_PASTE(PINCHECK_LEVEL_, \\\n"
	"\t__INCLUDE_LEVEL__), HEADER_)\n"
	"#define PINCHECK_HERE(name) PINCHECK_PASTE(PINCHECK_, \\\n"
	"\tPINCHECK_PASTE(PINCHECK_FILE(), name))\n"
	"#define PINCHECK_ARG_0(a, ...) a\n"
	"#define PINCHECK_ARG_1(a, b, ...) b\n"
	"#define PINCHECK_ARG_2(a, b, c, ...) c\n"
	"#define PINCHECK_ARG_3(a, b, c, d, ...) d\n"
	/* an inline function is checked where it stands, not in its callers */
	"#undef inline\n"
	"#define inline PINCHECK_HERE(inline)\n"
	"#define PINCHECK_HEADER_inline inline\n"
	"#define PINCHECK_MAIN_inline\n";

/* Other returns go round for ever: sparse checks the ends of a function. */
static const char error_returns[] =
	"#define return PINCHECK_HERE(return)() return\n"
	"#define PINCHECK_HEADER_return()\n"
	"#define PINCHECK_MAIN_return() PINCHECK_OF(PINCHECK_PASTE( \\\n"
	"\tPINCHECK_RETURN_, __LINE__), for (;;) while (0))\n";

/* "return -EIO;" and "return ERR_PTR(-EIO);" */
#define ERROR_RETURN "\\breturn\\s+(?:ERR_PTR\\s*\\(\\s*)?-\\s*E[A-Z0-9]+\\b"

/* What may stand before it: "page = ", "struct page *page = ", "if (!". */
#define FOLDS "^\\s*(struct \\w+ \\*)?\\w+ = $|[(!]\\s*(\\w+ = )?$"

/* Beyond that an argument is not looked at: no such function is known. */
#define MAX_ARG 3

/* Structs that are one object under two names. */
static const char *const other_names[][2] = {
	{ "page", "folio" },
};

/* Comments and literals, or a name and the parenthesis of its arguments. */
#define TOKENS                                                               \
	"(?s:/\\*.*?\\*/)|//[^\\n]*|\"(?:[^\"\\\\\\n]|\\\\.)*\"|"            \
	"'(?:[^'\\\\\\n]|\\\\.)*'|([A-Za-z_]\\w*)\\s*\\("

static void add_role(GHashTable *roles, char *name, enum sparse_role role,
		     int arg)
{
	struct sparse_use *use = g_new0(struct sparse_use, 1);

	use->name = name;
	use->role = role;
	use->arg = arg;
	g_hash_table_insert(roles, name, use);
}

static void add_roles(GHashTable *roles, char **names, enum sparse_role role)
{
	for (; *names; names++)
		add_role(roles, *names, role, 0);
}

/* Calls that do two things to references have no single number: left out. */
static void add_call(GHashTable *roles, const struct engine_model *model,
		     guint i)
{
	static const struct {
		const char *effect;
		enum sparse_role role;
	} known[] = {
		{ "get", SPARSE_GET },
		{ "put", SPARSE_PUT },
		{ "tryget", SPARSE_TRYGET },
		{ "get-result", SPARSE_GET_RESULT },
	};
	const struct engine_call *c;

	c = &g_array_index(model->calls, struct engine_call, i);
	for (gsize k = 0; k < G_N_ELEMENTS(known); k++) {
		if (strcmp(c->effect, known[k].effect) || c->arg > MAX_ARG)
			continue;
		if (g_hash_table_contains(roles, c->name))
			g_hash_table_insert(roles, c->name, NULL);
		else
			add_role(roles, c->name, known[k].role, c->arg);
	}
}

/* name -> struct sparse_use without a place; NULL: leave it alone. */
static GHashTable *roles_of(const struct engine_model *model,
			    const struct engine_pair *pair)
{
	GHashTable *roles = g_hash_table_new_full(g_str_hash, g_str_equal,
						  NULL, g_free);

	for (guint i = 0; i < model->calls->len; i++)
		add_call(roles, model, i);
	add_roles(roles, pair->sets, SPARSE_SET);
	add_roles(roles, pair->clears, SPARSE_CLEAR);
	return roles;
}

/* A place in a text, which only moves forward. */
struct place {
	const char *text;
	gsize at, line_start;
	int line;
};

static void place_move(struct place *p, gsize to)
{
	for (; p->at < to; p->at++) {
		if (p->text[p->at] != '\n')
			continue;
		p->line++;
		p->line_start = p->at + 1;
	}
}

/* "ops->put(" and "ops.put(" are other functions. */
static gboolean is_member(const struct place *p)
{
	gsize at = p->at;

	while (at > p->line_start && strchr(" \t", p->text[at - 1]))
		at--;
	if (at > p->line_start && p->text[at - 1] == '.')
		return TRUE;
	return at > p->line_start + 1 && p->text[at - 1] == '>' &&
	       p->text[at - 2] == '-';
}

static gboolean folds(const struct place *p)
{
	char *before = g_strndup(p->text + p->line_start,
				 p->at - p->line_start);
	gboolean yes = g_regex_match_simple(FOLDS, before, G_REGEX_RAW, 0);

	g_free(before);
	return yes;
}

static void add_use(GArray *uses, const struct sparse_use *role,
		    const struct place *p)
{
	struct sparse_use use = *role;
	char first = p->text[p->line_start];

	use.line = p->line;
	use.column = p->at - p->line_start + 1;
	use.folds = folds(p);
	use.plain = g_ascii_isalpha(first) || first == '_' || is_member(p);
	g_array_append_val(uses, use);
}

GArray *sparse_uses(const struct engine_model *model,
		    const struct engine_pair *pair, const char *text,
		    gsize length)
{
	GArray *uses = g_array_new(FALSE, FALSE, sizeof(struct sparse_use));
	GRegex *tokens = g_regex_new(TOKENS, G_REGEX_RAW | G_REGEX_OPTIMIZE, 0,
				     NULL);
	GHashTable *roles = roles_of(model, pair);
	struct place p = { .text = text, .line = 1 };
	GMatchInfo *match;
	int start, end;

	g_regex_match_full(tokens, text, length, 0, 0, &match, NULL);
	for (; g_match_info_matches(match); g_match_info_next(match, NULL)) {
		const struct sparse_use *role;
		char *name;

		if (!g_match_info_fetch_pos(match, 1, &start, &end) ||
		    start < 0)
			continue;
		name = g_strndup(text + start, end - start);
		role = g_hash_table_lookup(roles, name);
		g_free(name);
		place_move(&p, start);
		if (role)
			add_use(uses, role, &p);
	}
	g_match_info_free(match);
	g_regex_unref(tokens);
	g_hash_table_unref(roles);
	return uses;
}

/* What a call adds to the sum. */
static int weight(enum sparse_role role, enum sparse_sum sum)
{
	gboolean up = role != SPARSE_SET && role != SPARSE_PUT;

	if (sum == SPARSE_ERROR_RETURNS &&
	    (role == SPARSE_SET || role == SPARSE_CLEAR))
		return 0;
	return up == (sum != SPARSE_FLAG_MIRRORED) ? 1 : -1;
}

static void add_is(GString *out, const char *record)
{
	static const char *const qualifiers[] = { "", "const " };

	for (gsize i = 0; i < G_N_ELEMENTS(qualifiers); i++)
		g_string_append_printf(out,
				       " | \\\n\t__builtin_types_compatible_p"
				       "(__typeof__(e), %sstruct %s *)",
				       qualifiers[i], record);
}

/* PINCHECK_@what(e): is the expression a pointer to the record? */
static void add_test(GString *out, const char *what, const char *record)
{
	g_string_append_printf(out, "#define PINCHECK_%s(e) (0", what);
	add_is(out, record);
	for (gsize i = 0; i < G_N_ELEMENTS(other_names); i++)
		if (!strcmp(other_names[i][0], record))
			add_is(out, other_names[i][1]);
	g_string_append(out, ")\n");
}

/* The value of the macro: of a get that may fail, that it did not. */
static char *value_of(const struct sparse_use *use)
{
	char *call = g_strdup_printf("%s(__VA_ARGS__)", use->name);
	char *value;

	if (use->role != SPARSE_TRYGET && use->role != SPARSE_GET_RESULT)
		return call;
	value = g_strdup_printf("(void)%s; (__typeof__(%s))%s", call, call,
				use->role == SPARSE_TRYGET ? "1" : "4096");
	g_free(call);
	return value;
}

static char *object_of(const struct sparse_use *use)
{
	if (use->arg < 0)
		return g_strdup_printf("%s(__VA_ARGS__)", use->name);
	return g_strdup_printf("PINCHECK_ARG_%d(__VA_ARGS__, 0, 0, 0, 0)",
			       use->arg);
}

static void add_function(GString *out, const struct sparse_use *use,
			 const char *context, enum sparse_sum sum)
{
	const char *n = use->name;
	gboolean of_flag = use->role == SPARSE_SET ||
			   use->role == SPARSE_CLEAR;
	char *object = object_of(use), *value = value_of(use);

	g_string_append_printf(out,
			       "#define %s(...) PINCHECK_HERE(%s)(__VA_ARGS__)\n"
			       "#define PINCHECK_HEADER_%s(...) %s(__VA_ARGS__)\n"
			       "#define PINCHECK_MAIN_%s(...) PINCHECK_OF("
			       "PINCHECK_PASTE( \\\n"
			       "\tPINCHECK_%s_, __LINE__), "
			       "PINCHECK_CALL_%s)(__VA_ARGS__)\n",
			       n, n, n, n, n, n, n);
	g_string_append_printf(out,
			       "#define PINCHECK_CALL_%s(...) ({ __context__(%s, "
			       "\\\n\t%d * PINCHECK_%s(%s)); \\\n\t%s; })\n",
			       n, context, weight(use->role, sum),
			       of_flag ? "OWNER" : "OBJECT", object, value);
	g_free(object);
	g_free(value);
}

/* The name of the pair as the expression of a context. */
static char *context_of(const struct engine_pair *pair)
{
	char *name = g_strconcat("pincheck_", pair->name, NULL);

	return g_strcanon(name, G_CSET_A_2_Z G_CSET_a_2_z G_CSET_DIGITS "_",
			  '_');
}

static void add_error_returns(GString *out, const char *text, gsize length)
{
	GRegex *regex = g_regex_new(ERROR_RETURN, G_REGEX_RAW, 0, NULL);
	struct place p = { .text = text, .line = 1 };
	GMatchInfo *match;
	int start, end, last = 0;

	g_string_append(out, error_returns);
	g_regex_match_full(regex, text, length, 0, 0, &match, NULL);
	for (; g_match_info_matches(match); g_match_info_next(match, NULL)) {
		g_match_info_fetch_pos(match, 0, &start, &end);
		place_move(&p, start);
		if (p.line != last)
			g_string_append_printf(out, "#define "
					       "PINCHECK_RETURN_%d 0,\n",
					       p.line);
		last = p.line;
	}
	g_match_info_free(match);
	g_regex_unref(regex);
}

char *sparse_header(const struct engine_pair *pair, const GArray *uses,
		    const char *text, gsize length, enum sparse_sum sum)
{
	GString *out = g_string_new(prelude);
	GHashTable *seen = g_hash_table_new(g_str_hash, g_str_equal);
	char *context = context_of(pair);

	add_test(out, "OWNER", pair->record);
	add_test(out, "OBJECT", pair->object_record);
	for (guint i = 0; i < uses->len; i++) {
		const struct sparse_use *use;

		use = &g_array_index(uses, struct sparse_use, i);
		if (g_hash_table_add(seen, (char *)use->name))
			add_function(out, use, context, sum);
		if (use->plain)
			g_string_append_printf(out, "#define PINCHECK_%s_%d "
					       "0, PINCHECK_HEADER_%s\n",
					       use->name, use->line,
					       use->name);
	}
	if (sum == SPARSE_ERROR_RETURNS)
		add_error_returns(out, text, length);
	g_free(context);
	g_hash_table_unref(seen);
	return g_string_free(out, FALSE);
}
