/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Where things stand in the JSON of a message, without a tree: most messages are
 * not for us, and none is printed again.
 */
#ifndef PINCHECK_LSP_SCAN_H
#define PINCHECK_LSP_SCAN_H

#include <glib.h>
#include <stdbool.h>

/* Part of a text; start NULL: there is none. */
struct span {
	const char *start;
	size_t size;
};

/*
 * Looks up members of the object that @object is: for each of @names (NULL-
 * terminated) the raw text of its value in @ret; of two of one name the last.
 * Names are compared as what they mean, whatever is escaped. false: it is no
 * JSON object, and @ret is empty. O(size); no memory but for the depth.
 */
bool scan_members(struct span object, const char *const *names,
		  struct span *ret);
/* The value at the end of a path of names in objects; empty: there is none. */
struct span scan_path(struct span object, const char *const *path);
/* Is it the JSON string that means @text? */
bool scan_is(struct span value, const char *text);
/* What a JSON string means; NULL: it is none, or has a NUL. Caller frees. */
char *scan_text(struct span value);
/* A number that fits; false: it is none. */
bool scan_int(struct span value, gint64 *ret);
/* Its first character, blanks skipped: '{', '[', '"', 'n'...; 0: empty. */
char scan_kind(struct span value);

/*
 * The text of @whole with @items put into the array or object @list, which is
 * part of it, behind what is there. @items: elements or members with commas
 * between them.
 */
GString *splice_into(struct span whole, struct span list, const char *items);
/* The same with @value in the place of the part @part. */
GString *splice_over(struct span whole, struct span part, const char *value);

#endif
