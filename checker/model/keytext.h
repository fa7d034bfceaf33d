/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A .pincheck file as text: its sections, keys and lists, with their lines.
 * What they mean is said in keyfile.c and keycalls.c.
 */
#ifndef PINCHECK_MODEL_KEYTEXT_H
#define PINCHECK_MODEL_KEYTEXT_H

#include "model/model.h"

struct keytext {
	const char *path;
	GKeyFile *keys;
	GHashTable *lines;	/* "group" or "group\nkey" -> first line */
	int line;		/* of what is being read */
	char *error;		/* "FILE:LINE: what", once one failed */
};

/*
 * Fills @t, which then holds what is to be given to keytext_clear, whatever is
 * returned: 0, or -1 with t->error set.
 */
int keytext_load(struct keytext *t, const char *path);
void keytext_clear(struct keytext *t);

/* Sets t->error for the current line; returns -1. */
int keytext_fail(struct keytext *t, const char *format, ...)
	G_GNUC_PRINTF(2, 3);
/* The line of a group (@key NULL) or of a key in it; 0: there is none. */
int keytext_line(const struct keytext *t, const char *group, const char *key);

/*
 * Each calls @read with one thing after the other, in the file's order, until
 * it returns nonzero; returns that or 0. What they pass has no blanks around
 * it and is not empty. A value is read as a list or as a whole.
 */
int keytext_each_group(struct keytext *t,
		       int (*read)(struct keytext *, const char *group,
				   void *data),
		       void *data);
int keytext_each_key(struct keytext *t, const char *group,
		     int (*read)(struct keytext *, const char *key,
				 const char *value, void *data),
		     void *data);
int keytext_each_item(struct keytext *t, const char *value,
		      int (*read)(struct keytext *, const char *item,
				  void *data),
		      void *data);

#endif
