# SPDX-License-Identifier: GPL-2.0-only
"""What the tests of the language server share: a scratch workspace, an editor
that speaks to a server and keeps every byte that comes back, and the command
lines of the servers. It knows no more of the protocol than its frames."""
import contextlib
import json
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import urllib.parse

HERE = os.path.dirname(os.path.abspath(__file__))
SRC = os.path.dirname(os.path.dirname(HERE))
CLANGD = os.environ.get("CLANGD", "clangd-19")
# What takes part of a second takes long where sanitizers and load meet.
PATIENCE = float(os.environ.get("PATIENCE", "60"))
FLAGS = ["-std=gnu11", "-I" + os.path.join(SRC, "corpus", "include")]
SKIPPED = 77
# The ids of requests that a test does not number itself begin here.
OWN_NUMBERS = 1000000


# --------------------------------------------------------------------------
# Messages

def frame(body, *headers):
    """The bytes of a message; @headers stand before the blank line."""
    head = "".join(h + "\r\n" for h in (f"Content-Length: {len(body)}",
                                        *headers))
    return head.encode() + b"\r\n" + body


def request(number, method, params=None):
    return {"jsonrpc": "2.0", "id": number, "method": method,
            "params": {} if params is None else params}


def notification(method, params=None):
    return {"jsonrpc": "2.0", "method": method,
            "params": {} if params is None else params}


def encode(message):
    return json.dumps(message, separators=(",", ":")).encode()


class Message:
    """That came: its bytes, what they mean (None: no JSON), and when."""

    def __init__(self, body):
        self.body, self.when = body, time.monotonic()
        try:
            self.json = json.loads(body)
        except (ValueError, RecursionError):
            self.json = None

    def get(self, *path):
        """What stands at a path of names; None: there is nothing."""
        value = self.json
        for name in path:
            if not isinstance(value, dict):
                return None
            value = value.get(name)
        return value

    @property
    def method(self):
        return self.get("method")

    def __str__(self):
        text = self.body.decode(errors="replace")
        return text if len(text) < 600 else text[:600] + "..."


HEADER = re.compile(rb"\s*(?:[^\r\n]+\r\n)*?Content-Length: (\d+)\r\n"
                    rb"(?:[^\r\n]+\r\n)*\r\n")


def take(buffer):
    """Takes the first message off @buffer; None: not all of it is there."""
    head = HEADER.match(buffer)
    if not head:
        return None
    end = head.end() + int(head.group(1))
    if len(buffer) < end:
        return None
    body = bytes(buffer[head.end():end])
    del buffer[:end]
    return body


# --------------------------------------------------------------------------
# The editor

class Failed(Exception):
    """An expectation did not hold."""


class Editor:
    """A server that runs, and what came from it. Reading and writing have
    threads of their own, so that neither side ever waits for a test."""

    def __init__(self, argv, folder, env=None):
        self.argv = argv
        self.errors = tempfile.TemporaryFile()
        # A new session: what is left of the group can be found and ended.
        self.process = subprocess.Popen(
            argv, cwd=folder, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=self.errors, start_new_session=True, bufsize=0,
            env={**os.environ, "HOME": folder, "XDG_CONFIG_HOME": folder,
                 "XDG_CACHE_HOME": folder, "XDG_RUNTIME_DIR": folder,
                 **(env or {})})
        self.log, self.raw, self.ended = [], bytearray(), False
        self.came = threading.Condition()
        self.gate = threading.Event()
        self.queue, self.filled = [], threading.Condition()
        self.writing = False
        self.numbers = OWN_NUMBERS
        self.gate.set()
        for work in self.read, self.write:
            threading.Thread(target=work, daemon=True).start()

    @property
    def pid(self):
        return self.process.pid

    # the threads

    def read(self):
        buffer = bytearray()
        while data := self.some():
            buffer += data
            with self.came:
                self.raw += data
                while (body := take(buffer)) is not None:
                    self.log.append(Message(body))
                self.came.notify_all()
        with self.came:
            self.ended = True
            self.came.notify_all()

    def some(self):
        self.gate.wait()
        return os.read(self.process.stdout.fileno(), 1 << 16)

    def write(self):
        while True:
            with self.filled:
                self.writing = False
                self.filled.wait_for(lambda: self.queue)
                data, self.queue, self.writing = self.queue, [], True
            with contextlib.suppress(BrokenPipeError):
                for part in data:
                    if part is None:
                        self.process.stdin.close()
                        return
                    view = memoryview(part)
                    while view:
                        view = view[self.process.stdin.write(view):]

    # sending

    def send_bytes(self, data):
        with self.filled:
            self.queue.append(data)
            self.filled.notify()

    def send(self, message):
        self.send_bytes(frame(encode(message)))

    def notify(self, method, params=None):
        self.send(notification(method, params))

    def ask(self, method, params=None):
        """Sends a request; its number."""
        self.numbers += 1
        self.send(request(self.numbers, method, params))
        return self.numbers

    def call(self, method, params=None):
        """Sends a request and waits for the reply."""
        return self.reply(self.ask(method, params))

    def pause(self):
        """Reads no more than what a pipe holds."""
        self.gate.clear()

    def resume(self):
        self.gate.set()

    def idle(self):
        """Has the server taken all that was sent?"""
        with self.filled:
            return not self.queue and not self.writing

    def close(self):
        """The server's stdin ends when all is written."""
        self.send_bytes(None)

    # what came

    def wait(self, what, matches, after=0, seconds=None):
        """The first message from place @after on that matches."""
        until = time.monotonic() + (seconds or PATIENCE)
        with self.came:
            while True:
                for at in range(after, len(self.log)):
                    if matches(self.log[at]):
                        return self.log[at]
                after = len(self.log)
                left = until - time.monotonic()
                if self.ended or left <= 0:
                    break
                self.came.wait(left)
        why = "the server ended" if self.ended else "nothing came in time"
        raise Failed(f"{what}: {why}\n{self}")

    def reply(self, number, seconds=None):
        return self.wait(f"reply to {number}", lambda m: m.method is None and
                         m.get("id") == number, seconds=seconds)

    def published(self, uri, after=0, matches=lambda diagnostics: True):
        """A publish for the document at or after a place of the log."""
        return self.wait(
            f"diagnostics of {uri}",
            lambda m: m.method == "textDocument/publishDiagnostics" and
            same_file(m.get("params", "uri"), uri) and
            matches(m.get("params", "diagnostics")), after)

    # the end

    def status(self, seconds=None):
        """Waits for the end; what a shell would say of it."""
        try:
            status = self.process.wait(seconds or PATIENCE)
        except subprocess.TimeoutExpired as slow:
            raise Failed(f"it does not end\n{self}") from slow
        with self.came:
            self.came.wait_for(lambda: self.ended, PATIENCE)
        return 128 - status if status < 0 else status

    def initialize(self, workspace, capabilities=None):
        reply = self.call("initialize", workspace.initialize(capabilities))
        self.notify("initialized")
        return reply

    def quit(self):
        """Ends it as the protocol wants; the exit status."""
        self.call("shutdown")
        self.notify("exit")
        return self.status()

    def told(self):
        self.errors.seek(0)
        return self.errors.read().decode(errors="replace")

    def __str__(self):
        with self.came:
            last = "\n".join(f"    {m}" for m in self.log[-12:])
        return (f"{shlex.join(self.argv)}\n{len(self.log)} messages came, the "
                f"last of them:\n{last}\nstderr:\n{self.told()[-3000:]}")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        """Nothing of a test outlives it, whatever state it is in."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.pid, signal.SIGKILL)
        for pid in descendants(self.pid):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self.process.wait()
        self.gate.set()
        self.close()
        self.errors.close()


# --------------------------------------------------------------------------
# Processes

def children(pid):
    """(pid, command line) of the children of a process."""
    out = []
    with contextlib.suppress(OSError):
        for task in os.listdir(f"/proc/{pid}/task"):
            with open(f"/proc/{pid}/task/{task}/children",
                      encoding="ascii") as file:
                out += map(int, file.read().split())
    return [(child, command(child)) for child in out]


def command(pid):
    with contextlib.suppress(OSError):
        with open(f"/proc/{pid}/cmdline", encoding="utf-8",
                  errors="replace") as file:
            return file.read().replace("\0", " ")
    return ""


def descendants(pid):
    out = []
    for child, _ in children(pid):
        out += [child, *descendants(child)]
    return out


def alive(pid):
    """Does it run? A zombie does not."""
    try:
        with open(f"/proc/{pid}/stat", encoding="ascii",
                  errors="replace") as file:
            return file.read().rpartition(")")[2].split()[0] not in "ZX"
    except OSError:
        return False


def eventually(what, holds, seconds=None):
    """Waits until it holds; what it gave."""
    until = time.monotonic() + (seconds or PATIENCE)
    while not (found := holds()):
        if time.monotonic() > until:
            raise Failed(what)
        time.sleep(0.02)
    return found


# --------------------------------------------------------------------------
# The workspace

def path_of(uri):
    """The decoded path: servers and editors spell a file in several ways."""
    parts = urllib.parse.urlsplit(uri or "")
    return urllib.parse.unquote(parts.path) if parts.scheme == "file" else uri


def same_file(one, other):
    return path_of(one) == path_of(other)


class Workspace:
    """A scratch folder with files, and a database that compiles each .c."""

    def __init__(self, *sources, database=True, flags=()):
        self.scratch = tempfile.TemporaryDirectory(prefix="lsp-")
        self.root = os.path.realpath(self.scratch.name)
        for source in sources:
            source = os.path.join(SRC, source)
            names = os.listdir(source) if os.path.isdir(source) else [""]
            for name in names:
                if not name.endswith(".md"):
                    shutil.copy(os.path.join(source, name).rstrip("/"),
                                self.root)
        if database:
            self.database(*flags)

    def database(self, *flags):
        """Written anew, for the files that are there now."""
        self.write("compile_commands.json", json.dumps(
            [{"directory": self.root, "file": name,
              "arguments": ["cc", *FLAGS, *flags, "-c", name]}
             for name in sorted(os.listdir(self.root))
             if name.endswith(".c")]))

    def path(self, name):
        return os.path.join(self.root, name)

    def uri(self, name=""):
        return "file://" + urllib.parse.quote(self.path(name).rstrip("/"))

    def read(self, name):
        with open(self.path(name), "rb") as file:
            return file.read().decode(errors="surrogateescape")

    def write(self, name, text):
        os.makedirs(os.path.dirname(self.path(name)), exist_ok=True)
        with open(self.path(name), "wb") as file:
            file.write(text if isinstance(text, bytes) else text.encode())

    def initialize(self, capabilities=None, **more):
        """The parameters of the first request."""
        return {"processId": None, "rootUri": self.uri(),
                "capabilities": capabilities or {}, **more}

    def document(self, name, text=None, version=1):
        return {"textDocument": {
            "uri": self.uri(name), "languageId": "c", "version": version,
            "text": self.read(name) if text is None else text}}

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.scratch.cleanup()


def change(uri, version, *changes, **more):
    """didChange: each change a text, or (start, end, text) of (line, column)
    pairs."""
    def content(part):
        if isinstance(part, str):
            return {"text": part}
        (line, column), (last, end), text = part
        return {"range": {"start": {"line": line, "character": column},
                          "end": {"line": last, "character": end}},
                "text": text}
    return {"textDocument": {"uri": uri, "version": version},
            "contentChanges": [content(c) for c in changes], **more}


# --------------------------------------------------------------------------
# Servers

def router():
    """The program under test; the tests that need it are skipped without."""
    program = os.environ.get("PINCHECK_LSP")
    if not program:
        pincheck = os.environ.get("PINCHECK", "")
        program = os.path.join(os.path.dirname(pincheck), "pincheck-lsp")
    return program if os.access(program, os.X_OK) else None


def real_clangd(*args):
    """Threads of clangd's would make the order of its messages a matter of
    luck, which no comparison survives; hence --sync where @args has it."""
    return [CLANGD, "--background-index=0", "--log=error", *args]


FAKE_CLANGD = [sys.executable, os.path.join(HERE, "fake_clangd.py")]
FAKE_WORKER = os.path.join(HERE, "fake_worker.py")


def proxy(clangd, *options, worker=None):
    """Our server in front of @clangd; @worker: in the place of the real one."""
    return [router(), *options, *(["--worker", worker] if worker else []),
            *(["--", *clangd] if clangd else [])]


def need(*programs):
    """Ends the test as skipped if there is no such program."""
    for program in programs:
        if not program or not shutil.which(program):
            print(f"skipped: no {program or 'pincheck-lsp'}")
            sys.exit(SKIPPED)


def run(tests, names):
    """Runs those of the functions whose name has one of @names in it, or all;
    they raise Failed. The exit status of a test."""
    tests = [t for t in tests if not names or
             any(name in t.__name__ for name in names)]
    failures = int(not tests)
    for test in tests:
        start = time.monotonic()
        try:
            test()
            print(f"ok {test.__name__} {time.monotonic() - start:.1f} s",
                  flush=True)
        except Failed as why:
            failures += 1
            print(f"FAILED: {test.__name__}: {why}", flush=True)
    return int(failures > 0)


def expect(what, condition, *shown):
    if not condition:
        raise Failed("\n".join([what, *map(str, shown)]))


SHOWN = 2000


def equal(what, found, wanted, *shown):
    expect(what, found == wanted, f"found:  {str(found)[:SHOWN]}",
           f"wanted: {str(wanted)[:SHOWN]}", *shown)
