// SPDX-License-Identifier: GPL-2.0-only
/*
 * Less of a thread with the same behaviour: constants are followed, branches
 * that decide nothing go, so do loops over nothing, values that nobody reads,
 * and registers that are never alive together become one.
 *
 * An op that goes leaves a GOTO to the next, which squeeze() takes out.
 */
#include "lower/private.h"

#include <string.h>

struct tidy {
	struct builder *b;
	struct draft *t;
	struct op *ops;
	int n, n_regs, n_words;
	int room;		/* for that many ops in live and grown */
	int *defs;		/* a register: how many ops write it */
	const struct value **only; /* the constant it is set to, once */
	guint64 *live;		/* n_words an op: live before it */
	int *grown;		/* an op: the sweep in which that grew last */
	bool changed;
	bool live_known;	/* live is of the ops as they are */
};

static void note_change(struct tidy *x)
{
	x->changed = true;
	x->live_known = false;
}

static bool falls_through(const struct op *op)
{
	return op->kind != OP_GOTO && op->kind != OP_END &&
	       op->kind != OP_DROP;
}

static bool jumps(const struct op *op)
{
	return op->kind == OP_GOTO || op->kind == OP_BRANCH;
}

static void drop(struct tidy *x, int i)
{
	struct op op = x->ops[i];

	x->ops[i].kind = OP_GOTO;
	x->ops[i].target = i + 1;
	x->ops[i].result = -1;
	x->ops[i].value = NULL;
	x->ops[i].expected = NULL;
	x->ops[i].place.object = NULL;
	if (op.kind != OP_GOTO)
		note_change(x);
}

/* ---- registers ---- */

static void count_defs(struct tidy *x)
{
	int i, r;

	memset(x->defs, 0, (size_t)x->n_regs * sizeof(*x->defs));
	memset(x->only, 0, (size_t)x->n_regs * sizeof(*x->only));
	for (i = 0; i < x->n; i++) {
		r = x->ops[i].result;
		if (r < 0)
			continue;
		x->only[r] = !x->defs[r]++ && x->ops[i].kind == OP_SET &&
			     x->ops[i].value->kind == VALUE_CONST &&
			     x->ops[i].value->op != VALUE_MASK ?
				     x->ops[i].value : NULL;
	}
}

/* @v with the registers that are one constant replaced by it. */
static const struct value *substitute(struct tidy *x, const struct value *v)
{
	const struct value *a, *c;

	if (!v || v->kind == VALUE_CONST)
		return v;
	if (v->kind == VALUE_REG) {
		/* no change to speak of, but one less that is live */
		x->live_known &= !x->only[v->number];
		return x->only[v->number] ? x->only[v->number] : v;
	}
	a = substitute(x, v->a);
	c = substitute(x, v->b);
	if (a == v->a && c == v->b)
		return v;
	note_change(x);
	return v->kind == VALUE_UNARY ? value_unary(x->b, v->op, a) :
					value_binary(x->b, v->op, a, c);
}

static void propagate(struct tidy *x)
{
	int i;

	count_defs(x);
	for (i = 0; i < x->n; i++) {
		struct op *op = &x->ops[i];

		op->value = substitute(x, op->value);
		op->expected = substitute(x, op->expected);
		op->place.object = substitute(x, op->place.object);
	}
}

static guint64 *live_at(const struct tidy *x, int i)
{
	return x->live + (size_t)i * (size_t)x->n_words;
}

static bool is_live(const struct tidy *x, int i, int reg)
{
	return live_at(x, i)[reg / 64] >> (reg % 64) & 1;
}

/* Adds the registers of a value to a set of them. */
static void add_regs(const struct value *v, guint64 *set)
{
	for (; v; v = v->a) {
		if (v->kind == VALUE_REG)
			set[v->number / 64] |= 1ull << (v->number % 64);
		if (v->b)
			add_regs(v->b, set);
	}
}

static void add_used(const struct op *op, guint64 *set)
{
	add_regs(op->value, set);
	add_regs(op->expected, set);
	add_regs(op->place.object, set);
}

/* Those that some op reads, n_words; g_free() it. */
static guint64 *read_regs(const struct tidy *x)
{
	guint64 *set = g_new0(guint64, x->n_words);
	int i;

	for (i = 0; i < x->n; i++)
		add_used(&x->ops[i], set);
	return set;
}

/* live before op @i; true if it grew */
static bool live_step(struct tidy *x, int i, guint64 *now)
{
	const struct op *op = &x->ops[i];
	/* nothing is live behind the last op */
	const guint64 *next = live_at(x, falls_through(op) ? i + 1 : x->n);
	const guint64 *target = live_at(x, jumps(op) ? op->target : x->n);
	guint64 *before = live_at(x, i), more = 0;
	int w;

	for (w = 0; w < x->n_words; w++)
		now[w] = next[w] | target[w];
	if (op->result >= 0)
		now[op->result / 64] &= ~(1ull << (op->result % 64));
	add_used(op, now);
	for (w = 0; w < x->n_words; w++) {
		more |= now[w] ^ before[w];
		before[w] = now[w];
	}
	return more != 0;
}

/*
 * Did what comes behind the op grow since a sweep came by? Sweeps go backwards:
 * where it lies ahead, the last one has seen it grow.
 */
static bool is_stale(const struct tidy *x, int i, int sweep)
{
	const struct op *op = &x->ops[i];

	return (falls_through(op) && x->grown[i + 1] >= sweep) ||
	       (jumps(op) &&
		x->grown[op->target] >= (op->target > i ? sweep : sweep - 1));
}

/* As many registers as at first, or fewer, and perhaps some more ops. */
static void make_room(struct tidy *x)
{
	if (x->n < x->room)
		return;
	x->room = x->n + x->n / 2 + 1;
	x->live = g_realloc_n(x->live, (gsize)x->room * (gsize)x->n_words,
			      sizeof(*x->live));
	x->grown = g_renew(int, x->grown, x->room);
}

static void compute_live(struct tidy *x)
{
	guint64 *now;
	bool grew = true;
	int i, sweep;

	if (x->live_known)
		return;
	make_room(x);
	now = g_new(guint64, x->n_words);
	memset(x->live, 0, (size_t)(x->n + 1) * (size_t)x->n_words *
				   sizeof(*x->live));
	memset(x->grown, 0, (size_t)(x->n + 1) * sizeof(*x->grown));
	for (sweep = 1; grew; sweep++) {
		grew = false;
		for (i = x->n - 1; i >= 0; i--) {
			/* nearly all are settled by the first sweep */
			if ((sweep > 1 && !is_stale(x, i, sweep)) ||
			    !live_step(x, i, now))
				continue;
			x->grown[i] = sweep;
			grew = true;
		}
	}
	g_free(now);
	x->live_known = true;
}

/* ---- what goes ---- */

static void fold_branches(struct tidy *x)
{
	int i, n;

	for (i = 0; i < x->n; i++) {
		struct op *op = &x->ops[i];

		if (op->kind == OP_ASSERT && value_is_const(op->value, &n) &&
		    n)
			drop(x, i);
		if (op->kind != OP_BRANCH ||
		    (op->target != i + 1 && !value_is_const(op->value, &n)))
			continue;
		if (op->target == i + 1 || !n) {
			drop(x, i);
		} else {
			op->kind = OP_GOTO;
			op->value = NULL;
			note_change(x);
		}
	}
}

/* Where one ends who follows the jumps from @i. */
static int final_target(const struct tidy *x, int i)
{
	int steps;

	for (steps = 0; steps < x->n && x->ops[i].kind == OP_GOTO; steps++)
		i = x->ops[i].target;
	return i;
}

static void thread_jumps(struct tidy *x)
{
	int i, to;

	for (i = 0; i < x->n; i++) {
		if (!jumps(&x->ops[i]))
			continue;
		to = final_target(x, x->ops[i].target);
		if (to != x->ops[i].target)
			note_change(x);
		x->ops[i].target = to;
	}
}

static bool is_local(const struct op *op)
{
	return op->kind == OP_SET || op->kind == OP_CHOOSE ||
	       op->kind == OP_FENCE || jumps(op);
}

static bool same_value(const struct value *a, const struct value *b)
{
	return a && b && a->kind == b->kind && a->number == b->number &&
	       (a->kind == VALUE_CONST || a->kind == VALUE_REG);
}

/* The object that an op accesses for sure. */
static const struct value *accessed(const struct op *op)
{
	switch (op->kind) {
	case OP_LOAD:
	case OP_STORE:
	case OP_RMW:
	case OP_UNLOCK:
	case OP_LOCK:
		return op->place.object;
	case OP_USE:
		return op->value;
	default:
		return NULL;
	}
}

/* Nobody reads the op's result. */
static void drop_result(struct tidy *x, int i)
{
	struct op *op = &x->ops[i];

	if (op->kind == OP_SET || op->kind == OP_CHOOSE) {
		drop(x, i);
	} else if (op->kind == OP_LOAD) {
		op->kind = OP_USE;
		op->value = op->place.object;
		op->place.object = NULL;
		op->result = -1;
		note_change(x);
	} else if (op->kind == OP_RMW) {
		op->result = -1;
	}
}

/* What no op at all reads: that is soon found, and leaves less to look at. */
static void drop_unread(struct tidy *x)
{
	guint64 *read = read_regs(x);
	int i, r;

	for (i = 0; i < x->n; i++) {
		r = x->ops[i].result;
		if (r >= 0 && !(read[r / 64] >> (r % 64) & 1))
			drop_result(x, i);
	}
	g_free(read);
}

static void drop_dead(struct tidy *x)
{
	int i;

	compute_live(x);
	for (i = 0; i < x->n; i++) {
		const struct op *op = &x->ops[i];

		if (op->result >= 0 &&
		    !(falls_through(op) && is_live(x, i + 1, op->result)))
			drop_result(x, i);
	}
}

static bool *targets(const struct tidy *x)
{
	bool *is = g_new0(bool, x->n + 1);
	int i;

	for (i = 0; i < x->n; i++)
		if (jumps(&x->ops[i]) && x->ops[i].target != i + 1)
			is[x->ops[i].target] = true;
	return is;
}

/*
 * An access right behind another one of the same object shows nothing new, nor
 * does a barrier behind one.
 */
static void drop_uses(struct tidy *x)
{
	bool *is_target = targets(x);
	const struct value *last = NULL;
	bool fenced = false;
	int i;

	for (i = 0; i < x->n; i++) {
		struct op *op = &x->ops[i];

		if (is_target[i])
			last = NULL;
		fenced &= !is_target[i] && is_local(op);
		if (op->kind == OP_FENCE && fenced)
			drop(x, i);
		fenced |= op->kind == OP_FENCE;
		if (op->kind == OP_USE && same_value(op->value, last))
			drop(x, i);
		else if (accessed(op))
			last = op->kind == OP_UNLOCK ? NULL : accessed(op);
		else if (!is_local(op) ||
			 (op->result >= 0 && last &&
			  last->kind == VALUE_REG &&
			  last->number == op->result))
			last = NULL;
	}
	g_free(is_target);
}

/* ---- branches that decide nothing ---- */

struct region {
	int *seen;		/* an op: the search that saw it */
	int search, effect;	/* effect -1: none yet, -2: several */
	int budget;
	bool fenced;		/* there is a barrier on some way */
	GArray *written;	/* int: registers */
};

static void explore(struct tidy *x, struct region *r, int i)
{
	while (r->effect != -2 && r->seen[i] != r->search) {
		r->seen[i] = r->search;
		if (!is_local(&x->ops[i])) {
			r->effect = r->effect == -1 || r->effect == i ? i : -2;
			return;
		}
		if (!r->budget--) {
			r->effect = -2;
			return;
		}
		if (x->ops[i].result >= 0)
			g_array_append_val(r->written, x->ops[i].result);
		r->fenced |= x->ops[i].kind == OP_FENCE;
		if (x->ops[i].kind == OP_BRANCH)
			explore(x, r, x->ops[i].target);
		i = x->ops[i].kind == OP_GOTO ? x->ops[i].target : i + 1;
	}
}

static bool decides_nothing(struct tidy *x, struct region *r, int i)
{
	guint k;

	r->search++;
	r->effect = -1;
	r->fenced = false;
	r->budget = 200;
	g_array_set_size(r->written, 0);
	explore(x, r, i);
	if (r->effect < 0)
		return false;
	for (k = 0; k < r->written->len; k++)
		if (is_live(x, r->effect, g_array_index(r->written, int, k)))
			return false;
	return true;
}

/* A barrier behind the last op, and from there to @to; returns its place. */
static int append_barrier(struct tidy *x, int like, int to)
{
	const struct op fence = { .kind = OP_FENCE, .result = -1,
				  .order = ORDER_FULL,
				  .text = x->ops[like].text,
				  .at = x->ops[like].at,
				  .func = x->ops[like].func };
	struct op jump = fence;
	int position = g_array_index(x->t->positions, int, like);

	jump.kind = OP_GOTO;
	jump.target = to;
	g_array_append_val(x->t->ops, fence);
	g_array_append_val(x->t->ops, jump);
	g_array_append_val(x->t->positions, position);
	g_array_append_val(x->t->positions, position);
	x->ops = &g_array_index(x->t->ops, struct op, 0);
	x->n += 2;
	return x->n - 2;
}

/* A barrier on one of the ways stays, on all of them. */
static void collapse(struct tidy *x)
{
	int i, to, n = x->n;
	/* each branch may leave a barrier and a jump */
	struct region r = { .seen = g_new0(int, 3 * n + 1),
			    .written = g_array_new(FALSE, FALSE,
						   sizeof(int)) };

	compute_live(x);
	for (i = 0; i < n; i++) {
		if (x->ops[i].kind != OP_BRANCH || !decides_nothing(x, &r, i))
			continue;
		to = r.fenced ? append_barrier(x, i, r.effect) : r.effect;
		x->ops[i].kind = OP_GOTO;
		x->ops[i].value = NULL;
		x->ops[i].target = to;
		note_change(x);
	}
	g_free(r.seen);
	g_array_unref(r.written);
}

/* ---- taking out ---- */

static void mark_reachable(const struct tidy *x, bool *seen, int i)
{
	while (i < x->n && !seen[i]) {
		seen[i] = true;
		if (x->ops[i].kind == OP_BRANCH)
			mark_reachable(x, seen, x->ops[i].target);
		if (!falls_through(&x->ops[i]) && x->ops[i].kind != OP_GOTO)
			return;
		i = x->ops[i].kind == OP_GOTO ? x->ops[i].target : i + 1;
	}
}

/* Ops that are not reached, and jumps to the op behind them, go. */
static void squeeze(struct tidy *x)
{
	bool *seen = g_new0(bool, x->n + 1);
	int *moved = g_new0(int, x->n + 1);
	int i, next, to = 0;

	mark_reachable(x, seen, 0);
	for (i = 0; i < x->n; i++) {
		if (x->ops[i].kind != OP_GOTO || !seen[i])
			continue;
		for (next = i + 1; next < x->n && !seen[next]; next++)
			;
		if (x->ops[i].target == next)
			seen[i] = false;
	}
	for (i = 0; i < x->n; i++) {
		moved[i] = to;
		to += seen[i];
	}
	moved[x->n] = to;
	for (i = 0; i < x->n; i++) {
		if (!seen[i])
			continue;
		if (jumps(&x->ops[i]))
			x->ops[i].target = moved[x->ops[i].target];
		x->ops[moved[i]] = x->ops[i];
		g_array_index(x->t->positions, int, moved[i]) =
			g_array_index(x->t->positions, int, i);
	}
	if (to != x->n)
		note_change(x);
	x->n = to;
	g_array_set_size(x->t->ops, (guint)to);
	g_array_set_size(x->t->positions, (guint)to);
	g_free(seen);
	g_free(moved);
}

/* ---- fewer registers ---- */

struct colouring {
	guint64 *clash;		/* n_words a register */
	int *colour;
};

static void find_clashes(const struct tidy *x, struct colouring *c)
{
	int i, r, w;

	for (i = 0; i < x->n; i++) {
		r = x->ops[i].result;
		if (r < 0)
			continue;
		for (w = 0; w < x->n_words; w++)
			c->clash[r * x->n_words + w] |=
				live_at(x, i + 1)[w];
	}
}

static bool clash(const struct tidy *x, const struct colouring *c, int a,
		  int b)
{
	return (c->clash[a * x->n_words + b / 64] >> (b % 64) & 1) ||
	       (c->clash[b * x->n_words + a / 64] >> (a % 64) & 1);
}

static int first_free(const struct tidy *x, const struct colouring *c, int r)
{
	int colour, other;

	for (colour = 0;; colour++) {
		for (other = 0; other < r; other++)
			if (c->colour[other] == colour && clash(x, c, r,
								other))
				break;
		if (other == r)
			return colour;
	}
}

static const struct value *recolour(struct tidy *x, const struct colouring *c,
				    const struct value *v)
{
	struct value *copy;

	if (!v || v->kind == VALUE_CONST)
		return v;
	copy = arena_copy(x->b->arena, v, sizeof(*v));
	if (v->kind == VALUE_REG) {
		copy->number = c->colour[v->number];
		return copy;
	}
	copy->a = recolour(x, c, v->a);
	copy->b = recolour(x, c, v->b);
	return copy;
}

static bool copies_itself(const struct op *op)
{
	return op->kind == OP_SET && op->value->kind == VALUE_REG &&
	       op->value->number == op->result;
}

static void rename_regs(struct tidy *x, const struct colouring *c)
{
	GPtrArray *names = g_ptr_array_new();
	int i, r;

	for (i = 0; i < x->n; i++) {
		struct op *op = &x->ops[i];

		op->value = recolour(x, c, op->value);
		op->expected = recolour(x, c, op->expected);
		op->place.object = recolour(x, c, op->place.object);
		if (op->result >= 0)
			op->result = c->colour[op->result];
		if (copies_itself(op))
			drop(x, i);
	}
	for (r = 0; r < x->n_regs; r++) {
		if (c->colour[r] < 0)
			continue;
		if (c->colour[r] >= (int)names->len) {
			g_ptr_array_set_size(names, c->colour[r] + 1);
			names->pdata[c->colour[r]] = x->t->regs->pdata[r];
		}
		/* what was several variables has no name */
		if (names->pdata[c->colour[r]] != x->t->regs->pdata[r])
			names->pdata[c->colour[r]] = NULL;
	}
	g_ptr_array_unref(x->t->regs);
	x->t->regs = names;
}

/* Colour 0 for each register that an op names, -1 for others; g_free() it. */
static int *used_regs(const struct tidy *x)
{
	guint64 *named = read_regs(x);
	int *colour = g_new(int, x->n_regs + 1);
	int i, r;

	for (r = 0; r < x->n_regs; r++)
		colour[r] = named[r / 64] >> (r % 64) & 1 ? 0 : -1;
	for (i = 0; i < x->n; i++)
		if (x->ops[i].result >= 0)
			colour[x->ops[i].result] = 0;
	g_free(named);
	return colour;
}

/* Without the registers that nobody names: sets of them take fewer words. */
static void compact_regs(struct tidy *x)
{
	struct colouring c = { .colour = used_regs(x) };
	int r, n = 0;

	for (r = 0; r < x->n_regs; r++)
		if (c.colour[r] >= 0)
			c.colour[r] = n++;
	if (n / 64 + 1 < x->n_words) {
		rename_regs(x, &c);
		x->n_regs = n;
		x->n_words = n / 64 + 1;
		x->live_known = false;
	}
	g_free(c.colour);
}

static void colour_regs(struct tidy *x)
{
	struct colouring c;
	int r;

	compute_live(x);
	c.clash = g_new0(guint64, (gsize)x->n_regs * (gsize)x->n_words);
	c.colour = used_regs(x);
	find_clashes(x, &c);
	for (r = 0; r < x->n_regs; r++) {
		if (c.colour[r] >= 0)
			c.colour[r] = first_free(x, &c, r);
	}
	rename_regs(x, &c);
	g_free(c.clash);
	g_free(c.colour);
}

void tidy_draft(struct builder *b, struct draft *t, bool alone)
{
	struct tidy x = { .b = b, .t = t, .n = (int)t->ops->len,
			  .n_regs = (int)t->regs->len };
	int round;

	x.ops = &g_array_index(t->ops, struct op, 0);
	x.n_words = x.n_regs / 64 + 1;
	x.defs = g_new0(int, x.n_regs + 1);
	x.only = g_new0(const struct value *, x.n_regs + 1);
	for (round = 0; round < 20; round++) {
		x.changed = false;
		propagate(&x);
		fold_branches(&x);
		thread_jumps(&x);
		drop_unread(&x);
		squeeze(&x);
		compact_regs(&x);
		drop_dead(&x);
		drop_uses(&x);
		collapse(&x);
		squeeze(&x);
		if (!x.changed)
			break;
	}
	/* of a thread alone only what it does to memory is asked */
	if (!alone) {
		colour_regs(&x);
		thread_jumps(&x);
		squeeze(&x);
	}
	g_free(x.defs);
	g_free(x.only);
	g_free(x.live);
	g_free(x.grown);
}
