// SPDX-License-Identifier: GPL-2.0-only
#include "sess.h"

void __attribute__((weak)) sess_beaten(struct sess *s)
{
}

void weak_user(struct sess *s)
{
	sess_beaten(s);
}
