#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""
What can be mined of the documented bugs is mined where accessor and user are
in different files, with no pair built in or declared; the file that is written
loads again; and check has it without being told.
"""

import json
import os
import subprocess
import sys
import tempfile

from layout import lay_out

PINCHECK = os.environ["PINCHECK"]
CORPUS = os.path.join(os.environ["SRC"], "corpus")

# folder, variant, where its functions go, what must act, its accessors
CASES = [
    ("000-lustre-lu19956", "fixed",
     {"osc_completion": "osc_cache.c", "osc_extent_finish": "osc_cache.c",
      "": "llite.c"},
     "pairs", "struct osc_page.ops_flags:OPS_TRANSFER_PINNED",
     {"osc_page_transfer_get", "osc_page_transfer_put"}),
    ("000-lustre-lu19956", "buggy",
     {"osc_completion": "osc_cache.c", "osc_extent_finish": "osc_cache.c",
      "": "llite.c"},
     "pairs", "struct osc_page.ops_transfer_pinned",
     {"osc_page_transfer_get", "osc_page_transfer_put"}),
    ("002-btrfs-find-extent-buffer", "after", {"": "disk-io.c"},
     "pairs", "struct extent_buffer.bflags:EXTENT_BUFFER_TREE_REF",
     {"check_buffer_tree_ref", "free_extent_buffer"}),
    ("003-bcache-btree-flush-write", "after",
     {"btree_flush_write": "journal.c", "bch_journal": "journal.c",
      "btree.h": "btree.c", "": "btree.c"},
     "pins", "struct btree.flags:BTREE_NODE_journal_flush", {"mca_reap"}),
    ("003-bcache-btree-flush-write", "rewritten",
     {"btree_flush_write": "journal.c", "bch_journal": "journal.c",
      "btree.h": "btree.c", "": "btree.c"},
     "pins", "struct btree.flags:BTREE_NODE_journal_flush",
     {"mca_reap", "btree_node_free"}),
    ("004-iomap-put-and-wait", "after", {"": "buffered-io.c"},
     "pairs", "struct page.flags:PG_private",
     {"iomap_page_create", "iomap_page_release"}),
]
failures = []


def expect(what, condition, *shown):
    if not condition:
        failures.append(what)
        print(f"FAILED: {what}", *shown)


def run(folder, *args):
    return subprocess.run([PINCHECK, *args], cwd=folder, text=True,
                          capture_output=True, check=False)


def mine_case(case, folder):
    number, variant, parts, kind, flag, functions = case
    what = f"{number}/{variant}"
    lay_out(CORPUS, number, variant, parts, folder)
    done = run(folder, "mine", "--no-builtin", "--format", "json")
    expect(f"{what}: mine runs", done.returncode == 0, done.stderr)
    if done.returncode:
        return
    rows = json.loads(done.stdout)[kind]
    found = [row for row in rows if row["flag"] == flag]
    expect(f"{what}: {flag} is proposed", found, rows)
    for row in found:
        named = set(row.get("reapers", [])) | set(row.get("get", [])) | set(
            row.get("put", []))
        expect(f"{what}: it acts", row["acts"], row["why-not"])
        expect(f"{what}: it names {functions}", functions <= named, named)
        expect(f"{what}: it has evidence", len(row["support"]) >= 2, row)


def reload_case(case, folder):
    """The .pincheck file that mine wrote is one."""
    path = os.path.join(folder, "mined.pincheck")
    lay_out(CORPUS, *case[:3], folder)
    done = run(folder, "mine", "--no-builtin", "-o", path)
    expect("mine writes a file", done.returncode == 0, done.stderr)
    with open(path, encoding="utf-8") as f:
        text = f.read()
    expect("the file has what acts", f"flag = {case[4]}\n" in text or
           f"[pin {case[4]}]\n" in text, text)
    # with the suggestions, too: the marks of their sections taken away
    acting = "\n".join(line[2:] if line.startswith("# [") or
                       (line.startswith("# ") and " = " in line and
                        "(" not in line.split(" = ")[0]) else line
                       for line in text.split("\n")
                       if not line.startswith("# Mined"))
    sections = acting.split("## ---- functions")[0]
    for name, content in ("mined", text), ("all", sections):
        with open(path, "w", encoding="utf-8") as f:
            f.write(content)
        done = run(folder, "check", "--engine", "clang", "--no-store",
                   "--model", path, ".")
        expect(f"{case[0]}: {name} loads", done.returncode in (0, 1),
               done.stderr)


def zero_configuration(folder):
    """An accessor in one file, a direct write in another, nothing declared."""
    lay_out(CORPUS, *CASES[1][:3], folder)
    # no name that a table knows
    for name in os.listdir(folder):
        path = os.path.join(folder, name)
        with open(path, encoding="utf-8") as f:
            text = f.read()
        with open(path, "w", encoding="utf-8") as f:
            f.write(text.replace("osc_page", "my_page")
                    .replace("ops_transfer_pinned", "my_pinned"))
    check = ["check", "--engine", "clang", "--format", "json"]
    done = run(folder, "index")
    expect("index runs", done.returncode == 0, done.stderr)
    before = run(folder, *check, "osc_cache.c")
    done = run(folder, "mine")
    expect("mine runs with the store", done.returncode == 0, done.stderr)
    again = run(folder, "mine")
    expect("what the store answers is the same", again.stdout == done.stdout)
    alone = [run(folder, "mine", "-j", n, "--no-store").stdout
             for n in ("1", "3")]
    expect("and for any number of workers", alone[0] and
           alone[0] == alone[1])
    after = run(folder, *check, "osc_cache.c")
    rules = [[f["rule"] for f in json.loads(r.stdout)["findings"]]
             for r in (before, after)]
    expect("one file alone shows nothing", "direct-flag-write" not in rules[0],
           rules[0])
    expect("the direct write is seen", "direct-flag-write" in rules[1],
           rules[1], after.stderr)
    plain = run(folder, *check, "--no-store", "osc_cache.c")
    expect("--no-store does without", plain.stdout == before.stdout,
           plain.stdout)


def kept_by_the_whole(folder):
    """What acts beside the store is what the whole program gave."""
    lay_out(CORPUS, *CASES[1][:3], folder)
    run(folder, "index")
    run(folder, "mine")
    path = os.path.join(folder, ".cache", "pincheck", "facts.db.mined")

    def mined():
        with open(path, encoding="utf-8") as f:
            return f.read()

    before = mined()
    expect("something acts", "[pair" in before or "[pin" in before, before)
    for status, paths in (0, ["llite.c"]), (3, ["nosuch.c"]):
        done = run(folder, "mine", *paths)
        expect(f"mine {paths}: status", done.returncode == status, done.stderr)
        expect(f"mine {paths} keeps nothing", mined() == before, mined())
        expect("and says so", "is left as it was" in done.stderr, done.stderr)
    os.remove(path)
    done = run(folder, "mine", "-o", os.path.join(folder, "nosuch", "file"))
    expect("what cannot be written is not kept", done.returncode == 3 and
           not os.path.exists(path), done.stderr)
    done = run(folder, "mine")
    expect("all of it is kept", "is left" not in done.stderr and
           done.stderr.count("\n") == 1 and mined() == before,
           done.stderr)


def names_are_comments(folder):
    """A file's name does not begin a section."""
    lay_out(CORPUS, *CASES[0][:3], folder)
    evil = "a\n[pair evil]\nflag = struct x.y\n#.c"
    os.rename(os.path.join(folder, "osc_internal_bodies.c"),
              os.path.join(folder, evil))
    path = os.path.join(folder, "compile_commands.json")
    with open(path, encoding="utf-8") as f:
        commands = json.load(f)
    for command in commands:
        if command["file"] == "osc_internal_bodies.c":
            command["file"] = evil
            command["arguments"][-1] = evil
    with open(path, "w", encoding="utf-8") as f:
        json.dump(commands, f)
    done = run(folder, "mine", "--no-builtin")
    expect("mine runs", done.returncode == 0, done.stderr)
    expect("the name stands in comments", "a?[pair evil]?flag" in done.stdout
           and "\n[pair evil]" not in done.stdout, done.stdout)


def main():
    for case in CASES:
        for test in mine_case, reload_case:
            with tempfile.TemporaryDirectory() as folder:
                test(case, os.path.realpath(folder))
    for test in zero_configuration, kept_by_the_whole, names_are_comments:
        with tempfile.TemporaryDirectory() as folder:
            test(os.path.realpath(folder))
    sys.exit(bool(failures))


if __name__ == "__main__":
    main()
