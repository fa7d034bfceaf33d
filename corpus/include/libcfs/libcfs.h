/* SPDX-License-Identifier: GPL-2.0-only */
/* Lustre's assertions, and its macros around returning. */
#ifndef _LIBCFS_LIBCFS_H
#define _LIBCFS_LIBCFS_H

#include <linux/compiler.h>
#include <linux/slab.h>
#include <linux/types.h>

void lbug_with_loc(const char *file, int line) __noreturn;

#define LBUG()	lbug_with_loc(__FILE__, __LINE__)

#define LASSERT(cond)							\
do {									\
	if (unlikely(!(cond)))						\
		LBUG();							\
} while (0)

#define equi(a, b)	(!!(a) == !!(b))

#define ENTRY	do { } while (0)
#define EXIT	do { } while (0)

#define RETURN(rc)							\
do {									\
	typeof(rc) RETURN__ret = (rc);					\
	EXIT;								\
	return RETURN__ret;						\
} while (0)

#define OBD_FREE(ptr, size)						\
do {									\
	(void)(size);							\
	kfree(ptr);							\
} while (0)

#endif /* _LIBCFS_LIBCFS_H */
