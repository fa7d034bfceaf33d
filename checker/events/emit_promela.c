// SPDX-License-Identifier: GPL-2.0-only
/*
 * An event list as Promela. It says what step.c does in another language, on
 * purpose without sharing code with it: spin is asked to find out whether the
 * two agree.
 *
 * All is global, one variable for each part of a thread, since agents are
 * started by others. One step of a thread is one atomic sequence: an op on
 * what is shared, then all local ones. A failure prints its number (enum
 * failure), fails an assertion and stops everything, as a dropped run does. The
 * process "rest" looks at what is left when nobody can go on.
 *
 * Run as: spin -a FILE; cc -DSAFETY -DPRINTF pan.c; ./a.out -E -c0
 * (-E: threads that wait at the end are judged by "rest".) A local loop that
 * ends only by choice has no end for spin: there step.c remembers states.
 */
#include "events/emit.h"

#include "events/emit_promela.h"
#include "events/machine.h"

bool pml_has_op(const struct promela *m, int thread, enum op_kind kind)
{
	return thread_has_op(&m->program->threads[thread], kind);
}

void pml_put_value(struct promela *m, const struct value *v, const char *word)
{
	switch (v->kind) {
	case VALUE_CONST:
		put(m, "(%d)", v->number);
		return;
	case VALUE_REG:
		if (word)
			put(m, "word[%s + %d]", word, v->number);
		else
			put(m, "r%d_%d", m->thread, v->number);
		return;
	case VALUE_UNARY:
		put(m, "(");
		operator_append(m->out, v->op);
		pml_put_value(m, v->a, word);
		put(m, ")");
		return;
	case VALUE_BINARY:
		put(m, "(");
		pml_put_value(m, v->a, word);
		put(m, " ");
		operator_append(m->out, v->op);
		put(m, " ");
		pml_put_value(m, v->b, word);
		put(m, ")");
		return;
	}
}

void pml_put_let(struct promela *m, const char *name, const struct value *v)
{
	put(m, "%s = ", name);
	pml_put_value(m, v, NULL);
	put(m, "; ");
}

/* Local ops */

static void put_end(struct promela *m)
{
	int t = m->thread;

	put(m, "if :: depth%d > 0 -> depth%d = 0; leave(%d) :: else fi; ",
	    t, t, t);
	if (m->program->threads[t].agent)
		put(m, "pc%d = 0; agent%d = (agent%d == 3 -> 1 : 0); ",
		    t, t, t);
	put(m, "ended%d = true", t);
}

static void put_choose(struct promela *m, const struct op *op)
{
	int i;

	put(m, "if");
	for (i = 0; i < op->number; i++)
		put(m, " :: r%d_%d = %d", m->thread, op->result, i);
	put(m, " fi");
}

static void put_local(struct promela *m, const struct op *op, int pc)
{
	int t = m->thread;

	put(m, "	:: !stop && !ended%d && pc%d == %d -> ", t, t, pc);
	switch (op->kind) {
	case OP_SET:
		pml_put_let(m, "y", op->value);
		pml_put_set(m, op, "y");
		break;
	case OP_CHOOSE:
		put_choose(m, op);
		break;
	case OP_BRANCH:
		pml_put_let(m, "y", op->value);
		put(m, "pc%d = (y != 0 -> %d : %d)\n", t, op->target, pc + 1);
		return;
	case OP_GOTO:
		put(m, "pc%d = %d\n", t, op->target);
		return;
	case OP_ASSERT:
		pml_put_let(m, "y", op->value);
		put(m, "if :: y == 0 -> fail(%d) :: else fi", FAILURE_ASSERT);
		break;
	case OP_DROP:
		put(m, "stop = true");
		break;
	case OP_END:
		put_end(m);
		put(m, "\n");
		return;
	case OP_FINISH:
		put(m, "queue%d = 0", t);
		break;
	default:
		put(m, "skip");
		break;
	}
	put(m, "; pc%d = %d\n", t, pc + 1);
}

static void put_locals(struct promela *m)
{
	const struct thread *t = &m->program->threads[m->thread];
	int i;

	put(m, "\ninline locals%d() {\n	do\n", m->thread);
	for (i = 0; i < t->n_ops; i++)
		if (op_is_local(t->ops[i].kind))
			put_local(m, &t->ops[i], i);
	put(m, "	:: else -> break\n	od\n}\n");
}

static void put_begin(struct promela *m, const struct thread *t)
{
	int i, n = m->thread;

	put(m, "	:: !stop && agent%d == 1 && mask%d == 0 -> "
	    "agent%d = 2; ended%d = false; ", n, n, n, n);
	for (i = 0; i < t->n_regs; i++)
		put(m, "r%d_%d = %d; ", n, i, t->initial[i]);
	if (t->n_regs)
		put(m, "r%d_0 = arg%d; ", n, n);
	put(m, "arg%d = 0\n", n);
}

static void put_thread(struct promela *m)
{
	const struct thread *t = &m->program->threads[m->thread];
	int i, n = m->thread;

	put_locals(m);
	put(m, "\nproctype thread%d() {\nend: do\n	:: atomic { if\n", n);
	if (t->agent)
		put_begin(m, t);
	for (i = 0; i < t->n_ops; i++) {
		const struct op *op = &t->ops[i];

		if (op_is_local(op->kind))
			continue;
		put(m, "	:: !stop && !ended%d && pc%d == %d", n, n, i);
		pml_put_guard(m, op);
		put(m, " -> ");
		if (op->kind == OP_SYNCHRONIZE) {
			pml_put_synchronize(m, i + 1);
		} else {
			pml_put_shared(m, op);
			put(m, "; pc%d = %d", n, i + 1);
		}
		put(m, "\n");
	}
	/* A thread that is only local has nothing to do here. */
	put(m, "	:: false\n	fi;\n	locals%d() }\n	od\n}\n", n);
}

/* At the end */

static void put_invariants(struct promela *m)
{
	const struct program *p = m->program;
	int i, k;

	for (k = 0; k < p->n_invariants; k++)
		for (i = 0; i < p->n_objects; i++) {
			const struct invariant *v = &p->invariants[k];
			char word[16];

			if (p->objects[i].type != v->type)
				continue;
			g_snprintf(word, sizeof(word), "%d", i * m->stride);
			put(m, "		if\n		:: life[%d] == "
			    "HERE && !(", i + 1);
			pml_put_value(m, v->holds, word);
			put(m, ") -> fail(%d)\n		:: else\n"
			    "		fi;\n", FAILURE_INVARIANT);
		}
	put(m, "		skip\n");
}

static void put_any_at(struct promela *m, enum op_kind kind)
{
	int i, j;

	put(m, "(false");
	for (i = 0; i < m->program->n_threads; i++)
		for (j = 0; j < m->program->threads[i].n_ops; j++)
			if (m->program->threads[i].ops[j].kind == kind)
				put(m, " || (!ended%d && pc%d == %d)", i, i, j);
	put(m, ")");
}

static void put_rest(struct promela *m)
{
	int i;

	put(m, "\nproctype rest() {\n	atomic { timeout ->\n	if\n"
	    "	:: stop\n	:: !stop && (true");
	for (i = 0; i < m->program->n_threads; i++)
		put(m, " && ended%d && agent%d == 0", i, i);
	put(m, ") ->\n");
	put_invariants(m);
	put(m, "	:: else ->\n		if\n		:: ");
	put_any_at(m, OP_SCHEDULE);
	put(m, " -> fail(%d)\n		:: !", FAILURE_LOST_WAKEUP);
	put_any_at(m, OP_SCHEDULE);
	put(m, " && ");
	put_any_at(m, OP_RELAX);
	put(m, " -> fail(%d)\n		:: else -> fail(%d)\n		fi\n"
	    "	fi }\n}\n", FAILURE_LIVELOCK, FAILURE_DEADLOCK);
}

static void put_init(struct promela *m)
{
	const struct program *p = m->program;
	int i, j;

	put(m, "\ninit {\n	atomic {\n");
	for (i = 0; i < p->n_objects; i++) {
		const struct object *o = &p->objects[i];

		if (!o->exists)
			continue;
		put(m, "	life[%d] = HERE;\n", i + 1);
		for (j = 0; j < p->types[o->type].n_fields; j++)
			put(m, "	word[%d] = %d;\n", i * m->stride + j,
			    o->initial[j]);
	}
	for (i = 0; i < p->n_threads; i++)
		put(m, "	locals%d();\n", i);
	for (i = 0; i < p->n_threads; i++)
		put(m, "	run thread%d();\n", i);
	put(m, "	run rest()\n	}\n}\n");
}

void emit_promela(GString *out, const struct program *p)
{
	struct promela m = { .out = out, .program = p, .stride = 1 };
	int i;

	for (i = 0; i < p->n_types; i++)
		m.stride = MAX(m.stride, p->types[i].n_fields);
	pml_put_head(&m);
	for (m.thread = 0; m.thread < p->n_threads; m.thread++)
		put_thread(&m);
	put_rest(&m);
	put_init(&m);
}
