#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# ci/parts/github: the steps of the workflow, run one after the other, with
# programs that stand in for those that install something.
# shellcheck source-path=SCRIPTDIR
. "$SRC/tests/ci/ci.bash"

# steps HEAD: step1... for a pull request of main..HEAD
steps() {
	python3 "$SRC/tests/ci/steps.py" github "$parts/github/pincheck.yml" \
		github.event.pull_request.base.sha="$base" \
		github.event.pull_request.head.sha="$1" \
		vars.PINCHECK_URL="$work/pincheck" vars.PINCHECK_CONFIG=
}

# The bug is not in the last commit
echo '/* another comment */' >>"$repo/drivers/other.c"
steps "$(commit 'job: another comment')" || exit
[ "$(ls -d step*)" = $'step1\nstep2\nstep3' ] || fail 'other steps'
export RUNNER_TEMP=$work/temp
mkdir temp

# 1. pincheck is cloned, built and installed: its sources here are one script

git init -q pincheck
mkdir pincheck/ci
printf '#!/bin/sh\necho setup >>"%s/cmake.args"\n' "$work" >pincheck/ci/setup
chmod +x pincheck/ci/setup
git -C pincheck add ci
git -C pincheck commit -q -m x
stand_in cmake
stand_in apt-get
# shellcheck disable=SC2016 # it is the stand-in's
stand_in sudo 'exec "$@"'
part 0 bash "$work/step1"
[ "$(cat cmake.args)" = "setup
--preset release
--build --preset release
--install build/release" ] || fail "cmake: $(cat cmake.args)"
grep -q '^install -y .*flex' apt-get.args || fail 'no tools for the kernel'
grep -q '"name": "release"' "$SRC/CMakePresets.json" || fail 'no such preset'
[ -x "$SRC/ci/setup" ] || fail 'no ci/setup'

# 2. The kernel is configured, and has a compile database

rm "$repo/compile_commands.json"
part 0 bash "$work/step2"
[ "$(cat "$repo/.made")" = $'defconfig -19\nprepare -19' ] ||
	fail "make: $(cat "$repo/.made")"
[ -s "$repo/compile_commands.json" ] || fail 'no compile database'

# 3. What the commits bring is annotated, and stands in the SARIF file

part 1 bash "$work/step3"
[ "$(grep -c '^::' .out)" = 1 ] || fail 'annotations'
grep -q '^::warning file=drivers/job.c,line=34,col=2,title=put-before-wait::' \
	.out || fail 'no annotation'
results() {
	python3 -c 'import json
run, = json.load(open("linux/pincheck.sarif"))["runs"]
for r in run["results"]:
    place = r["locations"][0]["physicalLocation"]
    print(place["artifactLocation"]["uri"], place["region"]["startLine"])'
}
[ "$(results)" = 'drivers/job.c 34' ] || fail "in the SARIF file: $(results)"
steps "$head_clean"
part 0 bash "$work/step3"
[ ! -s .out ] || fail 'annotations of nothing'
[ -z "$(results)" ] || fail 'results of nothing'

# What they fix is no alert

git -C "$repo" revert --no-edit "$head_bug" >.out 2>.err || fail 'no revert'
base=$head_bug steps "$(git -C "$repo" rev-parse HEAD)"
part 0 bash "$work/step3"
grep -q '"baselineState": "absent"' "$repo/all.sarif" || fail 'nothing is fixed'
[ -z "$(results)" ] || fail "what is fixed is an alert: $(results)"
[ ! -s .out ] || fail 'an annotation of what is fixed'

# The clone that the workflow asks for lacks the texts of older commits

git -C "$repo" config uploadpack.allowFilter true
git -C "$repo" config uploadpack.allowAnySHA1InWant true
{ git clone -q --no-checkout --filter=blob:none "file://$repo" partial &&
	git -C partial checkout -q "$head_bug"; } 2>.err || fail 'no clone'
sed "s,$repo,$work/partial,g" "$repo/compile_commands.json" \
	>partial/compile_commands.json
whole=$repo
repo=$work/partial
git -C "$repo" rev-list --objects --all --missing=print | grep -q '^?' ||
	fail 'nothing is missing'
part 3 pincheck patch "$base..$head_bug"
err_has 'an object is missing: a partial clone?'
steps "$head_bug"
sed -i "s,$whole,$repo,g" step3
part 1 bash "$work/step3"
[ "$(grep -c '^::' .out)" = 1 ] || fail 'annotations in a partial clone'
repo=$whole

# What a service may get wrong: no URL, no such commit, no database

sed -i 's/^export PINCHECK_URL=.*/export PINCHECK_URL=/' step1
part 1 bash "$work/step1"
err_has 'PINCHECK_URL: is not set'
steps 0123456789012345678901234567890123456789
part 3 bash "$work/step3"
err_has 0123456789012345678901234567890123456789
steps "$head_bug"
rm "$repo/compile_commands.json"
part 3 bash "$work/step3"

finish
