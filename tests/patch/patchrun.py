# SPDX-License-Identifier: GPL-2.0-only
"""What the tests and the bench of `pincheck patch` share: repositories that
are made for them, patches, and runs that have to leave all as it was.

A tree is hashed before and after each run: names, kinds, sizes, inodes, times
and bytes of everything in it, .git as well. Only what pincheck keeps for
itself, .cache/pincheck, is left out."""
import collections
import hashlib
import json
import os
import re
import shutil
import stat
import subprocess
import tempfile

OWN = os.path.join(".cache", "pincheck")
# A repository that no configuration of the user's changes.
GIT = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1",
       "GIT_AUTHOR_NAME": "A. Author", "GIT_AUTHOR_EMAIL": "a@example.org",
       "GIT_COMMITTER_NAME": "A. Author",
       "GIT_COMMITTER_EMAIL": "a@example.org",
       "GIT_AUTHOR_DATE": "2026-01-01T00:00:00Z",
       "GIT_COMMITTER_DATE": "2026-01-01T00:00:00Z"}


def facts_of(path):
    """What a file is, without the bytes; times of access change by reading."""
    s = os.lstat(path)
    size = 0 if stat.S_ISDIR(s.st_mode) else s.st_size
    return (s.st_mode, s.st_ino, s.st_nlink, s.st_uid, s.st_gid, size,
            s.st_mtime_ns, s.st_ctime_ns)


def digest_of(path):
    if os.path.islink(path):
        return os.readlink(path)
    if not os.path.isfile(path):
        return ""
    with open(path, "rb") as file:
        return hashlib.blake2b(file.read(), digest_size=16).hexdigest()


def snapshot(top, *without):
    """Everything below a folder, and itself: path to what it is."""
    out = {".": facts_of(top)}
    skip = {os.path.join(top, name) for name in without}
    for folder, names, files in os.walk(top):
        names[:] = sorted(n for n in names
                          if os.path.join(folder, n) not in skip)
        for name in names + files:
            path = os.path.join(folder, name)
            out[os.path.relpath(path, top)] = facts_of(path), digest_of(path)
    return out


def differences(before, after):
    """The paths that two snapshots do not agree on."""
    return sorted(path for path in before.keys() | after.keys()
                  if before.get(path) != after.get(path))


class Repo:
    """A git repository in a folder of its own."""

    def __init__(self, path):
        self.path = path
        os.makedirs(os.path.join(path, OWN), exist_ok=True)
        self.git("init", "-q")
        self.write({".git/info/exclude": "/.cache/\n"})

    def git(self, *args):
        return subprocess.run(["git", *args], cwd=self.path, check=True,
                              text=True, env={**os.environ, **GIT},
                              stdout=subprocess.PIPE).stdout

    def write(self, files):
        """Names to texts; None: the file goes."""
        for name, text in files.items():
            path = os.path.join(self.path, name)
            if text is None:
                os.unlink(path)
                continue
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(path, "wb") as file:
                file.write(text if isinstance(text, bytes)
                           else text.encode())

    def read(self, name):
        with open(os.path.join(self.path, name), encoding="utf-8") as file:
            return file.read()

    def commit(self, files, subject):
        self.write(files)
        self.git("add", "-A")
        self.git("commit", "-q", "-m", subject)
        return self.git("rev-parse", "HEAD").strip()

    def mails(self, *changes):
        """Each change, (files, subject), after the one before, as an mbox;
        the repository stays where it is."""
        for files, subject in changes:
            self.commit(files, subject)
        last = f"HEAD~{len(changes)}"
        mails = self.git("format-patch", "--stdout", "--no-signature",
                         f"{last}..HEAD")
        self.git("reset", "-q", "--hard", last)
        return mails

    def units(self, files, *flags):
        """Commits more files; each .c is compiled as those before it."""
        units = {entry["file"]: entry["arguments"] for entry in
                 json.loads(self.read("compile_commands.json"))}
        like = next(iter(units.values()))[:-1]
        units.update({name: [*like, *flags, name] for name in files
                      if name.endswith(".c")})
        self.database(units)
        self.commit(files, "More units")

    def database(self, units):
        """Writes compile_commands.json: names of files to arguments."""
        self.write({"compile_commands.json": json.dumps(
            [{"directory": self.path, "file": name, "arguments": arguments}
             for name, arguments in sorted(units.items())], indent=0)})


MAIL = """\
From {digest} Mon Sep 17 00:00:00 2001
From: A. Author <a@example.org>
Date: Thu, 1 Jan 2026 00:00:00 +0000
Subject: [PATCH {n}/{all}] {subject}

---
{diff}
"""


def mailbox(*patches):
    """Of (subject, diff), for trees without a repository."""
    return "".join(
        MAIL.format(digest=hashlib.sha1(diff.encode()).hexdigest(), n=n,
                    all=len(patches), subject=subject, diff=diff)
        for n, (subject, diff) in enumerate(patches, 1))


def number(patch):
    """Of a patch in its series, from 1: "2/3: subject"."""
    found = re.match(r"(\d+)/\d+: ", patch or "")
    return int(found.group(1)) if found else 1


class Outcome:
    """What a run of `pincheck patch` said."""

    def __init__(self, done):
        self.status, self.stdout = done.returncode, done.stdout
        self.stderr = done.stderr
        self.last = self.stderr.rstrip().rpartition("\n")[2]
        self.findings = []
        if self.stdout.startswith("{"):
            self.findings = json.loads(self.stdout)["findings"]

    def changes(self):
        """(which patch, class, rule, function), sorted: one a finding."""
        return sorted((number(f["change"]["patch"]), f["change"]["class"],
                       f["rule"], f["function"]) for f in self.findings)

    def __str__(self):
        return (f"status {self.status}\n--- stdout\n{self.stdout[:3000]}\n"
                f"--- stderr\n{self.stderr[:3000]}")


def patch(pincheck, folder, *args, text=None, timeout=None):
    """Runs `pincheck patch ARGS` in a folder; text goes to its stdin. What it
    leaves in its scratch folder is added to stderr as a complaint."""
    with tempfile.TemporaryDirectory() as scratch:
        done = subprocess.run([pincheck, "patch", *args], cwd=folder,
                              text=True, input=text or "", timeout=timeout,
                              capture_output=True, check=False,
                              env={**os.environ, "TMPDIR": scratch,
                                   "G_DEBUG": "fatal-criticals"})
        left = sorted(os.listdir(scratch))
    if left:
        done.stderr += f"left in the scratch folder: {' '.join(left)}\n"
    return Outcome(done)


class Checks:
    """Expectations of a test, and how many did not hold."""

    def __init__(self, pincheck, top, *without):
        """Nothing below @top may change by a run, but what is in @without."""
        self.pincheck, self.top, self.without = pincheck, top, without
        self.failures = 0

    def expect(self, what, condition, *shown):
        if not condition:
            self.failures += 1
            print(f"FAILED: {what}", *shown, sep="\n", flush=True)

    def equal(self, what, found, wanted, *shown):
        self.expect(what, found == wanted, f"found:  {found}",
                    f"wanted: {wanted}", *shown)

    def patch(self, what, folder, *args, status, text=None):
        """A run that has to end with @status, and to leave no trace."""
        before = snapshot(self.top, *self.without)
        out = patch(self.pincheck, folder, *args, text=text)
        changed = differences(before, snapshot(self.top, *self.without))
        self.equal(f"{what}: what the run changed", changed, [])
        self.equal(f"{what}: exit status", out.status, status, out)
        return out

    def index(self, folder):
        """Makes the store of a folder anew."""
        shutil.rmtree(os.path.join(folder, OWN))
        subprocess.run([self.pincheck, "index", "-p", "."], cwd=folder,
                       capture_output=True, check=False)

    def judge(self, what, folder, wanted, *args, text=None, told=""):
        """A run that judges: @wanted are (which patch, class, rule, function);
        the last line counts them, and has the words @told."""
        count = collections.Counter(c[1] for c in wanted)
        bad = count["introduced"] or count["exposed"]
        out = self.patch(what, folder, "--format", "json", *args, text=text,
                         status=int(bool(bad)))
        self.equal(what, out.changes(), sorted(wanted), out)
        line = "pincheck: " + ", ".join(f"{count[c]} {c}" for c in (
            "introduced", "exposed", "fixed"))
        self.expect(f"{what}: the last line", out.last.startswith(line) and
                    told in out.last, line, told, out)
        return out

    def refuse(self, what, folder, *args, text, told):
        """A run that judges nothing, and says why in one line."""
        out = self.patch(what, folder, *args, text=text, status=3)
        self.expect(f"{what}: says why", told in out.stderr and
                    out.stderr.count("\n") == 1 and not out.stdout, told, out)
