#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Parts of an index and their merging: every unit is in one part, the merged
store has the content of one that was made at once, and nothing is lost when a
store is stale, damaged, somebody else's, or the merging is killed."""
import hashlib
import itertools
import json
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import time

import store
from store import PINCHECK, expect, index, run, write

N_UNITS = 14


def make_program(folder, extra=()):
    """Units that call each other through a header with an inline."""
    write(folder, "thing.h", store.HEADER + "".join(
        f"void f{i}(struct thing *t);\n" for i in range(N_UNITS)))
    for i in range(N_UNITS):
        write(folder, f"f{i}.c", '#include "thing.h"\n'
              f"static void own(struct thing *t) {{ t->flag = {i}; }}\n"
              f"void f{i}(struct thing *t)\n{{ thing_get(t); own(t);"
              f" f{(i + 1) % N_UNITS}(t); }}\n")
    commands = [{"directory": folder, "file": f"f{i}.c",
                 "arguments": ["cc", *extra, "-c", f"f{i}.c"]}
                for i in range(N_UNITS)]
    write(folder, "compile_commands.json", json.dumps(commands))
    time.sleep(0.1)  # a file as new as its reading is not kept


def rows(folder, name, query):
    with sqlite3.connect(os.path.join(folder, name)) as database:
        return database.execute(query).fetchall()


def units(folder, name):
    return {path for path, in rows(folder, name, "SELECT path FROM unit")}


READ = ("file", "body", "unit", "member", "answer")


def digests(folder, name):
    """A line for each table, as `query` prints it."""
    done = run("query", "--store", name, "content", folder=folder)
    expect("content is printed", done.returncode == 0, done.stderr)
    return done.stdout.splitlines()


def content(folder, name):
    """What was read into a store, by `query` and by tables of our own."""
    return [line for line in digests(folder, name)
            if line.startswith(READ)], rows(folder, name, """
        SELECT unit.path, unit.command, unit.digest, unit.frame, nth,
               body.digest, body.name, body.file, body.line, body.ir
        FROM unit JOIN member ON member.unit = unit.id
        JOIN body ON body.id = member.body ORDER BY unit.path, nth"""), rows(
        folder, name, "SELECT path, digest FROM file ORDER BY path")


def shards(folder, n):
    names = [f"part{k}of{n}.db" for k in range(1, n + 1)]
    for k, name in enumerate(names, 1):
        index(folder, "--store", name, "--shard", f"{k}/{n}")
    return names


def merge(folder, output, *names):
    done = run("merge", "-o", output, *names, folder=folder)
    expect("merge succeeds", done.returncode == 0, done.stderr)
    return done


def test_parts(folder):
    make_program(folder)
    index(folder, "--store", "all.db")
    for n in (1, 3, 20):
        parts = [units(folder, name) for name in shards(folder, n)]
        expect(f"{n} parts have all", set().union(*parts)
               == units(folder, "all.db"))
        expect("no unit is in two", sum(map(len, parts)) == N_UNITS)
        for k, part in enumerate(parts, 1):
            expect("the part is the documented one", all(
                int.from_bytes(hashlib.sha256(path.encode()).digest()[:4],
                               "big") % n + 1 == k for path in part))
    for bad in ("0/3", "4/3", "1/0", "1", "a/b", "1/3/5", "-1/3", ""):
        done = run("index", "--shard", bad, folder=folder)
        expect(f"{bad} is refused", done.returncode == 2 and
               "--shard takes K/N" in done.stderr, done.stderr)


def test_equal(folder):
    make_program(folder)
    index(folder, "--store", "all.db")
    whole = content(folder, "all.db")
    expect("there is content", len(whole[1]) == 3 * N_UNITS, whole[0])
    names = shards(folder, 3)
    for i, order in enumerate(itertools.permutations(names)):
        merge(folder, f"merged{i}.db", *order)
        expect("merged is the same", content(folder, f"merged{i}.db")
               == whole, order)
    merge(folder, "merged0.db", "merged0.db", *names)
    expect("once more changes nothing", content(folder, "merged0.db")
           == whole)
    # What was merged is up to date: nothing is read anew.
    before = rows(folder, "merged0.db", "SELECT path, id FROM unit")
    index(folder, "--store", "merged0.db")
    expect("nothing is read twice", before == rows(
        folder, "merged0.db", "SELECT path, id FROM unit"))
    linked = digests(folder, "merged0.db")
    expect("and links to the same", linked == digests(folder, "all.db") and
           len(linked) == 10 and " 0 " not in linked[6], linked)
    parts = content(folder, names[0])
    expect("a part has less", parts[0] != whole[0] and parts[1] != whole[1])


def test_answers(folder):
    make_program(folder)
    for name in shards(folder, 2):
        run("check", "--engine", "clang", "--store", name, ".",
            folder=folder)
    merge(folder, "merged.db", "part1of2.db", "part2of2.db")
    kept = [rows(folder, name, "SELECT question, text FROM answer"
                 " ORDER BY 1, 2")
            for name in ("part1of2.db", "merged.db")]
    expect("reports go along", kept[0] and
           set(kept[0]) <= set(kept[1]), kept)


def test_fresh_one_stays(folder):
    make_program(folder)
    index(folder, "--store", "old.db")
    write(folder, "f3.c", "void f3(void) {}\n")
    time.sleep(0.1)
    index(folder, "--store", "new.db")
    for i, order in enumerate((("old.db", "new.db"), ("new.db", "old.db"))):
        done = merge(folder, f"merged{i}.db", *order)
        expect("the later look wins", content(folder, f"merged{i}.db")
               == content(folder, "new.db"), order)
        expect("and that is no conflict", "otherwise" not in done.stderr,
               done.stderr)


def test_conflict(folder):
    make_program(folder)
    index(folder, "--store", "plain.db")
    make_program(folder, ["-DX"])
    index(folder, "--store", "other.db", "f3.c", "f4.c")
    done = merge(folder, "merged.db", "plain.db", "other.db")
    expect("a conflict is said", "other.db: 2 units read otherwise, left out: "
           f"{folder}/f3.c, ..." in done.stderr, done.stderr)
    kept = rows(folder, "merged.db", "SELECT command FROM unit"
                f" WHERE path = '{folder}/f3.c'")
    expect("the first one stays", kept == rows(
        folder, "plain.db", "SELECT command FROM unit"
        f" WHERE path = '{folder}/f3.c'"))


def test_refused(folder):
    make_program(folder)
    names = shards(folder, 2)
    index(folder, "--store", "old.db")
    with sqlite3.connect(os.path.join(folder, "old.db")) as database:
        database.execute("PRAGMA user_version = 999")
    with sqlite3.connect(os.path.join(folder, "mine.db")) as database:
        database.execute("CREATE TABLE precious(x)")
    write(folder, "text.db", "precious\n" * 1000)
    write(folder, "empty.db", "")
    for name, why in (("old.db", "of another version"),
                      ("mine.db", "somebody else's"),
                      ("text.db", "not a database"),
                      ("empty.db", "empty"), ("none.db", "No such file")):
        done = run("merge", "-o", "out.db", names[0], name, folder=folder)
        expect(f"{name} is refused in one line", done.returncode == 3 and
               done.stderr.startswith(f"pincheck: {name}: ") and
               why in done.stderr and done.stderr.count("\n") == 1,
               done.stderr)
        expect("and nothing is made", not os.path.exists(
            os.path.join(folder, "out.db")))
    expect("a refused store stays as it is", os.path.getsize(
        os.path.join(folder, "empty.db")) == 0 and rows(
        folder, "mine.db", "SELECT name FROM sqlite_master")
        == [("precious",)])
    for args in ((), ("-o", "out.db"), (names[0],)):
        done = run("merge", *args, folder=folder)
        expect("usage", done.returncode == 2, done.stderr)


def test_damaged(folder):
    make_program(folder)
    shards(folder, 2)
    merge(folder, "out.db", "part1of2.db")
    before = content(folder, "out.db")
    for damage in ("UPDATE body SET ir = x'00' WHERE id = 1",
                   "UPDATE unit SET frame = x'00' WHERE id = 1",
                   "UPDATE unit SET inputs = x'ff' WHERE id = 1",
                   "DELETE FROM member WHERE unit = 1",
                   "INSERT INTO fact VALUES(hex(randomblob(16)), 'x')",
                   "UPDATE body SET line = 7 WHERE id = 1",
                   "DROP TABLE member"):
        shutil.copy(os.path.join(folder, "part2of2.db"),
                    os.path.join(folder, "bad.db"))
        damaged = sqlite3.connect(os.path.join(folder, "bad.db"))
        damaged.execute(damage)
        damaged.commit()
        damaged.close()
        done = run("merge", "-o", "out.db", "bad.db", folder=folder)
        expect("damage is told", done.returncode == 3 and
               "pincheck: bad.db: " in done.stderr, damage, done.stderr)
        expect("and does not come over", content(folder, "out.db") == before)
    merge(folder, "out.db", "part2of2.db")
    expect("the same store undamaged does", len(units(folder, "out.db"))
           == N_UNITS)


def test_killed(folder):
    make_program(folder)
    index(folder, "--store", "all.db")
    whole = content(folder, "all.db")
    names = shards(folder, 4)
    random.seed(5)
    for trial in range(12):
        output = f"out{trial}.db"
        process = subprocess.Popen([PINCHECK, "merge", "-o", output, *names],
                                   cwd=folder, stderr=subprocess.DEVNULL)
        time.sleep(random.random() * 0.04)
        process.send_signal(signal.SIGKILL)
        process.wait()
        merge(folder, output, *names)
        expect("whole after a kill", content(folder, output) == whole)


if __name__ == "__main__":
    store.main(globals())
