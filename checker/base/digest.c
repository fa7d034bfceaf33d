// SPDX-License-Identifier: GPL-2.0-only
/* Digests of lists of texts: each with the zero at its end. */
#include "base/digest.h"

#include <string.h>

void digest_text(GChecksum *sum, const char *text)
{
	text = text ? text : "\1";
	g_checksum_update(sum, (const guchar *)text, (gssize)strlen(text) + 1);
}

char *digest_end(GChecksum *sum)
{
	char *digest = g_strdup(g_checksum_get_string(sum));

	g_checksum_free(sum);
	return digest;
}
