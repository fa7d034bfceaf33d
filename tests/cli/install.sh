#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
#
# cmake --install puts the program and its data where they find each other,
# and the build tree has them in the same places.

set -euo pipefail
if [[ ! -x ${PINCHECK:-} ]]; then exit 77; fi

tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
cmake --install "$BUILD" --prefix "$tmp/usr" > "$tmp/log"

for root in "$tmp/usr" "$BUILD"; do
	"$root/bin/pincheck" rules > /dev/null
	# the language server lies beside it, and needs no libclang
	"$root/bin/pincheck" lsp --help | grep -q -- '-- CLANGD'
	[[ $(readlink "$root/bin/pincheck-clangd") == pincheck-lsp ]]
	if ldd "$root/bin/pincheck-lsp" | grep -q libclang; then exit 1; fi
	for dir in batch cocci corpus editors; do
		if [[ -d $SRC/$dir ]]; then
			diff -r "$SRC/$dir" "$root/share/pincheck/$dir"
		fi
	done
	cmp "$SRC/share/pincheck/linux.pincheck" \
		"$root/share/pincheck/linux.pincheck"
	# it loads: a mistake in it would be a wrong use, 2
	echo 'int unused;' > "$tmp/empty.c"
	"$root/bin/pincheck" check --engine clang \
		--model "$root/share/pincheck/linux.pincheck" "$tmp/empty.c" --
	if [[ -e $SRC/checker/model/pincheck.h ]]; then
		cmp "$SRC/checker/model/pincheck.h" \
			"$root/share/pincheck/include/pincheck.h"
	fi
done
