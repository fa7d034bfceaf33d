/* SPDX-License-Identifier: GPL-2.0-only */
/* Assertions about locks. */
#ifndef _LINUX_LOCKDEP_H
#define _LINUX_LOCKDEP_H

#include <linux/bug.h>

int lock_is_held(const void *lock);

#define lockdep_is_held(lock)		lock_is_held(lock)
#define lockdep_assert_held(lock)	WARN_ON(!lockdep_is_held(lock))

#endif /* _LINUX_LOCKDEP_H */
