#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# ci/parts/netdev: a test that the netdev CI runs on each patch of a series.
# shellcheck source-path=SCRIPTDIR
. "$SRC/tests/ci/ci.bash"

# As the CI does: the program of info.json in the tree, with a pipe for a
# description.
dir=$parts/netdev/pincheck
program=$dir/$(python3 -c 'import json, sys
print(json.load(open(sys.argv[1]))["run"][0])' "$dir/info.json")
mkdir results

# patch COMMIT STATUS: the CI has applied the patch COMMIT
patch() {
	git -C "$repo" checkout -q "$1"
	part "$2" env DESC_FD=9 RESULTS_DIR="$work/results" "$program" 9>desc
}

has_desc() {
	grep -qF -e "$1" desc || fail "not described: $1"
	[ "$(wc -l <desc)" = 1 ] || fail 'a summary is a line'
}

patch "$head_clean" 0
has_desc ' 0 introduced'
[ ! -s .out ] || fail 'a report of nothing'
patch "$head_bug" 250
has_desc ' 1 introduced'
out_has 'drivers/job.c:27:2: warning: '
out_lacks drivers/old.c
same .out results/pincheck
part 250 env -u DESC_FD "$program"
err_has ' 1 introduced'

# What cannot be judged is a warning with its reason; a bug is the patch's fault
# only if it is certain

mkdir away
mv "$repo/compile_commands.json" away
patch "$head_bug" 250
grep -qF drivers/job.c desc || fail "no reason: $(cat desc)"
mv away/compile_commands.json "$repo"
stand_in pincheck 'echo "drivers/job.c:27:2: error: x [put-before-wait]"
echo "pincheck: 1 introduced" >&2
exit 1'
patch "$head_bug" 1
has_desc ' 1 introduced'
[ "$(cat pincheck.args)" = 'patch HEAD~..HEAD' ] || fail 'arguments'
stand_in pincheck 'echo "pincheck: usage" >&2; exit 2'
patch "$head_bug" 1
has_desc 'usage'

finish
