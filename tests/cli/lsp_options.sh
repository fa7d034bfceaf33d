#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The command lines of the language server: ours, and under clangd's name clangd's.

set -euo pipefail
if [[ ! -x ${PINCHECK:-} ]]; then exit 77; fi

tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
bin=$(dirname "$PINCHECK")

# status WANTED COMMAND...: what it says is in $tmp/out
status()
{
	local got=0

	"${@:2}" > "$tmp/out" 2>&1 < /dev/null || got=$?
	if [[ $got != "$1" ]]; then
		echo "${*:2}: status $got, not $1" >&2
		cat "$tmp/out" >&2
		exit 1
	fi
}

says()
{
	grep -q -- "$1" "$tmp/out" || { cat "$tmp/out" >&2; exit 1; }
}

# A clangd that tells how it was called.
cat > "$tmp/clangd" <<'END'
#!/bin/sh
echo "clangd: $*"
END
chmod +x "$tmp/clangd"

status 0 "$PINCHECK" lsp --help
says '--debounce'
status 2 "$PINCHECK" lsp --no-such
status 2 "$PINCHECK" lsp clangd
says "stands behind '--'"
status 2 "$PINCHECK" lsp --
status 2 "$PINCHECK" lsp --timeout -1
status 2 "$PINCHECK" lsp --timeout 4294968 # 704 in ms, if it were cut to 32 bits
says 'too long'
status 1 "$PINCHECK" lsp --timeout 2147483
status 1 "$PINCHECK" lsp # stdin ends without exit
status 127 "$PINCHECK" lsp -- "$tmp/none"
says none
status 0 "$PINCHECK" lsp --no-store -- "$tmp/clangd" --log=error -- x
says '^clangd: --log=error -- x$'

# what clangd answers by itself is clangd's, with all arguments
export PINCHECK_CLANGD=$tmp/clangd
for arg in --version -version --help --check=a.c --check; do
	status 0 "$bin/pincheck-clangd" --log=error "$arg"
	says "^clangd: --log=error $arg\$"
done
status 0 "$bin/pincheck-clangd" --background-index=0
says '^clangd: --background-index=0$'
PINCHECK_LSP_OPTIONS='--rules "a b"' status 0 "$bin/pincheck-clangd"
PINCHECK_LSP_OPTIONS='--no-such' status 2 "$bin/pincheck-clangd"
PINCHECK_LSP_OPTIONS='"' status 2 "$bin/pincheck-clangd"

# the clangd of $PATH that is not another name of ours
unset PINCHECK_CLANGD
mkdir "$tmp/first"
ln -s "$(realpath "$bin/pincheck-lsp")" "$tmp/first/clangd"
PATH=$tmp/first:$tmp:$PATH status 0 clangd --version
says '^clangd: --version$'
