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
# Among them are units that make trace points (super.c, trace.c), and one that
# defines something before an inclusion (resize.c).
plain=$(grep -c ': plain:' "$folder/out" || true)
[ "$plain" -le 2 ] || { echo "$plain units are parsed plainly"; exit 1; }
