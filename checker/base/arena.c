// SPDX-License-Identifier: GPL-2.0-only
/*
 * Arena on glibc's obstack. Out of memory ends the program through GLib's
 * allocator, as everywhere else in pincheck.
 */
#include "base/arena.h"

#include "base/sanitize.h"

#include <glib.h>
#include <obstack.h>
#include <string.h>

#define obstack_chunk_alloc g_malloc
#define obstack_chunk_free g_free

struct arena {
	struct obstack objects;
	GPtrArray *single; /* debug mode: one allocation an object */
};

NO_POINTER_OVERFLOW_CHECK
struct arena *arena_new(void)
{
	struct arena *a = g_new0(struct arena, 1);

	obstack_init(&a->objects);
	obstack_chunk_size(&a->objects) = 64 * 1024;
#ifdef PINCHECK_ASAN
	a->single = g_ptr_array_new_with_free_func(g_free);
#endif
	return a;
}

void arena_free(struct arena *a)
{
	if (!a)
		return;
	obstack_free(&a->objects, NULL);
	if (a->single)
		g_ptr_array_unref(a->single);
	g_free(a);
}

/* Not zeroed. obstack aligns by arithmetic on a null pointer. */
NO_POINTER_OVERFLOW_CHECK
static void *take(struct arena *a, size_t size)
{
	void *p;

	if (!a->single)
		return obstack_alloc(&a->objects, size);
	p = g_malloc(size ? size : 1);
	g_ptr_array_add(a->single, p);
	return p;
}

void *arena_alloc(struct arena *a, size_t size)
{
	return memset(take(a, size), 0, size);
}

void *arena_copy(struct arena *a, const void *data, size_t size)
{
	return size ? memcpy(take(a, size), data, size) : NULL;
}
