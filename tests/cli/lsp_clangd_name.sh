#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# pincheck-clangd takes clangd's place, and never its own: it would start itself
# for ever.

self=$BUILD/bin/pincheck-clangd
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
mkdir "$work/link" "$work/script" "$work/real"
ln -s "$BUILD/bin/pincheck-lsp" "$work/link/clangd"
printf '#!/bin/sh\nexec "%s" "$@"\n' "$self" >"$work/script/clangd"
printf '#!/bin/sh\necho clangd "$@"\n' >"$work/real/clangd"
chmod +x "$work"/*/clangd
failed=0

# expect STATUS OUTPUT PATH PROGRAM ARGUMENT...: the output is part of a line
expect() {
	local want=$1 text=$2 path=$3 got
	shift 3
	PATH=$path:/usr/bin:/bin timeout 20 "$@" </dev/null >"$work/out" 2>&1
	got=$?
	if [ "$got" -ne "$want" ] || ! grep -qF -e "$text" "$work/out"; then
		echo "FAIL: $*, PATH $path: status $got, not $want:"
		cat "$work/out"
		failed=1
	fi
}

none='no clangd but this program'
for argument in --version --log=error; do
	expect 127 "$none" "$work" env PINCHECK_CLANGD="$self" \
		"$self" "$argument"
	expect 127 "$none" "$work/link" env PINCHECK_CLANGD=clangd \
		"$self" "$argument"
	# whoever starts us again under its own name
	expect 127 "$none" "$work/script" "$self" "$argument"
	expect 127 "$none" "$work" env PINCHECK_CLANGD="$work/script/clangd" \
		"$self" "$argument"
done

# our own name is passed over, and what is there is used
expect 0 'clangd --version -x' "$work/link:$work/real" \
	"$work/link/clangd" --version -x
expect 0 'clangd --check=a.c' "$work" \
	env PINCHECK_CLANGD="$work/real/clangd" "$self" --check=a.c
expect 127 'none' "$work" env PINCHECK_CLANGD="$work/none" "$self" --version
expect 126 "$work" "$work" env PINCHECK_CLANGD="$work" "$self" --version
exit $failed
