// SPDX-License-Identifier: GPL-2.0-only
/*
 * The commits of lines, asked of git: `git blame` for each file, then which of
 * the commits is above the others. Git's own programs are used since they know
 * every form of a repository; what its configuration would change of their output
 * is named here.
 *
 * What is not done: lines are not followed into other files (blame -C), which
 * takes minutes in a large history.
 */
#include "patch/blame.h"

#include <string.h>

#include "base/folder.h"
#include "patch/private.h"

/* ---- git ---- */

/* Where it is asked. */
struct blamer {
	const struct blame_source *source;
	struct git *git;
	char *base;	/* the commit of source->base, all digits; or NULL */
};

/* What git prints for @words, which are freed; NULL with a reason. */
static GString *ask(const struct blamer *b, GPtrArray *words,
		    char **ret_reason)
{
	struct git_call call = { 0 };
	GString *out;

	g_ptr_array_add(words, NULL);
	call.args = (const char *const *)words->pdata;
	out = git_run(b->git, &call, ret_reason);
	g_ptr_array_unref(words);
	return out;
}

/* Copies of the words, for ask(). */
static GPtrArray *words_new(const char *const *words)
{
	GPtrArray *all = g_ptr_array_new_with_free_func(g_free);

	for (; *words; words++)
		g_ptr_array_add(all, g_strdup(*words));
	return all;
}

#define WORDS(...) words_new(ARGS(__VA_ARGS__))

/* ---- which text ---- */

/* Does the base have the file @path with the text of @file? */
static bool is_of_base(const struct blamer *b, const char *path,
		       const char *file)
{
	char *name = g_strdup_printf("%s:./%s", b->base, path);
	char *reason = NULL;
	GString *text = ask(b, WORDS("cat-file", "blob", name), &reason);
	bool same = text && file_has(file, text->str, text->len);

	if (text)
		g_string_free(text, TRUE);
	g_free(reason);
	g_free(name);
	return same;
}

/* The commit of a revision, in all its digits; NULL with a reason. */
static char *commit_of(const struct blamer *b, const char *revision,
		       char **ret_reason)
{
	char *name = g_strconcat(revision, "^{commit}", NULL);
	GString *id = ask(b, WORDS("rev-parse", "--verify",
				   "--end-of-options", name), ret_reason);

	g_free(name);
	return id ? g_strchomp(g_string_free(id, FALSE)) : NULL;
}

/*
 * Before 2.41 git has a text that is in no commit begin at HEAD only, so
 * the revision is named where it has to be.
 */
static void add_revision(const struct blamer *b, GPtrArray *words)
{
	char *reason = NULL, *head = commit_of(b, "HEAD", &reason);

	if (g_strcmp0(b->base, head))
		g_ptr_array_add(words, g_strdup(b->base));
	g_free(head);
	g_free(reason);
}

/* Tells blame that the lines count in @file, the text of @path. */
static void add_text(const struct blamer *b, GPtrArray *words,
		     const char *path, const char *file)
{
	if (b->base && is_of_base(b, path, file)) {
		g_ptr_array_add(words, g_strdup(b->base));
		return;
	}
	g_ptr_array_add(words, g_strdup("--contents"));
	g_ptr_array_add(words, g_strdup(file));
	if (b->base)
		add_revision(b, words);
}

/* ---- what blame says ---- */

struct origins {
	GHashTable *commits;	/* char *: all digits */
	GHashTable *boundaries;	/* those of them that the history begins with */
	char *uncommitted;	/* "FILE:LINE": a line without one; or NULL */
};

static bool is_zero(const char *id)
{
	return !id[strspn(id, "0")];
}

/* "ID LINE-THEN LINE-NOW COUNT"; the commit's digits, which the caller frees. */
static char *take_line(struct origins *o, const char *path, const char *text)
{
	char **words = g_strsplit(text, " ", 4);
	char *id = g_strdup(words[0] ? words[0] : "");

	if (!is_zero(id))
		g_hash_table_add(o->commits, g_strdup(id));
	else if (!o->uncommitted && g_strv_length(words) > 2)
		o->uncommitted = g_strdup_printf("%s:%s", path, words[2]);
	g_strfreev(words);
	return id;
}

/* A line of the file comes last of what is said about it, after a tab. */
static void take_output(struct origins *o, const char *path, char *text)
{
	char *line, *rest = text, *id = NULL;

	while ((line = strsep(&rest, "\n"))) {
		if (!id && *line)
			id = take_line(o, path, line);
		else if (*line == '\t')
			g_clear_pointer(&id, g_free);
		else if (id && !strcmp(line, "boundary"))
			g_hash_table_add(o->boundaries, g_strdup(id));
	}
	g_free(id);
}

static bool blame_file(const struct blamer *b, const char *path,
		       const char *file, const GArray *lines,
		       struct origins *o, char **ret_reason)
{
	GPtrArray *words = WORDS("blame", "--porcelain", "-w", "-M",
				 "--no-root", "--no-textconv",
				 "--ignore-revs-file=");
	GString *said;
	guint i;

	for (i = 0; i < lines->len; i++)
		g_ptr_array_add(words, g_strdup_printf(
			"-L%d,+1", g_array_index(lines, int, i)));
	add_text(b, words, path, file);
	g_ptr_array_add(words, g_strdup("--"));
	g_ptr_array_add(words, g_strdup(path));
	said = ask(b, words, ret_reason);
	if (!said)
		return false;
	take_output(o, path, said->str);
	g_string_free(said, TRUE);
	return true;
}

/* ---- all files ---- */

static gint compare_places(gconstpointer a, gconstpointer b)
{
	const struct blame_place *p = a, *q = b;
	int order = strcmp(p->file, q->file);

	return order ? order : p->line - q->line;
}

/* The lines of the file of @places that begins at @*at, each once. */
static GArray *lines_of_next(const GArray *places, guint *at)
{
	GArray *lines = g_array_new(FALSE, FALSE, sizeof(int));
	const char *file = g_array_index(places, struct blame_place, *at).file;

	for (; *at < places->len; ++*at) {
		const struct blame_place *p =
			&g_array_index(places, struct blame_place, *at);

		if (strcmp(p->file, file))
			break;
		if (!lines->len ||
		    g_array_index(lines, int, lines->len - 1) != p->line)
			g_array_append_val(lines, p->line);
	}
	return lines;
}

static bool blame_next(const struct blamer *b, const GArray *places,
		       guint *at, struct origins *o, char **ret_reason)
{
	const char *path = g_array_index(places, struct blame_place, *at).file;
	GArray *lines = lines_of_next(places, at);
	const char *rest = folder_rest(b->source->tree, path);
	char *file = rest ? b->source->text(path, b->source->data) : NULL;
	bool good = !file ||
		    blame_file(b, rest, file, lines, o, ret_reason);

	g_free(file);
	g_array_unref(lines);
	return good;
}

static bool blame_all(const struct blamer *b, const GArray *places,
		      struct origins *o, char **ret_reason)
{
	GArray *sorted = g_array_copy((GArray *)places);
	bool good = true;
	guint at = 0;

	g_array_sort(sorted, compare_places);
	while (good && at < sorted->len)
		good = blame_next(b, sorted, &at, o, ret_reason);
	g_array_unref(sorted);
	if (good && o->uncommitted)
		*ret_reason = g_strdup_printf("%s is not committed",
					      o->uncommitted);
	else if (good && !g_hash_table_size(o->commits))
		*ret_reason = g_strdup("no line of it is in the tree");
	return !*ret_reason;
}

/* ---- which commit ---- */

/* Those without a descendant among them, a line each; NULL with a reason. */
static GString *tips_of(const struct blamer *b,
			const struct origins *o, char **ret_reason)
{
	GPtrArray *words = WORDS("merge-base", "--independent");
	GList *ids = g_list_sort(g_hash_table_get_keys(o->commits),
				 (GCompareFunc)strcmp), *l;

	for (l = ids; l; l = l->next)
		g_ptr_array_add(words, g_strdup(l->data));
	g_list_free(ids);
	return ask(b, words, ret_reason);
}

/* The digits, 12 of them and the subject of the one with the latest date. */
static GString *describe(const struct blamer *b, const char *tips,
			 char **ret_reason)
{
	GPtrArray *words = WORDS("rev-list", "--no-walk=sorted",
				 "--max-count=1", "--no-commit-header",
				 "--abbrev=12", "--encoding=UTF-8",
				 "--format=%H%n%h (\"%s\")");
	char **ids = g_strsplit(tips, "\n", -1), **id;

	for (id = ids; *id; id++)
		if (**id)
			g_ptr_array_add(words, g_strdup(*id));
	g_strfreev(ids);
	return ask(b, words, ret_reason);
}

static char *youngest(const struct blamer *b,
		      const struct origins *o, char **ret_reason)
{
	GString *tips = tips_of(b, o, ret_reason);
	GString *text = tips ? describe(b, tips->str, ret_reason) : NULL;
	char **lines = text ? g_strsplit(text->str, "\n", 3) : NULL;
	char *name = NULL;

	if (lines && g_strv_length(lines) < 2)
		*ret_reason = g_strdup("git does not name the commit");
	else if (lines && g_hash_table_contains(o->boundaries, lines[0]))
		*ret_reason = g_strdup_printf("the history begins with %s",
					      lines[1]);
	else if (lines)
		name = g_strdup(lines[1]);
	g_strfreev(lines);
	if (text)
		g_string_free(text, TRUE);
	if (tips)
		g_string_free(tips, TRUE);
	return name;
}

char *blame_youngest(const struct blame_source *source, const GArray *places,
		     char **ret_reason)
{
	struct origins o = {
		g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL),
		g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL),
		NULL
	};
	struct blamer b = { source, git_repository(source->tree), NULL };
	char *name = NULL;

	*ret_reason = NULL;
	if (source->base)
		b.base = commit_of(&b, source->base, ret_reason);
	if (!*ret_reason && blame_all(&b, places, &o, ret_reason))
		name = youngest(&b, &o, ret_reason);
	g_free(b.base);
	git_free(b.git);
	g_hash_table_unref(o.commits);
	g_hash_table_unref(o.boundaries);
	g_free(o.uncommitted);
	return name;
}
