#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Files of linux 6.1, each with edits: the reports of a session are those of
# plain parses. Every fourth file of fs/btrfs, and the one that makes trace
# points.

set -euo pipefail
[ -n "${PINCHECK_KERNEL_DIR:-}" ] || exit 77
cd "$PINCHECK_KERNEL_DIR"

out=$(mktemp)
trap 'rm -f "$out"' EXIT
files=(fs/btrfs/super.c)
n=0
for file in fs/btrfs/*.c; do
	[ $((n++ % 4)) -ne 0 ] || files+=("$file")
done
"$BUILD/bin/session_same" . "${files[@]}" | tee "$out"
checks=$(sed -n 's/^[0-9]* units, \([0-9]*\) checks, 0 different$/\1/p' "$out")
[ "${checks:-0}" -ge 80 ] || { echo "too few checks"; exit 1; }
