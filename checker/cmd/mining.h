/* SPDX-License-Identifier: GPL-2.0-only */
/* Mining beside a model: what the model knows is not proposed. */
#ifndef PINCHECK_CMD_MINING_H
#define PINCHECK_CMD_MINING_H

struct evidence;
struct mining;
struct model;

/* As mine() does; the caller frees it with mining_free(). */
struct mining *mining_beside(const struct evidence *e, const struct model *m);

#endif
