/* SPDX-License-Identifier: GPL-2.0-only */
/* Whether a file is still the one that was read, without reading it again. */
#ifndef PINCHECK_BASE_STAMP_H
#define PINCHECK_BASE_STAMP_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct stamp {
	bool there; /* false: all else is 0 */
	dev_t device;
	ino_t inode;
	off_t size;
	int64_t modified, changed; /* of text and of anything; ns */
};

/* Of what is at @path by now; links are followed. */
struct stamp stamp_of(const char *path);
bool stamp_equal(const struct stamp *a, const struct stamp *b);
/*
 * Was it the same before @time (µs, real time), so that what is written later
 * shows in a stamp? A file that is not there is.
 */
bool stamp_settled(const struct stamp *s, int64_t time);
/* Were both of one file, whatever was written into it in between? */
bool stamp_same_file(const struct stamp *a, const struct stamp *b);

#endif
