// SPDX-License-Identifier: GPL-2.0-only
/* The table of the ops' names and operands. */
#include "events/forms.h"

#include <string.h>

#include "ir/ir.h"

/* In the order of enum op_kind, and of enum rmw_kind in the place of OP_RMW. */
static const struct form forms[] = {
	{ "set", OP_SET, 0, "rv" },
	{ "choose", OP_CHOOSE, 0, "rn" },
	{ "branch", OP_BRANCH, 0, "vl" },
	{ "goto", OP_GOTO, 0, "l" },
	{ "assert", OP_ASSERT, 0, "v" },
	{ "drop", OP_DROP, 0, "" },
	{ "end", OP_END, 0, "" },
	{ "load", OP_LOAD, 0, "rpo" },
	{ "store", OP_STORE, 0, "pvo" },
	{ "add", OP_RMW, RMW_ADD, "Rpvo" },
	{ "or", OP_RMW, RMW_OR, "Rpvo" },
	{ "andnot", OP_RMW, RMW_ANDNOT, "Rpvo" },
	{ "xchg", OP_RMW, RMW_XCHG, "Rpvo" },
	{ "cmpxchg", OP_RMW, RMW_CMPXCHG, "Rpevo" },
	{ "add_unless", OP_RMW, RMW_ADD_UNLESS, "Rpevo" },
	{ "fence", OP_FENCE, 0, "o" },
	{ "use", OP_USE, 0, "v" },
	{ "alloc", OP_ALLOC, 0, "rt" },
	{ "free", OP_FREE, 0, "v" },
	{ "lock", OP_LOCK, 0, "kp" },
	{ "trylock", OP_TRYLOCK, 0, "rkp" },
	{ "unlock", OP_UNLOCK, 0, "kp" },
	{ "rcu_lock", OP_RCU_LOCK, 0, "" },
	{ "rcu_unlock", OP_RCU_UNLOCK, 0, "" },
	{ "synchronize", OP_SYNCHRONIZE, 0, "" },
	{ "prepare", OP_PREPARE, 0, "p" },
	{ "schedule", OP_SCHEDULE, 0, "" },
	{ "finish", OP_FINISH, 0, "" },
	{ "wake", OP_WAKE, 0, "p" },
	{ "relax", OP_RELAX, 0, "" },
	{ "start", OP_START, 0, "Rhv" },
	{ "call_rcu", OP_CALL_RCU, 0, "hv" },
};

const char *const order_names[] = {
	[ORDER_PLAIN] = "plain", [ORDER_ONCE] = "once",
	[ORDER_ACQUIRE] = "acquire", [ORDER_RELEASE] = "release",
	[ORDER_FULL] = "full", NULL,
};

const char *const lock_names[] = {
	[LOCK_SPIN] = "spin", [LOCK_MUTEX] = "mutex", [LOCK_READ] = "read",
	[LOCK_WRITE] = "write", [LOCK_BIT] = "bit", NULL,
};

const char *const start_names[] = {
	[START_CONSTRUCTED] = "constructed", [START_DERIVED] = "derived",
	[START_GUESSED] = "guessed", NULL,
};

const struct form *form_of(const struct op *op)
{
	guint i = (guint)op->kind;

	if (op->kind == OP_RMW)
		i += (guint)op->rmw;
	else if (op->kind > OP_RMW)
		i += RMW_ADD_UNLESS;
	if (i >= G_N_ELEMENTS(forms) || forms[i].kind != op->kind)
		return NULL;
	return &forms[i];
}

const struct form *form_find(const char *name)
{
	guint i;

	for (i = 0; i < G_N_ELEMENTS(forms); i++)
		if (strcmp(forms[i].name, name) == 0)
			return &forms[i];
	return NULL;
}

int name_index(const char *const names[], const char *name)
{
	int i;

	for (i = 0; names[i]; i++)
		if (strcmp(names[i], name) == 0)
			return i;
	return -1;
}

bool thread_has_op(const struct thread *t, enum op_kind kind)
{
	int i;

	for (i = 0; i < t->n_ops; i++)
		if (t->ops[i].kind == kind)
			return true;
	return false;
}

bool is_identifier(const char *name)
{
	const char *c;

	for (c = name; g_ascii_isalnum(*c) || *c == '_'; c++)
		;
	return *name && !*c && !g_ascii_isdigit(*name);
}

bool is_operator(int op, int operands)
{
	static const int binary[] = {
		'+', '-', '&', '|', '^', '<', '>', OP2('<', '='),
		OP2('>', '='), OP2('=', '='), OP2('!', '='), OP2('&', '&'),
		OP2('|', '|'),
	};
	guint i;

	if (operands == 1)
		return op == '!' || op == '~' || op == '-';
	for (i = 0; i < G_N_ELEMENTS(binary); i++)
		if (binary[i] == op)
			return true;
	return false;
}

void operator_append(GString *out, int op)
{
	if (op > 0xff)
		g_string_append_c(out, (char)(op >> 8));
	g_string_append_c(out, (char)(op & 0xff));
}
