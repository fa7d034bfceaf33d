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

#include "events/forms.h"
#include "events/machine.h"

struct promela {
	GString *out;
	const struct program *program;
	int stride;	/* words of an object: of the type that has most */
	int thread;	/* the one that is written */
};

G_GNUC_PRINTF(2, 3)
static void put(struct promela *m, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	g_string_append_vprintf(m->out, format, args);
	va_end(args);
}

static bool has_op(const struct promela *m, int thread, enum op_kind kind)
{
	return thread_has_op(&m->program->threads[thread], kind);
}

static void put_operator(struct promela *m, int op)
{
	if (op > 0xff)
		put(m, "%c", op >> 8);
	put(m, "%c", op & 0xff);
}

/* @word: NULL, or the index of an object's first word, for an invariant. */
static void put_value(struct promela *m, const struct value *v,
		      const char *word)
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
		put_operator(m, v->op);
		put_value(m, v->a, word);
		put(m, ")");
		return;
	case VALUE_BINARY:
		put(m, "(");
		put_value(m, v->a, word);
		put(m, " ");
		put_operator(m, v->op);
		put(m, " ");
		put_value(m, v->b, word);
		put(m, ")");
		return;
	}
}

/* "NAME = VALUE; " */
static void put_let(struct promela *m, const char *name, const struct value *v)
{
	put(m, "%s = ", name);
	put_value(m, v, NULL);
	put(m, "; ");
}

/* Declarations */

static void put_types(struct promela *m)
{
	const struct program *p = m->program;
	int i, j;

	for (i = 0; i < p->n_types; i++) {
		put(m, "#define TYPE%d(o) (false", i);
		for (j = 0; j < p->n_objects; j++)
			if (p->objects[j].type == i)
				put(m, " || (o) == %d", j + 1);
		put(m, ")\n");
	}
	put(m, "#define STABLE(o) (false");
	for (i = 0; i < p->n_types; i++)
		if (p->types[i].stable)
			put(m, " || TYPE%d(o)", i);
	put(m, ")\n");
}

static void put_variables(struct promela *m, int thread)
{
	const struct thread *t = &m->program->threads[thread];
	int i;

	put(m, "\nshort pc%d;\nbool ended%d = %d;\nbyte queue%d, depth%d, "
	    "mask%d, agent%d;\nshort arg%d;\n", thread, thread, t->agent,
	    thread, thread, thread, thread, thread);
	for (i = 0; i < t->n_regs; i++)
		put(m, "short r%d_%d = %d;\n", thread, i, t->initial[i]);
	if (has_op(m, thread, OP_RELAX))
		put(m, "bool reads%d[WORDS], changed%d, looked%d;\n", thread,
		    thread, thread);
}

static void put_fail(struct promela *m)
{
	put(m,
	    "\ninline fail(f) {\n"
	    "	if\n	:: stop\n"
	    "	:: else -> stop = true; printf(\"failure %%d\\n\", f); "
	    "assert(false)\n	fi\n}\n"
	    "\n/* May object o, which is of the right type if fits, be accessed? */\n"
	    "inline access(fits) {\n"
	    "	if\n	:: o == 0 -> fail(%d)\n"
	    "	:: o != 0 && (o < 0 || o > OBJECTS) -> stop = true\n"
	    "	:: o > 0 && o <= OBJECTS ->\n"
	    "		if\n		:: !(fits) -> stop = true\n"
	    "		:: (fits) && life[o] == FREED -> fail(%d)\n"
	    "		:: (fits) && life[o] == POOL -> stop = true\n"
	    "		:: else\n		fi\n	fi\n}\n"
	    "\ninline set(to, value) {\n"
	    "	v = value;\n"
	    "	if\n	:: v < %d || v > %d -> stop = true\n"
	    "	:: else -> to = v\n	fi\n}\n",
	    FAILURE_NULL, FAILURE_USE_AFTER_FREE, PROGRAM_MIN, PROGRAM_MAX);
}

/* What a thread's write of word w does to others that relax. */
static void put_note_change(struct promela *m)
{
	int i;

	put(m, "\ninline note_change(who) {\n	skip");
	for (i = 0; i < m->program->n_threads; i++)
		if (has_op(m, i, OP_RELAX))
			put(m, ";\n	if\n	:: who != %d && reads%d[w] -> "
			    "changed%d = true\n	:: else\n	fi", i, i, i);
	put(m, "\n}\n"
	    "\ninline write(who, value) {\n"
	    "	v = value;\n"
	    "	if\n	:: stop\n	:: else -> x = word[w]; set(word[w], v);\n"
	    "		if\n		:: !stop && word[w] != x -> "
	    "note_change(who)\n		:: else\n		fi\n"
	    "	fi\n}\n");
}

static void put_free(struct promela *m)
{
	put(m,
	    "\ninline free(who) {\n"
	    "	if\n	:: o == 0\n"
	    "	:: o > 0 && o <= OBJECTS && life[o] == FREED -> fail(%d)\n"
	    "	:: else -> access(true);\n"
	    "		if\n		:: stop || STABLE(o)\n"
	    "		:: else -> life[o] = FREED;\n"
	    "			for (i : 0 .. STRIDE - 1) {\n"
	    "				w = (o - 1) * STRIDE + i;\n"
	    "				note_change(who);\n"
	    "				word[w] = 0\n"
	    "			}\n		fi\n	fi\n}\n",
	    FAILURE_DOUBLE_FREE);
}

static void put_for_threads(struct promela *m, const char *name,
			    enum op_kind kind, const char *text)
{
	int i;

	put(m, "\ninline %s {\n	skip", name);
	for (i = 0; i < m->program->n_threads; i++) {
		GString *one;

		if (kind != OP_END && !has_op(m, i, kind))
			continue;
		one = g_string_new(text);
		g_string_replace(one, "@BIT", "(1 << @)", 0);
		g_string_replace(one, "@", (char[]){ (char)('0' + i), 0 }, 0);
		put(m, ";\n	%s", one->str);
		g_string_free(one, TRUE);
	}
	put(m, "\n}\n");
}

static void put_head(struct promela *m)
{
	const struct program *p = m->program;
	int i;

	put(m, "#define OBJECTS %d\n#define STRIDE %d\n#define WORDS %d\n"
	    "#define POOL 0\n#define HERE 1\n#define FREED 2\n",
	    p->n_objects, m->stride, MAX(1, p->n_objects * m->stride));
	put_types(m);
	put(m, "\nbool stop;\nbyte life[OBJECTS + 1];\nshort word[WORDS];\n"
	    "/* Nothing is kept in these from one step to the next. */\n"
	    "hidden short o, w, v, x, y, z, i;\n");
	for (i = 0; i < p->n_threads; i++)
		put_variables(m, i);
	put_fail(m);
	put_note_change(m);
	put_free(m);
	put_for_threads(m, "wake()", OP_PREPARE,
			"if\n	:: queue@ == w + 1 -> queue@ = 0\n"
			"	:: else\n	fi");
	put_for_threads(m, "find_readers()", OP_RCU_LOCK,
			"if\n	:: depth@ > 0 -> v = v | @BIT\n"
			"	:: else\n	fi");
	/* Its own mask may say that it waits; its own section cannot. */
	put_for_threads(m, "leave(who)", OP_END,
			"if\n	:: who != @ -> mask@ = mask@ & ~(1 << who)\n"
			"	:: else\n	fi");
}

/* Ops on what is shared */

static void put_set(struct promela *m, const struct op *op, const char *value)
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
	put_let(m, "o", op->place.object);
	put(m, "access(TYPE%d(o)); if :: stop :: else -> "
	    "w = (o - 1) * STRIDE + %d; ", op->place.type, op->place.field);
}

static void put_end_place(struct promela *m)
{
	put(m, " fi");
}

static void put_note_read(struct promela *m)
{
	if (has_op(m, m->thread, OP_RELAX))
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
	put_let(m, "y", op->value);
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
	put_let(m, "y", op->value);
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
		put_value(m, op->expected, NULL);
		put(m, " -> ");
		put(m, "write(%d, y)", m->thread);
		put(m, " :: else fi");
		break;
	case RMW_ADD_UNLESS:
		put_let(m, "i", op->expected);
		put(m, "if :: z != i -> ");
		put_add(m, op);
		put(m, " :: else fi");
		result = "(z != i)";
		break;
	}
	put(m, "; if :: stop :: else -> ");
	put_set(m, op, result);
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
		put_set(m, op, number);
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
	put_set(m, op, "z");
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

	put_let(m, "y", op->value);
	put(m, "z = (agent%d == 0 || agent%d == 2); if "
	    ":: y < %d || y > %d -> stop = true "
	    ":: else -> if :: z -> agent%d++; arg%d = y "
	    ":: !z && arg%d != y -> stop = true :: else fi; ",
	    to, to, PROGRAM_MIN, PROGRAM_MAX, to, to, to);
	put_set(m, op, "z");
	put(m, " fi");
}

static void put_call_rcu(struct promela *m, const struct op *op)
{
	int to = op->number;

	put_let(m, "y", op->value);
	put(m, "if :: y < %d || y > %d -> stop = true "
	    ":: else -> if :: agent%d == 1 && arg%d == y -> fail(%d) "
	    ":: agent%d == 0 -> agent%d = 1; arg%d = y; v = 0; "
	    "find_readers(); mask%d = v :: else -> stop = true fi fi",
	    PROGRAM_MIN, PROGRAM_MAX, to, to, FAILURE_DOUBLE_FREE, to, to, to,
	    to);
}

static void put_synchronize(struct promela *m, int next)
{
	int t = m->thread, own = 1 << t;

	put(m, "if :: mask%d == 0 -> v = %d; find_readers(); mask%d = v "
	    ":: else fi; if :: mask%d == %d -> mask%d = 0; pc%d = %d "
	    ":: else fi", t, own, t, t, own, t, t, next);
}

/* A queue is only named. Opens an "if" as put_place() does. */
static void put_queue(struct promela *m, const struct op *op)
{
	put_let(m, "o", op->place.object);
	put(m, "if :: o == 0 -> fail(%d) :: o != 0 && !TYPE%d(o) -> "
	    "stop = true :: else -> w = (o - 1) * STRIDE + %d; ",
	    FAILURE_NULL, op->place.type, op->place.field);
}

static void put_relax(struct promela *m)
{
	put(m, "changed%d = false; looked%d = false; for (i : 0 .. WORDS - 1) "
	    "{ reads%d[i] = false }", m->thread, m->thread, m->thread);
}

static void put_shared(struct promela *m, const struct op *op)
{
	switch (op->kind) {
	case OP_LOAD:
		put_place(m, op);
		put_note_read(m);
		put_set(m, op, "word[w]");
		put_end_place(m);
		return;
	case OP_STORE:
		put_store(m, op);
		return;
	case OP_RMW:
		put_rmw(m, op);
		return;
	case OP_USE:
		put_let(m, "o", op->value);
		put(m, "access(true)");
		return;
	case OP_ALLOC:
		put_alloc(m, op);
		return;
	case OP_FREE:
		put_let(m, "o", op->value);
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
static void put_guard(struct promela *m, const struct op *op)
{
	int t = m->thread;

	switch (op->kind) {
	case OP_LOCK:
		put(m, " && (");
		put_value(m, op->place.object, NULL);
		put(m, " < 1 || ");
		put_value(m, op->place.object, NULL);
		put(m, " > OBJECTS || !TYPE%d(", op->place.type);
		put_value(m, op->place.object, NULL);
		put(m, ") || life[");
		put_value(m, op->place.object, NULL);
		put(m, "] != HERE || word[(");
		put_value(m, op->place.object, NULL);
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
		put_let(m, "y", op->value);
		put_set(m, op, "y");
		break;
	case OP_CHOOSE:
		put_choose(m, op);
		break;
	case OP_BRANCH:
		put_let(m, "y", op->value);
		put(m, "pc%d = (y != 0 -> %d : %d)\n", t, op->target, pc + 1);
		return;
	case OP_GOTO:
		put(m, "pc%d = %d\n", t, op->target);
		return;
	case OP_ASSERT:
		put_let(m, "y", op->value);
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
		put_guard(m, op);
		put(m, " -> ");
		if (op->kind == OP_SYNCHRONIZE) {
			put_synchronize(m, i + 1);
		} else {
			put_shared(m, op);
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
			put_value(m, v->holds, word);
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
	put_head(&m);
	for (m.thread = 0; m.thread < p->n_threads; m.thread++)
		put_thread(&m);
	put_rest(&m);
	put_init(&m);
}
