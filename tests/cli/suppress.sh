#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Comments that suppress findings, in runs of all kinds.
# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/check.bash"

# Every finding of bug.c has a comment on its line to take the place of
mark='expect\(-note\)\?: put-before-wait'
sed "s/$mark/pincheck: ignore[put-before-wait] known/" bug.c >quiet.c
sed "s/$mark/pincheck: ignore[put-before-wait]/" bug.c >slip.c
{
	echo '/* pincheck: ignore[put-before-wait] long gone */'
	cat clean.c
} >unused.c

check 0 quiet.c
[ ! -s .out ] || fail 'something is told'
err_has ' suppressed'
check 0 --min-severity=note quiet.c
out_lacks 'hides nothing'
check 0 --format=json quiet.c
out_lacks '"fingerprint"'

# A slip hides nothing, and is an error of its own, in every format

check 1 slip.c
out_has 'it gives no reason [suppression]'
grep -Eq '^slip\.c:[0-9]+:[0-9]+: warning: .*\[put-before-wait\]$' .out ||
	fail 'hidden without a reason'
grep -Eq '^slip\.c:[0-9]+: error: ' .out || fail 'no error'
out_lacks 'found by'
check 1 --format=sarif slip.c
out_has '"ruleId": "suppression"'
check 1 --format=github slip.c
out_has '::error file=slip.c,'

# What is nearly one is an error too; a NUL hides none

sed 's/ignore\[/ignored[/' quiet.c >slip.c
check 1 slip.c
out_has 'no such word: ignored [suppression]'
sed 's/pincheck: /pincheck /' quiet.c >slip.c
check 1 slip.c
out_has "no colon follows 'pincheck' [suppression]"
{
	printf '/* \0 */ '
	cat quiet.c
} >nul.c
check 0 nul.c
err_has ' suppressed'

# In a macro's body it is not about who uses that

sed '/^int put_then_wait_bad/i\
#define PUT(j) \\\
	do { \\\
		job_put(j); /* pincheck: ignore[put-before-wait] no */ \\\
		wait_for_completion(\&(j)->done); \\\
	} while (0)\
void uses(struct job *j)\
{\
	PUT(j);\
}\
void tells(struct job *j)\
{\
	PUT(j); /* pincheck: ignore[put-before-wait] known */\
}\
' quiet.c >macro.c
check 0 --min-severity=note macro.c
out_has "In function 'uses'"
out_lacks "In function 'tells'"
out_has 'hides nothing [suppression]'

# One in vain is a note

check 0 unused.c
[ ! -s .out ] || fail 'a note is shown unasked'
check 0 --min-severity=note unused.c
out_has 'unused.c:1: note: '
out_has 'hides nothing [suppression]'
check 1 --fail-on=note unused.c
check 0 --min-severity=note --rules=check-then-lock unused.c
[ ! -s .out ] || fail 'in vain, by another rule'
echo 'int broken(void) { return 0 }' >broken.c
check 3 --min-severity=note unused.c broken.c
out_lacks 'hides nothing'

# Stored answers: what the comments say now counts

mkdir tree
cp bug.c tree/a.c
database "$work/tree" a.c
run 0 index -p tree
run 1 check -p tree tree
cp quiet.c tree/a.c
run 0 check -p tree tree
cp bug.c tree/a.c
run 1 check -p tree tree

# As for the build, and for spatch alone

run 0 kbuild "-I$include" quiet.c
err_lacks '[put-before-wait]'
run 0 kbuild "-I$include" bug.c
err_has '[put-before-wait]'
if command -v spatch >.err; then
	run 1 cocci --rules=put-before-wait bug.c
	run 0 cocci --rules=put-before-wait quiet.c
	err_has ' suppressed'
fi

# A baseline is of what is told; expectations are of all

run 0 baseline --engine=clang quiet.c -- "-I$include"
out_lacks put-before-wait
check 1 --verify quiet.c
out_has 'unexpected: '

finish
