// SPDX-License-Identifier: GPL-2.0-only
/*
 * Ops made ready to run: operands with their places in the state, and which
 * registers are dead where.
 */
#include <string.h>

#include "events/forms.h"
#include "events/state.h"

struct compiler {
	struct layout *layout;
	const struct slots *own; /* of the thread at hand */
	int n_nodes;
};

static int count_nodes(const struct value *v)
{
	if (!v || v->kind == VALUE_CONST || v->kind == VALUE_REG)
		return 0;
	return 1 + count_nodes(v->a) + count_nodes(v->b);
}

static int count_all_nodes(const struct program *p)
{
	int i, k, n = 0;

	for (i = 0; i < p->n_threads; i++)
		for (k = 0; k < p->threads[i].n_ops; k++) {
			const struct op *op = &p->threads[i].ops[k];

			n += count_nodes(op->place.object) +
			     count_nodes(op->value) +
			     count_nodes(op->expected);
		}
	return n;
}

/* Adds the registers it reads to *@used. */
static struct operand compile_value(struct compiler *c, const struct value *v,
				    guint64 *used)
{
	struct operand o = { OPERAND_NODE, 0 };
	struct node *node;

	if (v->kind == VALUE_CONST)
		return (struct operand){ OPERAND_CONST, v->number };
	if (v->kind == VALUE_REG) {
		*used |= 1ull << v->number;
		return (struct operand){ OPERAND_SLOT,
					 c->own->regs + v->number };
	}
	o.number = c->n_nodes++;
	node = &c->layout->nodes[o.number];
	node->op = v->op;
	node->unary = v->kind == VALUE_UNARY;
	node->a = compile_value(c, v->a, used);
	if (!node->unary)
		node->b = compile_value(c, v->b, used);
	return o;
}

static void compile_place(struct compiler *c, const struct op *op,
			  struct insn *insn, guint64 *used)
{
	const struct type *type = &c->layout->program->types[op->place.type];

	insn->object = compile_value(c, op->place.object, used);
	insn->type = (gint16)op->place.type;
	insn->field = (gint16)op->place.field;
	if (type->fields[op->place.field].count)
		insn->flags |= INSN_COUNT;
}

/* A thread that is there can always make a step, with no look at the rest. */
static bool is_ready(const struct thread *t, const struct op *op, bool local)
{
	switch (op->kind) {
	case OP_LOCK:
	case OP_SCHEDULE:
	case OP_RELAX:
	case OP_SYNCHRONIZE:
		return false;
	default:
		return !t->agent && !local;
	}
}

static void compile_operands(struct compiler *c, const struct op *op,
			     struct insn *insn)
{
	const char *operand = form_of(op)->operands;

	for (; *operand; operand++) {
		switch (*operand) {
		case 'r':
		case 'R':
			if (op->result >= 0)
				insn->result = c->own->regs + op->result;
			break;
		case 'p':
			compile_place(c, op, insn, &insn->live);
			break;
		case 'v':
			insn->value = compile_value(c, op->value, &insn->live);
			break;
		case 'e':
			insn->expected = compile_value(c, op->expected,
						       &insn->live);
			break;
		}
	}
}

/* But for insn.live, in which is only what the op itself reads. */
static void compile_op(struct compiler *c, const struct thread *t,
		       const struct op *op, struct insn *insn)
{
	bool jumps = op->kind == OP_BRANCH || op->kind == OP_GOTO;
	bool local = op_is_local(op->kind);

	insn->kind = (guint8)op->kind;
	insn->detail = op->kind == OP_RMW ? (guint8)op->rmw : (guint8)op->lock;
	insn->result = -1;
	insn->number = jumps ? op->target : op->number;
	insn->flags = (is_ready(t, op, local) ? INSN_READY : 0) |
		      (local ? INSN_LOCAL : 0);
	insn->cost = op->assumed ? 1 + COST_ASSUMED : 1;
	insn->live = op->kind == OP_RELAX ? LIVE_READS : 0;
	compile_operands(c, op, insn);
}

/* What it reads is in insn.live from the beginning, and stays there. */
static guint64 live_before(const struct insn *insn, const struct insn *first,
			   int regs)
{
	guint64 after = 0;

	if (insn->kind == OP_BRANCH || insn->kind == OP_GOTO)
		after |= first[insn->number].live;
	if (insn->kind != OP_GOTO && insn->kind != OP_END &&
	    insn->kind != OP_DROP)
		after |= insn[1].live;
	if (insn->result >= 0)
		after &= ~(1ull << (insn->result - regs));
	return after | insn->live;
}

static bool jumps_back(const struct insn *insn, int at)
{
	return (insn->kind == OP_BRANCH || insn->kind == OP_GOTO) &&
	       insn->number <= at;
}

static void find_live(struct insn *insns, int n, int regs)
{
	bool changed, loops;
	int i;

	do {
		changed = loops = false;
		for (i = n - 1; i >= 0; i--) {
			guint64 before = live_before(&insns[i], insns, regs);

			changed |= before != insns[i].live;
			loops |= jumps_back(&insns[i], i);
			insns[i].live = before;
		}
	} while (changed && loops);
}

static struct insn *compile_thread(struct compiler *c, const struct thread *t,
				   struct arena *a)
{
	struct insn *insns = arena_new_array(a, struct insn, t->n_ops);
	int i;

	for (i = 0; i < t->n_ops; i++)
		compile_op(c, t, &t->ops[i], &insns[i]);
	find_live(insns, t->n_ops, c->own->regs);
	return insns;
}

void layout_compile(struct layout *l, struct arena *a)
{
	struct compiler c = { .layout = l };
	int i;

	l->nodes = arena_new_array(a, struct node,
				   count_all_nodes(l->program));
	for (i = 0; i < l->program->n_threads; i++) {
		c.own = &l->slots[i];
		l->slots[i].insns = compile_thread(
			&c, &l->program->threads[i], a);
	}
}
