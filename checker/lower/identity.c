// SPDX-License-Identifier: GPL-2.0-only
/*
 * Who an object is. Where it was found in a container and is changed later,
 * with no count to keep it, it need not be freed to be the wrong one: what was
 * put into a hash, a tree or the like again in between stands for another key.
 * A word says so: the finding's function clears it where it finds the object,
 * other threads set it, and a change behind the window asserts that it is 0.
 */
#include "lower/call.h"

#include <string.h>

const char identity_text[] = "the object is the one that was found";

/* Does the window begin where an object is found: in a container, in a slot? */
static bool begins_with_pick(const struct subject *s)
{
	const struct act *a = s->from;

	if (!a || !s->to || a->in != s->in || s->to->in != s->in ||
	    s->remedy != REMEDY_ATOMIC || !s->object || !s->object->record)
		return false;
	return a->kind == ACT_SELECT ||
	       (a->kind == ACT_LOAD && a->loc && a->loc->pointers == 1 &&
		a->loc->record == s->object->record);
}

/* The finding's own function, on the finding's own thread. */
static bool is_finder(const struct frame *f)
{
	return f->b->drafts->len == 1 && begins_with_pick(f->b->subject);
}

static struct word *watch_word(struct frame *f, const char *record)
{
	struct kind *globals = f->b->kinds->pdata[0];
	char *name = g_strdup_printf("%s (has a new key)", record);
	const char *path = g_intern_string(name);

	g_free(name);
	return word_is_useful(f->b, globals, path) ?
		       word_of(f->b, globals, path) : NULL;
}

static struct place watch_place(struct frame *f, const struct word *w)
{
	struct spot globals = instance_of(f, g_intern_static_string(""));

	return spot_place(f, &globals, w);
}

void identity_found(struct frame *f, const struct event *ev)
{
	const struct subject *s = f->b->subject;
	struct word *w;

	if (f->caller || !is_finder(f) || ev->id != s->from->event)
		return;
	w = watch_word(f, s->object->record);
	if (w)
		add_store(f, watch_place(f, w), value_const(f->b, 0, NULL),
			  ORDER_ONCE);
}

static bool ends_with(const char *record, const char *end)
{
	return record && g_str_has_suffix(record, end);
}

/* By the node's type; a tree of pointers has none. */
static bool is_keyed(const struct expr *node)
{
	const char *record = node->kind == EXPR_ADDR ? node->a->record :
						       node->record;

	return ends_with(record, "hlist_node") || ends_with(record, "rb_node") ||
	       ends_with(record, "hlist_nulls_node") ||
	       ends_with(record, "hlist_bl_node") ||
	       ends_with(record, "rhash_head");
}

void identity_changed(struct call *c)
{
	const struct expr *node = call_nth(c, c->row->arg);
	struct spot s = call_object(c, c->row->arg);
	struct word *w;

	if (c->f->b->drafts->len == 1 || !node || !s.object ||
	    !s.kind->primary || !is_keyed(node))
		return;
	w = watch_word(c->f, s.kind->record);
	if (w)
		add_store(c->f, watch_place(c->f, w),
			  value_const(c->f->b, 1, NULL), ORDER_ONCE);
}

static bool changes(enum effect e)
{
	switch (e) {
	case EFFECT_BIT_SET:
	case EFFECT_BIT_CLEAR:
	case EFFECT_BIT_CHANGE:
	case EFFECT_FLAG_SET:
	case EFFECT_FLAG_CLEAR:
	case EFFECT_STORE:
	case EFFECT_XCHG:
		return true;
	default:
		return false;
	}
}

static bool is_watched(const struct frame *f, const struct spot *s)
{
	return s->object && s->kind->record == f->b->subject->object->record;
}

/* Does the event change the object, or hand it to who may? */
static bool is_change(struct frame *f, const struct event *ev)
{
	const GArray *rows;
	struct spot s;
	bool known;
	guint i;
	int k;

	if (ev->kind == EVENT_ASSIGN) {
		s = spot_of(f, ev->lvalue);
		return is_watched(f, &s);
	}
	if (ev->kind != EVENT_CALL || ev->callee->kind != EXPR_FUNC ||
	    flow_is_assertion(ev->macro))
		return false;
	rows = model_api(f->b->flow->model, ev->callee->name);
	known = rows || unit_find(f->b->flow->unit, ev->callee->name);
	for (i = 0; rows && i < rows->len; i++)
		known &= !changes(g_array_index(rows, struct api, i).effect);
	for (k = 0; !known && k < ev->n_args; k++) {
		s = pointee_of(f, ev->args[k]);
		/* who gets a part of it only, a lock say, may only look */
		if (is_watched(f, &s) && (rows || !*s.path))
			return true;
	}
	return false;
}

void identity_used(struct frame *f, const struct event *ev)
{
	const struct subject *s = f->b->subject;
	struct word *w;
	struct op *op;
	int reg;

	if (!is_finder(f) || f->t->position <= s->to->event ||
	    !is_change(f, ev))
		return;
	w = watch_word(f, s->object->record);
	if (!w)
		return;
	reg = add_load(f, watch_place(f, w), ORDER_ONCE);
	op = add_op(f, OP_ASSERT);
	op->value = value_unary(f->b, '!', value_reg(f->b, reg));
	op->text = identity_text;
}
