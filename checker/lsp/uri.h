/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What file a URI means. Editors and clangd spell the URI of one file in
 * different ways, so documents are known by this.
 *
 * Source: RFC 8089, RFC 3986 section 2.1.
 */
#ifndef PINCHECK_LSP_URI_H
#define PINCHECK_LSP_URI_H

/*
 * The path of a file of this machine, decoded, otherwise as it is written; NULL:
 * the URI means something else. Caller frees.
 */
char *uri_path(const char *uri);

#endif
