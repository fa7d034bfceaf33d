/* SPDX-License-Identifier: GPL-2.0-only */
/* The engine "cocci", and the semantic patches that it runs. */
#ifndef PINCHECK_ENGINES_COCCI_H
#define PINCHECK_ENGINES_COCCI_H

#include "engines/engine.h"

extern const struct engine engine_cocci;

/* "put_before_wait.cocci" for "put-before-wait"; the caller frees it. */
char *cocci_file_name(const char *rule);
/*
 * The semantic patch of a rule, written for @m. The caller frees it; NULL with
 * one line in *@ret_error, which it frees as well.
 */
char *cocci_patch(const char *rule, const struct engine_model *m,
		  char **ret_error);

#endif
