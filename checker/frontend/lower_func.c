// SPDX-License-Identifier: GPL-2.0-only
/*
 * One function: its signature, its locals, its body, and the verdict whether
 * it could be lowered. What could not is recorded with the reason and leaves
 * nothing else behind.
 */
#include "frontend/private.h"

#include <string.h>

/*
 * Clang itself allows 256 nested brackets; chains of operators and of else-if
 * are not bounded by that. A level costs about a kilobyte of stack.
 */
#define MAX_DEPTH 2000

void lower_fail(struct lower *l, const char *reason, CXCursor at)
{
	struct place where;
	char *text;

	if (l->failed)
		return;
	where = place_of(l->p, at);
	text = g_strdup_printf("%s (line %d)", reason, where.loc.line);
	l->failed = g_intern_string(text);
	g_free(text);
}

bool lower_enter(struct lower *l, CXCursor c)
{
	if (l->depth >= MAX_DEPTH) {
		lower_fail(l, "nested too deeply", c);
		return false;
	}
	l->depth++;
	return true;
}

void lower_leave(struct lower *l)
{
	l->depth--;
}

const struct expr *lower_opaque(struct lower *l)
{
	return expr_numbered(l->u, EXPR_OPAQUE, ++l->next_opaque, NULL, 0);
}

static const struct expr *local_expr(struct lower *l, int id)
{
	return expr_local(l->u, id,
			  &g_array_index(l->locals, struct local, id));
}

static int add_local(struct lower *l, const char *name,
		     const struct type_info *type)
{
	struct local local = {
		.name = name,
		.record = type->record,
		.pointers = type->pointers,
		.is_pointer = type->is_pointer,
	};

	g_array_append_val(l->locals, local);
	return (int)l->locals->len - 1;
}

const struct expr *lower_temp(struct lower *l, const struct type_info *type)
{
	char *name = g_strdup_printf("#%u", l->locals->len);
	int id = add_local(l, g_intern_string(name), type);

	g_free(name);
	return local_expr(l, id);
}

int lower_add_local(struct lower *l, const char *name, CXCursor decl)
{
	int id = add_local(l, name, type_of(l->p, decl));
	CXCursor *key = arena_copy(l->p->arena, &decl, sizeof(decl));
	struct local *local = &g_array_index(l->locals, struct local, id);

	local->type = type_spelling(l->p, clang_getCursorType(decl));
	g_hash_table_insert(l->local_ids, key, GINT_TO_POINTER(id + 1));
	return id;
}

const struct expr *lower_local(struct lower *l, CXCursor decl)
{
	int id = GPOINTER_TO_INT(g_hash_table_lookup(l->local_ids, &decl));

	return id ? local_expr(l, id - 1) : NULL;
}

/* A header's function that was called: put it on the list, once. */
void lower_want(struct parse *p, struct decl *function)
{
	CXCursor definition;
	struct decl *d;

	if (function->seen)
		return;
	function->seen = true;
	definition = clang_getCursorDefinition(function->cursor);
	if (clang_Cursor_isNull(definition))
		return;
	d = decl_of(p, definition);
	if (d != function && d->seen)
		return;
	d->seen = true;
	if (p->opt->want && !p->opt->want(d->name, p->opt->want_data))
		return;
	g_ptr_array_add(p->todo, d);
}

void lower_want_named(struct parse *p, struct decl *function)
{
	/* one unit alone has no use for what is not called there */
	if (!p->opt->want)
		lower_want(p, function);
}

static void fill_params(struct lower *l, const struct children *k)
{
	int i;

	for (i = 0; i < k->n; i++) {
		CXCursor c = child(k, i);
		int id;

		if (clang_getCursorKind(c) != CXCursor_ParmDecl)
			continue;
		id = lower_add_local(l, intern_spelling(c), c);
		g_array_index(l->locals, struct local, id).is_param = true;
		l->f->n_params++;
	}
}

static void fill_return(struct lower *l, CXType type)
{
	const struct type_info *info = type_info(l->p, type);

	l->f->return_record = info->record;
	l->f->return_pointers = info->pointers;
	l->f->returns_void = info->is_void;
	l->f->returns_pointer = info->is_pointer;
	l->f->returns_bool = info->is_bool;
}

static void fill_signature(struct lower *l, const struct decl *d)
{
	struct func *f = l->f;
	char *notes = decl_annotations(l->p, d->cursor);
	struct place where = place_of(l->p, d->cursor);

	f->unit = l->u;
	f->name = d->name;
	f->loc = where.loc;
	f->end = place_of_location(l->p, clang_getRangeEnd(
			clang_getCursorExtent(d->cursor))).loc;
	f->is_static = d->is_static;
	f->is_weak = !d->is_static && decl_is_weak(l->p, d->cursor);
	f->is_inline = clang_Cursor_isFunctionInlined(d->cursor);
	f->in_main_file = source_is_main(l->p, where.source);
	f->annotations = notes ? g_intern_string(notes) : NULL;
	g_free(notes);
	fill_return(l, clang_getCursorResultType(d->cursor));
}

/* Parameters of a function without a prototype are no locals of anything. */
static void lower_body(struct lower *l)
{
	struct children k = children_push(l->p, l->definition);

	fill_params(l, &k);
	block_start(l, block_new(l));
	if (clang_getCursorKind(child(&k, k.n - 1)) == CXCursor_CompoundStmt)
		lower_compound(l, child(&k, k.n - 1), false);
	else
		lower_fail(l, "the body is not there", l->definition);
	children_pop(&k);
	if (l->cur)
		block_jump(l, JUMP_RETURN);
	lower_indirect_targets(l);
	label_check(l);
}

static void init(struct lower *l, struct parse *p, struct decl *d)
{
	l->p = p;
	l->u = p->unit;
	l->f = arena_new_object(p->unit->arena, struct func);
	l->definition = d->cursor;
	l->faithful = p->opt->no_fold;
	l->locals = g_array_new(FALSE, TRUE, sizeof(struct local));
	l->local_ids = g_hash_table_new(cursor_hash, cursor_equal);
	l->events = g_array_new(FALSE, TRUE, sizeof(struct event));
	l->blocks = g_ptr_array_new();
	l->all_blocks = g_ptr_array_new_with_free_func(draft_block_free);
	l->labels = g_hash_table_new(NULL, NULL);
	l->label_list = g_ptr_array_new_with_free_func(label_free);
	l->indirect = g_ptr_array_new();
}

static void fini(struct lower *l)
{
	g_array_unref(l->locals);
	g_hash_table_unref(l->local_ids);
	g_array_unref(l->events);
	g_ptr_array_unref(l->blocks);
	g_ptr_array_unref(l->all_blocks);
	g_hash_table_unref(l->labels);
	g_ptr_array_unref(l->label_list);
	g_ptr_array_unref(l->indirect);
	pretty_free(l->pretty);
}

static void finish(struct lower *l)
{
	struct func *f = l->f;

	block_finish(l);
	f->n_locals = (int)l->locals->len;
	f->locals = arena_copy(l->u->arena, l->locals->data,
			       sizeof(struct local) * l->locals->len);
	g_ptr_array_add(l->u->funcs, f);
	g_hash_table_insert(l->u->by_name, (gpointer)f->name, f);
}

void lower_function(struct parse *p, struct decl *d)
{
	const char *error = parse_error_within(p, d->cursor);
	struct lower l = { 0 };

	precompiled_lowered(p, d->cursor);
	init(&l, p, d);
	fill_signature(&l, d);
	if (error)
		l.failed = error;
	else
		lower_body(&l);
	if (l.failed)
		unit_skip(p->unit, l.f->loc.file, d->name, l.failed);
	else
		finish(&l);
	fini(&l);
}
