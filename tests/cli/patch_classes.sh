#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# pincheck patch: what becomes of each finding of a file that is moved, repaired,
# suppressed, renamed and added to, in the formats that tell of it.

# shellcheck source=tests/cli/check.bash
. "$SRC/tests/cli/check.bash"

mkdir tree new
cp bug.c tree/
cp clean.c tree/

# make_patch NAME: from tree/NAME to new/NAME
make_patch() {
	diff -u --label "a/$1" --label "b/$1" "tree/$1" "new/$1"
}

# patch_run STATUS ARGUMENT...: with fix.diff
patch_run() {
	local want=$1
	shift
	run "$want" patch --tree tree "$@" fix.diff -- "-I$include"
}

# Lines that move, and a function that does, are no findings

{
	echo '/* one more line */'
	awk '/^int put_then_wait_bad/ { moved = 1 }
		moved { kept = kept $0 "\n"; if (/^}/) moved = 0; next }
		{ print } END { printf "\n%s", kept }' bug.c
} >new/bug.c
make_patch bug.c >fix.diff
patch_run 0
[ ! -s .out ] || fail 'moved lines are told'
err_has 'pincheck: 0 introduced, 0 exposed, 0 fixed, '

# A function with a new name is none either

sed 's/put_then_read_bad/put_then_look_bad/' bug.c >new/bug.c
make_patch bug.c >fix.diff
patch_run 0
err_has 'pincheck: 0 introduced, 0 exposed, 0 fixed, '
patch_run 0 --all
out_has '[put-before-wait] (pre-existing)'

# A repair is told in a line, and only where that is no problem

awk '/job_put\(j\);.*expect/ && !done { put = $0; done = 1; next }
	{ print } put != "" { print put; put = "" }' bug.c >new/bug.c
make_patch bug.c >fix.diff
patch_run 0
out_has 'tree/bug.c:86: fixed: '
err_has 'pincheck: 0 introduced, 0 exposed, 1 fixed, '
patch_run 0 --format json
out_has '"class": "fixed"'
for format in github lkp; do
	patch_run 0 "--format=$format"
	[ ! -s .out ] || fail "a fixed finding is a problem in $format"
done
patch_run 0 --format gitlab
out_lacks check_name
patch_run 0 --format checkpatch
out_has 'total: 0 errors, 0 warnings'

# The other way round it is introduced, and the text shown is that of the patch

cp new/bug.c tree/bug.c
cp bug.c new/bug.c
make_patch bug.c >fix.diff
patch_run 1
out_has 'tree/bug.c:86:2: warning: '
out_has '(introduced by '
out_has "   86 | $(sed -n 86p bug.c)"
patch_run 1 --format github
out_has '::warning file=tree/bug.c,line=86,'
patch_run 1 --format sarif
out_has '"baselineState": "new"'
patch_run 0 --fail-on never
cp bug.c tree/bug.c

# A comment hides a finding, and repairs nothing; without it, there is one

sed '86s,/\* .*,/* pincheck: ignore[put-before-wait] a test */,' bug.c \
	>new/bug.c
make_patch bug.c >fix.diff
patch_run 0
err_has 'pincheck: 0 introduced, 0 exposed, 0 fixed, '
err_has '1 suppressed'
sed '85a\
	/* pincheck: ignore[put-before-wait] a test */' bug.c >tree/bug.c
cp bug.c new/bug.c
make_patch bug.c >fix.diff
patch_run 1
err_has 'pincheck: 0 introduced, 1 exposed, 0 fixed, '
out_has 'tree/bug.c:86:2: warning: '

# Of two findings that are alike, a series tells the one that it brings, where
# its last patch leaves it.

# mail SUBJECT: the change of twins.c, which is made
mail() {
	printf 'From 0 Mon Sep 17 00:00:00 2001\nFrom: a <a@b>\n'
	printf 'Date: Mon, 1 Jan 2024 00:00:00 +0000\n'
	printf 'Subject: [PATCH] %s\n\n---\n' "$1"
	make_patch twins.c
	printf -- '-- \n2\n\n'
	cp new/twins.c tree/twins.c
}

awk '/^int put_then_wait_bad/ { inside = 1 }
	inside && /job_put/ { print "\tif (id == 1) {"; put = 1 }
	{ print (put ? "\t" $0 : $0) }
	inside && /return 0/ { print "\t}\n\treturn 0;"; inside = put = 0 }' \
	bug.c >twins.c
cp twins.c tree/twins.c
awk '{ print } inside && /^\t}/ && ++n == 1 { print "\tif (id == 2) {"
		print "\t\tjob_put(j);\n\t\twait_for_completion(&j->done);"
		print "\t\treturn 0;\n\t}" }
	/^int put_then_wait_bad/ { inside = 1 }' twins.c >new/twins.c
mail 'twins: a second one' >fix.diff
{ printf '/* 1 */\n/* 2 */\n/* 3 */\n/* 4 */\n/* 5 */\n'; cat tree/twins.c; } \
	>new/twins.c
mail 'twins: five lines' >>fix.diff
cp twins.c tree/twins.c
patch_run 1
err_has 'pincheck: 1 introduced, 0 exposed, 0 fixed, 7 pre-existing hidden; '
# line N: of the function's N-th put
line() {
	awk -v n="$1" '/^int put_then_wait_bad/ { inside = 1 }
		inside && /job_put/ && ++seen == n { print NR }' new/twins.c
}
out_has "tree/twins.c:$(line 2):3: warning: "
out_has '(introduced by 1/2: twins: a second one)'
patch_run 1 --all
grep "twins.c:$(line 2):3: " .out | grep -q '(introduced by 1/2: ' ||
	fail 'the second one is not introduced'
grep "twins.c:$(line 1):3: " .out | grep -q '(pre-existing)' ||
	fail 'the first one was not there before'
finish
