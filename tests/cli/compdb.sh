#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
#
# pincheck compdb on a small tree whose makefile prints and saves commands as
# kbuild does: what is read, what is left out, and every way to fail. Real
# trees are ci/kernel-tree's.

set -euo pipefail
if [[ ! -x ${PINCHECK:-} ]]; then exit 77; fi

tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
tmp=$(readlink -f "$tmp")
tree=$tmp/tree
mkdir -p "$tree/fs" "$tree/dir with space" "$tmp/out"
touch "$tree/fs/super.c" "$tree/fs/inode.c" "$tree/boot.S" "$tree/host.c" \
	"$tree/dir with space/odd.c"

# The recipe of kbuild's rule_cc_o_c, which echoes, compiles, runs a tool and
# saves the command; a host program; assembly; a tool that names a .c file.
cat > "$tree/Makefile" <<'EOF'
O ?= .
objects := fs/super.o fs/inode.o fs/generated.o fs/both.o
./: $(addprefix $(O)/,$(objects)) host boot.o odd
	@:
ifneq ($(O),.)
./: enter
enter:
	$(MAKE) -f $(CURDIR)/Makefile -C $(O) O=. src=$(CURDIR)/ fs/entered.o
endif
fs/%: fs/%.o ;
$(O)/fs/%.o fs/%.o:
	set -e;  echo '  cc -Iinclude -DNAME='\''"$*"'\'' -DKBUILD_MODNAME='\''"a;b"'\'' -c -o $@ $(src)fs/$*.c'; trap 'rm -f $@' INT; cc -Iinclude -DNAME='"$*"' -DKBUILD_MODNAME='"a;b"' -c -o $@ $(src)fs/$*.c ; ./objtool --orc $@; fixdep .d $@ 'cc -DKBUILD_MODNAME='\''"a;b"'\'' -c -o $@ fs/$*.c' > fs/.$*.o.cmd
host:
	cc -O2 -c -o host.o host.c
boot.o:
	cc -D__ASSEMBLY__ -DKBUILD_MODFILE='"boot"' -c -o boot.o boot.S
odd:
	cc -DKBUILD_BASENAME='"odd"' -c -o "dir with space/odd.o" dir\ with\ space/odd.c && echo done
fail:
	cc -DKBUILD_BASENAME='"one"' -c -o fs/one.o fs/one.c
	$(error nothing is configured)
none/:
	echo nothing
EOF

# An object that is built: make prints nothing, kbuild saved the command.
touch "$tree/fs/both.o" "$tree/fs/built.o"
cat > "$tree/fs/.both.o.cmd" <<'EOF'
savedcmd_fs/both.o := cc -DKBUILD_MODNAME='"$$both\#$(pound)"' -c -o fs/both.o fs/both.c ; ./objtool fs/both.o

source_fs/both.o := fs/both.c
EOF
echo "cmd_fs/built.o := cc -DKBUILD_MODNAME='\"built\"' -c -o fs/built.o fs/built.c" \
	> "$tree/fs/.built.o.cmd"
# Its object is gone: a left-over.
echo "cmd_fs/gone.o := cc -DKBUILD_MODNAME='\"gone\"' -c -o fs/gone.o fs/gone.c" \
	> "$tree/fs/.gone.o.cmd"
ln -s ../.. "$tree/fs/loop"

expect() {
	local want=$1 got=0

	shift
	"$PINCHECK" compdb "$@" > "$tmp/stdout" 2> "$tmp/stderr" || got=$?
	if [[ $got != "$want" ]]; then
		echo "compdb $*: exit status $got, not $want"
		cat "$tmp/stderr"
		exit 1
	fi
	[[ ! -s $tmp/stdout ]]
}

says() {
	grep -qF -- "$1" "$tmp/stderr" || {
		printf 'stderr lacks "%s":\n' "$1"
		cat "$tmp/stderr"
		exit 1
	}
}

# files DB: its files, outputs and directories below the tree's parent.
files() {
	python3 - "$1" "$tmp" <<'EOF'
import json, os, sys
for e in json.load(open(sys.argv[1])):
    print(e["file"], e["output"], os.path.relpath(e["directory"], sys.argv[2]))
EOF
}

same() {
	diff -u <(printf '%s\n' "$@") - || exit 1
}

expect 0 -C "$tree"
says "6 units written to $tree/compile_commands.json, 2 of them from saved commands; 3 source files are not generated yet"
files "$tree/compile_commands.json" | same \
	'dir with space/odd.c dir with space/odd.o tree' \
	'fs/both.c fs/both.o tree' \
	'fs/built.c fs/built.o tree' \
	'fs/generated.c fs/generated.o tree' \
	'fs/inode.c fs/inode.o tree' \
	'fs/super.c fs/super.o tree'

# Quoting is undone, words stay whole, and the source comes last.
python3 - "$tree/compile_commands.json" <<'EOF'
import json, sys
db = {e["file"]: e["arguments"] for e in json.load(open(sys.argv[1]))}
assert db["fs/super.c"] == ["cc", "-Iinclude", '-DNAME="super"',
    '-DKBUILD_MODNAME="a;b"', "-c", "-o", "fs/super.o", "fs/super.c"], db
assert db["fs/both.c"][1] == '-DKBUILD_MODNAME="$both##"', db
EOF

# The same bytes again, and one folder or object alone.
cp "$tree/compile_commands.json" "$tmp/first"
(cd "$tree" && expect 0)
cmp "$tmp/first" "$tree/compile_commands.json"
expect 0 -C "$tree" -o "$tmp/one.json" fs/super.o fs/built.o
files "$tmp/one.json" | same 'fs/built.c fs/built.o tree' 'fs/super.c fs/super.o tree'

# Another output directory: commands run there, and so do those saved there.
mkdir -p "$tmp/out/fs"
touch "$tmp/out/fs/saved.o"
echo "savedcmd_fs/saved.o := cc -DKBUILD_MODNAME='\"s\"' -c -o fs/saved.o $tree/fs/super.c" \
	> "$tmp/out/fs/.saved.o.cmd"
expect 0 -C "$tree" -o "$tmp/o.json" --make-arg "O=$tmp/out" enter
files "$tmp/o.json" | same "$tree/fs/entered.c fs/entered.o out" \
	"$tree/fs/super.c fs/saved.o out"
expect 0 -C "$tree" -o "$tmp/o.json" --make-arg "O=$tmp/out"
# Not grep -q: it would end before what writes to it.
files "$tmp/o.json" | grep -xF "$tree/fs/super.c fs/saved.o out"

# A kernel that is configured but not prepared.
touch "$tree/.config"
expect 0 -C "$tree" -o "$tmp/x.json"
says 'is not prepared'
rm "$tree/.config"

# Failures: one clear line each.
expect 2 --no-such-option
says 'Unknown option --no-such-option'
expect 2 -C "$tmp/nowhere"
says "$tmp/nowhere is not a directory"
expect 3 -C "$tree" -o "$tmp/none.json" none/
says 'no compile commands'
expect 3 -C "$tree" -o "$tmp/none.json" fail
says 'make failed'
says 'nothing is configured'
expect 3 -C "$tree" -o "$tmp/half.json" fs/super.o fail
files "$tmp/half.json" | same 'fs/both.c fs/both.o tree' \
	'fs/built.c fs/built.o tree' 'fs/super.c fs/super.o tree'
expect 3 -C "$tree" -o "$tmp/none.json" no-such-target
says "No rule to make target 'no-such-target'"
mkdir "$tmp/empty"
expect 3 -C "$tmp/empty"
says 'no compile commands'
expect 3 -C "$tree" -o "$tmp/nowhere/x.json"
says "$tmp/nowhere"
PATH=$tmp/nowhere expect 3 -C "$tree" -o "$tmp/f.json"
says 'Failed to execute child process'

[[ ! -e $tmp/none.json && ! -e $tmp/f.json ]]
