// SPDX-License-Identifier: GPL-2.0-only
/* select_then_flush.cocci: what it must report, and what it must not. */

void flush_first(struct cache *c)
{
	struct node *n;

	spin_lock(&c->lock);
	n = list_first_entry(&c->nodes, struct node, list);
	spin_unlock(&c->lock);
	mutex_lock(&n->write_lock); /* expect */
	node_write(n);
	mutex_unlock(&n->write_lock);
}

void flush_first_ref(struct cache *c)
{
	struct node *n;

	spin_lock(&c->lock);
	n = list_first_entry(&c->nodes, struct node, list);
	kref_get(&n->ref);
	spin_unlock(&c->lock);
	mutex_lock(&n->write_lock);
	node_write(n);
	mutex_unlock(&n->write_lock);
}

void flush_first_pin(struct cache *c)
{
	struct node *n;

	spin_lock(&c->lock);
	n = list_first_entry(&c->nodes, struct node, list);
	n->busy = true;
	spin_unlock(&c->lock);
	mutex_lock(&n->write_lock);
	n->busy = false;
	mutex_unlock(&n->write_lock);
}

void flush_heap(struct cache *c)
{
	struct node *n;

	spin_lock(&c->lock);
	n = NULL;
	heap_pop(&c->heap, n, node_cmp);
	spin_unlock(&c->lock);
	if (n) {
		mutex_lock(&n->write_lock); /* expect */
		node_write(n);
		mutex_unlock(&n->write_lock);
	}
}

void flush_oldest(struct cache *c)
{
	struct node *n, *best = NULL;
	unsigned int i;

	for_each_cached_node(n, c, i)
		if (!best || n->age > best->age)
			best = n;
	if (best) {
		mutex_lock(&best->write_lock); /* expect */
		node_write(best);
		mutex_unlock(&best->write_lock);
	}
}

/* The first that fits, in a list that only grows. */
void flush_named(struct cache *c, int id)
{
	struct node *n, *found = NULL;

	list_for_each_entry(n, &c->nodes, list) {
		if (n->id == id) {
			found = n;
			break;
		}
	}
	if (found) {
		mutex_lock(&found->write_lock);
		node_write(found);
		mutex_unlock(&found->write_lock);
	}
}

void walk(struct cache *c)
{
	struct node *n, *next;

	spin_lock(&c->lock);
	list_for_each_entry_safe(n, next, &c->nodes, list) {
		list_del_init(&n->list);
		spin_unlock(&c->lock); /* expect */
		node_write(n);
		spin_lock(&c->lock);
	}
	spin_unlock(&c->lock);
}

void walk_from_front(struct cache *c)
{
	struct node *n, *next;

	spin_lock(&c->lock);
	list_for_each_entry_safe(n, next, &c->nodes, list) {
		list_del_init(&n->list);
		spin_unlock(&c->lock);
		node_write(n);
		spin_lock(&c->lock);
		next = list_first_entry(&c->nodes, struct node, list);
	}
	spin_unlock(&c->lock);
}
