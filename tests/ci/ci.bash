# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# For the tests of ci/parts/: a kernel repository in small, a commit that brings
# a bug, and programs that stand in for those of a service. Sourced, not run.

# shellcheck source=../cli/check.bash
. "$SRC/tests/cli/check.bash"

parts=$SRC/ci/parts
repo=$work/linux
PATH=$work/bin:$PATH
export GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_SYSTEM=/dev/null
export GIT_AUTHOR_NAME=A GIT_AUTHOR_EMAIL=a@example.org
export GIT_COMMITTER_NAME=C GIT_COMMITTER_EMAIL=c@example.org
export GIT_AUTHOR_DATE='2026-01-01 00:00 +0000'
export GIT_COMMITTER_DATE=$GIT_AUTHOR_DATE
mkdir bin "$repo" "$repo/drivers"
ln -s "$PINCHECK" bin/pincheck

# stand_in NAME [COMMAND...]: a program that writes its arguments to NAME.args
# and what it reads to NAME.in, and ends as the command does
stand_in() {
	local name=$1
	shift
	# That of pincheck is a link to the program.
	rm -f "$work/bin/$name"
	cat >"$work/bin/$name" <<END
#!/bin/bash
printf '%s\n' "\$*" >>'$work/$name.args'
[ -t 0 ] || cat >'$work/$name.in'
${*:-exit 0}
END
	chmod +x "$work/bin/$name"
}

# part STATUS COMMAND...: runs it in the repository
part() {
	local want=$1 got=0
	shift
	(cd "$repo" && "$@") >"$work/.out" 2>"$work/.err" </dev/null || got=$?
	[ "$got" = "$want" ] || fail "$*: status $got, not $want"
}

commit() {
	git -C "$repo" add -A
	git -C "$repo" commit -q -m "$1"
	git -C "$repo" rev-parse HEAD
}

# What kbuild prints, as pincheck compdb reads it, and what it makes
cat >"$repo/Makefile" <<END
./: drivers/old.o drivers/job.o drivers/other.o
defconfig prepare:
	@echo "\$@ \$(LLVM)" >>.made
%.o: %.c
	cc -I$include -DKBUILD_MODNAME='"job"' -c -o \$@ \$<
END
printf '/%s\n' .made .cache/ compile_commands.json '*.sarif' '*.json' \
	>"$repo/.gitignore"

# Three files: old.c has a bug since ever, other.c is fine as long as job_leave()
# does nothing.
cat >"$repo/drivers/job.h" <<'END'
#include "kernel.h"
struct job {
	struct kref kref;
	struct list_head link;
	struct completion done;
	int id;
};
static inline void job_leave(struct job *j)
{
}
END
for name in old job other; do
	cat >"$repo/drivers/$name.c" <<END
#include "job.h"
static void ${name}_release(struct kref *kref)
{
	kfree(container_of(kref, struct job, kref));
}
static struct job *${name}_find(struct list_head *jobs, struct mutex *lock)
{
	struct job *j, *found = NULL;

	mutex_lock(lock);
	list_for_each_entry(j, jobs, link) {
		if (j->id) {
			kref_get(&j->kref);
			found = j;
			break;
		}
	}
	mutex_unlock(lock);
	return found;
}
void ${name}_del(struct job *j, struct mutex *lock)
{
	mutex_lock(lock);
	list_del_init(&j->link);
	mutex_unlock(lock);
	kref_put(&j->kref, ${name}_release);
}
int ${name}_wait(struct list_head *jobs, struct mutex *lock)
{
	struct job *j = ${name}_find(jobs, lock);

	if (!j)
		return -ENOENT;
	wait_for_completion(&j->done);
	kref_put(&j->kref, ${name}_release);
	job_leave(j);
	return 0;
}
END
done
# swap_in FILE: the reference is dropped before the wait
swap_in() {
	sed -i "/_wait(/,\$ { /kref_put/d }; /wait_for/i\	kref_put(\&j->kref, $1_release);" \
		"$repo/drivers/$1.c"
}
git init -q -b main "$repo"
swap_in old
base=$(commit 'job: first')
echo '/* a comment */' >>"$repo/drivers/other.c"
head_clean=$(commit 'job: a comment')
swap_in job
echo '/* a comment */' >>"$repo/drivers/old.c"
head_bug=$(commit 'job: wait last')
(cd "$repo" && "$PINCHECK" compdb) 2>.err || fail 'no compile database'
rm -f "$repo/.made"
export base head_clean head_bug
