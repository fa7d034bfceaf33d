/* SPDX-License-Identifier: GPL-2.0-only */
/* Digests of lists of texts. */
#ifndef PINCHECK_BASE_DIGEST_H
#define PINCHECK_BASE_DIGEST_H

#include <glib.h>

/* The next text of a list, or NULL; no two lists read the same. */
void digest_text(GChecksum *sum, const char *text);
/* The digest in hexadecimal, which the caller frees; frees @sum. */
char *digest_end(GChecksum *sum);

#endif
