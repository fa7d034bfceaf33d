#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""asked.py [NAME...]

When the worker is asked and what is made of its answers, where that is a matter
of what it does meanwhile: workers that say something unasked, are slow, or
answer what nobody understands. NAME, such as test_notice: only those."""
import contextlib
import json
import os
import shlex
import subprocess
import sys
import time

from client import (FAKE_CLANGD, FAKE_WORKER, HERE, Editor, Workspace, change,
                    equal, eventually, expect, frame, need, proxy, router,
                    run)

RACE = "int a; /* RACE */\n"
LITERALS = {"textDocument": {"codeAction": {"codeActionLiteralSupport": {}}}}
CANCELLED = -32800

WORKER = """#!{python}
import json, sys, threading, time
sys.path.insert(0, {here!r})
import fake_worker

class Worker(fake_worker.Worker):
    checks = 0
{body}
Worker().run()
"""


@contextlib.contextmanager
def started(clangd, body=None, *options):
    """An editor with a.c open; @body: methods of the worker that are its own."""
    with Workspace() as w:
        w.write("a.c", RACE)
        w.database()
        worker = FAKE_WORKER
        if body:
            worker = w.path("worker")
            w.write("worker", WORKER.format(python=sys.executable, here=HERE,
                                            body=body))
            os.chmod(worker, 0o755)
        with Editor(proxy(clangd, "--debounce", "1", *options, worker=worker),
                    w.root, {"FAKE_WORKER_LOG": w.path("heard")}) as editor:
            editor.initialize(w, LITERALS)
            editor.workspace, editor.a = w, w.uri("a.c")
            yield editor


def open_a(editor, text=RACE):
    editor.notify("textDocument/didOpen",
                  editor.workspace.document("a.c", text))


def ours(items):
    return [i for i in items if i.get("source") == "pincheck"]


def at(editor, line=0, column=11):
    return {"textDocument": {"uri": editor.a},
            "position": {"line": line, "character": column}}


def shown(editor, count, after=0):
    """Waits until so many of ours are shown."""
    return editor.published(editor.a, after,
                            lambda items: len(ours(items)) == count)


def heard(editor, what):
    """What the worker was asked, as far as it wrote that down."""
    with contextlib.suppress(FileNotFoundError):
        with open(editor.workspace.path("heard"), encoding="utf-8") as file:
            return [q for q in map(json.loads, file.read().splitlines())
                    if q["do"] == what]
    return []


# --------------------------------------------------------------------------

NOTICE = """
    def do_check(self, question):
        self.checks += 1
        answer = super().do_check(question)
        for item in answer["items"]:
            item["message"] = f"check {self.checks}"
        return answer

    def do_saved(self, question):
        threading.Timer(0.2, self.tell, [{"notice": "changed"}]).start()
        return {"changed": False}
"""


def test_notice():
    """It knows more of other files: what is open is checked again."""
    for clangd in FAKE_CLANGD, None:
        with started(clangd, NOTICE) as editor:
            open_a(editor)
            shown(editor, 1)
            # checked once more because it was saved, and then for the notice
            editor.notify("textDocument/didSave",
                          {"textDocument": {"uri": editor.a}})
            editor.published(editor.a, 0, lambda items: [
                i["message"] for i in ours(items)] == ["check 3"])


def test_lost_over_an_older_text():
    """The text that was typed meanwhile is not what it was lost over."""
    for word in "HANGS", "SLOW WORKER-DIES":
        with started(FAKE_CLANGD, None, "--timeout", "2") as editor:
            open_a(editor, f"WORKER-{word}\n")
            eventually("it is checked", lambda: heard(editor, "check"))
            editor.notify("textDocument/didChange",
                          change(editor.a, 2, RACE))
            shown(editor, 1)
            reply = editor.call("textDocument/hover", at(editor))
            equal("a hover after it", len(heard(editor, "hover")), 1, reply)


# --------------------------------------------------------------------------

SLOW_HOVER = """
    def do_hover(self, question):
        time.sleep(0.3)
        return super().do_hover(question)
"""
MANY = 60
# Of the many: those that may be asked before the cancellation is heard.
FEW = 5


def test_cancelled():
    """What was cancelled is not asked; alone it is answered by us."""
    for clangd in FAKE_CLANGD, None:
        with started(clangd, SLOW_HOVER) as editor:
            open_a(editor)
            shown(editor, 1)
            editor.notify("fake/hold", {"method": "textDocument/hover"})
            for _ in range(MANY):
                number = editor.ask("textDocument/hover", at(editor))
                editor.notify("$/cancelRequest", {"id": number})
            code = editor.reply(number).get("error", "code")
            equal("the last reply", code, CANCELLED)
            editor.notify("textDocument/didChange",
                          change(editor.a, 2, RACE + RACE))
            shown(editor, 2)
            asked = len(heard(editor, "hover"))
            expect("hovers that were asked", asked <= FEW, asked)


def test_requests_do_not_keep_checks_away():
    with started(None, SLOW_HOVER) as editor:
        open_a(editor)
        shown(editor, 1)
        numbers = [editor.ask("textDocument/hover", at(editor))
                   for _ in range(MANY)]
        editor.notify("textDocument/didChange",
                      change(editor.a, 2, RACE + RACE))
        shown(editor, 2)
        asked = len(heard(editor, "hover"))
        expect("asked before the check", asked < MANY / 2, asked)
        editor.notify("$/cancelRequest", {"id": numbers[-1]})
        editor.reply(numbers[-1])


def test_late_reply_frees_the_queue():
    """clangd's replies went alone: what was to be added is not asked."""
    with started(FAKE_CLANGD, SLOW_HOVER) as editor:
        open_a(editor)
        shown(editor, 1)
        for _ in range(MANY):
            number = editor.ask("textDocument/hover", at(editor))
        editor.reply(number)
        # 0.4 s after clangd's replies; each hover takes 0.3 s
        editor.notify("textDocument/didChange",
                      change(editor.a, 2, RACE + RACE))
        shown(editor, 2)
        asked = len(heard(editor, "hover"))
        expect("hovers that were asked", asked < MANY / 2, asked)


def test_answer_for_another_text():
    """An action that was asked for is for the text of then."""
    for clangd in FAKE_CLANGD, None:
        with started(clangd) as editor:
            open_a(editor, "int a;\n" + RACE)
            shown(editor, 1)
            editor.notify("textDocument/didOpen", editor.workspace.document(
                "b.c", "WORKER-SLOW\n"))
            eventually("it is at work", lambda: [
                q for q in heard(editor, "check")
                if q["path"].endswith("b.c")])
            time.sleep(0.7)
            number = editor.ask("textDocument/codeAction", {
                "textDocument": {"uri": editor.a}, "context": {},
                "range": {"start": {"line": 0, "character": 0},
                          "end": {"line": 0, "character": 1}}})
            editor.notify("textDocument/didChange",
                          change(editor.a, 2, ((0, 0), (1, 0), "")))
            reply = editor.reply(number)
            expect("no action of ours", b"race" not in reply.body, reply)


LAST_FIRST = ["c.c", "a.c", "b.c"]


def test_last_opened_first():
    """The user looks at what he opened last, whatever its name."""
    with started(None) as editor:
        w = editor.workspace
        editor.notify("textDocument/didOpen",
                      w.document("0.c", "WORKER-SLOW\n"))
        eventually("it is at work", lambda: heard(editor, "check"))
        for name in reversed(LAST_FIRST):
            editor.notify("textDocument/didOpen", w.document(name, RACE))
        asked = eventually("all are checked", lambda: enough(
            heard(editor, "check"), 1 + len(LAST_FIRST)))
        equal("the order", [os.path.basename(q["path"]) for q in asked[1:]],
              LAST_FIRST)


def enough(found, count):
    return found if len(found) >= count else None


# --------------------------------------------------------------------------

ODD_ITEMS = ("{}", '"x"', "7", "[1]", "[null]", "[[]]", "[{}]",
             '[{"range":{"start":{"line":"a"},"end":1}}]')
ODD = """
    def do_check(self, question):
        answer = super().do_check(question)
        for odd in self.texts[question["path"]].split("ODD ")[1:]:
            answer["items"] = json.loads(odd)
        return answer

    def do_actions(self, question):
        return {**super().do_actions(question), "items": [None, 1]}

    def do_hover(self, question):
        return {"text": "x", "range": {"start": 7}}
"""


def test_odd_items():
    """They are nobody's: not shown, and the next answer is."""
    for clangd in FAKE_CLANGD, None:
        with started(clangd, ODD) as editor:
            open_a(editor)
            shown(editor, 1)
            begin = len(editor.log)
            for version, odd in enumerate(ODD_ITEMS, 2):
                editor.notify("textDocument/didChange", change(
                    editor.a, version, f"ODD {odd}"))
                editor.wait(odd, lambda m: "are no findings" in str(
                    m.get("params", "message")), begin)
                begin = len(editor.log)
            editor.notify("textDocument/didChange",
                          change(editor.a, 99, RACE + RACE))
            shown(editor, 2)
            for message in editor.log:
                for item in message.get("params", "diagnostics") or []:
                    expect("is one", isinstance(item, dict) and
                           "range" in item, message)
            reply = editor.call("textDocument/codeAction", {
                **at(editor), "context": {}, "range": {
                    "start": {"line": 0, "character": 0},
                    "end": {"line": 0, "character": 1}}})
            expect("no odd action", not isinstance(reply.get("result"), list),
                   reply)
            reply = editor.call("textDocument/hover", at(editor))
            expect("no odd range", reply.get("result", "range") is None, reply)


# --------------------------------------------------------------------------

OURS = ("textDocument/hover", "textDocument/codeAction", "initialize",
        "workspace/executeCommand")


def test_requests_without_an_id():
    """They are notifications: nobody replies, and it goes on."""
    for clangd in FAKE_CLANGD, None:
        with started(clangd) as editor:
            open_a(editor)
            shown(editor, 1)
            begin = len(editor.log)
            for method in OURS:
                editor.notify(method, {
                    **at(editor), "context": {}, "capabilities": {},
                    "command": "pincheck.replay", "range": {
                        "start": {"line": 0, "character": 0},
                        "end": {"line": 0, "character": 12}}})
            reply = editor.call("textDocument/hover", at(editor))
            equal("replies", [m for m in editor.log[begin:]
                              if not m.method], [reply])
            equal("exit status", editor.quit(), 0, editor)


def test_numbers_written_oddly():
    """clangd writes 5.0 back as 5; the request is the same one."""
    for written, back in ("5.0", 5), ("1e3", 1000), ("2.50", 2.5), ("-7", -7):
        with started(FAKE_CLANGD) as editor:
            open_a(editor)
            shown(editor, 1)
            editor.notify("fake/hold", {"method": "textDocument/codeAction"})
            body = json.dumps({
                "id": "ID", "method": "textDocument/codeAction", "params": {
                    **at(editor), "context": {}, "range": {
                        "start": {"line": 0, "character": 0},
                        "end": {"line": 0, "character": 12}}}})
            editor.send_bytes(frame(body.replace('"ID"', written).encode()))
            editor.notify("fake/say", {"bodies": [json.dumps(
                {"id": back, "result": []})]})
            reply = editor.reply(back)
            expect(f"{written}: ours are in it", len(reply.get("result")) == 2,
                   reply)


FLOOD = """
    def do_check(self, question):
        count = int(self.texts[question["path"]].split()[-1])
        sys.stderr.write("a line\\n" * count + "x" * 100000 + "\\n")
        sys.stderr.flush()
        time.sleep(0.5)
        open("written", "w", encoding="ascii").close()
        return super().do_check(question)
"""
LINES = 100000
# At most 50 a second, and on a slow machine it takes a few.
SOME = 2000
BYTES = 2000000


def logged(editor):
    with editor.came:
        return [m.get("params", "message") for m in editor.log
                if m.method == "window/logMessage"]


def test_flood():
    """A worker that complains without end does not fill the editor's log."""
    with started(FAKE_CLANGD, FLOOD) as editor:
        open_a(editor, f"RACE {LINES}")
        shown(editor, 1)
        editor.wait("it is told what is missing", lambda m: "more lines" in
                    str(m.get("params", "message")))
        expect("a few lines", 0 < len(logged(editor)) < SOME,
               len(logged(editor)))
        expect("none is long", max(map(len, logged(editor))) < 3000)


def test_log_of_an_editor_that_is_behind():
    """What it has no time for does not come to wait for it."""
    with started(FAKE_CLANGD, FLOOD) as editor:
        editor.pause()
        editor.notify("fake/flood", {"count": 400, "size": BYTES // 400})
        eventually("clangd's are there",
                   lambda: bytes_read(editor.pid) > BYTES)
        open_a(editor, "RACE 10")
        eventually("it complained", lambda: os.path.exists(
            editor.workspace.path("written")))
        editor.resume()
        editor.wait("it is told what is missing", lambda m: m.get(
            "params", "message") == "pincheck: 11 more lines")
        equal("all of the log", len(logged(editor)), 1)


def bytes_read(pid):
    with open(f"/proc/{pid}/io", encoding="ascii") as file:
        return int(file.readline().split()[1])


def test_closed_descriptors():
    """A stdin that was closed is one that ended."""
    for clangd in FAKE_CLANGD, None:
        done = subprocess.run(
            ["sh", "-c", f"exec {shlex.join(proxy(clangd))} <&-"], timeout=60,
            capture_output=True, check=False)
        equal("exit status", done.returncode, 1)


def main():
    need(router())
    sys.exit(run([test for name, test in sorted(globals().items())
                  if name.startswith("test_")], sys.argv[1:]))


if __name__ == "__main__":
    main()
