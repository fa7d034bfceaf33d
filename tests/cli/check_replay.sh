#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# check --replay: what a verdict makes of a finding, in text and JSON; the same
# from any number of workers; and `pincheck replay`, which writes a program
# that fails in the same way.

# shellcheck source=tests/cli/check.bash
. "$SRC/tests/cli/check.bash"

corpus=$SRC/corpus/002-btrfs-find-extent-buffer
clean=$SRC/corpus/004-iomap-put-and-wait/jfs_like.c
args=(-- -std=gnu11 "-I$SRC/corpus/include")

# Each finding as "LINE SEVERITY VERDICT", null where there is none.
list() {
	python3 -c '
import json, sys
for f in json.load(sys.stdin)["findings"]:
    r = f["replay"]
    print(f["line"], f["severity"], r and r["verdict"])
    if r:
        assert r["memory"] == "sc" and r["executions"] > 0, r
        assert bool(r["schedule"]) == bool(r["table"]), r
        assert all(isinstance(a, str) for a in r["assumptions"]), r
'
}

check() {
	"$PINCHECK" check --engine=clang "$@" > .out 2> .err
}

check --format json "$corpus/before.c" "${args[@]}"
got=$(list < .out)
[ "$got" = "61 warning None
78 warning None
98 warning None" ] || fail "without --replay: $got"

check --replay --format json "$corpus/before.c" "${args[@]}"
[ $? = 1 ] || fail "confirmed findings are no findings"
got=$(list < .out)
[ "$got" = "61 error confirmed
78 error confirmed
98 error confirmed" ] || fail "with --replay: $got"

# What is not reproduced sinks to a note, and is hidden.
check --replay --format json --min-severity note "$clean" "${args[@]}"
list < .out | grep -qx '50 note not-reproduced' || fail "no note at line 50"
check --replay --format json "$clean" "${args[@]}"
list < .out | grep -q '^50' && fail "a note is shown"

check --replay "$corpus/before.c" "${args[@]}"
grep -q '^ *CPU 0: free_extent_buffer() *CPU 1: btrfs_create_tree()$' .out ||
	fail "no table in text"
grep -q 'replay: confirmed' .out || fail "no verdict in text"

check --replay --format json -j1 "$corpus" "${args[@]}"
mv .out one
check --replay --format json -j3 "$corpus" "${args[@]}"
cmp -s one .out || fail "-j1 and -j3 differ"

run() {
	"$PINCHECK" replay "$@" > .out 2> .err
	echo $?
}

[ "$(run "$corpus/before.c:61" "${args[@]}")" = 1 ] || fail "replay: confirmed"
head -n 1 .out | grep -q '^confirmed' || fail "replay prints no verdict"
[ "$(run "$clean:50" "${args[@]}")" = 0 ] || fail "not reproduced"
[ "$(run "$corpus/before.c:62" "${args[@]}")" = 2 ] || fail "no such finding"
[ "$(run "$corpus/before.c" "${args[@]}")" = 2 ] || fail "no line"
[ "$(run --build "$corpus/before.c:61" "${args[@]}")" = 2 ] ||
	fail "--build alone"

# The sanitizers' builds link a runtime that cc alone cannot.
if [ -z "${REPLAY_LINK:-}" ] && ! nm "$PINCHECK" | grep -q __asan_init; then
	# A folder whose name looks like an option
	[ "$(run --emit=-xd --build "$corpus/before.c:61" "${args[@]}")" = 1 ] ||
		fail "the program does not fail: $(tail -n 1 .err)"
	for written in ./-xd/replay.c ./-xd/replay.pml; do
		[ -s "$written" ] || fail "$written is not written"
	done
	grep -q 'BUG_ON' .out || fail "the program fails in another way"
fi

[ "$failures" = 0 ]
