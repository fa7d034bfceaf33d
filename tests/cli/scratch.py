#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""A folder for one run is gone after it, and so are its workers, whatever
signal ends it. Each command is caught while it, or a worker, waits to read
a pipe that nothing is ever written to."""
import errno
import json
import os
import signal
import subprocess
import sys
import tempfile
import time

PINCHECK = os.environ["PINCHECK"]
SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGKILL)
DIFF = """--- a/a0.c
+++ b/a0.c
@@ -1,2 +1,2 @@
 #include "a.h"
-int a0;
+int b;
"""
SPATCH = """#!/bin/sh
[ "$1" != --version ] || { echo 'spatch version 0'; exit 0; }
exec cat '%s'
"""
failures = []


def soon(what):
    """Is it true, within half a minute?"""
    for _ in range(300):
        result = what()
        if result:
            return result
        time.sleep(0.1)
    return None


def write_end(pipe):
    """Of a pipe, once somebody waits to read it; None: nobody does."""
    try:
        return os.open(pipe, os.O_WRONLY | os.O_NONBLOCK)
    except OSError as error:
        if error.errno != errno.ENXIO:
            raise
        return None


def children(pid):
    """Those processes, and theirs."""
    found = []
    for entry in os.listdir("/proc"):
        try:
            with open(f"/proc/{entry}/stat", encoding="utf-8") as file:
                parent = int(file.read().rpartition(")")[2].split()[1])
        except (OSError, ValueError):
            continue
        if parent == pid:
            found += [int(entry)] + children(int(entry))
    return found


def is_dead(pid):
    try:
        with open(f"/proc/{pid}/stat", encoding="utf-8") as file:
            return file.read().rpartition(")")[2].split()[0] == "Z"
    except OSError:
        return True


def check(what, process):
    """Ends a process that waits, with what must be true then."""
    number = what[1]
    scratch = os.environ["TMPDIR"]
    if not soon(lambda: os.listdir(scratch)):
        failures.append((what, "no folder"))
    family = children(process.pid)
    process.send_signal(number)
    if process.wait(60) != -number:
        failures.append((what, f"status {process.returncode}"))
    if not soon(lambda: not os.listdir(scratch)):
        failures.append((what, f"leaves {os.listdir(scratch)}"))
    if not soon(lambda: all(map(is_dead, family))):
        failures.append((what, "a process of it lives"))


def end(what, argv, pipe):
    """Starts a command, which waits for the pipe or, with "-", for stdin."""
    by_stdin = argv[-1] == "-"
    with subprocess.Popen([PINCHECK, *argv],
                          stdin=subprocess.PIPE if by_stdin
                          else subprocess.DEVNULL,
                          stdout=subprocess.DEVNULL,
                          stderr=subprocess.DEVNULL) as process:
        writer = None if by_stdin else soon(lambda: write_end(pipe))
        if not by_stdin and not writer:
            failures.append((what, "it does not wait"))
        check(what, process)
    if writer:
        os.close(writer)


def write(name, text, mode=0o644):
    with open(name, "w", encoding="utf-8") as file:
        file.write(text)
    os.chmod(name, mode)


def make_files(pipe):
    here = os.getcwd()
    os.mkdir("bin")
    os.mkdir("scratch")
    os.mkdir("tree")
    os.environ["TMPDIR"] = os.path.join(here, "scratch")
    os.environ["PATH"] = f"{here}/bin:{os.environ['PATH']}"
    os.mkfifo(pipe)
    os.symlink(pipe, "tree/a.h")
    # so many that headers are worth to be precompiled
    units = [f"a{i}.c" for i in range(200)]
    for unit in units:
        write(f"tree/{unit}", f'#include "a.h"\nint {unit[:-2]};\n')
    write("tree/compile_commands.json", json.dumps(
        [{"directory": f"{here}/tree", "file": unit,
          "arguments": ["cc", "-c", unit]} for unit in units]))
    write("fix.diff", DIFF)
    write("bin/spatch", SPATCH % pipe, 0o755)
    write("plain.c", "void kref_put(int *);\nvoid f(int *a) { kref_put(a); }\n")


def main():
    pipe = os.path.abspath("pipe")
    make_files(pipe)
    for name, argv in {
            "a patch is read": ["patch", "--tree", "tree", "-"],
            "a patched unit": ["patch", "--tree", "tree", "fix.diff"],
            "a patch to replay": ["replay", "plain.c:2", "--after", "-"],
            "precompiling": ["check", "--engine=clang", "--no-store",
                             "-p", "tree", "tree"],
            "cocci": ["check", "--engine=cocci", "plain.c"],
    }.items():
        for number in SIGNALS:
            end((name, number), argv, pipe)


with tempfile.TemporaryDirectory() as folder:
    os.chdir(folder)
    main()
for failure in failures:
    print(*failure)
sys.exit(bool(failures))
