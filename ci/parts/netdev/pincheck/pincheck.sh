#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# A test of the netdev CI (NIPA): judges the patch at HEAD of the tree in the
# current folder, which has a compile database. The folder is copied to
# tests/patch/. A few lines go to the file descriptor $DESC_FD; the report to
# stdout, and to $RESULTS_DIR if that is set. Arguments are options of
# `pincheck patch`.
#
# Exit status: 0 nothing new; 250 (a warning) new findings, or a patch that
# could not be judged; 1 (a failure) one of the severity error, which needs the
# option --replay: a race that was reproduced.

say() {
	echo "$*" >&"$DESC_FD"
}

if ! { [[ ${DESC_FD:=2} =~ ^[0-9]+$ ]] && true >&"$DESC_FD"; } 2>/dev/null; then
	echo "pincheck.sh: DESC_FD is no open file descriptor: $DESC_FD" >&2
	exit 1
fi
report=$(mktemp) && summary=$(mktemp) || exit 1
trap 'rm -f "$report" "$summary"' EXIT

pincheck patch "$@" HEAD~..HEAD >"$report" 2>"$summary"
status=$?
cat "$report"
cat "$summary" >&2
[ -z "${RESULTS_DIR-}" ] || cp "$report" "$RESULTS_DIR/findings"

case $status in
0 | 1) say "$(tail -n 1 "$summary")" ;;
*) say "$(tail -n 5 "$summary")" ;; # with the reason
esac
((status != 0)) || exit 0
((status == 1 || status == 3)) || exit 1
! grep -qE '^[^ ]+: error: ' "$report" || exit 1
exit 250
