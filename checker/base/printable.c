// SPDX-License-Identifier: GPL-2.0-only
/*
 * Text of others on its way to a terminal: what is not seen but acts. Bytes that
 * are no UTF-8 stay as they are.
 */
#include "base/printable.h"

struct range {
	gunichar first, last;
};

/* C1, line ends that only Unicode has, and its property Bidi_Control. */
static const struct range controls[] = {
	{ 0x80, 0x9f },	    { 0x61c, 0x61c },	{ 0x200e, 0x200f },
	{ 0x2028, 0x202e }, { 0x2066, 0x2069 },
};

size_t printable_control(const char *text)
{
	gunichar c;

	if ((guchar)*text < 0x80)
		return *text && g_ascii_iscntrl(*text);
	c = g_utf8_get_char_validated(text, -1);
	for (size_t i = 0; i < G_N_ELEMENTS(controls); i++)
		if (c >= controls[i].first && c <= controls[i].last)
			return (size_t)g_unichar_to_utf8(c, NULL);
	return 0;
}

void printable_append(GString *out, const char *text)
{
	while (*text) {
		size_t n = *text == '\t' ? 0 : printable_control(text);

		g_string_append_c(out, n ? '?' : *text);
		text += n ? n : 1;
	}
}

char *printable(const char *text)
{
	GString *copy = g_string_new(NULL);

	printable_append(copy, text);
	return g_string_free(copy, FALSE);
}
