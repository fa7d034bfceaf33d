// SPDX-License-Identifier: GPL-2.0-only
/*
 * Which findings were there before: each takes one of the things that stand
 * for an earlier finding, of the same key and no less severe. What the key is
 * made of, and what becomes of a pair, is for others to decide.
 */
#include "private.h"

struct match_pool {
	GHashTable *queues; /* key -> a GQueue a severity */
};

static void queues_free(void *queues)
{
	for (int s = SEVERITY_NOTE; s <= SEVERITY_ERROR; s++)
		g_queue_clear((GQueue *)queues + s);
	g_free(queues);
}

struct match_pool *match_pool_new(void)
{
	struct match_pool *p = g_new0(struct match_pool, 1);

	p->queues = g_hash_table_new_full(g_str_hash, g_str_equal, g_free,
					  queues_free);
	return p;
}

void match_pool_free(struct match_pool *p)
{
	if (!p)
		return;
	g_hash_table_unref(p->queues);
	g_free(p);
}

void match_pool_add(struct match_pool *p, char *key, enum severity severity,
		    void *item)
{
	GQueue *queues = g_hash_table_lookup(p->queues, key);

	if (queues) {
		g_free(key);
	} else {
		queues = g_new0(GQueue, SEVERITY_ERROR + 1);
		g_hash_table_insert(p->queues, key, queues);
	}
	g_queue_push_tail(&queues[severity], item);
}

/* The first item of @key with this severity or the next above; NULL: none. */
static void *take(struct match_pool *p, const char *key, int severity)
{
	GQueue *queues = g_hash_table_lookup(p->queues, key);
	void *item = NULL;

	for (int s = severity; queues && s <= SEVERITY_ERROR && !item; s++)
		item = g_queue_pop_head(&queues[s]);
	return item;
}

/* The worst first: a lesser one has more items that it can take. */
void match_findings(struct match_pool *p, const GPtrArray *findings,
		    const struct match *m)
{
	for (int s = SEVERITY_ERROR; s >= SEVERITY_NOTE; s--)
		for (guint i = 0; i < findings->len; i++) {
			struct finding *f = findings->pdata[i];
			char *key = NULL;
			void *item;

			if ((int)f->severity == s)
				key = m->key(f, m->data);
			item = key ? take(p, key, s) : NULL;
			if (item)
				m->met(f, item);
			g_free(key);
		}
}
