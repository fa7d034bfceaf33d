/* SPDX-License-Identifier: GPL-2.0-only */
/* The model for a run: the built-in one and all .pincheck files for it. */
#ifndef PINCHECK_CMD_MODELS_H
#define PINCHECK_CMD_MODELS_H

#include <glib.h>

struct model;

/*
 * The model of a run, and the name it has in a store; and as it was found in
 * files. Functions are summarised by that one: which flag owns what, mined or
 * built in, says nothing of what they do. Models of one digest are the same.
 */
struct run_model {
	char **found;		/* files, in the order of their loading */
	struct model *model, *own;
	char *digest, *own_digest;
};

/*
 * The built-in model with the .pincheck files that apply to @paths, and then
 * with @given (NULL-terminated, or NULL). Those that apply are, outer folders
 * first, in each path's folder and above it, up to the top of its git
 * repository or the folder of its compile database; only in the folder itself
 * where there is neither. FALSE after a message; run_model_clear() is due in
 * both cases.
 */
gboolean run_model_load(struct run_model *m, char **paths, char **given);
void run_model_clear(struct run_model *m);
/* The .pincheck files that apply to @paths; the caller frees it. */
char **run_model_find(char **paths);
/*
 * Adds what `pincheck mine` left beside @store, the weakest of all; nothing if
 * that is NULL, or there is no such file.
 */
void run_model_add_mined(struct run_model *m, const char *store);
/* Takes the built-in pairs out; those that files declare stay. */
void run_model_forget_builtin(struct run_model *m);

#endif
