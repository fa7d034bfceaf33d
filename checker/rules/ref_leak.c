// SPDX-License-Identifier: GPL-2.0-only
/*
 * ref-leak: an error return keeps a reference. No pass over the traces looks
 * for it: the engine "sparse" does. It is here for its name and its words.
 */
#include "rules/rule.h"

const struct rule rule_ref_leak = {
	.info = {
		.id = "ref-leak",
		.summary = "an error return keeps a reference that was taken (sparse)",
		.doc =
"A function takes references on the object of a pair and drops them, but at one\n"
"return of an error constant (return -EIO, return ERR_PTR(-EIO)) it still has\n"
"one that it took.\n"
"\n"
"Only the engine sparse looks for this: pincheck check --engine=clang,sparse.\n"
"Silent in functions that only take or only drop references, at other returns,\n"
"and after a lookup that failed.\n"
"\n"
"Repair: drop the reference before the return.\n",
	},
};
