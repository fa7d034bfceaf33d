// SPDX-License-Identifier: GPL-2.0-only
/* What stands before the threads in Promela: variables, and what ops call. */
#include "events/emit_promela.h"

#include "events/machine.h"

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
	if (pml_has_op(m, thread, OP_RELAX))
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
		if (pml_has_op(m, i, OP_RELAX))
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

		if (kind != OP_END && !pml_has_op(m, i, kind))
			continue;
		one = g_string_new(text);
		g_string_replace(one, "@BIT", "(1 << @)", 0);
		g_string_replace(one, "@", (char[]){ (char)('0' + i), 0 }, 0);
		put(m, ";\n	%s", one->str);
		g_string_free(one, TRUE);
	}
	put(m, "\n}\n");
}

void pml_put_head(struct promela *m)
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
