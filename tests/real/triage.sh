#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# docs/triage.md tells of every finding on the real folders, and no others.

set -euo pipefail
[ -n "${PINCHECK_KERNEL_DIR:-}" ] || exit 77
# The table speaks of one version; another one's findings are others.
version=$(make -s -C "$PINCHECK_KERNEL_DIR" kernelversion)
if ! grep -qF "linux $version" docs/triage.md; then
	echo "docs/triage.md is not about linux $version"
	exit 77
fi
exec python3 bench/triage "$PINCHECK_KERNEL_DIR"
