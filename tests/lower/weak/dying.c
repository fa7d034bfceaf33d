// SPDX-License-Identifier: GPL-2.0-only
/*
 * Who finds an entry takes a reference and then asks whether it is dying; who
 * reaps it says that it is and then asks for references. One of the two sees
 * the other: unless both stores wait while both loads are served. With
 * -DFENCED neither waits.
 */
#include <kernel.h>

#define ENT_DYING 0

void elsewhere(void);

#ifdef FENCED
#define order() smp_mb__after_atomic()
#elif !defined(order)
#define order() ((void)0)
#endif

struct ent {
	atomic_t refs;
	unsigned long flags;
	int uses;
	struct hlist_node node;
	struct rcu_head rcu;
};

struct ent_table {
	spinlock_t lock;
	struct hlist_head head;
	int spare;
};

void ent_use(struct ent_table *t)
{
	struct ent *e;

	rcu_read_lock();
	hlist_for_each_entry_rcu(e, &t->head, node) {
		atomic_inc(&e->refs);
		order();
		if (!test_bit(ENT_DYING, &e->flags)) {
			rcu_read_unlock();
			spin_lock(&t->lock);
			e->uses++;
			spin_unlock(&t->lock);
			atomic_dec(&e->refs);
			return;
		}
		atomic_dec(&e->refs);
	}
	rcu_read_unlock();
}

void ent_reap(struct ent_table *t, struct ent *e)
{
	set_bit(ENT_DYING, &e->flags);
	order();
	if (atomic_read(&e->refs) == 1) {
		spin_lock(&t->lock);
		hlist_del_rcu(&e->node);
		spin_unlock(&t->lock);
		kfree_rcu(e, rcu);
	}
}

void ent_put(struct ent *e)
{
	if (atomic_dec_and_test(&e->refs))
		kfree_rcu(e, rcu);
}
