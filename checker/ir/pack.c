// SPDX-License-Identifier: GPL-2.0-only
/*
 * Each structure of ir.h as a sequence of its fields, in one function for both
 * directions.
 */
#include "ir/pack.h"

#include "base/wire.h"

struct pack {
	struct wire *w;
	struct unit *unit;	/* of a reader: where all goes */
	struct func *func;
	struct expr_wire *exprs;
};

static void pack_expr(struct pack *p, const struct expr **e)
{
	expr_wire(p->exprs, e);
}

/* One that cannot be missing. */
static void pack_needed(struct pack *p, const struct expr **e)
{
	pack_expr(p, e);
	if (!*e)
		wire_fail(p->w);
}

/* Room for the elements that follow; a writer has them already. */
#define pack_array(p, array, n) \
	do { \
		(n) = wire_count((p)->w, n); \
		if (wire_reads((p)->w)) \
			(array) = arena_alloc((p)->unit->arena, \
					      sizeof(*(array)) * (gsize)(n)); \
	} while (0)

static void pack_args(struct pack *p, struct event *ev)
{
	int i;

	pack_array(p, ev->args, ev->n_args);
	for (i = 0; i < ev->n_args; i++)
		pack_needed(p, &ev->args[i]);
}

static void pack_event(struct pack *p, struct event *ev)
{
	wire_enum(p->w, ev->kind, EVENT_RETURN + 1);
	wire_enum(p->w, ev->access, ACCESS_ADDRESS + 1);
	wire_int(p->w, &ev->id);
	wire_int(p->w, &ev->op);
	wire_bool(p->w, &ev->is_init);
	wire_bool(p->w, &ev->once);
	wire_enum(p->w, ev->by, 128);
	wire_bool(p->w, &ev->asm_memory);
	pack_expr(p, &ev->lvalue);
	pack_expr(p, &ev->value);
	pack_expr(p, &ev->callee);
	pack_args(p, ev);
	wire_loc(p->w, &ev->loc);
	wire_string(p->w, &ev->macro);
	wire_string(p->w, &ev->return_record);
	wire_int(p->w, &ev->return_pointers);
}

static void pack_successors(struct pack *p, struct block *b)
{
	int i, to;

	pack_array(p, b->succ, b->n_succ);
	for (i = 0; i < b->n_succ; i++) {
		to = wire_reads(p->w) ? 0 : b->succ[i]->id;
		to = wire_choice(p->w, to, p->func->n_blocks);
		if (!wire_failed(p->w))
			b->succ[i] = &p->func->blocks[to];
	}
}

static void pack_cases(struct pack *p, struct block *b)
{
	int wanted = b->jump == JUMP_SWITCH ? MAX(b->n_succ - 1, 0) : 0;
	int i, n = wanted;

	pack_array(p, b->cases, n);
	if (n != wanted)
		wire_fail(p->w);
	for (i = 0; i < n; i++) {
		wire_int64(p->w, &b->cases[i].low);
		wire_int64(p->w, &b->cases[i].high);
		wire_string(p->w, &b->cases[i].name);
	}
}

static void pack_block(struct pack *p, struct block *b)
{
	int i;

	b->id = (int)(b - p->func->blocks);
	pack_array(p, b->events, b->n_events);
	for (i = 0; i < b->n_events; i++)
		pack_event(p, &b->events[i]);
	wire_enum(p->w, b->jump, JUMP_NORETURN + 1);
	pack_expr(p, &b->cond);
	wire_loc(p->w, &b->cond_loc);
	wire_string(p->w, &b->cond_macro);
	wire_string(p->w, &b->cond_of);
	pack_successors(p, b);
	pack_cases(p, b);
	wire_bool(p->w, &b->loop_head);
	wire_string(p->w, &b->label);
}

static void pack_local(struct pack *p, struct local *l)
{
	wire_string(p->w, &l->name);
	wire_string(p->w, &l->record);
	wire_int(p->w, &l->pointers);
	wire_bool(p->w, &l->is_param);
	wire_bool(p->w, &l->address_taken);
	wire_bool(p->w, &l->is_pointer);
	wire_string(p->w, &l->type);
}

static void pack_signature(struct pack *p, struct func *f)
{
	wire_string(p->w, &f->name);
	wire_loc(p->w, &f->loc);
	wire_loc(p->w, &f->end);
	wire_bool(p->w, &f->is_static);
	wire_bool(p->w, &f->is_inline);
	wire_bool(p->w, &f->is_weak);
	wire_bool(p->w, &f->in_main_file);
	wire_string(p->w, &f->return_record);
	wire_int(p->w, &f->return_pointers);
	wire_bool(p->w, &f->returns_void);
	wire_bool(p->w, &f->returns_pointer);
	wire_bool(p->w, &f->returns_bool);
	wire_string(p->w, &f->annotations);
	wire_int(p->w, &f->n_params);
	wire_int(p->w, &f->n_events);
}

static void pack_func(struct pack *p, struct func *f)
{
	int i;

	p->func = f;
	pack_signature(p, f);
	pack_array(p, f->locals, f->n_locals);
	for (i = 0; i < f->n_locals; i++)
		pack_local(p, &f->locals[i]);
	pack_array(p, f->blocks, f->n_blocks);
	for (i = 0; i < f->n_blocks; i++)
		pack_block(p, &f->blocks[i]);
}

GBytes *ir_pack_func(const struct func *f)
{
	struct pack p = { .w = wire_writer() };

	p.exprs = expr_wire_new(p.w, NULL);
	pack_func(&p, (struct func *)f);
	expr_wire_free(p.exprs);
	return wire_finish(p.w);
}

/* Damage that still reads as something. */
static bool is_valid(const struct func *f)
{
	char *wrong;

	if (!f->name || !f->loc.file || !f->n_blocks || f->n_params < 0 ||
	    f->n_params > f->n_locals)
		return false;
	wrong = ir_validate(f);
	g_free(wrong);
	return !wrong;
}

struct func *ir_unpack_func(struct unit *u, GBytes *bytes)
{
	struct pack p = { .w = wire_reader(bytes), .unit = u };
	struct func *f = arena_new_object(u->arena, struct func);
	bool good;

	p.exprs = expr_wire_new(p.w, u);
	f->unit = u;
	pack_func(&p, f);
	expr_wire_free(p.exprs);
	good = wire_done(p.w);
	if (!good || !is_valid(f))
		return NULL;
	g_ptr_array_add(u->funcs, f);
	g_hash_table_insert(u->by_name, (gpointer)f->name, f);
	return f;
}

/* ---- the frame ---- */

/* The elements of one of the unit's arrays, whatever they are. */
static void pack_elements(struct pack *p, GArray *array,
			  void (*element)(struct pack *p, void *element))
{
	guint i, n;

	n = (guint)wire_count(p->w, (int)array->len);
	if (wire_reads(p->w))
		g_array_set_size(array, n);
	for (i = 0; i < n; i++)
		element(p, array->data + i * g_array_get_element_size(array));
}

static void pack_skip(struct pack *p, void *element)
{
	struct skipped *s = element;

	wire_string(p->w, &s->file);
	wire_string(p->w, &s->function);
	wire_string(p->w, &s->reason);
}

static void pack_ops(struct pack *p, void *element)
{
	struct ops_entry *o = element;

	wire_string(p->w, &o->record);
	wire_string(p->w, &o->member);
	wire_string(p->w, &o->variable);
	wire_string(p->w, &o->function);
}

static void pack_home(struct pack *p, void *element)
{
	struct record_home *h = element;

	wire_string(p->w, &h->record);
	wire_string(p->w, &h->file);
}

static void pack_note(struct pack *p, void *element)
{
	struct member_note *n = element;

	wire_string(p->w, &n->record);
	wire_string(p->w, &n->member);
	wire_string(p->w, &n->annotation);
	wire_loc(p->w, &n->loc);
}

static void pack_diagnostic(struct pack *p, void *element)
{
	struct diagnostic *d = element;

	wire_loc(p->w, &d->loc);
	wire_bool(p->w, &d->fatal);
	wire_string(p->w, &d->text);
}

static void pack_frame(struct pack *p, struct unit *u)
{
	pack_elements(p, u->skips, pack_skip);
	pack_elements(p, u->ops, pack_ops);
	pack_elements(p, u->homes, pack_home);
	pack_elements(p, u->member_notes, pack_note);
	pack_elements(p, u->diagnostics, pack_diagnostic);
}

GBytes *ir_pack_frame(const struct unit *u)
{
	struct pack p = { .w = wire_writer() };

	pack_frame(&p, (struct unit *)u);
	return wire_finish(p.w);
}

bool ir_unpack_frame(struct unit *u, GBytes *bytes)
{
	struct pack p = { .w = wire_reader(bytes), .unit = u };

	pack_frame(&p, u);
	return wire_done(p.w);
}
