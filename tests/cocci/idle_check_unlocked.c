// SPDX-License-Identifier: GPL-2.0-only
/* idle_check_unlocked.cocci: what it must report, and what it must not. */

struct buffer *buffer_find(struct tree *t, int key)
{
	struct buffer *b;

	rcu_read_lock();
	b = radix_tree_lookup(&t->root, key);
	if (b && !atomic_inc_not_zero(&b->refs))
		b = NULL;
	rcu_read_unlock();
	return b;
}

void buffer_put(struct buffer *b)
{
	spin_lock(&b->lock);
	if (atomic_read(&b->refs) == 2 && /* expect */
	    test_and_clear_bit(BUFFER_TREE_REF, &b->flags))
		atomic_dec(&b->refs);
	buffer_drop(b);
}

int buffer_release(struct buffer *b)
{
	spin_lock(&b->lock);
	if (atomic_read(&b->refs) != 1) { /* expect */
		spin_unlock(&b->lock);
		return 0;
	}
	return release_buffer(b);
}

/* In one step. */
int buffer_release_once(struct buffer *b)
{
	if (atomic_cmpxchg(&b->refs, 1, 0) != 1)
		return 0;
	return release_buffer(b);
}

/* Another count, that no lookup raises. */
int buffer_trim(struct buffer *b)
{
	if (atomic_read(&b->users) != 1)
		return 0;
	return release_buffer(b);
}

/* Found under the lock that whoever reaps holds. */
struct node *node_find(struct tree *t, int key)
{
	struct node *n;

	spin_lock(&t->lock);
	n = radix_tree_lookup(&t->root, key);
	if (n && !atomic_inc_not_zero(&n->users_under_lock))
		n = NULL;
	spin_unlock(&t->lock);
	return n;
}

int node_release(struct tree *t, struct node *n)
{
	spin_lock(&t->lock);
	if (atomic_read(&n->users_under_lock) != 1) {
		spin_unlock(&t->lock);
		return 0;
	}
	return release_node(n);
}

int truncate_idle(struct xa_state *xas, struct page *page)
{
	if (page_ref_count(page) > 1) /* expect */
		return -EBUSY;
	xas_store(xas, NULL);
	return 0;
}

int truncate_frozen(struct xa_state *xas, struct page *page)
{
	if (page_ref_count(page) > 1)
		return -EBUSY;
	if (!page_ref_freeze(page, 1))
		return -EBUSY;
	xas_store(xas, NULL);
	return 0;
}
