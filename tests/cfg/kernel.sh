#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# kernel.sh LOWER_TEXT
# fs/btrfs and mm of a kernel tree; skipped without one.

set -euo pipefail
[ -n "${PINCHECK_KERNEL_DIR:-}" ] || exit 77
exec "$SRC/tests/cfg/run" --lower "$1" -p "$PINCHECK_KERNEL_DIR" \
	--inject 3 fs/btrfs mm
