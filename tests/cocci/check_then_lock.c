// SPDX-License-Identifier: GPL-2.0-only
/* check_then_lock.cocci: what it must report, and what it must not. */

/* Waits for whoever is inside, or does nothing; only the author knows. */
void empty_section(struct buffer *b)
{
	if (test_bit(BUFFER_STALE, &b->flags)) { /* expect */
		spin_lock(&b->lock);
		spin_unlock(&b->lock);
	}
	touch(b);
}

/* Taken whatever holds: everybody is waited for. */
void drain(struct buffer *b)
{
	spin_lock(&b->lock);
	spin_unlock(&b->lock);
	touch(b);
}

void lease_lost(struct dir *d)
{
	if (d->has_lease) { /* expect */
		spin_lock(&d->table->lock);
		d->has_lease = false;
		spin_unlock(&d->table->lock);
		dir_put(d);
	}
}

void lease_lost_again(struct dir *d)
{
	if (d->has_lease) {
		spin_lock(&d->table->lock);
		if (d->has_lease) {
			d->has_lease = false;
			drop = true;
		}
		spin_unlock(&d->table->lock);
	}
	if (drop)
		dir_put(d);
}

/* Nothing hangs on it: cleared twice is cleared. */
void hint(struct cluster *c)
{
	if (c->fragmented) {
		spin_lock(&c->lock);
		c->fragmented = 0;
		spin_unlock(&c->lock);
	}
}

void bit_lost(struct root *r)
{
	if (!test_bit(ROOT_LOG, &r->state)) { /* expect */
		mutex_lock(&r->mutex);
		r->log = log_new(r);
		set_bit(ROOT_LOG, &r->state);
		mutex_unlock(&r->mutex);
	}
}

void bit_asked_again(struct root *r)
{
	if (!test_bit(ROOT_LOG, &r->state)) {
		mutex_lock(&r->mutex);
		if (!r->log) {
			r->log = log_new(r);
			set_bit(ROOT_LOG, &r->state);
		}
		mutex_unlock(&r->mutex);
	}
}
