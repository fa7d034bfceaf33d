/* SPDX-License-Identifier: GPL-2.0-only */
/* What the parts of the emitter of Promela share; private to it. */
#ifndef PINCHECK_EVENTS_EMIT_PROMELA_H
#define PINCHECK_EVENTS_EMIT_PROMELA_H

#include "events/forms.h"

struct promela {
	GString *out;
	const struct program *program;
	int stride;	/* words of an object: of the type that has most */
	int thread;	/* the one that is written */
};

G_GNUC_PRINTF(2, 3)
static inline void put(struct promela *m, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	g_string_append_vprintf(m->out, format, args);
	va_end(args);
}

/* emit_promela.c */
bool pml_has_op(const struct promela *m, int thread, enum op_kind kind);
/* @word: NULL, or the index of an object's first word, for an invariant. */
void pml_put_value(struct promela *m, const struct value *v, const char *word);
/* "NAME = VALUE; " */
void pml_put_let(struct promela *m, const char *name, const struct value *v);

/* emit_promela_head.c */
void pml_put_head(struct promela *m);

/* emit_promela_ops.c */
/* The op's result becomes @value. */
void pml_put_set(struct promela *m, const struct op *op, const char *value);
/* An op on what is shared, but OP_SYNCHRONIZE. */
void pml_put_shared(struct promela *m, const struct op *op);
/* That one may not have ended; then the thread goes on at @next. */
void pml_put_synchronize(struct promela *m, int next);
/* When an op can run at all: " && CONDITION", or nothing. */
void pml_put_guard(struct promela *m, const struct op *op);

#endif
