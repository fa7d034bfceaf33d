#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# patch --cross-file: who calls what a patch changes is judged in its own file,
# and patch by patch.

# shellcheck source=check.bash
. "$SRC/tests/cli/check.bash"

tree=$work/tree
cp -r "$SRC/tests/cross/callee" "$tree"
(cd "$tree" && database "$tree" ./*.c)
cp "$tree/job.c" finish.c
# The base: who calls job_finish() keeps the reference.
sed -i '/job_note(j, why);/{n;d}' "$tree/job.c"
store=$tree/.cache/pincheck/facts.db

step() { diff -u --label a/job.c --label b/job.c "$1" "$2"; }
step "$tree/job.c" finish.c > puts.diff
step finish.c "$tree/job.c" > keeps.diff
grep -q '^+.*job_put' puts.diff || fail "no put in the patch"

run 2 patch --cross-file --tree "$tree" puts.diff
err_has 'needs a store'
run 0 index -p "$tree" --store "$store" "$tree"
find "$tree" -name .cache -prune -o -type f -print0 | sort -z |
	xargs -0 sha256sum > before

run 0 patch --tree "$tree" puts.diff
run 1 patch --cross-file --tree "$tree" puts.diff
out_has 'tree/user.c:'
out_has '[put-before-wait] (exposed by the patch)'
err_has '1 exposed'
err_has '2 files'

# The store of the tree is that of the base still, and so is the tree.
run 0 check --cross-file --store "$store" -p "$tree" "$tree"
find "$tree" -name .cache -prune -o -type f -print0 | sort -z |
	xargs -0 sha256sum > after
cmp -s before after || fail "the tree changed"

# Who calls what only moved is not judged.
{ echo; cat "$tree/job.c"; } > moved.c
step "$tree/job.c" moved.c > moves.diff
run 0 patch --cross-file --tree "$tree" moves.diff
err_has '1 file,'

# A unit that reads what only the patch makes is linked like any other.
{ echo '#include "why.h"'; cat finish.c; } > header.c
{ step "$tree/job.c" header.c
	printf -- '--- /dev/null\n+++ b/why.h\n@@ -0,0 +1 @@\n+enum why { NONE };\n'
} > header.diff
run 1 patch --cross-file --tree "$tree" header.diff
out_has 'tree/user.c:'
err_has '1 exposed'

# What cannot be linked is not passed over: here a header is missing.
{ echo '#include "none.h"'; cat finish.c; } > lacks.c
step "$tree/job.c" lacks.c > lacks.diff
run 3 patch --cross-file --tree "$tree" lacks.diff
err_has 'INCOMPLETE'

# A unit that the patch removes is not judged after it.
diff -u --label a/user.c --label /dev/null "$tree/user.c" /dev/null \
	> removes.diff
run 0 patch --cross-file --tree "$tree" removes.diff
err_has '0 exposed'
err_lacks 'removed by the patch'

# The second patch takes back what the first exposed.
mail() {
	printf 'From %s Mon Sep 17 00:00:00 2001\n' \
		0123456789012345678901234567890123456789
	printf 'From: A <a@example.org>\nSubject: [PATCH %s] %s\n\n---\n' "$1" "$2"
	cat "$3"
	printf -- '-- \n2.0\n\n'
}
mail 1/2 'job: put it' puts.diff > series.mbox
mail 2/2 'job: keep it' keeps.diff >> series.mbox
run 1 patch --cross-file --tree "$tree" series.mbox
out_has '(exposed by 1/2: job: put it)'
out_has '(by 2/2: job: keep it)'
err_has '1 exposed, 1 fixed'

finish
