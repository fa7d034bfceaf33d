// SPDX-License-Identifier: GPL-2.0-only
/*
 * Counts, and references on objects whose count the model does not name. How
 * much is added and what comes back is read from the name where the table
 * says only that a count changes.
 */
#include "lower/call.h"

#include <string.h>

/* The count that argument @n points at, or that its object has. */
struct word *call_count_word(const struct call *c, struct spot *s)
{
	struct word *w;

	if (!s->object)
		return NULL;
	if (*s->path)
		return spot_word(c->f, s);
	w = count_of(c->f->b, s->kind);
	if (!word_is_useful(c->f->b, s->kind, w->field.name))
		return NULL;
	return w;
}

int call_add_count(const struct call *c, const struct spot *s,
		     const struct word *w, int n)
{
	return add_rmw(c->f, spot_place(c->f, s, w), RMW_ADD, call_number(c, n),
		       NULL);
}

/* The amount and the result of atomic_sub_return() and its like. */
struct arithmetic {
	int sign, amount_arg, result; /* result: 'n'ew, 'o'ld, 'z'ero, 0 */
	bool unless;
};

static struct arithmetic arithmetic_of(const struct call *c)
{
	const char *name = c->row->name;
	struct arithmetic a = { .sign = 1, .amount_arg = -1 };

	if (strstr(name, "sub") || strstr(name, "dec"))
		a.sign = -1;
	if (strstr(name, "add") || strstr(name, "sub"))
		a.amount_arg = c->row->arg == 0 ? 1 : 0;
	a.unless = strstr(name, "unless") || strstr(name, "not_one");
	a.result = strstr(name, "and_test") ? 'z' :
		   strstr(name, "return") ? 'n' :
		   strstr(name, "fetch") ? 'o' : 0;
	return a;
}

/* A counter that no life hangs on may have any value afterwards. */
static void becomes_unknown(struct call *c, const struct spot *s,
			    const struct word *w)
{
	add_store(c->f, spot_place(c->f, s, w),
		  call_reg(c, add_unknown(c->f)), ORDER_ONCE);
}

static void count_add(struct call *c, const struct spot *s,
		      const struct word *w)
{
	struct arithmetic a = arithmetic_of(c);
	const struct value *v = a.amount_arg < 0 ? call_number(c, 1) :
				value_of(c->f, call_nth(c, a.amount_arg));
	const struct value *expected = NULL;
	int r;

	if (v && a.sign < 0)
		v = value_unary(c->f->b, '-', v);
	if (a.unless)
		expected = call_nth(c, 2) ? value_of(c->f, call_nth(c, 2)) :
				       call_number(c, 1);
	if ((!v || (a.unless && !expected)) && !w->field.count) {
		becomes_unknown(c, s, w);
		return;
	}
	if (!v || (a.unless && !expected)) {
		builder_fail(c->f->b, "%s(): by how much is not known",
			     c->row->name);
		return;
	}
	r = add_rmw(c->f, spot_place(c->f, s, w),
		    a.unless ? RMW_ADD_UNLESS : RMW_ADD, v, expected);
	c->ret->value = call_reg(c, r);
	if (a.unless)
		c->ret->value = value_binary(c->f->b, OP2('!', '='),
					     call_reg(c, r),
					     call_number(c, 0));
	else if (a.result == 'z')
		c->ret->value = call_equals(c, call_reg(c, r), 0);
	else if (a.result == 'o')
		c->ret->value = value_binary(c->f->b, '-', call_reg(c, r), v);
}

static void run_release(struct call *c, const struct spot *s, int function_arg)
{
	const struct expr *fn = call_nth(c, function_arg);
	const struct func *func = fn && fn->kind == EXPR_FUNC ?
		unit_find(c->f->b->flow->unit, fn->name) : NULL;
	struct event call = { .kind = EVENT_CALL, .loc = c->ev->loc,
			      .args = &c->ev->args[c->row->arg],
			      .n_args = 1, .id = -1 };

	if (!func || c->f->depth > 6) {
		add_free(c->f, s);
		return;
	}
	build_body(c->f, c->f->t, c->f->b, func, &call);
}

/* Decrements; jumps to what it returns if others are left. */
static int dec_or_jump(struct call *c, const struct spot *s,
		       const struct word *w)
{
	int r = call_add_count(c, s, w, -1);

	return add_branch(c->f, call_reg(c, r));
}

/*
 * dec_and_lock: one that is not the last is dropped without the lock. The
 * result register is 1 when the lock is held and the count 0.
 */
static int dec_and_lock(struct call *c, const struct spot *s,
			const struct word *w, int lock_arg)
{
	int result = new_reg(c->f->t, NULL), more, left, out;

	add_set(c->f, result, call_number(c, 0));
	more = add_rmw(c->f, spot_place(c->f, s, w), RMW_ADD_UNLESS,
		       call_number(c, -1), call_number(c, 1));
	out = add_branch(c->f, call_reg(c, more));
	call_take(c, lock_arg, true);
	left = add_branch(c->f, call_reg(c, call_add_count(c, s, w, -1)));
	add_set(c->f, result, call_number(c, 1));
	more = add_goto(c->f);
	patch(c->f, left);
	call_take(c, lock_arg, false);
	patch(c->f, more);
	patch(c->f, out);
	return result;
}

static void count_dec_free(struct call *c, const struct spot *s,
			   const struct word *w)
{
	struct spot whole = *s;
	int skip, last;

	whole.path = "";
	if (c->row->effect == EFFECT_COUNT_DEC_FREE_LOCK) {
		last = dec_and_lock(c, s, w, 2);
		skip = add_branch(c->f, call_equals(c, call_reg(c, last), 0));
	} else {
		last = new_reg(c->f->t, NULL);
		add_set(c->f, last, call_number(c, 0));
		skip = dec_or_jump(c, s, w);
		add_set(c->f, last, call_number(c, 1));
	}
	run_release(c, &whole, c->row->arg2);
	patch(c->f, skip);
	c->ret->value = call_reg(c, last);
}

/* if (count == old) count = new */
static void count_cmpxchg(struct call *c, const struct spot *s,
			  const struct word *w)
{
	bool try = strstr(c->row->name, "try") != NULL;
	bool freeze = c->row->effect == EFFECT_COUNT_FREEZE;
	const struct value *old, *new;
	struct spot var = { 0 };
	int r;

	if (try)
		var = call_pointee(c, c->row->arg2);
	old = try && var.frame ?
		      call_reg(c, local_reg((struct frame *)var.frame,
				       var.local)) :
		      c->row->arg2 < 0 ? call_number(c, 1) :
					 value_of(c->f, call_nth(c, c->row->arg2));
	new = freeze ? call_number(c, 0) :
	      call_nth(c, c->row->arg2 + 1) ?
		       value_of(c->f, call_nth(c, c->row->arg2 + 1)) : NULL;
	if ((!old || !new) && !w->field.count) {
		becomes_unknown(c, s, w);
		return;
	}
	if (!old || !new) {
		builder_fail(c->f->b, "%s(): of what is not known",
			     c->row->name);
		return;
	}
	/* it is compared with what the variable was before */
	if (try && var.frame)
		old = call_reg(c, add_set(c->f, -1, old));
	r = add_rmw(c->f, spot_place(c->f, s, w), RMW_CMPXCHG, new, old);
	c->ret->value = call_reg(c, r);
	if (try || freeze)
		c->ret->value = call_reg(c, add_set(c->f, -1, value_binary(
			c->f->b, OP2('=', '='), call_reg(c, r), old)));
	if (try && var.frame)
		add_set(c->f, local_reg((struct frame *)var.frame, var.local),
			call_reg(c, r));
}

/* Up or down, so that a loop would take it as far as it likes. */
static bool moves(enum effect e)
{
	return e == EFFECT_COUNT_INC || e == EFFECT_COUNT_DEC ||
	       e == EFFECT_COUNT_ADD || e == EFFECT_COUNT_DEC_TEST;
}

void call_count(struct call *c)
{
	struct spot s = call_pointee(c, c->row->arg);
	struct word *w = call_count_word(c, &s);
	const struct value *left;
	struct place p;

	if (!w) {
		add_use(c->f, &s);
		return;
	}
	if (!w->field.count && moves(c->row->effect) && is_repeated(c->f)) {
		becomes_unknown(c, &s, w);
		return;
	}
	p = spot_place(c->f, &s, w);
	switch (c->row->effect) {
	case EFFECT_COUNT_INC:
	case EFFECT_COUNT_DEC:
	case EFFECT_COUNT_ADD:
		count_add(c, &s, w);
		break;
	case EFFECT_COUNT_DEC_TEST:
		left = call_reg(c, call_add_count(c, &s, w, -1));
		c->ret->value = call_equals(c, left, 0);
		break;
	case EFFECT_COUNT_DEC_LOCK:
		c->ret->value = call_reg(c, dec_and_lock(c, &s, w, c->row->arg2));
		break;
	case EFFECT_COUNT_DEC_FREE:
	case EFFECT_COUNT_DEC_FREE_LOCK:
		count_dec_free(c, &s, w);
		break;
	case EFFECT_COUNT_TRYINC:
		c->ret->value = call_reg(c, add_rmw(c->f, p, RMW_ADD_UNLESS,
					       call_number(c, 1), call_number(c, 0)));
		break;
	case EFFECT_COUNT_READ:
		c->ret->value = call_reg(c, add_load(c->f, p, ORDER_ONCE));
		break;
	case EFFECT_COUNT_SET:
		add_store(c->f, p, c->row->arg2 < 0 ? call_number(c, 1) :
			  value_of(c->f, call_nth(c, c->row->arg2)), ORDER_ONCE);
		break;
	default: /* COUNT_FREEZE, COUNT_CMPXCHG */
		count_cmpxchg(c, &s, w);
		break;
	}
}

/* ---- references on an object, whose count the model does not name ---- */

void call_put(struct call *c, const struct spot *s)
{
	struct spot whole = *s;
	struct word *w = call_count_word(c, &whole);
	int more;

	if (!w)
		return;
	more = dec_or_jump(c, s, w);
	add_free(c->f, s);
	patch(c->f, more);
}

void call_reference(struct call *c)
{
	struct spot s = call_object(c, c->row->arg);
	const struct value *left;
	struct word *w;
	int null;

	if (c->row->effect == EFFECT_GET_RESULT || !s.object)
		return; /* whose reference it is, the caller does not see */
	w = call_count_word(c, &s);
	if (!w)
		return;
	switch (c->row->effect) {
	case EFFECT_GET:
	case EFFECT_GET_FOR_RESULT:
		call_add_count(c, &s, w, 1);
		break;
	case EFFECT_TRYGET:
		c->ret->value = call_reg(c, add_rmw(c->f, spot_place(c->f, &s, w),
			RMW_ADD_UNLESS, call_number(c, 1), call_number(c, 0)));
		break;
	case EFFECT_PUT_TEST:
		left = call_reg(c, call_add_count(c, &s, w, -1));
		c->ret->value = call_equals(c, left, 0);
		break;
	default: /* EFFECT_PUT: put(NULL) is nothing */
		null = add_branch(c->f, call_equals(c, s.object, 0));
		call_put(c, &s);
		patch(c->f, null);
		break;
	}
}

