// SPDX-License-Identifier: GPL-2.0-only
/*
 * pincheck merge: the stores that `pincheck index --shard` made become one. No
 * source is looked at, so it runs where there is none.
 */
#include "cmd/common.h"
#include "cmd/stores.h"
#include "facts/facts.h"

struct options {
	char *output, **stores;
};

static int parse(int argc, char **argv, struct options *o)
{
	const GOptionEntry entries[] = {
		{ "output", 'o', 0, G_OPTION_ARG_FILENAME, &o->output,
		  "The store to make, or to add to", "FILE" },
		{ G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_FILENAME_ARRAY,
		  &o->stores, NULL, "STORE..." },
		G_OPTION_ENTRY_NULL
	};

	return cmd_parse(argc, argv, entries, NULL,
			 "Adds the units of facts stores to one. Of a unit that"
			 " two have, the one stays that\nagrees with the later"
			 " look at its files; if both do, or neither, the"
			 " first.\n\nExit status: 0 merged, 2 wrong usage, 3"
			 " incomplete: some store could not be read.");
}

/* Before anything is written: are they all stores? */
static int check_stores(char **stores)
{
	int status = CMD_GO;
	char *why;

	for (; *stores; stores++) {
		why = store_refusal(*stores);
		if (!why)
			continue;
		cmd_say("%s: %s", *stores, why);
		g_free(why);
		status = STATUS_INCOMPLETE;
	}
	return status;
}

static void tell_conflicts(const char *path, const struct store_merged *m)
{
	if (m->conflicts)
		cmd_say("%s: %" G_GINT64_FORMAT " unit%s read otherwise, left"
			" out: %s%s", path, m->conflicts,
			m->conflicts == 1 ? "" : "s", m->example,
			m->conflicts == 1 ? "" : ", ...");
}

static int add(struct store *s, const char *path)
{
	struct store_merged merged;
	char *error = store_merge(s, path, &merged);

	if (error)
		cmd_say("%s", error);
	else
		tell_conflicts(path, &merged);
	store_merged_clear(&merged);
	g_free(error);
	return error ? STATUS_INCOMPLETE : STATUS_OK;
}

static int merge(const struct options *o)
{
	struct store *s = stores_open(o->output);
	int status = s ? STATUS_OK : STATUS_INCOMPLETE;
	char **path;

	for (path = o->stores; !status && *path; path++)
		status = add(s, *path);
	if (s)
		stores_tell(s, o->output, status ? "; INCOMPLETE" : "");
	store_close(s);
	return status;
}

static int check_and_merge(const struct options *o)
{
	int status;

	if (!o->output)
		return cmd_usage("-o FILE is missing: where to merge into");
	if (!o->stores)
		return cmd_usage("no store given");
	status = check_stores(o->stores);
	return status == CMD_GO ? merge(o) : status;
}

int cmd_merge(int argc, char **argv)
{
	struct options o = { 0 };
	int status = parse(argc, argv, &o);

	if (status == CMD_GO)
		status = check_and_merge(&o);
	g_free(o.output);
	g_strfreev(o.stores);
	return status;
}
