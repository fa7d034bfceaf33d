#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# The engine sparse on linux 6.1: the two documented places of jfs, agreed with
# clang, and silence where the reference is handed over (nfs), where the pages
# are of no file (fscrypt), and in files that are full of references.

set -euo pipefail
[ -n "${PINCHECK_KERNEL_DIR:-}" ] || exit 77
command -v sparse >/dev/null || exit 77
cd "$PINCHECK_KERNEL_DIR"

found=$(mktemp)
trap 'rm -f "$found"' EXIT
ret=0
"$PINCHECK" check --engine clang,sparse --rules unpaired-flag,ref-leak \
	--require-agreement 2 --format json -p . fs/jfs/jfs_metapage.c \
	>"$found" || ret=$?
[ "$ret" = 1 ] || { echo "pincheck exited with $ret"; exit 1; }
names=$(python3 -c '
import json, sys
with open(sys.argv[1]) as f:
    print(sorted(x["function"] for x in json.load(f)["findings"]))
' "$found")
echo "$names"
[ "$names" = "['insert_metapage', 'remove_metapage']" ]

"$PINCHECK" check --engine sparse -p . fs/nfs/write.c fs/crypto/crypto.c \
	fs/ext4/move_extent.c fs/btrfs/extent_io.c mm/migrate.c mm/ksm.c
