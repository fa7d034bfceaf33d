/* SPDX-License-Identifier: GPL-2.0-only */
/* A unit from the text of a C file, for tests. Included, not linked. */
#ifndef TESTS_UNIT_LOWERED_H
#define TESTS_UNIT_LOWERED_H

#include <glib.h>
#include <glib/gstdio.h>

#include "frontend/frontend.h"

static inline struct unit *lowered_as(const char *name, const char *text)
{
	const char *const args[] = { "-std=gnu11", NULL };
	char *dir = g_dir_make_tmp("pincheck-XXXXXX", NULL);
	char *path = g_build_filename(dir, name, NULL);
	struct compile_command *cmd;
	struct unit *u;

	g_assert_true(g_file_set_contents(path, text, -1, NULL));
	cmd = compile_command_new(dir, name, args);
	g_assert_cmpint(frontend_parse(cmd, NULL, &u), ==, 0);
	g_remove(path);
	g_rmdir(dir);
	compile_command_free(cmd);
	g_free(path);
	g_free(dir);
	return u;
}

static inline struct unit *lowered(const char *text)
{
	return lowered_as("x.c", text);
}

/*
 * What bytes are after damage: calls @read with each byte changed in some ways,
 * and with each shorter length. Takes @bytes.
 */
static inline void damage_all(GBytes *bytes,
			      void (*read)(GBytes *bytes, void *data),
			      void *data)
{
	static const guint8 xors[] = { 1, 2, 0x40, 0x80, 0xff };
	gsize n, i, k;
	guint8 *text = g_bytes_unref_to_data(bytes, &n);
	GBytes *b;

	for (i = 0; i < n; i++) {
		for (k = 0; k <= G_N_ELEMENTS(xors); k++) {
			guint8 x = k < G_N_ELEMENTS(xors) ? xors[k] : 0;

			text[i] ^= x;
			b = g_bytes_new(text, x ? n : i);
			read(b, data);
			g_bytes_unref(b);
			text[i] ^= x;
		}
	}
	g_free(text);
}

#endif
