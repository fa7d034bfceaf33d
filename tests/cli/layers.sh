#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The repository keeps to ci/layers.txt, and ci/check-layers notices each kind
# of violation when it is put into a copy.

set -euo pipefail

"$SRC/ci/check-layers"

tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
mkdir "$tmp/ci" "$tmp/replay"
cp -R "$SRC/checker" "$tmp/"
cp "$SRC/ci/layers.txt" "$tmp/ci/"
"$SRC/ci/check-layers" "$tmp"

spdx='// SPDX-License-Identifier: GPL-2.0-only'

# refused FILE TEXT MESSAGE: with FILE added, exactly that is complained about.
refused() {
	local out expected="$1: $3"

	mkdir -p "$(dirname "$tmp/$1")"
	printf '%s\n' "$2" > "$tmp/$1"
	if out=$("$SRC/ci/check-layers" "$tmp"); then
		echo "accepted: $1: $2"
		exit 1
	fi
	if [[ $out != "$expected" ]]; then
		printf 'expected: %s\ngot: %s\n' "$expected" "$out"
		exit 1
	fi
	rm "$tmp/$1"
}

refused checker/rules/x.c "$spdx
#include \"frontend/frontend.h\"" '"frontend/frontend.h": rules may not include frontend'
refused checker/rules/x.c "$spdx
#if 0
# include \"rules/other_rule.h\"
#endif" '"rules/other_rule.h": a rule includes no other rule'"'"'s header'
refused checker/rules/x.c "$spdx
#include \"report/report.h\"" '"report/report.h": rules may not include report'
refused checker/report/x.h "$spdx
#include \"rules/rules.h\"" '"rules/rules.h": report may not include rules'
refused checker/flow/x.c "$spdx
#include \"ir/private.h\"" '"ir/private.h": ir/private.h is for ir alone'
refused checker/base/x.c "$spdx
#include \"cmd/cmd.h\"" '"cmd/cmd.h": base may not include cmd'
refused checker/lsp.c "$spdx
#include \"frontend/frontend.h\"" '"frontend/frontend.h": lsp may not include frontend'
refused checker/flow/x.c "$spdx
#include <clang-c/Index.h>" '<clang-c/Index.h>: flow may not include libclang'
refused checker/flow/x.c "$spdx
#include \"flows/flow.h\"" '"flows/flow.h": flows is not a room'
refused checker/x.c "$spdx" 'x is not a room of ci/layers.txt'
refused replay/x.c "$spdx
#include \"ir/ir.h\"" '"ir/ir.h": only checker/ and its tests include its rooms'
refused replay/x.c "$spdx
#include <glib.h>" '<glib.h>: replay/ includes itself and libc only'
refused checker/ir/x.c 'int x;' \
	'does not begin with "SPDX-License-Identifier: GPL-2.0-only"'
home=home
refused checker/ir/x.c "$spdx
/* as in /$home/somebody/linux */" 'line 2 names a directory of one machine'

# What is allowed stays so.
printf '%s\n#include "flow/flow.h"\n#include "report/finding.h"\n#include <glib.h>\n' \
	"$spdx" > "$tmp/checker/rules/x.c"
"$SRC/ci/check-layers" "$tmp"
