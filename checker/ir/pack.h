/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The IR as bytes and back: what the store keeps. A function is packed by
 * itself, so that an inline of a header is kept once for all units that have
 * it; equal functions give equal bytes.
 *
 * The form is private to one version of the program, and the store rebuilt for
 * another. O(size) both ways.
 */
#ifndef PINCHECK_IR_PACK_H
#define PINCHECK_IR_PACK_H

#include "ir/ir.h"

struct wire;

GBytes *ir_pack_func(const struct func *f);
/*
 * Adds the function to @u, as its last. NULL: the bytes are damaged, and @u is
 * as it was but for expressions.
 */
struct func *ir_unpack_func(struct unit *u, GBytes *bytes);

/* What a unit holds beside its functions: skips, diagnostics, notes, ops. */
GBytes *ir_pack_frame(const struct unit *u);
/* Replaces those of @u; false: damaged, and @u is good for nothing. */
bool ir_unpack_frame(struct unit *u, GBytes *bytes);

/*
 * Expressions among other values on a wire, in both directions: a reader's go
 * to the unit @u, which a writer does not need. Each is written once and named
 * by number afterwards.
 */
struct expr_wire;
struct expr_wire *expr_wire_new(struct wire *w, struct unit *u);
void expr_wire_free(struct expr_wire *x);
/* A reader refuses what has a part, itself included, that does not fit. */
void expr_wire_only(struct expr_wire *x, bool (*fits)(const struct expr *e));
/*
 * NULL stays NULL. What is read has the operands of its kind, and is neither
 * so deep nor so large that a walk over it would not end well.
 */
void expr_wire(struct expr_wire *x, const struct expr **e);

void wire_loc(struct wire *w, struct src_loc *loc);

#endif
