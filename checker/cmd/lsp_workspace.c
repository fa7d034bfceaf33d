// SPDX-License-Identifier: GPL-2.0-only
/*
 * Databases by their folder, models by the folder of the documents that they
 * hold for. Whether files changed is seen by what the file system says of them.
 */
#include "cmd/lsp_workspace.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/stamp.h"
#include "cmd/common.h"
#include "cmd/lsp_log.h"
#include "cmd/models.h"
#include "cmd/run_options.h"
#include "cmd/stores.h"
#include "cmd/units.h"
#include "facts/facts.h"
#include "frontend/frontend.h"
#include "link/link.h"
#include "model/model.h"
#include "pipeline/pipeline.h"

#define DB_NAME "compile_commands.json"

/* The folder of a database. */
struct project {
	char *dir, *stamp;
	struct compile_db *db; /* NULL: it cannot be read */
	char *store_path;      /* NULL: none is wanted */
	char *store_stamp;
	struct store *store;   /* NULL: it is not there, or no use */
	gboolean linked;
};

/* The model of a folder. */
struct folder_model {
	char *stamp;
	struct run_model model;
};

struct workspace {
	const struct run_options *options;
	gboolean alone;
	struct lsp_log *log;
	char *reader;
	GHashTable *projects; /* dir -> struct project */
	GHashTable *models;   /* folder -> struct folder_model */
	guint changes;
	/* What was found last. */
	struct compile_command *cmd;
	char *file;
	const struct project *project;
};

static void project_free(void *project)
{
	struct project *p = project;

	g_free(p->dir);
	g_free(p->stamp);
	compile_db_free(p->db);
	g_free(p->store_path);
	g_free(p->store_stamp);
	store_close(p->store);
	g_free(p);
}

static void folder_model_free(void *model)
{
	struct folder_model *m = model;

	g_free(m->stamp);
	run_model_clear(&m->model);
	g_free(m);
}

struct workspace *workspace_new(const struct run_options *o, gboolean alone,
				struct lsp_log *log)
{
	struct workspace *w = g_new0(struct workspace, 1);

	w->options = o;
	w->alone = alone;
	w->log = log;
	w->projects = g_hash_table_new_full(g_str_hash, g_str_equal, NULL,
					    project_free);
	w->models = g_hash_table_new_full(g_str_hash, g_str_equal, g_free,
					  folder_model_free);
	return w;
}

void workspace_free(struct workspace *w)
{
	if (!w)
		return;
	g_hash_table_unref(w->projects);
	g_hash_table_unref(w->models);
	compile_command_free(w->cmd);
	g_free(w->file);
	g_free(w->reader);
	g_free(w);
}

/* ---- what changed ---- */

static void put_stamp(GString *out, const char *path)
{
	const struct stamp st = stamp_of(path);

	g_string_append_printf(out, "%s: %d %ju %ju %jd %jd %jd\n", path,
			       st.there, (uintmax_t)st.device,
			       (uintmax_t)st.inode, (intmax_t)st.size,
			       (intmax_t)st.modified, (intmax_t)st.changed);
}

/* Takes @now. Is it another one than *@stamp, which it becomes? */
static gboolean is_new(char **stamp, GString *now)
{
	gboolean same = !g_strcmp0(*stamp, now->str);

	g_free(*stamp);
	*stamp = g_string_free(now, FALSE);
	return !same;
}

/* ---- the database ---- */

static void load_database(struct workspace *w, struct project *p)
{
	char *file = g_build_filename(p->dir, DB_NAME, NULL);
	GString *now = g_string_new(NULL);
	char *error = NULL;

	put_stamp(now, file);
	if (is_new(&p->stamp, now)) {
		w->changes++;
		compile_db_free(p->db);
		p->db = compile_db_load(p->dir, &error);
		if (!p->db)
			lsp_log_say(w->log, "%s", error);
		g_free(error);
	}
	g_free(file);
}

/* Takes @dir. */
static struct project *project_at(struct workspace *w, char *dir)
{
	struct project *p = g_hash_table_lookup(w->projects, dir);
	const struct run_options *o = w->options;

	if (p) {
		g_free(dir);
		return p;
	}
	p = g_new0(struct project, 1);
	p->dir = dir;
	if (!o->no_store)
		p->store_path = o->store ? g_strdup(o->store) :
					   stores_default(dir, dir);
	g_hash_table_insert(w->projects, dir, p);
	return p;
}

/* NULL: there is no database for @path. */
static struct project *project_of(struct workspace *w, const char *path)
{
	char *folder = g_path_get_dirname(path);
	char *dir = w->options->db_dir ?
			    g_canonicalize_filename(w->options->db_dir, NULL) :
			    units_find_up(folder, DB_NAME);

	if (!dir)
		lsp_log_say(w->log, "%s: no " DB_NAME " there or above",
			    folder);
	g_free(folder);
	return dir ? project_at(w, dir) : NULL;
}

/* As check does: by the name it was asked for, or by the real one. */
static bool find_command(struct workspace *w, const struct project *p,
			 const char *path)
{
	char *real;

	g_clear_pointer(&w->cmd, compile_command_free);
	g_clear_pointer(&w->file, g_free);
	if (!p->db)
		return false;
	w->cmd = compile_db_command(p->db, path);
	if (w->cmd) {
		w->file = g_strdup(path);
		return true;
	}
	real = realpath(path, NULL);
	if (real)
		w->cmd = compile_db_command(p->db, real);
	if (w->cmd)
		w->file = g_strdup(real);
	free(real);
	return w->cmd != NULL;
}

/* ---- the store ---- */

/* SQLite's log is the part of the file that changed last. */
static GString *store_stamp(const struct project *p)
{
	char *log = g_strconcat(p->store_path, "-wal", NULL);
	GString *now = g_string_new(NULL);

	put_stamp(now, p->store_path);
	put_stamp(now, log);
	g_free(log);
	return now;
}

static struct store *open_store(struct workspace *w, const char *path)
{
	char *notice = NULL, *error = store_refusal(path);
	struct store *s = error ? NULL : store_open(path, &notice, &error);

	if (!s)
		lsp_log_say(w->log, "%s: not used: %s", path, error);
	g_free(notice);
	g_free(error);
	return s;
}

/* Did this program link it? Whether files changed since is not asked. */
static gboolean is_linked(struct workspace *w, struct project *p,
			  const struct run_model *m)
{
	struct link_options options = { .model = m->own,
					.model_digest = m->own_digest };

	if (!w->reader)
		w->reader = pipeline_reader();
	options.reader = w->reader;
	return link_state(p->store, &options) >= LINK_OLD;
}

static struct store *outside_of(struct workspace *w, struct project *p,
				const struct run_model *m)
{
	if (!p->store_path || w->alone)
		return NULL;
	if (!g_file_test(p->store_path, G_FILE_TEST_EXISTS)) {
		w->changes += p->store != NULL;
		g_clear_pointer(&p->store, store_close);
		g_clear_pointer(&p->store_stamp, g_free);
		return NULL;
	}
	if (is_new(&p->store_stamp, store_stamp(p))) {
		w->changes++;
		store_close(p->store);
		p->store = open_store(w, p->store_path);
		p->linked = p->store && is_linked(w, p, m);
		if (p->store)
			lsp_log_say(w->log, "%s: %s", p->store_path,
				    p->linked ? "what other files do is known" :
				    "not linked by this program:"
				    " pincheck index does");
		/* a look may move the log's end */
		is_new(&p->store_stamp, store_stamp(p));
	}
	return p->linked && !store_error(p->store) ? p->store : NULL;
}

/* ---- the model ---- */

/* Those of @found, those that were given, and what was mined. */
static GString *model_stamp(const struct workspace *w, char **found,
			    const char *mined)
{
	GString *now = g_string_new(NULL);

	for (; *found; found++)
		put_stamp(now, *found);
	for (found = w->options->models; found && *found; found++)
		put_stamp(now, *found);
	if (mined)
		put_stamp(now, mined);
	return now;
}

static gboolean has_store(const struct project *p)
{
	return p->store_path &&
	       g_file_test(p->store_path, G_FILE_TEST_EXISTS);
}

/* While a .pincheck file has an error, what there was before holds. */
static void load_model(struct workspace *w, const struct project *p,
		       struct folder_model *m, char *folder)
{
	char *paths[] = { folder, NULL };
	struct run_model fresh;

	if (run_model_load(&fresh, paths, w->options->models)) {
		run_model_add_mined(&fresh, has_store(p) ? p->store_path : NULL);
		run_model_clear(&m->model);
		m->model = fresh;
		for (char **file = fresh.found; *file; file++)
			lsp_log_say(w->log, "model: %s", *file);
		return;
	}
	run_model_clear(&fresh);
	if (!m->model.model) {
		m->model.model = model_new_builtin();
		m->model.own = model_new_builtin();
		m->model.own_digest = g_strdup("");
	}
}

static const struct run_model *model_of(struct workspace *w,
					const struct project *p, char *folder)
{
	struct folder_model *m = g_hash_table_lookup(w->models, folder);
	char *paths[] = { folder, NULL }, **found = run_model_find(paths);
	char *mined = has_store(p) ? stores_mined(p->store_path) : NULL;

	if (!m) {
		m = g_new0(struct folder_model, 1);
		g_hash_table_insert(w->models, g_strdup(folder), m);
	}
	if (is_new(&m->stamp, model_stamp(w, found, mined))) {
		w->changes++;
		load_model(w, p, m, folder);
	}
	g_strfreev(found);
	g_free(mined);
	return &m->model;
}

/* ---- all of it ---- */

bool workspace_find(struct workspace *w, const char *path,
		    struct workspace_unit *ret)
{
	struct project *p = project_of(w, path);
	const struct run_model *m;
	char *folder;

	if (!p)
		return false;
	load_database(w, p);
	if (!find_command(w, p, path)) {
		if (p->db)
			lsp_log_say(w->log, "%s: not in %s/" DB_NAME
				    ", no findings of its own", path, p->dir);
		return false;
	}
	w->project = p;
	folder = g_path_get_dirname(path);
	m = model_of(w, p, folder);
	*ret = (struct workspace_unit){ .cmd = w->cmd, .file = w->file,
					.model = m->model,
					.outside = outside_of(w, p, m) };
	g_free(folder);
	return true;
}

guint workspace_changes(const struct workspace *w)
{
	return w->changes;
}

const char *workspace_store(const struct workspace *w)
{
	const struct project *p = w->project;

	return p && p->store && p->linked ? p->store_path : NULL;
}

bool workspace_rules_over(const struct workspace *w, const char *path)
{
	char *name = g_path_get_basename(path), **given = w->options->models;
	bool over = !strcmp(name, DB_NAME) || !strcmp(name, ".pincheck");

	for (; given && *given && !over; given++) {
		char *file = g_canonicalize_filename(*given, NULL);

		over = !strcmp(file, path);
		g_free(file);
	}
	g_free(name);
	return over;
}
