// SPDX-License-Identifier: GPL-2.0-only
/*
 * Building a set of precompiled headers: one parse, of which libclang keeps
 * the tree and we keep what a later run needs to judge units by (see
 * headers_load.c). Files appear under their final names only when complete.
 */
#include "frontend/headers.h"

#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#include "base/digest.h"
#include "base/folder.h"

/* A header that cannot be parsed at its place is left out; so often. */
#define MAX_TRIES 8

struct build {
	CXTranslationUnit tu;
	const struct compile_command *cmd;
	const char *directory; /* that file names are relative to */
	struct pch *set;
	GHashTable *by_file; /* CXFile -> index + 1 */
	bool absolute;	     /* units are named absolutely */
	char *list;	     /* the file that includes them all, */
	guint lead;	     /* after so many lines */
};

/* A file that is included by two names is two CXFiles. */
static int header_at(struct build *b, CXFile file)
{
	struct header h = { .file = file };
	char *path;
	int i;

	h.spelling = intern_cxstring(clang_getFileName(file));
	path = g_canonicalize_filename(h.spelling, b->directory);
	h.path = g_intern_string(path);
	g_free(path);
	i = GPOINTER_TO_INT(g_hash_table_lookup(b->set->by_path, h.path));
	if (i)
		return i - 1;
	header_init(&h);
	g_array_append_val(b->set->headers, h);
	i = (int)b->set->headers->len;
	g_hash_table_insert(b->set->by_path, (gpointer)h.path,
			    GINT_TO_POINTER(i));
	return i - 1;
}

static int header_of(struct build *b, CXFile file)
{
	int i;

	if (!file)
		return -1;
	i = GPOINTER_TO_INT(g_hash_table_lookup(b->by_file, file));
	if (i)
		return i - 1;
	i = header_at(b, file);
	g_hash_table_insert(b->by_file, file, GINT_TO_POINTER(i + 1));
	return i;
}

static void note_inclusion(struct build *b, CXCursor c)
{
	struct inclusion in;
	CXFile file;
	int from;

	in.header = header_of(b, clang_getIncludedFile(c));
	clang_getExpansionLocation(clang_getCursorLocation(c), &file, NULL,
				   NULL, &in.offset);
	from = header_of(b, file);
	if (in.header >= 0 && from >= 0)
		g_array_append_val(pch_header(b->set, from)->includes, in);
	else if (in.header >= 0)
		g_array_append_val(b->set->forced, in.header);
}

/*
 * Of what a set has libclang shows a unit only what the unit asks for. A
 * function of the program, or a table of functions, is there unasked.
 */
static void note_lost(struct build *b, CXCursor c, const char *what)
{
	CXFile file;
	int in;

	clang_getExpansionLocation(clang_getCursorLocation(c), &file, NULL,
				   NULL, NULL);
	in = header_of(b, file);
	if (in >= 0)
		pch_header(b->set, in)->lost = what;
}

static enum CXChildVisitResult find_function(CXCursor c, CXCursor parent,
					     CXClientData ret_found)
{
	CXCursor named = clang_getCursorReferenced(c);

	(void)parent;
	if (clang_getCursorKind(named) != CXCursor_FunctionDecl)
		return CXChildVisit_Recurse;
	*(bool *)ret_found = true;
	return CXChildVisit_Break;
}

static void note_variable(struct build *b, CXCursor c)
{
	bool found = false;

	if (!clang_isCursorDefinition(c))
		return;
	clang_visitChildren(c, find_function, &found);
	if (found)
		note_lost(b, c, "a table of functions in a header");
}

static void note_function(struct build *b, CXCursor c)
{
	CXSourceRange extent = clang_getCursorExtent(c);
	struct span s;
	CXFile file;
	int in;

	if (!clang_isCursorDefinition(c))
		return;
	if (!clang_Cursor_isFunctionInlined(c) &&
	    clang_Cursor_getStorageClass(c) != CX_SC_Static)
		note_lost(b, c, "a function of the program in a header");
	clang_getExpansionLocation(clang_getRangeStart(extent), &file, NULL,
				   NULL, &s.from);
	in = header_of(b, file);
	clang_getExpansionLocation(clang_getRangeEnd(extent), NULL, NULL, NULL,
				   &s.to);
	if (in >= 0)
		g_array_append_val(pch_header(b->set, in)->functions, s);
}

static void note_macro(struct build *b, CXCursor c)
{
	CXFile file;

	clang_getExpansionLocation(clang_getCursorLocation(c), &file, NULL,
				   NULL, NULL);
	if (!file && !pch_undefines(b->cmd, intern_spelling(c)))
		g_ptr_array_add(b->set->predefined,
				(gpointer)intern_spelling(c));
}

static enum CXChildVisitResult visit(CXCursor c, CXCursor parent,
				     CXClientData data)
{
	(void)parent;
	if (clang_getCursorKind(c) == CXCursor_InclusionDirective)
		note_inclusion(data, c);
	else if (clang_getCursorKind(c) == CXCursor_MacroDefinition)
		note_macro(data, c);
	else if (clang_getCursorKind(c) == CXCursor_FunctionDecl)
		note_function(data, c);
	else if (clang_getCursorKind(c) == CXCursor_VarDecl)
		note_variable(data, c);
	return CXChildVisit_Continue;
}

static int compare_spans(gconstpointer a, gconstpointer b)
{
	const struct span *s = a, *t = b;

	return s->from < t->from ? -1 : s->from > t->from;
}

static int compare_inclusions(gconstpointer a, gconstpointer b)
{
	const struct inclusion *s = a, *t = b;

	return s->offset < t->offset ? -1 : s->offset > t->offset;
}

/* How many of @spans has @s in it? */
static guint times_in(const GArray *spans, struct span s)
{
	guint i, n = 0;

	for (i = 0; i < spans->len; i++) {
		const struct span *t = &g_array_index(spans, struct span, i);

		n += t->from <= s.from && t->to >= s.to;
	}
	return n;
}

/*
 * Of those of a file that was read @times: what was skipped each time, by
 * itself or in a larger part. O(n^2); few are read more than once.
 */
static GArray *keep_repeated(GArray *spans, guint times)
{
	GArray *kept = g_array_new(FALSE, FALSE, sizeof(struct span));
	guint i;

	for (i = 0; i < spans->len; i++) {
		struct span s = g_array_index(spans, struct span, i);
		bool first = !kept->len ||
			     s.from != g_array_index(kept, struct span,
						     kept->len - 1).from;

		if (first && (times == 1 || times_in(spans, s) >= times))
			g_array_append_val(kept, s);
	}
	g_array_unref(spans);
	return kept;
}

/*
 * All readings of all files: asked for one file, libclang tells of its first
 * reading only.
 */
static void note_skipped(struct build *b)
{
	CXSourceRangeList *list = clang_getAllSkippedRanges(b->tu);
	unsigned i;

	for (i = 0; i < list->count; i++) {
		struct span s;
		CXFile file;
		int in;

		clang_getExpansionLocation(
			clang_getRangeStart(list->ranges[i]), &file, NULL,
			NULL, &s.from);
		clang_getExpansionLocation(
			clang_getRangeEnd(list->ranges[i]), NULL, NULL, NULL,
			&s.to);
		in = header_of(b, file);
		if (in >= 0)
			g_array_append_val(pch_header(b->set, in)->skipped, s);
	}
	clang_disposeSourceRangeList(list);
}

/* Its pragmas, and operators in its macros, are those of the set as well. */
static void see_odd(const struct mention *m, void *data)
{
	struct header *h = data;

	if (m->kind == MENTION_ODD && m->name[0] != '_')
		h->lost = "a directive of a header is not followed";
}

/* The bytes, and what the file system says of them; false: unreadable. */
static bool note_bytes(struct header *h, const struct overlay *o)
{
	struct stat st;
	const char *odd;
	char *text, *digest;
	gsize n;

	if (!overlay_stat(o, h->path, &st) ||
	    !overlay_text(o, h->path, &text, &n))
		return false;
	digest = digest_bytes(text, n);
	h->size = st.st_size;
	h->changed = header_time(&st);
	h->digest = g_intern_string(digest);
	scan_text(text, n, h->skipped, see_odd, h);
	odd = scan_refuses(text, n);
	if (odd)
		h->lost = odd;
	g_free(digest);
	g_free(text);
	return n == (gsize)st.st_size;
}

static guint inclusions_of(const struct pch *p, int header)
{
	guint i, n = pch_times_included(p, header);

	for (i = 0; i < p->forced->len; i++)
		n += g_array_index(p->forced, int, i) == header;
	return n;
}

static bool note_file(struct build *b, int i)
{
	struct header *h = pch_header(b->set, i);
	guint times;

	h->guarded = clang_isFileMultipleIncludeGuarded(b->tu, h->file);
	times = h->guarded ? 1 : inclusions_of(b->set, i);
	h->read_once = times == 1;
	/* a part was skipped only if it was each time */
	g_array_sort(h->skipped, compare_spans);
	h->skipped = keep_repeated(h->skipped, times);
	g_array_sort(h->includes, compare_inclusions);
	g_array_sort(h->functions, compare_spans);
	return note_bytes(h, b->set->overlay);
}

/* What a unit that names it itself would call it. */
static void spell_as_unit(const struct build *b, struct header *h)
{
	const char *rest = folder_rest(b->directory, h->spelling);

	if (rest && !b->absolute)
		h->spelling = g_intern_string(rest);
}

static bool collect(struct build *b)
{
	bool whole = true;
	guint i;

	header_of(b, clang_getFile(b->tu, b->list));
	clang_visitChildren(clang_getTranslationUnitCursor(b->tu), visit, b);
	note_skipped(b);
	for (i = 0; i < b->set->headers->len; i++) {
		whole = note_file(b, (int)i) && whole;
		spell_as_unit(b, pch_header(b->set, i));
	}
	return whole;
}

/* ---- errors ---- */

struct blame {
	CXFile file, list;
	unsigned line; /* of the list, which led to the file; 0: none */
};

static void find_line(CXFile file, CXSourceLocation *stack, unsigned depth,
		      CXClientData data)
{
	struct blame *b = data;
	CXFile top;
	unsigned line;

	if (!depth || b->line || !clang_File_isEqual(file, b->file))
		return;
	clang_getExpansionLocation(stack[depth - 1], &top, &line, NULL, NULL);
	if (clang_File_isEqual(top, b->list))
		b->line = line;
}

/* The line of the list that @d is behind; 0: none. */
static unsigned line_behind(const struct build *b, CXDiagnostic d)
{
	struct blame blame = { .list = clang_getFile(b->tu, b->list) };
	unsigned line;

	clang_getExpansionLocation(clang_getDiagnosticLocation(d), &blame.file,
				   &line, NULL, NULL);
	if (!blame.file)
		return 0;
	if (clang_File_isEqual(blame.file, blame.list))
		return line;
	clang_getInclusions(b->tu, find_line, &blame);
	return blame.line;
}

/*
 * Takes the headers out of @roots that errors are behind; their number. An
 * error may follow from another, so that some could have stayed: but each
 * parse costs more than they would bring. -1: who is to blame is not known.
 */
static int drop_faulty(const struct build *b, GPtrArray *roots)
{
	unsigned i, line, n = clang_getNumDiagnostics(b->tu);
	guint old = roots->len;
	bool unknown = false;

	for (i = 0; i < n; i++) {
		CXDiagnostic d = clang_getDiagnostic(b->tu, i);

		if (clang_getDiagnosticSeverity(d) >= CXDiagnostic_Error) {
			line = line_behind(b, d);
			if (line > b->lead && line - b->lead <= old)
				roots->pdata[line - b->lead - 1] = NULL;
			else
				unknown = true;
		}
		clang_disposeDiagnostic(d);
	}
	while (g_ptr_array_remove(roots, NULL))
		;
	return unknown && roots->len == old ? -1 : (int)(old - roots->len);
}

/* ---- files ---- */

/*
 * A header of the search path is included as units do it, so that libclang
 * gives it the name that they see.
 */
static void add_root(GString *text, const char *root, char *const *search)
{
	for (; *search; search++) {
		const char *rest = folder_rest(*search, root);

		if (!rest)
			continue;
		g_string_append_printf(text, "#include <%s>\n", rest);
		return;
	}
	g_string_append_printf(text, "#include \"%s\"\n", root);
}

/*
 * What names the unit has one unit's value here, so that headers can be parsed
 * that mention it. To a unit it is defined by itself: see headers_judge.c.
 */
static guint add_unit_names(GString *text, const struct compile_command *cmd,
			    bool define)
{
	guint n = 0;
	char **arg;

	for (arg = cmd->args; *arg; arg++) {
		const char *name = *arg + 2, *value;

		if (!pch_names_unit(*arg))
			continue;
		n++;
		value = strchr(name, '=');
		if (define)
			g_string_append_printf(text, "#define %.*s %s\n",
					       (int)(value - name), name,
					       value + 1);
		else
			g_string_append_printf(text, "#undef %.*s\n",
					       (int)strcspn(name, "=("), name);
	}
	return n;
}

/* With the same text it is the same list: it keeps its time. */
static bool write_list(struct build *b, const struct compile_command *cmd,
		       const GPtrArray *roots)
{
	char **search = pch_search_path(cmd), *old = NULL;
	GString *text = g_string_new(NULL);
	bool good;
	guint i;

	b->lead = add_unit_names(text, cmd, true);
	for (i = 0; i < roots->len; i++)
		add_root(text, roots->pdata[i], search);
	add_unit_names(text, cmd, false);
	good = (g_file_get_contents(b->list, &old, NULL, NULL) &&
		!strcmp(old, text->str)) ||
	       g_file_set_contents(b->list, text->str, (gssize)text->len,
				   NULL);
	g_free(old);
	g_string_free(text, TRUE);
	g_strfreev(search);
	return good;
}

static enum CXErrorCode parse_list(struct build *b, CXIndex index,
				   const GPtrArray *flags)
{
	const unsigned options =
		CXTranslationUnit_Incomplete |
		CXTranslationUnit_ForSerialization |
		CXTranslationUnit_DetailedPreprocessingRecord |
		CXTranslationUnit_KeepGoing;

	return clang_parseTranslationUnit2(
		index, b->list, (const char *const *)flags->pdata,
		(int)flags->len, NULL, 0, options, &b->tu);
}

/* Saved under a name with its digest; NULL: it could not be. */
static char *save(const struct build *b, const char *dir, const char *key)
{
	char *draft = g_strdup_printf("%s/draft.%d", dir, (int)getpid());
	char *digest = NULL, *text, *path = NULL;
	gsize n;

	if (!clang_saveTranslationUnit(b->tu, draft,
				       clang_defaultSaveOptions(b->tu)) &&
	    g_file_get_contents(draft, &text, &n, NULL)) {
		digest = digest_bytes(text, n);
		g_free(text);
		path = g_strdup_printf("%s/%s-%s.pch", dir, key, digest);
		if (g_rename(draft, path))
			g_clear_pointer(&path, g_free);
	}
	g_unlink(draft);
	g_free(draft);
	g_free(digest);
	return path;
}

static bool write_description(struct build *b, const char *dir,
			      const char *key)
{
	char *file = save(b, dir, key), *path = g_build_filename(dir, key, NULL);
	bool good = false;
	GBytes *bytes;
	gsize n;
	const char *data;

	if (file) {
		b->set->file = g_intern_string(file);
		bytes = pch_pack(b->set);
		data = g_bytes_get_data(bytes, &n);
		good = g_file_set_contents(path, data, (gssize)n, NULL);
		g_bytes_unref(bytes);
	}
	g_free(file);
	g_free(path);
	return good;
}

static void build_init(struct build *b, const struct compile_command *cmd,
		       const char *dir, const char *key)
{
	b->cmd = cmd;
	b->directory = cmd->directory;
	b->absolute = g_path_is_absolute(cmd->file);
	b->set = pch_new();
	b->by_file = g_hash_table_new(NULL, NULL);
	b->list = g_strdup_printf("%s/%s.h", dir, key);
}

static void build_clear(struct build *b)
{
	if (b->tu)
		clang_disposeTranslationUnit(b->tu);
	pch_free(b->set);
	g_hash_table_unref(b->by_file);
	g_free(b->list);
}

/* One try: 1 done, 0 in vain, -1 again, without one of @roots. */
static int try_build(const struct compile_command *cmd, GPtrArray *roots,
		     const char *dir, const char *key)
{
	GPtrArray *flags = pch_build_flags(cmd);
	CXIndex index = clang_createIndex(0, 0);
	struct build b = { .tu = NULL };
	int dropped, ret = 0;

	build_init(&b, cmd, dir, key);
	if (pch_see(b.set, cmd) && write_list(&b, cmd, roots) &&
	    !parse_list(&b, index, flags)) {
		dropped = drop_faulty(&b, roots);
		if (dropped > 0)
			ret = -1;
		else if (!dropped)
			ret = collect(&b) && write_description(&b, dir, key);
	}
	build_clear(&b);
	clang_disposeIndex(index);
	g_ptr_array_unref(flags);
	return ret;
}

int pch_build(const struct compile_command *cmd, GPtrArray *roots,
	      const char *dir, const char *key)
{
	int i, ret = -1;

	for (i = 0; i < MAX_TRIES && ret < 0 && roots->len; i++)
		ret = try_build(cmd, roots, dir, key);
	return ret > 0 ? 0 : -1;
}
