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
echo 3 >status
run 3 kbuild --and=./beside "${flags[@]}" clean.c
(trap '' CHLD && "$PINCHECK" kbuild --and ./beside clean.c >.out 2>.err)
[ $? = 3 ] || fail 'a status is lost where SIGCHLD is ignored'
run 1 kbuild --and ./no-such-program "${flags[@]}" bug.c
err_has no-such-program
err_has 'bug.c:86:2: warning: '

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
