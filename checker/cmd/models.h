/* SPDX-License-Identifier: GPL-2.0-only */
/* The model for a run: the built-in one and all .pincheck files for it. */
#ifndef PINCHECK_CMD_MODELS_H
#define PINCHECK_CMD_MODELS_H

#include <glib.h>

struct model;

/*
 * The .pincheck files that apply to @paths, outer folders first: in each
 * path's folder and those above it, up to the top of its git repository or
 * the folder of its compile database; only the folder itself where there is
 * neither. The caller frees it with g_strfreev.
 */
char **models_find(char **paths);

/*
 * The built-in model with @found and then @given (each NULL-terminated or
 * NULL). The caller frees it with models_free; NULL after a message on
 * stderr.
 */
struct model *models_load(char **found, char **given);
/*
 * The model of a run, and the name it has in a store; and as it was found in
 * files. Functions are summarised by that one: which flag owns what, mined or
 * built in, says nothing of what they do.
 */
struct run_model {
	struct model *model, *own;
	char *digest, *own_digest;
};
/* As models_load(); FALSE after a message. run_model_clear() is due. */
gboolean run_model_load(struct run_model *m, char **found, char **given);
void run_model_clear(struct run_model *m);
/*
 * Adds what `pincheck mine` left beside @store, the weakest of all; nothing if
 * that is NULL, or there is no such file. *@digest, unless NULL, is made anew.
 */
void models_add_mined(struct model *m, const char *store, char **digest);
/*
 * A digest of these files' bytes, in this order: two models with the same one
 * are the same. The caller frees it.
 */
char *models_digest(char **found, char **given);
/* Takes NULL. */
void models_free(struct model *m);

#endif
