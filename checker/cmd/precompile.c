// SPDX-License-Identifier: GPL-2.0-only
/*
 * What many units include is parsed once before the run, in workers like all
 * that is parsed. Nothing here can fail a run: units are parsed by themselves
 * if there is no set, or none for them.
 */
#include "cmd/precompile.h"

#include "base/scratch.h"
#include "cmd/check.h"
#include "cmd/workers.h"
#include "facts/facts.h"
#include "frontend/frontend.h"
#include "pipeline/pipeline.h"

struct precompile {
	const struct check_run *run;
	GPtrArray *commands;	/* of the units that will be parsed; borrowed */
	struct scratch *temporary; /* without a store */
	struct headers *headers;
};

/* ---- in workers ---- */

static GBytes *build(size_t i, void *data)
{
	const struct precompile *p = data;

	headers_build(p->headers, i);
	return g_bytes_new(NULL, 0);
}

static gboolean built(size_t i, GBytes *result, char **ret_why, void *data)
{
	return TRUE;
}

static void lost(size_t i, const char *reason, void *data)
{
}

static int build_timeout(size_t i, void *data)
{
	const struct precompile *p = data;

	return p->run->options->timeout;
}

static void hear_noise(const char *line, void *data)
{
	const struct precompile *p = data;

	g_ptr_array_add(p->run->noise, g_strdup(line));
}

/* ---- in the parent ---- */

/* A connection does not survive a fork, so it is closed again. */
static void add_unread(struct precompile *p, const struct pipeline_options *opt)
{
	struct pipeline_options own = *opt;
	const GPtrArray *units = p->run->units->list;
	char *notice = NULL, *error = NULL;

	if (p->run->options->store)
		own.store = store_open(p->run->options->store, &notice, &error);
	for (guint i = 0; i < units->len; i++) {
		const struct check_unit *u = units->pdata[i];

		if (!own.store || !pipeline_is_stored(u->cmd, &own))
			g_ptr_array_add(p->commands, u->cmd);
	}
	store_close(own.store);
	g_free(notice);
	g_free(error);
}

static char *folder_of(struct precompile *p)
{
	char *dir, *folder;

	if (!p->run->options->store) {
		p->temporary = scratch_make(NULL);
		return p->temporary ?
			       g_strdup(scratch_folder(p->temporary)) : NULL;
	}
	dir = g_path_get_dirname(p->run->options->store);
	folder = g_build_filename(dir, "headers", NULL);
	g_free(dir);
	return folder;
}

static void build_all(struct precompile *p)
{
	struct workers_job job = {
		headers_missing(p->headers), p->run->options->jobs, p, build_timeout,
		build, built, lost, hear_noise, NULL
	};

	if (job.count)
		workers_run(&job);
}

struct precompile *precompile(const struct check_run *run,
			      const struct pipeline_options *opt)
{
	struct precompile *p = g_new0(struct precompile, 1);
	char *folder = NULL;

	p->run = run;
	p->commands = g_ptr_array_new();
	add_unread(p, opt);
	if (headers_pay(p->commands->len))
		folder = folder_of(p);
	if (folder)
		p->headers = headers_plan((const struct compile_command *const *)
					  p->commands->pdata,
					  p->commands->len, folder);
	g_free(folder);
	if (p->headers) {
		build_all(p);
		return p;
	}
	precompile_free(p);
	return NULL;
}

struct headers *precompile_headers(const struct precompile *p)
{
	return p ? p->headers : NULL;
}

void precompile_free(struct precompile *p)
{
	if (!p)
		return;
	headers_free(p->headers);
	scratch_remove(p->temporary);
	g_ptr_array_unref(p->commands);
	g_free(p);
}
