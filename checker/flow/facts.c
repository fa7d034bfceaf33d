// SPDX-License-Identifier: GPL-2.0-only
/*
 * Path facts: what the branches taken say of a value, as an interval and a
 * "not zero". Enough to recognise that two branches on one value correlate;
 * it does no arithmetic between values.
 */
#include "flow/state.h"

int relation_negate(int rel)
{
	switch (rel) {
	case OP2('=', '='): return OP2('!', '=');
	case OP2('!', '='): return OP2('=', '=');
	case '<': return OP2('>', '=');
	case '>': return OP2('<', '=');
	case OP2('<', '='): return '>';
	default: return '<';
	}
}

bool relation_holds(int rel, gint64 a, gint64 b)
{
	switch (rel) {
	case OP2('=', '='): return a == b;
	case OP2('!', '='): return a != b;
	case '<': return a < b;
	case '>': return a > b;
	case OP2('<', '='): return a <= b;
	default: return a >= b;
	}
}

static const struct fact *find(const struct state *st,
			       const struct expr *value, bool old)
{
	const struct fact *f;

	for (f = st->facts; f; f = f->next)
		if (f->value == value && f->old == old)
			return f;
	return NULL;
}

void fact_range(const struct state *st, const struct expr *value,
		gint64 *ret_low, gint64 *ret_high, bool *ret_nonzero)
{
	const struct fact *f = find(st, value, false);

	*ret_low = G_MININT64;
	*ret_high = G_MAXINT64;
	*ret_nonzero = false;
	if (value->kind == EXPR_CONST) {
		*ret_low = *ret_high = value->value;
		*ret_nonzero = value->value != 0;
	} else if (value->kind == EXPR_ADDR || value->kind == EXPR_STRING ||
		   value->kind == EXPR_FUNC) {
		*ret_nonzero = true;
	} else if (f) {
		*ret_low = f->low;
		*ret_high = f->high;
		*ret_nonzero = f->nonzero;
	}
}

/* Whether `v rel c` for each v in the range (1), none (0), or some (-1). */
static int decide_range(gint64 low, gint64 high, bool nonzero, int rel,
			gint64 c)
{
	switch (rel) {
	case OP2('=', '='):
		if (low == high)
			return low == c;
		return (c < low || c > high || (nonzero && c == 0)) ? 0 : -1;
	case OP2('!', '='):
		if (low == high)
			return low != c;
		return (c < low || c > high || (nonzero && c == 0)) ? 1 : -1;
	case '<':
		return high < c ? 1 : low >= c ? 0 : -1;
	case '>':
		return low > c ? 1 : high <= c ? 0 : -1;
	case OP2('<', '='):
		return high <= c ? 1 : low > c ? 0 : -1;
	default:
		return low >= c ? 1 : high < c ? 0 : -1;
	}
}

int fact_decide(const struct state *st, const struct expr *value, int rel,
		gint64 c)
{
	gint64 low, high;
	bool nonzero;

	fact_range(st, value, &low, &high, &nonzero);
	return decide_range(low, high, nonzero, rel, c);
}

int fact_decide_copy(const struct state *st, const struct expr *value, int rel,
		     gint64 c)
{
	const struct fact *f = find(st, value, true);
	int known = fact_decide(st, value, rel, c);

	if (known >= 0 || !f)
		return known;
	return decide_range(f->low, f->high, f->nonzero, rel, c);
}

static void narrow(gint64 *low, gint64 *high, bool *nonzero, int rel, gint64 c)
{
	switch (rel) {
	case OP2('=', '='):
		*low = *high = c;
		break;
	case OP2('!', '='):
		*nonzero |= c == 0;
		*low += *low == c && c < G_MAXINT64;
		*high -= *high == c && c > G_MININT64;
		break;
	case '<':
		if (c > G_MININT64)
			*high = MIN(*high, c - 1);
		break;
	case '>':
		if (c < G_MAXINT64)
			*low = MAX(*low, c + 1);
		break;
	case OP2('<', '='):
		*high = MIN(*high, c);
		break;
	default:
		*low = MAX(*low, c);
		break;
	}
	*low += *nonzero && *low == 0;
	*high -= *nonzero && *high == 0;
	*nonzero |= *low > 0 || *high < 0;
}

const struct fact *facts_left(struct explorer *x, const struct fact *list,
			      fact_fate_fn fate, const void *data)
{
	const struct fact *f, *tail = list, *left = NULL;
	struct fact *n, **end = (struct fact **)&left;

	for (f = list; f; f = f->next)
		if (fate(f, data) != FACT_STAYS)
			tail = f->next;
	for (f = list; f != tail; f = f->next) {
		enum fact_fate is = fate(f, data);

		if (is == FACT_GOES)
			continue;
		n = arena_copy(x->scratch, f, sizeof(*f));
		n->old |= is == FACT_AGES;
		*end = n;
		end = (struct fact **)&n->next;
	}
	*end = (struct fact *)tail;
	return left;
}

static enum fact_fate fate_when_renewed(const struct fact *f, const void *value)
{
	return f->value == value && !f->old ? FACT_GOES : FACT_STAYS;
}

static enum fact_fate fate_when_reread(const struct fact *f, const void *value)
{
	return f->value == value && f->old ? FACT_GOES : FACT_STAYS;
}

void fact_reread(struct explorer *x, struct state *st,
		 const struct expr *value)
{
	if (find(st, value, true))
		st->facts = facts_left(x, st->facts, fate_when_reread, value);
}

/* The old fact of a value goes when a new one comes, so that states compare. */
bool fact_assume(struct explorer *x, struct state *st,
		 const struct expr *value, int rel, gint64 c)
{
	struct fact *n;
	gint64 low, high;
	bool nonzero;

	fact_range(st, value, &low, &high, &nonzero);
	if (decide_range(low, high, nonzero, rel, c) == 0)
		return false;
	if (value->kind == EXPR_CONST)
		return true;
	narrow(&low, &high, &nonzero, rel, c);
	n = arena_new_object(x->scratch, struct fact);
	n->value = value;
	n->low = low;
	n->high = high;
	n->nonzero = nonzero;
	n->next = facts_left(x, st->facts, fate_when_renewed, value);
	st->facts = n;
	return true;
}
