// SPDX-License-Identifier: GPL-2.0-only
/* The baseline of a run: which findings are known, and which are gone. */
#include "cmd/known.h"

#include <string.h>

#include "base/folder.h"
#include "base/words.h"
#include "cmd/common.h"
#include "report/report.h"

GPtrArray *known_load(const char *file, gboolean *ret_incomplete)
{
	GPtrArray *entries = NULL;
	GError *error = NULL;
	char *text, *why;
	gsize length;

	/* A pipe may never end, nor may a device. */
	if (g_file_test(file, G_FILE_TEST_EXISTS) &&
	    !g_file_test(file, G_FILE_TEST_IS_REGULAR)) {
		cmd_say("cannot read %s: it is no regular file", file);
		return NULL;
	}
	if (!g_file_get_contents(file, &text, &length, &error)) {
		cmd_say("cannot read %s: %s", file, cmd_reason(error));
		g_error_free(error);
		return NULL;
	}
	entries = baseline_read(text, length, ret_incomplete, &why);
	if (!entries) {
		cmd_say("%s is no baseline: %s", file, why);
		g_free(why);
	}
	g_free(text);
	return entries;
}

/* Is @file one of @paths, or below? */
static gboolean is_below(const char *file, char **paths)
{
	char *full = g_canonicalize_filename(file, NULL);
	gboolean below = FALSE;

	for (; *paths && !below; paths++) {
		char *path = g_canonicalize_filename(*paths, NULL);

		below = !strcmp(path, full) || folder_rest(path, full);
		g_free(path);
	}
	g_free(full);
	return below;
}

void known_tell_gone(const GPtrArray *entries, const char *rules, char **paths)
{
	for (guint i = 0; i < entries->len; i++) {
		const struct baseline_entry *e = entries->pdata[i];

		if (e->met || !e->file || !words_have(rules, e->rule) ||
		    !is_below(e->file, paths))
			continue;
		cmd_say("baseline: gone: %s: %s%s%s [%s]", e->file,
			e->function ? e->function : "",
			e->function ? ": " : "", e->message, e->rule);
	}
}
