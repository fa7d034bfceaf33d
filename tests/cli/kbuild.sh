#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# pincheck kbuild: kbuild's arguments, those of other programs among them; the
# checker that runs beside; and a status that never loses an object.
# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/check.bash"

# What kbuild passes to CHECK, with flags that only sparse or gcc know.
# shellcheck disable=SC2054 # the commas are gcc's
flags=(-D__linux__ -Dlinux -D__STDC__ -Dunix -D__unix__ -Wbitwise
	-Wno-return-void -Wno-unknown-attribute --arch=x86 -mlittle-endian -m64
	"-Wp,-MMD,./.bug.o.d" -nostdinc "-I$include" -D__KERNEL__
	-fmacro-prefix-map=./= -std=gnu11 -mno-sse -fconserve-stack
	-mpreferred-stack-boundary=3 -mindirect-branch=thunk-extern
	-fplugin=./scripts/gcc-plugins/x.so -Werror=designated-init --param=a=0
	-DKBUILD_MODFILE='"fs/a b"' -DKBUILD_BASENAME='"bug"')

run 0 kbuild "${flags[@]}" bug.c
err_has 'bug.c:86:2: warning: '
err_has '[put-before-wait]'
[ ! -s .out ] || fail 'findings belong to the other warnings'
run 0 kbuild "${flags[@]}" clean.c
[ ! -s .err ] || fail 'something is said of clean.c'

# -include and -D reach the file: without them it cannot be parsed
mkdir inc
echo '#define NAME function' >inc/name.h
echo 'int NAME(void) { return VALUE; }' >needs.c
run 0 kbuild "${flags[@]}" -include ./inc/name.h -D VALUE=1 needs.c
[ ! -s .err ] || fail 'a flag was lost'
run 0 kbuild "${flags[@]}" needs.c
err_has 'needs.c:1: '

# The machine is what sparse is told, unless clang is told one

printf '%s\n' '#ifndef __aarch64__' '#error another machine' '#endif' \
	'int fn(void) { return 0; }' >arm.c
run 0 kbuild "${flags[@]}" arm.c
err_has 'arm.c:2: another machine'
run 0 kbuild "${flags[@]}" --arch=arm64 arm.c
[ ! -s .err ] || fail '--arch is not heard'
run 0 kbuild "${flags[@]}" -mbig-endian --arch=s390 --target=aarch64-linux-gnu \
	arm.c
[ ! -s .err ] || fail '--target does not win'
sed 's/__aarch64__/__AARCH64EB__/' arm.c >big.c
run 0 kbuild --arch=arm64 -mlittle-endian -m64 big.c
err_has 'big.c:2: another machine'
run 0 kbuild --arch=arm64 -mbig-endian -m64 big.c
[ ! -s .err ] || fail '-mbig-endian is not heard'
run 0 kbuild --arch=um -m64 clean.c "-I$include"
[ ! -s .err ] || fail 'a machine that clang does not know is ours'

# The checker beside gets every argument, and its status counts

cat >beside <<'EOF'
#!/bin/bash
printf '<%s>' "$@" >args
echo 'beside: a warning' >&2
exit "$(cat status)"
EOF
chmod +x beside
echo 0 >status
run 0 kbuild --and ./beside "${flags[@]}" 'bug.c'
[ "$(cat args)" = "$(printf '<%s>' "${flags[@]}" bug.c)" ] || fail 'arguments'
err_has 'beside: a warning'
err_has 'bug.c:86:2: warning: '

# It may have arguments of its own, as CHECK may; two run one after the other

run 0 kbuild --and './beside -p=kernel "a b"' --and='./beside 2' -m64 bug.c
[ "$(cat args)" = '<2><-m64><bug.c>' ] || fail 'the second one'
run 0 kbuild --and './beside -p=kernel "a b"' -m64 bug.c
[ "$(cat args)" = '<-p=kernel><a b><-m64><bug.c>' ] || fail 'its own arguments'
run 1 kbuild --and './beside "' "${flags[@]}" bug.c
err_has '--and ./beside ": '
err_has 'bug.c:86:2: warning: '
echo 3 >status
run 3 kbuild --and=./beside "${flags[@]}" clean.c
(trap '' CHLD && "$PINCHECK" kbuild --and ./beside clean.c >.out 2>.err)
[ $? = 3 ] || fail 'a status is lost where SIGCHLD is ignored'
run 1 kbuild --and ./no-such-program "${flags[@]}" bug.c
err_has no-such-program
err_has 'bug.c:86:2: warning: '

# What was mined over the tree of the build counts, as it does for check

pair=$fixtures/direct-flag-write-declared
mkdir -p tree/.cache/pincheck
cp "$pair/declared.c" tree
(
	cd tree || exit 1
	echo '[]' >compile_commands.json
	"$PINCHECK" kbuild "-I$include" declared.c 2>before
	cp "$pair/.pincheck" .cache/pincheck/facts.db.mined
	"$PINCHECK" kbuild "-I$include" declared.c 2>after
)
cp tree/after .err
! grep -q '\[direct-flag-write\]$' tree/before || fail 'it needs no pair'
err_has '[direct-flag-write]'

# Nothing that happens to us loses an object

PINCHECK_TEST_ABORT=bug.c run 0 kbuild "${flags[@]}" bug.c
err_has 'bug.c: worker killed by signal 6'
run 0 kbuild "${flags[@]}" gone.c
err_has 'gone.c: No such file'
run 0 kbuild "${flags[@]}"
err_has 'no .c file'
run 2 kbuild
run 0 kbuild --help
out_has 'make C=1'

finish
