// SPDX-License-Identifier: GPL-2.0-only
/*
 * C expressions in a frame: which word an lvalue is, and what value an
 * expression has in registers. Memory is not read here: each read was lowered
 * at its ACCESS event, and is found again by its lvalue.
 */
#include "lower/private.h"

#include <string.h>

static const struct spot nowhere;

/* Around a count there are wrappers; the count is the member that has them. */
static bool is_wrapper(const char *record)
{
	static const char *const wrappers[] = {
		"atomic_t", "atomic64_t", "atomic_long_t", "refcount_struct",
		"refcount_t", "kref",
	};
	size_t i;

	for (i = 0; record && i < G_N_ELEMENTS(wrappers); i++)
		if (!strcmp(record, wrappers[i]))
			return true;
	return false;
}

const char *member_path(const char *path, const struct expr *member)
{
	char *s;
	const char *kept;

	if (is_wrapper(member->owner))
		return path;
	if (!*path)
		return member->name;
	s = g_strdup_printf("%s.%s", path, member->name);
	kept = g_intern_string(s);
	g_free(s);
	return kept;
}

struct spot instance_of(struct frame *f, const char *record)
{
	struct spot s = nowhere;

	if (!record)
		return s;
	s.kind = kind_of(f->b, record);
	s.object = value_const(f->b, object_number(f->b, s.kind, 0), NULL);
	s.path = "";
	return s;
}

static struct spot at_value(struct frame *f, const char *record,
			    const struct value *v)
{
	struct spot s = instance_of(f, record);

	/* of what is not at stake there is one, and it stays */
	if (v && s.object && s.kind->primary)
		s.object = v;
	return s;
}

static struct spot global_spot(struct frame *f, const struct expr *e)
{
	struct spot s = instance_of(f, g_intern_static_string(""));

	s.path = e->name;
	return s;
}

/* One stands for all, and its only member for it. */
static struct spot slot_spot(struct frame *f)
{
	struct spot s = instance_of(f, f->b->slot->owner);

	s.path = slot_path;
	return s;
}

struct spot spot_of(struct frame *f, const struct expr *e)
{
	struct spot s = nowhere;
	enum slot_match match;

	match = slot_match(f->func, e, f->b->slot);
	if (match == SLOT_PERHAPS)
		f->b->loose = true;
	if (match)
		return slot_spot(f);
	switch (e->kind) {
	case EXPR_LOCAL:
		s.frame = f;
		s.local = e;
		s.path = "";
		return s;
	case EXPR_GLOBAL:
		return global_spot(f, e);
	case EXPR_FIELD:
		s = spot_of(f, e->a);
		/* the copy of a slot is its member's */
		if (s.frame && f->b->slot && e->owner == f->b->slot->owner)
			return s;
		if (s.frame && s.frame == f)
			s.local = e;
		else if (s.frame)
			return nowhere;
		else if (s.object)
			s.path = member_path(s.path, e);
		return s;
	case EXPR_BIT:
		return spot_of(f, e->a);
	case EXPR_DEREF:
		return pointee_of(f, e->a);
	case EXPR_INDEX:
		s = e->record && !e->pointers ?
			    instance_of(f, e->record) : spot_of(f, e->a);
		s.element = true;
		return s;
	default:
		return nowhere;
	}
}

const struct expr *once_assigned(const struct frame *f, const struct expr *e)
{
	int depth;

	for (depth = 0; depth < MAX_COPIES; depth++) {
		if (e->kind != EXPR_LOCAL || e->id >= f->func->n_locals ||
		    !f->defs[e->id])
			break;
		e = f->defs[e->id];
	}
	return e;
}

static struct spot local_pointee(struct frame *f, const struct expr *e)
{
	const struct spot *alias = g_hash_table_lookup(f->aliases, e);
	const struct expr *def;

	if (alias)
		return *alias;
	def = once_assigned(f, e);
	if (def->kind == EXPR_ADDR)
		return spot_of(f, def->a);
	if (!e->record || e->pointers != 1)
		return nowhere;
	return at_value(f, e->record, value_reg(f->b, local_reg(f, e)));
}

/* container_of(): the member's place without the member. */
static struct spot container_spot(struct frame *f, const struct expr *e)
{
	struct spot s = pointee_of(f, e->a);
	size_t len, tail;

	if (s.object && s.path) {
		len = strlen(s.path);
		tail = strlen(e->name);
		if (s.kind->record == e->owner && !strcmp(s.path, e->name)) {
			s.path = "";
			return s;
		}
		if (len > tail + 1 && s.path[len - tail - 1] == '.' &&
		    !strcmp(s.path + len - tail, e->name)) {
			char *head = g_strndup(s.path, len - tail - 1);

			s.path = g_intern_string(head);
			g_free(head);
			return s;
		}
	}
	s = instance_of(f, e->owner);
	/* a node that list.c found holds its object's number, 0 at the end */
	if (once_assigned(f, e->a)->kind == EXPR_FIELD &&
	    g_hash_table_contains(f->regs, e->a))
		s.object = value_reg(f->b, local_reg(f, e->a));
	return s;
}

const struct result *result_of(const struct frame *f, const struct expr *e)
{
	return g_hash_table_lookup(f->results, GINT_TO_POINTER(e->id));
}

struct spot pointee_of(struct frame *f, const struct expr *p)
{
	const struct result *r;

	switch (p->kind) {
	case EXPR_ADDR:
		return spot_of(f, p->a);
	case EXPR_PARAM:
		p = expr_local(f->func->unit, p->id, &f->func->locals[p->id]);
		/* fall through */
	case EXPR_LOCAL:
		return local_pointee(f, p);
	case EXPR_CONTAINER:
		return container_spot(f, p);
	case EXPR_CALL:
		r = result_of(f, p);
		if (r && r->spot.object)
			return r->spot;
		return at_value(f, p->pointers == 1 ? p->record : NULL,
				r ? r->value : NULL);
	case EXPR_CONST:
		return nowhere;
	default:
		return at_value(f, p->pointers == 1 ? p->record : NULL,
				value_of(f, p));
	}
}

int local_reg(struct frame *f, const struct expr *local)
{
	gpointer known = g_hash_table_lookup(f->regs, local);
	char *text;
	int reg;

	if (known)
		return GPOINTER_TO_INT(known) - 1;
	text = expr_text(local, f->func);
	reg = new_reg(f->t, g_intern_string(text));
	g_free(text);
	g_hash_table_insert(f->regs, (gpointer)local,
			    GINT_TO_POINTER(reg + 1));
	return reg;
}

struct word *spot_word(struct frame *f, const struct spot *s)
{
	struct word *w;

	if (!s->object || s->element || !s->path || !*s->path ||
	    !word_is_useful(f->b, s->kind, s->path))
		return NULL;
	w = word_of(f->b, s->kind, s->path);
	if (s->path == slot_path && !w->slot)
		slot_init(f, w);
	return w;
}

struct place spot_place(struct frame *f, const struct spot *s,
			const struct word *w)
{
	return (struct place){ s->object, kind_index(f->b, s->kind),
			       word_index(s->kind, w) };
}

static bool is_memory(const struct expr *e)
{
	return e->kind == EXPR_FIELD || e->kind == EXPR_DEREF ||
	       e->kind == EXPR_INDEX || e->kind == EXPR_GLOBAL;
}

/* What was read of it; a pointer that was not leads to its record's object. */
static const struct value *memory_value(struct frame *f, const struct expr *e)
{
	gpointer reg = g_hash_table_lookup(f->loads, e);
	struct spot s;

	if (reg)
		return value_reg(f->b, GPOINTER_TO_INT(reg) - 1);
	s = spot_of(f, e);
	if (s.frame && !s.element) /* perhaps a caller's variable */
		return value_reg(f->b, local_reg((struct frame *)s.frame,
						 s.local));
	if (e->pointers == 1 && e->record)
		return instance_of(f, e->record).object;
	return NULL;
}

static const struct value *address_value(struct frame *f, const struct expr *e)
{
	struct spot s = pointee_of(f, e);

	return s.object && !*s.path ? s.object : value_const(f->b, 1, NULL);
}

static const struct value *local_value(struct frame *f, const struct expr *e)
{
	const struct spot *alias = g_hash_table_lookup(f->aliases, e);

	if (alias)
		return alias->object && !*alias->path ?
			       alias->object : value_const(f->b, 1, NULL);
	if (e->record && !e->pointers && !g_hash_table_contains(f->encoded, e))
		return NULL;
	return value_reg(f->b, local_reg(f, e));
}

/* &pos->member, pos being what a walk over a list has reached. */
static const struct expr *cursor_of(const struct expr *e)
{
	if (e->kind != EXPR_ADDR || e->a->kind != EXPR_FIELD ||
	    e->a->a->kind != EXPR_DEREF || e->a->a->a->kind != EXPR_LOCAL)
		return NULL;
	return e->a->a->a;
}

static bool is_subobject(const struct expr *e)
{
	return e->kind == EXPR_ADDR && e->a->kind == EXPR_FIELD;
}

/* == and != with the address of a member: the end of a list, or unknown. */
static const struct value *compare_address(struct frame *f,
					   const struct expr *e)
{
	const struct expr *cursor = cursor_of(e->a), *other = e->b;

	if (!cursor || (cursor_of(e->b) && !e->a->a->a->a->record)) {
		cursor = cursor_of(e->b);
		other = e->a;
	}
	if (other->kind == EXPR_CONST || !cursor)
		return other->kind == EXPR_CONST ?
			       value_const(f->b, e->op == OP2('!', '='), NULL) :
			       NULL;
	return value_binary(f->b, e->op, value_of(f, cursor),
			    value_const(f->b, 0, NULL));
}

static guint64 bits_of_mask(struct word *w, const struct expr *mask)
{
	guint64 bits = 0, value = (guint64)mask->value;
	bool single = value && !(value & (value - 1));
	int i, index;

	for (i = 0; i < 63; i++) {
		if (!(value >> i & 1))
			continue;
		index = bit_of(w, single ? mask->name : NULL, i);
		if (index < 64)
			bits |= 1ull << index;
	}
	return bits;
}

/* word & FLAG */
static const struct value *masked(struct frame *f, const struct expr *e)
{
	struct word *w = word_in(f, e->a);
	guint64 bits;
	guint i;

	if (!w)
		return NULL;
	bits = bits_of_mask(w, e->b);
	for (i = 0; i < w->bits->len; i++)
		if (bits >> i & 1)
			g_array_index(w->bits, struct bit, i).tested = true;
	return value_binary(f->b, '&', value_of(f, e->a),
			    mask_value(f->b, w, bits));
}

struct word *word_in(struct frame *f, const struct expr *e)
{
	struct spot s;

	e = once_assigned(f, e);
	if (!is_memory(e))
		return NULL;
	s = spot_of(f, e);
	return spot_word(f, &s);
}

void mark_pointer(struct frame *f, struct word *w, const char *record)
{
	w->field.pointer = true;
	w->points_to = kind_of(f->b, record);
	object_number(f->b, w->points_to, 0);
}

static bool is_object_pointer(const struct expr *e)
{
	return e->record && e->pointers == 1 && e->kind != EXPR_CONST;
}

/*
 * A number that is compared with a pointer was made from one: with one object
 * of the type it is that object's.
 */
static const struct value *compare_number(struct frame *f,
					  const struct expr *e)
{
	const struct expr *number = is_object_pointer(e->b) ? e->a : e->b;
	const struct expr *pointer = number == e->a ? e->b : e->a;

	if (!is_object_pointer(pointer) || number->record ||
	    !is_memory(number))
		return NULL;
	if (value_of(f, number)) {
		if (word_in(f, number))
			mark_pointer(f, word_in(f, number), pointer->record);
		return NULL;
	}
	return value_const(f->b, e->op == OP2('=', '='), NULL);
}

static bool encodes_within(const struct frame *f, const struct expr *e,
			   int depth);

/* The operand that encodes an object, where the other is a number. */
static const struct expr *encoded_operand(const struct frame *f,
					  const struct expr *e, int depth)
{
	switch (e->op) {
	case '+':
	case '-':
	case '|':
	case '&':
	case OP2('<', '<'):
	case OP2('>', '>'):
		return encodes_within(f, e->a, depth) ? e->a :
		       encodes_within(f, e->b, depth) ? e->b : NULL;
	default:
		return NULL;
	}
}

/* A variable may be defined by itself. */
static bool encodes_within(const struct frame *f, const struct expr *e,
			   int depth)
{
	const struct result *r;

	switch (e->kind) {
	case EXPR_LOCAL:
		return g_hash_table_contains(f->encoded, e) ||
		       (depth < MAX_COPIES && e->id < f->func->n_locals &&
			f->defs[e->id] &&
			encodes_within(f, f->defs[e->id], depth + 1));
	case EXPR_CALL:
		r = result_of(f, e);
		return r && r->encodes;
	case EXPR_BINARY:
		return encoded_operand(f, e, depth) != NULL;
	case EXPR_FIELD:
	case EXPR_INDEX:
	case EXPR_DEREF:
		if (slot_match(f->func, e, f->b->slot))
			return g_hash_table_contains(f->loads, e);
		return f->b->slot && e->owner == f->b->slot->owner &&
		       encodes_within(f, e->a, depth);
	default:
		return false;
	}
}

bool encodes(const struct frame *f, const struct expr *e)
{
	return encodes_within(f, e, 0);
}

static const struct value *binary_value(struct frame *f, const struct expr *e)
{
	const struct value *v;

	if (encodes(f, e))
		return value_of(f, encoded_operand(f, e, 0));

	if ((e->op == OP2('=', '=') || e->op == OP2('!', '=')) &&
	    (is_subobject(e->a) || is_subobject(e->b)))
		return compare_address(f, e);
	v = e->op == OP2('=', '=') || e->op == OP2('!', '=') ?
		    compare_number(f, e) : NULL;
	if (v)
		return v;
	if (e->op == '&' && e->b->kind == EXPR_CONST)
		return masked(f, e);
	return value_binary(f->b, e->op, value_of(f, e->a),
			    value_of(f, e->b));
}

const struct value *value_of(struct frame *f, const struct expr *e)
{
	const struct result *r;

	switch (e->kind) {
	case EXPR_CONST:
		return value_const(f->b, e->value, e->name);
	case EXPR_LOCAL:
		return local_value(f, e);
	case EXPR_PARAM:
	case EXPR_ADDR:
	case EXPR_CONTAINER:
		return address_value(f, e);
	case EXPR_CALL:
		r = result_of(f, e);
		if (r && r->value)
			return r->value;
		return e->pointers == 1 && e->record ?
			       pointee_of(f, e).object : NULL;
	case EXPR_FIELD:
	case EXPR_DEREF:
	case EXPR_INDEX:
	case EXPR_GLOBAL:
		return memory_value(f, e);
	case EXPR_UNARY:
		return value_unary(f->b, e->op, value_of(f, e->a));
	case EXPR_BINARY:
		return binary_value(f, e);
	default:
		return NULL;
	}
}

static const char *head_name(struct frame *f, const struct spot *s)
{
	char *text, *local;
	const char *kept;

	if (s->frame) {
		local = expr_text(s->local, s->frame->func);
		text = g_strdup_printf("%u %s() %s", f->b->drafts->len,
				       s->frame->func->name, local);
		g_free(local);
	} else {
		text = g_strdup_printf("%s.%s", s->kind->record, s->path);
	}
	kept = g_intern_string(text);
	g_free(text);
	return kept;
}

int list_number(struct frame *f, const struct expr *head)
{
	struct spot s = spot_of(f, head);
	const char *name;
	gpointer known;
	int n;

	if (!s.frame && (!s.object || !s.path))
		return 0;
	name = head_name(f, &s);
	known = g_hash_table_lookup(f->b->heads, name);
	if (known)
		return GPOINTER_TO_INT(known);
	n = (int)g_hash_table_size(f->b->heads) + 1;
	g_hash_table_insert(f->b->heads, (gpointer)name, GINT_TO_POINTER(n));
	if (s.frame && n < 64)
		f->b->stack_lists |= 1ull << n;
	return n;
}
