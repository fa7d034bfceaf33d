// SPDX-License-Identifier: GPL-2.0-only
/*
 * Two copies of the store, that of the state before a patch and that of the
 * state after it, because both are asked when what changed is known.
 */
#include "cmd/patch_worlds.h"

#include "cmd/link_run.h"
#include "cmd/run_options.h"
#include "cmd/stores.h"
#include "facts/facts.h"
#include "facts/program.h"
#include "link/link.h"

struct patch_worlds {
	const struct run_model *model;
	GPtrArray *noise;
	struct run_options state[2]; /* each with a copy for a store */
	int before;		     /* which of them; the other is after */
};

static gboolean copy_store(const char *from, const char *to)
{
	struct store *s = stores_open(from);
	char *why = s ? store_copy(s, to) : NULL;
	gboolean good = s && !why;

	store_close(s);
	g_free(why);
	return good;
}

static gboolean link_copy(const struct patch_worlds *w, int which,
			   struct units *units)
{
	return link_units(&w->state[which], w->model, units, w->noise);
}

struct patch_worlds *patch_worlds_new(const struct run_options *o,
				      const struct run_model *m,
				      const char *scratch, struct units *units,
				      GPtrArray *noise)
{
	static const char *const names[] = { "world-a.db", "world-b.db" };
	struct patch_worlds *w = g_new0(struct patch_worlds, 1);

	w->model = m;
	w->noise = noise;
	for (int i = 0; i < 2; i++) {
		w->state[i] = *o;
		w->state[i].overlaid = TRUE;
		w->state[i].store = g_build_filename(scratch, names[i], NULL);
	}
	if (copy_store(o->store, w->state[0].store) && link_copy(w, 0, units))
		return w;
	patch_worlds_free(w);
	return NULL;
}

void patch_worlds_free(struct patch_worlds *w)
{
	if (!w)
		return;
	for (int i = 0; i < 2; i++)
		g_free(w->state[i].store);
	g_free(w);
}

/* ---- which worlds differ ---- */

static char **list_differing(const struct patch_worlds *w)
{
	struct store *before = stores_open(w->state[w->before].store);
	struct store *after = stores_open(w->state[!w->before].store);
	char **files = NULL;

	if (before && after)
		files = link_changed(before, after);
	store_close(before);
	store_close(after);
	return files;
}

/* ---- steps ---- */

static void forget(const char *store, const GPtrArray *gone)
{
	struct store *s = gone->len ? stores_open(store) : NULL;

	for (guint i = 0; s && i < gone->len; i++)
		store_forget(s, gone->pdata[i]);
	store_close(s);
}

char **patch_worlds_step(struct patch_worlds *w, struct units *units,
			 const GPtrArray *gone)
{
	const char *next = w->state[!w->before].store;

	if (!copy_store(w->state[w->before].store, next))
		return NULL;
	forget(next, gone);
	return link_copy(w, !w->before, units) ? list_differing(w) : NULL;
}

const struct run_options *patch_worlds_options(const struct patch_worlds *w,
					       gboolean after)
{
	return &w->state[after ? !w->before : w->before];
}

GPtrArray *patch_worlds_lacking(const struct patch_worlds *w, gboolean after,
				const struct units *units)
{
	GPtrArray *lacking = g_ptr_array_new_with_free_func(g_free);
	struct store *s = stores_open(patch_worlds_options(w, after)->store);

	for (guint i = 0; i < units->list->len; i++) {
		const struct check_unit *u = units->list->pdata[i];

		if (!s || !store_has_unit(s, u->file))
			g_ptr_array_add(lacking, g_strdup(u->file));
	}
	store_close(s);
	return lacking;
}

void patch_worlds_advance(struct patch_worlds *w)
{
	w->before = !w->before;
}
