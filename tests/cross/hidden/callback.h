/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef CROSS_CALLBACK_H
#define CROSS_CALLBACK_H

#include "sess.h"

static inline void callback(struct sess *s)
{
	sess_handed(s);
}

#endif
