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
merged_is_whole
finish
