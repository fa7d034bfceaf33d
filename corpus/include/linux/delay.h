/* SPDX-License-Identifier: GPL-2.0-only */
/* Busy waiting. */
#ifndef _LINUX_DELAY_H
#define _LINUX_DELAY_H

void udelay(unsigned long usecs);

#endif /* _LINUX_DELAY_H */
