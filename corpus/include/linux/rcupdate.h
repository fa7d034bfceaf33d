/* SPDX-License-Identifier: GPL-2.0-only */
/* Read-copy-update. */
#ifndef _LINUX_RCUPDATE_H
#define _LINUX_RCUPDATE_H

#include <linux/compiler.h>
#include <linux/types.h>

typedef void (*rcu_callback_t)(struct rcu_head *head);

void rcu_read_lock(void);
void rcu_read_unlock(void);
void synchronize_rcu(void);
void call_rcu(struct rcu_head *head, rcu_callback_t func);

#define rcu_dereference_raw(p)	({ typeof(p) ___p = READ_ONCE(p); ___p; })
#define rcu_dereference(p)	rcu_dereference_raw(p)
#define rcu_assign_pointer(p, v)					\
do {									\
	__atomic_store_n(&(p), (v), __ATOMIC_RELEASE);			\
} while (0)

#endif /* _LINUX_RCUPDATE_H */
