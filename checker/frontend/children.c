// SPDX-License-Identifier: GPL-2.0-only
/*
 * The direct children of a cursor on one growing stack, so that a walk costs
 * no allocation a node. The one way of walking in frontend/: cursors reached
 * by recursive visits compare as different.
 */
#include "frontend/private.h"

static void push(struct cursor_stack *s, CXCursor c)
{
	if (s->n == s->room) {
		s->room = s->room ? 2 * s->room : 256;
		s->items = g_renew(CXCursor, s->items, s->room);
	}
	s->items[s->n++] = c;
}

static enum CXChildVisitResult collect(CXCursor c, CXCursor parent,
				       CXClientData data)
{
	(void)parent;
	push(data, c);
	return CXChildVisit_Continue;
}

struct children children_push(struct parse *p, CXCursor c)
{
	struct children k = { .stack = &p->children, .base = p->children.n };

	clang_visitChildren(c, collect, &p->children);
	k.n = p->children.n - k.base;
	return k;
}

struct children children_push_call(struct parse *p, CXCursor call)
{
	struct children k = { .stack = &p->children, .base = p->children.n };
	int i, n = clang_Cursor_getNumArguments(call);

	push(&p->children, clang_getNullCursor());
	for (i = 0; i < n; i++)
		push(&p->children, clang_Cursor_getArgument(call, (unsigned)i));
	k.n = p->children.n - k.base;
	return k;
}

CXCursor child(const struct children *k, int i)
{
	if (i < 0 || i >= k->n)
		return clang_getNullCursor();
	return k->stack->items[k->base + i];
}

void children_pop(const struct children *k)
{
	k->stack->n = k->base;
}
