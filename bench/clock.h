/* SPDX-License-Identifier: GPL-2.0-only */
/* The processor time of this program, whoever else is on the machine. */
#ifndef PINCHECK_BENCH_CLOCK_H
#define PINCHECK_BENCH_CLOCK_H

#include <time.h>

/* In ns. */
static inline double cpu_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

#endif
