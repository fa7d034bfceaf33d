// SPDX-License-Identifier: GPL-2.0-only
/*
 * The explorer: symbolic execution of one function, depth first, one path
 * after the other. Paths that reach a join in the same state become one. As a
 * function shows more states, less of the state is compared: first facts go,
 * then the history of acts, so that every block is still reached; what the
 * last limit cuts off is said in func_flow.bounded.
 */
#include "flow/state.h"

#include <string.h>

/* Blocks executed before facts, and then the history, no longer count. */
#define STEPS_FACTS 600
#define STEPS_HISTORY 2000
#define STEPS_END 6000
#define MAX_TRACES 2000
/* Bytes that the environments of one function's states may take. */
#define MAX_ENVIRONMENTS (100 << 20)

struct state *state_copy(struct explorer *x, const struct state *st)
{
	struct state *n = arena_copy(x->scratch, st, sizeof(*st));

	n->env = arena_copy(x->scratch, st->env,
			    sizeof(*st->env) * (size_t)x->n_slots);
	n->visits = arena_copy(x->scratch, st->visits,
			       (size_t)x->func->n_blocks);
	return n;
}

static void push(struct explorer *x, struct state *st, const struct block *b,
		 int event)
{
	struct work w = { st, b, event };

	g_array_append_val(x->work, w);
}

void explore_fork(struct explorer *x, struct state *st)
{
	push(x, st, x->block, (int)(x->event - x->block->events) + 1);
}

/* The live slots of @b from @i * 64 on, a bit each. */
static guint64 live_slots(const struct explorer *x, const struct block *b,
			  int i)
{
	return x->live ? x->live[b->id * x->n_words + i] : ~(guint64)0;
}

/* Of the slots that are live in @b; the others keep no two paths apart. */
static guint64 digest_slots(const struct explorer *x, const struct state *st,
			    const struct block *b, guint64 h)
{
	guint64 live;
	int w, i;

	for (w = 0; w < x->n_words; w++) {
		for (live = live_slots(x, b, w); live; live &= live - 1) {
			i = w * 64 + __builtin_ctzll(live);
			if (i >= x->n_slots)
				break;
			if (st->env[i])
				h = digest_mix(h, (guint64)i << 32 |
						  st->env[i]->serial);
		}
	}
	return h;
}

/* Does a variable that is read again hold this value? */
static bool is_live_value(const struct explorer *x, const struct state *st,
			  const struct block *b, const struct expr *value)
{
	int i;

	for (i = 0; i < x->func->n_locals; i++)
		if (st->env[i] == value &&
		    live_slots(x, b, i / 64) >> (i % 64) & 1)
			return true;
	return false;
}

/* Sums, so that the order in which a path learnt things does not matter. */
static guint64 digest_facts(const struct explorer *x, const struct state *st,
			    const struct block *b)
{
	const struct fact *f;
	guint64 sum = 0;

	for (f = st->facts; f; f = f->next)
		if (!f->old || is_live_value(x, st, b, f->value))
			sum += digest_mix(digest_mix(f->value->serial,
						     (guint64)f->low),
					  (guint64)f->high * 4 +
						  f->nonzero * 2 + f->old);
	return sum;
}

static guint64 digest_store(const struct state *st)
{
	const struct binding *b;
	guint64 sum = 0;

	for (b = st->store; b; b = b->next)
		sum += digest_mix(b->loc->serial, b->value ? b->value->serial : 0);
	return sum;
}

static guint64 digest(const struct explorer *x, const struct state *st,
		      const struct block *b)
{
	const struct hot *t;
	guint64 h = digest_slots(x, st, b, digest_mix(1, (guint64)b->id));

	h = digest_locks(h, st);
	for (t = st->hot; t; t = t->next)
		h = digest_mix(h, t->obj->serial);
	if (x->steps < STEPS_FACTS) {
		h = digest_mix(h, digest_facts(x, st, b));
		h = digest_mix(h, digest_store(st));
	}
	if (x->steps < STEPS_HISTORY)
		h = digest_mix(h, st->trace_hash);
	return h;
}

/* Has a path been here in this state? Remembers it. */
static bool seen_before(struct explorer *x, const struct state *st,
			const struct block *b)
{
	guint64 *key, h;

	if (x->n_preds[b->id] < 2)
		return false;
	h = digest(x, st, b);
	if (g_hash_table_contains(x->seen, &h)) {
		/* what this path did so far is told nowhere else */
		if (x->steps >= STEPS_HISTORY && st->trace)
			g_ptr_array_add(x->ff->traces, (gpointer)st->trace);
		return true;
	}
	key = arena_copy(x->scratch, &h, sizeof(h));
	g_hash_table_add(x->seen, key);
	return false;
}

/* A name that the programmer gave, not a temporary or a macro's. */
static bool is_named(const struct explorer *x, const struct expr *local)
{
	const char *name = x->func->locals[local->id].name;

	return name && name[0] != '#' && name[0] != '_';
}

static bool is_link(const char *record)
{
	static const char *const links[] = { "list_head", "hlist_node",
					     "rb_node", "llist_node",
					     "hlist_bl_node", "plist_node" };
	gsize i;

	for (i = 0; record && i < G_N_ELEMENTS(links); i++)
		if (!strcmp(record, links[i]))
			return true;
	return false;
}

/* Was this pointer reached over a link of a container (->next)? */
static bool over_link(const struct expr *e)
{
	const struct expr *p;

	if (e->kind != EXPR_CONTAINER || !is_link(e->a->record))
		return false;
	for (p = e->a; p; p = p->a)
		if (p->kind == EXPR_FIELD && is_link(p->owner))
			return true;
	/* FRESH: the node that rb_first() found */
	return e->a->kind == EXPR_FIELD || e->a->kind == EXPR_FRESH;
}

/* What is taken from a container is a value of its own. */
static const struct expr *found(struct explorer *x, struct state *st,
				const struct expr *from)
{
	const struct expr *value = eval_fresh(x, st, 1, from->record,
					      from->pointers);

	act_done(x, st, act_add(x, st, ACT_SELECT, value, from));
	state_found_entry(x, st, value);
	return value;
}

static bool is_rcu(const struct held *locks)
{
	return locks && !locks->next && !g_strcmp0(locks->class, "rcu");
}

static void assign_local(struct explorer *x, struct state *st,
			 const struct event *ev, const struct expr *value)
{
	const struct expr *local = ev->lvalue;
	bool named = is_named(x, local);
	struct act *a;

	/* arithmetic on a number that becomes a pointer: pfn_to_page() */
	if (value->kind == EXPR_BINARY && value->op == '+' && local->pointers)
		value = expr_typed(x->unit, value, local);
	if (!is_kept(x, ev->value))
		fact_reread(x, st, value);
	if (named && over_link(value)) {
		value = found(x, st, value);
	} else if (named && flow_is_shared(value) &&
		   value->kind != EXPR_ADDR) {
		a = act_add(x, st, ACT_LOAD, flow_object(x->unit, value),
			    value);
		a->value = local;
		act_done(x, st, a);
		/* nothing but the read section keeps what it points at */
		if (value->record && value->pointers == 1 && is_rcu(st->locks))
			state_heat(x, st, value);
	}
	if (named && value->kind != EXPR_CONST &&
	    value->kind != EXPR_PARAM &&
	    !g_hash_table_contains(x->ff->names, value))
		g_hash_table_insert(x->ff->names, (gpointer)value,
				    (gpointer)x->func->locals[local->id].name);
	st->env[local->id] = value;
	if (local->record && !local->pointers && value->kind == EXPR_FRESH)
		state_copy_members(x, st, value, local);
}

/* |= FLAG and &= ~FLAG are writes of that flag; NULL: something else. */
static const struct expr *flag_update(struct explorer *x, const struct expr *loc,
				      const struct event *ev,
				      const struct expr *value, int *ret_to)
{
	if (ev->op == '|' && value->kind == EXPR_CONST) {
		*ret_to = 1;
		return expr_bit(x->unit, loc, value);
	}
	if (ev->op == '&' && value->kind == EXPR_UNARY && value->op == '~' &&
	    value->a->kind == EXPR_CONST) {
		*ret_to = 0;
		return expr_bit(x->unit, loc, value->a);
	}
	return NULL;
}

static void do_assign(struct explorer *x, struct state *st,
		      const struct event *ev)
{
	const struct expr *value = eval_value(x, st, ev->value);
	const struct expr *loc = eval_place(x, st, ev->lvalue), *flag;
	int to = 0;

	if (ev->op) {
		flag = flow_is_shared(loc) ?
			       flag_update(x, loc, ev, value, &to) : NULL;
		if (flag) {
			act_write(x, st, flag, expr_const(x->unit, to, NULL),
				  false);
			return;
		}
		value = expr_binary(x->unit, ev->op,
				    eval_value(x, st, ev->lvalue), value);
		if (value->depth > 12)
			value = eval_fresh(x, st, 2, value->record,
					   value->pointers);
	}
	if (loc->kind == EXPR_LOCAL && ev->lvalue->kind == EXPR_LOCAL)
		assign_local(x, st, ev, value);
	else
		act_write(x, st, loc, value, false);
}

static void do_return(struct explorer *x, struct state *st,
		      const struct expr *value)
{
	st->ret = value ? eval_value(x, st, value) : NULL;
	if (st->ret && over_link(st->ret))
		st->ret = found(x, st, st->ret);
	if (value && value->kind == EXPR_LOCAL && value->record &&
	    !value->pointers)
		st->ret_local = value;
}

/* The members of the structure that is returned: a lock's guard is one. */
static const struct binding *returned_fields(const struct explorer *x,
					     const struct state *st)
{
	const struct binding *b, *list = NULL;
	struct binding *n;

	for (b = st->store; b && st->ret_local; b = b->next) {
		if (!b->value || !is_member_of(b->loc, st->ret_local))
			continue;
		n = arena_copy(x->flow->arena, b, sizeof(*b));
		n->next = list;
		list = n;
	}
	return list;
}

/*
 * Is a pointer followed that this path knows to be NULL? Then values that are
 * not followed exclude the path: the code would fall over each time.
 */
static bool follows_null(struct explorer *x, const struct state *st,
			 const struct expr *lvalue)
{
	const struct expr *p = lvalue;

	while (p->kind == EXPR_FIELD || p->kind == EXPR_BIT)
		p = p->a;
	if (p->kind != EXPR_DEREF)
		return false;
	/* an array may be all zero */
	if (p->a->kind == EXPR_LOCAL ? !x->func->locals[p->a->id].is_pointer :
				       p->a->kind != EXPR_CALL)
		return false;
	return fact_decide(st, eval_value(x, st, p->a), OP2('=', '='), 0) == 1;
}

static void do_access(struct explorer *x, struct state *st,
		      const struct event *ev)
{
	if (ev->access == ACCESS_ADDRESS)
		return;
	if (follows_null(x, st, ev->lvalue))
		x->ended = true;
	else
		state_use(x, st, ev->lvalue);
}

static void do_event(struct explorer *x, struct state *st,
		     const struct event *ev)
{
	switch (ev->kind) {
	case EVENT_ACCESS:
		do_access(x, st, ev);
		break;
	case EVENT_ASSIGN:
		do_assign(x, st, ev);
		break;
	case EVENT_CALL:
	case EVENT_CLEANUP:
		explore_call(x, st, ev);
		break;
	case EVENT_ASM:
		if (ev->asm_memory)
			state_forget_shared(x, st);
		break;
	case EVENT_RETURN:
		do_return(x, st, ev->value);
		break;
	}
}

static bool is_of_parameter(const struct fact *f)
{
	return f->value->kind == EXPR_PARAM;
}

/* Of a parameter, or a value born on the path, or whether that is an error. */
static bool is_of_input(const struct fact *f)
{
	const struct expr *v = f->value;

	if (v->kind == EXPR_BINARY && (v->op == OP2('E', 'R') ||
				       v->op == OP2('E', 'N')))
		v = v->a;
	return v->kind == EXPR_PARAM || v->kind == EXPR_FRESH;
}

/* What the path found out that outlives it. */
static const struct fact *facts_kept(const struct explorer *x,
				     const struct state *st,
				     bool (*keep)(const struct fact *f))
{
	const struct fact *f, *list = NULL;
	struct fact *n;

	for (f = st->facts; f; f = f->next) {
		if (!keep(f))
			continue;
		n = arena_copy(x->flow->arena, f, sizeof(*f));
		n->next = list;
		list = n;
	}
	return list;
}

static void finish_path(struct explorer *x, struct state *st)
{
	struct act *a;

	x->event = NULL;
	a = act_add(x, st, ACT_RETURN, NULL, NULL);
	a->value = st->ret;
	a->fields = returned_fields(x, st);
	/* later paths are merged, and no path's facts are those of all */
	a->alone = x->steps < STEPS_FACTS;
	if (a->alone)
		a->given = facts_kept(x, st, is_of_parameter);
	a->known = facts_kept(x, st, is_of_input);
	if (a->fields) {
		a->value = st->ret_local;
	} else if (st->ret) {
		gint64 low, high;
		bool nonzero;

		fact_range(st, st->ret, &low, &high, &nonzero);
		/* the result's range is kept as tests that end the trace */
		a->rel = low == high ? OP2('=', '=') :
			 nonzero && low >= 0 ? '>' : high < 0 ? '<' :
			 nonzero ? OP2('!', '=') : 0;
		/* p for NULL says that p is NULL, which the caller may know */
		if (low == high && st->ret->kind != EXPR_CONST &&
		    (st->ret->kind != EXPR_PARAM || low))
			a->value = expr_const(x->unit, low, NULL);
	}
	act_done(x, st, a);
	g_ptr_array_add(x->ff->traces, a);
}

static void run_block(struct explorer *x, struct work w)
{
	int i;

	x->block = w.block;
	for (i = w.event; i < w.block->n_events; i++) {
		x->event = &w.block->events[i];
		do_event(x, w.st, x->event);
		if (x->ended)
			return;
	}
	x->event = NULL;
	if (w.block->jump == JUMP_RETURN)
		finish_path(x, w.st);
	else if (w.block->jump != JUMP_NORETURN)
		branch_take(x, w.st, w.block);
}

/* From branch.c's edges: enters @b unless a path did so in this state. */
void explore_enter(struct explorer *x, struct state *st,
		   const struct block *b)
{
	if (st->visits[b->id] >= EXPLORE_VISITS || seen_before(x, st, b))
		return;
	st->visits[b->id]++;
	push(x, st, b, 0);
}

static int *count_preds(const struct func *f, struct arena *a)
{
	int *n = arena_new_array(a, int, f->n_blocks);
	int b, s;

	for (b = 0; b < f->n_blocks; b++)
		for (s = 0; s < f->blocks[b].n_succ; s++)
			n[f->blocks[b].succ[s]->id]++;
	return n;
}

static struct state *initial_state(struct explorer *x)
{
	struct state *st = arena_new_object(x->scratch, struct state);
	const struct func *f = x->func;
	int i;

	st->env = arena_new_array(x->scratch, const struct expr *, x->n_slots);
	st->visits = arena_alloc(x->scratch, (size_t)f->n_blocks);
	for (i = 0; i < f->n_params; i++)
		st->env[i] = expr_numbered(x->unit, EXPR_PARAM, i,
					   f->locals[i].record,
					   f->locals[i].pointers);
	return st;
}

static void cut_off(struct explorer *x)
{
	if (!x->work->len)
		return;
	x->ff->bounded = true;
	x->ff->bound = x->steps >= x->max_steps ? "path limit" : "trace limit";
}

void explore_func(struct flow *fl, struct func_flow *ff)
{
	struct explorer x = { .flow = fl, .ff = ff, .func = ff->func,
			      .unit = fl->unit };
	struct work w;

	if (!ff->func->n_blocks)
		return;
	x.scratch = arena_new();
	x.called = g_hash_table_new(g_int64_hash, g_int64_equal);
	x.work = g_array_new(FALSE, FALSE, sizeof(struct work));
	x.seen = g_hash_table_new(g_int64_hash, g_int64_equal);
	x.n_slots = slots_count(ff->func);
	x.n_preds = count_preds(ff->func, x.scratch);
	x.live = live_compute(ff->func, x.scratch, &x.n_words);
	x.block = &ff->func->blocks[0];
	push(&x, initial_state(&x), &ff->func->blocks[0], 0);
	x.max_steps = CLAMP(MAX_ENVIRONMENTS /
			    (x.n_slots * (int)sizeof(void *) + 1),
			    50, STEPS_END);
	while (x.work->len && x.steps < x.max_steps &&
	       ff->traces->len < MAX_TRACES) {
		w = g_array_index(x.work, struct work, x.work->len - 1);
		g_array_set_size(x.work, x.work->len - 1);
		x.ended = false;
		x.steps++;
		run_block(&x, w);
	}
	cut_off(&x);
	ff->steps = x.steps;
	g_hash_table_unref(x.called);
	g_hash_table_unref(x.seen);
	g_array_unref(x.work);
	arena_free(x.scratch);
}
