#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""What a change of one file does to the others: how much is worked out anew,
and that nothing done to the store leaves an old finding, or loses one."""
import hashlib
import json
import os
import random
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time

PINCHECK = os.environ["PINCHECK"]
SRC = os.environ["SRC"]
CASES = os.path.join(SRC, "tests", "cross")
ENV = {**os.environ, "G_DEBUG": "fatal-criticals"}
failures = []


def expect(what, condition, *shown):
    if not condition:
        failures.append(what)
        print(f"FAILED: {what}", *shown)


def run(folder, *args):
    return subprocess.run([PINCHECK, *args], cwd=folder, text=True, env=ENV,
                          capture_output=True, check=False)


def settle():
    time.sleep(0.1)  # a file as new as its reading is not kept


def commands(folder):
    write(folder, "compile_commands.json", json.dumps([
        {"directory": folder, "file": name, "arguments":
         ["cc", f"-I{SRC}/tests/fixtures/include", "-c", name]}
        for name in sorted(os.listdir(folder)) if name.endswith(".c")]))


def program(top, case):
    folder = os.path.join(top, case)
    shutil.copytree(os.path.join(CASES, case), folder)
    commands(folder)
    settle()
    return folder


def write(folder, name, text):
    with open(os.path.join(folder, name), "w", encoding="utf-8") as file:
        file.write(text)


def read(folder, name):
    with open(os.path.join(folder, name), encoding="utf-8") as file:
        return file.read()


def edit(folder, name, old, new):
    text = read(folder, name)
    assert old in text, (name, old)
    write(folder, name, text.replace(old, new))
    settle()


def index(folder, *args):
    """How many units were read, functions summarised, and kept."""
    done = run(folder, "index", *args)
    expect("index succeeds", done.returncode == 0, done.stderr)
    counts = re.search(r"(\d+) read, (\d+) summarised, (\d+) kept",
                       done.stderr)
    return tuple(map(int, counts.groups()))


def check(folder, *args, how="--cross-file"):
    """What is found, as (file, line), and what is said."""
    done = run(folder, "check", "--engine", "clang", how,
               "--format", "json", *(args or (".",)))
    expect("check succeeds", done.returncode in (0, 1), done.stderr)
    return [(f["file"], f["line"]) for f in
            json.loads(done.stdout)["findings"]], done.stderr


FOUND = [("user.c", 11)]


def test_change_of_a_callee(top):
    folder = program(top, "callee")
    expect("all is summarised", index(folder)[1:] == (7, 0))
    expect("the put is seen", check(folder)[0] == FOUND)
    edit(folder, "job.c", "why);\n\tjob_put(j);", "why);")
    read, new, kept = index(folder)
    expect("one file is read", read == 1)
    # job_finish() itself, and the three that call it or may have
    expect("what depends on it is new", new + kept == 7 and 1 <= new <= 3,
           new, kept)
    expect("no put, no finding", check(folder)[0] == [])
    edit(folder, "job.c", "\tjob_note(j, why);", "\tjob_note(j, why);\n"
         "\tjob_put(j);")
    found, said = check(folder, "user.c")
    expect("check alone sees the change", found == FOUND, found)
    expect("and says so", "1 unit changed" in said, said)
    found, said = check(folder, "user.c")
    expect("once", found == FOUND and "changed" not in said, said)


def test_change_without_effect(top):
    folder = program(top, "callee")
    index(folder)
    edit(folder, "job.c", "/* References", "/* The references")
    expect("the same functions", index(folder) == (1, 0, 7))
    edit(folder, "job.c", "job %d: %d", "job %d ends with %d")
    expect("callers do not care", index(folder) == (1, 1, 6))
    expect("the finding stays", check(folder)[0] == FOUND)
    now = facts(folder)
    forget(folder)
    index(folder)
    expect("nothing old is left", facts(folder) == now)


def test_two_definitions(top):
    folder = program(top, "callee")
    shutil.copy(os.path.join(folder, "job.c"), os.path.join(folder, "job2.c"))
    edit(folder, "job2.c", "job %d", "other job %d")
    commands(folder)
    done = run(folder, "index")
    expect("who has two definitions is said", "4 names with several"
           " definitions, which nobody elsewhere knows apart: job_find,"
           in done.stderr, done.stderr)
    found, _ = check(folder, "user.c")
    expect("and means nothing", found == [], found)


def test_gone(top):
    folder = program(top, "callee")
    index(folder)
    os.unlink(os.path.join(folder, "job.c"))
    commands(folder)
    settle()
    found, _ = check(folder, "user.c")
    expect("what is gone does nothing", found == [], found)


def test_caller_without_the_lock(top):
    folder = program(top, "entry")
    index(folder)
    expect("one caller has no lock", check(folder)[0] == [("mark.c", 17)])
    edit(folder, "user.c", "user_drop_bare(struct sess *s)\n{\n"
         "\tsess_drop(s);", "user_drop_bare(struct sess *s)\n{")
    found, _ = check(folder, "mark.c")
    expect("it is gone", found == [], found)
    edit(folder, "user.c", "user_drop_bare(struct sess *s)\n{",
         "user_drop_bare(struct sess *s)\n{\n\tsess_mark(s);")
    found, _ = check(folder, "mark.c")
    expect("another one comes", found == [("mark.c", 7)], found)


def test_part_of_a_program(top):
    folder = program(top, "entry")
    index(folder, "mark.c")
    expect("others may call without the lock",
           len(check(folder, "mark.c")[0]) == 2)
    folder = program(top, "ops")
    index(folder, "fast.c", "user.c")
    expect("other tables may have other functions",
           check(folder, "user.c")[0] == [])
    folder = program(top, "weak")
    edit(folder, "common.c", "arch_end(struct job *j)\n{",
         "arch_end(struct job *j)\n{\n\tkfree(j);")
    index(folder, "common.c", "user.c")
    expect("a strong definition may be elsewhere",
           check(folder, "common.c", "user.c")[0] == [])


BARE = """#include "sess.h"
void bare(struct sess *s)
{
	sess_mark(s);
}
"""


def test_unit_that_cannot_be_read(top):
    folder = program(top, "entry")
    write(folder, "bare.c", '#include "missing.h"\n' + BARE)
    commands(folder)
    settle()
    for _ in range(2):
        expect("it is said", run(folder, "index").returncode == 3)
        found = run(folder, "check", "--engine", "clang", "--cross-file",
                    "mark.c")
        expect("it may call without the lock", "mark.c:7:" in found.stdout,
               found.stdout)
    write(folder, "missing.h", "")
    settle()
    index(folder)
    edit(folder, "bare.c", "\tsess_mark(s);\n", "")
    index(folder)
    expect("until all are there",
           check(folder, "mark.c")[0] == [("mark.c", 17)])


def test_new_unit(top):
    folder = program(top, "entry")
    index(folder)
    write(folder, "bare.c", BARE)
    commands(folder)
    settle()
    found, _ = check(folder, "mark.c")
    expect("a new unit may call without the lock", ("mark.c", 7) in found,
           found)
    write(folder, "bare.c", BARE.replace("\tsess_mark(s);\n", ""))
    settle()
    found, _ = check(folder)
    expect("once it was read, it is known not to", found == [("mark.c", 17)],
           found)


def store_of(folder):
    return os.path.join(folder, ".cache", "pincheck", "facts.db")


def connect(folder):
    return sqlite3.connect(store_of(folder), isolation_level=None)


def facts(folder):
    """All that linking knows, but for numbers of rows."""
    with connect(folder) as database:
        return [database.execute(query).fetchall() for query in (
            "SELECT * FROM fact ORDER BY digest",
            "SELECT * FROM component ORDER BY key",
            "SELECT path, imports FROM world JOIN unit ON unit.id = unit"
            "  ORDER BY path")]


def forget(folder):
    shutil.rmtree(os.path.join(folder, ".cache"))


def test_same_bytes(top):
    folder = program(top, "recursion")
    index(folder, "-j", "1")
    one = facts(folder)
    expect("there are facts", all(one))
    forget(folder)
    index(folder, "-j", "5")
    expect("the same for any number of workers", facts(folder) == one)
    forget(folder)
    index(folder, "user.c")
    index(folder, "odd.c")
    index(folder)
    worlds = facts(folder)[2]
    expect("and in any order", worlds == one[2])


def test_two_at_once(top):
    folder = program(top, "ops")
    index(folder)
    one = facts(folder)
    forget(folder)
    several = [subprocess.Popen([PINCHECK, "index", "-j", "2"], cwd=folder,
                                stderr=subprocess.PIPE) for _ in range(4)]
    for process in several:
        _, said = process.communicate()
        expect("all succeed", process.returncode == 0, said)
    expect("they made the same", facts(folder) == one)


def test_lost(top):
    """One function takes its worker with it: only that one is unknown."""
    folder = program(top, "callee")
    for victim, found in ("job_note", FOUND), ("job_put", []):
        done = subprocess.run([PINCHECK, "index", "-j", "1"], cwd=folder,
                              env={**ENV, "PINCHECK_TEST_ABORT_LINK": victim},
                              text=True, capture_output=True, check=False)
        expect("who is lost is said", done.returncode == 3 and
               f"{victim}: not summarised: worker killed" in done.stderr and
               done.stderr.count("not summarised") == 1, done.stderr)
        expect(f"without {victim}", check(folder)[0] == found)
        forget(folder)


def test_killed(top):
    folder = program(top, "statics")
    alone, _ = check(folder, how="--no-store")
    index(folder)
    one = facts(folder)
    linked, _ = check(folder)
    expect("it can be told", linked != alone)
    random.seed(11)
    for _ in range(8):
        forget(folder)
        process = start(folder, "index")
        while not os.path.exists(store_of(folder)) and process.poll() is None:
            time.sleep(0.001)
        time.sleep(random.random() * 0.3)
        kill(process)
        found, said = check(folder)
        expect("linked or not", found in (linked, alone), found, said)
        index(folder)
        expect("whole after a kill", facts(folder) == one)


def kill(process):
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def start(folder, *args):
    return subprocess.Popen([PINCHECK, *args], cwd=folder,
                            stderr=subprocess.DEVNULL, start_new_session=True)


def slow(steps):
    """An expression of SQL that takes long."""
    return ("(SELECT count(*) FROM (WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL"
            f" SELECT x + 1 FROM c WHERE x < {steps}) SELECT x FROM c))")


# Whoever writes down that all is linked takes long for it.
SLOW_LINKED = f"""CREATE TRIGGER slow BEFORE INSERT ON program
    WHEN new.question = 'linked' BEGIN SELECT {slow(10 ** 9)}; END"""
# And so does whoever reads the functions of a unit.
SLOW_UNITS = f"""ALTER TABLE member RENAME TO fast;
    CREATE VIEW member AS SELECT * FROM fast WHERE {slow(10 ** 7)} > 0"""
FAST_UNITS = "DROP VIEW member; ALTER TABLE fast RENAME TO member"


def worlds(database):
    return database.execute("SELECT imports, world.digest, path FROM world"
                            "  JOIN unit ON unit.id = unit").fetchall()


def put_worlds(database, rows):
    database.executemany("UPDATE world SET imports = ?, digest = ? WHERE unit"
                         "  = (SELECT id FROM unit WHERE path = ?)", rows)


def test_linked_while_it_is_checked(top):
    """An answer is kept by what it was made of."""
    folder = program(top, "callee")
    other = os.path.join(top, "other.pincheck")
    write(top, "other.pincheck", "[functions]\nignore = job_finish\n")
    index(folder, "--model", other)
    with connect(folder) as database:
        theirs = worlds(database)
        more = database.execute("SELECT * FROM fact").fetchall()
    index(folder)
    with connect(folder) as database:
        ours = worlds(database)
        database.executemany("INSERT OR IGNORE INTO fact VALUES(?, ?)", more)
        database.executescript(SLOW_UNITS)
    process = subprocess.Popen([PINCHECK, "check", "--engine", "clang",
                                "--cross-file", "."], cwd=folder, env=ENV,
                               stdout=subprocess.PIPE, text=True)
    time.sleep(0.7)
    with connect(folder) as database:
        put_worlds(database, theirs)
    process.communicate()
    with connect(folder) as database:
        database.executescript(FAST_UNITS)
        put_worlds(database, ours)
    found, said = check(folder)
    expect("the other one's answer is not ours", found == FOUND, found, said)


def test_world_without_names(top):
    """A member without a name: the world is refused, and nobody crashes."""
    folder = program(top, "callee")
    index(folder)
    world = bytes([0, 0, 1, 0, 0, 0])  # one slot, of no record, no member
    digest = hashlib.sha256(world).hexdigest()
    with connect(folder) as database:
        database.execute("UPDATE world SET imports = ?, digest = ?",
                         (world, digest))
    expect("nothing is known", check(folder)[0] == [])


def test_killed_before_it_says_linked(top):
    """What another model makes of the program is not taken for ours."""
    folder = program(top, "callee")
    other = os.path.join(top, "other.pincheck")
    write(top, "other.pincheck", "[functions]\nignore = job_finish\n")
    index(folder, "--model", other)
    without = facts(folder)
    forget(folder)
    index(folder)
    one = facts(folder)
    expect("the models differ", one != without)
    with connect(folder) as database:
        database.execute(SLOW_LINKED)
    process = start(folder, "index", "--model", other)
    time.sleep(2)
    expect("it is at it", process.poll() is None)
    kill(process)
    with connect(folder) as database:
        database.execute("DROP TRIGGER slow")
    expect("no world was changed", facts(folder)[2] == one[2])
    found, said = check(folder)
    expect("ours is as it was", found == FOUND, found, said)


def test_damaged_components(top):
    folder = program(top, "callee")
    index(folder)
    with connect(folder) as database:
        database.execute("UPDATE component SET facts ="
                         " (SELECT facts FROM component ORDER BY key LIMIT 1)")
    run(folder, "index")
    index(folder)
    expect("no component stands for another", check(folder)[0] == FOUND)
    with connect(folder) as database:
        database.execute("DELETE FROM fact")
    expect("what is missing is made anew", index(folder)[1:] == (7, 0))
    expect("and is there", check(folder)[0] == FOUND)
    with connect(folder) as database:
        database.execute("DELETE FROM fact")
    write(folder, "user.c", "\n" + read(folder, "user.c"))
    settle()
    check(folder)
    index(folder)
    expect("nothing is lost for good",
           check(folder)[0] == [("user.c", FOUND[0][1] + 1)])


def test_alone_is_the_same(top):
    """Files that have nothing to do with each other: linking changes nothing."""
    for name in sorted(os.listdir(os.path.join(SRC, "tests", "fixtures"))):
        folder = os.path.join(top, name)
        shutil.copytree(os.path.join(SRC, "tests", "fixtures", name), folder)
        commands(folder)
        settle()
        if name == "include":
            continue
        alone = run(folder, "check", "--engine", "clang", "--no-store",
                    "--min-severity", "note", "--format", "json", ".")
        index(folder)
        linked = run(folder, "check", "--engine", "clang", "--cross-file",
                     "--min-severity", "note", "--format", "json", ".")
        expect(f"{name}: the same findings",
               json.loads(alone.stdout)["findings"]
               == json.loads(linked.stdout)["findings"])


def main():
    tests = [value for name, value in sorted(globals().items())
             if name.startswith("test_")]
    for test in tests:
        with tempfile.TemporaryDirectory() as top:
            test(top)
    sys.exit(1 if failures else 0)


main()
