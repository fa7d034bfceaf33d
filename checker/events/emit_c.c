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

#include "events/forms.h"
#include "events/names.h"

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
static void put(struct c_file *c, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	g_string_append_vprintf(c->out, format, args);
	va_end(args);
}

static void put_type(struct c_file *c, int type)
{
	name_append(c->out, c->program->types[type].record, type);
}

static void put_field(struct c_file *c, int type, int field)
{
	name_append(c->out, c->program->types[type].fields[field].name, field);
}

static void put_reg(struct c_file *c, int reg)
{
	const char *name = c->thread->regs[reg];

	name_append(c->out, name ? name : "r", reg);
}

static void put_operator(struct c_file *c, int op)
{
	if (op > 0xff)
		put(c, "%c", op >> 8);
	put(c, "%c", op & 0xff);
}

static void put_load(struct c_file *c, int type, int field, int object);
static void put_value_of(struct c_file *c, const struct value *v, int type,
			 int object);

/* Without the parentheses around it. */
static void put_bare_of(struct c_file *c, const struct value *v, int type,
			int object)
{
	if (v->kind != VALUE_BINARY) {
		put_value_of(c, v, type, object);
		return;
	}
	put_value_of(c, v->a, type, object);
	put(c, " ");
	put_operator(c, v->op);
	put(c, " ");
	put_value_of(c, v->b, type, object);
}

/* @object: 0, or of which object the registers are the words. */
static void put_value_of(struct c_file *c, const struct value *v, int type,
			 int object)
{
	switch (v->kind) {
	case VALUE_CONST:
		put(c, "%d", v->number);
		return;
	case VALUE_REG:
		if (object)
			put_load(c, type, v->number, object);
		else
			put_reg(c, v->number);
		return;
	case VALUE_UNARY:
		put_operator(c, v->op);
		put(c, "(");
		put_bare_of(c, v->a, type, object);
		put(c, ")");
		return;
	case VALUE_BINARY:
		put(c, "(");
		put_bare_of(c, v, type, object);
		put(c, ")");
		return;
	}
}

static void put_value(struct c_file *c, const struct value *v)
{
	put_value_of(c, v, 0, 0);
}

static void put_bare(struct c_file *c, const struct value *v)
{
	put_bare_of(c, v, 0, 0);
}

/* A value that is stored: only what is computed can fail to fit. */
static void put_fitting(struct c_file *c, const struct value *v)
{
	bool computed = v->kind == VALUE_UNARY || v->kind == VALUE_BINARY;

	put(c, computed ? "fit(" : "");
	put_bare(c, v);
	put(c, computed ? ")" : "");
}

/* The word itself, an lvalue. */
static void put_word(struct c_file *c, const struct place *place)
{
	put_type(c, place->type);
	put(c, "(");
	put_bare(c, place->object);
	put(c, ")->");
	put_field(c, place->type, place->field);
}

/* What fields are used for */

static void note_uses(struct c_file *c, const struct program *p)
{
	int i, j;

	for (i = 0; i < p->n_threads; i++)
		for (j = 0; j < p->threads[i].n_ops; j++) {
			const struct op *op = &p->threads[i].ops[j];
			struct word_use *use;

			if (!strchr(form_of(op)->operands, 'p'))
				continue;
			use = &c->uses[op->place.type][op->place.field];
			use->rmw |= op->kind == OP_RMW;
			use->queue |= op->kind == OP_PREPARE ||
				      op->kind == OP_WAKE;
			if (strchr(form_of(op)->operands, 'k'))
				use->locks |= 1u << op->lock;
		}
}

static const struct word_use *use_of(const struct c_file *c, const struct op *op)
{
	return &c->uses[op->place.type][op->place.field];
}

static const struct field *field_of(const struct c_file *c, const struct op *op)
{
	return &c->program->types[op->place.type].fields[op->place.field];
}

static enum lock_class lock_class(const struct word_use *use)
{
	if (use->locks == 1u << LOCK_SPIN)
		return CLASS_SPIN;
	if (use->locks == 1u << LOCK_BIT)
		return CLASS_BIT;
	return use->locks == 1u << LOCK_MUTEX ? CLASS_MUTEX : CLASS_RWSEM;
}

/* Declarations */

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
		put(c, "%s", locks[lock_class(use)]);
	else
		put(c, use->rmw ? "atomic_t" : "int");
}

static void put_struct(struct c_file *c, int type)
{
	int i;

	put(c, "struct ");
	put_type(c, type);
	put(c, " {\n\tint rest; /* all that is not named */\n");
	for (i = 0; i < c->program->types[type].n_fields; i++) {
		put(c, "\t");
		put_field_type(c, type, i);
		put(c, " ");
		put_field(c, type, i);
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
	put_type(c, type);
	put(c, " *");
	put_type(c, type);
	put(c, "(int number)\n{\n\treturn object(number, %d);\n}\n\n", type);
}

static bool is_allocated(const struct c_file *c, int type)
{
	int i;

	for (i = 0; i < c->program->n_objects; i++)
		if (c->program->objects[i].type == type &&
		    !c->program->objects[i].exists)
			return true;
	return false;
}

/* How objects of a type that did not exist at the start come into being. */
static void put_pool(struct c_file *c, int type)
{
	const struct program *p = c->program;
	int i, n = 0;

	if (!is_allocated(c, type))
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

static bool is_callback(const struct c_file *c, int agent)
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
		if (is_callback(c, i))
			put_callback(c, i);
		else
			put_work(c, i);
	}
}

/* Ops */

/* "", "_acquire"...: what follows the name of an atomic with a result. */
static const char *order_suffix(enum order order)
{
	static const char *const suffixes[] = {
		[ORDER_PLAIN] = "_relaxed", [ORDER_ONCE] = "_relaxed",
		[ORDER_ACQUIRE] = "_acquire", [ORDER_RELEASE] = "_release",
		[ORDER_FULL] = "",
	};

	return suffixes[order];
}

/* "NAME(" with the address of the word and whatever @end says. */
static void put_on_word(struct c_file *c, const char *name, const struct op *op,
			const char *end)
{
	put(c, "%s(&", name);
	put_word(c, &op->place);
	put(c, "%s", end);
}

static void put_load_op(struct c_file *c, const struct op *op)
{
	bool acquire = op->order == ORDER_ACQUIRE;

	if (use_of(c, op)->rmw) {
		put_on_word(c, acquire ? "atomic_read_acquire" : "atomic_read",
			    op, ")");
		return;
	}
	if (acquire) {
		put_on_word(c, "smp_load_acquire", op, ")");
		return;
	}
	/* What is loaded through a pointer is loaded later on any machine. */
	put(c, op->order == ORDER_PLAIN ? "READ(" :
	       field_of(c, op)->pointer ? "rcu_dereference(" : "READ_ONCE(");
	put_word(c, &op->place);
	put(c, ")");
}

static void put_stored(struct c_file *c, const struct op *op)
{
	bool counts = field_of(c, op)->count;

	put(c, counts ? "count(" : "");
	put_fitting(c, op->value);
	put(c, counts ? "))" : ")");
}

static void put_store(struct c_file *c, const struct op *op)
{
	bool release = op->order == ORDER_RELEASE;

	if (use_of(c, op)->rmw) {
		put_on_word(c, release ? "atomic_set_release" : "atomic_set",
			    op, ", ");
		put_stored(c, op);
		put(c, op->order == ORDER_FULL ? "; smp_mb()" : "");
		return;
	}
	if (release) {
		put_on_word(c, "smp_store_release", op, ", ");
		put_stored(c, op);
		return;
	}
	put(c, op->order == ORDER_FULL ? "smp_store_mb(" :
	       op->order == ORDER_ONCE ? "WRITE_ONCE(" : "WRITE(");
	put_word(c, &op->place);
	put(c, ", ");
	put_stored(c, op);
}

/* An RMW whose result nobody wants and that orders nothing. */
static bool is_void(const struct op *op)
{
	return op->result < 0 && op->order <= ORDER_ONCE;
}

/* atomic_NAME(OPERAND, &WORD): the operand first, as the kernel has it. */
static void put_atomic(struct c_file *c, const char *name, const struct op *op)
{
	put(c, "atomic_%s%s(", name, is_void(op) ? "" :
				     order_suffix(op->order));
	put_value(c, op->value);
	put(c, ", &");
	put_word(c, &op->place);
	put(c, ")");
}

static void put_add(struct c_file *c, const struct op *op)
{
	if (is_void(op)) {
		put_atomic(c, "add", op);
		return;
	}
	put(c, "fit(");
	put_atomic(c, "add_return", op);
	put(c, ")");
}

static void put_bits(struct c_file *c, const char *name, const char *fetch,
		     const struct op *op)
{
	put_atomic(c, is_void(op) ? name : fetch, op);
	if (op->result < 0)
		return;
	put(c, " & ");
	put_value(c, op->value);
}

/* atomic_NAME(&WORD, A, B) or (&WORD, A) with @b NULL. */
static void put_exchange(struct c_file *c, const char *name, const struct op *op,
			 const struct value *a, const struct value *b)
{
	put(c, "atomic_");
	put_on_word(c, name, op, ", ");
	put_fitting(c, a);
	put(c, b ? ", " : ")");
	if (!b)
		return;
	put_fitting(c, b);
	put(c, ")");
}

static void put_rmw(struct c_file *c, const struct op *op)
{
	const char *suffix = order_suffix(op->order);
	char *name;

	switch (op->rmw) {
	case RMW_ADD:
		put_add(c, op);
		return;
	case RMW_OR:
		put_bits(c, "or", "fetch_or", op);
		return;
	case RMW_ANDNOT:
		put_bits(c, "andnot", "fetch_andnot", op);
		return;
	case RMW_XCHG:
		name = g_strconcat("xchg", suffix, NULL);
		put_exchange(c, name, op, op->value, NULL);
		g_free(name);
		return;
	case RMW_CMPXCHG:
		name = g_strconcat("cmpxchg", suffix, NULL);
		put_exchange(c, name, op, op->expected, op->value);
		g_free(name);
		return;
	case RMW_ADD_UNLESS:
		/* There is the fully ordered one only. */
		put_exchange(c, "add_unless", op, op->value, op->expected);
		return;
	}
}

static void put_lock(struct c_file *c, const struct op *op)
{
	/* By class, then lock, trylock, unlock; of readers in the last row. */
	static const char *const names[][3] = {
		[CLASS_SPIN] = { "spin_lock", "spin_trylock", "spin_unlock" },
		[CLASS_MUTEX] = { "mutex_lock", "mutex_trylock",
				  "mutex_unlock" },
		[CLASS_BIT] = { "bit_spin_lock", "bit_spin_trylock",
				"bit_spin_unlock" },
		[CLASS_RWSEM] = { "down_write", "down_write_trylock",
				  "up_write" },
		[CLASS_RWSEM + 1] = { "down_read", "down_read_trylock",
				      "up_read" },
	};
	enum lock_class class = lock_class(use_of(c, op));
	int row = (int)class + (op->lock == LOCK_READ);

	put(c, "%s(%s&", names[row][op->kind - OP_LOCK],
	    class == CLASS_BIT ? "0, " : "");
	put_word(c, &op->place);
	put(c, ")");
}

static void put_fence(struct c_file *c, const struct op *op)
{
	put(c, op->order == ORDER_FULL ? "smp_mb()" :
	       op->order == ORDER_ACQUIRE ? "smp_rmb()" : "smp_wmb()");
}

/* Choices with the same text are one choice to opaque(): each gets its own. */
static void put_choose(struct c_file *c, const struct op *op)
{
	char *text = g_strdup_printf("%s [%d.%d]", op->text ? op->text : "",
				     c->index, (int)(op - c->thread->ops));

	if (op->assumed && op->number == 2)
		put(c, "opaque(");
	else
		put(c, "(int)choose(%d, ", op->number);
	name_append_string(c->out, text);
	put(c, ")");
	g_free(text);
}

static void put_assert(struct c_file *c, const struct op *op)
{
	put(c, "if (!(");
	put_bare(c, op->value);
	put(c, ")) replay_fail(REPLAY_SITE(");
	name_append_string(c->out, op->text ? op->text : "assertion");
	put(c, "), REPLAY_ASSERTION)");
}

static void put_site_call(struct c_file *c, const char *name,
			  const struct op *op)
{
	put(c, "%s(REPLAY_SITE(\"%s\"), ", name, form_of(op)->name);
	put_value(c, op->value);
	put(c, ")");
}

static void put_alloc(struct c_file *c, const struct op *op)
{
	if (is_allocated(c, op->number))
		put(c, "alloc_%d()", op->number);
	else
		put(c, "(replay_drop(\"no object is left\"), 0)");
}

static void put_wait(struct c_file *c, const struct op *op)
{
	put_on_word(c, "queue = replay_queue_of", op, "); ");
	put(c, "prepare_to_wait(queue, &wait, TASK_UNINTERRUPTIBLE)");
}

static void put_wake(struct c_file *c, const struct op *op)
{
	put_on_word(c, "wake_up_var", op, ")");
}

static void put_start(struct c_file *c, const struct op *op)
{
	char *name = g_strdup_printf("start_%d", op->number);

	put_site_call(c, name, op);
	g_free(name);
}

static void put_call_rcu(struct c_file *c, const struct op *op)
{
	put(c, "call_%d(", op->number);
	put_fitting(c, op->value);
	put(c, ")");
}

/* What an op does, without what becomes of its result. */
static void put_effect(struct c_file *c, const struct op *op)
{
	switch (op->kind) {
	case OP_SET:		put_fitting(c, op->value); return;
	case OP_CHOOSE:		put_choose(c, op); return;
	case OP_ASSERT:		put_assert(c, op); return;
	case OP_DROP:		put(c, "replay_drop(\"a bound\")"); return;
	case OP_LOAD:		put_load_op(c, op); return;
	case OP_STORE:		put_store(c, op); return;
	case OP_RMW:		put_rmw(c, op); return;
	case OP_FENCE:		put_fence(c, op); return;
	case OP_USE:		put_site_call(c, "use", op); return;
	case OP_ALLOC:		put_alloc(c, op); return;
	case OP_FREE:		put_site_call(c, "release", op); return;
	case OP_LOCK:
	case OP_TRYLOCK:
	case OP_UNLOCK:		put_lock(c, op); return;
	case OP_RCU_LOCK:	put(c, "rcu_read_lock()"); return;
	case OP_RCU_UNLOCK:	put(c, "rcu_read_unlock()"); return;
	case OP_SYNCHRONIZE:	put(c, "synchronize_rcu()"); return;
	case OP_PREPARE:	put_wait(c, op); return;
	case OP_SCHEDULE:	put(c, "schedule()"); return;
	case OP_FINISH:
		put(c, "if (queue) finish_wait(queue, &wait)");
		return;
	case OP_WAKE:		put_wake(c, op); return;
	case OP_RELAX:		put(c, "cpu_relax()"); return;
	case OP_START:		put_start(c, op); return;
	case OP_CALL_RCU:	put_call_rcu(c, op); return;
	default:		return; /* Jumps and the end: put_op(). */
	}
}

/* What has no place comes after "no place", where lines mean nothing. */
static void put_place_of(struct c_file *c, const struct op *op)
{
	if (op->at.file) {
		put(c, "#line %d \"", op->at.line);
		name_append_plain(c->out, op->at.file);
		put(c, "\"\n");
	} else if (c->placed) {
		put(c, "#line 1 \"no place\"\n");
	}
	c->placed = op->at.file;
}

/* Compilers complain of r = r. */
static bool is_self_set(const struct op *op)
{
	return op->kind == OP_SET && op->value->kind == VALUE_REG &&
	       op->value->number == op->result;
}

static void put_op(struct c_file *c, const struct op *op)
{
	put_place_of(c, op);
	put(c, "\t");
	if (op->text && !op_is_local(op->kind)) {
		put(c, "replay_says(");
		name_append_string(c->out, op->text);
		/* On one line with the op, or #line would count on. */
		put(c, "); ");
	}
	switch (op->kind) {
	case OP_BRANCH:
		put(c, "if (");
		put_bare(c, op->value);
		put(c, ") goto L%d;\n", op->target);
		return;
	case OP_GOTO:
		put(c, "goto L%d;\n", op->target);
		return;
	case OP_END:
		put(c, "return;\n");
		return;
	default:
		break;
	}
	if (is_self_set(op)) {
		put(c, ";\n");
		return;
	}
	if (op->result >= 0 && g_ascii_toupper(*form_of(op)->operands) == 'R') {
		put_reg(c, op->result);
		put(c, " = ");
	} else if (op->kind == OP_RMW && !is_void(op)) {
		put(c, "(void)");
	}
	put_effect(c, op);
	put(c, ";\n");
}

static void put_regs(struct c_file *c)
{
	const struct thread *t = c->thread;
	int i;

	for (i = 0; i < t->n_regs; i++) {
		put(c, "\tint ");
		put_reg(c, i);
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
		put_op(c, &t->ops[i]);
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

/* A word of the object @object, at rest. */
static void put_load(struct c_file *c, int type, int field, int object)
{
	put(c, c->uses[type][field].rmw ? "atomic_read(&" : "READ(");
	put_type(c, type);
	put(c, "(%d)->", object);
	put_field(c, type, field);
	put(c, ")");
}

static void put_initial(struct c_file *c, int i)
{
	const struct object *o = &c->program->objects[i];
	const struct type *type = &c->program->types[o->type];
	int j;

	put(c, "\tobjects[%d] = replay_new%s(struct ", i + 1,
	    type->stable ? "_page" : "");
	put_type(c, o->type);
	put(c, ", ");
	name_append_string(c->out, o->name);
	put(c, ");\n");
	for (j = 0; j < type->n_fields; j++) {
		bool rmw = c->uses[o->type][j].rmw;

		if (type->fields[j].lock)
			continue;
		put(c, "\t");
		put_type(c, o->type);
		put(c, "(%d)->", i + 1);
		put_field(c, o->type, j);
		put(c, "%s = %d;\n", rmw ? ".counter" : "", o->initial[j]);
		if (!rmw || !type->fields[j].count)
			continue;
		put(c, "\treplay_counts(&");
		put_type(c, o->type);
		put(c, "(%d)->", i + 1);
		put_field(c, o->type, j);
		put(c, ".counter);\n");
	}
}

static void put_setup(struct c_file *c)
{
	const struct program *p = c->program;
	int i;

	put(c, "#line 1 \"setup\"\nstatic void setup(void)\n{\n");
	for (i = 0; i < p->n_types; i++)
		if (is_allocated(c, i))
			put(c, "\treplay_static(taken_%d);\n", i);
	for (i = 0; i < p->n_threads; i++) {
		if (!p->threads[i].agent)
			continue;
		if (is_callback(c, i))
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
	put_bare_of(c, v->holds, o->type, i + 1);
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
	note_uses(&c, p);
	note_uses(&c, c.program);
	put_head(&c);
	for (i = 0; i < c.program->n_types; i++)
		put_struct(&c, i);
	put_numbers(&c);
	put_helpers(&c);
	for (i = 0; i < c.program->n_types; i++) {
		put_finder(&c, i);
		put_pool(&c, i);
	}
	put_agents(&c);
	for (c.index = 0; c.index < c.program->n_threads; c.index++)
		put_run(&c);
	put_setup(&c);
	put_at_rest(&c);
	put_program(&c);
	for (i = 0; i < c.program->n_types; i++)
		g_free(c.uses[i]);
	g_free(c.uses);
}
