/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef OWNERSHIP_NODE_H
#define OWNERSHIP_NODE_H

#include "kernel.h"

struct disk {
	struct kref ref;
	int id;
};

struct node {
	refcount_t refs;
	int id;
	bool dead;
	struct disk *disk;
	struct list_head link;
};

struct tree {
	spinlock_t lock;
	struct list_head nodes;
	struct node *root;
};

/* node.c */
struct disk *disk_get(struct disk *d);
void disk_put(struct disk *d);
void node_get(struct node *n);
bool node_tryget(struct node *n);
void node_put(struct node *n);
struct node *node_find(struct tree *t, int id);
struct node *node_new(struct disk *d, int refs);
int node_check(struct node *n);
int node_check_or_put(struct node *n);
int node_forget(struct node *n);
void node_put_even(struct node *n, int depth);

/* user.c */
void node_put_odd(struct node *n, int depth);

/* nowhere: nobody knows what it does */
int roll(void);

#endif
