#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""The facts store: what is read anew and what is not, and that nothing done to
it from outside changes what `check` says."""
import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time

PINCHECK = os.environ["PINCHECK"]
SRC = os.environ["SRC"]
UNITS = ["a.c", "b.c", "c.c"]
failures = []

HEADER = """
struct thing { int flag; int refs; };
static inline void thing_get(struct thing *t) { t->refs++; }
"""
SOURCE = """
#include "thing.h"
void NAME(struct thing *t) { thing_get(t); t->flag = 1; }
"""


def expect(what, condition, *shown):
    if not condition:
        failures.append(what)
        print(f"FAILED: {what}", *shown)


def run(*args, folder):
    return subprocess.run([PINCHECK, *args], cwd=folder, text=True,
                          capture_output=True, check=False)


def write(folder, name, text):
    with open(os.path.join(folder, name), "w", encoding="utf-8") as file:
        file.write(text)


def make_tree(folder, extra=()):
    write(folder, "thing.h", HEADER)
    for name in UNITS:
        write(folder, name, SOURCE.replace("NAME", name[0]))
    commands = [{"directory": folder, "file": name,
                 "arguments": ["cc", *extra, "-c", name]} for name in UNITS]
    write(folder, "compile_commands.json", json.dumps(commands))
    time.sleep(0.1)  # a file as new as its reading is not kept


def store_of(folder):
    return os.path.join(folder, ".cache", "pincheck", "facts.db")


def rows(folder, query):
    with sqlite3.connect(store_of(folder)) as database:
        return database.execute(query).fetchall()


def unit_ids(folder):
    """Number of each unit's row: a unit that is read anew gets another."""
    return {os.path.basename(path): number for path, number in
            rows(folder, "SELECT path, id FROM unit")}


def content(folder):
    """All that the store knows, but for its numbers."""
    return rows(folder, """
        SELECT unit.path, unit.frame, nth, body.digest, body.ir
        FROM unit JOIN member ON member.unit = unit.id
        JOIN body ON body.id = member.body ORDER BY unit.path, nth""")


def index(folder, *args):
    done = run("index", *args, folder=folder)
    expect("index succeeds", done.returncode == 0, done.stderr)
    return done


def changed(folder, what):
    """Which units an index after the change @what reads anew."""
    before = unit_ids(folder)
    what()
    time.sleep(0.1)
    index(folder)
    after = unit_ids(folder)
    return sorted(name for name in UNITS if before[name] != after[name])


def test_freshness(folder):
    make_tree(folder)
    index(folder)
    expect("three units", sorted(unit_ids(folder)) == UNITS)
    expect("nothing is read twice", changed(folder, lambda: None) == [])
    expect("a touched file is the same", changed(
        folder, lambda: os.utime(os.path.join(folder, "a.c"))) == [])
    expect("an edited unit is read", changed(folder, lambda: write(
        folder, "b.c", SOURCE.replace("NAME", "other"))) == ["b.c"])
    expect("an edited header reads all", changed(folder, lambda: write(
        folder, "thing.h", HEADER + "\n")) == UNITS)
    expect("other flags read all", changed(
        folder, lambda: make_tree(folder, ["-DX"])) == UNITS)
    expect("an inline is kept once", rows(
        folder, "SELECT count(*) FROM body WHERE name = 'thing_get'")
        == [(1,)])
    expect("old functions go", rows(
        folder, "SELECT count(*) FROM body WHERE name = 'other'") == [(0,)])


def check(folder, *args):
    done = run("check", "--engine", "clang", "--format", "json", "--min-severity", "note",
               "--fail-on", "never", *args, ".", folder=folder)
    expect("check succeeds", done.returncode == 0, done.stderr)
    return done


def test_counter(folder):
    """How often __COUNTER__ was asked before is no property of an inline."""
    make_tree(folder)
    write(folder, "thing.h", HEADER + """
#define PASTE(a, b) a##b
#define PASTE2(a, b) PASTE(a, b)
#define NAME(n) PASTE2(unique_, n)
#define ONCE(x, v, f) ({ void f(void); int v = (x); if (!v) f(); v; })
static inline int thing_once(struct thing *t)
{ return ONCE(t->refs, NAME(__COUNTER__), PASTE2(fails_, __COUNTER__)); }
""")
    for i, name in enumerate(UNITS):
        write(folder, name, "enum { A = 0" + "+ __COUNTER__" * i + " };"
              '\n#include "thing.h"\n'
              f"int {name[0]}(struct thing *t) {{ return thing_once(t); }}\n")
    time.sleep(0.1)
    index(folder)
    expect("it is kept once", rows(
        folder, "SELECT count(*) FROM body WHERE name = 'thing_once'")
        == [(1,)])


def test_same_report(folder):
    case = os.path.join(SRC, "corpus", "000-lustre-lu19956")
    files = sorted(f for f in os.listdir(case) if f.endswith(".c"))
    commands = [{"directory": case, "file": name, "arguments":
                 ["cc", f"-I{SRC}/corpus/include", "-c", name]}
                for name in files]
    write(folder, "compile_commands.json", json.dumps(commands))
    args = ["check", "--engine", "clang", "-p", folder, "--format", "json",
            case]
    plain = run(*args, "--no-store", folder=folder)
    expect("there are findings", plain.returncode == 1, plain.stderr)
    index(folder, "-p", folder, case)
    for _ in range(2):
        stored = run(*args, folder=folder)
        expect("the same with a store", stored.stdout == plain.stdout)
    ids = rows(folder, "SELECT id FROM unit ORDER BY id")
    expect("check took them from the store", len(ids) == len(files) and
           ids[-1][0] == len(files), ids)


def test_other_version(folder):
    make_tree(folder)
    index(folder)
    with sqlite3.connect(store_of(folder)) as database:
        database.execute("PRAGMA user_version = 999")
    done = index(folder)
    expect("another version is said", "made anew: of another version"
           in done.stderr, done.stderr)
    expect("and replaced", len(unit_ids(folder)) == 3)


def test_other_tables(folder):
    make_tree(folder)
    index(folder)
    with sqlite3.connect(store_of(folder)) as database:
        database.execute("ALTER TABLE body RENAME COLUMN uses TO used")
    done = run("index", folder=folder)
    expect("strange tables are told", done.returncode == 3, done.stderr)
    index(folder)
    expect("and made anew", sorted(unit_ids(folder)) == UNITS)


def test_not_a_store(folder):
    make_tree(folder)
    os.makedirs(os.path.dirname(store_of(folder)))
    write(folder, ".cache/pincheck/facts.db", "precious\n" * 1000)
    done = run("index", folder=folder)
    expect("somebody's file is refused", done.returncode == 3 and
           "facts.db: " in done.stderr, done.stderr)
    with open(store_of(folder), encoding="utf-8") as file:
        expect("and stays", file.read() == "precious\n" * 1000)
    done = check(folder)
    expect("check goes on without", "facts.db: " in done.stderr, done.stderr)


def test_others_database(folder):
    make_tree(folder)
    mine = os.path.join(folder, "mine.db")
    for version in (0, 1, 5):
        with sqlite3.connect(mine) as database:
            database.execute("CREATE TABLE IF NOT EXISTS precious(x)")
            database.execute(f"PRAGMA user_version = {version}")
        done = run("index", "--store", mine, folder=folder)
        expect("somebody's database is refused", done.returncode == 3 and
               "somebody else's" in done.stderr, done.stderr)
        with sqlite3.connect(mine) as database:
            expect("and stays as it is", database.execute(
                "SELECT name FROM sqlite_master").fetchall()
                == [("precious",)])


def test_missing_header(folder):
    make_tree(folder)
    write(folder, "a.c", '#include "later.h"\n' + SOURCE)
    done = run("index", folder=folder)
    expect("a missing header is told", done.returncode == 3 and
           "later.h" in done.stderr, done.stderr)
    write(folder, "later.h", "")
    time.sleep(0.1)
    index(folder)
    expect("the header came", sorted(unit_ids(folder)) == UNITS)


def test_gone(folder):
    make_tree(folder)
    index(folder)
    os.rename(os.path.join(folder, "c.c"), os.path.join(folder, "d.c"))
    run("index", "a.c", folder=folder)
    expect("a unit that is gone goes", sorted(unit_ids(folder)) == UNITS[:2])


def test_damage(folder):
    make_tree(folder)
    plain = check(folder, "--no-store").stdout
    random.seed(7)
    for trial in range(12):
        # The first to come finds the damage, the next one makes it anew.
        done = run("index", folder=folder)
        expect("damage is told", done.returncode == 0 or
               done.returncode == 3 and "given up" in done.stderr,
               done.stderr)
        index(folder)
        with open(store_of(folder), "r+b") as file:
            size = file.seek(0, os.SEEK_END)
            if trial % 3 == 2:
                file.truncate(random.randrange(size))
            for _ in range(40):
                file.seek(random.randrange(100, size))
                file.write(random.randbytes(8))
        done = check(folder)
        expect(f"damage {trial} changes no finding", json.loads(
            done.stdout)["findings"] == json.loads(plain)["findings"],
            done.stderr)


def test_two_at_once(folder):
    make_tree(folder)
    both = [subprocess.Popen([PINCHECK, "index", "-j", "2"], cwd=folder,
                             stderr=subprocess.PIPE) for _ in range(4)]
    for process in both:
        _, said = process.communicate()
        expect("all succeed", process.returncode == 0, said)
    expect("three units of four runs", len(unit_ids(folder)) == 3)


def test_killed(folder):
    make_tree(folder)
    index(folder)
    whole = content(folder)
    random.seed(3)
    for _ in range(12):
        with sqlite3.connect(store_of(folder)) as database:
            database.execute("DELETE FROM unit")
        process = subprocess.Popen([PINCHECK, "index"], cwd=folder,
                                   stderr=subprocess.DEVNULL,
                                   start_new_session=True)
        time.sleep(random.random() * 0.15)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        index(folder)
        expect("whole after a kill", content(folder) == whole)


def main(names):
    tests = [value for name, value in sorted(names.items())
             if name.startswith("test_")]
    for test in tests:
        with tempfile.TemporaryDirectory() as folder:
            test(folder)
    sys.exit(1 if failures else 0)


if __name__ == "__main__":
    main(globals())
