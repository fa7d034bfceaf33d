/* SPDX-License-Identifier: GPL-2.0-only */
/* How an allocation may behave. */
#ifndef _LINUX_GFP_H
#define _LINUX_GFP_H

#include <linux/types.h>

#define __GFP_IO	0x40u
#define __GFP_NOFAIL	0x8000u
#define GFP_KERNEL	0xcc0u
#define GFP_NOFS	0xc40u
#define GFP_NOIO	0xc00u

#endif /* _LINUX_GFP_H */
