#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Each function of the corpus and the fixtures has the same flow and the same
# summary whether its callees stand in the unit or are known by their packed
# summaries alone; and the program that compares them sees a difference.
set -u
: "${BUILD:?}" "${SRC:?}"
split=$BUILD/bin/split_flow
[ -x "$split" ] || exit 77
cd "$SRC" || exit 1
out=$(mktemp) || exit 1
trap 'rm -f "$out"' EXIT

compare() {
	local include=$1 least=$2
	shift 2
	if ! "$split" "$@" -- "-I$include" >"$out"; then
		echo "FAIL: $include"
		grep differs "$out"
		exit 1
	fi
	[ "$(sed -n 's/ functions, 0 different$//p' "$out")" -ge "$least" ] ||
		{ echo "FAIL: too few functions"; cat "$out"; exit 1; }
}

compare corpus/include 300 corpus/[0-9]*/*.c
compare tests/fixtures/include 500 tests/fixtures/*/*.c

if "$split" --forget corpus/002-btrfs-find-extent-buffer/before.c \
	-- -Icorpus/include >"$out"; then
	echo "FAIL: summaries that are missing make no difference"
	exit 1
fi
