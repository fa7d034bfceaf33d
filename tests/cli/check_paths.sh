#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Which files are checked, how they are compiled, and awkward names.
# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/check.bash"

# Awkward names

mkdir 'a folder' ./-dash
cp bug.c 'a folder/a file.c'
cp bug.c ./-bug.c
cp bug.c ./-dash/-c.c
cp bug.c $'l\xe4tin.c'
check 1 'a folder/a file.c'
out_has 'a folder/a file.c:'
check 1 'a folder'
out_has 'a folder/a file.c:'
check 1 ./-bug.c
grep -q '^-bug.c:' .out || fail 'no -bug.c'
check 1 ./-dash
grep -q '^-dash/-c.c:' .out || fail 'no -dash/-c.c'
check 1 --format=json $'l\xe4tin.c'
python3 -m json.tool <.out >/dev/null || fail 'JSON is not valid'
check 1 -o 'a report' bug.c
[ -s 'a report' ] || fail 'no report'

# A folder is all .c files below it, hidden folders apart, each once

mkdir -p tree/sub/deep tree/.hidden
cp bug.c tree/b.c
cp bug.c tree/sub/a.c
cp clean.c tree/sub/deep/clean.c
cp bug.c tree/.hidden/h.c
echo 'no C' >tree/notes.txt
ln -s . tree/loop
check 1 tree tree/b.c ./tree/sub "$work/tree"
err_has '; 3 files,'
out_lacks .hidden
out_has tree/sub/a.c:
[ "$(grep -n -m1 tree/b.c: .out | cut -d: -f1)" -lt \
	"$(grep -n -m1 tree/sub/a.c: .out | cut -d: -f1)" ] ||
	fail 'findings are not sorted'
cp .out want
check 1 "$work/tree/sub" tree/b.c
same .out want
(cd tree/sub && "$PINCHECK" check --engine=clang .. -- "-I$include") >.out 2>.err
grep -q '^a.c:' .out || fail 'a.c is not relative to its folder'
grep -q "^$work/tree/b.c:" .out || fail 'b.c above it is not absolute'

# A compile database: the folder means what it names

run 3 check tree
err_has kernel.h
database "$work/tree" sub/a.c sub/deep/clean.c
run 1 check tree
out_has tree/sub/a.c:
out_lacks tree/b.c:
err_has '; 2 files,'
err_has '1 .c file left out'
run 1 check -v tree
err_has 'left out: '
run 1 check -ptree tree/sub
run 0 check tree/sub/deep
# An explicit file is checked all the same, and that is said
run 3 check tree/b.c
err_has 'tree/b.c: not in '
err_has 'checked without its flags'
# Arguments beat the database
check 1 tree/b.c
check 1 tree
err_has '; 3 files,'
mkdir lost
cp bug.c lost
run 3 check -p tree lost
err_has 'no file in the compile database'

# One that knows the folder by its real name

ln -s tree linked
run 1 check linked/sub/a.c
run 1 check linked

# .pincheck files: of the folder and above, up to the repository

mkdir -p repo/.git repo/sub/deep
cp clean.c repo/sub/deep/
: >.pincheck
: >repo/.pincheck
: >repo/sub/.pincheck
check 0 -v repo/sub/deep/clean.c repo/sub
[ "$(grep -c 'model: ' .err)" = 2 ] || fail 'other models'
err_has "model: $work/repo/.pincheck"
err_has "model: $work/repo/sub/.pincheck"
printf '[nonsense]\nno = sense\n' >repo/.pincheck
check 2 repo/sub
err_has "$work/repo/.pincheck"

finish
