/* SPDX-License-Identifier: GPL-2.0-only */
/* Memory and strings. */
#ifndef _LINUX_STRING_H
#define _LINUX_STRING_H

#include <linux/types.h>

void *memset(void *s, int c, size_t n);
void *memcpy(void *dest, const void *src, size_t n);

#endif /* _LINUX_STRING_H */
