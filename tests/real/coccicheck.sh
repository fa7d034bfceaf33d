#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# The semantic patches under the kernel's own `make coccicheck`, in a copy of
# the parts of the tree that it reads: the tree itself is not written to.

set -euo pipefail
[ -n "${PINCHECK_KERNEL_DIR:-}" ] || exit 77
command -v spatch >/dev/null || exit 77

copy=$(mktemp -d)
trap 'rm -rf "$copy"' EXIT
cd "$PINCHECK_KERNEL_DIR"
mkdir -p "$copy/arch/x86" "$copy/fs"
cp -a Makefile Kbuild Kconfig .config scripts include "$copy"
cp -a arch/x86/Makefile* arch/x86/include "$copy/arch/x86"
cp -a fs/btrfs "$copy/fs"
cd "$copy"
unset MAKEFLAGS MFLAGS MAKELEVEL

wanted=" spin_lock(&eb->refs_lock) .* \\[check-then-lock\\]$"
for patch in "$SRC"/cocci/*.cocci; do
	make coccicheck COCCI="$patch" MODE=report M=fs/btrfs >out 2>&1 ||
		{ cat out; echo "$patch: coccicheck failed"; exit 1; }
	if grep -E "EXN|[Ee]rror:|warning:" out; then
		echo "$patch: spatch complains"
		exit 1
	fi
	grep -q "^fs/btrfs/extent_io.c:.*$wanted" out && found=$patch
done
[ "$(basename "${found:-none}")" = check_then_lock.cocci ] ||
	{ echo "the empty section of find_extent_buffer() is not reported"; exit 1; }
