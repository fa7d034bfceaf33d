#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# pincheck baseline, and what check makes of one.
# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/check.bash"

baseline() {
	local want=$1
	shift
	run "$want" baseline --engine=clang "$@" -- "-I$include"
}

# All is known: nothing is told, and nothing fails

baseline 0 -o known bug.c clean.c
check 0 --baseline=known bug.c clean.c
[ ! -s .out ] || fail 'something is told'
err_has ' of the baseline hidden'
check 0 --baseline=known --min-severity=note --fail-on=note bug.c
! grep -Eq '"(line|column)"' known || fail 'line numbers in a baseline'

# Lines that move, and a file that moves, bring nothing

mkdir moved
{
	echo '/* one more line */'
	cat bug.c
} >moved/bug.c
mv bug.c kept.c
check 0 --baseline=known moved/bug.c
mv kept.c bug.c
baseline 0 -o again moved/bug.c
sed 's/moved\/bug.c/bug.c/' again >want
baseline 0 -o known bug.c
same known want

# A file that is still there was not moved, whether it is checked or not

check 1 --baseline=known moved/bug.c
err_lacks 'of the baseline hidden'

# The same finding twice is one too many

check 1 --baseline=known bug.c moved/bug.c
grep -Eq '^moved/bug\.c:[0-9]+:[0-9]+: warning' .out || fail 'none is new'
! grep -Eq '^bug\.c:[0-9]+:[0-9]+: warning' .out || fail 'the known one is told'

# Something new is told alone

sed '/^int put_then_wait_bad/i\
int fresh_bad(struct job_pool *p, int id)\
{\
	struct job *j = job_find(p, id);\
\
	if (!j)\
		return -ENOENT;\
	job_put(j);\
	wait_for_completion(\&j->done);\
	return 0;\
}\
' bug.c >more.c
mkdir -p next
mv more.c next/bug.c
mv bug.c kept.c
check 1 --baseline=known --format=json next/bug.c
[ "$(grep -c '"fingerprint"' .out)" = 1 ] || fail 'not the new one alone'
out_has '"fresh_bad"'

# lkp: all of it, and a mark before what is new

check 1 --baseline=known --format=lkp next/bug.c
out_has '(new ones prefixed by >>)'
[ "$(grep -c '^>> ' .out)" = 1 ] || fail 'not one is marked'
grep -Eq '^>> next/bug\.c:[0-9]+:[0-9]+: warning: .*\]$' .out ||
	fail 'the mark is not before a warning'
! grep -Evq '^(>> |   |$|pincheck warnings: )' .out || fail 'not indented'
mv kept.c bug.c
check 1 --format=lkp bug.c
! grep -Eq '^   .*: warning: ' .out || fail 'without a baseline some is old'
check 0 --baseline=known --format=lkp bug.c
! grep -q '^>> ' .out || fail 'known, and marked'
grep -Eq '^   bug\.c:[0-9]+:[0-9]+: warning: ' .out || fail 'known, and hidden'
check 0 --format=lkp clean.c
[ ! -s .out ] || fail 'lkp of nothing'

# What has become worse is new, what has become less is not

sed 's/"severity": "warning"/"severity": "note"/' known >lesser
sed 's/"severity": "warning"/"severity": "error"/' known >worse
check 1 --baseline=lesser bug.c
check 0 --baseline=worse bug.c

# What is gone is named, of what was checked alone

mv bug.c kept.c
cp clean.c next/bug.c
check 0 -v --baseline=known next/bug.c
err_lacks 'baseline: gone: '
cp clean.c bug.c
check 0 -v --baseline=known bug.c
err_has 'baseline: gone: bug.c: put_then_wait_bad: '
check 0 --baseline=known bug.c
err_lacks gone
check 0 -v --baseline=known --rules=check-then-lock bug.c
err_lacks 'baseline: gone: '
check 0 -v --baseline=known clean.c
err_lacks 'baseline: gone: '
mv kept.c bug.c

# Of a report: the same as of a run

check 1 --format=json --min-severity=note -o report bug.c
run 0 baseline --report report
same .out known
check 0 --baseline=report bug.c

# A file's name may be anything

cp bug.c $'l\xe4 "q"\n.c'
baseline 0 -o odd $'l\xe4 "q"\n.c'
check 0 --baseline=odd $'l\xe4 "q"\n.c'

# An incomplete run says so, and leaves a baseline of what there is

echo 'int broken(void) { return 0 }' >broken.c
baseline 3 -o part bug.c broken.c
same part known

check 3 --format=json --min-severity=note -o report bug.c broken.c
run 3 baseline -o part --report report
same part known
err_has 'report is incomplete'

# Refused

check 3 --baseline=nosuch bug.c
err_has 'cannot read nosuch'
check 3 --baseline=bug.c bug.c
err_has 'bug.c is no baseline: '
# refused WHY: the file bad, as a baseline
refused() {
	check 3 --baseline=bad bug.c
	err_has "$1"
}
echo '{"baseline":1,"findings":[{"rule":"x"}]}' >bad
refused 'bad is no baseline: "fingerprint" is not string'
sed 's/"baseline": 1/"baseline": 7/' known >bad
refused 'bad is no baseline: it has the format 7, and only 1 can be read'
grep -v '"baseline": 1' known >bad
refused 'bad is no baseline: it has no format number'
cat known known >bad
refused 'bad is no baseline: not JSON: text after its end'
sed 's/"incomplete"/"whole"/' report >bad
refused 'bad is no baseline: "incomplete" is not boolean'
rm bad
mkfifo bad
refused 'cannot read bad: it is no regular file'
check 3 --baseline=/dev/zero bug.c
err_has 'cannot read /dev/zero: it is no regular file'
check 2 --verify --baseline=known bug.c
run 2 baseline
err_has 'no file or folder given'
for option in bug.c -v -j1 --timeout=5 --rules=put-before-wait --engine=clang \
	--no-store --store=x --model=x --no-pch; do
	run 2 baseline --report report "$option"
done
err_has 'only -o FILE goes with it'
run 2 baseline --report report -p .
run 2 baseline --report report -- -DX
run 2 baseline --rules=nosuch bug.c
run 3 baseline --report nosuch

finish
