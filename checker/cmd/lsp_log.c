// SPDX-License-Identifier: GPL-2.0-only
/* Lines for the log of the editor. */
#include "cmd/lsp_log.h"

#include <json-c/json.h>

#include "base/json.h"

struct lsp_log {
	GHashTable *told; /* char *, owned */
	GPtrArray *fresh; /* those of them that no answer had yet */
};

struct lsp_log *lsp_log_new(void)
{
	struct lsp_log *l = g_new0(struct lsp_log, 1);

	l->told = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	l->fresh = g_ptr_array_new();
	return l;
}

void lsp_log_free(struct lsp_log *l)
{
	if (!l)
		return;
	g_ptr_array_unref(l->fresh);
	g_hash_table_unref(l->told);
	g_free(l);
}

void lsp_log_say(struct lsp_log *l, const char *format, ...)
{
	va_list args;
	char *line;

	va_start(args, format);
	line = g_strdup_vprintf(format, args);
	va_end(args);
	if (g_hash_table_contains(l->told, line)) {
		g_free(line);
		return;
	}
	g_hash_table_add(l->told, line);
	g_ptr_array_add(l->fresh, line);
}

void lsp_log_put(struct lsp_log *l, json_object *answer)
{
	if (l->fresh->len)
		json_object_object_add(answer, "log", json_texts(l->fresh));
	g_ptr_array_set_size(l->fresh, 0);
}
