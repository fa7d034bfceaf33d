// SPDX-License-Identifier: GPL-2.0-only
/*
 * The state before the first step but for the counts: flags as the reported
 * path needs them, flags that own a reference set, objects in their
 * containers. All of it is listed. A program that is to be held against another
 * one begins with that one's flags.
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

/*
 * The assertions about what the function has not changed before. Where several
 * are about one word the first of the last path is to be heard, so the list
 * begins with it.
 */
static GPtrArray *find_assertions(const struct func_flow *ff)
{
	GPtrArray *found = g_ptr_array_new();
	GHashTable *seen = g_hash_table_new(NULL, NULL);
	const struct act *a;
	guint i, n;

	for (i = ff->traces->len; i-- > 0;) {
		n = found->len;
		for (a = ff->traces->pdata[i];
		     a && g_hash_table_add(seen, (gpointer)a); a = a->prev)
			if (a->kind == ACT_TEST && a->loc &&
			    flow_is_assertion(a->macro) && !is_written_before(a))
				g_ptr_array_insert(found, (int)n, (gpointer)a);
	}
	g_hash_table_unref(seen);
	return found;
}

/* What the threads' functions assert before they change it, holds. */
static void from_assertions(struct builder *b, const struct func_flow *ff)
{
	GPtrArray *found = g_hash_table_lookup(b->shared->assertions, ff);
	const struct act *a;
	guint i;

	if (!found) {
		found = find_assertions(ff);
		g_hash_table_insert(b->shared->assertions, (gpointer)ff, found);
	}
	for (i = found->len; i-- > 0;) {
		a = found->pdata[i];
		settle(b, a, satisfying(a), SURE_ASSERTED);
	}
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

/* The ops that change a word; those of the finding's function come first. */
struct writes {
	GPtrArray *ops;		/* const struct op * */
	guint n_own;
};

static void find_writes(const struct builder *b, struct writes *ret)
{
	guint i, k;

	*ret = (struct writes){ .ops = g_ptr_array_new() };
	for (i = 0; i < b->drafts->len; i++) {
		const struct draft *t = b->drafts->pdata[i];

		for (k = 0; k < t->ops->len; k++) {
			struct op *op = &g_array_index(t->ops, struct op, k);

			if (op->place.object &&
			    (op->kind == OP_STORE || op->kind == OP_RMW))
				g_ptr_array_add(ret->ops, op);
		}
		if (!i)
			ret->n_own = ret->ops->len;
	}
}

/* What the first @n of them do to one word. */
static struct changes changes_of(const struct writes *writes, guint n,
				 int kind, int field, int mask)
{
	struct changes c = { 0 };
	guint i;

	for (i = 0; i < n; i++) {
		const struct op *op = writes->ops->pdata[i];

		if (op->place.type == kind && op->place.field == field)
			add_change(op, mask, &c);
	}
	return c;
}

/* Does the finding's function clear it, or do all threads only clear it? */
static bool is_cleared(const struct writes *writes, int kind, int field,
		       int mask)
{
	struct changes own = changes_of(writes, writes->n_own, kind, field,
					mask);
	struct changes all = changes_of(writes, writes->ops->len, kind, field,
					mask);

	return (own.cleared && !own.set) || (all.cleared && !all.set);
}

/* What is only ever cleared is set at the start. */
static void set_cleared(struct builder *b, const struct writes *writes,
			int kind, int field)
{
	const struct kind *k = b->kinds->pdata[kind];
	struct word *w = k->words->pdata[field];
	guint i;

	if (w->field.count || w->field.lock || w->ghost || w->field.pointer ||
	    *w->field.name == '(')
		return;
	if (!w->bits->len && !w->settled && is_cleared(writes, kind, field, -1))
		w->initial = 1;
	for (i = 0; i < w->bits->len; i++) {
		struct bit *bit = &g_array_index(w->bits, struct bit, i);

		if (bit->settled || bit->model < 0)
			continue;
		bit->set = is_cleared(writes, kind, field, 1 << bit->model);
	}
}

/* ---- as it was in another program ---- */

static const struct given *find_given(const struct cast *cast, const char *key)
{
	int i;

	for (i = 0; i < cast->n_given; i++)
		if (cast->given[i].key == key)
			return &cast->given[i];
	return NULL;
}

static bool is_flag(const struct word *w)
{
	return !w->field.count && !w->field.lock && !w->field.pointer &&
	       !w->ghost;
}

static void set_given(const struct cast *cast, const struct kind *k,
		      struct word *w)
{
	const struct given *g;
	guint i;

	if (!is_flag(w))
		return;
	for (i = 0; i < w->bits->len; i++) {
		g = find_given(cast, word_key(k, w, (int)i));
		if (g)
			g_array_index(w->bits, struct bit, i).set = g->value;
	}
	g = w->bits->len ? NULL : find_given(cast, word_key(k, w, -1));
	if (g)
		w->initial = g->value;
}

static void set_all_given(const struct builder *b, const struct cast *cast)
{
	const struct kind *k;
	guint i, n;

	for (i = 0; cast->n_given && i < b->kinds->len; i++) {
		k = b->kinds->pdata[i];
		for (n = 0; n < k->words->len; n++)
			set_given(cast, k, k->words->pdata[n]);
	}
}

static void keep_word(const struct kind *k, struct word *w, GArray *list)
{
	struct given g;
	guint i;

	for (i = 0; i < w->bits->len; i++) {
		g.key = word_key(k, w, (int)i);
		g.value = g_array_index(w->bits, struct bit, i).set;
		g_array_append_val(list, g);
	}
	if (!w->bits->len) {
		g.key = word_key(k, w, -1);
		g.value = w->initial;
		g_array_append_val(list, g);
	}
}

void start_keep(const struct builder *b, struct made *ret)
{
	GArray *list = g_array_new(FALSE, FALSE, sizeof(struct given));
	const struct kind *k;
	guint i, n;

	for (i = 0; i < b->kinds->len; i++) {
		k = b->kinds->pdata[i];
		for (n = 0; n < k->words->len; n++)
			if (is_flag(k->words->pdata[n]))
				keep_word(k, k->words->pdata[n], list);
	}
	ret->n_start = (int)list->len;
	ret->start = arena_copy(b->arena, list->data,
				list->len * sizeof(struct given));
	g_array_unref(list);
}

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
	if (!w->field.count && w->initial && !w->bits->len && !w->ghost &&
	    !w->field.pointer)
		builder_assume(b, nowhere, "at the start %s.%s is %d",
			       k->record, w->field.name, w->initial);
}

/* A table is empty at the start if a thread fills it. Else that is a guess. */
static void settle_slot(struct builder *b, const struct writes *writes,
			int kind, int field)
{
	const struct kind *k = b->kinds->pdata[kind];
	struct word *w = k->words->pdata[field];
	struct src_loc nowhere = { 0 };

	if (!w->slot)
		return;
	w->settled = !w->guessed &&
		     changes_of(writes, writes->ops->len, kind, field, -1).set;
	if (w->settled)
		return;
	b->loose = true;
	builder_assume(b, nowhere, "at the start the table of %s has the %s",
		       k->record, w->points_to->record);
}

static bool is_loaded(const struct builder *b, int kind, int field)
{
	guint i, k;

	for (i = 1; i < b->drafts->len; i++) {
		const struct draft *t = b->drafts->pdata[i];

		for (k = 0; k < t->ops->len; k++) {
			const struct op *op = &g_array_index(t->ops,
							     struct op, k);

			if (op->kind == OP_LOAD && op->place.type == kind &&
			    op->place.field == field)
				return true;
		}
	}
	return false;
}

/*
 * Words of the objects at stake that other threads ask for and that neither
 * the path nor an assertion says anything about: 0, and then once more 1.
 */
static void settle_open(struct builder *b, const struct cast *cast, int kind,
			int field)
{
	const struct kind *k = b->kinds->pdata[kind];
	struct word *w = k->words->pdata[field];

	if (!k->primary || cast->n_given || w->settled || w->initial || w->bits->len ||
	    w->ghost || w->field.count || w->field.lock || w->field.pointer ||
	    !is_loaded(b, kind, field))
		return;
	b->open = true;
	w->initial = cast->other_start;
}

void start_settle(struct builder *b, const struct cast *cast)
{
	struct writes writes;
	guint i, k;
	int n, m;

	find_writes(b, &writes);
	for (n = cast->n - 1; n >= 0; n--)
		for (m = 0; m < cast->threads[n].n; m++)
			from_assertions(b, cast->threads[n].calls[m]);
	from_path(b);
	for (i = 0; i < b->kinds->len; i++)
		for (k = 0; k < ((const struct kind *)
				 b->kinds->pdata[i])->words->len; k++)
			set_cleared(b, &writes, (int)i, (int)k);
	set_owning_flags(b);
	set_all_given(b, cast);
	for (i = 0; i < b->kinds->len; i++) {
		const struct kind *kind = b->kinds->pdata[i];

		for (k = 0; k < kind->words->len; k++) {
			settle_slot(b, &writes, (int)i, (int)k);
			settle_open(b, cast, (int)i, (int)k);
			list_word(b, kind, kind->words->pdata[k]);
		}
	}
	g_ptr_array_unref(writes.ops);
}
