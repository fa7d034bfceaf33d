// SPDX-License-Identifier: GPL-2.0-only
/*
 * A call that the model knows, row by row. What a row does to something that
 * the program does not keep is an access of the object at most.
 */
#include "lower/private.h"

#include <string.h>

struct call {
	struct frame *f;
	const struct event *ev;
	const struct api *row;
	struct result *ret;
};

static const struct expr *nth(const struct call *c, int n)
{
	return n >= 0 && n < c->ev->n_args ? c->ev->args[n] : NULL;
}

static struct spot pointee(const struct call *c, int n)
{
	const struct expr *a = nth(c, n);
	struct spot s = { 0 };

	return a ? pointee_of(c->f, a) : s;
}

/* The whole object that argument @n points into. */
static struct spot object(const struct call *c, int n)
{
	struct spot s = pointee(c, n);

	s.path = "";
	s.element = false;
	return s;
}

static const struct value *number(const struct call *c, gint64 n)
{
	return value_const(c->f->b, n, NULL);
}

static const struct value *reg(const struct call *c, int r)
{
	return value_reg(c->f->b, r);
}

static const struct value *equals(const struct call *c, const struct value *v,
				  gint64 n)
{
	return value_binary(c->f->b, OP2('=', '='), v, number(c, n));
}

/* ---- counts ---- */

/* The count that argument @n points at, or that its object has. */
static struct word *count_word(const struct call *c, struct spot *s)
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

static int add_count(const struct call *c, const struct spot *s,
		     const struct word *w, int n)
{
	return add_rmw(c->f, spot_place(c->f, s, w), RMW_ADD, number(c, n),
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

static void count_add(struct call *c, const struct spot *s,
		      const struct word *w)
{
	struct arithmetic a = arithmetic_of(c);
	const struct value *v = a.amount_arg < 0 ? number(c, 1) :
				value_of(c->f, nth(c, a.amount_arg));
	const struct value *expected = NULL;
	int r;

	if (v && a.sign < 0)
		v = value_unary(c->f->b, '-', v);
	if (a.unless)
		expected = nth(c, 2) ? value_of(c->f, nth(c, 2)) :
				       number(c, 1);
	if (!v || (a.unless && !expected)) {
		builder_fail(c->f->b, "%s(): by how much is not known",
			     c->row->name);
		return;
	}
	r = add_rmw(c->f, spot_place(c->f, s, w),
		    a.unless ? RMW_ADD_UNLESS : RMW_ADD, v, expected);
	c->ret->value = reg(c, r);
	if (a.unless)
		c->ret->value = value_unary(c->f->b, '!', equals(c, reg(c, r),
								  0));
	else if (a.result == 'z')
		c->ret->value = equals(c, reg(c, r), 0);
	else if (a.result == 'o')
		c->ret->value = value_binary(c->f->b, '-', reg(c, r), v);
}

static void run_release(struct call *c, const struct spot *s, int function_arg)
{
	const struct expr *fn = nth(c, function_arg);
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
	int r = add_count(c, s, w, -1);

	return add_branch(c->f, reg(c, r));
}

static void lower_lock(struct call *c, int arg, bool take);

/*
 * dec_and_lock: one that is not the last is dropped without the lock. The
 * result register is 1 when the lock is held and the count 0.
 */
static int dec_and_lock(struct call *c, const struct spot *s,
			const struct word *w, int lock_arg)
{
	int result = new_reg(c->f->t, NULL), more, left, out;

	add_set(c->f, result, number(c, 0));
	more = add_rmw(c->f, spot_place(c->f, s, w), RMW_ADD_UNLESS,
		       number(c, -1), number(c, 1));
	out = add_branch(c->f, reg(c, more));
	lower_lock(c, lock_arg, true);
	left = add_branch(c->f, reg(c, add_count(c, s, w, -1)));
	add_set(c->f, result, number(c, 1));
	more = add_goto(c->f);
	patch(c->f, left);
	lower_lock(c, lock_arg, false);
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
		skip = add_branch(c->f, equals(c, reg(c, last), 0));
	} else {
		last = new_reg(c->f->t, NULL);
		add_set(c->f, last, number(c, 0));
		skip = dec_or_jump(c, s, w);
		add_set(c->f, last, number(c, 1));
	}
	run_release(c, &whole, c->row->arg2);
	patch(c->f, skip);
	c->ret->value = reg(c, last);
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
		var = pointee(c, c->row->arg2);
	old = try && var.frame ?
		      reg(c, local_reg((struct frame *)var.frame,
				       var.local)) :
		      c->row->arg2 < 0 ? number(c, 1) :
					 value_of(c->f, nth(c, c->row->arg2));
	new = freeze ? number(c, 0) :
	      nth(c, c->row->arg2 + 1) ?
		       value_of(c->f, nth(c, c->row->arg2 + 1)) : NULL;
	if (!old || !new) {
		builder_fail(c->f->b, "%s(): of what is not known",
			     c->row->name);
		return;
	}
	/* it is compared with what the variable was before */
	if (try && var.frame)
		old = reg(c, add_set(c->f, -1, old));
	r = add_rmw(c->f, spot_place(c->f, s, w), RMW_CMPXCHG, new, old);
	c->ret->value = reg(c, r);
	if (try || freeze)
		c->ret->value = reg(c, add_set(c->f, -1, value_binary(
			c->f->b, OP2('=', '='), reg(c, r), old)));
	if (try && var.frame)
		add_set(c->f, local_reg((struct frame *)var.frame, var.local),
			reg(c, r));
}

static void lower_count(struct call *c)
{
	struct spot s = pointee(c, c->row->arg);
	struct word *w = count_word(c, &s);
	struct place p;

	if (!w) {
		add_use(c->f, &s);
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
		c->ret->value = equals(c, reg(c, add_count(c, &s, w, -1)), 0);
		break;
	case EFFECT_COUNT_DEC_LOCK:
		c->ret->value = reg(c, dec_and_lock(c, &s, w, c->row->arg2));
		break;
	case EFFECT_COUNT_DEC_FREE:
	case EFFECT_COUNT_DEC_FREE_LOCK:
		count_dec_free(c, &s, w);
		break;
	case EFFECT_COUNT_TRYINC:
		c->ret->value = reg(c, add_rmw(c->f, p, RMW_ADD_UNLESS,
					       number(c, 1), number(c, 0)));
		break;
	case EFFECT_COUNT_READ:
		c->ret->value = reg(c, add_load(c->f, p, ORDER_ONCE));
		break;
	case EFFECT_COUNT_SET:
		add_store(c->f, p, c->row->arg2 < 0 ? number(c, 1) :
			  value_of(c->f, nth(c, c->row->arg2)), ORDER_ONCE);
		break;
	default: /* COUNT_FREEZE, COUNT_CMPXCHG */
		count_cmpxchg(c, &s, w);
		break;
	}
}

/* ---- references on an object, whose count the model does not name ---- */

static void put_object(struct call *c, const struct spot *s)
{
	struct spot whole = *s;
	struct word *w = count_word(c, &whole);
	int more;

	if (!w)
		return;
	more = dec_or_jump(c, s, w);
	add_free(c->f, s);
	patch(c->f, more);
}

static void lower_reference(struct call *c)
{
	struct spot s = object(c, c->row->arg);
	struct word *w;
	int null;

	if (c->row->effect == EFFECT_GET_RESULT || !s.object)
		return; /* whose reference it is, the caller does not see */
	w = count_word(c, &s);
	if (!w)
		return;
	switch (c->row->effect) {
	case EFFECT_GET:
		add_count(c, &s, w, 1);
		break;
	case EFFECT_TRYGET:
		c->ret->value = reg(c, add_rmw(c->f, spot_place(c->f, &s, w),
			RMW_ADD_UNLESS, number(c, 1), number(c, 0)));
		break;
	case EFFECT_PUT_TEST:
		c->ret->value = equals(c, reg(c, add_count(c, &s, w, -1)), 0);
		break;
	default: /* EFFECT_PUT: put(NULL) is nothing */
		null = add_branch(c->f, equals(c, s.object, 0));
		put_object(c, &s);
		patch(c->f, null);
		break;
	}
}

/* ---- life ---- */

/* What an untyped result is assigned to tells its type. */
static const char *result_record(const struct call *c)
{
	const struct block *b = c->f->block;
	int i;

	if (c->ev->return_record)
		return c->ev->return_pointers == 1 ? c->ev->return_record :
						     NULL;
	for (i = (int)(c->ev - b->events) + 1; b && i < b->n_events; i++) {
		const struct event *to = &b->events[i];

		if (to->kind == EVENT_ASSIGN && !to->op &&
		    to->value->kind == EXPR_CALL &&
		    to->value->id == c->ev->id)
			return to->lvalue->pointers == 1 ?
				       to->lvalue->record : NULL;
	}
	return NULL;
}

static void set_pointer(struct call *c, struct kind *k, const struct value *v)
{
	c->ret->value = v;
	c->ret->spot = (struct spot){ .object = v, .kind = k, .path = "" };
}

static void lower_life(struct call *c)
{
	const char *record = c->row->effect == EFFECT_ALLOC ?
				     result_record(c) : NULL;
	struct spot s;
	struct kind *k;
	struct op *op;

	if (c->row->effect != EFFECT_ALLOC) {
		s = object(c, c->row->arg);
		if (!s.object)
			return;
		if (c->row->effect == EFFECT_FREE) {
			add_free(c->f, &s);
			return;
		}
		if (s.kind->stable || !s.kind->primary)
			return;
		s.kind->freed = true;
		op = add_op(c->f, OP_CALL_RCU);
		op->value = s.object;
		op->number = -1; /* the agent that frees: assembled last */
		return;
	}
	if (!record || !g_hash_table_contains(c->f->b->records, record))
		return;
	k = kind_of(c->f->b, record);
	k->allocs++;
	op = add_op(c->f, OP_ALLOC);
	op->number = -1;
	op->text = record;
	op->result = new_reg(c->f->t, NULL);
	set_pointer(c, k, reg(c, op->result));
}

/* ---- locks ---- */

static bool is_rcu(const struct api *row)
{
	return row->arg < 0 && row->class && !strcmp(row->class, "rcu");
}

static enum lock_kind lock_kind(const struct api *row)
{
	switch (row->effect) {
	case EFFECT_LOCK_READ:
	case EFFECT_TRYLOCK_READ:
	case EFFECT_UNLOCK_READ:
		return LOCK_READ;
	default:
		break;
	}
	if (row->class && (!strcmp(row->class, "rwlock") ||
			   !strcmp(row->class, "rwsem")))
		return LOCK_WRITE;
	return row->class && !strcmp(row->class, "spin") ? LOCK_SPIN :
							   LOCK_MUTEX;
}

/* The word that is the lock; @class: of a lock without an address. */
static struct word *lock_word(struct frame *f, struct spot *s,
			      const char *class)
{
	struct word *w;

	if (!s->object && class) {
		s->kind = kind_of(f->b, g_intern_static_string(""));
		s->object = value_const(f->b, object_number(f->b, s->kind, 0),
					NULL);
		s->path = g_intern_string(class);
	}
	if (!s->object || !*s->path)
		return NULL;
	w = spot_word(f, s);
	if (w)
		w->field.lock = true;
	return w;
}

static int lock_op(struct frame *f, enum op_kind kind, enum lock_kind lock,
		   struct spot s, const char *class)
{
	struct word *w = lock_word(f, &s, class);
	struct op *op;

	if (!w) {
		add_use(f, &s);
		return -1;
	}
	op = add_op(f, kind);
	op->lock = lock;
	op->place = spot_place(f, &s, w);
	if (kind == OP_TRYLOCK)
		op->result = new_reg(f->t, NULL);
	return op->result;
}

static void lower_lock(struct call *c, int arg, bool take)
{
	lock_op(c->f, take ? OP_LOCK : OP_UNLOCK, lock_kind(c->row),
		pointee(c, arg), c->row->class);
}

static void lower_locks(struct call *c)
{
	enum effect e = c->row->effect;
	enum lock_kind kind = lock_kind(c->row);
	int r;

	if (e == EFFECT_ASSERT_HELD)
		return;
	if (c->row->class && !strcmp(c->row->class, "semaphore")) {
		/* it need not be who took it that lets it go */
		builder_assume(c->f->b, c->ev->loc,
			       "semaphores keep nobody waiting here");
		c->f->b->loose = true;
		c->ret->value = number(c, 0);
		return;
	}
	if (is_rcu(c->row)) {
		add_op(c->f, e == EFFECT_LOCK_READ ? OP_RCU_LOCK :
						     OP_RCU_UNLOCK);
		return;
	}
	switch (e) {
	case EFFECT_LOCK:
	case EFFECT_LOCK_READ:
		lower_lock(c, c->row->arg, true);
		break;
	case EFFECT_LOCK_INTR: /* a signal is not modelled */
		if (!strstr(c->row->name, "try")) {
			lower_lock(c, c->row->arg, true);
			c->ret->value = number(c, 0);
			break;
		}
		/* fall through */
	case EFFECT_TRYLOCK:
	case EFFECT_TRYLOCK_READ:
		r = lock_op(c->f, OP_TRYLOCK, kind, pointee(c, c->row->arg),
			    c->row->class);
		c->ret->value = r < 0 ? number(c, 1) : reg(c, r);
		if (e == EFFECT_LOCK_INTR) /* down_trylock(): 0 is taken */
			c->ret->value = value_unary(c->f->b, '!',
						    c->ret->value);
		break;
	default:
		lower_lock(c, c->row->arg, false);
		break;
	}
}

/* A lock that is a state of the object: lock_page(). */
static void lower_object_lock(struct call *c)
{
	struct spot s = object(c, c->row->arg);
	char *name = g_strdup_printf("(lock %s)", c->row->class ?
						  c->row->class : "object");
	enum op_kind kind = c->row->effect == EFFECT_OBJECT_UNLOCK ?
				    OP_UNLOCK :
			    c->row->effect == EFFECT_OBJECT_TRYLOCK ?
				    OP_TRYLOCK : OP_LOCK;
	int r;

	s.path = g_intern_string(name);
	g_free(name);
	r = lock_op(c->f, kind, LOCK_BIT, s, NULL);
	if (kind == OP_TRYLOCK)
		c->ret->value = r < 0 ? number(c, 1) : reg(c, r);
}

/* ---- flags ---- */

struct flag {
	struct spot word;
	const char *name;
	gint64 number;
	bool known;
};

static struct flag class_flag(const struct call *c)
{
	struct flag flag = { .word = object(c, c->row->arg), .number = -1 };
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
	const struct expr *bit = nth(c, c->row->arg);
	struct flag flag = { .word = pointee(c, c->row->arg2) };

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

	return value_binary(c->f->b, OP2('!', '='), reg(c, r), number(c, 0));
}

static void flag_wait(struct call *c, struct place p, const struct value *mask)
{
	int again = here(c->f), clear, set;

	set = add_load(c->f, p, ORDER_ONCE);
	clear = add_branch(c->f, equals(c, value_binary(c->f->b, '&',
					reg(c, set), mask), 0));
	add_op(c->f, OP_RELAX);
	g_array_index(c->f->t->ops, struct op, add_goto(c->f)).target = again;
	patch(c->f, clear);
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
				     reg(c, add_load(c->f, p, ORDER_ONCE)),
				     mask), number(c, 0));
		break;
	case EFFECT_BIT_TEST_SET:
	case EFFECT_FLAG_TEST_SET:
		c->ret->value = flag_exchange(c, p, mask, true);
		break;
	case EFFECT_BIT_TEST_CLEAR:
	case EFFECT_FLAG_TEST_CLEAR:
		c->ret->value = flag_exchange(c, p, mask, false);
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
	struct spot s = object(c, c->row->arg);
	struct word *w = count_word(c, &s);

	if (c->row->effect == EFFECT_FLAG_SET_GET) {
		if (w)
			add_count(c, &s, w, 1);
		flag_exchange(c, p, mask, true);
	} else {
		flag_exchange(c, p, mask, false);
		put_object(c, &s);
	}
}

static void lower_flag(struct call *c)
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

/* ---- waiting ---- */

static void lower_wait(struct call *c)
{
	struct spot s;

	switch (c->row->effect) {
	case EFFECT_SLEEP: /* in a loop: until something it read changes */
		if (c->f->in_loop[c->f->block->id] &&
		    strstr(c->row->name, "schedule"))
			add_op(c->f, OP_RELAX);
		break;
	case EFFECT_DRAIN:
		if (c->row->arg < 0)
			add_op(c->f, OP_SYNCHRONIZE);
		else
			drain_wait(c->f, pointee(c, c->row->arg));
		break;
	case EFFECT_WAIT:
		s = object(c, c->row->arg);
		if (!s.object || !s.kind->words->len)
			break;
		c->f->b->loose = true;
		builder_assume(c->f->b, c->ev->loc,
			       "what %s() waits for may come at any time",
			       c->row->name);
		break;
	default: /* wake, prepare: the loops around them look again */
		break;
	}
}

/* ---- containers ---- */

static const char *last_member(const char *path)
{
	const char *dot = strrchr(path, '.');

	return dot ? dot + 1 : path;
}

/* Which word says that an object is in the container argument @n is. */
static const char *container_name(const struct call *c, int n)
{
	struct spot s = pointee(c, n);

	if (!s.object || !*s.path)
		return NULL;
	return container_ghost(last_member(s.path));
}

/* The object among the arguments of a removal by key. */
static struct spot keyed_object(const struct call *c)
{
	struct spot s = { 0 }, none = { 0 };
	int i;

	for (i = 0; i < c->ev->n_args; i++) {
		const struct expr *e = c->ev->args[i];

		while (e && e->kind != EXPR_DEREF)
			e = e->a;
		if (!e || i == c->row->arg)
			continue;
		s = pointee_of(c->f, e->a);
		s.path = "";
		if (s.object)
			return s;
	}
	return none;
}

static void lower_insert(struct call *c)
{
	struct spot s = pointee(c, c->row->arg);
	const struct expr *head = nth(c, c->row->arg2);
	const char *ghost;
	int list = 0;

	if (!s.object)
		return;
	if (*s.path) { /* a node in it, on a list */
		ghost = container_ghost(last_member(s.path));
		if (head)
			list = list_number(c->f, expr_deref(
				c->f->func->unit, head));
	} else {
		ghost = container_name(c, c->row->arg2);
	}
	s.path = "";
	if (ghost)
		container_put(c->f, &s, ghost, list ? list : 1);
}

static void lower_remove(struct call *c)
{
	struct spot s = pointee(c, c->row->arg);
	const char *ghost;

	if (c->row->effect == EFFECT_REMOVE_KEY) {
		ghost = container_name(c, c->row->arg);
		s = keyed_object(c);
	} else {
		ghost = s.object && *s.path ?
				container_ghost(last_member(s.path)) : NULL;
		s.path = "";
	}
	if (ghost && s.object)
		container_put(c->f, &s, ghost, 0);
}

static void lower_select(struct call *c)
{
	const char *record = result_record(c);
	const char *ghost = container_name(c, c->row->arg);
	struct kind *k;
	struct spot s;
	struct word *w;
	int none;

	if (!record)
		return;
	k = kind_of(c->f->b, record);
	set_pointer(c, k, container_find(c->f, k, ghost ? ghost :
					 container_ghost(record), NULL));
	if (c->row->effect != EFFECT_SELECT_GET)
		return;
	s = c->ret->spot;
	w = count_word(c, &s);
	if (!w)
		return;
	none = add_branch(c->f, equals(c, s.object, 0));
	add_count(c, &s, w, 1);
	patch(c->f, none);
}

static void lower_container(struct call *c)
{
	switch (c->row->effect) {
	case EFFECT_INSERT:
		lower_insert(c);
		break;
	case EFFECT_REMOVE:
	case EFFECT_REMOVE_KEY:
		lower_remove(c);
		break;
	case EFFECT_EMPTY:
		break;
	default:
		lower_select(c);
		break;
	}
}

/* ---- plain memory ---- */

static enum order order_of(const struct call *c)
{
	if (strstr(c->row->name, "acquire"))
		return ORDER_ACQUIRE;
	if (strstr(c->row->name, "release") ||
	    strstr(c->row->name, "rcu_assign"))
		return ORDER_RELEASE;
	return ORDER_ONCE;
}

static const struct value *argument(struct call *c, int n)
{
	const struct expr *e = nth(c, n);
	const struct value *v = e ? value_of(c->f, e) : NULL;

	return v ? v : reg(c, add_unknown(c->f, NULL));
}

static void lower_memory(struct call *c)
{
	struct spot s = pointee(c, c->row->arg);
	struct word *w = spot_word(c->f, &s);
	struct place p;
	const struct value *old;
	int r;

	if (!w) {
		add_use(c->f, &s);
		return;
	}
	p = spot_place(c->f, &s, w);
	switch (c->row->effect) {
	case EFFECT_STORE:
		add_store(c->f, p, argument(c, c->row->arg2), order_of(c));
		break;
	case EFFECT_LOAD:
		c->ret->value = reg(c, add_load(c->f, p, order_of(c)));
		break;
	case EFFECT_XCHG:
		c->ret->value = reg(c, add_rmw(c->f, p, RMW_XCHG,
					       argument(c, c->row->arg2),
					       NULL));
		break;
	default:
		old = argument(c, c->row->arg2);
		r = add_rmw(c->f, p, RMW_CMPXCHG,
			    argument(c, c->row->arg2 + 1), old);
		c->ret->value = reg(c, r);
		if (c->row->effect == EFFECT_TRY_CMPXCHG)
			c->ret->value = value_binary(c->f->b, OP2('=', '='),
						     reg(c, r), old);
		break;
	}
}

/* ---- values ---- */

static void lower_value(struct call *c)
{
	struct spot s;
	struct word *w;

	switch (c->row->effect) {
	case EFFECT_SAME:
		if (!nth(c, c->row->arg))
			break;
		c->ret->value = value_of(c->f, nth(c, c->row->arg));
		c->ret->spot = pointee(c, c->row->arg);
		break;
	case EFFECT_MEMBER:
		s = object(c, c->row->arg);
		if (!s.object || !c->row->class)
			break;
		s.path = g_intern_string(c->row->class);
		w = c->ev->return_pointers ? NULL : spot_word(c->f, &s);
		if (w)
			c->ret->value = reg(c, add_load(c->f,
				spot_place(c->f, &s, w), ORDER_PLAIN));
		break;
	default: /* an error pointer is its number: no object has one below 0 */
		c->ret->value = nth(c, c->row->arg) ?
			value_binary(c->f->b, c->row->effect == EFFECT_IS_ERR ?
					     '<' : OP2('<', '='),
				     value_of(c->f, nth(c, c->row->arg)),
				     number(c, 0)) : NULL;
		break;
	}
}

static void (*lowering_of(enum effect e))(struct call *)
{
	if (e <= EFFECT_NONE)
		return NULL;
	if (e <= EFFECT_GET_RESULT)
		return lower_reference;
	if (e <= EFFECT_COUNT_CMPXCHG)
		return lower_count;
	if (e <= EFFECT_FREE_LATER)
		return lower_life;
	if (e <= EFFECT_ASSERT_HELD)
		return lower_locks;
	if (e <= EFFECT_OBJECT_UNLOCK)
		return lower_object_lock;
	if (e <= EFFECT_ARM)
		return lower_wait;
	if (e <= EFFECT_EMPTY)
		return lower_container;
	if (e <= EFFECT_FLAG_CLEAR_PUT)
		return lower_flag;
	if (e <= EFFECT_TRY_CMPXCHG)
		return lower_memory;
	return e <= EFFECT_IS_ERR_OR_NULL ? lower_value : NULL;
}

void build_api(struct frame *f, const struct event *ev, const GArray *rows,
	       struct result *ret)
{
	struct call c = { .f = f, .ev = ev, .ret = ret };
	void (*lower)(struct call *);
	guint i;

	for (i = 0; i < rows->len && !f->b->why; i++) {
		c.row = &g_array_index(rows, struct api, i);
		lower = lowering_of(c.row->effect);
		if (lower)
			lower(&c);
	}
}

void build_entry_lock(struct frame *f, const struct entry_lock *lock,
		      bool take)
{
	struct api row = { .effect = take ? EFFECT_LOCK : EFFECT_UNLOCK,
			   .arg = lock->owner ? 0 : -1,
			   .class = lock->class };
	struct spot s = { 0 };

	if (is_rcu(&row)) {
		add_op(f, take ? OP_RCU_LOCK : OP_RCU_UNLOCK);
		return;
	}
	if (lock->lock) {
		s = spot_of(f, lock->lock);
	} else if (lock->owner) {
		s = instance_of(f, lock->owner);
		s.path = lock->field;
	}
	lock_op(f, take ? OP_LOCK : OP_UNLOCK, lock_kind(&row), s,
		s.object ? NULL : lock->field);
}

/*
 * A work's handler holds this lock as long as it runs, and does not begin any
 * more once the word behind it is set. Both are globals: the handler may free
 * what the work is part of.
 */
static struct spot handler_spot(struct frame *f, struct spot work,
				const char *what)
{
	char *name = g_strdup_printf("%s (%s %s)", work.kind->record, what,
				     work.path);
	struct spot s = instance_of(f, g_intern_static_string(""));

	s.path = g_intern_string(name);
	g_free(name);
	return s;
}

void drain_wait(struct frame *f, struct spot work)
{
	struct spot lock, off;
	struct word *w;

	if (!work.object || !*work.path)
		return;
	lock = handler_spot(f, work, "running");
	off = handler_spot(f, work, "cancelled");
	w = spot_word(f, &off);
	if (!w)
		return;
	add_store(f, spot_place(f, &off, w), value_const(f->b, 1, NULL),
		  ORDER_FULL);
	lock_op(f, OP_LOCK, LOCK_MUTEX, lock, NULL);
	lock_op(f, OP_UNLOCK, LOCK_MUTEX, lock, NULL);
}

int handler_begin(struct frame *f, struct spot work)
{
	struct spot off = handler_spot(f, work, "cancelled");
	struct word *w = spot_word(f, &off);

	if (!w)
		return -1;
	lock_op(f, OP_LOCK, LOCK_MUTEX, handler_spot(f, work, "running"), NULL);
	return add_branch(f, value_reg(f->b, add_load(f,
				spot_place(f, &off, w), ORDER_ONCE)));
}

void handler_end(struct frame *f, struct spot work, int begun)
{
	if (begun < 0)
		return;
	patch(f, begun);
	lock_op(f, OP_UNLOCK, LOCK_MUTEX, handler_spot(f, work, "running"), NULL);
}
