// SPDX-License-Identifier: GPL-2.0-only
/* reap_ignores_pin.cocci: what it must report, and what it must not. */

void flush(struct cache *c, struct node *n)
{
	mutex_lock(&c->table_lock);
	set_node_pinned(n);
	mutex_unlock(&c->table_lock);

	mutex_lock(&n->write_lock);
	node_write(n);
	clear_bit(NODE_pinned, &n->flags);
	mutex_unlock(&n->write_lock);
}

/* Between the two locks the bit may be set. */
void node_free(struct cache *c, struct node *n)
{
retry:
	mutex_lock(&n->write_lock);
	if (node_pinned(n)) {
		mutex_unlock(&n->write_lock);
		udelay(1);
		goto retry;
	}
	mutex_unlock(&n->write_lock);

	mutex_lock(&c->table_lock);
	node_unhash(n); /* expect */
	mutex_unlock(&c->table_lock);
}

/* Unhashed while nobody can set it. */
void node_free_inside(struct cache *c, struct node *n)
{
	mutex_lock(&c->table_lock);
retry:
	mutex_lock(&n->write_lock);
	if (node_pinned(n)) {
		mutex_unlock(&n->write_lock);
		udelay(1);
		goto retry;
	}
	node_unhash(n);
	mutex_unlock(&n->write_lock);
	mutex_unlock(&c->table_lock);
}

/* Another type: its bit is set under its own lock. */
void page_flush(struct page_node *p)
{
	mutex_lock(&p->write_lock);
	set_page_pinned(p);
	mutex_unlock(&p->write_lock);
	mutex_lock(&p->write_lock);
	clear_bit(NODE_pinned, &p->flags);
	mutex_unlock(&p->write_lock);
}

void page_free(struct cache *c, struct page_node *p)
{
retry:
	mutex_lock(&p->write_lock);
	if (page_pinned(p)) {
		mutex_unlock(&p->write_lock);
		goto retry;
	}
	mutex_unlock(&p->write_lock);
	mutex_lock(&c->table_lock);
	page_unhash(p);
	mutex_unlock(&c->table_lock);
}
