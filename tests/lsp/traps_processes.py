#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""traps_processes.py [NAME...]

The traps that are about pipes, ends and deaths: each first with clangd, or its
stand-in, alone, which says what is right, and then with us in front of it.
NAME, such as trap_14: only those."""
import contextlib
import json
import os
import re
import signal
import sys

from client import (FAKE_CLANGD, FAKE_WORKER, Editor, Workspace, alive,
                    children, descendants, encode, equal, eventually, expect,
                    frame, need, notification, proxy, real_clangd, request,
                    router, run)

SIZE = 5000
COUNT = 1000


def servers(clangd):
    """What to start: alone, and with us."""
    return {"alone": clangd, "proxy": proxy(clangd, worker=FAKE_WORKER)}


@contextlib.contextmanager
def started(argv, reading=True):
    """An editor that has initialized a server in a workspace with a.c."""
    with Workspace() as w:
        w.write("a.c", "int a; /* RACE */\n")
        w.database()
        with Editor(argv, w.root) as editor:
            editor.initialize(w)
            if not reading:
                editor.pause()
            editor.workspace = w
            yield editor


def flooded(editor):
    """The numbers of the notifications that came from the stand-in."""
    return [m.get("params", "n") for m in editor.log
            if m.method == "fake/drop"]


# --------------------------------------------------------------------------

def trap_13_back_pressure():
    """Both sides write 5 MB, and the editor does not read until it has
    written all: we have to take it."""
    with started(servers(FAKE_CLANGD)["proxy"], reading=False) as editor:
        editor.notify("fake/flood", {"count": COUNT, "size": SIZE})
        for n in range(COUNT):
            editor.send(request(n, "fake/echo", {"pad": "y" * SIZE}))
        eventually("it took all", editor.idle)
        editor.resume()
        editor.reply(COUNT - 1)
        equal("what came of clangd's", flooded(editor), list(range(COUNT)))
        equal("replies", [m.get("id") for m in editor.log if
                          m.get("result", "pad")], list(range(COUNT)))
        equal("exit status", editor.quit(), 0, editor)


# --------------------------------------------------------------------------

DEATHS = [({"signal": int(signal.SIGKILL)}, 137),
          ({"signal": int(signal.SIGABRT)}, 134),
          ({"signal": int(signal.SIGTERM)}, 143),
          ({"status": 0}, 0), ({"status": 3}, 3)]


def trap_14_clangd_dies():
    for how, status in DEATHS:
        for name, argv in servers(FAKE_CLANGD).items():
            with started(argv) as editor:
                editor.notify("fake/die", how)
                equal(f"{name}: {how}", editor.status(), status, editor)


def trap_14_real_clangd_is_killed():
    for name, argv in servers(real_clangd()).items():
        with started(argv) as editor:
            editor.notify("textDocument/didOpen",
                          editor.workspace.document("a.c"))
            editor.published(editor.workspace.uri("a.c"))
            pid = editor.pid if name == "alone" else clangd_below(editor)
            os.kill(pid, signal.SIGKILL)
            equal(name, editor.status(), 137, editor)


def trap_14_no_clangd():
    with Workspace() as w:
        for missing, status in ((w.path("none"), 127), (w.root, 126),
                                ("no-such-clangd", 127)):
            with Editor(proxy([missing], worker=FAKE_WORKER),
                        w.root) as editor:
                equal(missing, editor.status(), status, editor)
                expect("says which", missing in editor.told(), editor)


def clangd_below(editor):
    pid, = [pid for pid, argv in children(editor.pid)
            if "--background-index=0" in argv]
    return pid


# --------------------------------------------------------------------------

def trap_15_ends():
    """What an editor does at its end, and the status of that."""
    ends = [(["shutdown", "exit"], 0), (["exit"], 1), ([], 1),
            (["shutdown"], 1), (["exit", "shutdown"], 1)]
    for clangd in real_clangd(), FAKE_CLANGD:
        for methods, status in ends:
            for name, argv in servers(clangd).items():
                with started(argv) as editor:
                    for method in methods:
                        editor.send(request(9, method) if method == "shutdown"
                                    else notification(method))
                    editor.close()
                    equal(f"{name}: {methods}, end of file", editor.status(),
                          status, editor)


def trap_15_end_before_the_beginning():
    for name, argv in servers(real_clangd()).items():
        with Workspace() as w, Editor(argv, w.root) as editor:
            editor.close()
            equal(name, editor.status(), 1, editor)
            equal(f"{name}: says", bytes(editor.raw), b"")


def trap_15_killed():
    """Without us nobody is left: not clangd, not the worker."""
    for how in signal.SIGKILL, signal.SIGTERM, signal.SIGHUP:
        with started(servers(real_clangd())["proxy"]) as editor:
            w = editor.workspace
            editor.notify("textDocument/didOpen", w.document("a.c"))
            editor.published(w.uri("a.c"), matches=lambda items: items)
            below = descendants(editor.pid)
            expect("clangd and a worker", len(below) >= 2, below)
            os.kill(editor.pid, how)
            editor.status()
            eventually(f"all have ended after {how}",
                       lambda below=below: not any(map(alive, below)))


def trap_15_killed_while_they_do_not_read():
    """Nor is one left that does not see the end of its stdin."""
    with started(servers(FAKE_CLANGD)["proxy"]) as editor:
        w = editor.workspace
        editor.notify("textDocument/didOpen",
                      w.document("a.c", "WORKER-HANGS WARN"))
        editor.published(w.uri("a.c"))
        editor.notify("fake/sleep", {"seconds": 1000})
        below = eventually("both", lambda: two(descendants(editor.pid)))
        os.kill(editor.pid, signal.SIGKILL)
        editor.status()
        eventually("all have ended", lambda: not any(map(alive, below)))


def two(found):
    return found if len(found) == 2 else None


def trap_15_hanging_worker_is_left():
    """A worker that does not answer does not keep us from ending."""
    with started(servers(FAKE_CLANGD)["proxy"]) as editor:
        w = editor.workspace
        editor.notify("textDocument/didOpen",
                      w.document("a.c", "WORKER-HANGS WARN"))
        editor.published(w.uri("a.c"))
        below = eventually("a worker", lambda: [
            pid for pid, argv in children(editor.pid) if "fake_worker" in argv])
        equal("exit status", editor.quit(), 0, editor)
        eventually("it has ended", lambda: not any(map(alive, below)))


# --------------------------------------------------------------------------

def trap_16_drain_to_the_editor():
    """What clangd wrote before its end comes, however late it is read."""
    for name, argv in servers(FAKE_CLANGD).items():
        with started(argv, reading=False) as editor:
            editor.notify("fake/flood", {"count": COUNT, "size": SIZE})
            editor.notify("fake/die", {"status": 5})
            if name == "proxy":
                eventually("clangd has ended", lambda: not any(
                    "fake_clangd" in argv and alive(pid)
                    for pid, argv in children(editor.pid)))
            editor.resume()
            equal(f"{name}: exit status", editor.status(), 5, editor)
            equal(f"{name}: what came", flooded(editor), list(range(COUNT)))


def trap_16_drain_to_clangd():
    """What the editor wrote before its end is answered."""
    for clangd in real_clangd(), FAKE_CLANGD:
        for name, argv in servers(clangd).items():
            with started(argv) as editor:
                editor.send_bytes(b"".join(
                    frame(encode(request(n, "$/echo", {"pad": "y" * SIZE})))
                    for n in range(COUNT)))
                editor.close()
                equal(f"{name}: exit status", editor.status(), 1, editor)
                equal(f"{name}: replies", [
                    m.get("id") for m in editor.log[1:]], list(range(COUNT)))


# --------------------------------------------------------------------------

BUG = "corpus/003-bcache-btree-flush-write"


def databases(w):
    """None, and such as say nothing about the file."""
    path = w.path("compile_commands.json")
    yield "none"
    for text in ("", "{", "[{}]", "[]", '[{"directory":7}]'):
        w.write("compile_commands.json", text)
        yield f"'{text}'"
    w.write("elsewhere/a.c", "int a;\n")
    w.write("compile_commands.json", json.dumps(
        [{"directory": w.path("elsewhere"), "file": "a.c",
          "arguments": ["cc", "-c", "a.c"]}]))
    yield "of other files"
    os.unlink(path)
    os.mkdir(path)
    yield "a folder"


def trap_17_database():
    """Without a database that has the file: flags are not guessed, so nothing
    is found; clangd's diagnostics come; and no library of ours complains."""
    with Workspace(BUG, database=False) as w:
        for what in databases(w):
            with Editor(proxy(real_clangd()), w.root) as editor:
                editor.initialize(w)
                uri = w.uri("before.c")
                editor.notify("textDocument/didOpen", w.document("before.c"))
                editor.published(uri, matches=lambda items: items)
                # Answered when what was asked before is.
                editor.call("textDocument/codeAction", {
                    "textDocument": {"uri": uri}, "range": RANGE,
                    "context": {"diagnostics": []}})
                equal(f"{what}: ours", [m for m in editor.log if any(
                    item.get("source") == "pincheck" for item in
                    m.get("params", "diagnostics") or [])], [])
                equal(f"{what}: exit status", editor.quit(), 0, editor)
                expect(f"{what}: libclang complains", not re.search(
                    "LIBCLANG|fromDirectory|CXCompilation", editor.told()),
                    editor)


RANGE = {"start": {"line": 0, "character": 0},
         "end": {"line": 200, "character": 0}}


# --------------------------------------------------------------------------

ODD = [r'{"jsonrpc":"2.0","method":"x","params":"\ud800 \u0000 \udfff"}',
       '{"method":"x","params":"\x00 \udcff\udcfe \U0001d11e"}',
       '{"method":"textDocument/publishDiagnostics","params":'
       r'{"uri":"file:///a.c","diagnostics":[{"message":"\udead'
       '\udcff"}]}}',
       '{"method":"textDocument/publishDiagnostics","params":{"uri":7}}',
       '{"method":"textDocument/publishDiagnostics","params":'
       '{"uri":"untitled:1","diagnostics":{}}}',
       '{"method":"textDocument/publishDiagnostics"}',
       "{", "", "[]", "7", "\udcff\udcfe", '{"id":null,"result":[}',
       '{"id":3,"id":4,"result":1,"result":2}',
       " \r\n{}\t", "[" * 2000 + "]" * 2000]


def trap_19_odd_messages_from_clangd():
    """Byte for byte what it said, whatever it was."""
    said = {}
    for name, argv in servers(FAKE_CLANGD).items():
        with started(argv) as editor:
            begin = len(editor.raw)
            editor.notify("fake/say", {"bodies": ODD})
            editor.call("fake/x")
            equal(f"{name}: exit status", editor.quit(), 0, editor)
            said[name] = bytes(editor.raw[begin:])
    equal("with us", said["proxy"], said["alone"])


def trap_19_bytes_that_are_no_message():
    """A library that prints into clangd's output, in front of, between and
    behind its messages: an editor may skip it, so it may not be lost."""
    for noise in "hello\n", "\xff\x00\r\n\r\n", "Content-Length: x\r\n\r\n{}":
        said = {}
        for name, argv in servers(FAKE_CLANGD).items():
            with started(argv) as editor:
                begin = len(editor.raw)
                for _ in range(2):
                    editor.notify("fake/bytes", {"bytes": noise})
                    editor.notify("fake/say", {"bodies": ['{"id":5}']})
                editor.notify("fake/bytes", {"bytes": noise})
                editor.notify("fake/die", {"status": 4})
                equal(f"{name}: exit status", editor.status(), 4, editor)
                said[name] = bytes(editor.raw[begin:])
        equal(f"with us, {noise!r}", said["proxy"], said["alone"])


def main():
    need(router(), real_clangd()[0])
    sys.exit(run([test for name, test in sorted(globals().items())
                  if name.startswith("trap_")], sys.argv[1:]))


if __name__ == "__main__":
    main()
