// SPDX-License-Identifier: GPL-2.0-only
/* Units by kind: each is given out once, and a kind goes to one worker. */
#include <glib.h>
#include <string.h>

#include "cmd/queue.h"

/* A kind a unit, as digits. */
static guint kind(size_t unit, void *data)
{
	const char *kinds = data;

	return (guint)(kinds[unit] - '0');
}

static struct queue *queue_of(const char *kinds)
{
	return queue_new(strlen(kinds), kind, (void *)kinds);
}

static void test_order(void)
{
	static const size_t wanted[] = { 3, 0, 2, 4, 1, 5 };
	struct queue *q = queue_of("121012");
	struct lot *lot = NULL;
	size_t i;

	for (i = 0; i < G_N_ELEMENTS(wanted); i++) {
		g_assert_false(queue_is_empty(q));
		g_assert_cmpuint(queue_take(q, &lot), ==, wanted[i]);
	}
	g_assert_true(queue_is_empty(q));
	queue_free(q);
}

static void test_no_kinds(void)
{
	struct queue *q = queue_new(3, NULL, NULL);
	struct lot *a = NULL, *b = NULL;

	g_assert_cmpuint(queue_take(q, &a), ==, 0);
	g_assert_cmpuint(queue_take(q, &b), ==, 1);
	g_assert_cmpuint(queue_take(q, &a), ==, 2);
	g_assert_true(queue_is_empty(q));
	queue_free(q);
}

/* Two workers, a kind each; who is done takes the next that nobody has. */
static void test_apart(void)
{
	struct queue *q = queue_of("1212133");
	struct lot *a = NULL, *b = NULL;

	g_assert_cmpuint(queue_take(q, &a), ==, 0);
	g_assert_cmpuint(queue_take(q, &b), ==, 1);
	g_assert_cmpuint(queue_take(q, &b), ==, 3);
	g_assert_cmpuint(queue_take(q, &b), ==, 5);
	g_assert_cmpuint(queue_take(q, &a), ==, 2);
	g_assert_cmpuint(queue_take(q, &b), ==, 6);
	g_assert_cmpuint(queue_take(q, &a), ==, 4);
	g_assert_true(queue_is_empty(q));
	queue_free(q);
}

/* When others have all that is left, the one with most to do is helped. */
static void test_shared(void)
{
	struct queue *q = queue_of("11222222");
	struct lot *a = NULL, *b = NULL, *c = NULL, *d = NULL;

	g_assert_cmpuint(queue_take(q, &a), ==, 0);
	g_assert_cmpuint(queue_take(q, &b), ==, 2);
	g_assert_cmpuint(queue_take(q, &c), ==, 3);
	g_assert_true(b == c);
	/* one left for two there, and four for three here */
	g_assert_cmpuint(queue_take(q, &d), ==, 4);
	g_assert_cmpuint(queue_take(q, &a), ==, 1);
	g_assert_cmpuint(queue_take(q, &a), ==, 5);
	g_assert_true(a == b);
	queue_free(q);
}

/* What a worker leaves is nobody's; what it hands over is its successor's. */
static void test_leave(void)
{
	struct queue *q = queue_of("111111222");
	struct lot *a = NULL, *b = NULL, *heir, *c = NULL;

	g_assert_cmpuint(queue_take(q, &a), ==, 0);
	g_assert_cmpuint(queue_take(q, &b), ==, 6);
	heir = a;
	g_assert_cmpuint(queue_take(q, &heir), ==, 1);
	queue_leave(b);
	g_assert_cmpuint(queue_take(q, &c), ==, 7);
	queue_leave(NULL);
	queue_free(q);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/queue/order", test_order);
	g_test_add_func("/queue/no-kinds", test_no_kinds);
	g_test_add_func("/queue/apart", test_apart);
	g_test_add_func("/queue/shared", test_shared);
	g_test_add_func("/queue/leave", test_leave);
	return g_test_run();
}
