#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# ci/parts/0day: a report as the kernel test robot mails it.
# shellcheck source-path=SCRIPTDIR
. "$SRC/tests/ci/ci.bash"

script=$parts/0day/pincheck-report

part 1 "$script" "$base" main
out_has "head:   $head_bug job: wait last"
out_has "base:   $base job: first"
out_has ">> drivers/job.c:34:2: warning: the reference on 'j' is dropped here"
grep -q '^   drivers/old.c:34:2: warning: ' .out || fail 'what was there is missing'
[ "$(grep -c '^>> ' .out)" = 1 ] || fail 'more than one is new'
out_has "pincheck patch --all --format lkp $base..$head_bug"

# Options go to pincheck

part 1 "$script" "$base" "$head_bug" --rules put-before-wait --model /dev/null
out_has " --format lkp --rules put-before-wait --model /dev/null $base..$head_bug"
part 2 "$script" "$base" "$head_bug" --no-such-option
err_has no-such-option

# Nothing is new

part 0 "$script" "$base" "$head_clean"
[ ! -s .out ] || fail 'a report without a finding'

# What could be judged is told, even if something could not

echo '#include "missing.h"' >>"$repo/drivers/other.c"
part 3 "$script" "$base" "$(commit 'job: broken')"
out_has '>> drivers/job.c:34:2: warning: '
err_has missing.h

# What cannot be judged, or is called wrongly

rm "$repo/compile_commands.json"
part 3 "$script" "$base" "$head_bug"
[ -s .err ] || fail 'no reason'
part 2 "$script" "$base"
err_has 'usage: '
part 2 "$script" no-such-commit "$head_bug"
err_has 'pincheck-report: no such commit: no-such-commit'
part 2 "$script" "$base" --output=x
err_has 'pincheck-report: no such commit: --output=x'
[ "$(wc -l <.err)" = 1 ] || fail 'more than a line'

finish
