// SPDX-License-Identifier: GPL-2.0-only
/*
 * Units that are kept between parses. What a unit's first directives include
 * goes into libclang's preamble, and an edit behind them has only the rest
 * parsed again.
 *
 * Whether a unit is as it was is decided here, from the texts and what the file
 * system says of the files: libclang looks at whole seconds, and not at what has
 * come to lie earlier in the search path.
 */
#include "frontend/session.h"

#include <string.h>

#include "base/folder.h"
#include "base/stamp.h"
#include "frontend/folders.h"
#include "frontend/private.h"

/* A file as it was when it was parsed. */
struct input {
	struct stamp stamp;
	bool known; /* false: it may have changed while it was read */
};

/* What hides a file, or is one that is not there. */
struct text {
	GBytes *bytes;
	struct stamp file; /* which may have other names */
};

struct kept {
	char *key;
	CXTranslationUnit tu;	/* NULL: not parsed, or not any more */
	char *file;		/* the main file; absolute */
	GHashTable *texts;	/* path -> struct text: what hid files then */
	GHashTable *inputs;	/* interned path -> struct input */
	struct folders *folders; /* where those were looked for; or NULL */
	guint base;		/* the session's, when it was parsed anew */
	bool has_preamble;	/* what was parsed last began with one */
	bool plainly;		/* with one it would not be the same unit */
	struct outline *outline; /* of the head; NULL: all is looked through */
	bool whole;		/* an outline is not enough */
	bool lacks;		/* a file that it includes is not there */
};

struct session {
	enum session_kind kind;
	unsigned units;
	guint bases; /* how often something but a body was parsed */
	CXIndex own, whole; /* who shows a unit's own part, and who all of it */
	GQueue kept; /* struct kept *, that of the last parse first */
};

struct session *session_new(unsigned int units, enum session_kind kind)
{
	/* a file would stay if the process is killed */
	CXIndexOptions options = { .Size = sizeof(options),
				   .StorePreamblesInMemory = 1 };
	struct session *s = g_new0(struct session, 1);

	s->kind = kind;
	s->units = MAX(units, 1);
	s->whole = clang_createIndexWithOptions(&options);
	options.ExcludeDeclarationsFromPCH = 1;
	s->own = clang_createIndexWithOptions(&options);
	g_queue_init(&s->kept);
	return s;
}

/* ---- the units ---- */

static void drop_tu(struct kept *k)
{
	if (k->tu)
		clang_disposeTranslationUnit(k->tu);
	k->tu = NULL;
	k->has_preamble = false;
	outline_free(k->outline);
	k->outline = NULL;
	folders_free(k->folders);
	k->folders = NULL;
	g_hash_table_remove_all(k->inputs);
}

static void kept_free(gpointer data)
{
	struct kept *k = data;

	drop_tu(k);
	g_hash_table_unref(k->texts);
	g_hash_table_unref(k->inputs);
	g_free(k->key);
	g_free(k->file);
	g_free(k);
}

void session_free(struct session *s)
{
	if (!s)
		return;
	g_queue_clear_full(&s->kept, kept_free);
	clang_disposeIndex(s->own);
	clang_disposeIndex(s->whole);
	g_free(s);
}

static char *key_of(const struct compile_command *cmd)
{
	GString *key = g_string_new(NULL);
	char **arg;

	g_string_printf(key, "%s\n%s", cmd->directory, cmd->file);
	for (arg = cmd->args; *arg; arg++)
		g_string_append_printf(key, "\n%s", *arg);
	return g_string_free(key, FALSE);
}

static void text_free(gpointer text)
{
	g_bytes_unref(((struct text *)text)->bytes);
	g_free(text);
}

static GHashTable *texts_new(void)
{
	return g_hash_table_new_full(g_str_hash, g_str_equal, g_free,
				     text_free);
}

static struct kept *kept_new(char *key, const struct compile_command *cmd)
{
	struct kept *k = g_new0(struct kept, 1);

	k->key = key;
	k->file = g_canonicalize_filename(cmd->file, cmd->directory);
	k->texts = texts_new();
	k->inputs = g_hash_table_new_full(NULL, NULL, NULL, g_free);
	return k;
}

static struct kept *find(struct session *s, const struct compile_command *cmd)
{
	char *key = key_of(cmd);
	struct kept *k = NULL;
	GList *at;

	for (at = s->kept.head; at && !k; at = at->next)
		if (!strcmp(((struct kept *)at->data)->key, key))
			k = at->data;
	g_free(key);
	return k;
}

/* As the newest one; the oldest goes before there is one too many. */
static struct kept *keep(struct session *s, const struct compile_command *cmd)
{
	struct kept *k = find(s, cmd);

	if (k)
		g_queue_remove(&s->kept, k);
	else if (s->kept.length >= s->units)
		kept_free(g_queue_pop_tail(&s->kept));
	if (!k)
		k = kept_new(key_of(cmd), cmd);
	g_queue_push_head(&s->kept, k);
	return k;
}

/* ---- texts ---- */

static GBytes *read_text(const char *path)
{
	char *text;
	gsize size;

	if (!g_file_get_contents(path, &text, &size, NULL))
		return NULL;
	return g_bytes_new_take(text, size);
}

static bool says(const char *path, GBytes *text)
{
	GBytes *now = read_text(path);
	bool same = now && g_bytes_equal(now, text);

	if (now)
		g_bytes_unref(now);
	return same;
}

/* Takes @path and @bytes. */
static void put_text(GHashTable *texts, char *path, GBytes *bytes)
{
	struct text *t = g_new(struct text, 1);

	*t = (struct text){ bytes, stamp_of(path) };
	g_hash_table_replace(texts, path, t);
}

/* The same. What a file says by itself need not be told libclang. */
static void add_text(const struct kept *k, GHashTable *texts, char *path,
		     GBytes *bytes)
{
	if (strcmp(path, k->file) && !g_hash_table_contains(k->texts, path) &&
	    says(path, bytes)) {
		g_bytes_unref(bytes);
		g_free(path);
	} else {
		put_text(texts, path, bytes);
	}
}

/* What hides @file, which is called @path, under any name; or NULL. */
static GBytes *text_hiding(GHashTable *texts, const char *path,
			   const struct stamp *file)
{
	const struct text *t = g_hash_table_lookup(texts, path);
	GHashTableIter iter;
	gpointer other;

	if (t)
		return t->bytes;
	g_hash_table_iter_init(&iter, texts);
	while (g_hash_table_iter_next(&iter, NULL, &other))
		if (stamp_same_file(&((struct text *)other)->file, file))
			return ((struct text *)other)->bytes;
	return NULL;
}

static void add_own(const struct kept *k, GHashTable *texts)
{
	const struct stamp file = stamp_of(k->file);
	GBytes *own = text_hiding(texts, k->file, &file);

	own = own ? g_bytes_ref(own) : read_text(k->file);
	if (own)
		put_text(texts, g_strdup(k->file), own);
}

/*
 * The texts that libclang is to see instead of files. A buffer that was saved
 * stays one of them, or what was built with it would have to be built again.
 */
static GHashTable *texts_now(const struct kept *k, const struct buffer *buffers,
			     size_t n)
{
	GHashTable *texts = texts_new();
	GHashTableIter iter;
	gpointer path, old;
	size_t i;

	for (i = 0; i < n; i++)
		add_text(k, texts, g_canonicalize_filename(buffers[i].path, "/"),
			 g_bytes_new(buffers[i].text, buffers[i].size));
	add_own(k, texts);
	g_hash_table_iter_init(&iter, k->texts);
	while (g_hash_table_iter_next(&iter, &path, &old)) {
		GBytes *bytes = ((struct text *)old)->bytes;

		if (!g_hash_table_contains(texts, path) && says(path, bytes))
			put_text(texts, g_strdup(path), g_bytes_ref(bytes));
	}
	return texts;
}

/* ---- what has changed ---- */

/* @before: when its text was asked for, µs. */
static struct input input_of(const char *path, gint64 before)
{
	const struct stamp s = stamp_of(path);

	return (struct input){ s, s.there && stamp_settled(&s, before) };
}

static bool is_unchanged(const char *path, const struct input *then)
{
	const struct stamp now = stamp_of(path);

	return then->known && stamp_equal(&now, &then->stamp);
}

/* Offset behind the directive at @at. */
static size_t skip_directive(const char *text, size_t size, size_t at)
{
	while (at < size && text[at] != '\n') {
		size_t behind = text_skip_comment(text, size, at);

		if (text_starts(text, size, at, "\\\n"))
			behind = at + 2;
		at = MAX(behind, at + 1);
	}
	return MIN(at, size);
}

/* What the file begins with up to the last directive before any code. */
static size_t head_size(const char *text, size_t size)
{
	static const char mark[] = "\xef\xbb\xbf"; /* of UTF-8 */
	size_t at = text_starts(text, size, 0, mark) ? strlen(mark) : 0;
	size_t end = 0;

	at = text_skip_blanks(text, size, at);
	while (at < size && text[at] == '#') {
		end = skip_directive(text, size, at);
		at = text_skip_blanks(text, size, end);
	}
	return end;
}

/* Never NULL, as an empty one's is. */
static const char *text_of(GBytes *text, gsize *ret_size)
{
	const char *data = g_bytes_get_data(text, ret_size);

	return data ? data : "";
}

static bool same_head(GBytes *a, GBytes *b)
{
	gsize n, m, head;
	const char *s = text_of(a, &n), *t = text_of(b, &m);

	head = head_size(s, n);
	return head == head_size(t, m) && !memcmp(s, t, head);
}

/* Is there anything like an inclusion behind the head? */
static bool body_includes(GBytes *main)
{
	gsize size, at;
	const char *text = text_of(main, &size);

	for (at = head_size(text, size); at < size; at++)
		if (text[at] == '#' &&
		    text_starts(text, size, text_skip_blanks(text, size, at + 1),
				"include"))
			return true;
	return false;
}

enum change {
	CHANGE_NONE,
	CHANGE_BODY, /* of the main file, behind its head */
	CHANGE_BASE, /* anything else */
};

static enum change input_change(const struct kept *k, GHashTable *texts,
				const char *path, const struct input *then)
{
	GBytes *old = text_hiding(k->texts, path, &then->stamp);
	GBytes *now = text_hiding(texts, path, &then->stamp);

	if (!old && !now)
		return is_unchanged(path, then) ? CHANGE_NONE : CHANGE_BASE;
	if (!old || !now)
		return CHANGE_BASE;
	if (g_bytes_equal(old, now))
		return CHANGE_NONE;
	return !strcmp(path, k->file) && same_head(old, now) ? CHANGE_BODY :
							       CHANGE_BASE;
}

/*
 * Is there a text of no file that the unit may include, in @texts and not in
 * @others? Others' folders do not show it.
 */
static bool has_new_file(const struct kept *k, GHashTable *texts,
			 GHashTable *others)
{
	GHashTableIter iter;
	gpointer path, text;
	bool found = false;

	g_hash_table_iter_init(&iter, texts);
	while (!found && g_hash_table_iter_next(&iter, &path, &text)) {
		char *name = g_path_get_basename(path);

		found = !((struct text *)text)->file.there &&
			!g_hash_table_contains(others, path) &&
			folders_matter(k->folders, name);
		g_free(name);
	}
	return found;
}

/* Would an inclusion find another file, or something where nothing was? */
static bool finds_others(const struct kept *k, GHashTable *texts)
{
	return has_new_file(k, texts, k->texts) ||
	       has_new_file(k, k->texts, texts) || !folders_same(k->folders);
}

static enum change change_since(const struct kept *k, GHashTable *texts)
{
	enum change change = CHANGE_NONE;
	GHashTableIter iter;
	gpointer path, then;

	if (!k->tu || !k->folders || finds_others(k, texts))
		return CHANGE_BASE;
	g_hash_table_iter_init(&iter, k->inputs);
	while (change < CHANGE_BASE &&
	       g_hash_table_iter_next(&iter, &path, &then))
		change = MAX(change, input_change(k, texts, path, then));
	/* it may be there by now: libclang looks for it when it parses */
	return k->lacks ? MAX(change, CHANGE_BODY) : change;
}

/* ---- parsing ---- */

/* Texts that hide those of files, by all names that they may be asked for by. */
struct hiding {
	GArray *files;	  /* struct CXUnsavedFile */
	GPtrArray *names; /* owned */
};

static void hide(struct hiding *h, char *name, GBytes *text)
{
	gsize size;
	const struct CXUnsavedFile f = { .Contents = text_of(text, &size),
					 .Filename = name, .Length = size };

	g_array_append_val(h->files, f);
	g_ptr_array_add(h->names, name);
}

/*
 * libclang tells a file that is on disk however it is called; what is nowhere
 * but in an editor it knows only as -I spells it, or an argument of its own
 * behind -isystem and the like.
 */
static void hide_spellings(struct hiding *h, const struct compile_command *cmd,
			   const char *path, GBytes *text)
{
	const char *dir, *rest;
	char **arg, *folder;

	for (arg = cmd->args; *arg; arg++) {
		dir = g_str_has_prefix(*arg, "-I") ? *arg + 2 : *arg;
		folder = g_canonicalize_filename(dir, cmd->directory);
		rest = *dir ? folder_rest(folder, path) : NULL;
		if (rest)
			hide(h, g_build_filename(dir, rest, NULL), text);
		g_free(folder);
	}
}

static int rank(const struct kept *k, const char *path)
{
	if (!strcmp(path, k->file))
		return 2;
	return g_hash_table_contains(k->inputs, g_intern_string(path));
}

/* Is there a better name for the file @text is of? The unit's own is best. */
static bool is_spare(const struct kept *k, const char *path,
		     const struct text *text)
{
	GHashTableIter iter;
	gpointer name, other;
	bool spare = false;

	g_hash_table_iter_init(&iter, k->texts);
	while (!spare && g_hash_table_iter_next(&iter, &name, &other)) {
		const int better = rank(k, name) - rank(k, path);

		spare = stamp_same_file(&((struct text *)other)->file,
					&text->file) &&
			(better > 0 || (!better && strcmp(name, path) < 0));
	}
	return spare;
}

/* Of a file that has two names libclang would take either for what it is. */
static void hiding_init(struct hiding *h, const struct kept *k,
			const struct compile_command *cmd)
{
	GHashTableIter iter;
	gpointer path, text;

	h->files = g_array_new(FALSE, FALSE, sizeof(struct CXUnsavedFile));
	h->names = g_ptr_array_new_with_free_func(g_free);
	g_hash_table_iter_init(&iter, k->texts);
	while (g_hash_table_iter_next(&iter, &path, &text)) {
		GBytes *bytes = ((struct text *)text)->bytes;

		if (is_spare(k, path, text))
			continue;
		hide(h, g_strdup(path), bytes);
		if (!g_file_test(path, G_FILE_TEST_EXISTS))
			hide_spellings(h, cmd, path, bytes);
	}
}

static void hiding_clear(struct hiding *h)
{
	g_array_unref(h->files);
	g_ptr_array_unref(h->names);
}

static enum CXErrorCode parse_anew(struct session *s, struct kept *k,
				   const struct compile_command *cmd,
				   const struct hiding *h)
{
	bool plain = s->kind == SESSION_PLAIN || k->plainly;
	CXIndex index = plain || k->whole ? s->whole : s->own;

	drop_tu(k);
	if (index == s->own)
		k->outline = outline_new();
	return parse_tu(k->file, parse_arguments(cmd), index, h->files,
			plain ? 0 : CXTranslationUnit_PrecompiledPreamble,
			&k->tu);
}

static bool parse_again(struct kept *k, const struct hiding *h)
{
	if (clang_reparseTranslationUnit(k->tu, h->files->len,
					 (void *)h->files->data,
					 clang_defaultReparseOptions(k->tu))) {
		drop_tu(k);
		return false;
	}
	return k->has_preamble = true;
}

static bool begins_anew(const struct session *s, const struct kept *k)
{
	return s->kind == SESSION_PLAIN || k->plainly ||
	       (k->outline && k->whole);
}

/* Brings k->tu to what the texts are now. */
static enum CXErrorCode refresh(struct session *s, struct kept *k,
				const struct compile_command *cmd,
				enum change change)
{
	enum CXErrorCode error = CXError_Success;
	struct hiding h;

	if (change == CHANGE_NONE)
		return CXError_Success;
	hiding_init(&h, k, cmd);
	if (change == CHANGE_BASE || begins_anew(s, k) || !parse_again(k, &h))
		error = parse_anew(s, k, cmd, &h);
	hiding_clear(&h);
	return error;
}

static gint compare_paths(gconstpointer a, gconstpointer b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/*
 * libclang tells what a unit includes only of what was not in the preamble, so
 * that what was known of the others stays, and @u gets it as well.
 */
static void note_inputs(struct kept *k, const struct compile_command *cmd,
			struct unit *u, gint64 start)
{
	const guint before = g_hash_table_size(k->inputs);
	GHashTableIter iter;
	gpointer path;
	guint i;

	for (i = 0; i < u->inputs->len; i++) {
		const struct input in = input_of(u->inputs->pdata[i], start);

		if (!g_hash_table_contains(k->inputs, u->inputs->pdata[i]))
			g_hash_table_insert(k->inputs, u->inputs->pdata[i],
					    g_memdup2(&in, sizeof(in)));
	}
	if (!k->folders || g_hash_table_size(k->inputs) > before) {
		folders_free(k->folders);
		k->folders = folders_new(cmd, k->inputs, start);
	}
	g_ptr_array_set_size(u->inputs, 0);
	g_hash_table_iter_init(&iter, k->inputs);
	while (g_hash_table_iter_next(&iter, &path, NULL))
		g_ptr_array_add(u->inputs, path);
	g_ptr_array_sort(u->inputs, compare_paths);
}

static GBytes *own_text(const struct kept *k)
{
	return ((struct text *)g_hash_table_lookup(k->texts, k->file))->bytes;
}

/* What one parse gave. */
struct outcome {
	struct unit *unit;
	enum CXErrorCode error;
	int errors_of_no_file;
	bool outline_fails;
};

static struct outcome run(struct session *s, struct kept *k,
			  const struct compile_command *cmd,
			  const struct frontend_options *opt,
			  enum change change)
{
	gint64 start = g_get_real_time();
	struct outcome o = { .unit = unit_new(cmd->file) };
	struct frontend_options own = *opt;
	struct parse p = { 0 };

	o.error = refresh(s, k, cmd, change);
	if (o.error) {
		unit_skip(o.unit, cmd->file, NULL,
			  parse_error_text(cmd, o.error));
		return o;
	}
	p.tu = k->tu;
	p.outline = k->outline;
	p.uses_outline = k->outline && k->has_preamble;
	/* with a preamble libclang takes long to tell */
	own.inputs = !k->has_preamble ||
		     body_includes(own_text(k));
	parse_lower(&p, cmd, k->file, &own, o.unit);
	o.errors_of_no_file = p.errors_of_no_file;
	o.outline_fails = p.outline_fails;
	k->whole |= k->outline && !outline_serves(k->outline);
	parse_clear(&p);
	note_inputs(k, cmd, o.unit, start);
	return o;
}

static void run_anew(struct session *s, struct kept *k,
		     const struct compile_command *cmd,
		     const struct frontend_options *opt, struct outcome *o)
{
	unit_free(o->unit);
	*o = run(s, k, cmd, opt, CHANGE_BASE);
}

/*
 * __COUNTER__ starts again behind a preamble, so that names that were pasted
 * from it meet those of headers. Then what was counted or pasted has errors
 * that a plain parse has not, and a declaration with an error lacks parts.
 */
static void judge_preamble(struct session *s, struct kept *k,
			   const struct compile_command *cmd,
			   const struct frontend_options *opt,
			   struct outcome *o)
{
	int errors = o->errors_of_no_file;

	k->plainly = true;
	run_anew(s, k, cmd, opt, o);
	k->plainly = o->errors_of_no_file < errors;
}

/* Is what a preamble gave all that there is? If not, parses anew. */
static void judge(struct session *s, struct kept *k,
		  const struct compile_command *cmd,
		  const struct frontend_options *opt, struct outcome *o)
{
	if (o->outline_fails) {
		k->whole = true;
		run_anew(s, k, cmd, opt, o);
	}
	/* a file that is there at last has inclusions that are not known */
	if (k->has_preamble && k->lacks && !unit_lacks_file(o->unit))
		run_anew(s, k, cmd, opt, o);
	if (k->has_preamble && o->errors_of_no_file)
		judge_preamble(s, k, cmd, opt, o);
}

int session_parse(struct session *s, const struct compile_command *cmd,
		  const struct buffer *buffers, size_t n,
		  const struct frontend_options *opt, struct unit **ret_unit)
{
	struct frontend_options own = *opt;
	struct kept *k = keep(s, cmd);
	GHashTable *texts = texts_now(k, buffers, n);
	enum change change = change_since(k, texts);
	struct outcome o;

	own.headers = NULL;
	if (!opt->want || opt->all_inlines) { /* headers' functions as well */
		change = k->outline ? CHANGE_BASE : change;
		k->whole = true;
	}
	k->plainly = k->plainly && change != CHANGE_BASE;
	k->base = change == CHANGE_BASE ? ++s->bases : k->base;
	g_hash_table_unref(k->texts);
	k->texts = texts;
	o = run(s, k, cmd, &own, change);
	judge(s, k, cmd, &own, &o);
	k->lacks = unit_lacks_file(o.unit);
	*ret_unit = o.unit;
	return o.error ? -1 : 0;
}

static enum CXChildVisitResult pass_over(CXCursor c, CXCursor parent,
					 CXClientData data)
{
	return CXChildVisit_Break;
}

void session_warm(struct session *s, const struct compile_command *cmd)
{
	struct kept *k = find(s, cmd);
	struct hiding h;

	if (!k || !k->tu || k->has_preamble || begins_anew(s, k))
		return;
	hiding_init(&h, k, cmd);
	/* asked for them, libclang 19 loads a preamble's declarations once */
	if (parse_again(k, &h))
		clang_visitChildren(clang_getTranslationUnitCursor(k->tu),
				    pass_over, NULL);
	hiding_clear(&h);
}

/* Under another name? */
static bool reads_file(const struct kept *k, const char *path)
{
	const struct stamp file = stamp_of(path);
	GHashTableIter iter;
	gpointer in;

	g_hash_table_iter_init(&iter, k->inputs);
	while (g_hash_table_iter_next(&iter, NULL, &in))
		if (stamp_same_file(&((struct input *)in)->stamp, &file))
			return true;
	return false;
}

bool session_reads(struct session *s, const struct compile_command *cmd,
		   const char *file)
{
	const struct kept *k = find(s, cmd);
	char *path = g_canonicalize_filename(file, "/");
	bool reads = k && (g_hash_table_contains(k->inputs,
						 g_intern_string(path)) ||
			   reads_file(k, path));

	g_free(path);
	return reads;
}

guint session_base(struct session *s, const struct compile_command *cmd,
		   const struct buffer *buffers, size_t n)
{
	const struct kept *k = find(s, cmd);
	GHashTable *texts;
	guint base = 0;

	if (!k)
		return 0;
	texts = texts_now(k, buffers, n);
	if (change_since(k, texts) != CHANGE_BASE)
		base = k->base;
	g_hash_table_unref(texts);
	return base;
}

CXTranslationUnit session_unit(struct session *s,
			       const struct compile_command *cmd)
{
	const struct kept *k = find(s, cmd);

	return k ? k->tu : NULL;
}
