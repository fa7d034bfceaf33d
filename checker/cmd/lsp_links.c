// SPDX-License-Identifier: GPL-2.0-only
/*
 * The documentation of the rules as files. A link to a web page would need a
 * network and be about some version; this one is what the program that found it
 * says, and every editor can open a file.
 */
#include "cmd/lsp_links.h"

#include <glib.h>

#include "rules/rules.h"

/* The document; the caller frees it. */
static char *page_of(const struct rule_info *rule)
{
	return g_strdup_printf("# %s\n\n%s\n\n%s", rule->id, rule->summary,
			       rule->doc);
}

/* Another version of the program may have written it. */
static gboolean keep(const char *file, const char *page)
{
	char *there = NULL, *folder = g_path_get_dirname(file);
	gboolean good = g_file_get_contents(file, &there, NULL, NULL) &&
			!g_strcmp0(there, page);

	if (!good && !g_mkdir_with_parents(folder, 0777))
		good = g_file_set_contents(file, page, -1, NULL);
	g_free(folder);
	g_free(there);
	return good;
}

char *lsp_link(const char *rule)
{
	const struct rule_info *info = rule_info_find(rule);
	char *name, *file, *page, *uri = NULL;

	if (!info)
		return NULL;
	name = g_strconcat(info->id, ".md", NULL);
	file = g_build_filename(g_get_user_cache_dir(), "pincheck", "rules",
				name, NULL);
	page = page_of(info);
	if (keep(file, page))
		uri = g_filename_to_uri(file, NULL, NULL);
	g_free(page);
	g_free(file);
	g_free(name);
	return uri;
}
