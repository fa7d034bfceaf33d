// SPDX-License-Identifier: GPL-2.0-only
/*
 * The threads of a cast: the bodies of the functions of each script, one behind
 * the other, and what their callers do in between.
 */
#include "lower/private.h"

/* The paths that return, and those of them that hold this lock then. */
static bool is_held_at_end(const struct func_flow *ff, const struct held *lock)
{
	const char *owner, *field, *o, *n;
	const struct held *h;
	guint i;

	flow_lock_name(lock->lock, lock->class, &owner, &field);
	for (i = 0; i < ff->traces->len; i++) {
		const struct act *leaf = ff->traces->pdata[i];

		if (leaf->kind != ACT_RETURN)
			continue;
		for (h = leaf->locks; h; h = h->next) {
			flow_lock_name(h->lock, h->class, &o, &n);
			if (o == owner && n == field)
				break;
		}
		if (!h)
			return false;
	}
	return true;
}

/* Is the lock a member of what the function returns? */
static bool is_of_result(const struct frame *f, const struct act *leaf,
			 const struct held *h)
{
	return h->lock && leaf->value && f->t->found &&
	       flow_object(f->func->unit, h->lock) == leaf->value;
}

/*
 * What the function leaves locked, its caller unlocks; what it returned being
 * @found (NULL: nothing).
 */
static void unlock_left(struct frame *f, const struct func_flow *ff,
			const struct value *found)
{
	const struct act *leaf = NULL;
	const struct held *h;
	bool of_result;
	guint i;

	for (i = 0; i < ff->traces->len && !leaf; i++) {
		leaf = ff->traces->pdata[i];
		if (leaf->kind != ACT_RETURN)
			leaf = NULL;
	}
	for (h = leaf ? leaf->locks : NULL; h; h = h->next) {
		struct entry_lock e = { .class = h->class };

		flow_lock_name(h->lock, h->class, &e.owner, &e.field);
		of_result = is_of_result(f, leaf, h);
		if (h->act && is_held_at_end(ff, h) && (found || !of_result))
			build_entry_lock(f, &e, of_result ? found : NULL,
					 false);
	}
}

/* A call of a script; keeps the object that it returned for the others. */
static void lower_part(struct builder *b, struct draft *t,
		       const struct func_flow *ff)
{
	struct result r = build_body(NULL, t, b, ff->func, NULL);

	if (ff->func->return_pointers != 1 || t->found || b->why)
		return;
	t->found = r.value;
	t->found_record = ff->func->return_record;
}

/* Leaves the rest out if what was found is NULL or an error. */
static int add_missed(struct frame *end)
{
	return add_branch(end, value_binary(end->b, OP2('<', '='),
					    end->t->found,
					    value_const(end->b, 0, NULL)));
}

/* What a client does with what it found: the last call lets go of it. */
static void lower_rest(struct frame *end, const struct script *s)
{
	int missed = -1, over, i;

	for (i = 1; i < s->n && !end->b->why; i++) {
		if (end->t->found && missed < 0)
			missed = add_missed(end);
		end->t->nth = s->each ? i : 0;
		if (i == s->n - 1 && !s->each)
			unlock_left(end, s->calls[0], end->t->found);
		lower_part(end->b, end->t, s->calls[i]);
	}
	if (missed < 0)
		return;
	over = add_goto(end);
	patch(end, missed);
	unlock_left(end, s->calls[0], NULL);
	patch(end, over);
}

static void lower_script(struct builder *b, const struct script *s, bool alone)
{
	struct draft *t = new_draft(b, s->calls[0]->func->name);
	struct frame end = { .b = b, .t = t, .func = s->calls[0]->func };

	lower_part(b, t, s->calls[0]);
	t->position = G_MAXINT;
	if (s->n > 1)
		lower_rest(&end, s);
	else
		unlock_left(&end, s->calls[0], t->found);
	add_op(&end, OP_END);
	if (!b->why)
		tidy_draft(b, t, alone);
}

/* A scan goes on behind the object that it waited for. */
static void begin_cast(struct builder *b)
{
	const struct subject *s = b->subject;

	if (s->remedy != REMEDY_RESCAN || !s->object->record)
		return;
	object_number(b, kind_of(b, s->object->record), MAX_INSTANCES - 1);
	builder_assume(b, s->in->func->loc, "the scan may find either of two: %s",
		       s->object->record);
}

void lower_cast(struct builder *b, const struct cast *cast)
{
	int i = prefix_find(b, cast);

	if (!i)
		begin_cast(b);
	for (; i < cast->n && !b->why; i++) {
		lower_script(b, &cast->threads[i], false);
		prefix_keep(b, cast, i + 1);
	}
}

void lower_alone(struct builder *b, const struct script *s, bool first)
{
	begin_cast(b);
	/* what is said of the finding's function is said of no other */
	if (!first)
		new_draft(b, b->subject->in->func->name);
	lower_script(b, s, true);
}
