#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# ci/parts/gitlab: the script of the template, with the variables of a merge
# request.
# shellcheck source-path=SCRIPTDIR
. "$SRC/tests/ci/ci.bash"

# steps NAME=VALUE...: step1 for a merge request with these variables
steps() {
	report=$(python3 "$SRC/tests/ci/steps.py" gitlab \
		"$parts/gitlab/pincheck.yml" "$@") || exit
}

# issues: the places in the report that the job leaves
issues() {
	python3 -c 'import json, sys
for issue in json.load(open(sys.argv[1])):
    place = issue["location"]
    print(place["path"], place["lines"]["begin"], issue["check_name"])' \
		"$repo/$report"
}

rm "$repo/compile_commands.json"
steps CI_MERGE_REQUEST_DIFF_BASE_SHA="$base" CI_COMMIT_SHA="$head_bug"
part 1 bash "$work/step1"
[ "$(cat "$repo/.made")" = $'defconfig -19\nprepare -19' ] ||
	fail "make: $(cat "$repo/.made")"
[ "$(issues)" = 'drivers/job.c 34 put-before-wait' ] || fail "$(issues)"

# A pipeline for merged results: the commit is a merge, which is not judged

git -C "$repo" checkout -q --detach "$base"
swap_in other
commit 'main goes on' >/dev/null
git -C "$repo" merge -q -m merge "$head_clean" >/dev/null
steps CI_MERGE_REQUEST_DIFF_BASE_SHA="$base" \
	CI_MERGE_REQUEST_SOURCE_BRANCH_SHA="$head_clean" \
	CI_COMMIT_SHA="$(git -C "$repo" rev-parse HEAD)"
part 0 bash "$work/step1"
[ -z "$(issues)" ] || fail "$(issues)"

# No merge request, no such commit

steps CI_COMMIT_SHA="$head_bug"
part 1 bash "$work/step1"
err_has 'CI_MERGE_REQUEST_DIFF_BASE_SHA: is not set'
steps CI_MERGE_REQUEST_DIFF_BASE_SHA=0123456789012345678901234567890123456789 \
	CI_COMMIT_SHA="$head_bug"
part 3 bash "$work/step1"
err_has 0123456789012345678901234567890123456789

finish
