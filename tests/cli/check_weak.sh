#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# check --replay --memory: what fails in a weaker memory only is confirmed-weak
# with that memory named, in text and JSON; with its barriers it is not; and the
# emitted program fails in the same memory.

# shellcheck source=tests/cli/check.bash
. "$SRC/tests/cli/check.bash"

file=$SRC/tests/lower/weak/dying.c
line=$(grep -n 'atomic_read(&e->refs) == 1' "$file" | cut -d: -f1)

# replay STATUS MEMORY [CLANG-ARG...]
replay() {
	local want=$1 memory=$2
	shift 2
	run "$want" replay --memory "$memory" "$file:$line" -- "-I$include" "$@"
}

for memory in sc tso; do
	replay 0 "$memory"
	out_lacks confirmed
	out_has 'ent_reap() | ent_use(): clean, '
done
out_has 'ent_reap() | ent_use(): clean under tso, '
for memory in pso arm; do
	replay 1 "$memory"
	out_has 'confirmed-weak, '
	out_has 'use after free under pso, '
	out_has 'set_bit(ENT_DYING, &e->flags)   waits in the store buffer'
	replay 0 "$memory" -DFENCED
	out_lacks confirmed
	out_has "ent_reap() | ent_use(): clean under $memory, "
done

# What it does not keep of the code may order memory: it is no failure then.
replay 0 arm '-Dorder()=elsewhere()'
out_lacks confirmed
# So may what only one way of a branch does.
replay 0 pso '-Dorder()=do { if (t->spare) smp_mb(); } while (0)'
out_lacks confirmed
replay 1 pso '-Dorder()=do { if (t->spare) (void)t; } while (0)'
out_has 'confirmed-weak, '

check 1 --replay --memory arm --format json "$file"
python3 - "$work/.out" << 'END' || fail "JSON"
import json, sys
[f] = json.load(open(sys.argv[1]))["findings"]
r = f["replay"]
assert (r["verdict"], r["memory"]) == ("confirmed-weak", "pso"), r
assert r["table"] and r["schedule"] and f["severity"] == "warning", r
END
check 0 --replay --min-severity note --format json "$file"
out_has '"memory": "sc"'
check 2 --memory tso "$file"
err_has '--memory needs --replay'
check 2 --replay --memory alpha "$file"
err_has 'no such memory: alpha'

# The sanitizers' builds link a runtime that cc alone cannot.
if ! nm "$PINCHECK" | grep -q __asan_init; then
	run 1 replay --memory pso --emit out --build "$file:$line" \
		-- "-I$include"
	out_has 'use after free'
	run 0 replay --memory tso --emit out --build "$file:$line" \
		-- "-I$include"
fi

[ "$failures" = 0 ]
