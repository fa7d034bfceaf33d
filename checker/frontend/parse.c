// SPDX-License-Identifier: GPL-2.0-only
/*
 * One translation unit: parse it, look over its top level, lower what is
 * wanted, in a fixed order. The rest of frontend/ hangs off struct parse.
 */
#include "frontend/headers.h"

#include <string.h>

guint cursor_hash(gconstpointer p)
{
	return clang_hashCursor(*(const CXCursor *)p);
}

gboolean cursor_equal(gconstpointer a, gconstpointer b)
{
	return (gboolean)clang_equalCursors(*(const CXCursor *)a,
					    *(const CXCursor *)b);
}

bool source_is_main(const struct parse *p, const struct source *s)
{
	return s == p->main || s->is_c;
}

/* Options that would stop the parse or only cost time. */
static bool unwanted(const char *arg)
{
	return g_str_has_prefix(arg, "-Werror") ||
	       g_str_has_prefix(arg, "-Wp,-M") || !strcmp(arg, "-MD") ||
	       !strcmp(arg, "-MMD") || !strcmp(arg, "-MP");
}

GPtrArray *parse_arguments(const struct compile_command *cmd)
{
	GPtrArray *args = g_ptr_array_new_with_free_func(g_free);
	char **arg;

	g_ptr_array_add(args, g_strdup_printf("-working-directory=%s",
					      cmd->directory));
	for (arg = cmd->args; *arg; arg++)
		if (!unwanted(*arg))
			g_ptr_array_add(args, g_strdup(*arg));
	g_ptr_array_add(args, g_strdup("-w"));
	/* an error must not cost the functions behind it */
	g_ptr_array_add(args, g_strdup("-ferror-limit=0"));
	g_ptr_array_add(args, g_strdup("-D__PINCHECK__"));
	return args;
}

enum CXErrorCode parse_tu(const char *file, GPtrArray *args, CXIndex index,
			  const GArray *unsaved, unsigned flags,
			  CXTranslationUnit *ret_tu)
{
	enum CXErrorCode error;

	error = clang_parseTranslationUnit2(
		index, file, (const char *const *)args->pdata, (int)args->len,
		unsaved ? (void *)unsaved->data : NULL,
		unsaved ? unsaved->len : 0,
		CXTranslationUnit_KeepGoing | flags, ret_tu);
	g_ptr_array_unref(args);
	return error;
}

/* Diagnostics */

/* Is the token there pasted, or a number that was counted? */
static bool is_in_no_file(CXSourceLocation where)
{
	CXFile file;

	clang_getSpellingLocation(where, &file, NULL, NULL, NULL);
	return !file && place_is_macro(where);
}

static void add_diagnostic(struct parse *p, CXDiagnostic d)
{
	enum CXDiagnosticSeverity severity = clang_getDiagnosticSeverity(d);
	CXSourceLocation at = clang_getDiagnosticLocation(d);
	struct place where;
	struct parse_error error = { 0 };
	struct diagnostic diagnostic = { 0 };

	if (severity < CXDiagnostic_Error)
		return;
	p->errors_of_no_file += is_in_no_file(at);
	where = place_of_location(p, at);
	diagnostic.loc = where.loc;
	diagnostic.text = intern_cxstring(clang_getDiagnosticSpelling(d));
	/* a missing header is a mere error when the parse is to go on */
	diagnostic.fatal = severity == CXDiagnostic_Fatal ||
			   g_str_has_suffix(diagnostic.text, "file not found");
	g_array_append_val(p->unit->diagnostics, diagnostic);
	error.source = where.source;
	error.offset = where.offset;
	error.text = diagnostic.text;
	g_array_append_val(p->errors, error);
}

static void collect_diagnostics(struct parse *p)
{
	unsigned i, n = clang_getNumDiagnostics(p->tu);

	for (i = 0; i < n; i++) {
		CXDiagnostic d = clang_getDiagnostic(p->tu, i);

		add_diagnostic(p, d);
		clang_disposeDiagnostic(d);
	}
}

const char *parse_error_within(struct parse *p, CXCursor function)
{
	CXSourceRange extent;
	struct place from, to;
	const char *reason = NULL;
	guint i;

	if (!p->errors->len)
		return NULL;
	extent = clang_getCursorExtent(function);
	from = place_of_location(p, clang_getRangeStart(extent));
	to = place_of_location(p, clang_getRangeEnd(extent));
	for (i = 0; i < p->errors->len; i++) {
		struct parse_error *e =
			&g_array_index(p->errors, struct parse_error, i);

		if (e->source != from.source || e->offset < from.offset ||
		    e->offset > to.offset)
			continue;
		e->claimed = true;
		reason = reason ? reason : e->text;
	}
	return reason;
}

static bool said_before(const struct parse *p, guint n)
{
	const struct parse_error *errors = (void *)p->errors->data;
	guint i;

	for (i = 0; i < n; i++)
		if (!errors[i].claimed && errors[i].text == errors[n].text &&
		    errors[i].source == errors[n].source)
			return true;
	return false;
}

/* An error outside of all functions may have swallowed one. */
static void report_unclaimed(struct parse *p)
{
	guint i;

	for (i = 0; i < p->errors->len; i++) {
		const struct parse_error *e =
			&g_array_index(p->errors, struct parse_error, i);

		if (!e->claimed && !said_before(p, i))
			unit_skip(p->unit, e->source->name ? e->source->name :
				  p->unit->file, NULL, e->text);
	}
}

/* The top level */

/* Cheaper than asking for all inclusions: the main file's text will tell. */
static bool includes_c(struct parse *p)
{
	size_t size;
	const char *text = source_text(p, p->main, &size), *at = text;

	while (at && (at = memchr(at, '.', size - (size_t)(at - text))))
		if (text_starts(text, size, (size_t)(++at - text), "c\""))
			return true;
	return !text;
}

/* The long way round is for what macros made, or for included .c files. */
static bool in_main_file(struct parse *p, CXCursor c)
{
	CXSourceLocation where = clang_getCursorLocation(c);

	if (clang_Location_isFromMainFile(where))
		return true;
	if (!p->includes_c && !place_is_macro(where))
		return false;
	return source_is_main(p, place_source(p, c));
}

/* Does an included file define it, for the program to call? */
static bool is_for_others(const struct parse *p, CXCursor function)
{
	return !p->opt->want && !clang_Cursor_isFunctionInlined(function) &&
	       clang_Cursor_getStorageClass(function) != CX_SC_Static;
}

static void visit_function(struct parse *p, CXCursor c)
{
	struct decl *d;

	if (!clang_isCursorDefinition(c)) {
		if (clang_Cursor_hasAttrs(c) && in_main_file(p, c))
			decl_note_alias(p, c);
		return;
	}
	g_array_append_val(p->definitions, c);
	if (!p->opt->all_inlines && !in_main_file(p, c) &&
	    !is_for_others(p, c))
		return;
	d = decl_of(p, c);
	/* an initialiser before it may have asked for it */
	if (d->seen)
		return;
	d->seen = true;
	g_ptr_array_add(p->todo, d);
}

static void visit_variable(struct parse *p, CXCursor c)
{
	if (clang_isCursorDefinition(c))
		decl_note_ops(p, c, intern_spelling(c));
}

static void visit_record(struct parse *p, CXCursor c)
{
	if (in_main_file(p, c) && clang_isCursorDefinition(c))
		decl_note_record(p, c);
}

static enum CXChildVisitResult visit(CXCursor c, CXCursor parent,
				     CXClientData data)
{
	(void)parent;
	if (outline_skips(data, c))
		return CXChildVisit_Continue;
	switch (clang_getCursorKind(c)) {
	case CXCursor_FunctionDecl:
		visit_function(data, c);
		break;
	case CXCursor_VarDecl:
		visit_variable(data, c);
		break;
	case CXCursor_StructDecl:
	case CXCursor_UnionDecl:
		visit_record(data, c);
		break;
	default:
		break;
	}
	return CXChildVisit_Continue;
}

static void visit_all(struct parse *p)
{
	if (p->uses_outline)
		outline_restore(p);
	clang_visitChildren(clang_getTranslationUnitCursor(p->tu), visit, p);
	outline_end(p);
}

/* The list grows while it is worked on: called inlines come to its end. */
static void lower_all(struct parse *p)
{
	guint i;

	for (i = 0; i < p->todo->len; i++)
		lower_function(p, g_ptr_array_index(p->todo, i));
}

static int compare_funcs(gconstpointer a, gconstpointer b)
{
	const struct func *f = *(const struct func *const *)a;
	const struct func *g = *(const struct func *const *)b;
	int order;

	if (f->in_main_file != g->in_main_file)
		return f->in_main_file ? -1 : 1;
	order = strcmp(f->loc.file, g->loc.file);
	if (!order)
		order = f->loc.line - g->loc.line;
	if (!order)
		order = f->loc.column - g->loc.column;
	return order ? order : strcmp(f->name, g->name);
}

static int compare_skips(gconstpointer a, gconstpointer b)
{
	const struct skipped *s = a, *t = b;
	int order = g_strcmp0(s->file, t->file);

	if (!order)
		order = g_strcmp0(s->function, t->function);
	return order ? order : g_strcmp0(s->reason, t->reason);
}

static int compare_homes(gconstpointer a, gconstpointer b)
{
	const struct record_home *h = a, *i = b;
	int order = strcmp(h->record, i->record);

	return order ? order : g_strcmp0(h->file, i->file);
}

static void unmap(gpointer map)
{
	g_mapped_file_unref(map);
}

static void init(struct parse *p, struct unit *u, const char *directory,
		 const struct frontend_options *opt)
{
	p->unit = u;
	p->directory = directory;
	p->mapped = g_ptr_array_new_with_free_func(unmap);
	p->opt = opt;
	p->arena = arena_new();
	p->sources = g_hash_table_new(NULL, NULL);
	p->types = g_hash_table_new(NULL, NULL);
	p->decls = g_hash_table_new(cursor_hash, cursor_equal);
	p->asm_texts = g_hash_table_new(NULL, NULL);
	p->definitions = g_array_new(FALSE, FALSE, sizeof(CXCursor));
	p->errors = g_array_new(FALSE, FALSE, sizeof(struct parse_error));
	p->todo = g_ptr_array_new();
}

void parse_clear(struct parse *p)
{
	g_hash_table_unref(p->sources);
	g_ptr_array_unref(p->mapped);
	g_hash_table_unref(p->types);
	g_hash_table_unref(p->decls);
	if (p->functions)
		g_hash_table_unref(p->functions);
	g_hash_table_unref(p->asm_texts);
	g_array_unref(p->definitions);
	g_array_unref(p->errors);
	g_ptr_array_unref(p->todo);
	g_free(p->children.items);
	arena_free(p->arena);
}

static void add_input(CXFile file, CXSourceLocation *stack, unsigned depth,
		      CXClientData data)
{
	struct parse *p = data;
	const char *name = intern_cxstring(clang_getFileName(file));
	char *path = g_canonicalize_filename(name, p->directory);

	g_ptr_array_add(p->unit->inputs, (gpointer)g_intern_string(path));
	g_free(path);
}

void parse_lower(struct parse *p, const struct compile_command *cmd,
		 const char *file, const struct frontend_options *opt,
		 struct unit *u)
{
	init(p, u, cmd->directory, opt);
	p->main = source_of(p, clang_getFile(p->tu, file));
	collect_diagnostics(p);
	p->includes_c = includes_c(p);
	visit_all(p);
	lower_all(p);
	report_unclaimed(p);
	if (p->opt->inputs || p->from)
		clang_getInclusions(p->tu, add_input, p);
	g_ptr_array_sort(p->unit->funcs, compare_funcs);
	g_array_sort(p->unit->skips, compare_skips);
	g_array_sort(p->unit->homes, compare_homes);
}

const char *parse_error_text(const struct compile_command *cmd,
			     enum CXErrorCode error)
{
	char *path = g_canonicalize_filename(cmd->file, cmd->directory);
	bool exists = g_file_test(path, G_FILE_TEST_EXISTS);

	g_free(path);
	if (!exists)
		return "no such file";
	switch (error) {
	case CXError_Crashed: return "libclang crashed";
	case CXError_InvalidArguments: return "libclang: invalid arguments";
	case CXError_ASTReadError: return "libclang: AST read error";
	default: return "libclang could not parse the file";
	}
}

static int parse_plainly(const struct compile_command *cmd,
			 const struct frontend_options *opt, struct unit *u)
{
	struct parse p = { 0 };
	CXIndex index = clang_createIndex(0, 0);
	enum CXErrorCode error = parse_tu(cmd->file, parse_arguments(cmd),
					  index, NULL, 0, &p.tu);

	if (error) {
		unit_skip(u, cmd->file, NULL, parse_error_text(cmd, error));
	} else {
		parse_lower(&p, cmd, cmd->file, opt, u);
		parse_clear(&p);
		clang_disposeTranslationUnit(p.tu);
	}
	clang_disposeIndex(index);
	return error ? -1 : 0;
}

/* Why the unit has to be parsed plainly; NULL: *@ret_unit is what that gives. */
static const char *parse_from(struct precompiled *from,
			      const struct compile_command *cmd,
			      const struct frontend_options *opt,
			      struct unit **ret_unit)
{
	struct parse p = { .from = from };
	struct unit *u = unit_new(cmd->file);
	/* only the unit's own part is visited */
	CXIndex index = clang_createIndex(1, 0);
	const char *doubt = "libclang refuses the precompiled header";

	if (!parse_tu(cmd->file, precompiled_arguments(from, cmd), index, NULL,
		      0, &p.tu)) {
		parse_lower(&p, cmd, cmd->file, opt, u);
		doubt = precompiled_doubts(&p);
		parse_clear(&p);
		clang_disposeTranslationUnit(p.tu);
	}
	clang_disposeIndex(index);
	if (doubt)
		unit_free(u);
	else
		*ret_unit = u;
	return doubt;
}

/* Did it work? */
static bool try_precompiled(const struct compile_command *cmd,
			    const struct frontend_options *opt,
			    struct unit **ret_unit)
{
	struct precompiled *from = NULL;
	const char *doubt;

	if (!opt->headers || opt->all_inlines)
		return false;
	from = precompiled_for(opt->headers, cmd);
	if (!from)
		return false;
	doubt = parse_from(from, cmd, opt, ret_unit);
	headers_set_doubt(opt->headers, doubt);
	precompiled_free(from);
	return !doubt;
}

int frontend_parse(const struct compile_command *cmd,
		   const struct frontend_options *opt, struct unit **ret_unit)
{
	static const struct frontend_options none;

	if (!opt)
		opt = &none;
	if (try_precompiled(cmd, opt, ret_unit))
		return 0;
	*ret_unit = unit_new(cmd->file);
	return parse_plainly(cmd, opt, *ret_unit);
}

char *frontend_version(void)
{
	CXString version = clang_getClangVersion();
	char *text = g_strdup(clang_getCString(version));

	clang_disposeString(version);
	return text;
}

int frontend_parse_only(const struct compile_command *cmd)
{
	CXIndex index = clang_createIndex(0, 0);
	CXTranslationUnit tu;
	enum CXErrorCode error = parse_tu(cmd->file, parse_arguments(cmd),
					  index, NULL, 0, &tu);

	if (!error)
		clang_disposeTranslationUnit(tu);
	clang_disposeIndex(index);
	return error ? -1 : 0;
}
