/* SPDX-License-Identifier: GPL-2.0-only */
/* The generated parts of a semantic patch: cocci/README.md has their form. */
#ifndef PINCHECK_ENGINES_TEMPLATE_H
#define PINCHECK_ENGINES_TEMPLATE_H

#include "engines/engine.h"

/*
 * @text, a semantic patch, with its generated parts written anew for @m. The
 * caller frees it; NULL with "LINE: what is wrong" in *@ret_error, which it
 * frees as well.
 */
char *template_expand(const char *text, const struct engine_model *m,
		      char **ret_error);

#endif
