#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Runs the commands that a document shows, with the seeds of $BUILD/bin.

A command is an indented line that begins with "seed-" and has a schedule; it
must fail as it says: exit status 1, and the failure that stands behind the
"#" of the line. The control must survive the same exploration, which the
tables of bench/seeds check.
"""

import os
import re
import shlex
import subprocess
import sys

COMMAND = re.compile(r"^ {4}(seed-\d+ .*--schedule .*?)  # (.*)$")


def main():
    n, wrong = 0, 0
    with open(sys.argv[1]) as f:
        lines = f.readlines()
    for number, line in enumerate(lines, 1):
        m = COMMAND.match(line)
        if not m:
            continue
        n += 1
        words = shlex.split(m.group(1))
        words[0] = os.path.join(os.environ["BUILD"], "bin", words[0])
        done = subprocess.run(words, stdout=subprocess.PIPE, text=True)
        if done.returncode != 1 or m.group(2) not in done.stdout:
            wrong += 1
            print(f"{sys.argv[1]}:{number}: exit status {done.returncode}, "
                  f"or no '{m.group(2)}':\n{done.stdout}")
    print(f"{n} schedules, {wrong} wrong")
    sys.exit(n == 0 or wrong > 0)


if __name__ == "__main__":
    main()
