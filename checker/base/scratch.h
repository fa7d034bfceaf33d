/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A folder for what one run writes and nobody needs after it, below $TMPDIR. It
 * does not outlive the process that made it, however that one ends.
 */
#ifndef PINCHECK_BASE_SCRATCH_H
#define PINCHECK_BASE_SCRATCH_H

struct scratch;

/* NULL with one line in *@ret_error (which may be NULL); the caller frees it. */
struct scratch *scratch_make(char **ret_error);
/* Of @s; below $TMPDIR as that is written, so absolute if that is. */
const char *scratch_folder(const struct scratch *s);
/*
 * Removes the folder with all that is in it. For the process that made it, and
 * not for those forked from it. Takes NULL.
 */
void scratch_remove(struct scratch *s);

#endif
