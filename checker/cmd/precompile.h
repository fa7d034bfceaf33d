/* SPDX-License-Identifier: GPL-2.0-only */
/* The precompiled headers of a run. */
#ifndef PINCHECK_CMD_PRECOMPILE_H
#define PINCHECK_CMD_PRECOMPILE_H

struct check_run;
struct pipeline_options;
struct precompile;

/*
 * Precompiles what many of those units include that are not in the store, in
 * worker processes. They are kept beside the store, or for this run only.
 * @opt: the run's, with the name of the reader. NULL: it would not pay.
 */
struct precompile *precompile(const struct check_run *run,
			      const struct pipeline_options *opt);
/* For the pipeline's options; takes NULL. */
struct headers *precompile_headers(const struct precompile *p);
/* Takes NULL. */
void precompile_free(struct precompile *p);

#endif
