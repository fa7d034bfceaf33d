#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# replay --after PATCH: the verdict on the patched source comes from a run, the
# tree stays as it is, and a patch that does not belong to it is refused.

# shellcheck source=tests/cli/check.bash
. "$SRC/tests/cli/check.bash"

case=$SRC/corpus/002-btrfs-find-extent-buffer
mkdir -p tree/fs scratch
cp "$case"/*.[ch] tree/fs/
export TMPDIR=$work/scratch
sums() { (cd tree && find . -exec stat -c '%n %s %Y' {} + && md5sum fs/*); }
before=$(sums)

# make_patch OLD NEW NAME: from one file to the other, as a patch of NAME
make_patch() {
	diff -u --label "a/$3" --label "b/$3" "$1" "$2"
}

# after STATUS LINE: with the patch in the file "fix.diff"
after() {
	run "$1" replay --after fix.diff "tree/fs/before.c:$2" \
		-- -std=gnu11 "-I$SRC/corpus/include"
	[ -z "$(ls scratch)" ] || fail "the scratch folder is left"
	[ "$before" = "$(sums)" ] || fail "the tree was changed"
	if [ -e tree/evil ] || [ -e evil ]; then
		fail "a file was made"
	fi
}

# The repair that the corpus has: nothing is reported, and a run says why.
make_patch "$case/before.c" "$case/locked.c" fs/before.c > fix.diff
for line in 61 98; do
	after 0 "$line"
	out_has "before: confirmed, "
	out_has "assertion failed: BUG_ON"
	out_has "after: not-reproduced, "
	out_has "btrfs_create_tree(): clean, "
	out_has "no longer reported"
done

# The fix that was made helps two of the three places.
make_patch "$case/before.c" "$case/after.c" fs/before.c > fix.diff
after 0 61
out_has "still reported at tree/fs/before.c:62"
after 1 98
out_has "after: confirmed, "
[ "$(grep -c '^CPU 0' .out)" = 2 ] || fail "not two tables"

# A patch that changes nothing, and the line of a finding in which nothing
# fails: neither is a fix.
sed '1i // another line' "$case/before.c" > same.c
make_patch "$case/before.c" same.c fs/before.c > fix.diff
after 1 61
out_has "after: confirmed, "
cp "$SRC/corpus/004-iomap-put-and-wait/jfs_like.c" \
	"$SRC/corpus/004-iomap-put-and-wait/"*.h tree/fs/
before=$(sums)
sed '1i // another line' tree/fs/jfs_like.c > same.c
make_patch tree/fs/jfs_like.c same.c fs/jfs_like.c > fix.diff
run 3 replay --after fix.diff tree/fs/jfs_like.c:50 \
	-- -std=gnu11 "-I$SRC/corpus/include"
out_has "before: not-reproduced, "
out_has "after: unsupported: nothing failed before"

# A header that the patch changes, and one that it makes.
sed '/refs >= 2 && test_bit/,+1d' "$case/extent_io.h" > changed.h
make_patch "$case/extent_io.h" changed.h fs/extent_io.h > fix.diff
after 0 61
out_has "after: not-reproduced, "
{
	sed '1i #include "made.h"' "$case/before.c" > made.c
	make_patch "$case/before.c" made.c fs/before.c
	printf '%s\n' 'diff --git a/fs/made.h b/fs/made.h' \
		'new file mode 100644' '--- /dev/null' '+++ b/fs/made.h' \
		'@@ -0,0 +1 @@' '+/* nothing */'
} > fix.diff
after 1 61
out_has "after: confirmed, "

# What the patch breaks is no fix.
sed '1i #error broken' "$case/extent_io.h" > broken.h
make_patch "$case/extent_io.h" broken.h fs/extent_io.h > fix.diff
after 3 61
out_has "after: unsupported: "
out_has "broken"

# The function is gone, and so is the file.
sed '/^void free_extent_buffer(/,/^}/d' "$case/before.c" > gone.c
make_patch "$case/before.c" gone.c fs/before.c > fix.diff
after 3 61
out_has "after: unsupported: "
{
	echo 'diff --git a/fs/before.c b/fs/before.c'
	echo 'deleted file mode 100644'
	diff -u --label a/fs/before.c --label /dev/null "$case/before.c" \
		/dev/null
} > fix.diff
after 3 61
out_has "removed by the patch"

# It does not apply: file and hunk are named.
make_patch "$case/locked.c" "$case/before.c" fs/before.c > fix.diff
after 2 61
err_has "fix.diff: fs/before.c: hunk 1 does not apply: @@ -"
make_patch "$case/before.c" "$case/locked.c" fs/other.c > fix.diff
after 2 61
err_has "fs/other.c: No such file or directory"
echo "no patch" > fix.diff
after 2 61
err_has "fix.diff: there is no patch in it"
mkdir bin
printf '#!/bin/sh\nkill -KILL $$\n' > bin/git
chmod +x bin/git
PATH=$work/bin:$PATH after 2 61
err_has "git apply killed by signal 9"
rm -r bin fix.diff
after 2 61
err_has "fix.diff"

# It leads out: by its names, to what exists or not, and by links.
echo old > outside
for name in ../outside ../../outside ../evil "$work/outside" link/outside; do
	ln -sfn .. tree/link
	before=$(sums)
	if [ "${name##*/}" = evil ]; then
		printf '%s\n' '--- /dev/null' "+++ b/$name" '@@ -0,0 +1 @@' +new
	else
		printf '%s\n' "--- a/$name" "+++ b/$name" '@@ -1 +1 @@' \
			-old +new
	fi > fix.diff
	after 2 61
	[ "$(cat outside)" = old ] || fail "$name was changed"
done
printf '%s\n' 'diff --git a/../outside b/fs/stolen' 'similarity index 100%' \
	'copy from ../outside' 'copy to fs/stolen' > fix.diff
after 2 61
rm tree/link
before=$(sums)

# Names are no commands; a repository around it, or one in a hook, is none of
# this patch's.
make_patch "$case/before.c" "$case/locked.c" fs/before.c > fix.diff
# shellcheck disable=SC2016
mv fix.diff '$(touch evil);'
# shellcheck disable=SC2016
run 0 replay --after '$(touch evil);' tree/fs/before.c:61 \
	-- -std=gnu11 "-I$SRC/corpus/include"
[ ! -e evil ] || fail "a name was run"
# shellcheck disable=SC2016
mv '$(touch evil);' fix.diff
git init -q . 2> .err || fail "no repository"
GIT_DIR=$work/.git GIT_WORK_TREE=$work after 0 61

run 2 replay --after fix.diff --emit out tree/fs/before.c:61
err_has "either --after"

[ "$failures" = 0 ]
