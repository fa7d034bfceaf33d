#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""pincheck query: what it knows of functions, calls and units, as a table and
as JSON; what it says of unknown names and of units that are out of date."""
import json
import os

import store
from store import expect, index, make_tree, run, write

OTHER = """
#include "thing.h"
void a(struct thing *t);
struct ops { void (*go)(struct thing *t); };
static void own(struct thing *t, const struct ops *ops) { a(t); ops->go(t); }
void b(struct thing *t) { struct ops ops = { a }; own(t, &ops); }
"""


def ask(folder, *args):
    done = run("query", *args, "--format", "json", folder=folder)
    expect("query succeeds", done.returncode == 0, done.stderr)
    return json.loads(done.stdout or "[]")


def prepare(folder):
    make_tree(folder)
    write(folder, "b.c", OTHER)
    store.time.sleep(0.1)
    index(folder)


def test_functions(folder):
    prepare(folder)
    expect("an inline of all units is one row", ask(
        folder, "functions", "thing_get") == [
        {"name": "thing_get", "kind": "inline", "units": 2, "variants": 1,
         "file": "thing.h", "line": 3}])
    rows = ask(folder, "functions")
    expect("all of them, by name", [(r["name"], r["kind"]) for r in rows] == [
        ("a", "extern"), ("b", "extern"), ("c", "extern"),
        ("own", "static"), ("thing_get", "inline")], rows)
    expect("a pattern", [r["name"] for r in ask(
        folder, "functions", "[a-b]")] == ["a", "b"])


def test_calls(folder):
    prepare(folder)
    callers = ask(folder, "callers", "a")
    expect("who calls a", [(r["caller"], r["how"], r["file"])
                           for r in callers] == [("b", "address", "b.c"), ("own", "call", "b.c")],
           callers)
    callees = ask(folder, "callees", "own")
    expect("whom own calls", [(r["callee"], r["how"]) for r in callees]
           == [("a", "call"), ("ops.go", "member")], callees)


def test_units(folder):
    prepare(folder)
    expect("a unit by its name", ask(folder, "units", "b.c") == [
        {"functions": 2, "files": 2, "unit": "b.c"}])
    table = run("query", "units", folder=folder).stdout
    expect("the table", table == "functions  files  unit\n"
           "        2      2  a.c\n        2      2  b.c\n"
           "        2      2  c.c\n", table)


def test_readers(folder):
    prepare(folder)
    write(folder, "other.h", "int other;\n")
    write(folder, "b.c", '#include "other.h"\n' + OTHER)
    store.time.sleep(0.1)
    index(folder)
    expect("a header's units", ask(folder, "readers", "thing.h") == [
        {"file": "thing.h", "unit": f"{name}.c"} for name in "abc"])
    expect("of several files", [(r["file"], r["unit"]) for r in ask(
        folder, "readers", "[bo]*")] == [("b.c", "b.c"), ("other.h", "b.c")])
    expect_nothing(folder, "readers", "hing.h")
    write(folder, "b.c", OTHER)
    store.time.sleep(0.1)
    index(folder)
    expect_nothing(folder, "readers", "other.h")


def expect_nothing(folder, *args):
    """An empty answer is one: it has its form, and a line says it."""
    done = run("query", *args, folder=folder)
    expect(f"{args} has no rows", done.returncode == 0 and
           done.stdout.count("\n") == 1 and
           done.stderr.endswith(f" {args[-1]}\n") and
           done.stderr.count("\n") == 1, done.stdout, done.stderr)
    done = run("query", "--format", "json", *args, folder=folder)
    expect(f"{args} is an empty list", done.returncode == 0 and
           json.loads(done.stdout) == [], done.stdout, done.stderr)


def test_flags(folder):
    case = os.path.join(store.SRC, "corpus", "002-btrfs-find-extent-buffer")
    commands = [{"directory": case, "file": "before.c", "arguments":
                 ["cc", f"-I{store.SRC}/corpus/include", "-c", "before.c"]}]
    write(folder, "compile_commands.json", json.dumps(commands))
    index(folder, "-p", folder, case)
    done = run("query", "-p", folder, "flags", folder=folder)
    expect("nothing was mined yet", done.returncode == 3 and
           "that is not known yet" in done.stderr, done.stderr)
    run("mine", "-p", folder, "-o", os.devnull, case, folder=folder)
    flag = "extent_buffer.bflags:EXTENT_BUFFER_TREE_REF"
    rows = ask(folder, "-p", folder, "flags", "*TREE_REF")
    writes = ask(folder, "-p", folder, "writes", flag)
    expect("a flag and its lock", [
        (r["flag"], r["sets"], r["clears"], r["writes"], r["guarded"],
         r["lock"]) for r in rows] == [
        (flag, 3, 3, len(writes), 4, "extent_buffer.refs_lock")], rows)
    expect("who clears it", [(r["function"], r["locks"]) for r in writes
                             if r["kind"] == "clear"] == [
        (name, "extent_buffer.refs_lock") for name in (
            "free_extent_buffer", "free_extent_buffer_stale",
            "try_release_extent_buffer")], writes)
    puts = ask(folder, "-p", folder, "puts", "extent_buffer")
    expect("who drops a reference", [(r["function"], r["last"]) for r in puts]
           == [("free_extent_buffer", 0), ("free_extent_buffer_stale", 0),
               ("release_extent_buffer", 1)], puts)
    pairs = ask(folder, "-p", folder, "pairs")
    expect("the pair is the first", pairs and pairs[0]["flag"] == flag and
           pairs[0]["count"] == "extent_buffer.refs" and
           pairs[0]["doubt"] == "", pairs)
    for question, argument in (("writes", flag), ("puts", "extent_buffer")):
        plain, named = (ask(folder, "-p", folder, question, text)
                        for text in (argument, "struct " + argument))
        expect(f"{question} takes what mine prints", plain and plain == named,
               named)
    for args in (("flags", "no.flag"), ("writes", "no.flag"),
                 ("puts", "no"), ("pairs", "no.flag")):
        expect_nothing(folder, "-p", folder, *args)


OWNER = """
struct thing { unsigned long bits; int refs; };
void set_bit(int nr, unsigned long *bits);
void clear_bit(int nr, unsigned long *bits);
void hold(struct thing *t);
void drop(struct thing *t);
void on(struct thing *t) { set_bit(3, &t->bits); hold(t); }
void off(struct thing *t) { clear_bit(3, &t->bits); drop(t); }
"""
HOLD = """
[functions]
get = hold(0)
put = drop(0)
"""


def test_model(folder):
    """A .pincheck file changes what is mined, and the last run is asked."""
    make_tree(folder)
    write(folder, "thing.h", "")
    for name in store.UNITS:
        write(folder, name, OWNER if name == "a.c" else f"int {name[0]};\n")
    write(folder, "m2", HOLD)
    store.time.sleep(0.1)
    index(folder)
    before = []
    for model in [], ["--model", "m2"], []:
        done = run("mine", *model, "-o", os.devnull, folder=folder)
        expect("mine runs", done.returncode == 0, done.stderr)
        before.append(ask(folder, "puts", "*"))
    expect("m2 has a put", [(r["by"], r["function"]) for r in before[1]] ==
           [("drop", "off")], before)
    expect("without it there is none, before and after",
           before[0] == before[2] == [], before)


PAIR = """
struct kref { int n; };
struct thing { unsigned long bits; struct kref refs; };
_Bool test_and_set_bit(int nr, unsigned long *bits);
_Bool test_and_clear_bit(int nr, unsigned long *bits);
void kref_get(struct kref *k);
int kref_put(struct kref *k, void (*release)(struct kref *k));
void release(struct kref *k);
void on(struct thing *t)
{ if (!test_and_set_bit(3, &t->bits)) kref_get(&t->refs); }
void off(struct thing *t)
{ if (test_and_clear_bit(3, &t->bits)) kref_put(&t->refs, release); }
"""


def test_own_model(folder):
    """Who frees at the last put, a tree's .pincheck says before all others."""
    make_tree(folder)
    write(folder, "thing.h", "")
    for name in store.UNITS:
        write(folder, name, PAIR if name == "a.c" else f"int {name[0]};\n")
    write(folder, "m", "[functions]\nput = kref_put(0)\n")
    store.time.sleep(0.1)
    index(folder)
    done = run("mine", "--format", "json", folder=folder)
    mined = [p["flag"] for p in json.loads(done.stdout)["pairs"]]
    expect("the pairs are those of mine", mined == ["struct thing.bits:3"] and
           [r["flag"] for r in ask(folder, "pairs")] == ["thing.bits:3"],
           mined)
    expect("a model can be given", ask(folder, "pairs", "--model", "m") == [])
    os.rename(os.path.join(folder, "m"), os.path.join(folder, ".pincheck"))
    expect("the tree's is used", ask(folder, "pairs") == [])
    elsewhere = os.path.join(folder, "elsewhere")
    os.mkdir(elsewhere)
    write(elsewhere, "compile_commands.json", "[]")
    expect("also from elsewhere", ask(elsewhere, "-p", folder, "pairs") == [])
    write(folder, ".pincheck", "what\n")
    done = run("query", "pairs", folder=folder)
    expect("a mistake in it is told", done.returncode == 2 and
           ".pincheck:1" in done.stderr, done.stderr)
    expect("who calls whom does not ask it", len(ask(folder, "functions",
                                                     "o*")) == 2)


def test_names(folder):
    """What a file is called neither moves the cursor nor makes a row."""
    make_tree(folder)
    os.rename(os.path.join(folder, "a.c"), os.path.join(folder, "a\33[31m\n.c"))
    os.rename(os.path.join(folder, "b.c"), os.path.join(folder, "bä.c"))
    commands = [{"directory": folder, "file": name, "arguments":
                 ["cc", "-c", name]} for name in ("a\33[31m\n.c", "bä.c")]
    write(folder, "compile_commands.json", json.dumps(commands))
    index(folder)
    lines = run("query", "functions", "[ab]", folder=folder).stdout
    expect("a row is a line", lines ==
           "name  kind    units  variants  file       line\n"
           "a     extern      1         1  a?[31m?.c     3\n"
           "b     extern      1         1  bä.c          3\n", lines)


def test_out_of_date(folder):
    prepare(folder)
    done = run("query", "units", folder=folder)
    expect("nothing is said", done.stderr == "", done.stderr)
    write(folder, "b.c", OTHER + "\n")
    said = run("query", "units", folder=folder)
    expect("a changed unit is said", said.stdout == done.stdout and
           "1 unit of the store is out of date" in said.stderr, said.stderr)
    write(folder, "thing.h", store.HEADER + "\n")
    said = run("query", "units", folder=folder)
    expect("and said again", "3 units of the store are out of date"
           in said.stderr, said.stderr)


def test_refused(folder):
    prepare(folder)
    for status, text, args in (
            (2, "query callers: FUNCTION is missing", ("callers",)),
            (2, "one argument too many: x", ("content", "x")),
            (2, "no such question: what", ("what",)),
            (2, "no question given", ()),
            (2, "no such format: xml", ("units", "--format", "xml")),
            (3, "nosuch.db: ", ("units", "--store", "nosuch.db"))):
        done = run("query", *args, folder=folder)
        expect(f"{args} is refused", done.returncode == status and
               text in done.stderr and not done.stdout and
               done.stderr.count("\n") == (2 if status == 2 else 1),
               done.returncode, done.stderr)
    for args in (("functions", "nosuch"), ("callers", "nosuch"),
                 ("callees", "nosuch"), ("readers", "nosuch.h"),
                 ("units", "nosuch.c")):
        expect_nothing(folder, *args)
    expect("nothing is made", not os.path.exists(
        os.path.join(folder, "nosuch.db")))


if __name__ == "__main__":
    store.main(globals())
