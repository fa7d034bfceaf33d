// SPDX-License-Identifier: GPL-2.0-only
/* The table of formats, from formats.def. */
#include "private.h"

static const struct report_format formats[] = {
#define FORMAT(name, write, known, help) { name, help, known, write },
#include "formats.def"
#undef FORMAT
};

const struct report_format *report_format_at(size_t i)
{
	return i < G_N_ELEMENTS(formats) ? &formats[i] : NULL;
}

const struct report_format *report_format_find(const char *name)
{
	for (size_t i = 0; i < G_N_ELEMENTS(formats); i++)
		if (!g_strcmp0(formats[i].name, name))
			return &formats[i];
	return NULL;
}
