#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Where the report goes and what it looks like there.
# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/check.bash"

# Text: neither colour nor a progress bar in a pipe

check 1 bug.c
! grep -q $'\033' .out .err || fail 'colour in a pipe'
! grep -q $'\r' .err || fail 'a progress bar in a pipe'
out_has "bug.c: In function '"
grep -Eq '^ +[0-9]+ \| ' .out || fail 'no source line'
grep -Eq '^ +\| .*\^$' .out || fail 'no caret'
grep -Eq '^bug\.c:[0-9]+:[0-9]+: warning: .* \[put-before-wait\]$' .out ||
	fail 'no warning line'
grep -Eq '^bug\.c:[0-9]+: note: CPU [01]: ' .out || fail 'no step line'

# JSON: exactly the members of the documented format

check 1 --format=json bug.c clean.c
python3 -c '
import json, sys
r = json.load(sys.stdin)
def keys(o, names):
    assert list(o) == names.split(), list(o)
keys(r, "pincheck findings coverage incomplete")
keys(r["coverage"], "files functions skipped")
assert r["coverage"]["files"] == 2
assert r["incomplete"] is False
assert r["findings"]
for f in r["findings"]:
    keys(f, "fingerprint rule severity file line column function message "
            "engines evidence steps replay")
    assert f["file"] == "bug.c" and f["line"] > 0 and f["column"] > 0
    assert f["severity"] in ("warning", "error"), f["severity"]
    assert f["engines"] == ["clang"] and f["replay"] is None
    assert len(f["fingerprint"]) == 16
    for s in f["steps"]:
        keys(s, "cpu file line message")
for s in r["coverage"]["skipped"]:
    keys(s, "file function reason")
' <.out || fail 'JSON has another shape'

# The fingerprint does not move with the lines

fingerprints() {
	python3 -c '
import json, sys
for f in json.load(sys.stdin)["findings"]:
    print(f["fingerprint"])'
}
fingerprints <.out >before
mkdir moved
{
	echo '/* one more line */'
	cat bug.c
} >moved/bug.c
check 1 --format=json moved/bug.c
fingerprints <.out >after
same before after

# A declaration is evidence, and no place in which a CPU does something

mkdir declared
cp "$fixtures/direct-flag-write-declared/declared.c" \
	"$fixtures/direct-flag-write-declared/.pincheck" declared
check 1 declared/declared.c
out_has "declared in $work/declared/.pincheck:3"
out_lacks '.pincheck:3: '

# Files

check 1 bug.c
cp .out want
check 1 --output=report bug.c
[ ! -s .out ] || fail 'stdout besides --output'
same report want
check 1 -o - bug.c
same .out want
echo old >target
ln -s target link
check 1 --output=link bug.c
same target want
[ -L link ] || fail '--output replaced a symbolic link'
check 1 --output=/dev/null bug.c
[ -c /dev/null ] || fail '--output replaced /dev/null'
check 3 --output=gone/report bug.c
err_has gone/report
if [ -c /dev/full ]; then
	status=0
	"$PINCHECK" check --engine=clang bug.c -- "-I$include" >/dev/full 2>.err ||
		status=$?
	[ "$status" = 3 ] || fail "a full disk: status $status"
	err_has 'cannot write the report'
	check 3 --output=/dev/full bug.c
fi

# Said on stderr

echo 'int x;' >void.c
check 0 --verbose void.c
err_has '0 findings; 1 file, 0 functions, 0 skipped'

finish
