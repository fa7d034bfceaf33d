// SPDX-License-Identifier: GPL-2.0-only
/* Which lines of a file are new in it, by git's own comparison. */
#include "patch/private.h"

#include <stdlib.h>
#include <string.h>

static void add_span(GArray *spans, int first, int count)
{
	struct span s = { first, first + count - 1 };

	if (count > 0)
		g_array_append_val(spans, s);
}

/* No line of the files begins with "@@ ": what they have stands behind a sign. */
static void read_hunks(GArray *spans, const char *text)
{
	const char *line;
	int first, count;

	for (line = text; line; line = strchr(line, '\n')) {
		line += *line == '\n';
		if (diff_hunk_lines(line, &first, &count))
			add_span(spans, first, count);
	}
}

GArray *touched_spans(const char *before, const char *after)
{
	GArray *spans = g_array_new(FALSE, FALSE, sizeof(struct span));
	const struct git_call call = {
		.args = ARGS("diff", "--no-index", "-U0", "--no-color",
			     "--no-ext-diff", "--no-textconv", "--text", "--",
			     before, after),
		.good = 1
	};
	struct git *git;
	char *error = NULL;
	GString *out = NULL;

	if (!after)
		return spans;
	if (before) {
		git = git_nowhere("/");
		out = git_run(git, &call, &error);
		git_free(git);
	}
	if (out) {
		read_hunks(spans, out->str);
		g_string_free(out, TRUE);
	} else {
		/* made by the patch; or nobody knows, and that is said most */
		add_span(spans, 1, G_MAXINT - 1);
	}
	g_free(error);
	return spans;
}

static int compare(const void *a, const void *b)
{
	const struct span *line = a, *s = b;

	return line->first < s->first ? -1 : line->first > s->last;
}

bool touched_has(const GArray *spans, int line)
{
	const struct span key = { line, line };

	return spans->len && bsearch(&key, spans->data, spans->len,
				     sizeof(key), compare);
}
