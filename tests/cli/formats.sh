#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# The formats of --format, each read as its reader reads it.
# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/check.bash"

formats='text json sarif github gitlab checkpatch html lkp'
name=$'a::b,%41 "q"\n]]><\xe4.c'
cp bug.c "$name"

# The same input, the same bytes; an awkward name is no second line

run 0 check --help
for format in $formats; do
	out_has "$format"
done
for format in $formats; do
	check 1 --format="$format" bug.c
	cp .out once
	check 1 --format="$format" -j2 bug.c
	same once .out
	check 1 --format="$format" "$name"
	! grep -qa '^]]>' .out || fail "$format: the name begins a line"
done
check 2 --format=xml bug.c
err_has 'no such format: xml'

# Controls that only UTF-8 has, in a name, a line and a message, are seen

hidden=$'\u0085 \u009b31m \u202e \u2066 \u200f \u061c \u2028'
sed "s|int put_then_wait_bad.*|&	/* $hidden */|;
	s|job_put(j);|& /* $hidden */|" bug.c >"$hidden.c"
for format in $formats; do
	check 1 --format="$format" "$hidden.c"
	python3 -c '
import re, sys
text = open(".out", encoding="utf-8").read()
assert not re.search("[\x80-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]",
                     text)
sys.exit(not re.search(r"\? \?31m \? \? \? \? \?|u0085 .u009b31m .u202e |%C2%85",
                       text))
' || fail "$format: hidden characters"
done
check 3 "nosuch $hidden.c"
err_has 'nosuch ? ?31m ? ? ? ? ?.c'

# github: what the runner makes of a command

check 1 --format=github "$name"
python3 -c '
import os, re, sys
def undo(text, more):
    for code in more.split() + ["%0D", "%0A", "%25"]:
        text = text.replace(code, chr(int(code[1:], 16)))
    return text
lines = open(".out", encoding="utf-8").read().splitlines()
assert lines
for line in lines:
    command, properties, message = re.fullmatch(
        r"::(error|warning|notice) (.*?)::(.*)", line).groups()
    values = dict(p.split("=", 1) for p in properties.split(","))
    assert undo(values["file"], "%3A %2C") == sys.argv[1], values
    assert int(values["line"]) > 0 and int(values["col"]) > 0
    assert values["title"] == "put-before-wait"
    assert "CPU 1: " in undo(message, "").splitlines()[2], message
' "$(printf %s "$name" | iconv -f latin1 -t utf-8 | sed $'s/\u00e4/\ufffd/')" ||
	fail 'github'

# gitlab: the members that GitLab asks for; fingerprints differ

check 1 --format=gitlab bug.c
python3 -c '
import json
issues = json.load(open(".out"))
assert issues
for i in issues:
    assert i["description"] and i["check_name"] == "put-before-wait"
    assert i["severity"] in ("info", "minor", "major", "critical", "blocker")
    assert i["location"]["path"] == "bug.c"
    assert i["location"]["lines"]["begin"] > 0
assert len({i["fingerprint"] for i in issues}) == len(issues)
' || fail 'gitlab'
check 0 --format=gitlab clean.c
[ "$(tr -d '[:space:]' <.out)" = '[]' ] || fail 'gitlab without a finding'

# checkpatch: as a review bot reads it

check 1 --format=checkpatch --show-types bug.c
python3 -c '
comments, level = {}, None
for line in open(".out").read().splitlines():
    if not line:
        level = None
    elif line[0] == "#":
        tokens = line.split(":", 5)
        assert len(tokens) == 5 and tokens[1] == " FILE", line
        comments[tokens[2].strip(), int(tokens[3])] = level, kind, text
    elif line[0] != "+" and not line.startswith("total: "):
        level, kind, text = line.split(":", 2)
assert comments
for (path, line), (level, kind, text) in comments.items():
    assert path == "bug.c" and level == "WARNING", path
    assert kind == "PUT_BEFORE_WAIT" and text.startswith(" "), kind
' || fail 'checkpatch'
tail -n 1 .out | grep -Eqx \
	'total: 0 errors, [1-9][0-9]* warnings, 0 checks, 1 files checked' ||
	fail 'no total'
check 1 --format=checkpatch --terse bug.c
! grep -Evq '^bug\.c:[0-9]+: WARNING: |^total: ' .out || fail 'not terse'
check 0 --format=checkpatch clean.c
[ "$(cat .out)" = 'total: 0 errors, 0 warnings, 0 checks, 1 files checked' ] ||
	fail 'checkpatch without a finding'
check 2 --terse bug.c
err_has '--format checkpatch'
check 2 --show-types --format=json bug.c
err_has '--format checkpatch'

finish
