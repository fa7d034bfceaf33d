#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# kernel.sh RUN...
# The litmus tests of a kernel tree, skipped without one. The table in
# docs/litmus.md is what a run prints, if it is about that version.

set -euo pipefail
[ -n "${PINCHECK_KERNEL_DIR:-}" ] || exit 77
dirs=()
for dir in tools/memory-model/litmus-tests Documentation/litmus-tests; do
	dir=$PINCHECK_KERNEL_DIR/$dir
	[ ! -d "$dir" ] || dirs+=("$dir")
done
if [ ${#dirs[@]} -lt 2 ]; then
	echo "the kernel tree lacks its litmus tests; ci/kernel-tree unpacks them"
	exit 77
fi
table=$("$@" --markdown "${dirs[@]}") || { echo "$table"; exit 1; }
version=$(make -s -C "$PINCHECK_KERNEL_DIR" kernelversion)
if grep -qF "linux $version" docs/litmus.md; then
	diff <(sed -n '/^| file /,/^$/p; /^[0-9]* tests:/p' docs/litmus.md) \
		<(echo "$table")
fi
