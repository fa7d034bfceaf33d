#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Each unit of the corpus and the fixtures has the same report whether it is
# parsed anew or kept over edits; and the program that compares them sees a
# session that is not told of edits.
set -u
: "${BUILD:?}" "${SRC:?}"
same=$BUILD/bin/session_same
[ -x "$same" ] || exit 77
cd "$SRC" || exit 1
out=$(mktemp) || exit 1
trap 'rm -f "$out"' EXIT

compare() {
	local include=$1 least=$2
	shift 2
	if ! "$same" "$@" -- "-I$include" >"$out"; then
		echo "FAIL: $include"
		grep differs "$out"
		exit 1
	fi
	[ "$(sed -n 's/^[0-9]* units, \([0-9]*\) checks, 0 different$/\1/p' \
		"$out")" -ge "$least" ] ||
		{ echo "FAIL: too few checks"; cat "$out"; exit 1; }
}

compare corpus/include 100 corpus/[0-9]*/*.c
compare tests/fixtures/include 400 tests/fixtures/*/*.c

if "$same" --deaf corpus/002-btrfs-find-extent-buffer/before.c \
	-- -Icorpus/include >"$out"; then
	echo "FAIL: edits that are missed make no difference"
	exit 1
fi

# Nothing is used that is gone, however often it is parsed.
"$BUILD/bin/session_speed" -n 50 \
	corpus/002-btrfs-find-extent-buffer/before.c -- -Icorpus/include \
	>"$out" || { echo "FAIL: 50 edits"; exit 1; }
grep -q '^  after 50 edits ' "$out" ||
	{ echo "FAIL: 50 edits are not told"; cat "$out"; exit 1; }
