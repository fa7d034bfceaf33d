#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Bad input costs itself: a clear line, status 3, the others' findings intact.
# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/check.bash"

# A file or folder that is not there, or is something else

check 3 bug.c gone.c
err_has 'pincheck: gone.c: No such file or directory'
out_has '[put-before-wait]'
check 3 gone.c
check 3 --format=json gone.c
out_has '"file": "gone.c"'
out_has '"reason": "No such file or directory"'
mkfifo pipe.c
check 3 bug.c pipe.c
err_has 'pipe.c: neither a file nor a folder'
rm pipe.c
mkdir empty
check 3 empty
err_has 'no .c file in it'
if [ "$(id -u)" != 0 ]; then
	mkdir closed
	chmod 0 closed
	check 3 bug.c closed
	out_has '[put-before-wait]'
	rmdir closed
fi

# C that cannot be parsed

echo 'int broken(void) { return 0 }' >broken.c
check 3 bug.c broken.c
err_has 'broken.c'
out_has '[put-before-wait]'
err_has INCOMPLETE

{
	echo '#include "no_such_header.h"'
	cat bug.c
} >header.c
check 3 header.c
err_has no_such_header.h

head -c 4096 /dev/urandom >noise.c
check 3 bug.c noise.c
out_has '[put-before-wait]'
: >void.c
check 0 void.c

# Of many errors the first of each file, of some files; --verbose lists them

mkdir many
for i in 01 02 03 04 05 06 07 08 09 10 11 12; do
	printf 'int a = none%s;\nint b = nothing%s;\n' $i $i >many/$i.c
done
for command in check mine 'index --store=s.db'; do
	read -ra words <<<"$command"
	run 3 "${words[@]}" many -- "-I$include"
	err_has "many/01.c:1: use of undeclared identifier 'none01'"
	err_has '(and 1 more of this file)'
	err_has 'many/10.c:1:'
	err_has '4 more errors, of 2 files'
	err_lacks nothing
	err_lacks 'many/11.c'
	run 3 "${words[@]}" --verbose many -- "-I$include"
	err_has 'many/01.c:2:'
	err_has 'many/12.c:2:'
	err_lacks 'more'
done
run 3 mine many clean.c -- "-I$include"
err_has '1 of 1 pairs and 0 of 0 pins act; 13 files, '
err_has '; INCOMPLETE'

# A compile database that cannot be read

mkdir -p db other
cp bug.c db/
echo '[{"directory": "/", "file":' >db/compile_commands.json
run 3 check -p db bug.c
err_has db/compile_commands.json
err_has 'bug.c: its compile database cannot be read'
run 3 check -p other bug.c
run 3 check db other
run 3 check --format=json db
python3 -m json.tool <"$work/.out" >/dev/null || fail 'JSON is not valid'

# The nearest one of each path counts: one that is broken harms its own
database "$work" bug.c
run 3 check bug.c db
out_has '[put-before-wait]'
err_has db/compile_commands.json
rm compile_commands.json

# A model that cannot be read

printf '[nonsense]\nno = sense\n' >bad.pincheck
check 2 --model=bad.pincheck bug.c
err_has bad.pincheck

finish
