// SPDX-License-Identifier: GPL-2.0-only
/*
 * switch, case and default, with clang's idea of which edges exist: a
 * constant condition keeps one, a switch over all of an enum has no default.
 */
#include "frontend/private.h"

static struct switch_scope *current_switch(struct lower *l)
{
	return l->jumps ? l->jumps->in_switch : NULL;
}

static CXCursor peel_casts(struct parse *p, CXCursor c)
{
	for (;;) {
		struct children k = children_push(p, c);
		enum CXCursorKind kind = clang_getCursorKind(c);
		CXCursor inner = child(&k, 0);

		children_pop(&k);
		if (k.n != 1 || (kind != CXCursor_UnexposedExpr &&
				 kind != CXCursor_ParenExpr))
			return c;
		c = inner;
	}
}

/* The enumerator or macro that a case is spelt with; NULL: neither. */
static const char *case_name(struct lower *l, CXCursor c)
{
	const struct expr *e = NULL;

	c = peel_casts(l->p, c);
	if (clang_getCursorKind(c) == CXCursor_DeclRefExpr ||
	    clang_getCursorKind(c) == CXCursor_IntegerLiteral)
		e = lower_value(l, c);
	return e && e->kind == EXPR_CONST ? e->name : NULL;
}

static struct case_range case_label(struct lower *l, CXCursor c)
{
	struct case_range r = { 0 };
	bool in_macro = l->in_macro;
	const struct expr *e = constant_macro(l, c);

	l->in_macro = in_macro;
	if (!constant_int(c, &r.low))
		lower_fail(l, "a case that is not a constant", c);
	r.high = r.low;
	r.name = e ? e->name : case_name(l, c);
	return r;
}

static bool takes(struct switch_scope *s, const struct case_range *r)
{
	if (!s->has_value)
		return true;
	if (s->covered || s->value < r->low || s->value > r->high)
		return false;
	s->covered = true;
	return true;
}

static CXCursor lower_case_value(struct lower *l, struct switch_scope *s,
				 const struct children *k)
{
	struct draft_block *b = block_new(l);
	struct case_range r;
	gint64 high;

	r = case_label(l, child(k, 0));
	if (k->n > 2 && constant_int(child(k, 1), &high))
		r.high = high;
	block_start(l, b);
	g_array_append_val(s->labels, r);
	if (takes(s, &r)) {
		block_edge(s->head, b);
		g_array_append_val(s->head->cases, r);
	}
	return child(k, k->n - 1);
}

CXCursor lower_case(struct lower *l, CXCursor c)
{
	struct switch_scope *s = current_switch(l);
	struct children k = children_push(l->p, c);
	CXCursor statement = child(&k, k.n - 1);

	if (!s || k.n < 1) {
		lower_fail(l, "a case outside of a switch", c);
	} else if (clang_getCursorKind(c) == CXCursor_CaseStmt) {
		statement = lower_case_value(l, s, &k);
	} else {
		s->on_default = block_new(l);
		block_start(l, s->on_default);
	}
	children_pop(&k);
	return statement;
}

static bool labelled(const struct switch_scope *s, gint64 value)
{
	guint i;

	for (i = 0; i < s->labels->len; i++) {
		const struct case_range *r =
			&g_array_index(s->labels, struct case_range, i);

		if (value >= r->low && value <= r->high)
			return true;
	}
	return false;
}

/* Has every enumerator of the condition's type a case? */
static bool covers_enum(struct lower *l, CXCursor cond,
			const struct switch_scope *s)
{
	CXType type = clang_getCanonicalType(
		clang_getCursorType(peel_casts(l->p, cond)));
	struct children k;
	bool all = true;
	int i;

	if (type.kind != CXType_Enum || s->has_value || !s->labels->len)
		return false;
	k = children_push(l->p, clang_getTypeDeclaration(type));
	for (i = 0; i < k.n && all; i++)
		if (clang_getCursorKind(child(&k, i)) ==
		    CXCursor_EnumConstantDecl)
			all = labelled(s, clang_getEnumConstantDeclValue(
						child(&k, i)));
	children_pop(&k);
	return all;
}

/* Where no value leads: a block that ends the path. */
static struct draft_block *nowhere(struct lower *l)
{
	struct draft_block *b = block_new(l);

	block_start(l, b);
	block_jump(l, JUMP_NORETURN);
	return b;
}

/* One edge is left of a switch over a constant. */
static void settle_constant(struct switch_scope *s, struct draft_block *out)
{
	struct draft_block *head = s->head;

	head->jump = JUMP_GOTO;
	head->cond = NULL;
	head->cond_of = NULL;
	if (!s->covered)
		block_edge(head, s->on_default ? s->on_default : out);
}

static void lower_switch_body(struct lower *l, CXCursor body,
			      struct switch_scope *s, struct draft_block *out)
{
	struct jump_scope j = {
		.outer = l->jumps,
		.to_break = out,
		.to_continue = l->jumps ? l->jumps->to_continue : NULL,
		.break_scope = l->scope,
		.continue_scope = l->jumps ? l->jumps->continue_scope : NULL,
		.in_switch = s,
	};

	l->jumps = &j;
	lower_stmt(l, body);
	l->jumps = j.outer;
}

static struct draft_block *start_switch(struct lower *l, CXCursor cond,
					struct switch_scope *s)
{
	const struct expr *value = lower_value(l, cond);
	struct draft_block *head;

	s->has_value = constant_int(cond, &s->value);
	if (!l->cur)
		block_start(l, block_new(l));
	head = l->cur;
	head->cond = value;
	head->cond_place = place_of(l->p, cond);
	head->cond_of = "switch";
	head->cases = g_array_new(FALSE, TRUE, sizeof(struct case_range));
	block_jump(l, JUMP_SWITCH);
	return head;
}

void lower_switch(struct lower *l, CXCursor c)
{
	struct children k = children_push(l->p, c);
	struct draft_block *out = block_new(l);
	struct switch_scope s = { 0 };

	s.labels = g_array_new(FALSE, TRUE, sizeof(struct case_range));
	s.head = start_switch(l, child(&k, 0), &s);
	lower_switch_body(l, child(&k, k.n - 1), &s, out);
	block_goto(l, out);
	if (s.has_value)
		settle_constant(&s, out);
	else if (covers_enum(l, child(&k, 0), &s))
		block_edge(s.head, nowhere(l));
	else
		block_edge(s.head, s.on_default ? s.on_default : out);
	block_start(l, out);
	g_array_unref(s.labels);
	children_pop(&k);
}
