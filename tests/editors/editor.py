#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""A session in a real editor with the configuration of editors/, without a
screen: editor.py EDITOR WAY.

EDITOR is a row of EDITORS, WAY one of WAYS: how the servers stand to each
other. The workspace is a corpus case with a function that clangd warns about;
home and configuration are the test's own, and `clangd` is clangd-19.

The editor runs a script of this folder that takes these steps and writes what
it saw into $FACTS, a line of JSON [NAME, VALUE] each; this file judges them:
  first     diagnostics when both servers have spoken
  hover     what is shown over a flag
  steps     what both CPUs do, where the configuration has a command for it
  titles    the menu of code actions; once for each step that opens it
  edited    the text after an action
  replay    what the action "Replay this race" shows
  unsaved   diagnostics after the text was replaced and not saved
  timeout   what was waited for in vain; the last line then

Not judged: how the editor draws it. Exits 77 if the editor is missing."""
import contextlib
import difflib
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time

SRC = os.environ["SRC"]
HERE = os.path.join(SRC, "tests/editors")
CONFIG = os.path.join(SRC, "editors")
CASE = os.path.join(SRC, "corpus/002-btrfs-find-extent-buffer")
SECONDS = 100       # of one editor, then it is killed
PATIENCE = 40       # of one step in it

# What clangd warns about, with edits of its own; the number makes two texts.
CLANGD_PART = """
static int never_called_%d(int count)
{
	if (count = 1)
		return 2;
	return count;
}
"""
# A finding that an edit removes, behind those of the case.
OWN_PART = """
void end_of(struct extent_buffer *eb)
{
	kfree(eb);
	eb->bflags = 0;
}
"""
# A name that URIs and shells spell in their own way.
PROJECT = "a c++ project"
RULE = "idle-check-unlocked"
MESSAGE = "is read as idle"
WAYS = {
    "named": ["pincheck-clangd"],
    "proxy": ["pincheck", "lsp", "--", "clangd", "--log=verbose"],
    "beside": ["pincheck", "lsp"],
}


def place_of(text, fragment):
    """Line and column, from 0, where a fragment begins first."""
    before = text[:text.index(fragment)]
    return [before.count("\n"), len(before) - before.rfind("\n") - 1]


def read(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


def write(path, text):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)


class Workspace:
    """A folder with a home, programs by name, and a project of one unit."""

    def __init__(self, top):
        self.top = top
        self.facts = os.path.join(top, "facts")
        self.project = os.path.join(top, PROJECT)
        self.source = os.path.join(self.project, "before.c")
        self.text = (read(os.path.join(CASE, "before.c")) + OWN_PART +
                     CLANGD_PART % 1)
        shutil.copytree(os.path.join(SRC, "corpus/include"),
                        os.path.join(self.project, "include"))
        shutil.copy(os.path.join(CASE, "extent_io.h"), self.project)
        write(self.source, self.text)
        write(os.path.join(top, "unsaved.c"),
              read(os.path.join(CASE, "locked.c")) + CLANGD_PART % 2)
        write(os.path.join(self.project, "compile_commands.json"), json.dumps(
            [{"directory": self.project, "file": "before.c", "arguments":
              ["cc", "-std=gnu11", "-Wall", "-Iinclude", "-c", "before.c"]}]))
        self.link("clangd", shutil.which("clangd-19"))
        program = os.environ["PINCHECK"]
        self.link("pincheck", program)
        self.link("pincheck-clangd",
                  os.path.join(os.path.dirname(program), "pincheck-clangd"))
        write(os.path.join(top, "plan"), json.dumps(self.plan()))

    def link(self, name, target):
        os.makedirs(os.path.join(self.top, "bin"), exist_ok=True)
        os.symlink(target, os.path.join(self.top, "bin", name))

    def plan(self):
        idle = place_of(self.text, "atomic_read(&eb->refs) == 2")
        # One edit after the other, from the end of the file to its beginning;
        # the last one adds a line above what is replayed.
        return {
            "source": self.source,
            "patience": PATIENCE,
            "first": [MESSAGE, "is freed here",
                      "nused function 'never_called_1'"],
            "hover": {"place": place_of(self.text, "EXTENT_BUFFER_TREE_REF"),
                      "has": "owns a reference"},
            "steps": idle,
            "edits": [
                {"place": place_of(self.text, "count = 1"),
                 "title": "use '==' to turn", "gives": "count == 1",
                 "gone": "sing the result of an assignment"},
                {"place": place_of(self.text, "kfree(eb)"),
                 "title": "Move this behind",
                 "gives": "\teb->bflags = 0;\n\tkfree(eb);\n",
                 "gone": "is freed here"},
                {"place": idle, "title": "Ignore " + RULE,
                 "gives": f"pincheck: ignore[{RULE}] ",
                 "comes": "it gives no reason"},
            ],
            "replay": {"place": [idle[0] + 1, idle[1]],
                       "title": "Replay this race"},
            "unsaved": {"text": os.path.join(self.top, "unsaved.c"),
                        "first": ["nused function 'never_called_2'"],
                        "gone": MESSAGE},
        }

    def environment(self):
        home = os.path.join(self.top, "home")
        options = {name: value for name, value in os.environ.items()
                   if name.endswith("SAN_OPTIONS")}
        return {**options, "HOME": home,
                "PLAN": os.path.join(self.top, "plan"),
                "XDG_CONFIG_HOME": home + "/.config",
                "XDG_CACHE_HOME": home + "/.cache",
                "XDG_DATA_HOME": home + "/.local/share",
                "XDG_STATE_HOME": home + "/.local/state",
                "XDG_RUNTIME_DIR": os.path.join(self.top, "run"),
                "FACTS": self.facts, "LC_ALL": "C.UTF-8", "TERM": "dumb",
                "PINCHECK_CLANGD": "clangd-19",
                "PATH": os.path.join(self.top, "bin") + ":" +
                        os.environ["PATH"]}

    def config(self, name, text):
        write(os.path.join(self.top, "home", name), text)

    def config_file(self, name, shipped):
        """A file of editors/, linked to where a user would put it."""
        path = os.path.join(self.top, "home", name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        os.symlink(os.path.join(CONFIG, shipped), path)

    def processes(self):
        """Those that have this workspace's home, the editor or not."""
        mark = ("HOME=" + os.path.join(self.top, "home")).encode()
        found = []
        for pid in filter(str.isdigit, os.listdir("/proc")):
            try:
                with open(f"/proc/{pid}/environ", "rb") as file:
                    if mark in file.read().split(b"\0"):
                        found.append(int(pid))
            except OSError:
                pass
        return found

    def seen(self):
        """The facts: name to the list of its values."""
        out = {}
        if os.path.exists(self.facts):
            for line in read(self.facts).splitlines():
                name, value = json.loads(line)
                out.setdefault(name, []).append(value)
        return out


def nvim(space, way):
    """A user's init.lua, and the configuration as a plugin."""
    words = ", ".join(f"'{word}'" for word in WAYS[way])
    text = f"vim.g.pincheck_cmd = {{ {words} }}\n"
    if way == "beside":
        text += f"dofile('{HERE}/nvim-clangd.lua')\n"
    space.config(".config/nvim/init.lua", text)
    space.config_file(".config/nvim/plugin/pincheck.lua", "nvim.lua")
    return ["nvim", "--headless", "-n", space.source,
            "-c", f"luafile {HERE}/nvim.lua"]


def emacs(shipped, client, form):
    """Emacs in batch with the packages of the system and what init.el says."""
    return ["emacs", "--batch", "--eval", "(package-initialize)",
            "--eval", form, "-l", f"{CONFIG}/{shipped}",
            "-l", f"{HERE}/session.el", "-l", f"{HERE}/{client}"]


def eglot(_, way):
    words = " ".join(json.dumps(word) for word in WAYS[way])
    return emacs("pincheck-eglot.el", "eglot.el",
                 f"(setq pincheck-command '({words}))")


def ale(space, way):
    """Silent Ex mode; Debian has ALE as a package of Vim that is added."""
    space.config(".vimrc", "filetype on\npackadd! ale\n"
                 f"let g:pincheck_beside = {int(way == 'beside')}\n")
    space.config_file(".vim/plugin/pincheck.vim", "ale.vim")
    return ["vim", "-es", "-N", "-n", "-u",
            os.path.join(space.top, "home/.vimrc"), space.source,
            "-S", f"{HERE}/ale.vim"]


def lsp_mode(_, way):
    front = "nil" if way == "beside" else "t"
    return emacs("pincheck-lsp-mode.el", "lsp-mode.el",
                 f"(setq pincheck-in-front {front})")


def package(name):
    """Asks Emacs for a package."""
    return ["emacs", "--batch", "--eval", "(package-initialize)",
            "--eval", f"(require '{name})"]


# editor: what succeeds if it is here, what starts it, its log below the home
EDITORS = {
    "ale": (["vim", "-es", "-u", "NONE", "-c", "if empty(globpath(&packpath,"
             " 'pack/*/opt/ale')) | cquit | else | qall | endif"],
            ale, "ale.log"),
    "eglot": (package("eglot"), eglot, ""),
    "lsp-mode": (package("lsp-mode"), lsp_mode, ""),
    "nvim": (["nvim", "--version"], nvim, ".cache/nvim/lsp.log"),
}


def here(probe):
    return shutil.which(probe[0]) is not None and subprocess.run(
        probe, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL, check=False).returncode == 0


def offline():
    """What a command is started by to have no network, if we may."""
    command = ["unshare", "--map-root-user", "--net"]
    return command if here(command + ["true"]) else []


def run(space, command):
    """Runs the editor to its end; its output, status and what outlived it."""
    command = offline() + command
    with open(os.path.join(space.top, "output"), "w+", encoding="utf-8",
              errors="replace") as output:
        editor = subprocess.Popen(command, cwd=space.project,
                                  env=space.environment(), stdout=output,
                                  stderr=subprocess.STDOUT,
                                  stdin=subprocess.DEVNULL,
                                  start_new_session=True)
        try:
            status = editor.wait(SECONDS)
        except subprocess.TimeoutExpired:
            status = f"still running after {SECONDS} s"
        # The servers end when their input does, which takes a moment.
        until = time.monotonic() + 5
        while status == 0 and space.processes() and time.monotonic() < until:
            time.sleep(0.05)
        left = space.processes()
        for pid in left:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        editor.wait()
        output.seek(0)
        return status, left, output.read()


class Judge:
    """Holds what was seen against the plan, and collects complaints."""

    def __init__(self, space, way):
        self.space = space
        self.way = way
        self.seen = space.seen()
        self.complaints = []

    def hold(self, true, what):
        if not true:
            self.complaints.append(what)

    def last(self, name):
        """The last value of a fact, which has to be there."""
        self.hold(name in self.seen, f"no '{name}' was seen")
        return self.seen.get(name, [""])[-1]

    def diagnostics(self):
        items = self.last("first")
        own = [i for i in items if i["source"] == "pincheck" and
               i["code"] == RULE]
        line = self.space.plan()["steps"][0]
        here = [i for i in own if i["line"] == line]
        self.hold(len(own) == 3, f"3 findings, not {len(own)}")
        self.hold(len(here) == 1, f"a finding at line {line}")
        for item in here:
            self.related(item)
        for steps in self.seen.get("steps", []):
            self.steps(steps)
        self.hold(any(i["source"] == "clang" and "never_called_1" in i["text"]
                      for i in items), "clangd's own diagnostics")

    def related(self, item):
        """None: the editor takes none, so the message has them; False: it
        keeps none."""
        steps = item["related"]
        if steps is False:
            return
        if steps is None:
            steps = [{"text": line, "uri": line.split(" (")[-1].split(":")[0]}
                     for line in item["text"].splitlines()[1:]]
        self.steps(steps)

    def steps(self, steps):
        """Both CPUs, in order, one of them in the header."""
        self.hold([s["text"][:5] for s in steps][:3] ==
                  ["CPU 0", "CPU 1", "CPU 0"], "the steps of both CPUs")
        self.hold(any(s["uri"].endswith("extent_io.h") for s in steps),
                  "a step in the header")

    def hover(self):
        """In front of clangd one text has what both say."""
        parts = [self.space.plan()["hover"]["has"], "check_buffer_tree_ref"]
        if self.way != "beside":
            parts.append("enumerator")
        for part in parts:
            self.hold(part in self.last("hover"), f"'{part}' in the hover")

    def edits(self):
        plan = self.space.plan()["edits"]
        texts = self.seen.get("edited", [])
        self.hold(len(texts) == len(plan), f"{len(plan)} edits")
        for edit, text in zip(plan, texts):
            self.hold(edit["gives"] in text, f"the edit '{edit['title']}'")
        menu = [t for titles in self.seen.get("titles", []) for t in titles]
        self.hold(any("Replay" in title for title in menu), "a replay offered")

    def unsaved(self):
        items = self.last("unsaved")
        self.hold(not any(i["source"] == "pincheck" for i in items),
                  "the finding is gone from what is not saved")
        self.hold(any("never_called_2" in i["text"] for i in items),
                  "clangd's diagnostics of what is not saved")

    def replay(self):
        text = self.last("replay")
        for part in ("confirmed", "CPU 0", "CPU 1", "BUG_ON"):
            self.hold(part in text, f"'{part}' in the replay")

    def all(self):
        if "timeout" in self.seen:
            return [f"{what}, in time" for what in self.seen["timeout"]]
        self.diagnostics()
        self.hover()
        self.edits()
        self.replay()
        self.unsaved()
        self.hold(read(self.space.source) == self.space.text,
                  "the file as it was")
        return self.complaints


def tell(space, log, status, output):
    """What explains a failure: facts, the editor's output and its log."""
    print(f"status: {status}")
    for name, values in space.seen().items():
        print(f"-- {name}")
        for value in values:
            if name == "edited":
                value = "\n".join(difflib.unified_diff(
                    space.text.splitlines(), value.splitlines(), n=0,
                    lineterm=""))
            print(value if isinstance(value, str) else json.dumps(value))
    print("-- output\n" + output)
    path = os.path.join(space.top, "home", log)
    if os.path.isfile(path):
        print("-- log\n" + read(path)[-20000:])


def main():
    editor, way = sys.argv[1:]
    probe, start, log = EDITORS[editor]
    if not here(probe) or not shutil.which("clangd-19"):
        print(f"{editor} or clangd-19 is not here")
        return 77
    with tempfile.TemporaryDirectory(prefix="editor-") as top:
        space = Workspace(os.path.realpath(top))
        status, left, output = run(space, start(space, way))
        complaints = Judge(space, way).all()
        if status != 0:
            complaints.append(f"the editor ended with {status}")
        if left and status == 0:
            complaints.append(f"{len(left)} processes outlived the editor")
        if complaints:
            tell(space, log, status, output)
    for line in complaints:
        print(f"{editor} {way}: expected: {line}")
    return 1 if complaints else 0


if __name__ == "__main__":
    sys.exit(main())
