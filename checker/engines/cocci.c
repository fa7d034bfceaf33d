// SPDX-License-Identifier: GPL-2.0-only
/* The engine "cocci": Coccinelle's spatch with the rules of share/cocci. */
#include "engines/engine.h"

static char *cocci_version(char **ret_error)
{
	return engine_program_version("spatch", ret_error);
}

static struct report *cocci_run(const struct engine_job *job)
{
	return report_new();
}

const struct engine engine_cocci = {
	.name = "cocci",
	.program = "spatch",
	.batch = 16,
	.version = cocci_version,
	.run = cocci_run,
};
