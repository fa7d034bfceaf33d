#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""pincheck patch --changelog: what a commit message says of a race that a
patch fixes, for documented bugs in a repository with a history."""
import glob
import json
import os
import subprocess
import sys
import tempfile

PINCHECK = os.environ["PINCHECK"]
SRC = os.environ["SRC"]
ENV = {**os.environ, "GIT_CONFIG_GLOBAL": "/dev/null",
       "GIT_CONFIG_NOSYSTEM": "1", "GIT_AUTHOR_NAME": "a",
       "GIT_AUTHOR_EMAIL": "a@b", "GIT_COMMITTER_NAME": "a",
       "GIT_COMMITTER_EMAIL": "a@b"}
failures = []


def expect(what, condition, *shown):
    if not condition:
        failures.append(what)
        print(f"FAILED: {what}", *shown)


def git(folder, *args):
    done = subprocess.run(["git", *args], cwd=folder, text=True, env=ENV,
                          capture_output=True, check=True)
    return done.stdout.strip()


def read(case, name):
    with open(os.path.join(SRC, "corpus", case, name), encoding="utf-8") as f:
        return f.read()


def commit(folder, text, subject):
    with open(os.path.join(folder, "e.c"), "w", encoding="utf-8") as file:
        file.write(text)
    git(folder, "add", "-A")
    git(folder, "commit", "-qm", subject)


def make(folder, case):
    """Nothing, the bug, something below it, the fix."""
    git(folder, "init", "-q")
    for header in glob.glob(os.path.join(SRC, "corpus", case, "*.h")):
        with open(os.path.join(folder, os.path.basename(header)), "w",
                  encoding="utf-8") as file:
            file.write(read(case, header))
    database = [{"directory": folder, "file": "e.c", "arguments":
                 ["cc", f"-I{SRC}/corpus/include", "-c", "e.c"]}]
    with open(os.path.join(folder, "compile_commands.json"), "w",
              encoding="utf-8") as file:
        json.dump(database, file)
    bug = read(case, "before.c")
    commit(folder, "int nothing;\n", "import")
    commit(folder, bug, 'e: add "it"')
    commit(folder, bug + "\nint more;\n", "e: more")
    commit(folder, read(case, "after.c"), "e: fix it")


def run(folder, *args):
    return subprocess.run([PINCHECK, "patch", "--fail-on", "never", *args],
                          cwd=folder, text=True, env=ENV, capture_output=True,
                          check=False)


def changelog(folder, *args):
    """What stands after the report."""
    done = run(folder, "--changelog", *args)
    expect(f"{args} succeeds", done.returncode == 0, done.stderr)
    return done.stdout.partition("\nFor the commit message of ")[2]


def fixes(folder, revision):
    digits = git(folder, "rev-parse", "--short=12", revision)
    return f'Fixes: {digits} ("e: add "it"")\n'


EXT4 = """\
e: fix it [wait-without-rescan]:

    CPU 0                               CPU 1
    ext4_break_layouts()
      a busy object was found; the
        wait begins
                                          releases that object just before;
                                            another one is still busy
      the condition holds at once: no
        sleep, 'retry' stays 0
      the loop of ext4_break_layouts()
        ends without another look

"""
REPLAYED = """\
e: fix it [wait-without-rescan]:

    CPU 0                             CPU 1
    ext4_punch_hole()                 bio_release_page()
      atomic_read(&page->_refcount)
"""


def test_ext4(folder):
    make(folder, "001-ext4-break-layouts")
    wanted = fixes(folder, "HEAD~2")
    text = changelog(folder, "HEAD")
    expect("the steps, and who brought it", text == EXT4 + wanted, text)
    text = changelog(folder, "HEAD~3..HEAD")
    expect("in a series", text == EXT4.replace("e: fix", "3/3: e: fix") +
           wanted, text)
    text = changelog(folder, "--replay", "HEAD")
    expect("the run of the replay", text.startswith(REPLAYED) and
           "assertion failed: WARN_ON_ONCE\n" in text and
           text.endswith("\n\n" + wanted), text)
    expect("none without the option", "For the commit message" not in
           run(folder, "HEAD").stdout)
    expect("nothing is fixed by others", changelog(folder, "HEAD^") == "")
    done = run(folder, "--changelog", "--format", "json", "HEAD")
    expect("text only", done.returncode == 2 and "--changelog" in done.stderr,
           done.stderr)


def test_mail(folder):
    """The lines count in the files as they are, or in the base."""
    make(folder, "001-ext4-break-layouts")
    wanted = fixes(folder, "HEAD~2")
    mail = os.path.join(folder, "mail")
    with open(mail, "w", encoding="utf-8") as file:
        file.write(git(folder, "format-patch", "-1", "--stdout") + "\n")
    text = changelog(folder, "--base", "HEAD^", mail)
    expect("in the base", text == EXT4 + wanted, text)
    git(folder, "checkout", "-q", "HEAD^")
    text = changelog(folder, mail)
    expect("in the tree", text == EXT4 + wanted, text)
    with open(os.path.join(folder, "e.c"), encoding="utf-8") as file:
        bug = file.read()
    git(folder, "checkout", "-q", "HEAD~2")
    with open(os.path.join(folder, "e.c"), "w", encoding="utf-8") as file:
        file.write(bug)
    text = changelog(folder, mail)
    expect("not committed", text.startswith(EXT4 + "# no Fixes: e.c:") and
           text.endswith(" is not committed\n"), text)
    os.rename(os.path.join(folder, ".git"), os.path.join(folder, "git"))
    text = changelog(folder, mail)
    expect("no repository", text.startswith(EXT4 + "# no Fixes: not a git "),
           text)


def test_iomap(folder):
    make(folder, "004-iomap-put-and-wait")
    parts = changelog(folder, "HEAD").split("\nFor the commit message of ")
    expect("one for each", len(parts) == 4 and
           all(p.startswith("e: fix it [unpaired-flag]:\n\n    CPU 0 ") and
               p.endswith("\n\n" + fixes(folder, "HEAD~2")) for p in parts),
           parts)


def test_bcache(folder):
    make(folder, "003-bcache-btree-flush-write")
    text = changelog(folder, "HEAD")
    expect("what is introduced has none", text.count("Fixes: ") == 1 and
           "[select-then-flush]" in text and text.endswith(
               fixes(folder, "HEAD~2")), text)


def main():
    for name, test in sorted(globals().items()):
        if name.startswith("test_"):
            with tempfile.TemporaryDirectory() as folder:
                test(os.path.realpath(folder))
    sys.exit(1 if failures else 0)


if __name__ == "__main__":
    main()
