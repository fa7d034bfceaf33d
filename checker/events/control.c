// SPDX-License-Identifier: GPL-2.0-only
/*
 * The control of a program: its suspect ops as critical sections.
 *
 * Sections are sets of ops, so any graph of jumps will do: a thread takes the
 * lock on each edge that leads into a section and releases it on each that
 * leads out. Edges of branches get their ops behind the thread's last.
 */
#include "events/program.h"

#include <string.h>

#include "events/forms.h"

enum { OUTSIDE, JOINED, FIRST_SINGLE };

struct control {
	struct arena *arena;
	const struct program *from;
	struct program *to;
	bool **suspect;		/* [type][field]: a suspect op touches it */
	/* Of the thread that is rewritten. */
	const struct thread *thread;
	int *section;		/* of an op: one of the above, or a higher one */
	int *moved;		/* where an old op went */
	GArray *ops;
	GArray *jumps;		/* of struct jump */
};

/* A branch in the new ops whose target is the old op @target. */
struct jump {
	int op, target;
};

static bool is_access(const struct op *op)
{
	return op->kind == OP_LOAD || op->kind == OP_STORE ||
	       op->kind == OP_RMW;
}

static bool is_on_word(const struct op *op)
{
	return is_access(op) || op->kind == OP_LOCK || op->kind == OP_UNLOCK ||
	       op->kind == OP_TRYLOCK;
}

static bool is_suspect_word(const struct control *c, const struct op *op)
{
	return is_on_word(op) && c->suspect[op->place.type][op->place.field];
}

/* Returns whether there is any suspect op. */
static bool find_suspect_words(struct control *c)
{
	const struct program *p = c->from;
	bool found = false;
	int i, j;

	c->suspect = arena_new_array(c->arena, bool *, p->n_types);
	for (i = 0; i < p->n_types; i++)
		c->suspect[i] = arena_new_array(c->arena, bool,
						p->types[i].n_fields);
	for (i = 0; i < p->n_threads; i++)
		for (j = 0; j < p->threads[i].n_ops; j++) {
			const struct op *op = &p->threads[i].ops[j];

			if (!op->suspect)
				continue;
			found = true;
			if (is_on_word(op))
				c->suspect[op->place.type][op->place.field] =
					true;
		}
	return found;
}

static bool has_suspects(const struct thread *t)
{
	int i;

	for (i = 0; i < t->n_ops; i++)
		if (t->ops[i].suspect)
			return true;
	return false;
}

/* No section is held over these, if they are not themselves part of one. */
static bool ends_section(enum op_kind kind)
{
	return kind == OP_LOCK || kind == OP_SCHEDULE || kind == OP_RELAX ||
	       kind == OP_SYNCHRONIZE || kind == OP_END || kind == OP_DROP;
}

static bool falls_through(const struct op *op)
{
	return op->kind != OP_GOTO && op->kind != OP_END && op->kind != OP_DROP;
}

static bool jumps(const struct op *op)
{
	return op->kind == OP_GOTO || op->kind == OP_BRANCH;
}

/*
 * Which ops lie behind (@forward) or before an op of the section, with nothing
 * that ends it in between.
 */
static bool *reached(const struct control *c, bool forward)
{
	const struct thread *t = c->thread;
	bool *in = arena_new_array(c->arena, bool, t->n_ops);
	bool changed = true;
	int i, k;

	while (changed) {
		changed = false;
		for (i = 0; i < t->n_ops; i++) {
			const int next[] = {
				falls_through(&t->ops[i]) ? i + 1 : -1,
				jumps(&t->ops[i]) ? t->ops[i].target : -1,
			};

			for (k = 0; k < 2; k++) {
				int from = forward ? i : next[k];
				int to = forward ? next[k] : i;

				if (next[k] < 0 || in[to] ||
				    ends_section(t->ops[to].kind) ||
				    !(in[from] || c->section[from]))
					continue;
				changed = in[to] = true;
			}
		}
	}
	return in;
}

static void find_sections(struct control *c)
{
	const struct thread *t = c->thread;
	bool own = has_suspects(t);
	bool *behind, *before;
	int i;

	c->section = arena_new_array(c->arena, int, t->n_ops);
	for (i = 0; i < t->n_ops; i++)
		if (own ? t->ops[i].suspect : is_suspect_word(c, &t->ops[i]))
			c->section[i] = JOINED;
	behind = reached(c, true);
	before = reached(c, false);
	for (i = 0; i < t->n_ops; i++) {
		if (c->section[i])
			continue;
		if (behind[i] && before[i])
			c->section[i] = JOINED;
		else if (is_access(&t->ops[i]) && is_suspect_word(c, &t->ops[i]))
			c->section[i] = FIRST_SINGLE + i;
	}
}

/* Rewriting */

static void put_lock(struct control *c, enum op_kind kind, const struct op *near)
{
	struct value *object = arena_new_object(c->arena, struct value);
	const struct op op = {
		.kind = kind,
		.lock = LOCK_SPIN,
		.result = -1,
		.place = { object, c->from->n_types, 0 },
		.text = kind == OP_LOCK ? "control: from here on in one step" :
					  "control: up to here in one step",
		.at = near->at,
		.func = near->func,
	};

	object->number = c->from->n_objects + 1;
	g_array_append_val(c->ops, op);
}

/* On the way from section @from to the op @to. */
static void put_edge(struct control *c, int from, int to)
{
	const struct op *near = &c->thread->ops[to];

	if (from == c->section[to])
		return;
	if (from)
		put_lock(c, OP_UNLOCK, near);
	if (c->section[to])
		put_lock(c, OP_LOCK, near);
}

static void put_jump(struct control *c, const struct op *op, int target)
{
	const struct jump jump = { (int)c->ops->len, target };

	g_array_append_val(c->jumps, jump);
	g_array_append_vals(c->ops, op, 1);
}

static void put_op(struct control *c, int i)
{
	const struct op *op = &c->thread->ops[i];

	c->moved[i] = (int)c->ops->len;
	if (op->kind == OP_GOTO)
		put_edge(c, c->section[i], op->target);
	if (jumps(op))
		put_jump(c, op, op->target);
	else
		g_array_append_vals(c->ops, op, 1);
	if (falls_through(op))
		put_edge(c, c->section[i], i + 1);
}

/* The way of a branch that goes into or out of a section. */
static void put_detour(struct control *c, int i)
{
	const struct op *op = &c->thread->ops[i];
	struct op jump = { .kind = OP_GOTO, .result = -1, .at = op->at };

	if (op->kind != OP_BRANCH || c->section[i] == c->section[op->target])
		return;
	g_array_index(c->ops, struct op, c->moved[i]).target =
		(int)c->ops->len;
	put_edge(c, c->section[i], op->target);
	put_jump(c, &jump, op->target);
}

/* Jumps to an old op whose way there has no detour. */
static void resolve(struct control *c)
{
	guint i;

	for (i = 0; i < c->jumps->len; i++) {
		const struct jump *jump = &g_array_index(c->jumps, struct jump,
							 i);

		g_array_index(c->ops, struct op, jump->op).target =
			c->moved[jump->target];
	}
}

static void rewrite(struct control *c, struct thread *t)
{
	int i;

	c->thread = t;
	find_sections(c);
	c->moved = arena_new_array(c->arena, int, t->n_ops);
	g_array_set_size(c->ops, 0);
	g_array_set_size(c->jumps, 0);
	put_edge(c, OUTSIDE, 0);
	for (i = 0; i < t->n_ops; i++)
		put_op(c, i);
	resolve(c);
	g_array_set_size(c->jumps, 0);
	for (i = 0; i < t->n_ops; i++)
		put_detour(c, i);
	resolve(c);
	t->ops = arena_copy(c->arena, c->ops->data,
			    c->ops->len * sizeof(struct op));
	t->n_ops = (int)c->ops->len;
}

static void *extend(struct arena *a, const void *array, int n, gsize size)
{
	char *longer = arena_alloc(a, (gsize)(n + 1) * size);

	if (n)
		memcpy(longer, array, (gsize)n * size);
	return longer;
}

static void add_lock(struct control *c)
{
	static const struct field held = { .name = "held", .lock = true };
	const struct program *from = c->from;
	struct program *to = c->to;
	struct type *type;
	struct object *object;

	to->types = extend(c->arena, from->types, from->n_types,
			   sizeof(struct type));
	type = &to->types[to->n_types++];
	type->record = "the control's section";
	type->n_fields = 1;
	type->fields = arena_copy(c->arena, &held, sizeof(held));
	to->objects = extend(c->arena, from->objects, from->n_objects,
			     sizeof(struct object));
	object = &to->objects[to->n_objects++];
	object->name = "section";
	object->type = from->n_types;
	object->exists = true;
	object->initial = arena_new_array(c->arena, int, 1);
}

struct program *program_control(struct arena *a, const struct program *p)
{
	struct control c = { .arena = a, .from = p };
	int i;

	if (!find_suspect_words(&c))
		return NULL;
	c.to = arena_copy(a, p, sizeof(*p));
	c.to->threads = arena_copy(a, p->threads,
				   (gsize)p->n_threads *
				   sizeof(struct thread));
	add_lock(&c);
	c.ops = g_array_new(FALSE, TRUE, sizeof(struct op));
	c.jumps = g_array_new(FALSE, FALSE, sizeof(struct jump));
	for (i = 0; i < p->n_threads; i++)
		rewrite(&c, &c.to->threads[i]);
	g_array_unref(c.ops);
	g_array_unref(c.jumps);
	return c.to;
}
