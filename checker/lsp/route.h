/* SPDX-License-Identifier: GPL-2.0-only */
/* Where a message goes: on to the other side, to one of our parts, or both. */
#ifndef PINCHECK_LSP_ROUTE_H
#define PINCHECK_LSP_ROUTE_H

#include "lsp/router.h"

void route_from_editor(struct router *r, enum frame_kind kind,
		       const struct frame *f);
void route_from_clangd(struct router *r, enum frame_kind kind,
		       const struct frame *f);

#endif
