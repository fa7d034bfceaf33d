#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""pincheck lsp-worker and the facts store: what other files do is known from
there, and known anew after they were saved."""
import json
import os
import shutil
import signal
import time

import lsp_worker
import store
from lsp_worker import Worker, read
from store import SRC, expect, index, run, write

PATIENCE = 20


def copy_program(folder, case):
    """The units of one of the programs of a few files."""
    shutil.copytree(os.path.join(SRC, "tests", "cross", case), folder,
                    dirs_exist_ok=True)
    units = sorted(n for n in os.listdir(folder) if n.endswith(".c"))
    write(folder, "compile_commands.json", json.dumps([
        {"directory": folder, "file": name, "arguments":
         ["cc", f"-I{SRC}/tests/fixtures/include", "-c", name]}
        for name in units]))
    time.sleep(0.1)  # a file as new as its reading is not kept
    return units


def prepare(folder):
    """job_finish() in job.c drops the reference of its caller in user.c."""
    copy_program(folder, "callee")
    return os.path.join(folder, "user.c"), os.path.join(folder, "job.c")


def rules(answer):
    return [i["code"] for i in answer["items"]]


def test_linked(folder):
    user, _ = prepare(folder)
    w = Worker(folder)
    expect("alone nothing is known", rules(w.check(user, read(user))) == [])
    index(folder)
    answer = w.check(user)
    want = [f[0] for f in found(folder, "user.c")]
    expect("linked, as check --cross-file finds it", want and
           rules(answer) == want, answer, want)
    expect("the log tells", "what other files do is known" in
           str(answer["log"]), answer)
    expect("once", "log" not in w.check(user))
    shutil.rmtree(os.path.join(folder, ".cache"))
    expect("the store is gone", rules(w.check(user)) == [])
    w.end()
    index(folder)
    for option in ("--no-store", "--no-cross-file"):
        w = Worker(folder, option)
        expect(f"not with {option}", rules(w.check(user, read(user))) == [])
        w.end()


def found(folder, unit):
    done = run("check", "--engine", "clang", "--cross-file", "--format",
               "json", unit, folder=folder)
    return [(f["rule"], f["line"] - 1, f["message"], len(f["steps"]))
            for f in json.loads(done.stdout)["findings"]]


def test_programs(folder):
    """With what was linked and mined, as check --cross-file finds it."""
    number = 0
    # what is mined, a lock on entry, and a step that stands nowhere
    for case in ("accessors", "entry", "setup"):
        top = os.path.join(folder, case)
        units = copy_program(top, case)
        index(top)
        run("mine", folder=top)
        related, plain = Worker(top), Worker(top, related=False)
        for unit in units:
            path = os.path.join(top, unit)
            got = [(i["code"], i["range"]["start"]["line"], i["message"],
                    len(i["relatedInformation"]))
                   for i in related.items(path, read(path))]
            want = found(top, unit)
            expect(f"{case}/{unit}", got == want, got, want)
            lines = [i["message"].count("\n")
                     for i in plain.items(path, read(path))]
            expect(f"{case}/{unit}: as text", lines == [f[3] for f in want],
                   lines)
            number += len(want)
        related.end()
        plain.end()
    expect("there was something to find", number >= 3, number)


def test_saved(folder):
    user, job = prepare(folder)
    index(folder)
    w = Worker(folder)
    before = rules(w.check(user, read(user)))
    expect("known", before, before)
    text = read(job)
    for put, want in (("", []), ("\tjob_put(j);\n}", before)):
        write(folder, "job.c", text.replace("\tjob_put(j);\n}", put or "}"))
        time.sleep(0.1)
        answer = w.ask("saved", path=job)
        expect("answered at once", answer["changed"] is False, answer)
        expect("and told when it is done", w.notice() == {"notice": "changed"})
        expect(f"{want} now", rules(w.check(user)) == want)
    w.ask("saved", path=job)
    w.rest()
    write(folder, "job.c", text.replace("\tjob_put(j);\n}", "}"))
    time.sleep(0.1)
    w.ask("saved", path=job)
    expect("only what changes something is told", w.notice() ==
           {"notice": "changed"} and not w.notices and
           rules(w.check(user)) == [])
    w.end()


def test_killed(folder):
    """Nobody goes on reading for a worker that is gone."""
    _, job = prepare(folder)
    index(folder)
    w = Worker(folder)
    os.mkfifo(os.path.join(folder, "endless.h"))
    write(folder, "job.c", '#include "endless.h"\n' + read(job))
    w.ask("saved", path=job)
    reader = lsp_worker.children(w.process.pid)
    expect("somebody reads", len(reader) == 1, reader)
    w.process.kill()
    w.process.wait()
    until = time.monotonic() + PATIENCE
    while lsp_worker.alive(reader[0]) and time.monotonic() < until:
        time.sleep(0.02)
    if lsp_worker.alive(reader[0]):
        os.kill(reader[0], signal.SIGKILL)
        expect("it has ended", False)


def test_not_linked(folder):
    """A store that nobody linked is left as it is."""
    user, job = prepare(folder)
    run("check", "--store", store.store_of(folder), ".", folder=folder)
    before = store.content(folder)
    w = Worker(folder)
    answer = w.check(user, read(user))
    expect("it does not count", rules(answer) == [] and
           "pincheck index" in str(answer["log"]), answer)
    write(folder, "job.c", read(job) + "int more;\nvoid f(void) { more++; }\n")
    w.ask("saved", path=job)
    expect("it goes on", w.check(user)["items"] == [])
    w.end()
    expect("nothing was read", store.content(folder) == before)


def test_rules(folder):
    """What holds for others was saved: all have to be checked again."""
    user, _ = prepare(folder)
    w = Worker(folder, "--model", "own.ini")
    for name, changed in ((".pincheck", True), ("compile_commands.json", True),
                          ("own.ini", True), ("user.c", False),
                          ("job.h", False), ("nosuch.c", False)):
        answer = w.ask("saved", path=os.path.join(folder, name))
        expect(f"{name}: {changed}", answer["changed"] is changed, answer)
    w.end()


def test_usage(folder):
    done = run("lsp-worker", "--saved", "a.c", folder=folder)
    expect("which store", done.returncode == 2 and
           "needs --store" in done.stderr, done.stderr)


if __name__ == "__main__":
    lsp_worker.store.main(globals())
