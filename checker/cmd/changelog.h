/* SPDX-License-Identifier: GPL-2.0-only */
/* What the commit message of a fix says of the race that it fixes. */
#ifndef PINCHECK_CMD_CHANGELOG_H
#define PINCHECK_CMD_CHANGELOG_H

#include <glib.h>

#include "patch/blame.h"
#include "report/finding.h"

/*
 * Appends, for pasting: a table with a column a CPU, in 75 columns where no
 * word is too long for that, an empty line, and "Fixes: 123456789abc
 * ("subject")" or "# no Fixes: REASON", which git drops as a comment. The table
 * is the run that the replay found, or else the steps. Names of files in @f
 * begin at the current folder or are absolute; its lines are those of @source.
 */
void changelog_put(GString *out, const struct finding *f,
		   const struct blame_source *source);

#endif
