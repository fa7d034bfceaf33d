// SPDX-License-Identifier: GPL-2.0-only
/* A table by the request's id. */
#include "lsp/replies.h"

struct awaited {
	reply_call call;
	GDestroyNotify forget;
	void *data;
};

struct replies {
	GHashTable *by_key; /* of message_key: struct awaited */
};

static void forget(void *awaited)
{
	struct awaited *a = awaited;

	if (a->forget)
		a->forget(a->data);
	g_free(a);
}

struct replies *replies_new(void)
{
	struct replies *r = g_new(struct replies, 1);

	r->by_key = g_hash_table_new_full(g_str_hash, g_str_equal, g_free,
					  forget);
	return r;
}

void replies_free(struct replies *r)
{
	if (!r)
		return;
	g_hash_table_unref(r->by_key);
	g_free(r);
}

void replies_await(struct replies *r, struct span id, reply_call call,
		   GDestroyNotify forget_call, void *data)
{
	struct awaited *a = g_new(struct awaited, 1);

	*a = (struct awaited){ call, forget_call, data };
	g_hash_table_replace(r->by_key, message_key(id), a);
}

gboolean replies_take(struct replies *r, const struct message *reply)
{
	char *key = message_key(reply->id), *stored;
	struct awaited *a;
	gboolean found = g_hash_table_steal_extended(
		r->by_key, key, (void **)&stored, (void **)&a);

	g_free(key);
	if (!found)
		return FALSE;
	a->call(reply, a->data);
	g_free(stored);
	g_free(a);
	return TRUE;
}
