#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""pincheck lsp-worker: what it answers is what `pincheck check` finds in the
same texts, saved or not; and nothing it is asked ends it."""
import json
import os
import re
import shutil
import subprocess
import time
import urllib.parse

import store
from store import SRC, expect, run, write

CASES = {"001-ext4-break-layouts": "before.c",
         "002-btrfs-find-extent-buffer": "before.c",
         "003-bcache-btree-flush-write": "before.c",
         "004-iomap-put-and-wait": "before.c"}
BTRFS = "002-btrfs-find-extent-buffer"
MODEL = "[functions]\nget-result = thing_find\nput = thing_drop(0)\n"
THING = """\
struct thing { int flag; };
struct thing *thing_find(int n);
void thing_drop(struct thing *t);
int use(int n)
{
	struct thing *t = thing_find(n);

	if (!t)
		return 0;
	thing_drop(t);
	return t->flag;
}
"""
PUT_LINE = 10
SEVERITIES = {"error": 1, "warning": 2, "note": 3}


class Worker:
    """One that runs in @folder, where its cache is, too."""

    def __init__(self, folder, *options, **start):
        env = dict(os.environ, XDG_CACHE_HOME=os.path.join(folder, ".xdg"))
        self.errors = open(os.path.join(folder, "errors"), "w+b")
        self.process = subprocess.Popen(
            [store.PINCHECK, "lsp-worker", *options], cwd=folder, env=env,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.errors)
        self.asked = 0
        self.progress, self.notices = [], []
        hello = {"encoding": "utf-8", "related": True, "changes": True}
        self.ask("start", **dict(hello, **start))

    def send(self, line):
        self.process.stdin.write(line + b"\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())

    def ask(self, what, **question):
        self.asked += 1
        question.update(id=self.asked, do=what)
        answer = self.send(json.dumps(question).encode())
        while "progress" in answer or "notice" in answer:
            (self.progress if "id" in answer else self.notices).append(answer)
            answer = json.loads(self.process.stdout.readline())
        expect(f"{what} is answered by its id", answer["id"] == self.asked,
               answer)
        return answer

    def notice(self):
        """The next line that answers nothing."""
        if self.notices:
            return self.notices.pop(0)
        return json.loads(self.process.stdout.readline())

    def open(self, path, text, version=1):
        self.ask("text", path=path, uri=uri_of(path), version=version,
                 text=text)

    def check(self, path, text=None, version=1):
        if text is not None:
            self.open(path, text, version)
        return self.ask("check", path=path)

    def items(self, path, text=None):
        return self.check(path, text)["items"]

    def rest(self):
        """Waits until no process of its own runs."""
        while children(self.process.pid):
            time.sleep(0.02)

    def end(self):
        self.rest()
        self.process.stdin.close()
        status = self.process.wait()
        self.errors.seek(0)
        errors = self.errors.read().decode()
        self.errors.close()
        self.process.stdout.close()
        expect("it ends with its stdin", status == 0, status, errors)
        return errors


def processes():
    """(process, state, parent) of all."""
    for name in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{name}/stat", encoding="latin-1") as file:
                state, parent = file.read().rsplit(")", 1)[1].split()[:2]
        except OSError:
            continue  # it is gone
        yield int(name), state, int(parent)


def children(pid):
    return [own for own, _, parent in processes() if parent == pid]


def alive(pid):
    return any(own == pid and state not in "ZX"
               for own, state, _ in processes())


def uri_of(path):
    """Not as everybody spells it, so that an answer shows whose it is."""
    return "file://" + urllib.parse.quote(path).replace("_", "%5f")


def read(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


def commands(folder, *files):
    write(folder, "compile_commands.json", json.dumps([
        {"directory": folder, "file": name,
         "arguments": ["cc", "-I" + os.path.join(SRC, "corpus", "include"),
                       "-c", name]} for name in files]))


def copy_cases(folder):
    for case in CASES:
        shutil.copytree(os.path.join(SRC, "corpus", case),
                        os.path.join(folder, case))
    commands(folder, *(f"{case}/{name}" for case, name in CASES.items()))


def thing(folder, text=THING):
    write(folder, "a.c", text)
    commands(folder, "a.c")
    return os.path.join(folder, "a.c")


def found(folder, path, *options):
    """What check says of a file, with absolute names."""
    done = run("check", "--engine", "clang", "--no-store", "--format", "json",
               "-p", folder, *options, path, folder=folder)
    findings = json.loads(done.stdout)["findings"]
    for f in findings:
        for place in [f, *f["steps"]]:
            place["file"] = os.path.join(folder, place["file"] or f["file"])
    return findings


def as_item(finding):
    """What of a finding every item has to say again."""
    return (finding["rule"], finding["fingerprint"], finding["line"] - 1,
            SEVERITIES[finding["severity"]], finding["message"],
            [(uri_of(s["file"]), s["line"] - 1,
              f"CPU {s['cpu']}: {s['message']}") for s in finding["steps"]])


def of_item(item):
    return (item["code"], item["data"]["fingerprint"],
            item["range"]["start"]["line"], item["severity"],
            item["message"],
            [(s["location"]["uri"].replace("_", "%5f"),
              s["location"]["range"]["start"]["line"], s["message"])
             for s in item["relatedInformation"]])


def same(what, items, findings, number=None):
    got = [of_item(i) for i in items]
    want = [as_item(f) for f in findings]
    expect(f"{what}: as check finds it", got == want, got, want)
    for i, f in zip(items, findings):
        start, end = i["range"]["start"], i["range"]["end"]
        expect(f"{what}: the column is in it",
               start["character"] <= f["column"] - 1 < end["character"] and
               start["line"] == end["line"], i["range"], f["column"])
    if number is not None:
        expect(f"{what}: {number} of them", len(items) == number, items)


def test_equal(folder):
    copy_cases(folder)
    w = Worker(folder)
    for case, name in CASES.items():
        path = os.path.join(folder, case, name)
        findings = found(folder, path)
        expect(f"{case} has findings", findings)
        same(case, w.items(path, read(path)), findings)
    w.end()
    path = os.path.join(folder, BTRFS, "before.c")
    for options in (["--rules", "put-before-wait"],
                    ["--min-severity", "note"], ["--min-severity", "error"]):
        w = Worker(folder, *options)
        same(" ".join(options), w.items(path, read(path)),
             found(folder, path, *options))
        w.end()


def test_fixtures(folder):
    """All rules, notes too; a folder's own model would not be all files'."""
    shutil.copytree(os.path.join(SRC, "tests", "fixtures"),
                    os.path.join(folder, "fixtures"))
    files = sorted(
        os.path.join(place, name)
        for place, _, names in os.walk(os.path.join(folder, "fixtures"))
        for name in names if name.endswith(".c") and ".pincheck" not in names)
    write(folder, "compile_commands.json", json.dumps([
        {"directory": folder, "file": path, "arguments":
         ["cc", f"-I{SRC}/tests/fixtures/include", path]} for path in files]))
    options = ("--min-severity", "note")
    findings = found(folder, folder, *options)
    expect("there are some", len(findings) > 100, len(findings))
    expect("each step is somewhere", all(
        s["line"] > 0 for f in findings for s in f["steps"]))
    w = Worker(folder, *options)
    for path in files:
        got = [of_item(i)[:5] for i in w.items(path, read(path))]
        want = [as_item(f)[:5] for f in findings if f["file"] == path]
        expect(f"{path} as check finds it", got == want, got, want)
        w.ask("text", path=path, uri="", text=None)
    w.end()


def test_unsaved(folder):
    """In one tree the text is in the editor, in the other one in the file."""
    for name in ("open", "saved"):
        os.mkdir(os.path.join(folder, name))
        copy_cases(os.path.join(folder, name))
    ours, saved = (os.path.join(folder, n) for n in ("open", "saved"))
    path = os.path.join(BTRFS, "before.c")
    before = read(os.path.join(ours, path))
    after = read(os.path.join(ours, BTRFS, "after.c"))
    w = Worker(ours)
    for i, text in enumerate((before, "int first;\n" + before, after, before,
                              before + "int broken(", "")):
        write(saved, path, text)
        answer = w.check(os.path.join(ours, path), text, i)
        expect("the version is that of the text", answer["version"] == i)
        findings = found(saved, os.path.join(saved, path))
        got = [of_item(i)[:5] for i in answer["items"]]
        expect(f"text {i} counts", got == [as_item(f)[:5] for f in findings],
               got, findings)
    w.ask("text", path=os.path.join(ours, path), uri="file:///x",
          version=None, text=before)
    answer = w.ask("check", path=os.path.join(ours, path))
    expect("no version is null", answer["version"] is None, answer)
    w.end()


def test_header(folder):
    copy_cases(folder)
    path = os.path.join(folder, BTRFS, "before.c")
    header = os.path.join(folder, BTRFS, "extent_io.h")
    text = read(header)
    unlocked = text.replace("TREE_REF", "OTHER_REF")
    findings = found(folder, path)
    w = Worker(folder)
    same("without the header", w.items(path, read(path)), findings)
    answer = w.check(header, text)
    expect("a header has none of its own",
           answer["items"] == [] and answer["reads"] == [], answer)
    expect("the log says so once", "extent_io.h" in str(answer.get("log")) and
           "log" not in w.check(header), answer)
    answer = w.check(path)
    same("with it", answer["items"], findings)
    expect("the unit reads it", answer["reads"] == [header], answer["reads"])
    w.open(header, unlocked)
    changed = w.items(path)
    expect("what is not saved counts", [of_item(i) for i in changed] !=
           [as_item(f) for f in findings], changed)
    write(os.path.dirname(header), "extent_io.h", unlocked)
    same("as if it was saved", changed, found(folder, path))
    w.ask("text", path=header, uri="", version=None, text=None)
    write(os.path.dirname(header), "extent_io.h", text)
    answer = w.check(path)
    same("closed, the file counts", answer["items"], findings)
    expect("and is not read any more", answer["reads"] == [], answer)
    w.end()


def test_columns(folder):
    path = thing(folder)
    write(folder, ".pincheck", MODEL)
    text = THING.replace("\tthing_drop(t);",
                         "/* a\u00e9\u20ac\U0001f427 */ thing_drop(t);")
    for encoding, prefix, story in (("utf-8", 17, 10), ("utf-16", 12, 5),
                                    ("utf-32", 11, 4)):
        w = Worker(folder, encoding=encoding)
        item, = w.items(path, text)
        expect(f"{encoding}: the call", item["range"] == {
            "start": {"line": PUT_LINE - 1, "character": prefix},
            "end": {"line": PUT_LINE - 1, "character": prefix + 13}},
            item["range"])
        step = item["relatedInformation"][0]["location"]["range"]
        expect(f"{encoding}: the step's line", step == {
            "start": {"line": PUT_LINE - 1, "character": 0},
            "end": {"line": PUT_LINE - 1, "character": prefix + 14}}, step)
        w.end()


def test_item(folder):
    """What the protocol has beside the finding."""
    path = thing(folder)
    write(folder, ".pincheck", MODEL)
    w = Worker(folder)
    item, = w.items(path, THING)
    expect("who says it", item["source"] == "pincheck")
    page = urllib.parse.unquote(
        urllib.parse.urlparse(item["codeDescription"]["href"]).path)
    explained = run("explain", "put-before-wait", folder=folder).stdout
    expect("the link leads to the documentation",
           explained.split("\n\n", 1)[1].strip() in read(page), page)
    w.end()
    w = Worker(folder, related=False)
    item, = w.items(path, THING)
    expect("without related information the message has the story",
           "relatedInformation" not in item and re.search(
               r"\nCPU 0: .*\(a.c:10\)\nCPU 1: .*\nCPU 0: .*\(a.c:11\)$",
               item["message"]), item)
    w.end()


def test_no_cache(folder):
    """Nowhere to write the documentation: then there is no link."""
    path = thing(folder)
    write(folder, ".pincheck", MODEL)
    write(folder, ".xdg", "")
    w = Worker(folder)
    item, = w.items(path, THING)
    expect("no link", "codeDescription" not in item, item)
    w.end()


def test_malformed(folder):
    path = thing(folder)
    w = Worker(folder)
    w.open(path, THING)
    for line, part in (
            (b"", "not JSON"), (b"{", "not JSON"), (b"[]", '"do"'),
            (b"null", ""), (b"\xff\x00", "not JSON"), (b"{}", '"do"'),
            (b"{} {}", "not JSON"), (b"[" * 2000, "not JSON"),
            (b'{"do": 1}', '"do"'), (b'{"do": "dance"}', "dance"),
            (b'{"do": "check"}', '"path"'),
            (b'{"do": "check", "path": "a.c"}', "absolute"),
            (b'{"do": "check", "path": "/nosuch"}', "not open"),
            (b'{"do": "text", "path": "/a.c", "text": "x"}', '"uri"'),
            (b'{"do": "text", "path": "/a.c", "uri": "", "text": 3}',
             '"text"'),
            (b'{"do": "start", "encoding": "ascii", "related": true, '
             b'"changes": true}', "encoding"),
            (b'{"do": "start", "encoding": "utf-8", "related": 1, '
             b'"changes": true}', "related"),
            (b'{"do": "actions", "path": "%s"}' % path.encode(), '"range"'),
            (b'{"do": "hover", "path": "%s", "position": 3}' % path.encode(),
             '"position"'),
            (b'{"do": "replay", "path": "%s", "fingerprint": "12"}'
             % path.encode(), "no such finding")):
        answer = w.send(line)
        while "progress" in answer:
            answer = json.loads(w.process.stdout.readline())
        expect(f"{line[:40]} is an error", part in answer["error"] and
               answer["id"] is None and "\n" not in answer["error"] and
               "items" not in answer, answer)
    answer = w.send(b'{"id": ["x", 1e400], "do": "check", "path": 0}')
    expect("the id comes back, whatever it is",
           answer["id"][0] == "x" and "error" in answer, answer)
    expect("it goes on", w.check(path)["items"] == [])
    w.process.stdin.write(b'{"id": 1, "do": "che')
    w.end()


def test_types(folder):
    """Each member in turn is something else, or not there."""
    path = thing(folder)
    write(folder, ".pincheck", MODEL)
    place = {"line": PUT_LINE - 1, "character": 3}
    questions = [
        {"do": "start", "encoding": "utf-8", "related": True, "changes": True},
        {"do": "text", "path": path, "uri": "file:///x", "version": 1,
         "text": THING},
        {"do": "check", "path": path},
        {"do": "actions", "path": path, "range": {"start": place, "end": place},
         "only": None},
        {"do": "hover", "path": path, "position": place},
        {"do": "replay", "path": path, "fingerprint": "x"},
        {"do": "saved", "path": path}]
    w = Worker(folder)
    for question in questions:
        for name in question:
            for value in (None, True, -1, 1 << 70, 1.5, "", "\0", [], [[]], {},
                          {"start": {"line": -9, "character": 1 << 40}},
                          {"line": 1 << 31, "character": -1}):
                answer = w.send(json.dumps(
                    {**question, name: value, "id": 7}).encode())
                while "progress" in answer:
                    answer = json.loads(w.process.stdout.readline())
                expect(f"{question['do']}: {name}: {value}", answer["id"] == 7,
                       answer)
            rest = {k: v for k, v in question.items() if k != name}
            answer = w.send(json.dumps({**rest, "id": 8}).encode())
            expect(f"{question['do']} without {name}", answer["id"] == 8 and (
                "error" in answer or name in ("version", "only")),
                answer)
    expect("it goes on", len(w.items(path, THING)) == 1)
    w.end()


def test_bytes(folder):
    """A text may have what C has not."""
    path = thing(folder)
    write(folder, ".pincheck", MODEL)
    w = Worker(folder)
    for text in (THING + "/* \0 */\n", THING.replace("\n", "\r\n"),
                 THING + "// \ud800\n", "\ufeff" + THING):
        item, = w.items(path, text)
        expect("the call", item["range"]["start"] == {
            "line": PUT_LINE - 1, "character": 1}, item)
    w.end()


def test_closed(folder):
    path = thing(folder)
    write(folder, ".pincheck", MODEL)
    w = Worker(folder)
    expect("open", len(w.items(path, THING)) == 1)
    w.ask("text", path=path, uri=uri_of(path), version=None, text=None)
    for question in ({"do": "check"}, {"do": "replay", "fingerprint": ""},
                     {"do": "actions", "range": {}, "only": None}):
        answer = w.ask(question.pop("do"), path=path, **question)
        expect("closed", "not open" in answer.get("error", ""), answer)
    w.ask("text", path=path, uri="", version=None, text=None)
    expect("and open again", len(w.items(path, THING)) == 1)
    w.end()


def test_model(folder):
    path = thing(folder)
    w = Worker(folder)
    expect("nothing is known", w.items(path, THING) == [])
    write(folder, ".pincheck", MODEL)
    answer = w.check(path)
    same("it is known now", answer["items"], found(folder, path), 1)
    expect("the log has the file", ".pincheck" in str(answer["log"]), answer)
    write(folder, ".pincheck", "[nonsense\n")
    expect("an error changes nothing", len(w.items(path)) == 1)
    write(folder, ".pincheck", "\n")
    expect("unknown again", w.items(path) == [])
    os.remove(os.path.join(folder, ".pincheck"))
    expect("and gone", w.items(path) == [])
    expect("what was wrong is told", ".pincheck:1: " in w.end())
    write(folder, "other.ini", MODEL)
    w = Worker(folder, "--model", "other.ini")
    expect("a model that was named", len(w.items(path, THING)) == 1)
    w.end()


def test_database(folder):
    path = thing(folder)
    write(folder, ".pincheck", MODEL)
    os.remove(os.path.join(folder, "compile_commands.json"))
    w = Worker(folder)
    answer = w.check(path, THING)
    expect("without a database there is nothing", answer["items"] == [] and
           len(answer["log"]) == 1 and
           "no compile_commands.json" in answer["log"][0], answer)
    commands(folder, "b.c")
    answer = w.check(path)
    expect("nor if it names others", answer["items"] == [] and
           "a.c" in str(answer["log"]), answer)
    commands(folder, "a.c")
    expect("now it names it", len(w.items(path)) == 1)
    old = os.stat(os.path.join(folder, "compile_commands.json"))
    for names, n in (("b.c", 0), ("a.c", 1)):
        time.sleep(0.05)  # a tick of the file system's clock
        commands(folder, names)
        os.utime(os.path.join(folder, "compile_commands.json"),
                 ns=(old.st_atime_ns, old.st_mtime_ns))
        expect("one of the same size and time", len(w.items(path)) == n)
    write(folder, "compile_commands.json", "[")
    expect("a damaged one", w.items(path) == [])
    commands(folder, "a.c")
    expect("and a good one", len(w.items(path)) == 1)
    os.symlink("a.c", os.path.join(folder, "link.c"))
    link = os.path.join(folder, "link.c")
    expect("a link is the file", len(w.items(link, THING)) == 1)
    os.remove(path)
    expect("it need not be there", len(w.items(path, THING)) == 1)
    write(folder, "a.c", THING)
    w.end()
    other = os.path.join(folder, "build")
    os.mkdir(other)
    os.rename(os.path.join(folder, "compile_commands.json"),
              os.path.join(other, "compile_commands.json"))
    w = Worker(folder, "-p", "build")
    expect("one elsewhere", len(w.items(path, THING)) == 1)
    w.end()


def test_links(folder):
    """Names of one file that are open at once: each has its own text."""
    path = thing(folder)
    write(folder, ".pincheck", MODEL)
    w = Worker(folder)
    names = [os.path.join(folder, n) for n in ("z.c", "b.c", "a.c")]
    for name in names[:2]:
        os.symlink("a.c", name)
    for order in (names, names[::-1]):
        for i, name in enumerate(order):
            w.open(name, "\n" * i + THING)
        for i, name in enumerate(order):
            item, = w.items(name)
            line = PUT_LINE - 1 + i
            expect(f"{name} by its own text",
                   item["range"]["start"]["line"] == line, item)
            expect("so do what can be done", len(replays(
                actions(w, name, line, 3))) == 1)
    w.end()
    up, use = THING.split("int use")
    write(folder, "h.h", up)
    os.symlink("h.h", os.path.join(folder, "i.h"))
    thing(folder, '#include "h.h"\nint use' + use)
    w = Worker(folder)
    w.open(path, read(path))
    for name, text, n in (("i.h", up, 1), ("h.h", "struct thing;\n", 0),
                          ("i.h", up, 1), ("h.h", "struct thing;\n", 0)):
        w.open(os.path.join(folder, name), text)
        w.check(os.path.join(folder, "i.h"))
        expect(f"the text that came last counts: {name}",
               len(w.items(path)) == n)
    w.end()


def test_two_trees(folder):
    """Each document by the database and the model that are above it."""
    w = Worker(folder)
    for name, model in (("one", MODEL), ("two", "\n")):
        os.mkdir(os.path.join(folder, name))
        path = thing(os.path.join(folder, name))
        write(os.path.join(folder, name), ".pincheck", model)
        w.open(path, THING)
    counts = [len(w.items(os.path.join(folder, n, "a.c")))
              for n in ("one", "two", "one")]
    expect("each by its own", counts == [1, 0, 1], counts)
    w.end()


def test_large(folder):
    path = thing(folder)
    write(folder, ".pincheck", MODEL)
    w = Worker(folder)
    large = THING + "/* " + "x" * (4 << 20) + " */\n"
    answer = w.check(path, large)
    expect("too large", answer["items"] == [] and
           "larger than 4 MB" in str(answer["log"]), answer)
    expect("said once", "log" not in w.check(path))
    expect("and small again", len(w.items(path, THING)) == 1)
    w.end()


def test_suppressed(folder):
    path = thing(folder)
    write(folder, ".pincheck", MODEL)
    line = "\tthing_drop(t);"
    comment = "\t/* pincheck: ignore[put-before-wait] known */\n"
    quiet = THING.replace(line, comment + line)
    w = Worker(folder, "--min-severity", "note")
    expect("hidden by what is not saved", w.items(path, quiet) == [])
    item, = w.items(path, THING)
    slip = THING.replace(line, comment.replace("known ", "") + line)
    items = w.items(path, slip)
    expect("a slip is an error", [(i["code"], i["severity"]) for i in items]
           == [("suppression", 1), ("put-before-wait", 2)] and
           "codeDescription" not in items[0], items)
    clean = quiet.replace("return t->flag;", "return 0;")
    item, = w.items(path, clean)
    expect("one that hides nothing", item["severity"] == 3 and
           "hides nothing" in item["message"] and
           item["range"]["start"]["line"] == PUT_LINE - 1, item)
    w.end()


def actions(worker, path, line, character, only=None):
    place = {"line": line, "character": character}
    return worker.ask("actions", path=path, only=only,
                      range={"start": place, "end": place})["items"]


def replays(items):
    return [i for i in items if "command" in i]


def test_actions(folder):
    path = thing(folder)
    write(folder, ".pincheck", MODEL)
    w = Worker(folder)
    item, = w.items(path, THING)
    action, = replays(actions(w, path, PUT_LINE - 1, 3))
    expect("it replays", action["command"] == {
        "title": action["title"], "command": "pincheck.replay",
        "arguments": [{"uri": uri_of(path),
                       "fingerprint": item["data"]["fingerprint"]}]} and
        action["diagnostics"] == [item], action)
    for line, character, n in ((PUT_LINE - 1, 1, 1), (PUT_LINE - 1, 14, 1),
                               (PUT_LINE - 1, 0, 0), (PUT_LINE - 1, 15, 0),
                               (PUT_LINE - 2, 3, 0), (PUT_LINE, 3, 0)):
        got = actions(w, path, line, character)
        expect(f"{line}:{character} has {n}", len(replays(got)) == n, got)
    for only, n in (([], 0), (["quickfix"], 1), (["refactor"], 0),
                    ([""], 1), (["quickfix.x"], 0), ([3], 0),
                    (["source", "quickfix"], 1)):
        got = actions(w, path, PUT_LINE - 1, 3, only)
        expect(f"{only} has {n}", len(replays(got)) == n, got)
    w.open(path, "\n" + THING, 2)
    answer = w.ask("actions", path=path, only=None, range={
        "start": {"line": 0, "character": 0},
        "end": {"line": 99, "character": 0}})
    expect("of the text as it is", answer["version"] == 2 and replays(
        answer["items"])[0]["diagnostics"][0]["range"]["start"]["line"] ==
        PUT_LINE, answer)
    w.end()


def test_stale_actions(folder):
    """What can be done is of now, though nobody asked for a check."""
    path = thing(folder)
    write(folder, ".pincheck", MODEL)
    up, use = THING.split("int use")
    write(folder, "h.h", up)
    text = '#include "h.h"\nint use' + use
    line = text.split("\n").index("\tthing_drop(t);")
    w = Worker(folder)
    w.items(path, text)

    def count():
        time.sleep(0.05)  # a tick of the file system's clock
        n = len(replays(actions(w, path, line, 3)))
        expect("as a check has it", n == len(w.items(path)), n)
        return n
    expect("there is one", count() == 1)
    for name, other, back in (
            (".pincheck", "# nothing\n", MODEL),
            ("h.h", up.replace("thing_drop", "thing_keep"), up),
            ("compile_commands.json", "[]",
             read(os.path.join(folder, "compile_commands.json")))):
        write(folder, name, other)
        expect(f"none after {name} changed", count() == 0)
        write(folder, name, back)
        expect(f"and one again: {name}", count() == 1)
    w.end()


def test_symbolic_folder(folder):
    """A header that is open under another name than the unit's."""
    up, use = THING.split("int use")
    for name in ("real", "early"):
        os.mkdir(os.path.join(folder, name))
    for name in ("link", "third"):
        os.symlink("real", os.path.join(folder, name))
    write(folder, "real/h.h", up)
    path = thing(folder, '#include "h.h"\nint use' + use)
    write(folder, "compile_commands.json", json.dumps([
        {"directory": folder, "file": "a.c",
         "arguments": ["cc", "-Iearly", "-Ilink", "-c", "a.c"]}]))
    write(folder, ".pincheck", MODEL)
    w = Worker(folder)
    w.open(path, read(path))
    time.sleep(0.05)
    expect("saved", len(w.items(path)) == 1)
    for name in ("real", "link", "third"):
        header = os.path.join(folder, name, "h.h")
        for text, n in ((up, 1), (up.replace("_drop", "_keep"), 0)):
            w.open(header, text)
            answer = w.check(path)
            expect(f"{name} is the header", len(answer["items"]) == n and
                   answer["reads"] == [header], answer)
        w.ask("text", path=header, uri="", version=None, text=None)
    header = os.path.join(folder, "early", "h.h")
    w.open(header, up.replace("_drop", "_keep"))
    expect("one that is only open hides it", w.items(path) == [])
    w.ask("text", path=header, uri="", version=None, text=None)
    expect("for as long", len(w.items(path)) == 1)
    write(folder, "early/h.h", up.replace("_drop", "_keep"))
    expect("so does a new file", w.items(path) == [])
    w.end()


def test_replay(folder):
    copy_cases(folder)
    path = os.path.join(folder, BTRFS, "before.c")
    w = Worker(folder)
    item = w.items(path, read(path))[0]
    fingerprint = item["data"]["fingerprint"]
    line = item["range"]["start"]["line"]
    answer = w.ask("replay", path=path, fingerprint=fingerprint)
    told = run("replay", "-p", folder, f"{path}:{line + 1}", folder=folder)
    expect("it says that it works", w.progress and all(
        p["id"] == answer["id"] for p in w.progress), w.progress)
    expect("the table", answer["text"] == told.stdout and
           answer["verdict"] == "confirmed" and
           re.search(r"^CPU 0: .*CPU 1: ", answer["text"], re.M), answer,
           told.stdout, told.stderr)
    w.open(path, read(os.path.join(folder, BTRFS, "after.c")))
    answer = w.ask("replay", path=path, fingerprint=fingerprint)
    expect("the text as it is counts", answer["verdict"] == "not-reproduced",
           answer)
    w.open(path, "\n")
    answer = w.ask("replay", path=path, fingerprint=fingerprint)
    expect("where there is none", "no such finding" in answer["error"], answer)
    w.end()


def test_hover(folder):
    """What is told is the pipeline's; where it stands is ours."""
    copy_cases(folder)
    path = os.path.join(folder, BTRFS, "before.c")
    lines = read(path).split("\n")
    number = next(i for i, text in enumerate(lines)
                  if "EXTENT_BUFFER_TREE_REF, &eb->bflags" in text)
    lines[number] = "/* \U0001f427 */" + lines[number]
    at = lines[number].index("bflags")
    w = Worker(folder, encoding="utf-16")
    w.open(path, "\n".join(lines))
    answer = w.ask("hover", path=path,
                   position={"line": number, "character": at + 1 + 2})
    expect("the flag's pair", "EXTENT_BUFFER_TREE_REF" in str(answer["text"])
           and answer["range"] == {
        "start": {"line": number, "character": at + 1},
        "end": {"line": number, "character": at + 1 + len("bflags")}}, answer)
    for line, character in ((0, 0), (9999, 3), (number, 9999)):
        answer = w.ask("hover", path=path,
                       position={"line": line, "character": character})
        expect("nothing", answer["text"] is None and answer["range"] is None,
               answer)
    w.end()


PINS = """\
#include "kernel.h"
#define BUSY 3
#define BOTH(a, b) ((a) && (b))
#define SHOW(x, f) ((x)->f)
#define NOTHING(...)
#define NAME(x) #x
struct buf { refcount_t refs; };
struct other { unsigned pinned; unsigned long state; };
struct xfer { struct buf *buf; unsigned pinned:1; unsigned long state, more; };
static void buf_get(struct buf *b) { refcount_inc(&b->refs); }
static void buf_put(struct buf *b)
{ if (refcount_dec_and_test(&b->refs)) kfree(b); }
static void pin(struct xfer *x) { buf_get(x->buf); x->pinned = 1; }
static void unpin(struct xfer *x)
{ if (x->pinned) { x->pinned = 0; buf_put(x->buf); } }
static void begin(struct xfer *x)
{ if (!test_and_set_bit(BUSY, &x->state)) buf_get(x->buf); }
static void end(struct xfer *x)
{ if (test_and_clear_bit(BUSY, &x->state)) buf_put(x->buf); }
int use(struct other *o, struct xfer *x, struct xfer *y)
{
	const char *s = NAME(pin/*1*/);
	set_bit(BUSY/*2*/, &o->state);
	set_bit(BUSY/*3*/, &x->more);
	NOTHING(unpin/*4*/);
	SHOW(o, pinned/*5*/) = 1;
	if (BOTH(test_bit(BUSY/*6*/, &o->state), x->state))
		goto pin;
	SHOW(x, pinned/*a*/) = 1;
	if (BOTH(o->state, test_bit(BUSY/*b*/, &x->state)))
		unpin/*c*/(y);
	s = y->state & 1 << BUSY/*d*/ ? s : 0;
pin:/*7*/
	return (struct other){ .pinned/*8*/ = 1 }.state;
}
#include <pin/*9*/>
#ifdef BUSY/*0*/
#else
int pin/*0*/(void);
#endif
"""


def test_hover_strict(folder):
    """Silent where the word is that of a pair, but not the thing."""
    write(folder, "a.c", PINS)
    write(folder, "compile_commands.json", json.dumps([
        {"directory": folder, "file": "a.c", "arguments":
         ["cc", "-I" + os.path.join(SRC, "tests", "fixtures", "include"),
          "-c", "a.c"]}]))
    path = os.path.join(folder, "a.c")
    w = Worker(folder)
    w.open(path, PINS)

    def hover(line, character):
        return w.ask("hover", path=path, position={
            "line": line, "character": character})["text"] or ""
    lines = PINS.split("\n")
    for i, line in enumerate(lines):
        for mark in re.finditer(r"\w(:?/\*(\w)\*/)", line):
            want = "pinned" if mark[2] in "ac" else "BUSY"
            got = hover(i, mark.start())
            expect(f"{line}: {mark[2]}", want in got
                   if mark[2].isalpha() else not got, got)
    expect("where it is defined", "BUSY" in hover(1, lines[1].index("BUSY")))
    for name, at in (("pinned", "unsigned pinned:1"), ("pinned", "void pin"),
                     ("BUSY", "and_set_bit(BUSY")):
        i = next(i for i, line in enumerate(lines) if at in line)
        expect(at, name in hover(i, lines[i].index(at) + len(at) - 3))
    i = len(lines)
    w.open(path, PINS + "\nint last(struct xfer *x) { return x->pinned\n; }")
    for line, character, there in ((i, 43, True), (i, 44, False),
                                   (i, -1, False), (i + 2, 43, False),
                                   (9999, 43, False), (-1, 0, False)):
        expect(f"{line}:{character}", bool(hover(line, character)) == there)
    w.end()


def test_usage(folder):
    for args, text in ((["x"], "no arguments"), (["--rules", "x"], "'x'"),
                       (["--memory", "x"], "no such memory"),
                       (["--min-severity", "x"], "no such severity")):
        done = run("lsp-worker", *args, folder=folder)
        expect(f"{args} makes no sense", done.returncode == 2 and
               text in done.stderr and not done.stdout, done.stderr)


if __name__ == "__main__":
    store.main(globals())
