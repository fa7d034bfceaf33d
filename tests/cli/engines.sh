#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Engines beside clang in `check`, with a stand-in for spatch: findings that
# agree, engines that are missing, fail, or hang.
# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/check.bash"

mkdir -p share/cocci bin
export PINCHECK_SHARE=$work/share
printf '// Confidence: High\n@r@\n@@\nf()\n' >share/cocci/put_before_wait.cocci
real=$PATH
export PATH=$work/bin:$PATH

# spatch SCRIPT: what the stand-in does when it is not asked for its version.
# Its last argument is a file, or a list of files in groups.
spatch() {
	cat >bin/spatch <<EOF
#!/bin/bash
[ "\$1" != --version ] || { echo 'spatch version 0'; exit 0; }
for last; do :; done
files() {
	case \$last in
	*.c) echo "\$last" ;;
	*) grep . "\$last" ;;
	esac
}
$1
EOF
	chmod +x bin/spatch
}

# What the clang engine finds of this rule in bug.c: its first finding.
rule=(--rules=put-before-wait)
check 1 --engine=clang "${rule[@]}" --format=json bug.c
read -r line function total < <(python3 -c '
import json
found = json.load(open(".out"))["findings"]
print(found[0]["line"], found[0]["function"], len(found))
') || fail 'no finding to agree with'

engines() {
	python3 -c '
import json
for f in json.load(open(".out"))["findings"]:
    print(f["line"], ",".join(f["engines"]))
'
}

# One finding where both mean the same function and rule, at any line of it

# shellcheck disable=SC2016 # for the stand-in
spatch 'files | while read -r f; do
	echo "HANDLING: $f" >&2
	echo "$f:'"$((line + 1))"':2-5: WARNING: too early [put-before-wait]"
	echo "$f:1:0-1: elsewhere [put-before-wait]"
	echo "$f: garbage"
	echo "garbage"
done'
check 1 --engine=clang,cocci "${rule[@]}" --format=json bug.c
[ "$(engines | grep -c .)" = $((total + 1)) ] || fail 'not merged'
[ "$(engines | grep clang,cocci)" = "$line clang,cocci" ] || fail 'engines'
[ "$(engines | head -n 1)" = '1 cocci' ] || fail 'the finding of one engine'
cp .out both
check 1 --engine=cocci,clang "${rule[@]}" --format=json -j1 bug.c
same .out both
run 1 check --engine=clang,cocci "${rule[@]}" bug.c -- "-I$include"
out_has "bug.c:$line: note: found by clang, cocci"
out_has "evidence: cocci at line $((line + 1)): too early"
out_has 'bug.c:1: note: found by cocci'

# The default has the engine that is there

"$PINCHECK" check -v "${rule[@]}" bug.c -- "-I$include" >.out 2>.err
out_has 'found by clang, cocci'
err_has 'engine: cocci: spatch version 0'

# Agreement

check 1 --engine=clang,cocci --require-agreement=2 "${rule[@]}" \
	--format=json bug.c
[ "$(engines)" = "$line clang,cocci" ] || fail 'not those that agree'
err_has "$total without agreement hidden"
check 2 --engine=clang --require-agreement=2 "${rule[@]}" bug.c
check 2 --require-agreement=0 bug.c
check 1 --engine=cocci --require-agreement=1 "${rule[@]}" --format=json bug.c
[ "$(engines | wc -l)" = 2 ] || fail 'one engine alone'
err_has '1 file,'

# What it does not look at is in the ledger; what it cannot do, an error

# shellcheck disable=SC2016
spatch 'files | while read -r f; do
	echo "HANDLING: $f" >&2
	echo "     trying function: '"$function"': bug.c:'"$line"'" >&2
done'
check 0 --engine=cocci "${rule[@]}" --format=json bug.c
out_has '"reason": "cocci: spatch cannot parse it"'
out_lacks "\"function\": \"$function\""
# shellcheck disable=SC2016
spatch 'echo "HANDLING: $last" >&2; echo "EXN: A.Timeout in $last" >&2
echo "EXN: Coccinelle_modules.Common.Timeout in $last" >&2'
check 3 --engine=clang,cocci "${rule[@]}" --timeout=30 bug.c
err_has 'bug.c: cocci: put-before-wait timed out after 30 s'
out_has '[put-before-wait]'
spatch 'echo why >&2; exit 7'
check 3 --engine=clang,cocci "${rule[@]}" bug.c clean.c
[ "$(grep -c 'cocci: spatch exited with status 7: why' .err)" = 1 ] ||
	fail 'a failure is told once'
spatch 'kill -SEGV $$'
check 3 --engine=cocci "${rule[@]}" --format=json bug.c
out_has 'spatch killed by signal 11'

# Missing: said once, and an error only for who asked for it

rm bin/spatch
mkdir none
for program in env python3 cat grep; do
	ln -s "$(PATH=$real command -v $program)" none/
done
old=$PATH
# shellcheck disable=SC2123 # on purpose: a PATH without spatch
PATH=$work/none
check 3 --engine=clang,cocci "${rule[@]}" --format=json bug.c
"$PINCHECK" check "${rule[@]}" bug.c clean.c -- "-I$include" >.out2 2>.err2
status=$?
PATH=$old
out_has '"reason": "cocci: not used: '
[ "$(grep -c 'cocci: not used' .err)" = 1 ] || fail 'not said once'
[ $status = 1 ] || fail "the default without spatch: status $status"
[ "$(grep -c 'cocci: not used' .err2)" = 1 ] || fail 'the default is silent'

# A spatch that hangs, ignores every polite signal, and has a child that does

# A zombie counts as gone: its reaper is none of ours.
gone() {
	[ ! -e "/proc/$1" ] || grep -q '^State:.Z' "/proc/$1/status"
}

spatch "trap '' TERM INT HUP
sleep 1000 &
echo \$\$ \$! >>$work/pids
while :; do wait; sleep 1000; done"
check 3 --engine=clang,cocci "${rule[@]}" --timeout=1 bug.c
err_has 'bug.c: cocci: put-before-wait timed out after 1 s'
[ -s pids ] || fail 'the stand-in did not run'
while read -r parent child; do
	gone "$parent" || fail "a hanging spatch lives on: $parent"
	gone "$child" || fail "its child lives on: $child"
done <pids

finish
