#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# pincheck cocci with the real spatch, and one semantic patch that is easy to
# match: modes, what spatch could not parse, names of files, and a folder that
# wants to give spatch options of its own.
# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/check.bash"

command -v spatch >/dev/null || exit 77

mkdir -p share/cocci tree
export PINCHECK_SHARE=$work/share
cat >share/cocci/put_before_wait.cocci <<'EOF'
// SPDX-License-Identifier: GPL-2.0-only
/// A put, and a wait behind it.
// Confidence: High
// Options: --no-includes

virtual report
virtual patch
virtual context
virtual org

@r depends on !patch@
expression E;
position p, q;
@@
drop@p(E);
...
linger@q(E);

@depends on context@
expression E;
position r.p;
@@
* drop@p(E);

@depends on patch@
expression E;
@@
- drop(E);
- linger(E);
+ linger(E);
+ drop(E);

@script:python depends on report@
p << r.p;
q << r.q;
@@
coccilib.report.print_report(p[0], "WARNING: dropped before the wait in line %s [put-before-wait]" % q[0].line)

@script:python depends on org@
p << r.p;
@@
coccilib.org.print_todo(p[0], "dropped")
EOF
cat >tree/a.c <<'EOF'
static int first(struct a *x)
{
	drop(x);
	linger(x);
	return 0;
}

int fine(struct a *x)
{
	linger(x);
	drop(x);
	return 0;
}

int guarded(struct a *x)
{
	scoped_cond_guard(mutex_intr, return -EINTR, &x->lock) {
		drop(x);
		linger(x);
	}
	return 0;
}
EOF
cat >tree/other.c <<'EOF'
int none(void)
{
	return 0;
}
EOF

cocci() {
	local want=$1
	shift
	run "$want" cocci --rules=put-before-wait "$@"
}

# The modes

cocci 1 tree
out_has "tree/a.c: In function 'first':"
out_has 'tree/a.c:3:2: warning: dropped before the wait in line 4 [put-bef'
out_has 'note: found by cocci'
out_lacks 'fine'
err_has 'tree/a.c: guarded: skipped: cocci: spatch cannot parse it'
err_lacks 'other.c'
err_lacks 'first: skipped'
err_has '1 finding (1 warning); 2 files,'
cp .out one
cocci 1 -j1 tree
same .out one
cocci 1 --format=json tree
python3 - <<'EOF' || fail 'the report as JSON'
import json
r = json.load(open(".out"))
f, = r["findings"]
assert f["engines"] == ["cocci"] and f["function"] == "first", f
assert (f["line"], f["column"], f["rule"]) == (3, 2, "put-before-wait"), f
s, = r["coverage"]["skipped"]
assert s["function"] == "guarded" and s["file"] == "tree/a.c", s
assert r["coverage"]["files"] == 2, r
EOF
cocci 0 --mode=patch tree
cp .out fix.diff
head -n 1 .out | grep -q '^diff ' || fail 'more than a patch'
err_lacks 'skipped:'
git apply --check fix.diff || fail 'the patch does not apply from here'
out_has '-	drop(x);'
cocci 0 --mode=context tree
out_has '-	drop(x);'
out_lacks 'rule starting'
cocci 0 --mode=org tree
out_has '* TODO'
out_lacks ' = '
cocci 2 --mode=nonsense tree
cocci 2
run 2 cocci --rules=nonsense tree
run 2 cocci --rules=put-before-wait,ref-leak tree
err_has 'ref-leak needs --engine=sparse'
cocci 3 gone.c
err_has 'gone.c: No such file'

# Names of files are one argument, whatever stands in them

mkdir odd
# shellcheck disable=SC2016 # it is a name
names=('a b.c' "a'b.c" 'a"b.c' $'a\nb.c' '-a.c' '--help.c' 'a$(touch x).c'
	'a;touch y.c' 'a\b.c' 'a:1:2.c' '#a.c' ' .c')
for name in "${names[@]}"; do
	cp tree/a.c "odd/$name"
done
cocci 1 --format=json odd
python3 - "${names[@]}" <<'EOF' || fail 'the names of files'
import json, sys
found = [f["file"] for f in json.load(open(".out"))["findings"]]
assert found == sorted("odd/" + name for name in sys.argv[1:]), found
EOF
(cd odd && ! ls ../x ../y x y) 2>/dev/null || fail 'a name was run'
cd odd || exit 1
cocci 1 ./-a.c
out_has '-a.c:3:2: warning'
cd .. || exit 1

# A folder's own options for spatch are not read: they may name programs

mkdir hostile
cp tree/a.c hostile/
printf '[spatch]\n\toptions = --timeout 0 --python %s/evil --nonsense\n' \
	"$work" >hostile/.cocciconfig
printf '#!/bin/sh\ntouch "%s/ran"\n' "$work" >evil
chmod +x evil
cocci 1 hostile
cd hostile || exit 1
cocci 1 .
out_has 'a.c:3:2: warning'
cd .. || exit 1
[ ! -e ran ] || fail 'a folder chose the program'

# A semantic patch that makes no sense is told once

mkdir many
for i in $(seq 40); do
	cp tree/a.c "many/$i.c"
done
cp -r share broken
echo '@r@' >broken/cocci/put_before_wait.cocci
PINCHECK_SHARE=$work/broken cocci 3 -j2 many
[ "$(grep -c 'cocci: ' .err)" = 1 ] || fail 'not told once'
err_has 'pincheck: cocci: spatch exited with status 255'
PINCHECK_SHARE=$work/broken cocci 3 --format=json many
[ "$(grep -c '"reason": "cocci: put-before-wait: spatch' .out)" = 40 ] ||
	fail 'not each file is in the ledger'

finish
