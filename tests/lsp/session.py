#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""session.py [--through SERVERS] FILE.session...

Plays a scripted session to each of the servers that it names, and holds what
comes back against what it expects. A session is JSON messages with lines of
`---` between them, sent as they stand there, and lines that begin with `#`:

    # through: SERVER...     the servers, see below; what stands above is prose
    # files: PATH...         files or folders of the source, for the workspace
    # text: NAME TEXT        a file with one line
    # flags: FLAG...         to compile the files with
    # apart: SERVER...       these are not compared
    # clangd: ARG...         arguments for clangd
    # options: ARG...        for pincheck-lsp

    # header: TEXT           one more line in the header of the message
    # raw: TEXT              these bytes instead of a message
    # expect: JSON           a message comes that has at least this; may go over
                             several lines, each with a `#`
    # expect-none: JSON      none has come between the message above and now
    # never: JSON            none comes in the whole session
    # close                  the server's stdin ends
    # exit: STATUS           the server ends

The messages that came since the one above was sent count, in any order.
`# expect[A B]: ` is for the servers A and B alone. In what is expected, an
object has at least these members, "<absent>" is a member that is not there,
"<any>" anything, "~..." a regular expression that is somewhere in a string, and
"..." in an array any number of elements.

${root} is the URI of the workspace, ${uri:NAME} of a file, ${path} its path,
${text:NAME} what is in a file (between quotes), ${id} the id of the message
that was expected last. \\xNN is a byte.

A server is clangd, or fake (fake_clangd.py), or one of them or `none` and
behind a `+` the worker: silent or fake (fake_worker.py), or real. Where a
session is for clangd and for clangd+..., all that clangd alone said has to come
through: the same bytes, in the same order for each request and for the
notifications about each document; where something of ours was put into a
message, the same but for that.
"""
import argparse
import collections
import itertools
import json
import os
import re
import shlex
import shutil
import sys

from client import (FAKE_CLANGD, FAKE_WORKER, Editor, Failed, Workspace,
                    equal, expect, frame, need, path_of, proxy, real_clangd,
                    router)

DIRECTIVE = re.compile(r"#\s*([a-z-]+)(?:\[([^\]]*)\])?(?::\s?(.*))?$")
HEAD = ("through", "files", "text", "flags", "apart", "clangd", "options")
STEPS = ("header", "raw", "expect", "expect-none", "never", "close", "exit")
OF_JSON = ("expect", "expect-none", "never")

Step = collections.namedtuple("Step", "kind servers text line")


# --------------------------------------------------------------------------
# The script

class Script:
    """What a file says: head (name to words) and blocks of steps."""

    def __init__(self, path):
        self.path, self.head, self.blocks = path, {}, [[]]
        with open(path, encoding="utf-8") as file:
            lines = list(enumerate(file.read().splitlines(), 1))
        while lines:
            number, line = lines.pop(0)
            if line == "---":
                self.blocks.append([])
            elif not line.startswith("#"):
                self.message(number, line, lines)
            elif (found := DIRECTIVE.match(line)):
                self.directive(number, *found.groups(), lines)
            elif self.head and line != "#":
                sys.exit(f"{self.path}:{number}: what is '{line}'?")
        self.blocks = [b for b in self.blocks if b]

    def message(self, number, line, lines):
        text = [line]
        while lines and not lines[0][1].startswith(("#", "---")):
            text.append(lines.pop(0)[1])
        if any(t.strip() for t in text):
            self.blocks[-1].append(Step("send", self.head["through"],
                                        "\n".join(text).strip(), number))

    def directive(self, number, kind, servers, text, lines):
        text = text or ""
        if kind in HEAD:
            self.head[kind] = shlex.split(text)
        elif kind in STEPS:
            while kind in OF_JSON and not complete(text):
                if not lines or not lines[0][1].startswith("#"):
                    sys.exit(f"{self.path}:{number}: no JSON: {text}")
                text += "\n" + lines.pop(0)[1][1:]
            names = (servers or "").split() or self.head["through"]
            if not set(names) <= set(self.head["through"]):
                sys.exit(f"{self.path}:{number}: no such server: {servers}")
            self.blocks[-1].append(Step(kind, names, text, number))
        elif self.head:
            sys.exit(f"{self.path}:{number}: what is '{kind}'?")


def complete(text):
    try:
        json.loads(text)
    except ValueError:
        return False
    return True


# --------------------------------------------------------------------------
# What is expected

def matches(pattern, value):
    if isinstance(pattern, dict):
        return isinstance(value, dict) and all(
            name not in value if p == "<absent>" else
            name in value and matches(p, value[name])
            for name, p in pattern.items())
    if isinstance(pattern, list):
        return isinstance(value, list) and elements(pattern, value)
    if isinstance(pattern, str) and pattern.startswith("~"):
        return isinstance(value, str) and bool(re.search(pattern[1:], value))
    return pattern == "<any>" or (pattern == value and
                                  type(pattern) is type(value))


def elements(patterns, values):
    if not patterns:
        return not values
    if patterns[0] == "...":
        return any(elements(patterns[1:], values[n:])
                   for n in range(len(values) + 1))
    return bool(values) and matches(patterns[0], values[0]) and \
        elements(patterns[1:], values[1:])


class Play:
    """A script that is played to one server."""

    def __init__(self, script, server, workspace):
        self.script, self.server, self.workspace = script, server, workspace
        self.begin, self.headers, self.last = 0, [], None

    def run(self):
        """All that the server said."""
        with Editor(command(self.script, self.server), self.workspace.root,
                    environment(self.server)) as self.editor:
            for block in self.script.blocks:
                self.begin = len(self.editor.log)
                for step in block:
                    if self.server in step.servers:
                        self.step(step)
            log = list(self.editor.log)
        for step in itertools.chain(*self.script.blocks):
            if step.kind == "never" and self.server in step.servers:
                self.none(step, log)
        return log

    def step(self, step):
        text = self.fill(step.text)
        if step.kind == "send":
            self.editor.send_bytes(frame(as_bytes(text), *self.headers))
            self.headers = []
        elif step.kind == "raw":
            self.editor.send_bytes(as_bytes(text, lines=True))
        elif step.kind == "header":
            self.headers.append(text)
        elif step.kind == "expect":
            self.expect(step, json.loads(text))
        elif step.kind == "expect-none":
            self.none(step, self.editor.log[self.begin:])
        elif step.kind == "close":
            self.editor.close()
        elif step.kind == "exit":
            equal(f"{self.place(step)}: exit status", self.editor.status(),
                  int(text), self.editor)

    def expect(self, step, pattern):
        self.last = self.editor.wait(
            f"{self.place(step)}: expected {pattern}",
            lambda message: matches(pattern, message.json), self.begin)

    def none(self, step, log):
        pattern = json.loads(self.fill(step.text))
        for message in log:
            expect(f"{self.place(step)}: came: {message}",
                   not matches(pattern, message.json))

    def place(self, step):
        return f"{self.script.path}:{step.line} ({self.server})"

    def fill(self, text):
        def value(found):
            name, of = found.groups()
            if name == "text":
                return json.dumps(self.workspace.read(of))[1:-1]
            if name == "id":
                return json.dumps(self.last.get("id"))
            return {"root": self.workspace.uri, "path": self.workspace.path,
                    "uri": self.workspace.uri}[name](of or "").rstrip("/")
        return re.sub(r"\$\{(\w+)(?::([^}]*))?\}", value, text)


def as_bytes(text, lines=False):
    """\\xNN is a byte; with @lines \\r, \\n and \\\\ are what they are in C."""
    known = {"\\r": "\r", "\\n": "\n", "\\\\": "\\"} if lines else {}
    parts = re.split(r"(\\x[0-9a-fA-F]{2}|\\.)", text)
    return b"".join(
        bytes([int(part[2:], 16)]) if re.match(r"\\x\w\w", part)
        else known.get(part, part).encode() for part in parts)


# --------------------------------------------------------------------------
# The servers

def command(script, server):
    clangd, _, worker = server.partition("+")
    args = script.head.get("clangd", [])
    argv = {"clangd": real_clangd("--sync", *args), "none": None,
            "fake": [*FAKE_CLANGD, *args]}[clangd]
    if not worker:
        return argv
    return proxy(argv, "--debounce", "1", *script.head.get("options", []),
                 worker=None if worker == "real" else FAKE_WORKER)


def environment(server):
    return {"FAKE_WORKER": "silent"} if server.endswith("+silent") else {}


# --------------------------------------------------------------------------
# What must come through

PUBLISH = "textDocument/publishDiagnostics"


def kinds(log, exact):
    """Of each reply, and of what there is about each document: the bodies."""
    out = collections.defaultdict(list)
    for message in log:
        if ours(message):
            continue
        what = message.method or "reply"
        about = path_of(message.get("params", "uri"))
        if not message.method:
            about = json.dumps(message.get("id"))
        if what != PUBLISH or exact:
            out[what, about].append(without_ours(message))
            continue
        # Ours come later than clangd's, so that these come once more.
        body = read(message)
        if out[what, about][-1:] != [body]:
            out[what, about].append(body)
    return out


def ours(message):
    """Is all of it ours? clangd does not log into the editor."""
    return message.method == "window/logMessage" or \
        str(message.get("id")).startswith("pincheck:") or \
        str(message.get("params", "message")).startswith("pincheck") or \
        str(message.get("params", "token")).startswith("pincheck:")


def without_ours(message):
    """The bytes of what clangd said; where something of ours was put in, what
    they mean without it."""
    has_ours = b'"pincheck.' in message.body or b'"pincheck"' in message.body
    return read(message) if has_ours else message.body


def read(message):
    """All members in their order."""
    return json.dumps(stripped(message.json)).encode()


def stripped(value):
    if isinstance(value, list):
        return [stripped(v) for v in value if not own_item(v)]
    if isinstance(value, dict):
        return {name: stripped(v) for name, v in value.items()}
    return value


def own_item(value):
    if isinstance(value, str):
        return value.startswith("pincheck.")
    return isinstance(value, dict) and (
        value.get("source") == "pincheck" or
        any(map(own_item, value.get("diagnostics") or [])))


def compare(plain, log, server):
    exact = server.endswith("+silent")
    plain, log = kinds(plain, exact), kinds(log, exact)
    for what in sorted(plain.keys() | log.keys(), key=str):
        found, wanted = log.get(what, []), plain.get(what, [])
        if found != wanted and what[0] == "reply":
            # Where ours were taken out it is no longer as clangd wrote it.
            wanted = [body if body in found else
                      json.dumps(json.loads(body)).encode() for body in wanted]
        if found != wanted:
            raise Failed("\n".join([
                f"{server}: {what} is not what clangd alone said, but",
                *difference(wanted, found)]))


def difference(wanted, found):
    """The first bodies that differ, from shortly before they do."""
    for one, other in itertools.zip_longest(wanted, found, fillvalue=b""):
        if one != other:
            start = max(0, len(os.path.commonprefix([one, other])) - 40)
            return [str(b[start:start + 400]) for b in (one, other)]
    return []


# --------------------------------------------------------------------------

def play(script, through):
    """Plays it to each of its servers, and compares."""
    logs = {}
    head = script.head
    with Workspace(*head.get("files", []), flags=head.get("flags", ())) as w:
        if "text" in head:
            w.write(head["text"][0], " ".join(head["text"][1:]) + "\n")
        for server in head["through"]:
            if through and server not in through:
                continue
            shutil.rmtree(w.path(".cache"), ignore_errors=True)
            logs[server] = Play(script, server, w).run()
            print(f"ok {os.path.basename(script.path)} {server}: "
                  f"{len(logs[server])} messages", flush=True)
            plain = server.partition("+")[0]
            if plain != server and plain in logs and \
                    server not in head.get("apart", []):
                compare(logs[plain], logs[server], server)


def main():
    p = argparse.ArgumentParser()
    p.add_argument("--through", type=str.split)
    p.add_argument("files", nargs="+")
    o = p.parse_args()
    failures = 0
    for path in o.files:
        script = Script(path)
        servers = o.through or script.head["through"]
        if any("+" in s for s in servers):
            need(router())
        if any(s.startswith("clangd") for s in servers):
            need(real_clangd()[0])
        try:
            play(script, o.through)
        except Failed as why:
            failures += 1
            print(f"FAILED: {why}", flush=True)
    sys.exit(int(failures > 0))


if __name__ == "__main__":
    main()
