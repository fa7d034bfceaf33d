// SPDX-License-Identifier: GPL-2.0-only
/*
 * Declarations that expressions refer to, each asked once; annotations
 * ("pincheck:...") on functions and members; functions stored in records of
 * operations by initialisers.
 */
#include "frontend/private.h"

#include <string.h>

#define ANNOTATION_PREFIX "pincheck:"

char *decl_annotations(struct parse *p, CXCursor c)
{
	struct children k;
	GString *out = NULL;
	int i;

	if (!clang_Cursor_hasAttrs(c))
		return NULL;
	k = children_push(p, c);
	for (i = 0; i < k.n; i++) {
		const char *text;

		if (clang_getCursorKind(child(&k, i)) != CXCursor_AnnotateAttr)
			continue;
		text = intern_spelling(child(&k, i));
		if (!g_str_has_prefix(text, ANNOTATION_PREFIX))
			continue;
		if (!out)
			out = g_string_new(NULL);
		else
			g_string_append_c(out, ';');
		g_string_append(out, text + strlen(ANNOTATION_PREFIX));
	}
	children_pop(&k);
	return out ? g_string_free(out, FALSE) : NULL;
}

static void note_field(struct parse *p, const struct decl *field)
{
	char *text = decl_annotations(p, field->cursor);
	struct member_note note = { .record = field->owner,
				    .member = field->name };

	if (!text)
		return;
	note.annotation = g_intern_string(text);
	note.loc = place_of(p, field->cursor).loc;
	g_array_append_val(p->unit->member_notes, note);
	g_free(text);
}

/* An attribute that libclang has no kind for shows in its text alone. */
static bool has_attribute(struct parse *p, CXCursor function, const char *word)
{
	struct children k;
	bool found = false;
	int i;

	if (!clang_Cursor_hasAttrs(function))
		return false;
	k = children_push(p, function);
	for (i = 0; i < k.n && !found; i++) {
		CXCursor c = child(&k, i);

		found = clang_getCursorKind(c) == CXCursor_UnexposedAttr &&
			source_is_spelt(p, c, word);
	}
	children_pop(&k);
	return found;
}

static bool noreturn_attribute(struct parse *p, CXCursor function)
{
	/* an attribute per declaration is looked at: leave most out */
	return type_info(p, clang_getCursorResultType(function))->is_void &&
	       has_attribute(p, function, "_Noreturn");
}

/* The attribute that a pragma gives is there, but no cursor shows it. */
static bool pragma_weak(struct parse *p, CXCursor function)
{
	static const char pragma[] = "#pragma weak";
	const char *name = intern_spelling(function);
	size_t size, at, length = strlen(name);
	const char *text = source_text(p, place_source(p, function), &size);
	const char *found = text;

	while (found) {
		at = (size_t)(found - text);
		found = g_strstr_len(found, (gssize)(size - at), pragma);
		if (!found)
			break;
		found += strlen(pragma);
		at = text_skip_blanks(text, size, (size_t)(found - text));
		if (text_starts(text, size, at, name) &&
		    (at + length == size || !text_is_ident(text[at + length])))
			return true;
	}
	return false;
}

/* __attribute__((weak)) or __attribute__((__weak__)), or the pragma */
bool decl_is_weak(struct parse *p, CXCursor function)
{
	return clang_Cursor_hasAttrs(function) &&
	       (has_attribute(p, function, "weak") ||
		has_attribute(p, function, "__weak__") ||
		pragma_weak(p, function));
}

static void fill_function(struct parse *p, struct decl *d)
{
	d->expr = expr_named(p->unit, EXPR_FUNC, d->name, NULL, 0);
	d->is_static = clang_Cursor_getStorageClass(d->cursor) == CX_SC_Static;
	d->noreturn = d->type->noreturn || noreturn_attribute(p, d->cursor);
}

static void note_home(struct parse *p, const struct decl *field)
{
	const struct record_home home = {
		field->owner, place_of(p, field->cursor).loc.file
	};
	GArray *homes = p->unit->homes;
	guint i;

	for (i = 0; i < homes->len; i++) {
		const struct record_home *h =
			&g_array_index(homes, struct record_home, i);

		if (h->record == home.record && h->file == home.file)
			return;
	}
	g_array_append_val(homes, home);
}

static void fill_field(struct parse *p, struct decl *d)
{
	d->owner = type_owner(d->cursor);
	if (d->type->of_function && !type_is_unnamed(d->owner))
		note_home(p, d);
	d->bitfield = clang_Cursor_isBitField(d->cursor);
	d->anonymous = !*d->name || strchr(d->name, '(');
	note_field(p, d);
}

static bool inside_function(CXCursor var)
{
	return clang_getCursorKind(clang_getCursorSemanticParent(var)) ==
	       CXCursor_FunctionDecl;
}

/* A variable that outlives its function; locals are lower_local()'s. */
static void fill_variable(struct parse *p, struct decl *d)
{
	enum CX_StorageClass sc = clang_Cursor_getStorageClass(d->cursor);
	const char *name = d->name;
	char *full = NULL;

	d->is_static = sc == CX_SC_Static;
	if (inside_function(d->cursor)) {
		if (sc != CX_SC_Static && sc != CX_SC_Extern)
			return;
		full = g_strdup_printf("%s.%s", intern_spelling(
			clang_getCursorSemanticParent(d->cursor)), name);
		if (sc == CX_SC_Static)
			name = full;
	}
	d->expr = expr_static(p->unit, name,
			      d->is_static ? place_of(p, d->cursor).loc.file :
					     NULL,
			      d->type->record, d->type->pointers);
	g_free(full);
}

static void fill(struct parse *p, struct decl *d)
{
	switch (d->kind) {
	case CXCursor_FunctionDecl:
		fill_function(p, d);
		break;
	case CXCursor_FieldDecl:
		fill_field(p, d);
		break;
	case CXCursor_VarDecl:
		fill_variable(p, d);
		break;
	case CXCursor_EnumConstantDecl:
		d->expr = expr_const(p->unit,
				     clang_getEnumConstantDeclValue(d->cursor),
				     constant_name(d->name));
		break;
	default:
		break;
	}
}

/* One that is declared in a block, to be called there and nowhere else. */
static bool is_block_function(const struct decl *d)
{
	return d->kind == CXCursor_FunctionDecl &&
	       clang_getCursorKind(clang_getCursorLexicalParent(d->cursor)) ==
		       CXCursor_FunctionDecl;
}

struct decl *decl_of(struct parse *p, CXCursor c)
{
	struct decl *d = g_hash_table_lookup(p->decls, &c);

	if (d)
		return d;
	d = arena_new_object(p->arena, struct decl);
	d->cursor = c;
	d->kind = clang_getCursorKind(c);
	d->name = is_block_function(d) ? intern_unnumbered(c) :
					 intern_spelling(c);
	d->type = type_of(p, c);
	g_hash_table_insert(p->decls, &d->cursor, d);
	fill(p, d);
	return d;
}

struct decl *decl_referenced(struct parse *p, CXCursor use)
{
	CXCursor c = clang_getCursorReferenced(use);

	return clang_Cursor_isNull(c) ? NULL : decl_of(p, c);
}

static void index_functions(struct parse *p)
{
	guint i;

	p->functions = g_hash_table_new(NULL, NULL);
	for (i = 0; i < p->definitions->len; i++) {
		CXCursor c = g_array_index(p->definitions, CXCursor, i);

		g_hash_table_insert(p->functions, (gpointer)intern_spelling(c),
				    GUINT_TO_POINTER(i + 1));
	}
}

struct decl *decl_function_named(struct parse *p, const char *name)
{
	guint i;

	name = g_intern_string(name);
	if (!p->functions)
		index_functions(p);
	i = GPOINTER_TO_UINT(g_hash_table_lookup(p->functions, name));
	if (i)
		return decl_of(p, g_array_index(p->definitions, CXCursor,
						i - 1));
	outline_ask(p, name);
	precompiled_doubt(p->from); /* it may be in there */
	return NULL;
}

/* Members */

static void note_member(struct parse *p, CXCursor c)
{
	enum CXCursorKind kind = clang_getCursorKind(c);

	if (kind == CXCursor_FieldDecl)
		decl_of(p, c);
	else if (kind == CXCursor_StructDecl || kind == CXCursor_UnionDecl)
		decl_note_record(p, c);
}

void decl_note_record(struct parse *p, CXCursor record)
{
	struct children k = children_push(p, record);
	int i;

	for (i = 0; i < k.n; i++)
		note_member(p, child(&k, i));
	children_pop(&k);
}

/* Operations */

static enum CXVisitorResult collect_field(CXCursor field, CXClientData data)
{
	g_array_append_val((GArray *)data, field);
	return CXVisit_Continue;
}

GArray *decl_fields(CXType record)
{
	GArray *fields = g_array_new(FALSE, FALSE, sizeof(CXCursor));

	clang_Type_visitFields(clang_getCanonicalType(record), collect_field,
			       fields);
	return fields;
}

/* The function that an initialiser's value names, or NULL. */
static struct decl *function_value(struct parse *p, CXCursor c)
{
	for (;;) {
		struct children k = children_push(p, c);
		CXCursor last = child(&k, k.n - 1);

		children_pop(&k);
		switch (clang_getCursorKind(c)) {
		case CXCursor_DeclRefExpr: {
			struct decl *d = decl_referenced(p, c);

			return d && d->kind == CXCursor_FunctionDecl ? d : NULL;
		}
		case CXCursor_UnexposedExpr:
		case CXCursor_ParenExpr:
		case CXCursor_CStyleCastExpr:
		case CXCursor_UnaryOperator:
			c = last;
			break;
		default:
			return NULL;
		}
		if (k.n == 0)
			return NULL;
	}
}

/* Of one variable's initialiser. */
struct ops_notes {
	struct parse *p;
	CXCursor var;
	const char *name;
	int discarded;	/* is_discarded(); -1: not asked yet */
};

static void note_ops_list(struct ops_notes *n, CXCursor list, CXType type);

/*
 * The kernel exports a symbol by a pointer that keeps the compiler from
 * dropping it, in a section that the linker drops or that only the loader of
 * modules reads. Nobody in the tree calls through that.
 */
static bool is_discarded(struct ops_notes *n)
{
	const char *section;

	if (n->discarded < 0) {
		section = clang_Cursor_hasAttrs(n->var) ?
				  pretty_attribute(n->var, "section") : NULL;
		n->discarded = section &&
			       (g_str_has_prefix(section, "\".discard.") ||
				g_str_has_prefix(section, "\"___ksymtab"));
	}
	return n->discarded;
}

/* @field: of what record it is stored in; NULL: none that is known. */
static void note_function(struct ops_notes *n, struct decl *function,
			  const struct decl *field)
{
	struct ops_entry entry = { .variable = n->name };

	if (function && !function->is_static && is_discarded(n))
		return;
	if (field) {
		entry.record = field->owner;
		entry.member = field->name;
	}
	if (function) {
		entry.function = function->name;
		lower_want_named(n->p, function);
	}
	g_array_append_val(n->p->unit->ops, entry);
}

/* The functions named in @value, whatever becomes of them; is there any? */
static bool note_named(struct ops_notes *n, CXCursor value)
{
	struct children k;
	struct decl *d;
	bool any = false;
	int i;

	switch (clang_getCursorKind(value)) {
	case CXCursor_DeclRefExpr:
		d = decl_referenced(n->p, value);
		if (!d || d->kind != CXCursor_FunctionDecl)
			return false;
		note_function(n, d, NULL);
		return true;
	case CXCursor_CompoundLiteralExpr:
		k = children_push(n->p, value);
		if (k.n && clang_getCursorKind(child(&k, k.n - 1)) ==
				   CXCursor_InitListExpr)
			note_ops_list(n, child(&k, k.n - 1),
				      clang_getCursorType(value));
		children_pop(&k);
		return false;
	default:
		break;
	}
	k = children_push(n->p, value);
	for (i = 0; i < k.n; i++)
		any |= note_named(n, child(&k, i));
	children_pop(&k);
	return any;
}

static void note_ops_value(struct ops_notes *n, CXCursor value,
			   const struct decl *field, CXType type)
{
	struct decl *function;

	if (clang_getCursorKind(value) == CXCursor_InitListExpr) {
		if (type_holds_addresses(n->p, type))
			note_ops_list(n, value, type);
		return;
	}
	function = function_value(n->p, value);
	if (function)
		note_function(n, function, field);
	else if (note_named(n, value) && field)
		note_function(n, NULL, field);
}

/* .a = x, .a.b = x, [i] = x: the last member named is the one stored to. */
static void note_ops_designated(struct ops_notes *n, CXCursor c,
				CXType element)
{
	struct children k = children_push(n->p, c);
	CXCursor member = clang_getNullCursor();
	int i;

	for (i = 0; i < k.n - 1; i++)
		if (clang_getCursorKind(child(&k, i)) == CXCursor_MemberRef)
			member = clang_getCursorReferenced(child(&k, i));
	if (clang_Cursor_isNull(member))
		note_ops_value(n, child(&k, k.n - 1), NULL, element);
	else
		note_ops_value(n, child(&k, k.n - 1), decl_of(n->p, member),
			       clang_getCursorType(member));
	children_pop(&k);
}

static bool designated(struct parse *p, CXCursor c)
{
	struct children k;
	bool yes;

	if (clang_getCursorKind(c) != CXCursor_UnexposedExpr)
		return false;
	k = children_push(p, c);
	yes = unexposed_kind(p, c, &k) == UNEXPOSED_DESIGNATED;
	children_pop(&k);
	return yes;
}

/* The index behind what @c, which is designated, stores to. */
static guint behind(struct parse *p, CXCursor c, const GArray *fields)
{
	struct children k = children_push(p, c);
	CXCursor member = clang_getCursorReferenced(child(&k, 0));
	guint i;

	/* .a.b goes on in a */
	for (i = 0; i < fields->len && k.n == 2; i++)
		if (clang_equalCursors(g_array_index(fields, CXCursor, i),
				       member))
			break;
	children_pop(&k);
	return k.n == 2 ? i + 1 : fields->len;
}

/* Without braces of its own, @value is of a part of what stands there. */
static bool lacks_braces(struct parse *p, CXCursor value, CXType type)
{
	const struct type_info *place, *given;

	if (type.kind == CXType_Invalid ||
	    clang_getCursorKind(value) == CXCursor_InitListExpr)
		return false;
	place = type_info(p, type);
	given = type_of(p, value);
	return (place->is_record && !given->is_record) ||
	       (place->is_array && !given->is_array);
}

/* A function in @value may be any member's of such a record. */
static void note_lost(struct ops_notes *n, CXCursor value, CXType type)
{
	const struct ops_entry entry = {
		.record = type.kind == CXType_Invalid ?
				  NULL : type_info(n->p, type)->record,
		.variable = n->name
	};

	if (note_named(n, value) && entry.record)
		g_array_append_val(n->p->unit->ops, entry);
}

static void note_ops_list(struct ops_notes *n, CXCursor list, CXType type)
{
	struct children k = children_push(n->p, list);
	CXType canonical = clang_getCanonicalType(type), place;
	CXType element = clang_getArrayElementType(canonical);
	GArray *fields = decl_fields(canonical);
	guint at = 0;
	int i;

	for (i = 0; i < k.n; i++) {
		CXCursor c = child(&k, i);
		bool known = at < fields->len;

		if (designated(n->p, c)) {
			note_ops_designated(n, c, element);
			at = behind(n->p, c, fields);
			continue;
		}
		place = known ? clang_getCursorType(g_array_index(
					fields, CXCursor, at)) : element;
		if ((fields->len && !known) || lacks_braces(n->p, c, place)) {
			note_lost(n, c, type);
			note_lost(n, c, place);
			at = fields->len;
		} else {
			note_ops_value(n, c, known ? decl_of(n->p, g_array_index(
					fields, CXCursor, at)) : NULL, place);
			at++;
		}
	}
	g_array_unref(fields);
	children_pop(&k);
}

void decl_note_ops(struct parse *p, CXCursor var, const char *name)
{
	CXCursor init = clang_Cursor_getVarDeclInitializer(var);
	CXType type = clang_getCursorType(var);
	struct ops_notes n = { p, var, name, -1 };

	/* there are tables of 100,000 numbers */
	if (!clang_Cursor_isNull(init) && type_holds_addresses(p, type))
		note_ops_value(&n, init, NULL, type);
}

void decl_note_alias(struct parse *p, CXCursor function)
{
	struct ops_entry entry = { .variable = intern_spelling(function) };
	const char *quoted;
	char *name;

	if (!has_attribute(p, function, "alias") &&
	    !has_attribute(p, function, "__alias__"))
		return;
	quoted = pretty_attribute(function, "alias");
	if (!quoted || strlen(quoted) < 3)
		return;
	name = g_strndup(quoted + 1, strlen(quoted) - 2);
	entry.function = g_intern_string(name);
	g_array_append_val(p->unit->ops, entry);
	g_free(name);
}
