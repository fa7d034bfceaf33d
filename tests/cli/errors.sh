#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Whatever is asked of a command that cannot be done: it says what, of which
# file, with the right status, and leaves nothing behind.
# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/check.bash"

flags=(-- "-I$include")

# says STATUS MESSAGE COMMAND ARGUMENT...
says() {
	local status=$1 what=$2
	shift 2
	run "$status" "$@"
	err_has "pincheck: $what"
}

# fails MESSAGE SHELL-COMMAND: the report cannot be written there
fails() {
	local got=0
	(eval "$2") 2>"$work/.err" || got=$?
	[ "$got" = 3 ] || fail "$2: status $got, not 3"
	err_has "pincheck: cannot write the report: $1"
}

says 0 's.db: 1 unit,' index --store=s.db clean.c "${flags[@]}"

# stdout is closed, or its disk is full: no other file takes its place

for arguments in --help --version 'check --help' rules \
	'explain put-before-wait' 'query functions --store=s.db' \
	'check --engine=clang clean.c bug.c' 'mine clean.c' \
	'dump --after=lower clean.c' 'cocci --help'; do
	case $arguments in
	check\ *c | mine* | dump*) arguments="$arguments -- -I'$include'" ;;
	esac
	fails 'Bad file descriptor' "'$PINCHECK' $arguments >&-"
	fails 'No space left on device' "'$PINCHECK' $arguments >/dev/full"
done
says 0 's.db: 1 unit,' index --store=s.db clean.c "${flags[@]}" <&-
check 3 -o /dev/full bug.c
err_has 'cannot write /dev/full: No space left on device'
check 3 -o none/out clean.c
err_has 'pincheck: cannot write none/out: No such file or directory'
says 3 'cannot write bug.c/check_then_lock.cocci: Not a directory' \
	cocci --emit=bug.c
[ "$(wc -l <"$work/.err")" = 1 ] || fail 'the same error again and again'

# Names that are empty, as when a variable was

for command in check mine index 'dump --after=lower' replay cocci; do
	read -ra words <<<"$command"
	says 2 'an argument is empty' "${words[@]}" ''
	says 2 '--compile-db: the name is empty' "${words[@]}" -p '' clean.c
	says 2 '--model: the name is empty' "${words[@]}" --model= clean.c
done
says 2 '--store: the name is empty' query --store= functions
says 2 '--output: the name is empty' merge -o '' s.db
says 2 '--output: the name is empty' check -o '' clean.c
says 2 '--emit: the name is empty' cocci --emit=

# Stores that are none

mkdir folder
head -c 5000 /dev/zero | tr '\0' x >junk.db
while IFS=: read -r store why; do
	for command in check mine index 'dump --after=lower'; do
		read -ra words <<<"$command"
		says 3 "$store: $why" "${words[@]}" --store="$store" clean.c \
			"${flags[@]}"
	done
	says 3 "$store: $why" replay --store="$store" bug.c:1 "${flags[@]}"
	says 3 "$store: $why" query --store="$store" functions
	says 3 "$store: $why" merge -o "$store" s.db
	says 3 "$store: $why" merge -o other.db "$store"
done <<'END'
folder:Is a directory
junk.db:file is not a database
END
for command in query\ functions dump\ --after=lower\ clean.c; do
	read -ra words <<<"$command"
	says 3 'gone.db: No such file or directory' \
		"${words[@]}" --store=gone.db
	[ ! -e gone.db ] || fail "$command made a store"
done
says 3 'gone.db: No such file or directory' merge -o other.db gone.db

# Patches that are not there, or are none: the first is the user's word

git -c init.defaultBranch=main init -q repo
run 2 patch gone.diff
[ "$(wc -l <"$work/.err")" = 1 ] || fail 'more than a line'
err_has 'pincheck: gone.diff: '
says 2 "gone: bad revision 'gone'" patch --tree repo gone
says 2 'a..b: bad revision' patch --tree repo a..b
: >empty.diff
says 3 'empty.diff: there is no patch in it' patch --tree repo empty.diff
printf -- '--- a/new\n+++ b/new\n@@ -0,0 +1 @@\n+new\n' >new.diff
says 2 'new.diff: base gone: ' patch --tree repo --base gone new.diff

# Nothing to index: no store is made, and no folder for it

says 3 'Failed to open file' index -p nowhere clean.c
[ ! -e nowhere ] || fail 'index made a folder'
says 3 'gone.c: No such file or directory' index --store=new.db gone.c
[ ! -e new.db ] || fail 'index made a store of nothing'

# A finding that is not seen for errors

echo 'int broken(void) { return none; }' >broken.c
says 2 "$work/broken.c: there is no such finding, and it has errors" \
	replay broken.c:1 "${flags[@]}"

# What may not be read or written

user=()
[ "$(id -u)" != 0 ] ||
	user=(setpriv --reuid=65534 --regid=65534 --clear-groups)
chmod 755 .
mkdir closed fixed
cp clean.c secret.c
chmod 0 closed secret.c
chmod 555 fixed
if "${user[@]}" test -x "$PINCHECK" && "${user[@]}" test -r "$include" &&
	! "${user[@]}" test -r secret.c; then
	program=$PINCHECK
	printf '#!/bin/sh\nexec %s "%s" "$@"\n' "${user[*]}" "$program" \
		>user.sh
	chmod 755 user.sh
	PINCHECK=./user.sh
	for command in check mine cocci; do
		read -ra words <<<"$command"
		says 3 'secret.c: Permission denied' "$command" secret.c
		says 3 "$work/closed: Permission denied" "$command" closed
		err_lacks 'no .c file'
	done
	says 3 'fixed/s.db: Permission denied' \
		index --store=fixed/s.db clean.c "${flags[@]}"
	says 3 'cannot write fixed/out: Permission denied' \
		check -o fixed/out clean.c "${flags[@]}"
	PINCHECK=$program
fi
chmod 755 closed fixed

finish
