#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# An option that several commands have means the same in each of them.
# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/check.bash"

flags=(-- "-I$include")

# refused MESSAGE COMMAND ARGUMENT...: wrong usage, and that is why
refused() {
	local why=$1
	shift
	run 2 "$@"
	err_has "$why"
	[ ! -s "$work/.out" ] || fail "pincheck $*: output of wrong usage"
}

for command in check mine index 'dump --after=lower' cocci; do
	read -ra words <<<"$command"
	run 0 "${words[@]}" --help
	for option in --compile-db= --model=; do
		out_has "$option"
	done
done

for command in check mine index 'dump --after=lower'; do
	read -ra words <<<"$command"
	refused 'either -p DIR or -- CLANG-ARGS' \
		"${words[@]}" -p . clean.c "${flags[@]}"
	refused 'gone.pincheck' "${words[@]}" --store=s.db \
		--model=gone.pincheck clean.c "${flags[@]}"
done

for command in check mine index cocci; do
	refused '-j must be at least 1' "$command" -j0 clean.c
	refused '--timeout must not be' "$command" --timeout=-1 clean.c
done

for command in check mine; do
	refused 'either --store or --no-store' \
		"$command" --store=s.db --no-store clean.c
	refused 'either --cross-file or --no-store' \
		"$command" --cross-file --no-store clean.c
	refused '--cross-file needs a store' \
		"$command" --cross-file clean.c
	refused '--cross-file needs a store' \
		"$command" --cross-file clean.c "${flags[@]}"
	run 0 "$command" --no-pch --no-store clean.c "${flags[@]}"
done

finish
