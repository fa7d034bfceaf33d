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


def ask(folder, *args):
    done = run("query", *args, "--format", "json", folder=folder)
    expect(f"{args} is answered", done.returncode == 0, done.stderr)
    return json.loads(done.stdout or "[]")


def test_owners(folder):
    """What the store is asked is what dump says, by type."""
    prepare(folder)
    index(folder)
    said = [{name: balance(folder, "--store", store.store_of(folder), name)
             for name in FILES}[name] for name in FILES]
    run("mine", "--cross-file", "-o", os.devnull, folder=folder)
    told = {}
    for row in ask(folder, "owners", "*"):
        when = row["when"]
        told.setdefault(row["function"], set()).add(
            f"{row['does']} {row['references']} on {row['object']}, {when}")
    for function, text in {**said[0], **said[1]}.items():
        expect(f"owners of {function}", told.pop(function) ==
               set(text.split("; ")), text)
    expect("nobody else is told", not told, told)
    expect("of one type", {row["type"] for row in ask(
        folder, "owners", "struct node")} == {"node"})
    table = run("query", "owners", "disk", folder=folder).stdout.splitlines()
    expect("the table", table[0].split() == [
        "type", "count", "function", "does", "object", "references", "when",
        "file", "line"] and len(table) == len(ask(folder, "owners", "disk"))
        + 1, table)


def test_keeps(folder):
    prepare(folder)
    index(folder)
    run("mine", "--cross-file", "-o", os.devnull, folder=folder)
    expect("a node keeps its disk", ask(folder, "keeps") == [
        {"type": "node", "member": "->disk", "keeps": "disk",
         "count": "disk.ref", "function": "node_put", "file": "node.c",
         "line": 40}])
    expect("a disk keeps nothing", ask(folder, "keeps", "disk") == [])


def test_locks(folder):
    """The same locks by dump and by query, with how one knows."""
    prepare(folder)
    index(folder)
    run("mine", "--cross-file", "-o", os.devnull, folder=folder)
    expected = [("by_assertion", "asserted"), ("by_callers", "all callers"),
                ("by_release", "released here")]
    rows = ask(folder, "locks", "*")
    expect("each with its evidence", [(r["function"], r["evidence"])
                                      for r in rows] == expected, rows)
    expect("which lock", [(r["lock"], r["kind"], r["class"]) for r in rows] ==
           [("t->lock", "tree.lock", kind) for kind in ("", "spin", "spin")],
           rows)
    dumped = run("dump", "--after=entry", "user.c", folder=folder).stdout
    expect("as dump says it", sorted(dumped.splitlines()) == [
        f"{name}: t->lock ({why})" for name, why in expected], dumped)


if __name__ == "__main__":
    store.main(globals())
