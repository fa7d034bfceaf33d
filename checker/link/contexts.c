// SPDX-License-Identifier: GPL-2.0-only
/*
 * Which functions take part, and in how many contexts: the same inline of a
 * header is one function for all units in which its callees are the same.
 */
#include "link/builder.h"

/* ---- which functions take part ---- */

static void keep(struct builder *b, const struct codebase_unit *u,
		 GArray *classes, GArray *todo, guint member)
{
	guint *class = &g_array_index(classes, guint, member);

	if (*class != NOT_KEPT)
		return;
	*class = member_body(u, member);
	g_array_append_val(todo, member);
}

static void keep_named(struct builder *b, const struct codebase_unit *u,
		       GArray *classes, GArray *todo,
		       const struct body_names *n)
{
	guint i;

	for (i = 0; i < n->n_calls; i++)
		if (b->local[n->calls[i]] && b->wanted[n->calls[i]])
			keep(b, u, classes, todo, b->local[n->calls[i]] - 1);
	/* who gets the address calls it, wanted or not */
	for (i = 0; i < n->n_names; i++)
		if (b->local[n->names[i]])
			keep(b, u, classes, todo, b->local[n->names[i]] - 1);
}

static void keep_stored(struct builder *b, const struct codebase_unit *u,
			GArray *classes, GArray *todo)
{
	guint i, id;

	for (i = 0; i < u->ops->len; i++) {
		const struct ops_entry *o = &g_array_index(u->ops,
							   struct ops_entry, i);

		id = o->function ? builder_id(b, o->function) : NO_NAME;
		if (id != NO_NAME && b->local[id])
			keep(b, u, classes, todo, b->local[id] - 1);
	}
}

/*
 * More than unit_keep_wanted() leaves when the unit is checked: whatever can
 * run calls others, as what an included file defines or hands on does.
 */
static GArray *kept_members(struct builder *b, const struct codebase_unit *u)
{
	GArray *classes = g_array_sized_new(FALSE, FALSE, sizeof(guint),
					    u->bodies->len);
	GArray *todo = g_array_new(FALSE, FALSE, sizeof(guint));
	const guint none = NOT_KEPT;
	guint i;

	for (i = 0; i < u->bodies->len; i++)
		g_array_append_val(classes, none);
	for (i = 0; i < u->bodies->len; i++) {
		const struct codebase_body *body = body_at(b, member_body(u, i));

		if (body->is_main || !body->is_static)
			keep(b, u, classes, todo, i);
	}
	keep_stored(b, u, classes, todo);
	for (i = 0; i < todo->len; i++)
		keep_named(b, u, classes, todo,
			   &b->bodies[member_body(
				   u, g_array_index(todo, guint, i))]);
	g_array_unref(todo);
	return classes;
}

void builder_keep(struct builder *b)
{
	guint i;

	for (i = 0; i < b->p->units->len; i++) {
		builder_enter(b, unit_at(b, i));
		g_ptr_array_add(b->classes, kept_members(b, unit_at(b, i)));
		builder_leave(b, unit_at(b, i));
	}
}

/* ---- contexts ---- */

/*
 * A body is split where its callees within the units are not the same, until
 * nothing splits any more.
 */
struct split {
	GHashTable *numbers;	/* GBytes: class and callees' -> new class + 1 */
	guint *uses;		/* by body: how many units have it */
	guint n;		/* classes */
};

static void add_callees(const struct builder *b, GByteArray *key,
			const GArray *classes, const guint *ids, guint n)
{
	guint i, callee;

	for (i = 0; i < n; i++) {
		callee = b->local[ids[i]] ?
				 g_array_index(classes, guint,
					       b->local[ids[i]] - 1) : NOT_KEPT;
		g_byte_array_append(key, (const guint8 *)&callee,
				    sizeof(callee));
	}
}

static guint class_of(const struct builder *b, struct split *s,
		      const GArray *classes, guint old, guint body)
{
	GByteArray *key = g_byte_array_new();
	GBytes *bytes;
	guint class;

	g_byte_array_append(key, (const guint8 *)&old, sizeof(old));
	if (s->uses[body] > 1) {
		const struct body_names *n = &b->bodies[body];

		add_callees(b, key, classes, n->calls, n->n_calls);
		add_callees(b, key, classes, n->names, n->n_names);
	}
	bytes = g_byte_array_free_to_bytes(key);
	class = GPOINTER_TO_UINT(g_hash_table_lookup(s->numbers, bytes));
	if (!class) {
		class = ++s->n;
		g_hash_table_insert(s->numbers, bytes, GUINT_TO_POINTER(class));
	} else {
		g_bytes_unref(bytes);
	}
	return class - 1;
}

static GArray *split_unit(struct builder *b, struct split *s,
			  const struct codebase_unit *u, const GArray *classes)
{
	GArray *fresh = g_array_copy((GArray *)classes);
	guint i;

	builder_enter(b, u);
	for (i = 0; i < u->bodies->len; i++) {
		guint old = g_array_index(classes, guint, i);

		if (old != NOT_KEPT)
			g_array_index(fresh, guint, i) = class_of(
				b, s, classes, old, member_body(u, i));
	}
	builder_leave(b, u);
	return fresh;
}

/* Once over all units: the number of classes. */
static guint split_once(struct builder *b, guint *uses)
{
	struct split s = { g_hash_table_new_full(g_bytes_hash, g_bytes_equal,
						 (GDestroyNotify)g_bytes_unref,
						 NULL), uses, 0 };
	GPtrArray *fresh = g_ptr_array_new_with_free_func(
		(GDestroyNotify)g_array_unref);
	guint i;

	for (i = 0; i < b->p->units->len; i++)
		g_ptr_array_add(fresh, split_unit(b, &s, unit_at(b, i),
						  b->classes->pdata[i]));
	g_hash_table_unref(s.numbers);
	g_ptr_array_unref(b->classes);
	b->classes = fresh;
	return s.n;
}

guint builder_split(struct builder *b)
{
	guint *uses = g_new0(guint, b->p->bodies->len);
	guint i, k, n = 0, before;

	for (i = 0; i < b->p->units->len; i++) {
		const GArray *classes = b->classes->pdata[i];

		for (k = 0; k < classes->len; k++)
			if (g_array_index(classes, guint, k) != NOT_KEPT)
				uses[member_body(unit_at(b, i), k)]++;
	}
	do {
		before = n;
		n = split_once(b, uses);
	} while (n != before);
	g_free(uses);
	return n;
}
