// SPDX-License-Identifier: GPL-2.0-only
#include "callback.h"
#include "bare.inc"

struct match {
	char name[8];
	const void *data;
};

struct number {
	unsigned long function;
};

struct group {
	const struct hook *hook;
};

void register_function(void (*function)(struct sess *s));
void register_table(void *const *table);

const struct match matches[] = { { .name = "a", .data = sess_matched }, {} };
struct number number = { (unsigned long)sess_wide };
void *chosen = sizeof(long) == 8 ? (void *)sess_chosen : (void *)0;
struct hook hook = { .run = sizeof(long) == 8 ? sess_member : (void *)0 };
struct group group = { .hook = &(const struct hook){ sess_literal } };

void wrap_start(void)
{
	static void *const table[] = { 0, (void *)sess_kept };

	register_function(callback);
	register_table(table);
}
