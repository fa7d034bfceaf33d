// SPDX-License-Identifier: GPL-2.0-only
/*
 * The threads that casts begin with. The next cast mostly begins with the same
 * ones, and the next start of a cast has all of them: they are not lowered
 * again unless the words that matter are others, among those that were asked
 * for while they were.
 */
#include "lower/private.h"

struct prefix {
	struct cast cast;	/* of which the first n threads */
	int n;
	struct builder kept;	/* once these were lowered */
};

void prefix_free(gpointer prefix)
{
	struct prefix *x = prefix;

	builder_clear(&x->kept);
	g_free(x);
}

/* Is what was asked of one set answered by the other one as well? */
static bool same_answers(GHashTable *asked, GHashTable *a, GHashTable *b)
{
	GHashTableIter it;
	gpointer key;

	g_hash_table_iter_init(&it, asked);
	while (g_hash_table_iter_next(&it, &key, NULL))
		if (g_hash_table_contains(a, key) !=
		    g_hash_table_contains(b, key))
			return false;
	return true;
}

static bool is_prefix(const struct prefix *x, const struct builder *b,
		      const struct cast *cast)
{
	const struct builder *kept = &x->kept;
	int i;

	if (kept->subject != b->subject || x->n > cast->n)
		return false;
	for (i = 0; i < x->n; i++)
		if (!same_script(&x->cast.threads[i], &cast->threads[i]))
			return false;
	return same_answers(kept->asked_useful, kept->useful, b->useful) &&
	       same_answers(kept->asked_written, kept->written, b->written);
}

/* The longest that the cast begins with; NULL: there is none. */
static const struct prefix *longest(const struct builder *b,
				    const struct cast *cast)
{
	const GPtrArray *all = b->shared->prefixes;
	const struct prefix *x, *best = NULL;
	guint i;

	for (i = 0; i < all->len; i++) {
		x = all->pdata[i];
		if ((!best || x->n > best->n) && is_prefix(x, b, cast))
			best = x;
	}
	return best;
}

int prefix_find(struct builder *b, const struct cast *cast)
{
	const struct prefix *x = b->asked_useful ? longest(b, cast) : NULL;
	struct builder copy;

	if (!x)
		return 0;
	builder_copy(&copy, &x->kept);
	g_hash_table_unref(copy.useful);
	g_hash_table_unref(copy.written);
	copy.useful = g_hash_table_ref(b->useful);
	copy.written = g_hash_table_ref(b->written);
	builder_clear(b);
	*b = copy;
	return x->n;
}

void prefix_keep(const struct builder *b, const struct cast *cast, int n)
{
	struct prefix *x;

	if (!b->asked_useful || b->why)
		return;
	x = g_new(struct prefix, 1);
	x->cast = *cast;
	x->n = n;
	builder_copy(&x->kept, b);
	g_ptr_array_add(b->shared->prefixes, x);
}
