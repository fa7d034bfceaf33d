/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Names and texts of analysed code as parts of another language. Whatever they
 * hold, what is appended is one identifier, one string or one file name, and
 * cannot end the comment, the string or the line it stands in.
 */
#ifndef PINCHECK_EVENTS_NAMES_H
#define PINCHECK_EVENTS_NAMES_H

#include <glib.h>

/*
 * An identifier that differs from those of other @index: "refs_2" for "refs".
 * The suffix keeps it apart from keywords and from the names of headers.
 */
void name_append(GString *out, const char *name, int index);
/* A string literal of C. @text NULL: an empty one. */
void name_append_string(GString *out, const char *text);
/* Words for a comment or a #line: anything unusual becomes '_'. */
void name_append_plain(GString *out, const char *text);

#endif
