#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# The engine sparse in `check`: the real one on the corpus and on odd names,
# and a stand-in for what a real one seldom does.
# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/check.bash"

corpus=$SRC/corpus
real=$PATH

sparse() { # STATUS FILE...
	local want=$1
	shift
	run "$want" check --engine=sparse "$@" -- "-I$corpus/include"
}

# FILE:LINE of what was found
places() {
	grep -o '^[^ ]*: warning: ' .out | cut -d: -f1,2 | sort |
		sed 's,.*/,,' | tr '\n' ' '
}

if command -v sparse >/dev/null; then
	# Its own fixtures: what it finds, and the noise that it must not make

	run 0 check --engine=sparse --verify "$SRC/tests/sparse" -- \
		"-I$corpus/include"

	# The corpus: unpaired-flag where functions change the flag, no more

	sparse 1 "$corpus"/00*/*.c
	[ "$(places)" = 'before.c:46 before.c:58 jfs_like.c:50 jfs_like.c:59 ' ] ||
		fail "corpus: $(places)"
	[ "$(grep -c '\[unpaired-flag\]$' .out)" = 4 ] || fail 'another rule'

	# One finding where clang sees the same

	run 1 check --engine=clang,sparse "$corpus"/004*/jfs_like.c -- \
		"-I$corpus/include"
	[ "$(places)" = 'jfs_like.c:50 jfs_like.c:59 ' ] || fail 'not merged'
	[ "$(grep -c 'found by clang, sparse$' .out)" = 2 ] || fail 'agreement'

	# The name of a file is one argument, whatever it looks like

	mkdir names
	# shellcheck disable=SC2016
	for name in 'a b.c' "it's.c" 'a"b.c' '-Wno-context.c' \
		'`touch x`;&.c' '@c.c' $'a\nb.c'; do
		cp "$SRC/tests/sparse/by_inode.c" "names/$name"
	done
	sparse 1 --format=json names
	python3 - <<'EOF' || fail 'names'
import json
found = json.load(open(".out"))["findings"]
names = {f["file"] for f in found}
assert len(names) == 7 and len(found) == 14, names
assert {f["line"] for f in found} == {7, 12}
EOF
	[ ! -e x ] || fail 'a shell read a name'

	# A function that it cannot read is in the ledger; a file, an error

	{
		echo 'int f(void) { return nothing; }'
		cat "$SRC/tests/sparse/by_inode.c"
	} >broken.c
	sparse 1 --format=json broken.c
	out_has "\"reason\": \"sparse: undefined identifier 'nothing'\""
	out_has '"function": "f"'
	[ "$(grep -c '"rule": "unpaired-flag"' .out)" = 2 ] || fail 'the rest'
	echo '#include "nowhere.h"' >>broken.c
	sparse 3 --format=json broken.c
	err_has "broken.c: sparse: unable to open 'nowhere.h'"
fi

# A stand-in

mkdir bin
export PATH=$work/bin:$real
cp "$SRC/tests/sparse/by_inode.c" file.c

stand_in() {
	# shellcheck disable=SC2016
	printf '#!/bin/bash\n%s\n%s\n' \
		'[ "$1" != --version ] || { echo v0; exit 0; }' "$1" >bin/sparse
	chmod +x bin/sparse
}

# A rule that no other engine looks for

stand_in ''
run 2 check --rules=ref-leak file.c -- "-I$corpus/include"
err_has 'ref-leak needs --engine=sparse'
sparse 0 --rules=ref-leak file.c
run 2 check --engine=sparse --rules=unpaired-flag,check-then-lock file.c
err_has 'check-then-lock needs --engine=clang'

# Without one of the pair's functions in the file it is not even started

stand_in 'touch started'
sparse 0 "$corpus"/001*/after.c
[ ! -e started ] || fail 'started for nothing'

# The header comes through stdin; both signs are asked for, the second only
# after an imbalance in the first

# shellcheck disable=SC2016
stand_in 'cat >>headers; echo "$PWD $*" >>runs'
sparse 0 file.c
[ "$(wc -l <runs)" = 1 ] || fail 'asked twice for nothing'
grep -q "^$work -std=gnu11 .* -I$corpus/include -include /dev/stdin $work/file.c\$" \
	runs || fail 'arguments'
grep -q '^#define SetPagePrivate(' headers || fail 'header'
rm runs
# shellcheck disable=SC2016
stand_in 'echo >>runs
for last; do :; done
echo "$last:5:6: warning: context imbalance in '"'create'"' - new words" >&2
echo "$last:99:6: warning: context imbalance in '"'gone'"' - what" >&2
echo "$last:x: warning: context imbalance in" >&2'
sparse 1 file.c
[ "$(wc -l <runs)" = 2 ] || fail 'the other order is not asked for'
[ "$(places)" = 'file.c:7 ' ] || fail 'one function'
out_has 'sparse says: new words'

# It fails, hangs, or is not there

stand_in 'echo why >&2; exit 7'
sparse 3 file.c
err_has 'file.c: sparse: exited with status 7'
stand_in 'sleep 1000'
sparse 3 --timeout=1 file.c
err_has 'file.c: sparse: timed out'
rm bin/sparse
mkdir none
# shellcheck disable=SC2123
PATH=$work/none
said=()
for engines in clang,sparse sparse; do
	run 3 check --engine=$engines file.c clean.c -- "-I$corpus/include"
	said+=("$(<.err)")
done
PATH=$real
for err in "${said[@]}"; do
	[ "$(grep -c 'sparse: not used' <<<"$err")" = 1 ] ||
		fail 'missing: not said once'
done

finish
