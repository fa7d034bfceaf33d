#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Checked as the kernel's build wants it: a folder of linux 6.1, single files
# and a module outside of the tree, built by make with pincheck as CHECK. In a
# copy of the parts of the tree that make reads: the tree itself is not written
# to.

set -euo pipefail
[ -n "${PINCHECK_KERNEL_DIR:-}" ] || exit 77
command -v sparse >/dev/null || exit 77

copy=$(mktemp -d)
trap 'rm -rf "$copy"' EXIT
mkdir "$copy/linux" "$copy/bin" "$copy/module"
cd "$PINCHECK_KERNEL_DIR"
{
	printf '%s\0' Makefile Kbuild .config .*.h include scripts arch/x86 \
		tools/arch tools/include tools/objtool tools/scripts fs/jfs \
		kernel/bounds.c kernel/time/timeconst.bc security/selinux
	find . -name 'Kconfig*' -print0
	find kernel fs -maxdepth 1 -name Makefile -print0
} | tar -c --null -T - | tar -x -C "$copy/linux"
cd "$copy/linux"
unset MAKEFLAGS MFLAGS MAKELEVEL KCFLAGS W C CF

fail() {
	echo "FAIL: $*"
	tail -n 40 "$copy/out"
	exit 1
}

# As ci/kernel-tree did
compiler=LLVM=-19

# build STATUS ARGUMENT...: make, but without objtool, which would be built anew;
# what it prints is kept in out
build() {
	local want=$1 got=0
	shift
	make -j2 $compiler ARCH=x86_64 CONFIG_OBJTOOL= PATH="$copy/bin:$PATH" \
		"$@" >"$copy/out" 2>&1 || got=$?
	[ "$((got != 0))" = "$want" ] || fail "make $*: status $got"
}

has() {
	grep -qE -e "$1" "$copy/out" || fail "not said: $1"
}

# How many lines there are that say WHAT
count() {
	grep -cE -e "$1" "$copy/out" || true
}

findings() {
	grep -E '^[^ ]*: warning: .*\[[a-z-]+\]$' "$1" | sort
}

# The stand-in has a status, and a list of what it was asked
cat >"$copy/bin/smatch" <<'END'
#!/bin/bash
printf '%s\n' "$*" >>"$SMATCH_LOG"
echo "${@: -1}:1 smatch_was_here() warn: nothing" >&2
exit "${SMATCH_STATUS:-0}"
END
chmod +x "$copy/bin/smatch"
export SMATCH_LOG=$copy/smatch

# C=1: each unit when it is compiled; findings do not cost an object, and are
# those of pincheck check

files=$(make -s -f - <<'END'
include .config
include fs/jfs/Makefile
$(info $(jfs-y))
all:;@:
END
)
files=$(wc -w <<<"$files")
build 0 C=1 CHECK="$PINCHECK kbuild --and sparse" fs/jfs/
[ "$(count '^  CC .* fs/jfs/')" = "$files" ] || fail "not $files compiled"
[ "$(count '^  CHECK   fs/jfs/')" = "$files" ] || fail "not $files checked"
[ -f fs/jfs/built-in.a ] || fail 'no objects'
has "^fs/jfs/jfs_metapage.c: In function 'insert_metapage':"
has '^fs/jfs/jfs_metapage.c:[0-9]+:[0-9]+: warning: .* \[unpaired-flag\]$'
findings "$copy/out" >"$copy/found"
(cd "$PINCHECK_KERNEL_DIR" && "$PINCHECK" check --engine clang --no-store \
	-p . fs/jfs 2>/dev/null) >"$copy/check" || [ $? = 1 ]
findings "$copy/check" | cmp - "$copy/found" || fail 'check says something else'
build 0 C=1 CHECK="$PINCHECK kbuild --and sparse" fs/jfs/
[ "$(count '^  (CC|CHECK) .* fs/jfs/')" = 0 ] || fail 'checked without a change'

# C=2: without compiling; two checkers beside, with the arguments that they had
# as CHECK

build 0 C=2 CHECK="$PINCHECK kbuild --and sparse --and 'smatch -p=kernel'" \
	fs/jfs/
[ "$(count '^  CC .* fs/jfs/')" = 0 ] || fail 'compiled again'
[ "$(count '^  CHECK   fs/jfs/')" = "$files" ] || fail "not $files checked again"
[ "$(count '^fs/jfs/.*:1 smatch_was_here')" = "$files" ] || fail 'no smatch'
findings "$copy/out" | cmp - "$copy/found" || fail 'C=2 says something else'
[ "$(grep -c '^-p=kernel -D__linux__ .* -DKBUILD_MODNAME=.* fs/jfs/[a-z_]*\.c$' \
	"$SMATCH_LOG")" = "$files" ] || fail "smatch's arguments"

# sparse is what it would be as CHECK

build 0 C=2 CHECK=sparse CF=-Wcontext fs/jfs/
grep -E '^fs/jfs/.*(warning|error): ' "$copy/out" | sort >"$copy/alone"
[ -s "$copy/alone" ] || fail 'sparse says nothing'
build 0 C=2 CF=-Wcontext CHECK="$PINCHECK kbuild --and sparse" fs/jfs/
grep -E '^fs/jfs/.*(warning|error): ' "$copy/out" | grep -v '\[[a-z-]*\]$' |
	sort | cmp - "$copy/alone" || fail 'sparse says something else'

# With more warnings, and flags that nobody knows. A checker beside that fails
# costs the object, as it does alone

object=fs/jfs/jfs_metapage.o
flags=(C=1 W=1 CF='--no-such-flag -Dx=y' KCFLAGS=-DNEW=1)
build 0 "${flags[@]}" CHECK="$PINCHECK kbuild --and smatch" $object
has '^fs/jfs/jfs_metapage.c:[0-9]+:[0-9]+: warning: .* \[unpaired-flag\]$'
[ -e $object ] || fail 'findings cost an object'
touch fs/jfs/jfs_metapage.c
SMATCH_STATUS=1 build 1 "${flags[@]}" CHECK="$PINCHECK kbuild --and smatch" \
	$object
has '^fs/jfs/jfs_metapage.c:[0-9]+:[0-9]+: warning: .* \[unpaired-flag\]$'
[ ! -e $object ] || fail 'a failure is lost'

# A module

cat >"$copy/module/job.c" <<'END'
#include <linux/completion.h>
#include <linux/kref.h>
#include <linux/list.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/slab.h>

struct job {
	struct kref ref;
	struct list_head link;
	struct completion done;
	int id;
};

static LIST_HEAD(jobs);
static DEFINE_MUTEX(jobs_lock);

static void job_release(struct kref *ref)
{
	kfree(container_of(ref, struct job, ref));
}

static struct job *job_find(int id)
{
	struct job *job, *found = NULL;

	mutex_lock(&jobs_lock);
	list_for_each_entry(job, &jobs, link) {
		if (job->id == id) {
			kref_get(&job->ref);
			found = job;
			break;
		}
	}
	mutex_unlock(&jobs_lock);
	return found;
}

int job_wait(int id);
int job_wait(int id)
{
	struct job *job = job_find(id);

	if (!job)
		return -ENOENT;
	pr_info(KBUILD_MODNAME);
	kref_put(&job->ref, job_release);
	wait_for_completion(&job->done);
	return 0;
}
END
echo 'obj-m := job.o' >"$copy/module/Kbuild"
build 0 C=1 CHECK="$PINCHECK kbuild" M="$copy/module" job.o
has '/module/job.c:47:2: warning: .* \[put-before-wait\]$'
[ -e "$copy/module/job.o" ] || fail 'no object of the module'

# By gcc, whose flags and configuration are other ones

if command -v gcc >/dev/null; then
	compiler=
	build 0 olddefconfig
	build 0 V=1 C=1 CHECK="$PINCHECK kbuild --and sparse" $object
	has '^  gcc .* -c -o fs/jfs/jfs_metapage.o '
	grep '^fs/jfs/jfs_metapage.c' "$copy/found" |
		cmp - <(findings "$copy/out") || fail 'by gcc: something else'
fi
