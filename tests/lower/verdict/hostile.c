// SPDX-License-Identifier: GPL-2.0-only
/*
 * Code that no program can be made of, or only a large one: a loop without
 * end, recursion, a hundred objects. There is a verdict, and soon.
 *
 * replay: endless:thing.busy any
 * replay: recursive:thing.busy any
 * replay: hundred:thing.busy any
 */
#include <kernel.h>

struct thing {
	spinlock_t lock;
	refcount_t refs;
	bool busy;
	struct thing *next;
};

static void thing_put(struct thing *t)
{
	if (refcount_dec_and_test(&t->refs))
		kfree(t);
}

void thing_get(struct thing *t)
{
	refcount_inc(&t->refs);
	t->busy = true;
}

void endless(struct thing *t)
{
	for (;;) {
		if (t->busy) {
			t->busy = false;
			thing_put(t);
		}
		refcount_inc(&t->refs);
		t->busy = true;
	}
}

void recursive(struct thing *t)
{
	if (t->busy) {
		t->busy = false;
		thing_put(t);
		recursive(t->next);
	}
}

#define ONE refcount_inc(&t->refs); t->busy = true; t = t->next;
#define TEN ONE ONE ONE ONE ONE ONE ONE ONE ONE ONE

void hundred(struct thing *t)
{
	TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN
}
