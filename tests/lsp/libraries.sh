#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The router must not fall with a parser: it is linked with none.

set -eu

libraries=$(ldd "$(dirname "$PINCHECK")/pincheck-lsp")
grep -q libglib <<< "$libraries" # it says something
if grep -iE 'clang[^.]*\.so|LLVM' <<< "$libraries"; then
	echo "FAILED: pincheck-lsp is linked with the above"
	exit 1
fi
