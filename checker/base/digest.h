/* SPDX-License-Identifier: GPL-2.0-only */
/* Digests: of lists of texts, and of files that may have changed. */
#ifndef PINCHECK_BASE_DIGEST_H
#define PINCHECK_BASE_DIGEST_H

#include <glib.h>

/* The next text of a list, or NULL; no two lists read the same. */
void digest_text(GChecksum *sum, const char *text);
/* The digest in hexadecimal, which the caller frees; frees @sum. */
char *digest_end(GChecksum *sum);
/*
 * Of @n bytes, in hexadecimal; the caller frees it. Tells bytes that are
 * damaged or out of date from others, at the speed of reading them, but anyone
 * can make bytes with a given one (XXH3, 128 bits): what is believed for its
 * digest alone takes GChecksum's SHA-256.
 */
char *digest_bytes(const void *data, gsize n);

#endif
