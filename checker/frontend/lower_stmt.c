// SPDX-License-Identifier: GPL-2.0-only
/*
 * Statements. Loops, switches and asm have files of their own.
 */
#include "frontend/private.h"

static void lower_if(struct lower *l, CXCursor c)
{
	struct draft_block *join = block_new(l), *yes, *no;
	struct children k;
	CXCursor otherwise;

	/* a chain of else-if is no deeper than one if */
	for (;; c = otherwise) {
		k = children_push(l->p, c);
		otherwise = child(&k, 2);
		yes = block_new(l);
		no = k.n > 2 ? block_new(l) : join;
		lower_branch(l, child(&k, 0), "if", yes, no);
		block_start(l, yes);
		lower_stmt(l, child(&k, 1));
		block_goto(l, join);
		children_pop(&k);
		if (k.n < 3)
			break;
		block_start(l, no);
		if (clang_getCursorKind(otherwise) != CXCursor_IfStmt) {
			lower_stmt(l, otherwise);
			break;
		}
	}
	block_start(l, join);
}

static void lower_return(struct lower *l, CXCursor c)
{
	struct children k = children_push(l->p, c);
	const struct expr *value = NULL;
	struct place where = place_of(l->p, c);

	if (k.n && l->f->returns_void)
		lower_effects(l, child(&k, 0));
	else if (k.n)
		value = lower_value(l, child(&k, 0));
	children_pop(&k);
	block_event_at(l, EVENT_RETURN, &where)->value = value;
	scope_unwind(l, NULL, &where);
	block_jump(l, JUMP_RETURN);
}

static void lower_goto(struct lower *l, CXCursor c)
{
	struct children k = children_push(l->p, c);
	CXCursor label = clang_getCursorReferenced(child(&k, 0));
	struct place where = place_of(l->p, c);

	children_pop(&k);
	if (clang_getCursorKind(label) == CXCursor_LabelStmt)
		label_goto(l, label, &where);
	else
		lower_fail(l, "a goto to nowhere", c);
}

static void lower_indirect_goto(struct lower *l, CXCursor c)
{
	struct children k = children_push(l->p, c);
	const struct expr *target = lower_value(l, child(&k, 0));

	children_pop(&k);
	if (l->scope)
		lower_fail(l, "a computed goto out of a cleanup's scope", c);
	if (!l->cur)
		block_start(l, block_new(l));
	l->cur->cond = target;
	l->cur->cond_place = place_of(l->p, c);
	g_ptr_array_add(l->indirect, l->cur);
	block_jump(l, JUMP_INDIRECT);
}

/* Every label whose address was taken may be where a computed goto goes. */
void lower_indirect_targets(struct lower *l)
{
	guint i, j;

	for (i = 0; i < l->indirect->len; i++) {
		struct draft_block *b = g_ptr_array_index(l->indirect, i);

		for (j = 0; j < l->label_list->len; j++) {
			struct label *label =
				g_ptr_array_index(l->label_list, j);

			if (!label->address_taken)
				continue;
			label->block->is_target = true;
			block_edge(b, label->block);
		}
		if (!b->n_two)
			lower_fail(l, "a computed goto without labels",
				   l->definition);
	}
}

static void lower_break(struct lower *l, CXCursor c, bool is_continue)
{
	struct jump_scope *j = l->jumps;
	struct draft_block *to = NULL;
	struct place where = place_of(l->p, c);

	if (j)
		to = is_continue ? j->to_continue : j->to_break;
	if (!to) {
		lower_fail(l, "break or continue outside of a loop", c);
		return;
	}
	scope_unwind(l, is_continue ? j->continue_scope : j->break_scope,
		     &where);
	block_goto(l, to);
}

static enum CXChildVisitResult note_label(CXCursor c, CXCursor parent,
					  CXClientData data)
{
	(void)parent;
	if (clang_getCursorKind(c) == CXCursor_LabelRef)
		label_of(data, clang_getCursorReferenced(c))->address_taken =
			true;
	return CXChildVisit_Recurse;
}

/* static void *table[] = { &&one, &&two }; */
static void note_label_addresses(struct lower *l, CXCursor var)
{
	CXCursor init = clang_Cursor_getVarDeclInitializer(var);

	if (clang_getCursorKind(init) == CXCursor_InitListExpr)
		clang_visitChildren(init, note_label, l);
}

static void lower_var(struct lower *l, CXCursor var)
{
	enum CX_StorageClass sc = clang_Cursor_getStorageClass(var);
	CXCursor init;
	const struct expr *lvalue;

	if (sc == CX_SC_Static) {
		decl_note_ops(l->p, var, decl_of(l->p, var)->name);
		note_label_addresses(l, var);
	}
	if (sc == CX_SC_Static || sc == CX_SC_Extern)
		return;
	lower_add_local(l, intern_unnumbered(var), var);
	lvalue = lower_local(l, var);
	init = clang_Cursor_getVarDeclInitializer(var);
	if (!clang_Cursor_isNull(init))
		lower_init(l, lvalue, init, var);
	if (clang_Cursor_hasAttrs(var))
		scope_enter(l, var, lvalue);
}

void lower_decl_stmt(struct lower *l, CXCursor c)
{
	struct children k = children_push(l->p, c);
	int i;

	for (i = 0; i < k.n; i++)
		if (clang_getCursorKind(child(&k, i)) == CXCursor_VarDecl)
			lower_var(l, child(&k, i));
	children_pop(&k);
}

/* The statement behind labels, as the last one of a statement expression. */
static const struct expr *lower_last(struct lower *l, CXCursor c)
{
	while (clang_getCursorKind(c) == CXCursor_LabelStmt) {
		struct children k = children_push(l->p, c);

		label_define(l, c);
		c = child(&k, k.n - 1);
		children_pop(&k);
	}
	if (clang_isExpression(clang_getCursorKind(c)))
		return lower_value(l, c);
	lower_stmt(l, c);
	return NULL;
}

/* Cleanups may change what the value names: keep it first. */
static const struct expr *keep(struct lower *l, const struct expr *value,
			       CXCursor c)
{
	const struct expr *temp = lower_temp(l, type_of(l->p, c));

	lower_assign(l, temp, 0, value, false, c);
	return temp;
}

const struct expr *lower_compound(struct lower *l, CXCursor c, bool want_value)
{
	struct cleanup *outer = l->scope;
	const struct expr *value = NULL;
	struct children k;
	int i;

	if (!lower_enter(l, c))
		return NULL;
	k = children_push(l->p, c);
	for (i = 0; i < k.n; i++)
		if (want_value && i == k.n - 1)
			value = lower_last(l, child(&k, i));
		else
			lower_stmt(l, child(&k, i));
	if (value && l->scope != outer)
		value = keep(l, value, child(&k, k.n - 1));
	scope_leave(l, outer, c);
	children_pop(&k);
	lower_leave(l);
	return value;
}

static void lower_labelled(struct lower *l, CXCursor c)
{
	struct children k = children_push(l->p, c);
	CXCursor statement = child(&k, k.n - 1);

	children_pop(&k);
	label_define(l, c);
	if (k.n)
		lower_stmt(l, statement);
}

/* A statement with attributes: [[fallthrough]] and the like. */
static void lower_attributed(struct lower *l, CXCursor c)
{
	struct children k = children_push(l->p, c);
	int i;

	for (i = 0; i < k.n; i++)
		if (!clang_isAttribute(clang_getCursorKind(child(&k, i))))
			lower_stmt(l, child(&k, i));
	children_pop(&k);
}

static void lower_other(struct lower *l, CXCursor c)
{
	enum CXCursorKind kind = clang_getCursorKind(c);

	if (clang_isExpression(kind))
		lower_effects(l, c);
	else
		lower_fail(l, "a statement of a kind that is not known", c);
}

static void lower_kind(struct lower *l, CXCursor c)
{
	switch (clang_getCursorKind(c)) {
	case CXCursor_CompoundStmt: lower_compound(l, c, false); break;
	case CXCursor_DeclStmt: lower_decl_stmt(l, c); break;
	case CXCursor_IfStmt: lower_if(l, c); break;
	case CXCursor_WhileStmt: lower_while(l, c); break;
	case CXCursor_DoStmt: lower_do(l, c); break;
	case CXCursor_ForStmt: lower_for(l, c); break;
	case CXCursor_SwitchStmt: lower_switch(l, c); break;
	case CXCursor_ReturnStmt: lower_return(l, c); break;
	case CXCursor_GotoStmt: lower_goto(l, c); break;
	case CXCursor_IndirectGotoStmt: lower_indirect_goto(l, c); break;
	case CXCursor_BreakStmt: lower_break(l, c, false); break;
	case CXCursor_ContinueStmt: lower_break(l, c, true); break;
	case CXCursor_LabelStmt: lower_labelled(l, c); break;
	case CXCursor_GCCAsmStmt: lower_asm(l, c); break;
	case CXCursor_UnexposedStmt: lower_attributed(l, c); break;
	case CXCursor_NullStmt: break;
	default: lower_other(l, c); break;
	}
}

static bool is_case(CXCursor c)
{
	return clang_getCursorKind(c) == CXCursor_CaseStmt ||
	       clang_getCursorKind(c) == CXCursor_DefaultStmt;
}

void lower_stmt(struct lower *l, CXCursor c)
{
	/* "case 1: case 2: ..." nests each in the one before */
	while (is_case(c) && !l->failed)
		c = lower_case(l, c);
	if (l->failed || clang_Cursor_isNull(c) || !lower_enter(l, c))
		return;
	if (l->faithful || !fold_assertion(l, c))
		lower_kind(l, c);
	lower_leave(l);
}
