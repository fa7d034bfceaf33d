/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Flags of a C compiler that say what a file means. The others are about what
 * is made of it, or about warnings.
 */
#ifndef PINCHECK_BASE_CFLAGS_H
#define PINCHECK_BASE_CFLAGS_H

/*
 * Of how many words is the flag that @words (NULL-terminated, not empty) begin
 * with: 1, or 2 if its value is the next one. 0: it says nothing of the file.
 */
int cflag_words(const char *const *words);

#endif
