/* SPDX-License-Identifier: GPL-2.0-only */
/* Small helpers and the log. */
#ifndef _LINUX_KERNEL_H
#define _LINUX_KERNEL_H

#include <linux/bug.h>
#include <linux/compiler.h>
#include <linux/container_of.h>
#include <linux/types.h>

#define ARRAY_SIZE(arr)	(sizeof(arr) / sizeof((arr)[0]))

#define min(x, y) ({ typeof(x) _x = (x); typeof(y) _y = (y); _x < _y ? _x : _y; })
#define max(x, y) ({ typeof(x) _x = (x); typeof(y) _y = (y); _x > _y ? _x : _y; })
#define swap(a, b)							\
do {									\
	typeof(a) __tmp = (a);						\
	(a) = (b);							\
	(b) = __tmp;							\
} while (0)

void might_sleep(void);

__printf(1, 2) int _printk(const char *fmt, ...);
#define pr_err(fmt, ...)	_printk(fmt, ##__VA_ARGS__)
#define pr_debug(fmt, ...)	_printk(fmt, ##__VA_ARGS__)

#endif /* _LINUX_KERNEL_H */
