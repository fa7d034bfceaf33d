// SPDX-License-Identifier: GPL-2.0-only
/* Ops on what is shared in Promela, and when they can run. */
#include "events/emit_promela.h"

#include "events/machine.h"

void pml_put_set(struct promela *m, const struct op *op, const char *value)
{
	if (op->result >= 0)
		put(m, "set(r%d_%d, %s)", m->thread, op->result, value);
	else
		put(m, "skip");
}

static bool is_count(const struct promela *m, const struct op *op)
{
	return m->program->types[op->place.type].fields[op->place.field].count;
}

/* Opens "if it can be accessed, w is the word": put_end_place() closes it. */
static void put_place(struct promela *m, const struct op *op)
{
	pml_put_let(m, "o", op->place.object);
	put(m, "access(TYPE%d(o)); if :: stop :: else -> "
	    "w = (o - 1) * STRIDE + %d; ", op->place.type, op->place.field);
}

static void put_end_place(struct promela *m)
{
	put(m, " fi");
}

static void put_note_read(struct promela *m)
{
	if (pml_has_op(m, m->thread, OP_RELAX))
		put(m, "reads%d[w] = true; looked%d = true; ", m->thread,
		    m->thread);
}

static void put_add(struct promela *m, const struct op *op)
{
	if (is_count(m, op))
		put(m, "if :: z + y < 0 -> fail(%d) :: z == 0 && y > 0 -> "
		    "fail(%d) :: else fi; ", FAILURE_UNDERFLOW,
		    FAILURE_RESURRECT);
	put(m, "write(%d, z + y)", m->thread);
}

static void put_store(struct promela *m, const struct op *op)
{
	pml_put_let(m, "y", op->value);
	if (is_count(m, op))
		put(m, "if :: y < 0 -> fail(%d) :: else fi; ",
		    FAILURE_UNDERFLOW);
	put_place(m, op);
	put(m, "write(%d, y)", m->thread);
	put_end_place(m);
}

/* z: the old value, y: the operand. */
static void put_rmw(struct promela *m, const struct op *op)
{
	const char *result = "z";

	put_place(m, op);
	put_note_read(m);
	put(m, "z = word[w]; ");
	pml_put_let(m, "y", op->value);
	switch (op->rmw) {
	case RMW_ADD:
		put_add(m, op);
		result = "z + y";
		break;
	case RMW_OR:
		put(m, "write(%d, z | y)", m->thread);
		result = "z & y";
		break;
	case RMW_ANDNOT:
		put(m, "write(%d, z & ~y)", m->thread);
		result = "z & y";
		break;
	case RMW_XCHG:
		put(m, "write(%d, y)", m->thread);
		break;
	case RMW_CMPXCHG:
		put(m, "if :: z == ");
		pml_put_value(m, op->expected, NULL);
		put(m, " -> ");
		put(m, "write(%d, y)", m->thread);
		put(m, " :: else fi");
		break;
	case RMW_ADD_UNLESS:
		pml_put_let(m, "i", op->expected);
		put(m, "if :: z != i -> ");
		put_add(m, op);
		put(m, " :: else fi");
		result = "(z != i)";
		break;
	}
	put(m, "; if :: stop :: else -> ");
	pml_put_set(m, op, result);
	put(m, " fi");
	put_end_place(m);
}

static void put_alloc(struct promela *m, const struct op *op)
{
	const struct program *p = m->program;
	char number[16];
	int i, j;

	put(m, "if ");
	for (i = 0; i < p->n_objects; i++) {
		if (p->objects[i].type != op->number)
			continue;
		/* The first that is left: those before it are not. */
		put(m, ":: life[%d] == POOL", i + 1);
		for (j = 0; j < i; j++)
			if (p->objects[j].type == op->number)
				put(m, " && life[%d] != POOL", j + 1);
		put(m, " -> life[%d] = HERE; ", i + 1);
		for (j = 0; j < p->types[op->number].n_fields; j++)
			put(m, "word[%d] = %d; ", i * m->stride + j,
			    p->objects[i].initial[j]);
		g_snprintf(number, sizeof(number), "%d", i + 1);
		pml_put_set(m, op, number);
		put(m, " ");
	}
	put(m, ":: else -> stop = true fi");
}

static const char *lock_free(const struct op *op, const char *read,
			     const char *other)
{
	return op->lock == LOCK_READ ? read : other;
}

static void put_take(struct promela *m, const struct op *op)
{
	if (op->lock == LOCK_READ)
		put(m, "write(%d, word[w] + 1)", m->thread);
	else
		put(m, "write(%d, %d)", m->thread, -1 - m->thread);
}

static void put_trylock(struct promela *m, const struct op *op)
{
	put_place(m, op);
	put_note_read(m);
	put(m, "z = (word[w] %s); if :: z -> ",
	    lock_free(op, ">= 0", "== 0"));
	put_take(m, op);
	put(m, " :: else fi; ");
	pml_put_set(m, op, "z");
	put_end_place(m);
}

static void put_unlock(struct promela *m, const struct op *op)
{
	put_place(m, op);
	if (op->lock == LOCK_READ)
		put(m, "if :: word[w] > 0 -> write(%d, word[w] - 1)",
		    m->thread);
	else if (op->lock == LOCK_BIT)
		put(m, "if :: word[w] < 0 -> write(%d, 0)", m->thread);
	else
		put(m, "if :: word[w] == %d -> write(%d, 0)",
		    -1 - m->thread, m->thread);
	put(m, " :: else -> fail(%d) fi", FAILURE_BAD_UNLOCK);
	put_end_place(m);
}

static void put_rcu_unlock(struct promela *m)
{
	int t = m->thread;

	put(m, "if :: depth%d == 0 -> fail(%d) :: depth%d == 1 -> depth%d = 0; "
	    "leave(%d) :: else -> depth%d-- fi", t, FAILURE_BAD_UNLOCK, t, t, t,
	    t);
}

static void put_start(struct promela *m, const struct op *op)
{
	int to = op->number;

	pml_put_let(m, "y", op->value);
	put(m, "z = (agent%d == 0 || agent%d == 2); if "
	    ":: y < %d || y > %d -> stop = true "
	    ":: else -> if :: z -> agent%d++; arg%d = y "
	    ":: !z && arg%d != y -> stop = true :: else fi; ",
	    to, to, PROGRAM_MIN, PROGRAM_MAX, to, to, to);
	pml_put_set(m, op, "z");
	put(m, " fi");
}

static void put_call_rcu(struct promela *m, const struct op *op)
{
	int to = op->number;

	pml_put_let(m, "y", op->value);
	put(m, "if :: y < %d || y > %d -> stop = true "
	    ":: else -> if :: agent%d == 1 && arg%d == y -> fail(%d) "
	    ":: agent%d == 0 -> agent%d = 1; arg%d = y; v = 0; "
	    "find_readers(); mask%d = v :: else -> stop = true fi fi",
	    PROGRAM_MIN, PROGRAM_MAX, to, to, FAILURE_DOUBLE_FREE, to, to, to,
	    to);
}

void pml_put_synchronize(struct promela *m, int next)
{
	int t = m->thread, own = 1 << t;

	put(m, "if :: mask%d == 0 -> v = %d; find_readers(); mask%d = v "
	    ":: else fi; if :: mask%d == %d -> mask%d = 0; pc%d = %d "
	    ":: else fi", t, own, t, t, own, t, t, next);
}

/* A queue is only named. Opens an "if" as put_place() does. */
static void put_queue(struct promela *m, const struct op *op)
{
	pml_put_let(m, "o", op->place.object);
	put(m, "if :: o == 0 -> fail(%d) :: o != 0 && !TYPE%d(o) -> "
	    "stop = true :: else -> w = (o - 1) * STRIDE + %d; ",
	    FAILURE_NULL, op->place.type, op->place.field);
}

static void put_relax(struct promela *m)
{
	put(m, "changed%d = false; looked%d = false; for (i : 0 .. WORDS - 1) "
	    "{ reads%d[i] = false }", m->thread, m->thread, m->thread);
}

void pml_put_shared(struct promela *m, const struct op *op)
{
	switch (op->kind) {
	case OP_LOAD:
		put_place(m, op);
		put_note_read(m);
		pml_put_set(m, op, "word[w]");
		put_end_place(m);
		return;
	case OP_STORE:
		put_store(m, op);
		return;
	case OP_RMW:
		put_rmw(m, op);
		return;
	case OP_USE:
		pml_put_let(m, "o", op->value);
		put(m, "access(true)");
		return;
	case OP_ALLOC:
		put_alloc(m, op);
		return;
	case OP_FREE:
		pml_put_let(m, "o", op->value);
		put(m, "free(%d)", m->thread);
		return;
	case OP_LOCK:
		put_place(m, op);
		put_take(m, op);
		put_end_place(m);
		return;
	case OP_TRYLOCK:
		put_trylock(m, op);
		return;
	case OP_UNLOCK:
		put_unlock(m, op);
		return;
	case OP_RCU_LOCK:
		put(m, "depth%d++", m->thread);
		return;
	case OP_RCU_UNLOCK:
		put_rcu_unlock(m);
		return;
	case OP_PREPARE:
		put_queue(m, op);
		put(m, "queue%d = w + 1 fi", m->thread);
		return;
	case OP_WAKE:
		put_queue(m, op);
		put(m, "wake() fi");
		return;
	case OP_RELAX:
		put_relax(m);
		return;
	case OP_START:
		put_start(m, op);
		return;
	case OP_CALL_RCU:
		put_call_rcu(m, op);
		return;
	default:
		put(m, "skip");
		return;
	}
}

/* When an op can run at all: " && CONDITION", or nothing. */
void pml_put_guard(struct promela *m, const struct op *op)
{
	int t = m->thread;

	switch (op->kind) {
	case OP_LOCK:
		put(m, " && (");
		pml_put_value(m, op->place.object, NULL);
		put(m, " < 1 || ");
		pml_put_value(m, op->place.object, NULL);
		put(m, " > OBJECTS || !TYPE%d(", op->place.type);
		pml_put_value(m, op->place.object, NULL);
		put(m, ") || life[");
		pml_put_value(m, op->place.object, NULL);
		put(m, "] != HERE || word[(");
		pml_put_value(m, op->place.object, NULL);
		put(m, " - 1) * STRIDE + %d] %s)", op->place.field,
		    lock_free(op, ">= 0", "== 0"));
		return;
	case OP_SCHEDULE:
		put(m, " && queue%d == 0", t);
		return;
	case OP_RELAX:
		put(m, " && (changed%d || !looked%d)", t, t);
		return;
	case OP_SYNCHRONIZE:
		put(m, " && depth%d == 0 && (mask%d == 0 || mask%d == %d)",
		    t, t, t, 1 << t);
		return;
	default:
		return;
	}
}
