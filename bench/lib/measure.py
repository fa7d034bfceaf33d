# SPDX-License-Identifier: GPL-2.0-only
"""What benches share: the units of a tree, and what a command costs."""

import collections
import json
import os
import subprocess
import time

BUILD = os.path.join(os.path.dirname(os.path.dirname(os.path.dirname(
    os.path.abspath(__file__)))), "build", "release", "bin")

# Seconds, seconds of all processes, MB of the largest one, exit status.
Measured = collections.namedtuple("Measured", "wall cpu memory status")


def units(tree):
    """The C files of the tree's compile database that are there, sorted."""
    with open(os.path.join(tree, "compile_commands.json"),
              encoding="utf-8") as file:
        names = {os.path.normpath(os.path.join(c["directory"], c["file"]))
                 for c in json.load(file)}
    return sorted(n for n in names if n.endswith(".c") and os.path.exists(n))


def sample(names, n):
    """n of them, evenly over the list, so that they are like the whole."""
    n = min(n, len(names))
    return [names[i * len(names) // n] for i in range(n)]


def measure(command, out, err):
    """Runs it; its output goes to two files."""
    with open(out, "wb") as to, open(err, "wb") as errors:
        start = time.monotonic()
        process = subprocess.Popen(command, stdout=to, stderr=errors)
        _, status, used = os.wait4(process.pid, 0)
        wall = time.monotonic() - start
    process.returncode = os.waitstatus_to_exitcode(status)
    return Measured(wall, used.ru_utime + used.ru_stime,
                    used.ru_maxrss / 1024, process.returncode)
