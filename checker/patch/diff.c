// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a diff says. Which files it names is git's to say, in both directions.
 * The lines of the text are read for what git does not tell. The number of a hunk
 * and what was renamed make a message or a class more exact, and nothing is
 * opened by them. And git passes over what it takes for prose: a diff of another
 * kind, or a header that is cut off, must not vanish beside others.
 */
#include "patch/private.h"

#include <stdio.h>
#include <string.h>

/* ---- names, by git ---- */

/* "ADDED\tREMOVED\tNAME": the name, and what is known by the numbers. */
static const char *read_row(const char *row, unsigned *ret_flags)
{
	const char *removed = strchr(row, '\t');
	const char *name = removed ? strchr(removed + 1, '\t') : NULL;

	*ret_flags = 0;
	if (g_str_has_prefix(row, "-\t-\t"))
		*ret_flags = NAME_BINARY;
	else if (g_str_has_prefix(row, "0\t0\t"))
		*ret_flags = NAME_STILL;
	return name ? name + 1 : NULL;
}

static bool add_names(struct diff *d, const GString *numstat,
		      char **ret_error)
{
	const char *at = numstat->str, *end = at + numstat->len;
	const char *name;
	unsigned flags;

	for (; at < end; at += strlen(at) + 1) {
		name = read_row(at, &flags);
		if (!name)
			continue;
		if (!name_is_plain(name)) {
			char *text = g_strescape(name, NULL);

			patch_fail(ret_error, "%s is no name in a tree", text);
			g_free(text);
			return false;
		}
		flags |= GPOINTER_TO_UINT(g_hash_table_lookup(d->names, name));
		g_hash_table_replace(d->names, g_strdup(name),
				     GUINT_TO_POINTER(flags));
	}
	return true;
}

/* The other way round it ends where it began: both lists are all. */
static bool list_names(struct diff *d, const struct git *git,
		       const char *file, char **ret_error)
{
	const char *const *const lists[] = {
		ARGS("apply", "--numstat", "-z", "--allow-empty", "--", file),
		ARGS("apply", "--numstat", "-z", "--allow-empty", "-R", "--",
		     file)
	};
	GString *out;
	bool good = true;

	for (gsize i = 0; good && i < G_N_ELEMENTS(lists); i++) {
		const struct git_call call = { .args = lists[i] };

		out = git_run(git, &call, ret_error);
		good = out && add_names(d, out, ret_error);
		if (out)
			g_string_free(out, TRUE);
	}
	return good;
}

/* ---- its lines ---- */

struct hunk {
	long old_first, old_count, new_first, new_count;
};

/* "-12,3" at *@at, which moves on; without ",3" it is one line. */
static bool read_range(const char **at, char sign, long *ret_first,
		       long *ret_count)
{
	char *end;

	if (**at != sign || !g_ascii_isdigit((*at)[1]))
		return false;
	*ret_first = (long)g_ascii_strtoll(*at + 1, &end, 10);
	*ret_count = 1;
	if (*end == ',')
		*ret_count = (long)g_ascii_strtoll(end + 1, &end, 10);
	*at = end;
	return *ret_first >= 0 && *ret_count >= 0;
}

static bool read_hunk(const char *line, struct hunk *ret)
{
	if (!g_str_has_prefix(line, "@@ "))
		return false;
	line += strlen("@@ ");
	if (!read_range(&line, '-', &ret->old_first, &ret->old_count) ||
	    *line++ != ' ')
		return false;
	return read_range(&line, '+', &ret->new_first, &ret->new_count);
}

bool diff_hunk_lines(const char *line, int *ret_first, int *ret_count)
{
	struct hunk h;

	if (!read_hunk(line, &h))
		return false;
	*ret_first = (int)MIN(h.new_first, G_MAXINT / 2);
	*ret_count = (int)MIN(h.new_count, G_MAXINT / 2);
	return true;
}

static const char *next_line(const char *line)
{
	const char *end = strchr(line, '\n');

	return end ? end + 1 : line + strlen(line);
}

/* The line behind the body of a hunk, whose first line is @line. */
static const char *skip_hunk(const char *line, struct hunk h)
{
	while (*line && (h.old_count > 0 || h.new_count > 0)) {
		h.old_count -= *line != '+' && *line != '\\';
		h.new_count -= *line != '-' && *line != '\\';
		line = next_line(line);
	}
	return line;
}

/* Is @line "--- a/NAME", with or without a time behind it? */
static bool is_old_name(const char *line, const char *name)
{
	const char *slash = strpbrk(line, "/\n");
	size_t n = strlen(name);

	return slash && *slash == '/' && !strncmp(slash + 1, name, n) &&
	       strchr("\t\r\n", slash[1 + n]);
}

char *diff_hunk(const char *text, const char *name, long line)
{
	unsigned number = 0;
	bool here = false;
	const char *at;
	struct hunk h;

	for (at = text; *at; ) {
		const char *next = next_line(at);

		if (!read_hunk(at, &h)) {
			if (g_str_has_prefix(at, "--- ")) {
				here = is_old_name(at, name);
				number = 0;
			}
			at = next;
			continue;
		}
		number++;
		if (here && h.old_first == line)
			return g_strdup_printf(
				"hunk %u does not apply: %.*s", number,
				(int)strcspn(at, "\r\n"), at);
		at = skip_hunk(next, h);
	}
	return NULL;
}

/* Of "rename from NAME"; NULL: another line, or a name in quotes. */
static char *name_behind(const char *line, const char *words)
{
	if (!g_str_has_prefix(line, words) || line[strlen(words)] == '"')
		return NULL;
	line += strlen(words);
	return g_strndup(line, strcspn(line, "\r\n"));
}

static void add_rename(struct diff *d, char *from, char *to)
{
	if (from && to && g_hash_table_contains(d->names, from) &&
	    g_hash_table_contains(d->names, to)) {
		g_hash_table_replace(d->renamed, to, from);
		return;
	}
	g_free(from);
	g_free(to);
}

static void find_renames(struct diff *d, const char *text)
{
	const char *line, *next;

	/* no line of a hunk begins with a letter */
	for (line = text; *line; line = next) {
		next = next_line(line);
		if (g_str_has_prefix(line, "rename from "))
			add_rename(d, name_behind(line, "rename from "),
				   name_behind(next, "rename to "));
	}
}

/* ---- what git passes over ---- */

static bool has_any(const char *line, const char *const *words)
{
	for (; *words; words++)
		if (g_str_has_prefix(line, *words))
			return true;
	return false;
}

/* Does "diff --git", before @at, have no change at all? */
static bool is_empty_change(const char *at)
{
	static const char *const alone[] = {
		"old mode ", "new mode ", "new file mode ",
		"deleted file mode ", "rename ", "copy ", NULL
	};
	static const char *const changes[] = {
		"--- ", "GIT binary patch", "Binary files ", "Files ", NULL
	};

	while (g_str_has_prefix(at, "index ") ||
	       g_str_has_prefix(at, "similarity index ") ||
	       g_str_has_prefix(at, "dissimilarity index "))
		at = next_line(at);
	return !has_any(at, alone) && !has_any(at, changes);
}

/* Is "--- NAME", before @at, of a file without a hunk? */
static bool is_cut_name(const char *line, const char *at)
{
	if (g_str_has_prefix(at, "+++ "))
		return !g_str_has_prefix(next_line(at), "@@ -");
	/* prose has no name at its end */
	return (!*at || (*at == '+' && !*next_line(at))) &&
	       memchr(line, '/', (size_t)(at - line));
}

/* What a line outside of hunks begins that git does not read; or NULL. */
static const char *unread(const char *line)
{
	static const char *const combined[] = {
		"@@@ ", "diff --cc ", "diff --combined ", NULL
	};
	const char *next = next_line(line);

	if (has_any(line, combined))
		return "a combined diff";
	if (g_str_has_prefix(line, "***************") &&
	    g_str_has_prefix(next, "*** "))
		return "a context diff";
	if (g_str_has_prefix(line, "diff --git ") && is_empty_change(next))
		return "a file without a change";
	if (g_str_has_prefix(line, "--- ") && is_cut_name(line, next))
		return "a file without a hunk";
	return NULL;
}

static bool check_lines(const char *text, char **ret_error)
{
	const char *line, *next, *what, *at;
	unsigned number = 1;
	struct hunk h;

	for (line = text; *line; line = next) {
		next = next_line(line);
		if (read_hunk(line, &h))
			next = skip_hunk(next, h);
		what = unread(line);
		if (what)
			return patch_fail(ret_error,
					  "%s, which is not read, at line %u",
					  what, number);
		for (at = line; at < next; at++)
			number += *at == '\n';
	}
	return true;
}

/* ---- the whole ---- */

struct diff *diff_read(const struct git *git, const char *file,
		       char **ret_error)
{
	struct diff *d = g_new0(struct diff, 1);
	char *text = NULL;
	bool good;

	d->names = g_hash_table_new_full(g_str_hash, g_str_equal, g_free,
					 NULL);
	d->renamed = g_hash_table_new_full(g_str_hash, g_str_equal, g_free,
					   g_free);
	good = list_names(d, git, file, ret_error);
	if (good && g_file_get_contents(file, &text, NULL, NULL)) {
		find_renames(d, text);
		good = check_lines(text, ret_error);
		g_free(text);
	}
	if (good)
		return d;
	diff_free(d);
	return NULL;
}

void diff_free(struct diff *d)
{
	if (!d)
		return;
	g_hash_table_unref(d->names);
	g_hash_table_unref(d->renamed);
	g_free(d);
}
