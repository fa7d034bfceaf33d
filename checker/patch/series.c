// SPDX-License-Identifier: GPL-2.0-only
/*
 * What is to be judged: a diff, mails, or commits. All become diffs in files of
 * the scratch folder, which are read by the same means.
 *
 * Mails are not put in the order of their "[PATCH 2/3]", nor are other versions
 * of a series told apart: a box is one series.
 */
#include "patch/private.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/printable.h"

#define INPUT_BYTES (256 * 1024 * 1024)
#define PATCHES 1000

struct reader {
	const struct series_source *source;
	const char *scratch;
	struct git *git; /* in the scratch folder */
	struct series *series;
	bool unknown; /* what was asked for is not there */
};

static void patch_free(void *data)
{
	struct patch *p = data;

	g_free(p->diff);
	g_free(p->subject);
	g_free(p->commit);
	diff_free(p->about);
	g_free(p);
}

void series_free(struct series *s)
{
	if (!s)
		return;
	g_ptr_array_unref(s->patches);
	g_free(s->base);
	g_free(s);
}

/* ---- one patch ---- */

/*
 * Mailers and editors end all lines in CR LF; in what git wrote, its own lines
 * never do, whatever the file has.
 */
static bool is_crlf(const char *text)
{
	const char *line;
	size_t n;

	for (line = text; line; line = strchr(line, '\n')) {
		line += *line == '\n';
		if (g_str_has_prefix(line, "diff ") ||
		    g_str_has_prefix(line, "--- ")) {
			n = strcspn(line, "\n");
			return line[n - 1] == '\r';
		}
	}
	return false;
}

static GString *plain_lines(const char *text, gsize size)
{
	GString *plain = g_string_new_len(text, (gssize)size);

	if (is_crlf(plain->str))
		g_string_replace(plain, "\r\n", "\n", 0);
	return plain;
}

static struct patch *write_patch(struct reader *r, const char *text,
				 gsize size, char **ret_error)
{
	struct patch *p = g_new0(struct patch, 1);
	GString *plain = plain_lines(text, size);
	char *name = g_strdup_printf("%04u.diff", r->series->patches->len + 1);

	p->diff = g_build_filename(r->scratch, name, NULL);
	if (file_write(p->diff, plain->str, plain->len, ret_error))
		p->about = diff_read(r->git, p->diff, ret_error);
	g_string_free(plain, TRUE);
	g_free(name);
	if (p->about)
		return p;
	patch_free(p);
	return NULL;
}

void patch_name(char **error, unsigned k, unsigned n, const char *subject)
{
	GString *text = g_string_new(NULL);

	if (n != 1)
		g_string_append_printf(text, "patch %u", k);
	if (n > 1)
		g_string_append_printf(text, "/%u", n);
	if (subject) {
		g_string_append(text, text->len ? " \"" : "\"");
		printable_append(text, subject);
		g_string_append_c(text, '"');
	}
	if (text->len)
		g_string_append(text, ": ");
	g_string_append(text, *error);
	g_free(*error);
	*error = g_string_free(text, FALSE);
}

/* What names no file is no patch. */
static bool add_patch(struct reader *r, const char *text, gsize size,
		      const char *subject, const char *commit,
		      char **ret_error)
{
	struct patch *p = write_patch(r, text, size, ret_error);

	if (!p) {
		/* how many there are is not known yet */
		if (subject)
			patch_name(ret_error, r->series->patches->len + 1, 0,
				   subject);
		return false;
	}
	if (!g_hash_table_size(p->about->names)) {
		patch_free(p);
		return true;
	}
	if (r->series->patches->len == PATCHES) {
		patch_free(p);
		return patch_fail(ret_error, "more than %d patches", PATCHES);
	}
	p->subject = subject && *subject ? g_strdup(subject) : NULL;
	p->commit = g_strdup(commit);
	g_ptr_array_add(r->series->patches, p);
	return true;
}

/* ---- a file ---- */

static GString *read_all(int fd, char **ret_error)
{
	GString *text = g_string_new(NULL);
	char *buffer = g_malloc(1 << 16);
	ssize_t n;

	while (text->len <= INPUT_BYTES) {
		n = read(fd, buffer, 1 << 16);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			patch_fail(ret_error, "%s", g_strerror(errno));
		if (n <= 0)
			break;
		g_string_append_len(text, buffer, n);
	}
	if (text->len > INPUT_BYTES)
		patch_fail(ret_error, "is too large");
	g_free(buffer);
	if (!*ret_error)
		return text;
	g_string_free(text, TRUE);
	return NULL;
}

static GString *read_input(const char *what, char **ret_error)
{
	GString *text;
	int fd;

	if (!strcmp(what, "-"))
		return read_all(STDIN_FILENO, ret_error);
	fd = open(what, O_RDONLY | O_CLOEXEC);
	if (fd < 0) {
		patch_fail(ret_error, "%s", g_strerror(errno));
		return NULL;
	}
	text = read_all(fd, ret_error);
	close(fd);
	return text;
}

static bool add_mail(const char *text, gsize size, const char *subject,
		     void *data, bool *ret_found, char **ret_error)
{
	struct reader *r = data;
	guint before = r->series->patches->len;
	bool good = add_patch(r, text, size, subject, NULL, ret_error);

	*ret_found = r->series->patches->len > before;
	return good;
}

static bool read_file(struct reader *r, char **ret_error)
{
	GString *text = read_input(r->source->what, ret_error);
	bool good;

	if (!text)
		return false;
	if (!mails_are(text->str))
		good = add_patch(r, text->str, text->len, NULL, NULL,
				 ret_error);
	else if (strlen(text->str) < text->len)
		good = patch_fail(ret_error, "a mail with a NUL byte");
	else
		good = mails_read(text, r->git, r->scratch, add_mail, r,
				  ret_error);
	g_string_free(text, TRUE);
	return good;
}

/* ---- commits ---- */

struct commit {
	char *oid, *parent, *subject; /* parent "": it has none */
};

static void commit_free(void *data)
{
	struct commit *c = data;

	g_free(c->oid);
	g_free(c->parent);
	g_free(c->subject);
	g_free(c);
}

/* The commit of a revision that is one; NULL: it is a range, or nothing. */
static char *resolve(const struct git *git, const char *revision,
		     char **ret_error)
{
	char *name = g_strconcat(revision, "^{commit}", NULL);
	const struct git_call call = {
		.args = ARGS("rev-parse", "--verify", "--end-of-options", name)
	};
	GString *out = git_run(git, &call, ret_error);

	g_free(name);
	if (!out)
		return NULL;
	g_string_truncate(out, strcspn(out->str, "\n"));
	return g_string_free(out, FALSE);
}

/* Does a revision or range name what is not there? Else git itself failed. */
static bool is_unknown(const struct git *git, const char *what)
{
	const struct git_call call = {
		.args = ARGS("rev-parse", "--end-of-options", what, "--")
	};
	char *error = NULL;
	GString *out = git_run(git, &call, &error);
	bool unknown = !out && (g_str_has_prefix(error, "bad revision") ||
				g_str_has_prefix(error, "not a git repository"));

	g_free(error);
	if (out)
		g_string_free(out, TRUE);
	return unknown;
}

/* "OID\0PARENTS\0SUBJECT\0\n" for each; what is no such row ends it. */
static GPtrArray *read_commits(const GString *out)
{
	GPtrArray *commits = g_ptr_array_new_with_free_func(commit_free);
	const char *at = out->str, *end = at + out->len;

	while (at < end) {
		struct commit *c = g_new0(struct commit, 1);

		c->oid = g_strdup(at);
		at = MIN(at + strlen(at) + 1, end);
		c->parent = g_strndup(at, strcspn(at, " "));
		at = MIN(at + strlen(at) + 1, end);
		c->subject = g_strdup(at);
		at = MIN(at + strlen(at) + 1, end);
		at += *at == '\n';
		g_ptr_array_add(commits, c);
	}
	return commits;
}

/* Of "A...B", those of B: a series is one line of commits. */
static GPtrArray *list_commits(const struct git *git, const char *what,
			       int max, char **ret_error)
{
	char *count = g_strdup_printf("--max-count=%d", max);
	const struct git_call call = {
		.args = ARGS("rev-list", "--first-parent", "--reverse",
			     "--right-only", "--no-commit-header",
			     "--encoding=UTF-8",
			     "--format=%H%x00%P%x00%s%x00", count,
			     "--end-of-options", what, "--")
	};
	GString *out = git_run(git, &call, ret_error);
	GPtrArray *commits;

	g_free(count);
	if (!out)
		return NULL;
	commits = read_commits(out);
	g_string_free(out, TRUE);
	return commits;
}

/* A revision that is one means that commit, not all that led to it. */
static GPtrArray *find_commits(const struct git *git, const char *what,
			       char **ret_error)
{
	char *one = resolve(git, what, ret_error);
	GPtrArray *commits;

	g_clear_pointer(ret_error, g_free);
	if (!one)
		return list_commits(git, what, PATCHES + 1, ret_error);
	commits = list_commits(git, one, 1, ret_error);
	g_free(one);
	return commits;
}

static bool add_commit(struct reader *r, const struct git *git,
		       const struct commit *c, char **ret_error)
{
	const struct git_call call = {
		.args = ARGS("diff-tree", "-r", "-p", "-U3", "-M",
			     "--full-index", "--no-color", "--no-ext-diff",
			     "--no-textconv", "--relative",
			     "--ignore-submodules=all", c->parent, c->oid, "--")
	};
	GString *out = git_run(git, &call, ret_error);
	bool good;

	if (!out)
		return false;
	good = add_patch(r, out->str, out->len, c->subject, c->oid, ret_error);
	g_string_free(out, TRUE);
	return good;
}

/* Each is the first parent of the next, and the first has one, too. */
static bool check_commits(const GPtrArray *commits, char **ret_error)
{
	if (commits->len > PATCHES)
		return patch_fail(ret_error, "more than %d patches", PATCHES);
	for (guint i = 0; i < commits->len; i++) {
		const struct commit *c = commits->pdata[i];

		if (!*c->parent)
			return patch_fail(ret_error,
					  "%.12s has no parent: it is the first commit, or the clone is shallow",
					  c->oid);
	}
	return true;
}

static bool add_commits(struct reader *r, const GPtrArray *commits,
			char **ret_error)
{
	const struct commit *first = commits->len ? commits->pdata[0] : NULL;
	char *own = g_build_filename(r->scratch, "series.git", NULL);
	struct git *git = NULL;
	bool good = check_commits(commits, ret_error);

	if (good && first) {
		r->series->base = g_strdup(first->parent);
		git = git_shadow(r->source->tree, own, ret_error);
		good = git;
	}
	for (guint i = 0; good && i < commits->len; i++)
		good = add_commit(r, git, commits->pdata[i], ret_error);
	git_free(git);
	g_free(own);
	return good;
}

static bool read_range(struct reader *r, char **ret_error)
{
	struct git *git;
	GPtrArray *commits;
	bool good;

	if (!r->source->tree || *r->source->what == '-') {
		r->unknown = true;
		return patch_fail(ret_error, "no such file");
	}
	git = git_repository(r->source->tree);
	commits = find_commits(git, r->source->what, ret_error);
	r->unknown = !commits && is_unknown(git, r->source->what);
	good = commits && add_commits(r, commits, ret_error);
	g_clear_pointer(&commits, g_ptr_array_unref);
	git_free(git);
	return good;
}

/* ---- the whole ---- */

static bool set_base(struct reader *r, char **ret_error)
{
	struct git *git = git_repository(r->source->tree);

	g_free(r->series->base);
	r->series->base = resolve(git, r->source->base, ret_error);
	r->unknown = *ret_error && is_unknown(git, r->source->base);
	git_free(git);
	if (*ret_error) {
		char *why = *ret_error;

		patch_fail(ret_error, "base %s: %s", r->source->base, why);
		g_free(why);
	}
	return !*ret_error;
}

static bool read_source(struct reader *r, char **ret_error)
{
	const char *what = r->source->what;
	bool is_file = !strcmp(what, "-") ||
		       g_file_test(what, G_FILE_TEST_EXISTS);

	if (!(is_file ? read_file(r, ret_error) : read_range(r, ret_error)))
		return false;
	if (!r->series->patches->len)
		return patch_fail(ret_error, "there is no patch in it");
	return !r->source->base || set_base(r, ret_error);
}

struct series *series_read(const struct series_source *source,
			   const char *scratch, bool *ret_unknown,
			   char **ret_error)
{
	struct reader r = { .source = source, .scratch = scratch };
	char *error = NULL, *what;

	r.git = git_nowhere(scratch);
	r.series = g_new0(struct series, 1);
	r.series->patches = g_ptr_array_new_with_free_func(patch_free);
	if (!read_source(&r, &error)) {
		what = printable(source->what);
		*ret_error = g_strdup_printf("%s: %s",
					     strcmp(what, "-") ? what : "stdin",
					     error);
		g_free(what);
		g_free(error);
		g_clear_pointer(&r.series, series_free);
	}
	if (ret_unknown)
		*ret_unknown = r.unknown;
	git_free(r.git);
	return r.series;
}
