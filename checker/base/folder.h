/* SPDX-License-Identifier: GPL-2.0-only */
/* Folders that we made for ourselves. */
#ifndef PINCHECK_BASE_FOLDER_H
#define PINCHECK_BASE_FOLDER_H

/*
 * Removes a folder with all that is in it, as far as that can be; links are
 * removed, and not followed. O(what is in it).
 */
void folder_remove(const char *folder);

#endif
