# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# For the tests of batch/: a tree with a compile database, and what has to hold
# of the store that a script made of it. Sourced, not run.

# shellcheck source=../cli/check.bash
. "$SRC/tests/cli/check.bash"

# A user's folder is called so some day.
tree="$work/R&D|a tree"
cp -r "$SRC/corpus" "$tree"
include=$tree/include
(cd "$tree" && database "$tree" [0-9]*/*.c)

skip() {
	echo "SKIPPED: $*"
	exit 77
}

# merged_is_whole LOG: the store of the tree is the one that a run makes at once,
# and the parts made it: each has units, and the last step, whose closing line
# ends the log, read nothing
merged_is_whole() {
	local k

	tail -n 1 "$1" | grep -q '; 0 read,' ||
		fail "the parts did not read all: $(tail -n 1 "$1")"
	for k in 1 2 3; do
		run 0 query --store "$tree/.cache/pincheck/parts/$k.db" units
		grep -qF "${tree##*/}/" .out ||
			fail "part $k has read nothing"
	done
	run 0 index -p "$tree" --store "$work/whole.db" "$tree"
	run 0 query --store "$work/whole.db" content
	cp .out whole
	run 0 query -p "$tree" content
	cmp -s .out whole || fail "the merged store is another one"
	run 0 query --store "$tree/.cache/pincheck/parts/1.db" content
	! cmp -s .out whole || fail "the first part is all of it"
}
