#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# The exit statuses of pincheck and of pincheck check, and the usage errors.
# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/check.bash"

# The program

run 0 --help
out_has 'check files or folders'
run 0 --version
out_has 'pincheck '
run 2
err_has "Try 'pincheck --help'"
run 2 chekc
err_has 'no such command: chekc'
run 0 check --help
out_has '--min-severity'
out_has 'PATH... [-- CLANG-ARGS]'

# Findings

check 1 bug.c
out_has ': warning: '
out_has '[put-before-wait]'
out_has ': note: CPU 0: '
err_has '; 1 file,'
check 0 clean.c
err_has '0 findings'
[ ! -s "$work/.out" ] || fail 'output without a finding'
check 1 bug.c clean.c
check 0 --fail-on=never bug.c
out_has '[put-before-wait]'
check 0 --fail-on=error --min-severity=error clean.c
check 1 --rules=put-before-wait bug.c
check 1 --engine=clang bug.c

# Usage

check 2
err_has 'no file or folder given'
check 2 --nonsense bug.c
check 2 --rules=nonsense bug.c
err_has "no such rule: 'nonsense'"
check 2 --rules= bug.c
check 2 --rules=put-before-wait, bug.c
check 2 --engine=nonsense bug.c
check 2 --format=nonsense bug.c
check 2 --format=json --verify bug.c
check 2 --min-severity=nonsense bug.c
check 2 --fail-on=nonsense bug.c
check 2 -j0 bug.c
check 2 -j -1 bug.c
check 2 -jx bug.c
check 2 --timeout=-1 bug.c
check 2 -p . bug.c
err_has 'either -p DIR or -- CLANG-ARGS'
check 2 --model=nonsense.pincheck bug.c

# The rules

run 0 rules
out_has 'put-before-wait'
run 2 rules more
run 0 explain put-before-wait
out_has 'put-before-wait: '
run 2 explain
run 2 explain nonsense
err_has 'no such rule: nonsense'
run 2 explain put-before-wait more

# The dump

run 0 dump --after=lower clean.c -- "-I$include"
[ -s "$work/.out" ] || fail 'an empty dump'
run 2 dump clean.c -- "-I$include"
err_has '--after=PASS is missing'
run 2 dump --after=nonsense clean.c -- "-I$include"
err_has 'lower'
run 2 dump --after=lower -- "-I$include"
run 2 dump --after=lower clean.c bug.c -- "-I$include"
run 3 dump --after=lower gone.c
err_has 'gone.c: No such file'

finish
