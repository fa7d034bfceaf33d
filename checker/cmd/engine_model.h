/* SPDX-License-Identifier: GPL-2.0-only */
/* The model in the plain words that engines understand. */
#ifndef PINCHECK_CMD_ENGINE_MODEL_H
#define PINCHECK_CMD_ENGINE_MODEL_H

struct engine_model;
struct model;
struct pair_decl;

/* What engines need of @m, copied. Freed with engine_model_free. */
struct engine_model *engine_model_of(const struct model *m);
/* Adds a copy of @d, unless the flag has a pair already. */
void engine_model_add(struct engine_model *em, const struct pair_decl *d);

#endif
