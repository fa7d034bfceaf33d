// SPDX-License-Identifier: GPL-2.0-only
/*
 * The IR as text: expressions as C, for messages; functions and units as the
 * dump that people and tests/cfg read. docs: one line an event,
 *
 *	  ID KIND DETAIL  @LINE:COLUMN [MACRO]
 *
 * and one line for the jump that ends a block. It prints all there is and
 * nothing that differs from run to run.
 */
#include "ir/ir.h"

struct printer {
	GString *out;
	const struct func *func; /* may be NULL */
	bool ids;		 /* dump: tell equal-looking calls apart */
};

/* How tightly the surroundings of an expression bind. */
enum level { LEVEL_ANY, LEVEL_UNARY, LEVEL_POSTFIX };

static void print_expr(struct printer *p, const struct expr *e,
		       enum level level);

static void print_call_result(struct printer *p, const struct expr *e)
{
	const struct event *call = NULL;

	if (p->func)
		call = func_event(p->func, e->id);
	if (call && call->callee)
		print_expr(p, call->callee, LEVEL_POSTFIX);
	g_string_append(p->out, call ? "()" : "call");
	if (p->ids || !call)
		g_string_append_printf(p->out, "#%d", e->id);
}

static void print_local(struct printer *p, const struct expr *e)
{
	if (p->func && e->id >= 0 && e->id < p->func->n_locals)
		g_string_append(p->out, p->func->locals[e->id].name);
	else
		g_string_append_printf(p->out, "local%d", e->id);
}

static void print_const(struct printer *p, const struct expr *e)
{
	if (e->name)
		g_string_append(p->out, e->name);
	else
		g_string_append_printf(p->out, "%" G_GINT64_FORMAT, e->value);
}

static void print_op(GString *out, int op)
{
	if (op > 0xff)
		g_string_append_c(out, (char)(op >> 8));
	g_string_append_c(out, (char)(op & 0xff));
}

static void print_field(struct printer *p, const struct expr *e)
{
	bool arrow = e->a->kind == EXPR_DEREF;

	print_expr(p, arrow ? e->a->a : e->a, LEVEL_POSTFIX);
	g_string_append(p->out, arrow ? "->" : ".");
	g_string_append(p->out, e->name);
}

static void print_prefixed(struct printer *p, const char *op,
			   const struct expr *a, enum level level)
{
	if (level == LEVEL_POSTFIX)
		g_string_append_c(p->out, '(');
	g_string_append(p->out, op);
	print_expr(p, a, LEVEL_UNARY);
	if (level == LEVEL_POSTFIX)
		g_string_append_c(p->out, ')');
}

static void print_unary(struct printer *p, const struct expr *e,
			enum level level)
{
	const char op[] = { (char)e->op, 0 };

	print_prefixed(p, op, e->a, level);
}

static void print_binary(struct printer *p, const struct expr *e,
			 enum level level)
{
	if (level != LEVEL_ANY)
		g_string_append_c(p->out, '(');
	print_expr(p, e->a, LEVEL_UNARY);
	g_string_append_c(p->out, ' ');
	print_op(p->out, e->op);
	g_string_append_c(p->out, ' ');
	print_expr(p, e->b, LEVEL_UNARY);
	if (level != LEVEL_ANY)
		g_string_append_c(p->out, ')');
}

static void print_index(struct printer *p, const struct expr *e)
{
	print_expr(p, e->a, LEVEL_POSTFIX);
	g_string_append_c(p->out, '[');
	print_expr(p, e->b, LEVEL_ANY);
	g_string_append_c(p->out, ']');
}

static void print_container(struct printer *p, const struct expr *e)
{
	g_string_append(p->out, "container_of(");
	print_expr(p, e->a, LEVEL_ANY);
	g_string_append_printf(p->out, ", %s, %s)", e->owner, e->name);
}

static void print_bit(struct printer *p, const struct expr *e)
{
	print_expr(p, e->a, LEVEL_POSTFIX);
	g_string_append_c(p->out, '.');
	if (e->name)
		g_string_append(p->out, e->name);
	else
		print_expr(p, e->b, LEVEL_POSTFIX);
}

static void print_expr(struct printer *p, const struct expr *e,
		       enum level level)
{
	switch (e->kind) {
	case EXPR_CONST: print_const(p, e); break;
	case EXPR_STRING:
	case EXPR_GLOBAL:
	case EXPR_FUNC: g_string_append(p->out, e->name); break;
	case EXPR_LOCAL: print_local(p, e); break;
	case EXPR_CALL: print_call_result(p, e); break;
	case EXPR_OPAQUE: g_string_append_printf(p->out, "?%d", e->id); break;
	case EXPR_FIELD: print_field(p, e); break;
	case EXPR_DEREF: print_prefixed(p, "*", e->a, level); break;
	case EXPR_INDEX: print_index(p, e); break;
	case EXPR_ADDR: print_prefixed(p, "&", e->a, level); break;
	case EXPR_CONTAINER: print_container(p, e); break;
	case EXPR_UNARY: print_unary(p, e, level); break;
	case EXPR_BINARY: print_binary(p, e, level); break;
	case EXPR_PARAM:
		if (p->func && e->id < p->func->n_params)
			print_local(p, e);
		else
			g_string_append_printf(p->out, "param%d", e->id);
		break;
	case EXPR_FRESH:
		g_string_append_printf(p->out, "fresh%d", e->id);
		break;
	case EXPR_BIT: print_bit(p, e); break;
	}
}

void expr_print(GString *out, const struct expr *e, const struct func *f)
{
	struct printer p = { .out = out, .func = f };

	print_expr(&p, e, LEVEL_ANY);
}

char *expr_text(const struct expr *e, const struct func *f)
{
	GString *out = g_string_new(NULL);

	expr_print(out, e, f);
	return g_string_free(out, FALSE);
}

/* Functions */

/* In a function's own file the line is enough. */
static void print_loc(struct printer *p, const struct src_loc *loc,
		      const char *macro)
{
	g_string_append(p->out, "  @");
	if (!loc->file)
		g_string_append(p->out, "-");
	else if (!p->func || loc->file != p->func->loc.file)
		g_string_append_printf(p->out, "%s:", loc->file);
	g_string_append_printf(p->out, "%d:%d", loc->line, loc->column);
	if (macro)
		g_string_append_printf(p->out, " [%s]", macro);
}

static void print_type(GString *out, const char *record, int pointers)
{
	int i;

	if (!record)
		return;
	g_string_append_printf(out, " {%s", record);
	for (i = 0; i < pointers; i++)
		g_string_append_c(out, '*');
	g_string_append_c(out, '}');
}

static void print_args(struct printer *p, const struct event *ev)
{
	int i;

	g_string_append_c(p->out, '(');
	for (i = 0; i < ev->n_args; i++) {
		if (i)
			g_string_append(p->out, ", ");
		print_expr(p, ev->args[i], LEVEL_ANY);
	}
	g_string_append_c(p->out, ')');
}

static const char *access_name(enum access_kind access)
{
	static const char *const names[] = {
		[ACCESS_READ] = "read",
		[ACCESS_WRITE] = "write",
		[ACCESS_UPDATE] = "update",
		[ACCESS_ADDRESS] = "address",
	};

	return names[access];
}

/* The record's tag tells equal members of different records apart. */
static void print_access(struct printer *p, const struct event *ev)
{
	const struct expr *e = ev->lvalue;

	g_string_append(p->out, access_name(ev->access));
	g_string_append(p->out, ev->by == '.' ? " " :
				ev->by == '[' ? "[] " : "* ");
	print_expr(p, e, LEVEL_ANY);
	if (e->kind == EXPR_FIELD)
		g_string_append_printf(p->out, " (%s.%s%s)", e->owner, e->name,
				       e->bitfield ? ", bit-field" : "");
	if (ev->once)
		g_string_append(p->out, " once");
}

static void print_assign(struct printer *p, const struct event *ev)
{
	g_string_append(p->out, ev->is_init ? "init " : "assign ");
	print_expr(p, ev->lvalue, LEVEL_ANY);
	g_string_append_c(p->out, ' ');
	if (ev->op)
		print_op(p->out, ev->op);
	g_string_append(p->out, "= ");
	print_expr(p, ev->value, LEVEL_ANY);
}

static void print_call(struct printer *p, const struct event *ev)
{
	bool direct = ev->callee->kind == EXPR_FUNC;

	g_string_append(p->out, ev->kind == EVENT_CALL ? "call " : "cleanup ");
	g_string_append(p->out, direct ? "" : "(*");
	print_expr(p, ev->callee, LEVEL_POSTFIX);
	g_string_append(p->out, direct ? "" : ")");
	print_args(p, ev);
	print_type(p->out, ev->return_record, ev->return_pointers);
}

static void print_event(struct printer *p, const struct event *ev)
{
	g_string_append_printf(p->out, "  %5d ", ev->id);
	switch (ev->kind) {
	case EVENT_ACCESS: print_access(p, ev); break;
	case EVENT_ASSIGN: print_assign(p, ev); break;
	case EVENT_CALL:
	case EVENT_CLEANUP: print_call(p, ev); break;
	case EVENT_ASM:
		g_string_append(p->out, ev->asm_memory ? "asm memory" : "asm");
		print_args(p, ev);
		break;
	case EVENT_RETURN:
		g_string_append(p->out, "return");
		if (ev->value) {
			g_string_append_c(p->out, ' ');
			print_expr(p, ev->value, LEVEL_ANY);
		}
		break;
	}
	print_loc(p, &ev->loc, ev->macro);
	g_string_append_c(p->out, '\n');
}

static void print_targets(struct printer *p, const struct block *b)
{
	int i;

	for (i = 0; i < b->n_succ; i++)
		g_string_append_printf(p->out, " B%d", b->succ[i]->id);
}

static void print_switch(struct printer *p, const struct block *b)
{
	const struct case_range *c;
	int i;

	for (i = 0; i < b->n_succ - 1; i++) {
		c = &b->cases[i];
		g_string_append_printf(p->out, " %" G_GINT64_FORMAT, c->low);
		if (c->high != c->low)
			g_string_append_printf(p->out, "..%" G_GINT64_FORMAT,
					       c->high);
		if (c->name)
			g_string_append_printf(p->out, "(%s)", c->name);
		g_string_append_printf(p->out, ":B%d", b->succ[i]->id);
	}
	if (b->n_succ)
		g_string_append_printf(p->out, " default:B%d",
				       b->succ[b->n_succ - 1]->id);
}

static void print_cond(struct printer *p, const struct block *b,
		       const char *jump)
{
	g_string_append_printf(p->out, "%s ", jump);
	print_expr(p, b->cond, LEVEL_ANY);
	g_string_append(p->out, " ->");
	if (b->jump == JUMP_SWITCH)
		print_switch(p, b);
	else
		print_targets(p, b);
	if (b->cond_of)
		g_string_append_printf(p->out, " <%s>", b->cond_of);
	print_loc(p, &b->cond_loc, b->cond_macro);
}

static void print_jump(struct printer *p, const struct block *b)
{
	static const char *const names[] = {
		[JUMP_GOTO] = "goto",
		[JUMP_BRANCH] = "branch",
		[JUMP_SWITCH] = "switch",
		[JUMP_ASM_GOTO] = "asm-goto",
		[JUMP_INDIRECT] = "indirect",
		[JUMP_RETURN] = "exit",
		[JUMP_NORETURN] = "noreturn",
	};

	g_string_append(p->out, "        ");
	if (b->cond) {
		print_cond(p, b, names[b->jump]);
	} else {
		g_string_append(p->out, names[b->jump]);
		print_targets(p, b);
	}
	g_string_append_c(p->out, '\n');
}

static void print_block(struct printer *p, const struct block *b)
{
	int i;

	g_string_append_printf(p->out, " B%d:%s", b->id,
			       b->loop_head ? " loop" : "");
	if (b->label)
		g_string_append_printf(p->out, " (%s)", b->label);
	g_string_append_c(p->out, '\n');
	for (i = 0; i < b->n_events; i++)
		print_event(p, &b->events[i]);
	print_jump(p, b);
}

static void print_local_row(GString *out, const struct local *l, int i)
{
	g_string_append_printf(out, "  %s %d %s",
			       l->is_param ? "param" : "local", i, l->name);
	if (l->type)
		g_string_append_printf(out, ": %s", l->type);
	print_type(out, l->record, l->pointers);
	if (l->is_pointer)
		g_string_append(out, " pointer");
	if (l->address_taken)
		g_string_append(out, " addressed");
	g_string_append_c(out, '\n');
}

static void print_func_head(GString *out, const struct func *f)
{
	g_string_append_printf(out, "func %s%s%s%s%s", f->name,
			       f->is_static ? " static" : "",
			       f->is_weak ? " weak" : "",
			       f->is_inline ? " inline" : "",
			       f->in_main_file ? "" : " header");
	g_string_append_printf(out, "  @%s:%d:%d..%d\n",
			       f->loc.file ? f->loc.file : "-", f->loc.line,
			       f->loc.column, f->end.line);
	if (f->annotations)
		g_string_append_printf(out, "  annotations %s\n",
				       f->annotations);
	g_string_append_printf(out, "  returns%s%s%s",
			       f->returns_void ? " void" : "",
			       f->returns_pointer ? " pointer" : "",
			       f->returns_bool ? " bool" : "");
	print_type(out, f->return_record, f->return_pointers);
	g_string_append_c(out, '\n');
}

void ir_print_func(GString *out, const struct func *f)
{
	struct printer p = { .out = out, .func = f, .ids = true };
	int i;

	print_func_head(out, f);
	for (i = 0; i < f->n_locals; i++)
		print_local_row(out, &f->locals[i], i);
	for (i = 0; i < f->n_blocks; i++)
		print_block(&p, &f->blocks[i]);
	g_string_append_c(out, '\n');
}

/* Units */

static void print_diagnostics(struct printer *p, const struct unit *u)
{
	guint i;

	for (i = 0; i < u->diagnostics->len; i++) {
		const struct diagnostic *d =
			&g_array_index(u->diagnostics, struct diagnostic, i);

		g_string_append_printf(p->out, "%s: %s",
				       d->fatal ? "fatal" : "error", d->text);
		print_loc(p, &d->loc, NULL);
		g_string_append_c(p->out, '\n');
	}
}

static void print_skips(GString *out, const struct unit *u)
{
	guint i;

	for (i = 0; i < u->skips->len; i++) {
		const struct skipped *s =
			&g_array_index(u->skips, struct skipped, i);

		g_string_append_printf(out, "skip %s %s: %s\n", s->file,
				       s->function ? s->function : "*",
				       s->reason);
	}
}

static void print_ops(GString *out, const struct unit *u)
{
	guint i;

	for (i = 0; i < u->ops->len; i++) {
		const struct ops_entry *o =
			&g_array_index(u->ops, struct ops_entry, i);

		if (o->record)
			g_string_append_printf(out, "ops %s.%s", o->record,
					       o->member ? o->member : "?");
		else
			g_string_append(out, "pointer");
		g_string_append_printf(out, " = %s in %s\n",
				       o->function ? o->function : "?",
				       o->variable);
	}
}

static void print_notes(struct printer *p, const struct unit *u)
{
	guint i;

	for (i = 0; i < u->member_notes->len; i++) {
		const struct member_note *n =
			&g_array_index(u->member_notes, struct member_note, i);

		g_string_append_printf(p->out, "note %s.%s %s", n->record,
				       n->member, n->annotation);
		print_loc(p, &n->loc, NULL);
		g_string_append_c(p->out, '\n');
	}
}

void ir_print_unit(GString *out, const struct unit *u)
{
	struct printer p = { .out = out };
	guint i;

	g_string_append_printf(out, "unit %s\n", u->file);
	print_diagnostics(&p, u);
	print_skips(out, u);
	print_ops(out, u);
	print_notes(&p, u);
	g_string_append_c(out, '\n');
	for (i = 0; i < u->funcs->len; i++)
		ir_print_func(out, g_ptr_array_index(u->funcs, i));
}
