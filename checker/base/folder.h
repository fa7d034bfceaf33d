/* SPDX-License-Identifier: GPL-2.0-only */
/* What lies below a folder, and the end of those that we made. */
#ifndef PINCHECK_BASE_FOLDER_H
#define PINCHECK_BASE_FOLDER_H

/*
 * What of @path comes below @folder: "b/c" of "/a/b/c" and "/a". NULL: it lies
 * elsewhere. Both are taken as they are written, so "." and ".." are names.
 */
const char *folder_rest(const char *folder, const char *path);

/*
 * Removes a folder with all that is in it, as far as that can be; links are
 * removed, and not followed. O(what is in it).
 */
void folder_remove(const char *folder);

#endif
