/* SPDX-License-Identifier: GPL-2.0-only */
/* A progress bar on stderr, when that is a terminal. */
#ifndef PINCHECK_CMD_PROGRESS_H
#define PINCHECK_CMD_PROGRESS_H

#include <stddef.h>

struct progress;

/* @of_what: "units", kept. NULL where no bar is to be shown, which the others take. */
struct progress *progress_new(size_t total, const char *of_what);
/* One more of the total is done, with so many findings. */
void progress_step(struct progress *p, int findings);
/* Takes the bar away. */
void progress_free(struct progress *p);

#endif
