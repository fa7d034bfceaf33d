/* SPDX-License-Identifier: GPL-2.0-only */
/* bcache's queues and heaps, both of them macros over any type. */
#ifndef _CORPUS_UTIL_H
#define _CORPUS_UTIL_H

#include <linux/kernel.h>

#define DECLARE_FIFO(type, name)					\
	struct {							\
		size_t front, back, size, mask;				\
		type *data;						\
	} name

#define fifo_front(fifo)	((fifo)->data[(fifo)->front])
#define fifo_idx(fifo, p)	(((p) - &fifo_front(fifo)) & (fifo)->mask)

#define DECLARE_HEAP(type, name)					\
	struct {							\
		size_t size, used;					\
		type *data;						\
	} name

#define heap_swap(h, i, j)	swap((h)->data[i], (h)->data[j])

/* Lets entry i sink; cmp(a, b) says that b goes above a. */
#define heap_sift(h, i, cmp)						\
do {									\
	size_t _at = (i), _kid;						\
									\
	while ((_kid = 2 * _at + 1) < (h)->used) {			\
		if (_kid + 1 < (h)->used &&				\
		    cmp((h)->data[_kid], (h)->data[_kid + 1]))		\
			_kid++;						\
		if (cmp((h)->data[_kid], (h)->data[_at]))		\
			break;						\
		heap_swap(h, _at, _kid);				\
		_at = _kid;						\
	}								\
} while (0)

#define heap_add(h, d, cmp) ({						\
	bool _added = !heap_full(h);					\
	size_t _to = (h)->used;						\
									\
	if (_added) {							\
		(h)->data[(h)->used++] = (d);				\
		for (; _to && !cmp((h)->data[_to], (h)->data[(_to - 1) / 2]); \
		     _to = (_to - 1) / 2)				\
			heap_swap(h, _to, (_to - 1) / 2);		\
	}								\
	_added;								\
})

#define heap_pop(h, d, cmp) ({						\
	bool _popped = (h)->used > 0;					\
									\
	if (_popped) {							\
		(d) = (h)->data[0];					\
		(h)->data[0] = (h)->data[--(h)->used];			\
		heap_sift(h, 0, cmp);					\
	}								\
	_popped;							\
})

#define heap_peek(h)	((h)->used ? (h)->data[0] : NULL)
#define heap_full(h)	((h)->used == (h)->size)
#define heap_empty(h)	((h)->used == 0)

#endif /* _CORPUS_UTIL_H */
