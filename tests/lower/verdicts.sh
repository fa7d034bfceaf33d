#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Verdicts of replays. A file says in a line "replay: WHAT VERDICT" what must
# come out, and in a line "assumes: WHAT TEXT" what that rests on: WHAT is the
# line of a finding; or, to lower a function without one,
# FUNCTION:record.flag, or FUNCTION:record for a look-up; "any" is any verdict,
# within the time limit. For the corpus's findings bench/replays asks; the table
# below is of functions without one. The same input gives the same bytes.

set -u
: "${PINCHECK:?}" "${SRC:?}"
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
failures=0

fail() {
	echo "FAIL: $*"
	failures=$((failures + 1))
}

# dump FILE WHAT INCLUDE [OPTION]: the event lists
dump() {
	local only=()

	[[ $2 == *[!0-9]* ]] && only=(--function "$2")
	timeout 60 "$PINCHECK" dump --after=events "${only[@]}" "$1" \
		-- -std=gnu11 "-I$3" ${4+"$4"} 2> "$work/err"
}

# verdict WHAT: of the finding at that line, or the only one
verdict() {
	if [[ $1 == *[!0-9]* ]]; then
		sed -n 's/^verdict: \([a-z-]*\).*/\1/p' "$work/out"
	else
		sed -n "/^## .*:$1 /,/^verdict/s/^verdict: \([a-z-]*\).*/\1/p" \
			"$work/out"
	fi
}

# whole FILE INCLUDE [OPTION]: fails where it does not compile
whole() {
	"$PINCHECK" check --engine clang "$1" \
		-- -std=gnu11 "-I$2" ${3+"$3"} \
		> "$work/out" 2> "$work/err"
	[ $? -le 1 ] || fail "$1 ${3-}: $(head -n 1 "$work/err")"
}

# expect FILE WHAT VERDICT INCLUDE [OPTION]
expect() {
	local got

	whole "$1" "${@:4}"
	if ! dump "$1" "$2" "${@:4}" > "$work/out"; then
		fail "$1 $2: no dump: $(head -n 1 "$work/err")"
		return
	fi
	dump "$1" "$2" "${@:4}" > "$work/again"
	cmp -s "$work/out" "$work/again" || fail "$1 $2: differs from run to run"
	got=$(verdict "$2")
	[ "$3" = any ] || [ "$got" = "$3" ] ||
		fail "$1 $2: '$got', not '$3'"
}

for file in "$SRC"/tests/lower/verdict/*.c; do
	grep -q 'replay:' "$file" || fail "$file says nothing"
	while read -r what want; do
		expect "$file" "$what" "$want" "$SRC/tests/fixtures/include"
	done < <(sed -n 's/^ \* replay: //p' "$file")
	while read -r what text; do
		dump "$file" "$what" "$SRC/tests/fixtures/include" \
			> "$work/out"
		grep -qF "assume \"$text\"" "$work/out" ||
			fail "$file $what: does not assume: $text"
	done < <(sed -n 's/^ \* assumes: //p' "$file")
done

# A wait that is lowered just where the array of ops grows
expect "$SRC/tests/fixtures/wait-without-rescan/report.c" 110 unsupported \
	"$SRC/tests/fixtures/include"

# The asserted lock is the one of the session that is handed down
expect "$SRC/tests/lower/verdict/lock_asserted_other.c" \
	session_drop:session.busy not-reproduced \
	"$SRC/tests/fixtures/include" -DSAME

# It is not that of the session which is dropped, or not with all callers
for option in FIRST SWAPPED OWN; do
	expect "$SRC/tests/lower/verdict/lock_handed_down.c" \
		session_replace:session.busy confirmed-if \
		"$SRC/tests/fixtures/include" "-D$option"
done

# What is configured stands in another file: a condition
expect "$SRC/corpus/001-ext4-break-layouts/xfs_before.c" 39 confirmed-if \
	"$SRC/corpus/include" -DCONFIG_EXPORTFS_BLOCK_OPS

# The table is emptied before
expect "$SRC/tests/lower/verdict/slot.c" store_evict:page._refcount \
	not-reproduced "$SRC/tests/fixtures/include" -DEMPTIED

# A condition that decides whether it fails
expect "$SRC/tests/lower/verdict/either.c" 56 confirmed-if \
	"$SRC/tests/fixtures/include" -DMATTERS

# Another table or another slot than the one that is read, or another number
while read -r option want; do
	expect "$SRC/tests/lower/verdict/slot.c" store_evict:page._refcount \
		"$want" "$SRC/tests/fixtures/include" "-D$option"
done << END
GUESSED confirmed-if
SHADOW confirmed-if
STACK confirmed-if
POINTER confirmed-if
OTHER_EMPTIED confirmed-if
OTHER_WINDOW confirmed-if
END

# A bit that only the other one clears, and one that he has set himself, or
# that others clear by what he calls
while read -r option want; do
	expect "$SRC/tests/lower/verdict/wait_bit.c" \
		session_close:session.busy "$want" \
		"$SRC/tests/fixtures/include" "-D$option"
done << END
ALONE confirmed
CALLED confirmed
HELPER confirmed-if
SETS confirmed-if
XCHG confirmed-if
CMPXCHG confirmed-if
CLEARED confirmed-if
COPIED confirmed-if
ADDRESS confirmed-if
OBJECT confirmed-if
SEQUENCE confirmed-if
END

# Page tables that are emptied too late, or not at all, or while somebody who
# takes no lock is about to look into them
for option in BARE LATE MAPPED OTHER MAPPING GIVEN WHOLE READERS UNWRITTEN \
	TWO FILL; do
	expect "$SRC/tests/lower/verdict/unmapped.c" \
		store_evict:page._refcount confirmed-if \
		"$SRC/tests/fixtures/include" "-D$option"
done

# A drain whose own caller has the readers' lock, and what is not followed
expect "$SRC/tests/lower/verdict/unmapped.c" store_evict:page._refcount \
	not-reproduced "$SRC/tests/fixtures/include" -DOWN
expect "$SRC/tests/lower/verdict/unmapped.c" store_evict:page._refcount \
	inconclusive "$SRC/tests/fixtures/include" -DCOPY

# The caller's lock is not held in the end, on a path, or was not at first
for option in LEFT OTHER ASKED BARE; do
	expect "$SRC/tests/lower/verdict/lock_taken_again.c" \
		session_wait:session.busy unsupported \
		"$SRC/tests/fixtures/include" "-D$option"
done

# An asserted lock that is perhaps another session's
for option in FIELDS PARTS ARRAY ASSIGNED SOMETIMES FOUND GLOBAL GIVEN; do
	expect "$SRC/tests/lower/verdict/lock_doubtful.c" \
		session_drop:session.busy confirmed-if \
		"$SRC/tests/fixtures/include" "-D$option"
done
expect "$SRC/tests/lower/verdict/lock_of_twin.c" conn_move:session.busy \
	inconclusive "$SRC/tests/fixtures/include" -DOWN

# A caller that says nothing of the lock, or lets go of it
while read -r option want; do
	expect "$SRC/tests/lower/verdict/page_lock_callers.c" \
		pin_drop:pinned.pin "$want" "$SRC/tests/fixtures/include" \
		"-D$option"
done << END
UNSAID confirmed-if
UNLOCKED confirmed
OTHER confirmed-if
END

while read -r file what want; do
	expect "$SRC/corpus/$file" "$what" "$want" "$SRC/corpus/include"
done << END
000-lustre-lu19956/ticket.c osc_completion confirmed
000-lustre-lu19956/temp_ref.c osc_completion not-reproduced
000-lustre-lu19956/fixed.c osc_completion not-reproduced
003-bcache-btree-flush-write/rewritten.c btree_flush_write:btree not-reproduced
002-btrfs-find-extent-buffer/locked.c free_extent_buffer not-reproduced
002-btrfs-find-extent-buffer/locked.c try_release_extent_buffer not-reproduced
END

# Code that is right: whatever function is lowered, nothing is confirmed.
n=0
for file in 000-lustre-lu19956/fixed.c 000-lustre-lu19956/temp_ref.c \
	002-btrfs-find-extent-buffer/locked.c 004-iomap-put-and-wait/after.c; do
	functions=$("$PINCHECK" dump --after=summary "$SRC/corpus/$file" \
		-- -std=gnu11 "-I$SRC/corpus/include" |
		sed -n 's/^\([a-z_0-9]*\).*/\1/p' | sort -u)
	for function in $functions; do
		dump "$SRC/corpus/$file" "$function" "$SRC/corpus/include" \
			> "$work/out"
		got=$(verdict "$function")
		[ -n "$got" ] && n=$((n + 1))
		[ "$got" != confirmed ] || fail "$file $function: confirmed"
	done
done
[ "$n" -ge 15 ] || fail "only $n functions of right code were lowered"

[ "$failures" = 0 ]
