/* SPDX-License-Identifier: GPL-2.0-only */
/* The formats of --format, as commands offer them. */
#ifndef PINCHECK_CMD_FORMATS_H
#define PINCHECK_CMD_FORMATS_H

#include "report/report.h"

/* What formats may ask of this program; no colour, all else off. */
struct report_style formats_style(void);
/* The format @name, NULL: the default. Complains, and NULL, if there is none. */
const struct report_format *formats_find(const char *name);
/* "Of text, json (text)", for --help. The caller frees it. */
char *formats_help(void);

#endif
