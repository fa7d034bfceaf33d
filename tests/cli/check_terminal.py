#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Colour and the progress bar: on a terminal, and only where they belong."""
import os
import pty
import shutil
import subprocess
import sys
import tempfile

PINCHECK = os.environ["PINCHECK"]
FIXTURES = os.path.join(os.environ["SRC"], "tests", "fixtures")
failures = []


def terminal_output(folder, args, **env):
    """What pincheck prints when stdout and stderr are a terminal."""
    master, slave = pty.openpty()
    environ = {k: v for k, v in os.environ.items() if k != "NO_COLOR"}
    environ.update({"TERM": "xterm"}, **env)
    process = subprocess.Popen(
        [PINCHECK, "check", "--engine=clang", *args, "--", "-I" + FIXTURES + "/include"],
        cwd=folder, env=environ, stdin=slave, stdout=slave, stderr=slave)
    os.close(slave)
    output = b""
    while True:
        try:
            part = os.read(master, 65536)
        except OSError:  # Linux: EIO once the other side is closed
            break
        if not part:
            break
        output += part
    os.close(master)
    process.wait()
    return output


def expect(what, condition, output):
    if not condition:
        failures.append(what)
        print("FAIL:", what, output)


def main():
    if not os.access(PINCHECK, os.X_OK):
        sys.exit(77)
    with tempfile.TemporaryDirectory() as folder:
        for name in ("a.c", "b.c", "c.c"):
            shutil.copy(FIXTURES + "/put-before-wait/report.c",
                        os.path.join(folder, name))
        out = terminal_output(folder, ["."])
        expect("colour", b"\x1b[1;35mwarning:\x1b[0m" in out, out)
        expect("bar", b"/3 units, " in out, out)
        expect("bar is erased", b"\r\x1b[K" in out, out)
        out = terminal_output(folder, ["."], NO_COLOR="1")
        expect("NO_COLOR", b"\x1b[1;" not in out, out)
        out = terminal_output(folder, ["--no-color", "."])
        expect("--no-color", b"\x1b[1;" not in out, out)
        out = terminal_output(folder, ["."], TERM="dumb")
        expect("dumb terminal", b"\x1b" not in out, out)
        terminal_output(folder, ["-o", "report", "."])
        with open(os.path.join(folder, "report"), "rb") as report:
            text = report.read()
        expect("no colour in a file", b"\x1b" not in text, text)
    sys.exit(bool(failures))


main()
