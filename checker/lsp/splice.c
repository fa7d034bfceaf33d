// SPDX-License-Identifier: GPL-2.0-only
/*
 * Puts text into the JSON of a message, of which all other bytes stay as they
 * are. It does not look at what is put in.
 */
#include <string.h>

#include "lsp/scan.h"

/* @whole with @text at @offset in the place of @size bytes. */
static GString *splice(struct span whole, size_t offset, size_t size,
		       const char *text)
{
	GString *out = g_string_sized_new(whole.size + strlen(text) + 1);

	g_string_append_len(out, whole.start, (gssize)offset);
	g_string_append(out, text);
	offset += size;
	g_string_append_len(out, whole.start + offset,
			    (gssize)(whole.size - offset));
	return out;
}

/* Of an array or object: is there anything between its brackets? */
static bool is_empty(struct span list)
{
	for (size_t i = 1; i + 1 < list.size; i++)
		if (!g_ascii_isspace(list.start[i]))
			return false;
	return true;
}

GString *splice_into(struct span whole, struct span list, const char *items)
{
	size_t end = (size_t)(list.start - whole.start) + list.size - 1;
	char *text;
	GString *out;

	if (!*items || is_empty(list))
		return splice(whole, end, 0, items);
	text = g_strconcat(",", items, NULL);
	out = splice(whole, end, 0, text);
	g_free(text);
	return out;
}

GString *splice_over(struct span whole, struct span part, const char *value)
{
	return splice(whole, (size_t)(part.start - whole.start), part.size,
		      value);
}
