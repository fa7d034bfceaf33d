#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Who owns references in a program of two files: what `dump --after=balance`
says of a function is the comment above it, once `index` has linked them. Alone,
a file whose references come and go in the other one says nothing of them."""
import json
import os
import re
import shutil

import store
from store import expect, index, run, write

PROGRAM = os.path.join(store.SRC, "tests", "cli", "ownership")
EXPECTED = re.compile(r"/\* balance: (.*) \*/\n[^(]*?(\w+)\(")
FILES = ("node.c", "user.c")


def prepare(folder):
    shutil.copytree(PROGRAM, folder, dirs_exist_ok=True)
    write(folder, "compile_commands.json", json.dumps([
        {"directory": folder, "file": name, "arguments":
         ["cc", f"-I{store.SRC}/tests/fixtures/include", "-c", name]}
        for name in FILES]))
    store.time.sleep(0.1)  # a file as new as its reading is not kept


def balance(folder, *args):
    """Function -> what its ways come to, as dump prints it."""
    done = run("dump", "--after=balance", *args, folder=folder)
    expect("dump succeeds", done.returncode == 0, done.stderr)
    found, name = {}, None
    for line in done.stdout.splitlines():
        if not line.startswith(" "):
            name = line.rstrip(":")
        elif re.match(r"  [a-z]", line) and not line.startswith("  at odds"):
            found.setdefault(name, []).append(line.strip())
    return {name: "; ".join(lines) for name, lines in found.items()}


def test_balance(folder):
    prepare(folder)
    index(folder)
    for name in FILES:
        with open(os.path.join(folder, name), encoding="utf-8") as file:
            expected = {f: text for text, f in EXPECTED.findall(file.read())}
        found = balance(folder, "--store", store.store_of(folder), name)
        for function in sorted(expected.keys() | found.keys()):
            expect(f"{name}: {function}", expected.get(function) ==
                   found.get(function), "\n  expected",
                   expected.get(function), "\n  found", found.get(function))


def test_alone(folder):
    prepare(folder)
    alone = balance(folder, "user.c")
    expect("what its own text says", alone.keys() == {"new_listed"}, alone)


if __name__ == "__main__":
    store.main(globals())
