// SPDX-License-Identifier: GPL-2.0-only
/* Expressions keep their canonical forms; the validator sees what is wrong. */
#include <glib.h>

#include "ir/ir.h"

static const struct expr *page(struct unit *u)
{
	const struct local l = { .name = "page", .record = "page",
				 .pointers = 1, .is_pointer = true };

	return expr_local(u, 0, &l);
}

/* page->FIELD */
static const struct expr *member(struct unit *u, const char *name)
{
	return expr_field(u, expr_deref(u, page(u)), "page", name, false,
			  NULL, 0);
}

static void check_text(const struct expr *e, const char *text)
{
	char *got = expr_text(e, NULL);

	g_assert_cmpstr(got, ==, text);
	g_free(got);
}

static void test_one_copy(void)
{
	struct unit *u = unit_new("x.c");

	g_assert_true(member(u, "flags") == member(u, "flags"));
	g_assert_true(member(u, "flags") != member(u, "mapping"));
	g_assert_true(expr_const(u, 7, NULL) == expr_const(u, 7, NULL));
	/* a flag must not take another flag's name */
	g_assert_true(expr_const(u, 7, "A") != expr_const(u, 7, "B"));
	g_assert_cmpstr(expr_const(u, 7, "B")->name, ==, "B");
	/* the locals 0 of two functions are told apart by their type */
	g_assert_true(expr_local(u, 0, NULL) != page(u));
	unit_free(u);
}

static void test_addresses(void)
{
	struct unit *u = unit_new("x.c");
	const struct expr *p = page(u), *x = member(u, "lock");
	const struct expr *zero = expr_const(u, 0, NULL);
	const struct expr *i = expr_numbered(u, EXPR_CALL, 3, NULL, 0);
	const struct expr *f = expr_named(u, EXPR_FUNC, "f", NULL, 0);

	g_assert_true(expr_deref(u, expr_addr(u, x)) == x);
	g_assert_true(expr_addr(u, expr_deref(u, p)) == p);
	g_assert_true(expr_index(u, p, zero) == expr_deref(u, p));
	g_assert_true(expr_deref(u, expr_binary(u, '+', p, i)) ==
		      expr_index(u, p, i));
	g_assert_true(expr_addr(u, f) == f && expr_deref(u, f) == f);
	unit_free(u);
}

static void test_container(void)
{
	struct unit *u = unit_new("x.c");
	const struct expr *p = page(u);
	const struct expr *field = member(u, "lru");
	const struct expr *c =
		expr_container(u, expr_addr(u, field), "page", "lru");
	const struct local l = { .name = "list", .pointers = 1 };
	const struct expr *list = expr_local(u, 1, &l);
	const struct expr *of = expr_container(u, list, "page", "lru");

	g_assert_true(c == p);
	g_assert_cmpstr(of->record, ==, "page");
	g_assert_cmpint(of->pointers, ==, 1);
	g_assert_true(expr_field(u, expr_deref(u, of), "page", "lru", false,
				 NULL, 0) == expr_deref(u, list));
	unit_free(u);
}

static void test_operators(void)
{
	struct unit *u = unit_new("x.c");
	const struct expr *x = member(u, "flags"), *two, *less, *not;

	two = expr_const(u, 2, NULL);
	g_assert_true(expr_binary(u, '&', two, x) ==
		      expr_binary(u, '&', x, two));
	less = expr_binary(u, '<', x, two);
	g_assert_true(expr_binary(u, '>', two, x) == less);
	check_text(expr_unary(u, '!', less), "local0->flags >= 2");
	not = expr_unary(u, '!', x);
	g_assert_true(expr_unary(u, '!', expr_unary(u, '!', not)) == not);
	g_assert_cmpint(expr_unary(u, '-', two)->value, ==, -2);
	g_assert_cmpint(expr_binary(u, OP2('<', '<'), two, two)->value, ==, 8);
	/* of a negative one the sign in C is not known here */
	g_assert_cmpint(expr_binary(u, OP2('>', '>'), expr_const(u, -1, NULL),
				    two)->kind, ==, EXPR_BINARY);
	unit_free(u);
}

static void test_bits(void)
{
	struct unit *u = unit_new("x.c");
	const struct expr *word = member(u, "flags");
	const struct expr *named =
		expr_bit(u, word, expr_const(u, 11, "PG_private"));

	g_assert_true(expr_bit(u, word, expr_const(u, 11, NULL)) == named);
	g_assert_cmpstr(named->name, ==, "PG_private");
	check_text(named, "local0->flags.PG_private");
	unit_free(u);
}

static const struct expr *to_param(const struct expr *leaf, void *data)
{
	struct unit *u = data;

	if (leaf->kind != EXPR_LOCAL)
		return NULL;
	/* &x stands for a pointer to x */
	return expr_addr(u, expr_named(u, EXPR_GLOBAL, "x", "page", 0));
}

static void test_substitute(void)
{
	struct unit *u = unit_new("x.c");
	const struct expr *e = expr_addr(u, member(u, "lock"));
	const struct expr *s = expr_substitute(u, e, to_param, u);

	check_text(s, "&x.lock");
	g_assert_true(expr_substitute(u, s, to_param, u) == s);
	e = expr_bit(u, member(u, "flags"), expr_const(u, 1, "PG_x"));
	check_text(expr_substitute(u, e, to_param, u), "x.flags.PG_x");
	unit_free(u);
}

static void test_text(void)
{
	struct unit *u = unit_new("x.c");
	const struct expr *p = page(u), *n = expr_const(u, 1, NULL);

	check_text(expr_addr(u, member(u, "lock")), "&local0->lock");
	check_text(expr_field(u, expr_index(u, p, n), "page", "flags", false,
			      NULL, 0), "local0[1].flags");
	check_text(expr_unary(u, '~', expr_binary(u, '|', p, n)),
		   "~(local0 | 1)");
	check_text(expr_container(u, p, "slab", "head"),
		   "container_of(local0, slab, head)");
	unit_free(u);
}

/* A function of two blocks with one call, which the tests then spoil. */
static struct func *small_func(struct unit *u)
{
	struct func *f = arena_new_object(u->arena, struct func);

	f->name = g_intern_static_string("f");
	f->unit = u;
	f->n_blocks = 2;
	f->blocks = arena_new_array(u->arena, struct block, 2);
	f->blocks[0].n_events = f->n_events = 1;
	f->blocks[0].events = arena_new_object(u->arena, struct event);
	f->blocks[0].events[0] = (struct event){
		.kind = EVENT_CALL,
		.id = 1,
		.callee = expr_named(u, EXPR_FUNC, "g", NULL, 0),
	};
	f->blocks[0].jump = JUMP_GOTO;
	f->blocks[0].n_succ = 1;
	f->blocks[0].succ = arena_new_object(u->arena, struct block *);
	f->blocks[0].succ[0] = &f->blocks[1];
	f->blocks[1].id = 1;
	f->blocks[1].jump = JUMP_RETURN;
	return f;
}

static void check_wrong(const struct func *f, const char *part)
{
	char *wrong = ir_validate(f);

	g_assert_nonnull(wrong);
	g_assert_nonnull(g_strstr_len(wrong, -1, part));
	g_free(wrong);
}

static void test_validate(void)
{
	struct unit *u = unit_new("x.c");
	struct func *f = small_func(u);
	struct block other = { 0 };

	g_assert_null(ir_validate(f));
	f->blocks[0].succ[0] = &other;
	check_wrong(f, "leaves the function");
	f = small_func(u);
	f->blocks[0].events[0].callee = expr_local(u, 4, NULL);
	check_wrong(f, "no local 4");
	f = small_func(u);
	f->blocks[0].events[0].callee =
		expr_numbered(u, EXPR_CALL, 9, NULL, 0);
	check_wrong(f, "no call with id 9");
	f = small_func(u);
	f->blocks[0].events[0].callee = NULL;
	check_wrong(f, "no callee");
	f = small_func(u);
	f->blocks[0].events[0].id = 0;
	check_wrong(f, "stands after");
	f = small_func(u);
	f->blocks[1].jump = JUMP_BRANCH;
	check_wrong(f, "successors");
	f = small_func(u);
	f->blocks[0].events[0].callee =
		expr_numbered(u, EXPR_PARAM, 0, NULL, 0);
	check_wrong(f, "kind");
	unit_free(u);
}

static void test_free_nothing(void)
{
	unit_free(NULL);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/ir/one-copy", test_one_copy);
	g_test_add_func("/ir/addresses", test_addresses);
	g_test_add_func("/ir/container", test_container);
	g_test_add_func("/ir/operators", test_operators);
	g_test_add_func("/ir/bits", test_bits);
	g_test_add_func("/ir/substitute", test_substitute);
	g_test_add_func("/ir/text", test_text);
	g_test_add_func("/ir/validate", test_validate);
	g_test_add_func("/ir/free-nothing", test_free_nothing);
	return g_test_run();
}
