// SPDX-License-Identifier: GPL-2.0-only
/* Digests. Of a list of texts each counts with the zero at its end. */
#include "base/digest.h"

#include <string.h>
#include <xxhash.h>

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

char *digest_bytes(const void *data, gsize n)
{
	const XXH128_hash_t hash = XXH3_128bits(data, n);

	return g_strdup_printf("%016" G_GINT64_MODIFIER "x%016"
			       G_GINT64_MODIFIER "x", (guint64)hash.high64,
			       (guint64)hash.low64);
}
