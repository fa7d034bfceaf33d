#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# What is mined from a real tree is what bench/mined-pairs.tsv judges.

set -euo pipefail
[ -n "${PINCHECK_KERNEL_DIR:-}" ] || exit 77
# The verdicts speak of one version; another one has other pairs.
version=$(make -s -C "$PINCHECK_KERNEL_DIR" kernelversion)
if ! grep -qF "linux $version" docs/mining.md; then
	echo "docs/mining.md is not about linux $version"
	exit 77
fi
exec python3 bench/mine "$PINCHECK_KERNEL_DIR"
