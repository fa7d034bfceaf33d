// SPDX-License-Identifier: GPL-2.0-only
/* Bits of words, named by a call's arguments or by the model's table. */
#include "lower/call.h"

struct flag {
	struct spot word;
	const char *name;
	gint64 number;
	bool known;
};

static struct flag class_flag(const struct call *c)
{
	struct flag flag = { .word = call_object(c, c->row->arg), .number = -1 };
	char **parts = g_strsplit_set(c->row->class ? c->row->class : "",
				      ".:", 3);

	if (parts[0] && parts[1] && flag.word.object) {
		flag.word.path = g_intern_string(parts[1]);
		flag.name = parts[2] ? g_intern_string(parts[2]) : NULL;
		flag.known = parts[2] != NULL;
	}
	g_strfreev(parts);
	return flag;
}

static struct flag bit_arg(const struct call *c)
{
	const struct expr *bit = call_nth(c, c->row->arg);
	struct flag flag = { .word = call_pointee(c, c->row->arg2) };

	if (bit && bit->kind == EXPR_CONST && flag.word.object) {
		flag.name = bit->name;
		flag.number = bit->value;
		flag.known = true;
	}
	return flag;
}

/* The old bit, after it was set (to 1) or cleared. */
static const struct value *flag_exchange(struct call *c, struct place p,
					 const struct value *mask, bool set)
{
	int r = add_rmw(c->f, p, set ? RMW_OR : RMW_ANDNOT, mask, NULL);

	return value_binary(c->f->b, OP2('!', '='), call_reg(c, r), call_number(c, 0));
}

static void flag_wait(struct call *c, struct place p, const struct value *mask)
{
	int again = here(c->f), clear, set, back;

	set = add_load(c->f, p, ORDER_ONCE);
	clear = add_branch(c->f, call_equals(c, value_binary(c->f->b, '&',
					call_reg(c, set), mask), 0));
	add_op(c->f, OP_RELAX);
	/* adding may move the ops */
	back = add_goto(c->f);
	g_array_index(c->f->t->ops, struct op, back).target = again;
	patch(c->f, clear);
}

/* change_bit(): again if somebody else changed the word meanwhile. */
static void flag_flip(struct call *c, struct place p, const struct value *mask)
{
	int again = here(c->f), old, seen, lost;

	old = add_load(c->f, p, ORDER_ONCE);
	seen = add_rmw(c->f, p, RMW_CMPXCHG,
		       value_binary(c->f->b, '^', call_reg(c, old), mask),
		       call_reg(c, old));
	lost = add_branch(c->f, value_binary(c->f->b, OP2('!', '='),
					     call_reg(c, seen),
					     call_reg(c, old)));
	g_array_index(c->f->t->ops, struct op, lost).target = again;
}

static bool is_flag_question(enum effect e)
{
	return e == EFFECT_BIT_TEST || e == EFFECT_FLAG_TEST ||
	       e == EFFECT_BIT_TEST_SET || e == EFFECT_BIT_TEST_CLEAR ||
	       e == EFFECT_FLAG_TEST_SET || e == EFFECT_FLAG_TEST_CLEAR ||
	       e == EFFECT_BIT_WAIT || e == EFFECT_FLAG_WAIT ||
	       e == EFFECT_BIT_LOCK;
}

static void flag_change(struct call *c, struct place p,
			const struct value *mask)
{
	switch (c->row->effect) {
	case EFFECT_BIT_SET:
	case EFFECT_FLAG_SET:
		flag_exchange(c, p, mask, true);
		break;
	case EFFECT_BIT_CLEAR:
	case EFFECT_FLAG_CLEAR:
	case EFFECT_BIT_UNLOCK:
		flag_exchange(c, p, mask, false);
		break;
	case EFFECT_BIT_TEST:
	case EFFECT_FLAG_TEST:
		c->ret->value = value_binary(c->f->b, OP2('!', '='),
			value_binary(c->f->b, '&',
				     call_reg(c, add_load(c->f, p, ORDER_ONCE)),
				     mask), call_number(c, 0));
		break;
	case EFFECT_BIT_TEST_SET:
	case EFFECT_FLAG_TEST_SET:
		c->ret->value = flag_exchange(c, p, mask, true);
		break;
	case EFFECT_BIT_TEST_CLEAR:
	case EFFECT_FLAG_TEST_CLEAR:
		c->ret->value = flag_exchange(c, p, mask, false);
		break;
	case EFFECT_BIT_CHANGE:
		flag_flip(c, p, mask);
		break;
	case EFFECT_FLAG_SET_GET:
	case EFFECT_FLAG_CLEAR_PUT:
		break;
	default: /* waits */
		flag_wait(c, p, mask);
		break;
	}
}

static void flag_with_reference(struct call *c, struct place p,
				const struct value *mask)
{
	struct spot s = call_object(c, c->row->arg);
	struct word *w = call_count_word(c, &s);

	if (c->row->effect == EFFECT_FLAG_SET_GET) {
		if (w)
			call_add_count(c, &s, w, 1);
		flag_exchange(c, p, mask, true);
	} else {
		flag_exchange(c, p, mask, false);
		call_put(c, &s);
	}
}

void call_flag(struct call *c)
{
	enum effect e = c->row->effect;
	struct flag flag = e >= EFFECT_BIT_SET && e <= EFFECT_BIT_WAIT ?
				   bit_arg(c) : class_flag(c);
	const struct value *mask;
	struct place p;
	struct word *w;
	int index;

	w = flag.known ? spot_word(c->f, &flag.word) : NULL;
	if (!w) {
		add_use(c->f, &flag.word);
		return;
	}
	index = bit_of(w, flag.name, flag.number);
	if (index > 62) {
		builder_fail(c->f->b, "more bits than fit");
		return;
	}
	if (is_flag_question(e))
		g_array_index(w->bits, struct bit, index).tested = true;
	c->ret->unknown |= !word_is_written(c->f->b, flag.word.kind, w, index);
	mask = mask_value(c->f->b, w, 1ull << index);
	p = spot_place(c->f, &flag.word, w);
	if (e == EFFECT_FLAG_SET_GET || e == EFFECT_FLAG_CLEAR_PUT)
		flag_with_reference(c, p, mask);
	else
		flag_change(c, p, mask);
}

