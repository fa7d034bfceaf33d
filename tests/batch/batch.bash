# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# For the tests of batch/: a tree with a compile database, and what has to hold
# of the store that a script made of it. Sourced, not run.

# shellcheck source=../cli/check.bash
. "$SRC/tests/cli/check.bash"

# A folder with a blank, since a user's has one some day.
tree="$work/a tree"
cp -r "$SRC/corpus" "$tree"
include=$tree/include
(cd "$tree" && database "$tree" [0-9]*/*.c)

skip() {
	echo "SKIPPED: $*"
	exit 77
}

# merged_is_whole: the store of the tree is the one that a run makes at once
merged_is_whole() {
	run 0 index -p "$tree" --store "$work/whole.db" "$tree"
	run 0 query --store "$work/whole.db" content
	cp .out whole
	run 0 query -p "$tree" content
	cmp -s .out whole || fail "the merged store is another one"
	run 0 query --store "$tree/.cache/pincheck/parts/1.db" content
	! cmp -s .out whole || fail "the first part is all of it"
}
