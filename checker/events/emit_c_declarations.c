// SPDX-License-Identifier: GPL-2.0-only
/*
 * What stands before the threads of the C file: types, objects by number,
 * helpers, and what starts agents.
 */
#include "events/emit_c.h"

#include "events/names.h"

static void put_head(struct c_file *c)
{
	put(c, "/* SPDX-License-Identifier: GPL-2.0-only */\n"
	    "/*\n * ");
	name_append_plain(c->out, c->program->name);
	put(c, "\n *\n"
	    " * Made by pincheck: the operations of a finding, for the replay "
	    "runtime. Build\n"
	    " * it with -I of replay/include and the library, then run it with "
	    "--help.\n */\n"
	    "#include <replay.h>\n\n"
	    "#define MAYBE_UNUSED __attribute__((unused))\n"
	    "/* Conditions stand as they were analysed, some know their answer. "
	    "*/\n"
	    "#pragma GCC diagnostic ignored \"-Wtautological-compare\"\n"
	    "#pragma GCC diagnostic ignored \"-Wint-in-bool-context\"\n"
	    "#pragma GCC diagnostic ignored \"-Wbool-operation\"\n\n");
}

static void put_field_type(struct c_file *c, int type, int field)
{
	static const char *const locks[] = {
		[CLASS_SPIN] = "spinlock_t", [CLASS_MUTEX] = "struct mutex",
		[CLASS_BIT] = "unsigned long",
		[CLASS_RWSEM] = "struct rw_semaphore",
	};
	const struct word_use *use = &c->uses[type][field];

	if (c->program->types[type].fields[field].lock)
		put(c, "%s", locks[c_lock_class(use)]);
	else
		put(c, use->rmw ? "atomic_t" : "int");
}

static void put_struct(struct c_file *c, int type)
{
	int i;

	put(c, "struct ");
	c_put_type(c, type);
	put(c, " {\n\tint rest; /* all that is not named */\n");
	for (i = 0; i < c->program->types[type].n_fields; i++) {
		put(c, "\t");
		put_field_type(c, type, i);
		put(c, " ");
		c_put_field(c, type, i);
		/* Queues are told apart by eight bytes. */
		put(c, c->uses[type][i].queue ?
		       " __attribute__((aligned(8)));\n" : ";\n");
	}
	put(c, "};\n\n");
}

static void put_numbers(struct c_file *c)
{
	const struct program *p = c->program;
	int i;

	put(c, "/* Objects by number; 0 is NULL. */\n"
	    "static void *objects[%d];\n"
	    "static const int types[] MAYBE_UNUSED = { -1", p->n_objects + 1);
	for (i = 0; i < p->n_objects; i++)
		put(c, ", %d", p->objects[i].type);
	put(c, " };\n"
	    "static const bool stable[] MAYBE_UNUSED = { false");
	for (i = 0; i < p->n_objects; i++)
		put(c, ", %s", p->types[p->objects[i].type].stable ?
		    "true" : "false");
	put(c, " };\n\n");
}

static void put_helpers(struct c_file *c)
{
	put(c,
	    "/* A number that leads to nothing is the model's defect. */\n"
	    "static MAYBE_UNUSED void *object(int number, int type)\n{\n"
	    "\tif (number < 0 || number > %d ||\n"
	    "\t    (number && type >= 0 && types[number] != type))\n"
	    "\t\treplay_drop(\"no such object\");\n"
	    "\treturn objects[number];\n}\n\n"
	    "static MAYBE_UNUSED int fit(int value)\n{\n"
	    "\tif (value < %d || value > %d)\n"
	    "\t\treplay_drop(\"a value is too large\");\n"
	    "\treturn value;\n}\n\n"
	    "/* A value for a reference count. */\n"
	    "static MAYBE_UNUSED int count(int value)\n{\n"
	    "\tif (value < 0)\n"
	    "\t\treplay_fail(REPLAY_SITE(\"count set below 0\"),\n"
	    "\t\t\t    REPLAY_UNDERFLOW);\n"
	    "\treturn value;\n}\n\n"
	    "/* An access to something in it that is not named. */\n"
	    "static MAYBE_UNUSED void use(const struct replay_site *site, "
	    "int number)\n{\n"
	    "\treplay_load(site, object(number, -1), sizeof(int), "
	    "REPLAY_RELAXED);\n}\n\n"
	    "static MAYBE_UNUSED void release(const struct replay_site *site, "
	    "int number)\n{\n"
	    "\tif (!stable[object(number, -1) ? number : 0])\n"
	    "\t\treplay_free(site, objects[number]);\n}\n\n",
	    c->program->n_objects, PROGRAM_MIN, PROGRAM_MAX);
}

static void put_finder(struct c_file *c, int type)
{
	put(c, "static MAYBE_UNUSED struct ");
	c_put_type(c, type);
	put(c, " *");
	c_put_type(c, type);
	put(c, "(int number)\n{\n\treturn object(number, %d);\n}\n\n", type);
}

/* How objects of a type that did not exist at the start come into being. */
static void put_pool(struct c_file *c, int type)
{
	const struct program *p = c->program;
	int i, n = 0;

	if (!c_is_allocated(c, type))
		return;
	put(c, "static atomic_t taken_%d MAYBE_UNUSED;\n\n"
	    "static MAYBE_UNUSED int alloc_%d(void)\n{\n"
	    "\tstatic const int pool[] = { ", type, type);
	for (i = 0; i < p->n_objects; i++)
		if (p->objects[i].type == type && !p->objects[i].exists) {
			put(c, "%d, ", i + 1);
			n++;
		}
	put(c, "0 };\n\tint n = atomic_fetch_inc_relaxed(&taken_%d);\n\n"
	    "\tif (n >= %d)\n\t\treplay_drop(\"no object is left\");\n"
	    "\treturn pool[n];\n}\n\n", type, n);
}

/* Agents */

static void put_callback(struct c_file *c, int n)
{
	put(c,
	    "static struct rcu_head head_%d;\n"
	    "static int arg_%d;\n"
	    "static int called_%d; /* 1 waits, 2 runs */\n\n"
	    "static void run_%d(int arg);\n\n"
	    "static void callback_%d(struct rcu_head *head)\n{\n"
	    "\tint arg = arg_%d;\n\n\t(void)head;\n"
	    "\tWRITE(called_%d, 2);\n\trun_%d(arg);\n"
	    "\tWRITE(called_%d, 0);\n}\n\n",
	    n, n, n, n, n, n, n, n, n);
	put(c,
	    "static MAYBE_UNUSED void call_%d(int arg)\n{\n"
	    "\tint old = cmpxchg(&called_%d, 0, 1);\n\n"
	    "\tif (old == 1 && arg == arg_%d)\n"
	    "\t\treplay_fail(REPLAY_SITE(\"call_rcu() twice\"),\n"
	    "\t\t\t    REPLAY_DOUBLE_FREE);\n"
	    "\tif (old)\n\t\treplay_drop(\"no callback is left\");\n"
	    "\targ_%d = arg;\n"
	    "\tcall_rcu(&head_%d, callback_%d);\n}\n\n", n, n, n, n, n, n);
}

static void put_work(struct c_file *c, int n)
{
	put(c,
	    "static struct work_struct work_%d;\n"
	    "static int arg_%d;\n\n"
	    "static void run_%d(int arg);\n\n"
	    "static void worker_%d(struct work_struct *work)\n{\n"
	    "\t(void)work;\n\trun_%d(arg_%d);\n}\n\n", n, n, n, n, n, n);
	put(c,
	    "static MAYBE_UNUSED int start_%d(const struct replay_site *site, "
	    "int arg)\n{\n"
	    "\tif (replay_deferred_queue(site, &work_%d.deferred)) {\n"
	    "\t\targ_%d = arg;\n\t\treturn 1;\n\t}\n"
	    "\t/* Another item than this agent stands for. */\n"
	    "\tif (arg_%d != arg)\n\t\treplay_drop(\"no agent is left\");\n"
	    "\treturn 0;\n}\n\n", n, n, n, n);
}

static void put_agents(struct c_file *c)
{
	const struct program *p = c->program;
	int i;

	for (i = 0; i < p->n_threads; i++) {
		if (!p->threads[i].agent)
			continue;
		if (c_is_callback(c, i))
			put_callback(c, i);
		else
			put_work(c, i);
	}
}

void c_put_declarations(struct c_file *c)
{
	int i;

	put_head(c);
	for (i = 0; i < c->program->n_types; i++)
		put_struct(c, i);
	put_numbers(c);
	put_helpers(c);
	for (i = 0; i < c->program->n_types; i++) {
		put_finder(c, i);
		put_pool(c, i);
	}
	put_agents(c);
}
