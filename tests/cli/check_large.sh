#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Input of a size or depth that nobody writes: said, or analysed in part, and
# the findings of the other files are there.
# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/check.bash"

nested() {
	echo 'int nested(int x) {'
	for ((i = 0; i < 10000; i++)); do echo "$1"; done
	echo 'x++;'
	for ((i = 0; i < 10000; i++)); do echo '}'; done
	echo 'return x; }'
}

{
	echo 'int g(int);'
	echo 'int long_one(int x) {'
	for ((i = 0; i < 25000; i++)); do
		printf 'if (x == %d)\n\tx = g(x);\n' "$i"
	done
	echo 'return x; }'
} >long.c
check 1 --verbose bug.c long.c
out_has '[put-before-wait]'
err_has 'long_one: skipped: analysed in part'

nested '{' >blocks.c
nested 'if (x) {' >ifs.c
for file in blocks.c ifs.c; do
	check 3 bug.c "$file"
	out_has '[put-before-wait]'
	err_has "$file"
	err_has 'bracket nesting level exceeded'
done

finish
