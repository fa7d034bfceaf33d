# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# For the check_*.sh tests: an empty folder to work in, a file with findings
# (bug.c), one without (clean.c), and assertions. Sourced, not run.

set -u
: "${PINCHECK:?}" "${SRC:?}"
[ -x "$PINCHECK" ] || exit 77

work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1
# Names of files in messages are relative to the real folder.
work=$(pwd -P)
cd "$work" || exit 1

fixtures=$SRC/tests/fixtures
include=$fixtures/include
cp "$fixtures/put-before-wait/report.c" bug.c || exit 1
cp "$fixtures/put-before-wait/silent.c" clean.c || exit 1
failures=0

fail() {
	echo "FAIL: $*"
	echo "--- stdout"
	head -n 30 "$work/.out"
	echo "--- stderr"
	head -n 30 "$work/.err"
	failures=$((failures + 1))
}

# run STATUS ARGUMENT...: runs pincheck, keeps its output in .out and .err.
# `check` has the clang engine alone, unless the arguments say otherwise.
run() {
	local want=$1 got=0
	shift
	[ "${1-}" != check ] || set -- check --engine=clang "${@:2}"
	"$PINCHECK" "$@" >"$work/.out" 2>"$work/.err" || got=$?
	[ "$got" = "$want" ] || fail "pincheck $*: status $got, not $want"
}

# check STATUS ARGUMENT...: runs pincheck check with the flags of bug.c
check() {
	local want=$1
	shift
	run "$want" check "$@" -- "-I$include"
}

out_has() {
	grep -qF -e "$1" "$work/.out" || fail "not on stdout: $1"
}

out_lacks() {
	! grep -qF -e "$1" "$work/.out" || fail "on stdout: $1"
}

err_has() {
	grep -qF -e "$1" "$work/.err" || fail "not on stderr: $1"
}

err_lacks() {
	! grep -qF -e "$1" "$work/.err" || fail "on stderr: $1"
}

# same A B: two files are equal
same() {
	cmp -s "$1" "$2" || fail "$1 and $2 differ"
}

# database DIR FILE...: a compile database in DIR for files relative to it
database() {
	local dir=$1 comma=
	shift
	{
		printf '['
		for file; do
			printf '%s{"directory":"%s","file":"%s",' \
				"$comma" "$dir" "$file"
			printf '"arguments":["cc","-I%s","-c","%s"]}' \
				"$include" "$file"
			comma=,
		done
		printf ']\n'
	} >"$dir/compile_commands.json"
}

finish() {
	[ "$failures" = 0 ]
	exit
}
