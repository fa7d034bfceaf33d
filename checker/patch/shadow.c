// SPDX-License-Identifier: GPL-2.0-only
/*
 * A repository without its settings: a scratch one that has the objects of
 * another, and no more. The configuration of a repository names programs (its
 * filters, what compares and shows files), and not all calls of git have an
 * option to leave them alone; here git knows of none. Nor does it write here
 * what it would write there, the times of a split index.
 *
 * Attributes decide nothing about C files either: those are always compared as
 * text (patch_is_code() has the same suffixes).
 *
 * References and shallow commits are not there: commits are named in full.
 */
#include "patch/private.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

/* What `git rev-parse` says of the repository, without the newline. */
static char *ask(const struct git *git, const char *option,
		 const char *what, char **ret_error)
{
	const struct git_call call = {
		.args = ARGS("rev-parse", "--path-format=absolute", option,
			     what)
	};
	GString *out = git_run(git, &call, ret_error);

	if (!out)
		return NULL;
	if (g_str_has_suffix(out->str, "\n"))
		g_string_truncate(out, out->len - 1);
	return g_string_free(out, FALSE);
}

static bool run(const struct git *git, const char *const *args,
		const GString *input, char **ret_error)
{
	const struct git_call call = {
		.args = args, .input = input ? input->str : NULL
	};
	GString *out = git_run(git, &call, ret_error);

	if (out)
		g_string_free(out, TRUE);
	return out;
}

/* Which come before those of the tree, and of the change itself. */
static bool write_attributes(const char *folder, char **ret_error)
{
	static const char text[] = "*.c diff\n*.h diff\n*.inc diff\n"
				   "*.def diff\n";
	char *file = g_build_filename(folder, "info", "attributes", NULL);
	bool good = file_write(file, text, strlen(text), ret_error);

	g_free(file);
	return good;
}

static bool make(struct git *shadow, const struct git *real,
		 const char *folder, char **ret_error)
{
	char *top = ask(real, "--show-toplevel", NULL, ret_error);
	char *objects = top ? ask(real, "--git-path", "objects", ret_error) :
			      NULL;
	char *format = objects ? ask(real, "--show-object-format", NULL,
				     ret_error) : NULL;
	char *option = g_strconcat("--object-format=", format, NULL);
	bool good;

	git_set(shadow, "GIT_DIR", folder);
	good = format && run(shadow, ARGS("init", "-q", "--bare",
					  "--template=", option),
			     NULL, ret_error) &&
	       write_attributes(folder, ret_error);
	if (good) {
		git_set(shadow, "GIT_WORK_TREE", top);
		git_set(shadow, "GIT_OBJECT_DIRECTORY", objects);
	}
	g_free(option);
	g_free(format);
	g_free(objects);
	g_free(top);
	return good;
}

struct git *git_shadow(const char *tree, const char *folder,
		       char **ret_error)
{
	struct git *real = git_repository(tree);
	struct git *shadow = git_nowhere(tree);

	if (!make(shadow, real, folder, ret_error))
		g_clear_pointer(&shadow, git_free);
	git_free(real);
	return shadow;
}

/* ---- the index ---- */

/*
 * With its time, by which git knows whether a file may have changed after it
 * was looked at last. One that is not there is not copied.
 */
static bool copy_index(const char *from, const char *to, char **ret_error)
{
	struct timespec times[2];
	struct stat st;
	char *text;
	gsize size;
	bool good;

	if (stat(from, &st) ||
	    !g_file_get_contents(from, &text, &size, NULL))
		return true;
	times[0] = st.st_atim;
	times[1] = st.st_mtim;
	good = file_write(to, text, size, ret_error);
	g_free(text);
	if (good && utimensat(AT_FDCWD, to, times, 0))
		good = patch_fail(ret_error, "cannot set the time of %s", to);
	return good;
}

/* Its own file, and those that it may be split off from. */
static bool copy_indexes(const char *from, const char *to, char **ret_error)
{
	GDir *dir = g_dir_open(from, 0, NULL);
	const char *name;
	bool good = true;

	while (dir && good && (name = g_dir_read_name(dir))) {
		char *a = g_build_filename(from, name, NULL);
		char *b = g_build_filename(to, name, NULL);

		if (!strcmp(name, "index") ||
		    g_str_has_prefix(name, "sharedindex."))
			good = copy_index(a, b, ret_error);
		g_free(a);
		g_free(b);
	}
	if (dir)
		g_dir_close(dir);
	return good;
}

/* A line of what git reads, in its quotes: it may have a newline. */
static void add_line(GString *lines, const char *name)
{
	char *text = g_strescape(name, NULL);

	g_string_append_printf(lines, "\"%s\"\n", text);
	g_free(text);
}

static bool clear_bit(const struct git *shadow, const char *option,
		      const GString *names, char **ret_error)
{
	return !names->len ||
	       run(shadow, ARGS("update-index", option, "--stdin"), names,
		   ret_error);
}

/*
 * The bits by which git takes a file for what the index says: "h NAME" is
 * assumed to be unchanged, "S NAME" is none of the checkout. Of a sparse
 * checkout, what is not there stays so.
 */
static bool clear_bits(const struct git *shadow, const char *tree,
		       char **ret_error)
{
	const struct git_call call = { .args = ARGS("ls-files", "-v", "-z") };
	GString *out = git_run(shadow, &call, ret_error);
	GString *assumed = g_string_new(NULL), *skipped = g_string_new(NULL);
	const char *at;
	bool good;

	for (at = out ? out->str : ""; *at; at += strlen(at) + 1) {
		const char *name = at + strlen("h ");

		if (g_ascii_islower(*at))
			add_line(assumed, name);
		if (g_ascii_toupper(*at) == 'S' && name_mode(tree, name))
			add_line(skipped, name);
	}
	good = out && clear_bit(shadow, "--no-assume-unchanged", assumed,
				ret_error) &&
	       clear_bit(shadow, "--no-skip-worktree", skipped, ret_error);
	if (out)
		g_string_free(out, TRUE);
	g_string_free(assumed, TRUE);
	g_string_free(skipped, TRUE);
	return good;
}

bool git_shadow_index(const struct git *shadow, const char *tree,
		      const char *folder, char **ret_error)
{
	struct git *real = git_repository(tree);
	char *from = ask(real, "--absolute-git-dir", NULL, ret_error);
	bool good = from && copy_indexes(from, folder, ret_error) &&
		    clear_bits(shadow, tree, ret_error);

	g_free(from);
	git_free(real);
	return good;
}
