/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A state packed into the numbers of its parts, two a word: of the part that
 * threads share, then of the threads'. What changes a part adds a constant to a
 * word, and so does it to the hash, which is linear; private to the step
 * machine.
 */
#ifndef PINCHECK_EVENTS_PACKED_H
#define PINCHECK_EVENTS_PACKED_H

#include "events/state.h"

#define PACKED_SHARED 0u
#define packed_own(thread) (1u + (unsigned int)(thread))
#define packed_word(part) ((part) / 2)
#define packed_words(n_threads) (packed_word(n_threads) + 1)
#define PACKED_MAX_WORDS packed_words(STATE_MAX_THREADS)

static inline guint32 packed_number(const guint64 *state,
				    unsigned int part)
{
	return (guint32)(state[packed_word(part)] >> part % 2 * 32);
}

/* What is to be added to the word if the part changes. */
static inline guint64 packed_change(unsigned int part, guint32 from,
				    guint32 to)
{
	return ((guint64)to - from) << part % 2 * 32;
}

/* The same for the sum, if that is added to the word. */
static inline guint64 packed_sum_change(unsigned int word,
					guint64 change)
{
	/* Odd, without structure. */
	static const guint64 factors[PACKED_MAX_WORDS] = {
		0x9e3779b97f4a7c15, 0xd6e8feb86659fd93, 0xc2b2ae3d27d4eb4f,
		0xff51afd7ed558ccd, 0xc4ceb9fe1a85ec53,
	};

	return change * factors[word];
}

/* The hash of a state with that sum. */
static inline guint32 packed_hash(guint64 sum)
{
	sum ^= sum >> 32;
	return (guint32)(sum * 0x94d049bb133111eb >> 32);
}

#endif
