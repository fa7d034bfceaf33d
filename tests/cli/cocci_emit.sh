#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# pincheck cocci --emit: what stands in cocci/ is what the built-in model
# gives; a pair that is declared, or that the code shows, is looked for in what
# is written, and by the engine.
# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/check.bash"

[ -e "$SRC/cocci/unpaired_flag.cocci" ] || exit 77

run 0 cocci --emit plain
for file in "$SRC"/cocci/*.cocci; do
	same "$file" "plain/${file##*/}"
done
run 2 cocci --emit none --rules=ref-leak
err_has 'ref-leak needs --engine=sparse'

# Declared

mkdir own
printf '[pair own-pin]\nflag = struct thing.word:THING_PIN\n' >own/.pincheck
printf 'get = thing_pin\nput = thing_unpin\n' >>own/.pincheck
cat >own/a.c <<'EOF'
void thing_leave(struct thing *t)
{
	clear_bit(THING_PIN, &t->word);
	spin_unlock(&t->lock);
	thing_put(t);
}
EOF
cd own || exit 1
run 0 cocci --emit ../declared
cd .. || exit 1
grep -q 'own_pin' declared/direct_flag_write.cocci || fail 'not declared'
grep -qF '&o->word' declared/direct_flag_write.cocci || fail 'another word'
same plain/check_then_lock.cocci declared/check_then_lock.cocci
run 3 cocci --emit partly own --
err_has 'own/a.c: has errors'
same declared/direct_flag_write.cocci partly/direct_flag_write.cocci
run 2 cocci -p . own
err_has 'needs flags'

if command -v spatch >/dev/null; then
	run 1 cocci --rules=direct-flag-write own
	out_has 'own/a.c:3:'
	out_has '[direct-flag-write]'
	rm own/.pincheck
	run 0 cocci --rules=direct-flag-write own
	# By itself, as a maintainer would run it
	spatch --very-quiet --sp-file declared/direct_flag_write.cocci \
		-D report --no-includes own/a.c 2>/dev/null |
		grep -q 'own/a.c:3:.*\[direct-flag-write\]$' ||
		fail 'what was written finds nothing'
fi

# Shown by the code

run 0 cocci --emit shown "$SRC/corpus/002-btrfs-find-extent-buffer" \
	-- -std=gnu11 "-I$SRC/corpus/include"
grep -q 'EXTENT_BUFFER_TREE_REF, &o->bflags' shown/unpaired_flag.cocci ||
	fail 'the pair that the code shows is not there'
run 3 cocci --emit shown gone.c --
err_has 'gone.c: No such file'
run 3 cocci --emit /dev/null/x

finish
