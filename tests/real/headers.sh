#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Two folders of linux 6.1 parsed from precompiled headers: each unit is what a
# plain parse gives, and most units are not parsed plainly after all.

set -euo pipefail
[ -n "${PINCHECK_KERNEL_DIR:-}" ] || exit 77
cd "$PINCHECK_KERNEL_DIR"

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"$(dirname "$PINCHECK")/same_ir" . "$folder" fs/ext4/*.c \
	drivers/md/bcache/*.c | tee "$folder/out"
# EXT4FS_DEBUG before an inclusion changes what ext4.h is
grep -q '^fs/ext4/resize.c: plain: EXT4FS_DEBUG' "$folder/out"
# who makes trace points reads its own headers several times
grep -q '^fs/ext4/super.c: plain:' "$folder/out"
plain=$(grep -c ': plain:' "$folder/out")
[ "$plain" -le 8 ] || { echo "$plain units are parsed plainly"; exit 1; }
