/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Arena: memory that is freed all at once. pincheck has two lifetimes only,
 * the unit (one translation unit) and the function; each is an arena.
 * Built on glibc's obstack; with AddressSanitizer every object is a malloc of
 * its own, so that an overrun is seen.
 */
#ifndef PINCHECK_BASE_ARENA_H
#define PINCHECK_BASE_ARENA_H

#include <stddef.h>

struct arena;

struct arena *arena_new(void);
/* Frees the arena and all that was allocated from it; takes NULL. */
void arena_free(struct arena *a);
/* Zeroed memory of @size bytes, aligned for any type; never NULL. */
void *arena_alloc(struct arena *a, size_t size);
/* A copy of @size bytes at @data; NULL for a size of 0. */
void *arena_copy(struct arena *a, const void *data, size_t size);

#define arena_new_object(a, type) ((type *)arena_alloc(a, sizeof(type)))
#define arena_new_array(a, type, n) \
	((type *)arena_alloc(a, sizeof(type) * (size_t)(n)))

#endif
