// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a file system says of a file. Who writes can set the time of the text
 * back, but not the other one. What is written twice within one tick of the
 * file system's clock looks like once.
 */
#include "base/stamp.h"

#include <sys/stat.h>

static int64_t nanoseconds(const struct timespec *t)
{
	return (int64_t)t->tv_sec * 1000000000 + t->tv_nsec;
}

struct stamp stamp_of(const char *path)
{
	struct stat st;

	if (stat(path, &st))
		return (struct stamp){ 0 };
	return (struct stamp){
		.there = true, .device = st.st_dev, .inode = st.st_ino,
		.size = st.st_size, .modified = nanoseconds(&st.st_mtim),
		.changed = nanoseconds(&st.st_ctim)
	};
}

bool stamp_settled(const struct stamp *s, int64_t time)
{
	const int64_t tick = 20 * 1000; /* at least; µs */

	return !s->there || s->changed / 1000 < time - tick;
}

bool stamp_same_file(const struct stamp *a, const struct stamp *b)
{
	return a->there && b->there && a->device == b->device &&
	       a->inode == b->inode;
}

bool stamp_equal(const struct stamp *a, const struct stamp *b)
{
	return a->there == b->there && a->device == b->device &&
	       a->inode == b->inode && a->size == b->size &&
	       a->modified == b->modified && a->changed == b->changed;
}
