/* SPDX-License-Identifier: GPL-2.0-only */
/* What the parts of the emitter of C share; private to it. */
#ifndef PINCHECK_EVENTS_EMIT_C_H
#define PINCHECK_EVENTS_EMIT_C_H

#include "events/forms.h"

enum lock_class { CLASS_SPIN, CLASS_MUTEX, CLASS_BIT, CLASS_RWSEM };

/* What is done with a field anywhere decides what it is in C. */
struct word_use {
	bool rmw;		/* an atomic_t */
	bool queue;		/* names a wait queue */
	unsigned int locks;	/* 1 << each enum lock_kind */
};

struct c_file {
	GString *out;
	const struct program *program; /* the control, where there is one */
	const struct program *plain;
	struct word_use **uses;	/* [type][field] */
	/* The thread that is written. */
	const struct thread *thread;
	int index;
	bool placed;		/* the last #line is of analysed code */
};

G_GNUC_PRINTF(2, 3)
static inline void put(struct c_file *c, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	g_string_append_vprintf(c->out, format, args);
	va_end(args);
}

/* emit_c.c */
/* Does some object of the type not exist at the start? */
bool c_is_allocated(const struct c_file *c, int type);
/* Is the agent run by RCU? Else it is a work. */
bool c_is_callback(const struct c_file *c, int agent);

/* emit_c_declarations.c */
void c_put_declarations(struct c_file *c);

/* emit_c_ops.c */
void c_put_op(struct c_file *c, const struct op *op);

/* emit_c_values.c */
void c_put_type(struct c_file *c, int type);
void c_put_field(struct c_file *c, int type, int field);
void c_put_reg(struct c_file *c, int reg);
void c_put_value(struct c_file *c, const struct value *v);
/* Without the parentheses around it. */
void c_put_bare(struct c_file *c, const struct value *v);
/* The same; @object: 0, or of which object the registers are the words. */
void c_put_bare_of(struct c_file *c, const struct value *v, int type,
		   int object);
/* A value that is stored: only what is computed can fail to fit. */
void c_put_fitting(struct c_file *c, const struct value *v);
/* The word itself, an lvalue. */
void c_put_word(struct c_file *c, const struct place *place);
/* Fills @c->uses with what @p does with fields. */
void c_note_uses(struct c_file *c, const struct program *p);
enum lock_class c_lock_class(const struct word_use *use);

#endif
