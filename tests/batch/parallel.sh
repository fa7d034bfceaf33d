#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# batch/parallel: the merged store is the one that a run makes at once.

# shellcheck source=batch.bash
. "$SRC/tests/batch/batch.bash"

parallel --version > "$work/.version" 2>&1 ||
	skip "GNU parallel is not installed"
grep -q '^GNU parallel' "$work/.version" || skip "another parallel"

"$SRC/batch/parallel" "$tree" 3 --will-cite > .out 2> .err ||
	fail "batch/parallel failed"
merged_is_whole .err

status=0
"$SRC/batch/parallel" "$work/nosuch" 2 > .out 2> .err || status=$?
[ "$status" = 2 ] || fail "a tree that is not there: status $status"
[ ! -e "$work/nosuch" ] || fail "a tree was made"
cp -r "$tree" "$work/other"
status=0
PINCHECK=false "$SRC/batch/parallel" "$work/other" 3 --will-cite > .out \
	2> .err || status=$?
[ "$status" = 3 ] || fail "parts that fail: status $status"
grep -q 'not all 3 parts ended well' .err || fail "nothing said of the parts"
finish
