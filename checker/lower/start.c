// SPDX-License-Identifier: GPL-2.0-only
/*
 * The state before the first step: flags as the reported path needs them,
 * flags that own a reference set, objects in their containers, and each count
 * the sum of its owners: flags that are set, and threads whose function drops
 * a reference that its caller had. All of it is listed.
 */
#include "lower/private.h"

/* ---- what the reported path tests ---- */

/* A value that makes the test come out as on the path. */
static int satisfying(const struct act *test)
{
	gint64 v = test->value ? test->value->value : 0;

	switch (test->rel) {
	case OP2('!', '='):
		return v ? 0 : 1;
	case '>':
		return (int)v + 1;
	case '<':
		return (int)v - 1;
	default:
		return (int)v;
	}
}

/* The path changes it before: how it began is another question. */
static bool is_written_before(const struct act *test)
{
	const struct act *a;

	for (a = test->prev; a; a = a->prev)
		if (a->loc == test->loc &&
		    (a->kind == ACT_SET || a->kind == ACT_CLEAR ||
		     a->kind == ACT_STORE))
			return true;
	return false;
}

/* How sure a value is: the write that is reported, == on its path, ... */
enum { SURE_NOT, SURE_ASSERTED, SURE_TESTED, SURE_EQUAL, SURE_WRITTEN };

static void settle(struct builder *b, const struct act *a, int value, int sure)
{
	struct kind *k;
	struct bit *bit;
	struct word *w = word_at(b, a->loc, &k, &bit);

	if (!w || w->field.count || w->field.lock ||
	    value < PROGRAM_MIN || value > PROGRAM_MAX)
		return;
	if (bit && bit->settled <= sure) {
		bit->set = value != 0;
		bit->settled = sure;
	} else if (!bit && w->settled <= sure) {
		w->initial = value;
		w->settled = sure;
	}
}

/* What changes a flag in one direction finds it in the other. */
static bool direction(const struct act *a, int *ret_value)
{
	switch (a->kind) {
	case ACT_TEST:
		*ret_value = satisfying(a);
		return true;
	case ACT_SET:
		*ret_value = 0;
		return true;
	case ACT_CLEAR:
		*ret_value = 1;
		return true;
	default:
		return false;
	}
}

static void from_path(struct builder *b)
{
	const struct subject *s = b->subject;
	const struct act *a = s->to ? s->to : s->from;
	int value;

	/* later acts first: what an earlier one says is what holds */
	for (; a; a = a->prev) {
		if (!a->loc || a->is_init || is_written_before(a) ||
		    !direction(a, &value))
			continue;
		if (a->kind != ACT_TEST && !s->flag.name)
			continue;
		settle(b, a, value, a->rel == OP2('=', '=') ? SURE_EQUAL :
								SURE_TESTED);
	}
	/* the write that is reported changes something */
	a = s->from;
	if (a && a->loc && a->kind != ACT_TEST && direction(a, &value))
		settle(b, a, value, SURE_WRITTEN);
}

/* What the threads' functions assert before they change it, holds. */
static void from_assertions(struct builder *b, const struct func_flow *ff)
{
	const struct act *a;
	guint i;

	for (i = 0; i < ff->traces->len; i++)
		for (a = ff->traces->pdata[i]; a; a = a->prev)
			if (a->kind == ACT_TEST && a->loc &&
			    flow_is_assertion(a->macro) && !is_written_before(a))
				settle(b, a, satisfying(a), SURE_ASSERTED);
}

/* ---- what is only ever cleared ---- */

struct changes {
	bool set, cleared;
};

static int mask_of(const struct value *v)
{
	return v && v->kind == VALUE_CONST ? v->number : 0;
}

/* What one write does to the bits @mask of its word (-1: to all of it). */
static void add_change(const struct op *op, int mask, struct changes *c)
{
	int n;

	if (op->kind == OP_RMW && op->rmw == RMW_ANDNOT) {
		c->cleared |= mask_of(op->value) & mask;
	} else if (op->kind == OP_RMW && op->rmw == RMW_OR) {
		c->set |= mask_of(op->value) & mask;
	} else if (op->kind == OP_STORE && value_is_const(op->value, &n)) {
		c->set |= n & mask;
		c->cleared |= !(n & mask);
	} else {
		c->set = true; /* nobody knows */
	}
}

static struct changes changes_of(const struct builder *b, guint threads,
				 int kind, int field, int mask)
{
	struct changes c = { 0 };
	guint i, k;

	for (i = 0; i < threads; i++) {
		const struct draft *t = b->drafts->pdata[i];

		for (k = 0; k < t->ops->len; k++) {
			const struct op *op = &g_array_index(t->ops,
							     struct op, k);

			if (op->place.object && op->place.type == kind &&
			    op->place.field == field &&
			    (op->kind == OP_STORE || op->kind == OP_RMW))
				add_change(op, mask, &c);
		}
	}
	return c;
}

/* Does the finding's function clear it, or do all threads only clear it? */
static bool is_cleared(const struct builder *b, int kind, int field, int mask)
{
	struct changes own = changes_of(b, 1, kind, field, mask);
	struct changes all = changes_of(b, b->drafts->len, kind, field, mask);

	return (own.cleared && !own.set) || (all.cleared && !all.set);
}

/* What is only ever cleared is set at the start. */
static void set_cleared(struct builder *b, int kind, int field)
{
	const struct kind *k = b->kinds->pdata[kind];
	struct word *w = k->words->pdata[field];
	guint i;

	if (w->field.count || w->field.lock || w->ghost || w->field.pointer ||
	    *w->field.name == '(')
		return;
	if (!w->bits->len && !w->settled && is_cleared(b, kind, field, -1))
		w->initial = 1;
	for (i = 0; i < w->bits->len; i++) {
		struct bit *bit = &g_array_index(w->bits, struct bit, i);

		if (bit->settled || bit->model < 0)
			continue;
		bit->set = is_cleared(b, kind, field, 1 << bit->model);
	}
}

/* ---- owners ---- */

/* A flag that owns a reference has it, unless the path says otherwise. */
static void set_owning_flags(struct builder *b)
{
	guint i;

	for (i = 0; i < b->flow->pairs->len; i++) {
		const struct pair *p = b->flow->pairs->pdata[i];
		struct bit *bit;
		struct word *w = word_of_flag(b, &p->flag, &bit);

		if (!w || p->object_record == NULL)
			continue;
		if (bit && !bit->settled)
			bit->set = true;
		else if (!bit && !w->settled)
			w->initial = 1;
	}
}

static int flag_owners(struct builder *b, const char *record)
{
	guint i;
	int n = 0;

	for (i = 0; i < b->flow->pairs->len; i++) {
		const struct pair *p = b->flow->pairs->pdata[i];
		struct bit *bit;
		struct word *w;

		if (p->object_record != record ||
		    (b->subject->remedy == REMEDY_PAIR &&
		     b->subject->pair == p))
			continue;
		w = word_of_flag(b, &p->flag, &bit);
		if (w)
			n += bit ? bit->set : w->initial != 0;
	}
	return n;
}

/*
 * It uses an object that its caller gave it, takes no part in its references
 * and clears no flag that owns one: the caller holds it meanwhile.
 */
static bool is_lent(const struct builder *b, const struct func_flow *ff,
		    const char *record)
{
	const struct act *a;
	bool given = false;
	guint i;

	for (i = 0; i < ff->traces->len; i++) {
		for (a = ff->traces->pdata[i]; a; a = a->prev) {
			/* nor does who asks whether it is still there */
			if ((a->kind == ACT_CLEAR &&
			     owns_reference(b->flow, b->subject, a, record)) ||
			    (a->kind == ACT_GET && a->atomic && a->obj &&
			     a->obj->record == record))
				return false;
			given |= a->obj && a->obj->record == record &&
				 a->obj->kind == EXPR_PARAM;
		}
	}
	return given;
}

/* Does the op ask for a flag that owns a reference on such an object? */
static bool asks_owner(struct builder *b, const struct op *op,
		       const char *record)
{
	guint i;

	for (i = 0; i < b->flow->pairs->len; i++) {
		const struct pair *p = b->flow->pairs->pdata[i];
		const struct kind *k;
		struct bit *bit;
		struct word *w;

		if (p->object_record != record)
			continue;
		k = kind_of(b, p->flag.record);
		w = word_of_flag(b, &p->flag, &bit);
		if (w && op->place.type == kind_index(b, k) &&
		    op->place.field == word_index(k, w))
			return true;
	}
	return false;
}

/*
 * The thread takes a reference without a question, and asked no flag that owns
 * one: it found the object by something else that does.
 */
static bool finds_held(struct builder *b, const struct draft *t,
		       const struct kind *k, const struct word *w)
{
	guint i;
	int n;

	for (i = 0; i < t->ops->len; i++) {
		const struct op *op = &g_array_index(t->ops, struct op, i);

		if (!op->place.object)
			continue;
		if (asks_owner(b, op, k->record))
			return false;
		if (op->kind == OP_RMW &&
		    op->place.type == kind_index(b, k) &&
		    op->place.field == word_index(k, w))
			return op->rmw == RMW_ADD &&
			       value_is_const(op->value, &n) && n > 0;
	}
	return false;
}

static int script_owners(const struct builder *b, const struct script *s,
			 const char *record)
{
	int n = references_consumed(b->flow, b->subject, s->calls[0],
				    record);

	/* a client drops what it looked up itself */
	if (s->n > 1)
		return 0;
	if (!n && is_lent(b, s->calls[0], record))
		n = 1;
	return n;
}

static void settle_count(struct builder *b, const struct cast *cast,
			 const struct kind *k, struct word *w)
{
	int n = flag_owners(b, k->record), consumed = 0, i;
	bool held = false;

	for (i = 0; i < cast->n; i++) {
		n += script_owners(b, &cast->threads[i], k->record);
		consumed += references_consumed(
			b->flow, b->subject, cast->threads[i].calls[0],
			k->record);
		held |= finds_held(b, b->drafts->pdata[i], k, w);
	}
	n += held && !consumed;
	w->initial = MAX(n, 1); /* somebody has it, or it would not be there */
}

static void list_word(struct builder *b, const struct kind *k,
		      const struct word *w)
{
	struct src_loc nowhere = { 0 };
	guint i;

	for (i = 0; i < w->bits->len; i++) {
		const struct bit *bit = &g_array_index(w->bits, struct bit, i);

		if (bit->set && bit->model >= 0)
			builder_assume(b, nowhere, "at the start %s.%s has %s set",
				       k->record, w->field.name,
				       bit->name ? bit->name : "its bit");
	}
	if (w->field.count && !k->primary)
		return;
	if (w->initial && !w->bits->len && !w->ghost && !w->field.pointer)
		builder_assume(b, nowhere, "at the start %s.%s is %d",
			       k->record, w->field.name, w->initial);
}

void start_settle(struct builder *b, const struct cast *cast)
{
	guint i, k;
	int n, m;

	for (n = cast->n - 1; n >= 0; n--)
		for (m = 0; m < cast->threads[n].n; m++)
			from_assertions(b, cast->threads[n].calls[m]);
	from_path(b);
	for (i = 0; i < b->kinds->len; i++)
		for (k = 0; k < ((const struct kind *)
				 b->kinds->pdata[i])->words->len; k++)
			set_cleared(b, (int)i, (int)k);
	set_owning_flags(b);
	for (i = 0; i < b->kinds->len; i++) {
		const struct kind *kind = b->kinds->pdata[i];

		for (k = 0; k < kind->words->len; k++) {
			struct word *w = kind->words->pdata[k];

			if (w->field.count)
				settle_count(b, cast, kind, w);
			list_word(b, kind, w);
		}
	}
}
