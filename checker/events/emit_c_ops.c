// SPDX-License-Identifier: GPL-2.0-only
/* Each op as a statement of the C file, at its #line. */
#include "events/emit_c.h"

#include <string.h>

#include "events/names.h"

static const struct word_use *use_of(const struct c_file *c,
				     const struct op *op)
{
	return &c->uses[op->place.type][op->place.field];
}

static const struct field *field_of(const struct c_file *c, const struct op *op)
{
	return &c->program->types[op->place.type].fields[op->place.field];
}

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
	c_put_word(c, &op->place);
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
	c_put_word(c, &op->place);
	put(c, ")");
}

static void put_stored(struct c_file *c, const struct op *op)
{
	bool counts = field_of(c, op)->count;

	put(c, counts ? "count(" : "");
	c_put_fitting(c, op->value);
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
	c_put_word(c, &op->place);
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
	c_put_value(c, op->value);
	put(c, ", &");
	c_put_word(c, &op->place);
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
	c_put_value(c, op->value);
}

/* atomic_NAME(&WORD, A, B) or (&WORD, A) with @b NULL. */
static void put_exchange(struct c_file *c, const char *name,
			 const struct op *op, const struct value *a,
			 const struct value *b)
{
	put(c, "atomic_");
	put_on_word(c, name, op, ", ");
	c_put_fitting(c, a);
	put(c, b ? ", " : ")");
	if (!b)
		return;
	c_put_fitting(c, b);
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
	enum lock_class class = c_lock_class(use_of(c, op));
	int row = (int)class + (op->lock == LOCK_READ);

	put(c, "%s(%s&", names[row][op->kind - OP_LOCK],
	    class == CLASS_BIT ? "0, " : "");
	c_put_word(c, &op->place);
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
	c_put_bare(c, op->value);
	put(c, ")) replay_fail(REPLAY_SITE(");
	name_append_string(c->out, op->text ? op->text : "assertion");
	put(c, "), REPLAY_ASSERTION)");
}

static void put_site_call(struct c_file *c, const char *name,
			  const struct op *op)
{
	put(c, "%s(REPLAY_SITE(\"%s\"), ", name, form_of(op)->name);
	c_put_value(c, op->value);
	put(c, ")");
}

static void put_alloc(struct c_file *c, const struct op *op)
{
	if (c_is_allocated(c, op->number))
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
	c_put_fitting(c, op->value);
	put(c, ")");
}

/* What an op does, without what becomes of its result. */
static void put_effect(struct c_file *c, const struct op *op)
{
	switch (op->kind) {
	case OP_SET:		c_put_fitting(c, op->value); return;
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
	default:		return; /* Jumps and the end: c_put_op(). */
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

void c_put_op(struct c_file *c, const struct op *op)
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
		c_put_bare(c, op->value);
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
		c_put_reg(c, op->result);
		put(c, " = ");
	} else if (op->kind == OP_RMW && !is_void(op)) {
		put(c, "(void)");
	}
	put_effect(c, op);
	put(c, ";\n");
}
