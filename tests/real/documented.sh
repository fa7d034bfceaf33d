#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# The documented races that still stand in linux 6.1: each is reported at its
# place, with steps of both CPUs.

set -euo pipefail
[ -n "${PINCHECK_KERNEL_DIR:-}" ] || exit 77
cd "$PINCHECK_KERNEL_DIR"

found=$(mktemp)
trap 'rm -f "$found"' EXIT
ret=0
"$PINCHECK" check --engine clang --format json -p . fs/btrfs/extent_io.c \
	fs/smb/client/cached_dir.c fs/jfs/jfs_metapage.c >"$found" || ret=$?
[ "$ret" = 1 ] || { echo "pincheck exited with $ret"; exit 1; }

python3 - "$found" <<'END'
import json
import sys

WANTED = [
    ("check-then-lock", "find_extent_buffer"),
    ("check-then-lock", "invalidate_all_cached_dirs"),
    ("unpaired-flag", "smb2_cached_lease_break"),
    ("unpaired-flag", "insert_metapage"),
    ("unpaired-flag", "remove_metapage"),
]
with open(sys.argv[1]) as f:
    findings = json.load(f)["findings"]
missing = 0
for rule, function in WANTED:
    steps = [f["steps"] for f in findings
             if f["rule"] == rule and f["function"] == function]
    ok = any({s["cpu"] for s in story} == {0, 1} for story in steps)
    print("found" if ok else "MISSING", rule, function)
    missing += not ok
sys.exit(missing > 0)
END
