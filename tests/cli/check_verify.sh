#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# pincheck check --verify: expectations both ways, and its exit statuses.
# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/check.bash"

check 0 --verify bug.c clean.c
[ ! -s .out ] || fail 'output without a violation'
err_has ' 0 violations'

# Not claimed

sed 's/expect: put-before-wait/a comment/' bug.c >silent.c
check 1 --verify silent.c
grep -Eq '^silent\.c:[0-9]+: error: unexpected: .* \[put-before-wait\]$' \
	.out || fail 'nothing unexpected'

# Not found

{
	cat clean.c
	echo 'int last; /* expect: put-before-wait "something" */'
} >loud.c
check 1 --verify loud.c
out_has 'error: expected put-before-wait "something", not found'
err_has '1 violation'
check 1 --verify -o report loud.c
grep -q 'not found' report || fail '--output has no violation'

# Known misses and known false reports

sed 's/expect: put-before-wait/FP: put-before-wait/' bug.c >fp.c
check 0 --verify fp.c
sed 's/expect: put-before-wait/FN: put-before-wait/' bug.c >fn.c
check 1 --verify fn.c
out_has 'known miss is found now'
out_lacks 'unexpected: '
echo 'int x; // FP: put-before-wait' >gone.c
check 1 --verify gone.c
out_has 'known false report is gone'
echo 'int x; // FN: put-before-wait' >miss.c
check 0 --verify miss.c
echo 'int x; // FN: put-befor-wait' >misspelt.c
check 1 --verify misspelt.c
out_has 'no such rule'
echo 'int x; // expect: put-before-wait, perhaps' >unreadable.c
check 1 --verify unreadable.c
out_has 'cannot read expectation'

# What could not be analysed is not verified

echo 'int broken(void) { return 0 }' >broken.c
check 3 --verify broken.c bug.c
err_has INCOMPLETE
PINCHECK_TEST_ABORT=bug.c check 3 --verify bug.c clean.c

finish
