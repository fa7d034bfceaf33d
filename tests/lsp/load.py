#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""load.py [--scale PART] [NAME...]

A language server in front of clangd under load, and what it makes of a clangd,
a worker and an editor that misbehave under it: nothing of what clangd says is
lost, and ours is right at the end. PART, such as 0.1, is taken of the sizes:
for programs that are slow, because they watch themselves."""
import argparse
import concurrent.futures
import contextlib
import hashlib
import os
import random
import signal
import sys
import time

from client import (FAKE_CLANGD, FAKE_WORKER, Editor, Workspace, change,
                    children, encode, equal, eventually, expect, frame, need,
                    notification, proxy, real_clangd, request, router, run)

scale = 1.0


def times(n):
    return max(1, int(n * scale))


@contextlib.contextmanager
def started(clangd, *options):
    with Workspace() as w:
        w.write("a.c", "int a;\n")
        w.write("b.c", "int b; /* RACE */\n")
        w.database()
        with Editor(proxy(clangd, "--debounce", "1", *options,
                          worker=FAKE_WORKER), w.root) as editor:
            editor.initialize(w)
            editor.workspace = w
            yield editor


def opened(editor, name, text):
    """Opens a document; its URI."""
    editor.notify("textDocument/didOpen",
                  editor.workspace.document(name, text))
    return editor.workspace.uri(name)


def own(items):
    return [i for i in items if i.get("source") == "pincheck"]


def digest(text):
    return hashlib.sha1(text.encode()).hexdigest()


def with_digest(text):
    """Do diagnostics have those of this text from our worker?"""
    wanted = digest(text)
    return lambda items: any(i["message"] == wanted for i in items)


# --------------------------------------------------------------------------

def load_queued_requests():
    """All are written before any reply is read."""
    count = times(20000)
    for methods in (["documentSymbol"], ["documentSymbol", "codeAction",
                                         "documentSymbol", "hover"]):
        with started(real_clangd()) as editor:
            uri = opened(editor, "a.c", "int a; /* RACE */\n")
            editor.published(uri, matches=own)
            editor.pause()
            place = {"textDocument": {"uri": uri}, "position": at(0, 4),
                     "range": {"start": at(0, 0), "end": at(0, 9)},
                     "context": {"diagnostics": []}}
            editor.send_bytes(b"".join(
                frame(encode(request(n, "textDocument/" + methods[
                    n % len(methods)], place))) for n in range(count)))
            eventually("it took all", editor.idle)
            editor.resume()
            ids = eventually("all are answered", lambda: whole(
                replies(editor, count), count), 300)
            equal("answered", sorted(ids), list(range(count)))
            plain = [n for n in ids if n % len(methods) in (0, 2)]
            equal("order", plain, sorted(plain))
            equal("errors", [str(m) for m in editor.log if m.get("error")], [])
            equal("exit status", editor.quit(), 0, editor)


def replies(editor, count):
    """The ids of those to the test's requests, as they came."""
    return [m.get("id") for m in list(editor.log)
            if m.method is None and m.get("id") < count]


def whole(found, count):
    return found if len(found) >= count else None


def at(line, character):
    return {"line": line, "character": character}


def load_large_document():
    for clangd in FAKE_CLANGD, real_clangd():
        line = "/* " + "x" * 60 + " */\n"
        text = line * (times(20000000) // len(line)) + "/* DIGEST */\n"
        with started(clangd) as editor:
            uri = opened(editor, "a.c", text)
            editor.published(uri, matches=with_digest(text))
            start = len(editor.log)
            where = text.count("\n") // 2
            editor.notify("textDocument/didChange", change(
                uri, 2, ((where, 3), (where + 1, 5), "RACE 𝄞"),
                ((0, 0), (0, 0), "\n")))
            lines = text.splitlines(True)
            lines[where:where + 2] = [lines[where][:3] + "RACE 𝄞" +
                                      lines[where + 1][5:]]
            edited = "\n" + "".join(lines)
            items = editor.published(uri, start, with_digest(edited)).get(
                "params", "diagnostics")
            equal("where the race is",
                  own(items)[0]["range"]["start"], at(where + 1, 3))
            start = len(editor.log)
            editor.notify("textDocument/didClose",
                          {"textDocument": {"uri": uri}})
            editor.published(uri, start, lambda items: not items)
            equal("exit status", editor.quit(), 0, editor)


# --------------------------------------------------------------------------
# Edits

class Text:
    """A text and edits of it, in UTF-16; positions are in the protocol's."""

    PIECES = ["RACE", "é", "𝄞", "\n", "\r\n", "int x;\n", " ", "/* ", " */",
              "y", ""]

    def __init__(self, seed):
        self.random = random.Random(seed)
        self.lines = [f"int v{n}; /* é𝄞 */\n" for n in range(100)]
        self.lines.append("/* DIGEST */")

    def __str__(self):
        return "".join(self.lines)

    def place(self, after=(0, 0)):
        """Somewhere, not in the last line, nor in the middle of a pair or of
        an end of line."""
        line = self.random.randrange(after[0], min(len(self.lines) - 1,
                                                   after[0] + 3))
        text = self.lines[line].rstrip("\r\n")
        n = self.random.randint(0, len(text))
        place = line, len(text[:n].encode("utf-16-le")) // 2
        return max(place, after)

    def edit(self):
        """Changes it; what to tell a server."""
        first = self.random.randrange(len(self.lines) - 1)
        start = self.place((first, 0))
        end = self.place(start) if self.random.random() < .4 else start
        text = "".join(self.random.choices(
            self.PIECES, k=self.random.randint(0, 3)))
        before = self.cut(start[0], 0, start[1])
        behind = self.cut(end[0], end[1], None)
        self.lines[start[0]:end[0] + 1] = (before + text +
                                           behind).splitlines(True)
        return start, end, text

    def cut(self, line, start, end):
        data = self.lines[line].encode("utf-16-le")
        return data[2 * start:None if end is None else 2 * end].decode(
            "utf-16-le")


def load_edits():
    """What is shown after many is what a fresh start shows."""
    for clangd in FAKE_CLANGD, real_clangd():
        text, version = Text(7), 1
        with started(clangd) as editor:
            uri = opened(editor, "a.c", str(text))
            for _ in range(times(1000)):
                version += 1
                edits = [text.edit() for _ in range(text.random.randint(1, 3))]
                editor.notify("textDocument/didChange",
                              change(uri, version, *edits))
                if text.random.random() < .02:
                    time.sleep(.05)
            # Ours may be in clangd's of an older version, too.
            last, right = version, with_digest(str(text))
            edited = editor.wait(
                "the diagnostics of the last version", lambda m: (
                    m.get("params", "version") == last and
                    right(m.get("params", "diagnostics"))))
            equal("exit status", editor.quit(), 0, editor)
        with started(clangd) as editor:
            uri = opened(editor, "a.c", str(text))
            fresh = editor.published(uri, matches=with_digest(str(text)))
            equal("after edits, and fresh",
                  edited.get("params", "diagnostics"),
                  fresh.get("params", "diagnostics"))


def load_opens_and_closes():
    """Nothing is left of a document that is closed."""
    with started(real_clangd()) as editor:
        def cycle(count):
            for n in range(count):
                begin = len(editor.log)
                text = f"int a = x; /* RACE {n} DIGEST */\n"
                uri = opened(editor, "a.c", text)
                if n % 10 == 0:
                    editor.published(uri, begin, with_digest(text))
                editor.notify("textDocument/didClose",
                              {"textDocument": {"uri": uri}})
            # A reply behind them, so that all have been done.
            editor.call("workspace/symbol", {"query": "a"})
            editor.published(uri, begin, lambda items: not items)
            return (len(os.listdir(f"/proc/{editor.pid}/fd")),
                    len(children(editor.pid)))
        equal("descriptors and children", cycle(times(190)), cycle(times(10)))
        last = [m for m in editor.log if
                m.method == "textDocument/publishDiagnostics"][-1]
        equal("the last publish", last.get("params", "diagnostics"), [])
        equal("exit status", editor.quit(), 0, editor)


# --------------------------------------------------------------------------
# Misbehaviour

def load_clangd_killed():
    """In the middle of replies: those that came are whole, and in order."""
    count = 20000  # so many that it cannot be done with all
    with started(real_clangd()) as editor:
        uri = opened(editor, "a.c", "int a; /* RACE */\n")
        editor.published(uri, matches=own)
        editor.send_bytes(b"".join(
            frame(encode(request(n, "textDocument/documentSymbol",
                                 {"textDocument": {"uri": uri}})))
            for n in range(count)))
        editor.reply(100)
        clangd, = [pid for pid, argv in children(editor.pid)
                   if "--background-index=0" in argv]
        os.kill(clangd, signal.SIGKILL)
        equal("exit status", editor.status(), 137, editor)
        ids = replies(editor, count)
        expect("not all", len(ids) < count, len(ids))
        equal("order", ids, list(range(len(ids))))


def worker_of(editor):
    return eventually("a worker", lambda: [
        pid for pid, argv in children(editor.pid)
        if "fake_worker" in argv])[0]


def told(editor):
    """What the user has been shown."""
    return [m for m in editor.log if m.method == "window/showMessage"]


def edit_on(editor, uri, version):
    """Another text, for which clangd's diagnostics come: the place in the log
    before it, and the text."""
    text = f"int a = x; /* RACE {version} DIGEST */\n"
    begin = len(editor.log)
    editor.notify("textDocument/didChange", change(uri, version, text))
    editor.published(uri, begin, lambda items: any(
        i.get("source") == "clang" for i in items))
    return begin, text


def load_worker_lost():
    """Killed twice, or stopped for longer than --timeout: clangd's diagnostics
    come meanwhile, the user is told once, and ours come back with the next
    edit."""
    for how in signal.SIGKILL, signal.SIGSTOP:
        with started(real_clangd(), "--timeout", "1") as editor:
            uri = opened(editor, "a.c", "int a; /* RACE */\n")
            editor.published(uri, matches=own)
            for version in 2, 5:
                before = worker_of(editor)
                os.kill(before, how)
                edit_on(editor, uri, version)
                eventually("it was ended",
                           lambda: not os.path.exists(f"/proc/{before}"))
                for more in version + 1, version + 2:
                    begin, text = edit_on(editor, uri, more)
                    editor.published(uri, begin, with_digest(text))
                expect("another worker", worker_of(editor) != before)
            equal("told", len(told(editor)), 1, editor)
            equal("exit status", editor.quit(), 0, editor)


def load_worker_dies_of_a_text():
    """It is not started over and over for one that it dies of, and findings in
    other documents are there."""
    log = "worker.log"
    with Workspace() as w:
        with Editor(proxy(real_clangd(), "--debounce", "1",
                          worker=FAKE_WORKER), w.root,
                    {"FAKE_WORKER_LOG": w.path(log)}) as editor:
            editor.initialize(w)
            editor.workspace = w
            bad = opened(editor, "a.c", "int a = x; // WORKER-DIES\n")
            editor.published(bad, matches=lambda items: items)
            eventually("the user is told", lambda: told(editor))
            good = opened(editor, "b.c", "int b; // RACE DIGEST\n")
            editor.published(good, matches=own)
            for version in range(2, 7):
                text = f"int b; // RACE DIGEST {version}\n"
                editor.notify("textDocument/didChange",
                              change(good, version, text))
                editor.published(good, matches=with_digest(text))
            starts = w.read(log).count('"start"')
            expect(f"{starts} starts of it", 2 <= starts <= 4, w.read(log))
            equal("told", len(told(editor)), 1, editor)
            equal("exit status", editor.quit(), 0, editor)


def short_session(w):
    uri = w.uri("a.c")
    return b"".join(frame(encode(m)) for m in (
        request(1, "initialize", {"capabilities": {}}),
        notification("textDocument/didOpen", w.document("a.c", "int a = b;")),
        notification("textDocument/didChange", change(
            uri, 2, ((0, 0), (0, 0), "\n"), ((1, 8), (1, 9), "c"))),
        request(2, "textDocument/codeAction", {
            "textDocument": {"uri": uri}, "context": {"diagnostics": []},
            "range": {"start": at(1, 0), "end": at(1, 9)}}),
        request(3, "shutdown"), notification("exit")))


def outcome(argv, w, data):
    """Exit status, and what came, but for the capabilities; replies may come
    in any order."""
    with Editor(argv, w.root, {"FAKE_WORKER": "silent"}) as editor:
        editor.send_bytes(data)
        editor.close()
        status, others = editor.status(), editor.log[:]
        return (status, len(others), [m.body for m in others if m.method],
                sorted(m.body for m in others
                       if not m.method and m.get("id") != 1))


def same_outcomes(w, sessions):
    """Each through clangd alone, and through us: most of it is waiting."""
    clangd = real_clangd("--sync")

    def check(data):
        equal("with us", outcome(proxy(clangd, worker=FAKE_WORKER), w, data),
              outcome(clangd, w, data), data)
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        list(pool.map(check, sessions))


def load_cut_frames():
    """A short session that ends after each of its bytes."""
    with Workspace() as w:
        data = short_session(w)
        same_outcomes(w, [data[:n] for n in range(
            0, len(data), max(1, round(1 / scale)))])


STRANGE = b'#\r\n \t:0129{}[]"\\\0\xff'


def damaged(data, chance):
    """Some bytes are lost, put in, or others."""
    data = bytearray(data)
    for _ in range(chance.randint(1, 3)):
        n, kind = chance.randrange(len(data)), chance.randrange(4)
        if kind == 0:
            data[n] = chance.choice(STRANGE)
        elif kind == 1:
            data.insert(n, chance.choice(STRANGE))
        else:
            del data[n:n + (1 if kind == 2 else chance.randrange(30))]
    return bytes(data)


def load_damaged_frames():
    chance = random.Random(11)
    with Workspace() as w:
        data = short_session(w)
        same_outcomes(w, [damaged(data, chance)
                          for _ in range(times(400))])


def main():
    global scale
    p = argparse.ArgumentParser()
    p.add_argument("--scale", type=float, default=1)
    p.add_argument("names", nargs="*")
    o = p.parse_args()
    scale = o.scale
    need(router(), real_clangd()[0])
    sys.exit(run([test for name, test in sorted(globals().items())
                  if name.startswith("load_")], o.names))


if __name__ == "__main__":
    main()
