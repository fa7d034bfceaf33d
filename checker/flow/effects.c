// SPDX-License-Identifier: GPL-2.0-only
/*
 * Effects: a call of a function that the model knows becomes acts. Where the
 * result tells what happened (trylock, dec_and_test) the path splits here.
 */
#include "flow/state.h"

struct call {
	struct explorer *x;
	struct state *st;
	const struct api *api;
	const struct expr **args;
	int n_args;
	const struct expr *result; /* what the rows say of it; NULL: nothing */
};

static const struct expr *nth(const struct call *c, int n)
{
	return n >= 0 && n < c->n_args ? c->args[n] : NULL;
}

/* The location that argument @n points at. */
static const struct expr *pointee(const struct call *c, int n)
{
	const struct expr *a = nth(c, n);

	return a ? expr_deref(c->x->unit, a) : NULL;
}

static const struct expr *number(const struct call *c, gint64 v)
{
	return expr_const(c->x->unit, v, NULL);
}

static const struct expr *fresh_result(struct call *c)
{
	const struct event *ev = c->x->event;

	if (!c->result)
		c->result = eval_fresh(c->x, c->st, 0, ev->return_record,
				       ev->return_pointers);
	return c->result;
}

static struct act *add(struct call *c, enum act_kind kind,
		       const struct expr *obj, const struct expr *loc)
{
	struct act *a = act_add(c->x, c->st, kind, obj, loc);

	a->class = c->api->class;
	return a;
}

static void simple(struct call *c, enum act_kind kind, const struct expr *obj,
		   const struct expr *loc)
{
	act_done(c->x, c->st, add(c, kind, obj, loc));
}

/*
 * The other way the call can end: a copy of the state with that result, which
 * goes on behind this event. The caller adds its acts to the copy.
 */
static struct state *split(struct call *c, const struct expr *result)
{
	struct state *other = state_copy(c->x, c->st);

	state_result(c->x, other, result);
	return other;
}

/* An object to name in place of a pointer to a member of it. */
static const struct expr *object_arg(const struct call *c, int n)
{
	const struct expr *a = nth(c, n);

	/* an error pointer or NULL is no object */
	return a && a->kind != EXPR_CONST ?
		       flow_object(c->x->unit, expr_deref(c->x->unit, a)) :
		       NULL;
}

/* The flag that "record.word:BIT" names in the object arg points at. */
static const struct expr *class_flag(const struct call *c)
{
	struct unit *u = c->x->unit;
	const struct expr *base = pointee(c, c->api->arg), *word;
	char **parts;

	if (!base || !c->api->class || !object_arg(c, c->api->arg))
		return NULL;
	parts = g_strsplit_set(c->api->class, ".:", 3);
	if (!parts[0] || !parts[1]) {
		g_strfreev(parts);
		return NULL;
	}
	word = expr_field(u, base, parts[0], parts[1], false, NULL, 0);
	if (parts[2])
		word = expr_bit(u, word,
				expr_const(u, g_str_hash(parts[2]),
					   g_intern_string(parts[2])));
	g_strfreev(parts);
	return word;
}

static const struct expr *bit_arg(const struct call *c)
{
	const struct expr *word = pointee(c, c->api->arg2);
	const struct expr *bit = nth(c, c->api->arg);

	return word && bit ? expr_bit(c->x->unit, word, bit) : NULL;
}

static const struct expr *flag_arg(const struct call *c)
{
	enum effect e = c->api->effect;

	return e >= EFFECT_BIT_SET && e <= EFFECT_BIT_WAIT ? bit_arg(c) :
							     class_flag(c);
}

static void flag_write(struct call *c, struct state *st,
		       const struct expr *flag, int value)
{
	act_write(c->x, st, flag, number(c, value), true);
}

/* test_and_set, test_and_clear: one path a value that it had. */
static void flag_exchange(struct call *c, const struct expr *flag, int to)
{
	struct state *same;
	int known = fact_decide(c->st, eval_load(c->x, c->st,
						 expr_addr(c->x->unit, flag)),
				OP2('!', '='), 0);
	bool was = known == 1;

	if (known < 0) {
		same = split(c, number(c, to));
		act_test(c->x, same, flag,
			 to ? OP2('!', '=') : OP2('=', '='), 0, true, false);
		fact_assume(c->x, same, flag,
			    to ? OP2('!', '=') : OP2('=', '='), 0);
		explore_fork(c->x, same);
		was = !to;
	}
	act_test(c->x, c->st, flag, was ? OP2('!', '=') : OP2('=', '='), 0,
		 true, false);
	if (was != (to != 0))
		flag_write(c, c->st, flag, to);
	c->result = number(c, was);
}

static void apply_flag(struct call *c)
{
	const struct expr *flag = flag_arg(c);

	if (!flag)
		return;
	switch (c->api->effect) {
	case EFFECT_BIT_SET:
	case EFFECT_FLAG_SET:
		flag_write(c, c->st, flag, 1);
		break;
	case EFFECT_BIT_CLEAR:
	case EFFECT_FLAG_CLEAR:
		flag_write(c, c->st, flag, 0);
		break;
	case EFFECT_BIT_CHANGE:
		act_write(c->x, c->st, flag, NULL, true);
		break;
	case EFFECT_BIT_TEST:
	case EFFECT_FLAG_TEST:
		c->result = eval_load(c->x, c->st,
				      expr_addr(c->x->unit, flag));
		break;
	case EFFECT_BIT_TEST_SET:
	case EFFECT_FLAG_TEST_SET:
		flag_exchange(c, flag, 1);
		break;
	case EFFECT_BIT_TEST_CLEAR:
	case EFFECT_FLAG_TEST_CLEAR:
		flag_exchange(c, flag, 0);
		break;
	case EFFECT_BIT_LOCK:
		act_lock(c->x, c->st, flag, "bit", false);
		break;
	case EFFECT_BIT_UNLOCK:
		act_unlock(c->x, c->st, flag, "bit", false);
		break;
	case EFFECT_FLAG_SET_GET:
		simple(c, ACT_GET, object_arg(c, c->api->arg), NULL);
		flag_write(c, c->st, flag, 1);
		break;
	case EFFECT_FLAG_CLEAR_PUT:
		flag_write(c, c->st, flag, 0);
		act_put(c->x, c->st, object_arg(c, c->api->arg), NULL,
			LAST_UNKNOWN, NULL);
		break;
	default: /* EFFECT_BIT_WAIT, EFFECT_FLAG_WAIT */
		state_forget_shared(c->x, c->st);
		simple(c, ACT_WAIT, flow_object(c->x->unit, flag), flag);
		break;
	}
}

static void apply_lock(struct call *c)
{
	const struct expr *lock = pointee(c, c->api->arg);
	const char *class = c->api->class;
	enum effect e = c->api->effect;
	bool shared = e == EFFECT_LOCK_READ || e == EFFECT_TRYLOCK_READ ||
		      e == EFFECT_UNLOCK_READ;

	switch (e) {
	case EFFECT_LOCK:
	case EFFECT_LOCK_READ:
		act_lock(c->x, c->st, lock, class, shared);
		break;
	case EFFECT_TRYLOCK:
	case EFFECT_TRYLOCK_READ:
	case EFFECT_LOCK_INTR:
		explore_fork(c->x, split(c, number(c, e == EFFECT_LOCK_INTR ?
							   -4 : 0)));
		act_lock(c->x, c->st, lock, class, shared);
		c->result = number(c, e != EFFECT_LOCK_INTR);
		break;
	case EFFECT_ASSERT_HELD:
		act_assume_held(c->x, c->st, lock, class);
		break;
	default:
		act_unlock(c->x, c->st, lock, class, shared);
		break;
	}
}

/* The object that the call returns, on the path on which it does. */
static const struct expr *found_result(struct call *c)
{
	explore_fork(c->x, split(c, number(c, 0)));
	fact_assume(c->x, c->st, fresh_result(c), OP2('!', '='), 0);
	return expr_deref(c->x->unit, c->result);
}

/* A lock that is a bit of the object: lock_page. */
static void apply_object_lock(struct call *c)
{
	const struct expr *obj = c->api->arg < 0 ? found_result(c) :
						   pointee(c, c->api->arg);
	const char *class = c->api->class ? c->api->class : "object";

	if (!obj)
		return;
	if (c->api->effect == EFFECT_OBJECT_UNLOCK) {
		act_unlock(c->x, c->st, obj, class, false);
		return;
	}
	if (c->api->effect == EFFECT_OBJECT_TRYLOCK) {
		explore_fork(c->x, split(c, number(c, 0)));
		c->result = number(c, 1);
	}
	act_lock(c->x, c->st, obj, class, false);
}

static void get(struct call *c, struct state *st, const struct expr *obj,
		const struct expr *count)
{
	struct act *a = act_add(c->x, st, ACT_GET, obj, count);

	a->class = c->api->class;
	a->atomic = c->api->effect == EFFECT_TRYGET ||
		    c->api->effect == EFFECT_COUNT_TRYINC;
	act_done(c->x, st, a);
}

static void put_split(struct call *c, const struct expr *obj,
		      const struct expr *count)
{
	struct state *more = split(c, number(c, 0));

	act_put(c->x, more, obj, count, LAST_NO, c->api->class);
	explore_fork(c->x, more);
	act_put(c->x, c->st, obj, count, LAST_YES, c->api->class);
	c->result = number(c, 1);
}

static void apply_reference(struct call *c)
{
	const struct expr *obj = object_arg(c, c->api->arg);

	switch (c->api->effect) {
	case EFFECT_GET:
		if (obj)
			get(c, c->st, obj, NULL);
		break;
	case EFFECT_PUT:
		/* put(NULL) is nothing for every API that has one */
		if (obj && fact_decide(c->st, nth(c, c->api->arg),
				       OP2('=', '='), 0) != 1)
			act_put(c->x, c->st, obj, NULL, LAST_UNKNOWN,
				c->api->class);
		break;
	case EFFECT_PUT_TEST:
		if (obj)
			put_split(c, obj, NULL);
		break;
	case EFFECT_TRYGET:
		explore_fork(c->x, split(c, number(c, 0)));
		if (obj)
			get(c, c->st, obj, NULL);
		c->result = c->x->event->return_pointers ?
				    nth(c, c->api->arg) : number(c, 1);
		break;
	case EFFECT_GET_FOR_RESULT:
		found_result(c);
		if (obj)
			get(c, c->st, obj, NULL);
		break;
	default: /* EFFECT_GET_RESULT */
		get(c, c->st, fresh_result(c), NULL);
		break;
	}
}

/* Calls the function that kref_put() calls at 0, if it is known. */
static void call_release(struct call *c, int function_arg)
{
	const struct expr *fn = nth(c, function_arg);
	const struct expr *count = nth(c, c->api->arg);
	const struct summary *s;

	if (!fn || fn->kind != EXPR_FUNC)
		return;
	s = call_summary(c->x, fn->name);
	if (s)
		summary_apply(c->x, c->st, s, &count, 1);
}

static void count_free(struct call *c, const struct expr *obj,
		       const struct expr *count)
{
	struct state *more = split(c, number(c, 0));

	act_put(c->x, more, obj, count, LAST_NO, c->api->class);
	explore_fork(c->x, more);
	if (c->api->effect == EFFECT_COUNT_DEC_FREE_LOCK)
		act_lock(c->x, c->st, pointee(c, 2),
			 c->api->class ? c->api->class : "spin", false);
	act_put(c->x, c->st, obj, count, LAST_YES, c->api->class);
	c->result = number(c, 1);
	call_release(c, c->api->arg2);
}

/* A new object that starts with several references has as many owners. */
static void count_set(struct call *c, const struct expr *obj,
		      const struct expr *count)
{
	const struct expr *value = nth(c, c->api->arg2);
	gint64 i, n = value && value->kind == EXPR_CONST ? value->value : 1;

	state_write(c->x, c->st, count, value);
	for (i = 1; i < n && i < 4; i++)
		get(c, c->st, obj, count);
}

static void apply_count(struct call *c)
{
	const struct expr *count = pointee(c, c->api->arg);
	const struct expr *obj = object_arg(c, c->api->arg);
	struct state *other;

	if (!count || !obj)
		return;
	switch (c->api->effect) {
	case EFFECT_COUNT_INC:
		get(c, c->st, obj, count);
		break;
	case EFFECT_COUNT_DEC:
		/* it cannot free, so the caller knows of another reference */
		act_put(c->x, c->st, obj, count, LAST_NO, NULL);
		break;
	case EFFECT_COUNT_DEC_TEST:
		put_split(c, obj, count);
		break;
	case EFFECT_COUNT_DEC_LOCK:
		other = split(c, number(c, 0));
		act_put(c->x, other, obj, count, LAST_NO, NULL);
		explore_fork(c->x, other);
		act_lock(c->x, c->st, pointee(c, c->api->arg2), c->api->class,
			 false);
		act_put(c->x, c->st, obj, count, LAST_YES, NULL);
		c->result = number(c, 1);
		break;
	case EFFECT_COUNT_DEC_FREE:
	case EFFECT_COUNT_DEC_FREE_LOCK:
		count_free(c, obj, count);
		break;
	case EFFECT_COUNT_TRYINC:
		explore_fork(c->x, split(c, number(c, 0)));
		get(c, c->st, obj, count);
		c->result = number(c, 1);
		break;
	case EFFECT_COUNT_READ:
		c->result = eval_load(c->x, c->st, nth(c, c->api->arg));
		break;
	case EFFECT_COUNT_FREEZE:
	case EFFECT_COUNT_CMPXCHG:
		/* one step with its test: the result stands for it */
		act_write(c->x, c->st, count, NULL, true);
		break;
	case EFFECT_COUNT_SET:
		count_set(c, obj, count);
		break;
	default: /* EFFECT_COUNT_ADD */
		state_write(c->x, c->st, count, NULL);
		break;
	}
}

static void apply_life(struct call *c)
{
	const struct expr *obj = nth(c, c->api->arg);

	if (c->api->effect == EFFECT_ALLOC) {
		simple(c, ACT_ALLOC, fresh_result(c), NULL);
		return;
	}
	if (!obj || fact_decide(c->st, obj, OP2('=', '='), 0) == 1)
		return;
	obj = object_arg(c, c->api->arg);
	if (!obj)
		return;
	simple(c, ACT_FREE, obj, NULL);
	if (c->api->effect == EFFECT_FREE)
		state_heat(c->x, c->st, obj);
}

static void apply_wait(struct call *c)
{
	static const enum act_kind kinds[] = {
		[EFFECT_WAIT] = ACT_WAIT, [EFFECT_WAIT_KEY] = ACT_WAIT,
		[EFFECT_SLEEP] = ACT_SLEEP, [EFFECT_PREPARE_WAIT] = ACT_PREPARE,
		[EFFECT_WAKE] = ACT_WAKE, [EFFECT_PUBLISH] = ACT_PUBLISH,
		[EFFECT_DRAIN] = ACT_DRAIN,
	};
	const struct expr *state = nth(c, c->api->arg2);
	struct act *a;

	if (c->api->effect == EFFECT_ARM)
		return; /* nobody runs the handler yet */
	a = add(c, kinds[c->api->effect], object_arg(c, c->api->arg),
		pointee(c, c->api->arg));
	a->key_only = c->api->effect == EFFECT_WAIT_KEY;
	if (a->kind == ACT_PREPARE && state && state->kind == EXPR_CONST)
		a->value = state;
	act_done(c->x, c->st, a);
	if (a->kind == ACT_WAIT || a->kind == ACT_SLEEP)
		state_forget_shared(c->x, c->st);
}

/*
 * idr_find() and xa_load() return void *: what they find has the type of the
 * variable that it is assigned to.
 */
static const struct expr *typed_result(struct call *c)
{
	const struct block *b = c->x->block;
	const struct event *ev = c->x->event;
	int i;

	if (c->result || ev->return_record)
		return c->result;
	for (i = (int)(ev - b->events) + 1; i < b->n_events; i++) {
		const struct event *to = &b->events[i];

		if (to->kind == EVENT_ASSIGN && !to->op &&
		    to->value->kind == EXPR_CALL && to->value->id == ev->id)
			return eval_fresh(c->x, c->st, 0, to->lvalue->record,
					  to->lvalue->pointers);
	}
	return NULL;
}

/* Into the slot where an iterator stands: NULL takes out what it found. */
static void store_at(struct call *c)
{
	const struct expr *iterator = pointee(c, c->api->arg);
	const struct expr *value = nth(c, c->api->arg2);
	const struct act *a;

	if (!value || value->kind != EXPR_CONST || value->value) {
		simple(c, ACT_INSERT, object_arg(c, c->api->arg2), NULL);
		return;
	}
	for (a = c->st->trace; a; a = a->prev)
		if (a->kind == ACT_SELECT && a->loc == iterator) {
			simple(c, ACT_REMOVE, a->obj, iterator);
			return;
		}
}

static void apply_container(struct call *c)
{
	const struct expr *arg = object_arg(c, c->api->arg);
	const struct expr *container = pointee(c, c->api->arg2);

	switch (c->api->effect) {
	case EFFECT_INSERT:
		simple(c, ACT_INSERT, arg, container);
		if (container)
			state_forget(c->x, c->st, container);
		break;
	case EFFECT_REMOVE:
		simple(c, ACT_REMOVE, arg, NULL);
		break;
	case EFFECT_STORE_AT:
		store_at(c);
		break;
	case EFFECT_REMOVE_KEY:
		simple(c, ACT_REMOVE, fresh_result(c),
		       pointee(c, c->api->arg));
		break;
	case EFFECT_EMPTY:
		c->result = expr_unary(c->x->unit, '!',
				       expr_field(c->x->unit,
						  pointee(c, c->api->arg),
						  "list_head", "next", false,
						  "list_head", 1));
		break;
	default: /* SELECT, SELECT_GET */
		c->result = typed_result(c);
		simple(c, ACT_SELECT, fresh_result(c),
		       pointee(c, c->api->arg));
		if (c->api->effect == EFFECT_SELECT_GET)
			get(c, c->st, fresh_result(c), NULL);
		else
			state_found(c->x, c->st, fresh_result(c));
		break;
	}
}

static void apply_memory(struct call *c)
{
	const struct expr *place = pointee(c, c->api->arg);
	const struct expr *value = nth(c, c->api->arg2);
	struct state *other;

	if (!place)
		return;
	switch (c->api->effect) {
	case EFFECT_STORE:
		act_write(c->x, c->st, place, value, true);
		break;
	case EFFECT_LOAD:
		c->result = eval_load(c->x, c->st, nth(c, c->api->arg));
		break;
	case EFFECT_XCHG:
		/* the old value left the place: nobody else finds it there */
		c->result = eval_load(c->x, c->st, nth(c, c->api->arg));
		if (c->result == place)
			c->result = fresh_result(c);
		act_write(c->x, c->st, place, value, true);
		break;
	case EFFECT_TRY_CMPXCHG:
		other = split(c, number(c, 0));
		explore_fork(c->x, other);
		act_write(c->x, c->st, place, nth(c, c->api->arg2 + 1), true);
		c->result = number(c, 1);
		break;
	default: /* EFFECT_CMPXCHG */
		act_write(c->x, c->st, place, NULL, true);
		break;
	}
}

/* IS_ERR() or IS_ERR_OR_NULL(): a predicate of the pointer, if not known. */
static const struct expr *error_test(struct call *c, const struct expr *a)
{
	bool or_null = c->api->effect != EFFECT_IS_ERR;

	if (a->kind == EXPR_CONST)
		return number(c, (a->value < 0 && a->value >= -4095) ||
					 (!a->value && or_null));
	if (fact_decide(c->st, a, '<', 0) == 1 ||
	    (or_null && fact_decide(c->st, a, OP2('<', '='), 0) == 1))
		return number(c, 1);
	return expr_binary(c->x->unit, OP2('E', or_null ? 'N' : 'R'), a,
			   number(c, 0));
}

static void apply_value(struct call *c)
{
	struct unit *u = c->x->unit;
	const struct expr *a = nth(c, c->api->arg);
	const struct event *ev = c->x->event;

	if (!a)
		return;
	switch (c->api->effect) {
	case EFFECT_SAME:
		/* PTR_ERR: the number that stands for it is no object */
		c->result = a->pointers && !ev->return_pointers &&
			    a->kind != EXPR_CONST ?
				    expr_binary(u, OP2('P', 'E'), a,
						number(c, 0)) : a;
		break;
	case EFFECT_MEMBER:
		c->result = eval_load(c->x, c->st, expr_addr(u,
			expr_field(u, expr_deref(u, a),
				   a->record ? a->record : "?",
				   c->api->class, false, ev->return_record,
				   ev->return_pointers)));
		break;
	default: /* EFFECT_IS_ERR, EFFECT_IS_ERR_OR_NULL */
		c->result = error_test(c, a);
		break;
	}
}

static void apply_assert(struct call *c)
{
	if (c->api->effect == EFFECT_NORETURN)
		c->x->ended = true;
	if (c->api->effect == EFFECT_TEST_HELD &&
	    says_held(c->x->func, c->x->event)) {
		act_assume_held(c->x, c->st, pointee(c, c->api->arg),
				c->api->class);
		c->result = number(c, 1);
	}
}

static void (*apply_of(enum effect e))(struct call *)
{
	if (e <= EFFECT_NONE)
		return NULL;
	if (e <= EFFECT_GET_RESULT)
		return apply_reference;
	if (e <= EFFECT_COUNT_CMPXCHG)
		return apply_count;
	if (e <= EFFECT_FREE_LATER)
		return apply_life;
	if (e <= EFFECT_ASSERT_HELD)
		return apply_lock;
	if (e <= EFFECT_OBJECT_UNLOCK)
		return apply_object_lock;
	if (e <= EFFECT_ARM)
		return apply_wait;
	if (e <= EFFECT_EMPTY)
		return apply_container;
	if (e <= EFFECT_FLAG_CLEAR_PUT)
		return apply_flag;
	if (e <= EFFECT_TRY_CMPXCHG)
		return apply_memory;
	if (e <= EFFECT_IS_ERR_OR_NULL)
		return apply_value;
	return apply_assert;
}

void effects_apply(struct explorer *x, struct state *st, const GArray *apis,
		   const struct expr **args, int n_args)
{
	struct call c = { .x = x, .st = st, .args = args, .n_args = n_args };
	void (*apply)(struct call *);
	guint i;

	for (i = 0; i < apis->len && !x->ended; i++) {
		c.api = &g_array_index(apis, struct api, i);
		apply = apply_of(c.api->effect);
		if (apply)
			apply(&c);
	}
	if (!x->ended)
		state_result(x, st, fresh_result(&c));
}
