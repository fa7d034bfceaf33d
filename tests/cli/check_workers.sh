#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# A worker that crashes, hangs or is killed costs its unit and nothing else;
# the report does not depend on the number of workers.
# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/check.bash"

command -v pgrep >/dev/null || exit 77
mkdir units
for i in 1 2 3 4 5 6 7 8; do
	cp bug.c "units/unit$i.c"
done

# The same bytes with one worker and with several

for format in text json; do
	check 1 --format=$format -j1 units
	cp .out one
	cp .err one.err
	check 1 --format=$format -j4 units
	same .out one
	same .err one.err
done

# A crash, as the pincheck of one worker, and among several

export PINCHECK_TEST_ABORT=unit3.c
for jobs in 1 4; do
	check 3 -j$jobs units
	err_has 'units/unit3.c: worker killed by signal 6'
	out_lacks unit3.c
	out_has units/unit2.c:
	out_has units/unit4.c:
	err_has '; 7 files,'
	check 3 -j$jobs --format=json units
	out_has '"reason": "worker killed by signal 6'
	python3 -m json.tool <.out >/dev/null || fail 'JSON is not valid'
done
export PINCHECK_TEST_ABORT=unit
check 3 -j4 units
err_has 'unit1.c: worker killed'
err_has 'unit8.c: worker killed'
err_has '; 0 files,'
unset PINCHECK_TEST_ABORT

# A hang

export PINCHECK_TEST_HANG=unit5.c
check 3 -j2 --timeout=2 units
err_has 'units/unit5.c: timed out after 2 s'
out_has units/unit4.c:
out_has units/unit6.c:
err_has '; 7 files,'
out_lacks unit5.c
unset PINCHECK_TEST_HANG

# A worker killed from outside: it hangs at its first unit, so that is lost

wait_for() {
	for _ in $(seq 400); do
		"$@" >/dev/null && return 0
		sleep 0.05
	done
	return 1
}

# start JOBS: pincheck in the background, as $parent with $workers
start() {
	PINCHECK_TEST_HANG=unit1.c "$PINCHECK" check --engine=clang "-j$1" \
		--no-pch --timeout=250 units -- "-I$include" >.out 2>.err &
	parent=$!
	wait_for pgrep -P "$parent" || fail 'no worker'
	workers=$(pgrep -P "$parent")
}

start 1
kill -KILL "$workers" || fail 'the worker is gone'
status=0
wait "$parent" || status=$?
[ "$status" = 3 ] || fail "a killed worker: status $status"
err_has 'units/unit1.c: worker killed by signal 9'
out_lacks unit1.c
out_has units/unit2.c:
out_has units/unit8.c:

# No worker outlives its parent

# A zombie counts as gone: its reaper is none of ours.
# shellcheck disable=SC2317 # called by wait_for
gone() {
	[ ! -e "/proc/$1" ] || grep -q '^State:.Z' "/proc/$1/status"
}

start 2
kill -KILL "$parent"
wait "$parent" 2>/dev/null
for worker in $workers; do
	wait_for gone "$worker" || fail 'a worker outlived its parent'
done

finish
