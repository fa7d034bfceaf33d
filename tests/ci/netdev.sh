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
out_has 'drivers/job.c:34:2: warning: '
out_lacks drivers/old.c
same .out results/findings
part 250 env -u DESC_FD "$program"
err_has ' 1 introduced'

# A race that was reproduced is a failure: the fix of a documented one is undone

bug=$SRC/corpus/002-btrfs-find-extent-buffer
git -C "$repo" checkout -q --detach "$base"
cat >>"$repo/Makefile" <<END
./: drivers/extent.o
drivers/extent.o: drivers/extent.c
	cc -I$SRC/corpus/include -DKBUILD_MODNAME='"btrfs"' -c -o \$@ \$<
END
cp "$bug/after.c" "$repo/drivers/extent.c"
cp "$bug/extent_io.h" "$repo/drivers"
commit 'btrfs: fixed' >/dev/null
cp "$bug/before.c" "$repo/drivers/extent.c"
commit 'btrfs: broken again' >/dev/null
(cd "$repo" && "$PINCHECK" compdb) 2>.err || fail 'no compile database'
part 1 env DESC_FD=9 "$program" --replay 9>desc
has_desc 'introduced'
out_has 'drivers/extent.c:61:6: error: '

# What cannot be judged is a warning with its reason

mkdir away
mv "$repo/compile_commands.json" away
patch "$head_bug" 250
grep -qF drivers/job.c desc || fail "no reason: $(cat desc)"
mv away/compile_commands.json "$repo"

# What is called wrongly is a failure

part 1 env DESC_FD=9 "$program" --no-such-option 9>desc
grep -qF no-such-option desc || fail "no reason: $(cat desc)"
for fd in x 77; do
	part 1 env DESC_FD=$fd "$program"
	[ "$(cat .err)" = "pincheck.sh: DESC_FD is no open file descriptor: $fd" ] ||
		fail "DESC_FD=$fd"
done

finish
