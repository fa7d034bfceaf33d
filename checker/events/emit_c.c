// SPDX-License-Identifier: GPL-2.0-only
/*
 * An event list as a C file on the replay runtime, in the kernel's words.
 *
 * An object is its number here too, and object() finds it: that keeps pointers
 * comparable with what the step machine has, and names out of the state. Each
 * op is one statement at its #line; a jump is a goto. What step.c drops is
 * given up by replay_drop(), with one exception: a count that nobody looks at
 * is not held against PROGRAM_MAX when it is added to.
 */
#include "events/emit.h"

#include <string.h>

#include "events/emit_c.h"
#include "events/names.h"

bool c_is_allocated(const struct c_file *c, int type)
{
	int i;

	for (i = 0; i < c->program->n_objects; i++)
		if (c->program->objects[i].type == type &&
		    !c->program->objects[i].exists)
			return true;
	return false;
}

bool c_is_callback(const struct c_file *c, int agent)
{
	const struct program *p = c->program;
	int i, j;

	for (i = 0; i < p->n_threads; i++)
		for (j = 0; j < p->threads[i].n_ops; j++)
			if (p->threads[i].ops[j].kind == OP_CALL_RCU &&
			    p->threads[i].ops[j].number == agent)
				return true;
	return false;
}

/* Threads */

static void put_regs(struct c_file *c)
{
	const struct thread *t = c->thread;
	int i;

	for (i = 0; i < t->n_regs; i++) {
		put(c, "\tint ");
		c_put_reg(c, i);
		if (t->agent && i == 0)
			put(c, " MAYBE_UNUSED = arg;\n");
		else
			put(c, " MAYBE_UNUSED = %d;\n", t->initial[i]);
	}
	put(c, "\tconst void *queue MAYBE_UNUSED = NULL;\n\n");
}

/* thread_N() or control_N(): all that the thread does. */
static void put_body(struct c_file *c, const char *kind)
{
	const struct thread *t = c->thread;
	bool *is_target = g_new0(bool, t->n_ops);
	int i;

	put(c, "/* ");
	name_append_plain(c->out, t->name);
	put(c, " */\nstatic void %s_%d(int arg)\n{\n", kind, c->index);
	put_regs(c);
	put(c, "\t(void)arg;\n");
	for (i = 0; i < t->n_ops; i++)
		if (strchr(form_of(&t->ops[i])->operands, 'l'))
			is_target[t->ops[i].target] = true;
	for (i = 0; i < t->n_ops; i++) {
		if (is_target[i])
			put(c, "L%d:\n", i);
		c_put_op(c, &t->ops[i]);
	}
	put(c, "}\n\n");
	g_free(is_target);
}

static void put_run(struct c_file *c)
{
	int n = c->index;

	c->thread = &c->plain->threads[n];
	put_body(c, "thread");
	if (c->program != c->plain) {
		c->thread = &c->program->threads[n];
		put_body(c, "control");
	}
	if (c->thread->agent)
		put(c, "static void run_%d(int arg)\n{\n", n);
	else
		put(c, "static void run_%d(void *unused)\n{\n"
		    "\tint arg = 0;\n\n\t(void)unused;\n", n);
	if (c->program != c->plain)
		put(c, "\tif (replay_is_control()) {\n\t\tcontrol_%d(arg);\n"
		    "\t\treturn;\n\t}\n", n);
	put(c, "\tthread_%d(arg);\n}\n\n", n);
}

/* Before and after */

static void put_initial(struct c_file *c, int i)
{
	const struct object *o = &c->program->objects[i];
	const struct type *type = &c->program->types[o->type];
	int j;

	put(c, "\tobjects[%d] = replay_new%s(struct ", i + 1,
	    type->stable ? "_page" : "");
	c_put_type(c, o->type);
	put(c, ", ");
	name_append_string(c->out, o->name);
	put(c, ");\n");
	for (j = 0; j < type->n_fields; j++) {
		bool rmw = c->uses[o->type][j].rmw;

		if (type->fields[j].lock)
			continue;
		put(c, "\t");
		c_put_type(c, o->type);
		put(c, "(%d)->", i + 1);
		c_put_field(c, o->type, j);
		put(c, "%s = %d;\n", rmw ? ".counter" : "", o->initial[j]);
		if (!rmw || !type->fields[j].count)
			continue;
		put(c, "\treplay_counts(&");
		c_put_type(c, o->type);
		put(c, "(%d)->", i + 1);
		c_put_field(c, o->type, j);
		put(c, ".counter);\n");
	}
}

static void put_setup(struct c_file *c)
{
	const struct program *p = c->program;
	int i;

	put(c, "#line 1 \"setup\"\nstatic void setup(void)\n{\n");
	for (i = 0; i < p->n_types; i++)
		if (c_is_allocated(c, i))
			put(c, "\treplay_static(taken_%d);\n", i);
	for (i = 0; i < p->n_threads; i++) {
		if (!p->threads[i].agent)
			continue;
		if (c_is_callback(c, i))
			put(c, "\treplay_static(called_%d);\n"
			    "\treplay_static(head_%d);\n", i, i);
		else
			put(c, "\treplay_static(work_%d);\n"
			    "\tINIT_WORK(&work_%d, worker_%d);\n", i, i, i);
	}
	for (i = 0; i < p->n_objects; i++)
		put_initial(c, i);
	put(c, "}\n\n");
}

static void put_invariant(struct c_file *c, const struct invariant *v, int i)
{
	const struct object *o = &c->program->objects[i];

	put(c, "\tif (!replay_is_freed(objects[%d])", i + 1);
	if (!o->exists)
		put(c, " && is_taken(%d, atomic_read(&taken_%d))", i + 1,
		    o->type);
	put(c, " && !(");
	c_put_bare_of(c, v->holds, o->type, i + 1);
	put(c, "))\n\t\treplay_fail(REPLAY_SITE(");
	name_append_string(c->out, v->text);
	put(c, "), REPLAY_MISMATCH);\n");
}

static void put_at_rest(struct c_file *c)
{
	const struct program *p = c->program;
	int i, j;

	put(c, "/* Is @number among the first @n of its type's pool? */\n"
	    "static MAYBE_UNUSED bool is_taken(int number, int n)\n{\n"
	    "\tstatic const bool pool[] = { false");
	for (i = 0; i < p->n_objects; i++)
		put(c, p->objects[i].exists ? ", false" : ", true");
	put(c, " };\n\tint i;\n\n\tfor (i = 1; i < number; i++)\n"
	    "\t\tn -= pool[i] && types[i] == types[number];\n"
	    "\treturn n > 0;\n}\n\n"
	    "static void at_rest(void)\n{\n");
	for (i = 0; i < p->n_invariants; i++)
		for (j = 0; j < p->n_objects; j++)
			if (p->objects[j].type == p->invariants[i].type)
				put_invariant(c, &p->invariants[i], j);
	put(c, "}\n\n");
}

static void put_assumption(struct c_file *c, const char *text,
			   const struct src_loc *at, bool guessed)
{
	put(c, "\t{ ");
	if (at && at->file) {
		put(c, "\"");
		name_append_plain(c->out, at->file);
		put(c, "\", %d, ", at->line);
	} else {
		put(c, "NULL, 0, ");
	}
	name_append_string(c->out, text);
	put(c, ", %s },\n", guessed ? "true" : "false");
}

static int put_assumptions(struct c_file *c)
{
	const struct program *p = c->program;
	bool guessed = p->start == START_GUESSED;
	int i;

	if (!p->n_assumptions && !guessed)
		return 0;
	put(c, "static const struct replay_assumption assumptions[] = {\n");
	for (i = 0; i < p->n_assumptions; i++)
		put_assumption(c, p->assumptions[i].text,
			       &p->assumptions[i].at, false);
	if (guessed)
		put_assumption(c, "the values at the start are guessed", NULL,
			       true);
	put(c, "};\n\n");
	return p->n_assumptions + guessed;
}

static void put_program(struct c_file *c)
{
	const struct program *p = c->program;
	int i, n_threads = 0, n_assumptions = put_assumptions(c);

	put(c, "static const struct replay_thread threads[] = {\n");
	for (i = 0; i < p->n_threads; i++) {
		if (p->threads[i].agent)
			continue;
		put(c, "\t{ ");
		name_append_string(c->out, p->threads[i].name);
		put(c, ", run_%d, NULL },\n", i);
		n_threads++;
	}
	put(c, "};\n\nstatic const struct replay_program program = {\n"
	    "\t.name = ");
	name_append_string(c->out, p->name);
	put(c, ",\n\t.setup = setup,\n\t.threads = threads,\n"
	    "\t.n_threads = %d,\n\t.at_rest = at_rest,\n", n_threads);
	if (p != c->plain)
		put(c, "\t.control = \"the finding repaired\",\n");
	if (n_assumptions)
		put(c, "\t.assumptions = assumptions,\n"
		    "\t.n_assumptions = %d,\n", n_assumptions);
	put(c, "};\n\nint main(int argc, char **argv)\n{\n"
	    "\treturn replay_main(argc, argv, &program);\n}\n");
}

void emit_c(GString *out, const struct program *p,
	    const struct program *control)
{
	struct c_file c = {
		.out = out, .program = control ? control : p, .plain = p,
	};
	int i;

	c.uses = g_new(struct word_use *, c.program->n_types);
	for (i = 0; i < c.program->n_types; i++)
		c.uses[i] = g_new0(struct word_use,
				   c.program->types[i].n_fields);
	c_note_uses(&c, p);
	c_note_uses(&c, c.program);
	c_put_declarations(&c);
	for (c.index = 0; c.index < c.program->n_threads; c.index++)
		put_run(&c);
	put_setup(&c);
	put_at_rest(&c);
	put_program(&c);
	for (i = 0; i < c.program->n_types; i++)
		g_free(c.uses[i]);
	g_free(c.uses);
}
