#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Every shell script of the repository is clean under shellcheck. Scripts are
# known by their first line, not by their names.

set -euo pipefail
cd "$SRC"

command -v shellcheck > /dev/null || exit 77

scripts=()
while IFS= read -r -d '' file; do
	if [[ -f $file ]] && head -n 1 "$file" | grep -qaE '^#!.*\b(ba)?sh$'; then
		scripts+=("$file")
	fi
done < <(git ls-files -co --exclude-standard -z 2>/dev/null ||
	find . -type f -not -path './build/*' -not -path './.git/*' -print0)

echo "${#scripts[@]} scripts"
((${#scripts[@]} > 0))
# Following what they source, which lies beside them.
shellcheck -x -P SCRIPTDIR "${scripts[@]}"
