#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# A pin that a .pincheck file declares: the semantic patch that is generated
# asks each reaper for it, by the bit's name or by a function named after it.
# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/check.bash"

command -v spatch >/dev/null || exit 77

mkdir tree
printf '[pin struct node.flags:NODE_pinned]\n' >tree/.pincheck
printf 'reapers = free_by_bit; free_by_call; free_blindly\n' >>tree/.pincheck
cat >tree/a.c <<'EOF'
void free_by_bit(struct node *n)
{
	if (!test_bit(NODE_pinned, &n->flags))
		kfree(n);
}

void free_by_call(struct node *n)
{
	if (!node_pinned(n))
		kfree(n);
}

void free_blindly(struct node *n)
{
	kfree(n);
}

void no_reaper(struct node *n)
{
	kfree(n);
}
EOF
run 1 cocci --rules reap-ignores-pin tree
[ "$(grep -c 'warning: ' .out)" = 1 ] || fail 'not one finding'
out_has 'a.c:13:6: warning: free_blindly() does not look at NODE_pinned'

finish
