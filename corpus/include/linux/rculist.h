/* SPDX-License-Identifier: GPL-2.0-only */
/* Lists that readers walk under RCU. */
#ifndef _LINUX_RCULIST_H
#define _LINUX_RCULIST_H

#include <linux/list.h>
#include <linux/rcupdate.h>

void hlist_del_init_rcu(struct hlist_node *n);
void hlist_add_head_rcu(struct hlist_node *n, struct hlist_head *h);

#define hlist_first_rcu(head)	((head)->first)
#define hlist_next_rcu(node)	((node)->next)

#define hlist_for_each_entry_rcu(pos, head, member)			\
	for (pos = hlist_entry_safe(rcu_dereference_raw(hlist_first_rcu(head)), \
				    typeof(*(pos)), member);		\
	     pos;							\
	     pos = hlist_entry_safe(					\
			rcu_dereference_raw(hlist_next_rcu(&(pos)->member)), \
			typeof(*(pos)), member))

#endif /* _LINUX_RCULIST_H */
