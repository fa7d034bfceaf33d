#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Patches of every shape, on the small program of tests/patch/tree: what is
said of them, with which exit status, and that nothing but the summary comes
from those that change nothing or cannot be applied."""
import base64
import os
import quopri
import sys
import tempfile

from patchrun import OWN, Checks, Repo

SRC = os.environ["SRC"]
TREE = os.path.join(SRC, "tests", "patch", "tree")
CANCEL_BAD = [("introduced", "put-before-wait", "job_cancel")]
CANCEL_FIXED = [("fixed", "put-before-wait", "job_cancel")]
KNOWN = [("pre-existing", "put-before-wait", "job_fail")]


def program():
    files = {}
    for name in sorted(os.listdir(TREE)):
        with open(os.path.join(TREE, name), encoding="utf-8") as file:
            files[name] = file.read()
    return files


def tree(top):
    repo = Repo(os.path.join(top, "tree"))
    files = program()
    repo.database({name: ["cc", f"-I{SRC}/tests/fixtures/include", "-c", name]
                   for name in files if name.endswith(".c")})
    repo.commit({**files, "logo.png": bytes(range(256))}, "The program")
    return repo


def swapped(text, first, second):
    assert first + second in text, (first, second)
    return text.replace(first + second, second + first)


def cancel_bad():
    """job_cancel() puts first, and waits then."""
    return {"cancel.c": swapped(program()["cancel.c"],
                                "\twait_for_completion(&j->done);\n",
                                "\tjob_put(p, j);\n")}


def close_bad():
    """job_close() puts: who uses the job after it has a finding."""
    text = program()["pool.h"]
    line = '\tpr_info("job %d: %d\\n", j->id, j->error);\n'
    assert line in text
    return text.replace(line, line + "\tjob_put(p, j);\n")


def function(text, name):
    """The text of a function with the comment above it and the line behind."""
    at = text.index(name + "(")
    start = text.rindex("\n\n", 0, at) + 2
    return text[start:text.index("\n}\n", at) + 3]


class Shapes:
    def __init__(self, checks, repo):
        self.checks, self.repo = checks, repo

    def judge(self, what, text, wanted, *args, told="; 1 patch, "):
        """One patch, on stdin."""
        return self.checks.judge(what, self.repo.path,
                                 [(1, *w) for w in wanted], *args, "-",
                                 text=text, told=told)

    def refuse(self, what, text, told):
        self.checks.refuse(what, self.repo.path, "-", text=text, told=told)

    # ---- what is judged ----

    def test_repaired_later(self):
        mails = self.repo.mails((cancel_bad(), "Put early"),
                                ({"cancel.c": program()["cancel.c"]},
                                 "Put late again"))
        self.checks.judge("a series that repairs itself", self.repo.path,
                          [(1, *c) for c in CANCEL_BAD] +
                          [(2, *c) for c in CANCEL_FIXED], "-", text=mails,
                          told="; 2 patches, ")

    def test_stays(self):
        """What a patch brings is told once, at the line where it ends up."""
        bad = cancel_bad()["cancel.c"]
        mails = self.repo.mails(({"cancel.c": bad}, "Put early"),
                                *(({"cancel.c": f"/* {n} */\n" * n + bad},
                                   f"Line {n}") for n in range(1, 5)))
        found = self.checks.judge("a series that goes on", self.repo.path,
                                  [(1, *c) for c in CANCEL_BAD], "-",
                                  text=mails, told="; 5 patches, ")
        line = bad[:bad.index("job_put")].count("\n") + 1
        self.checks.equal("its line", [f["line"] for f in found.findings],
                          [line + 4])

    def test_moved(self):
        files = program()
        state, cancel = files["state.c"], files["cancel.c"]
        fail = function(state, "job_fail")
        lines = "".join(f"/* Line {n}. */\n" for n in range(50))
        without = state.replace("\n" + fail, "")
        first = without.replace("/* Nobody", fail + "\n/* Nobody")
        assert first.index("job_fail") < first.index("job_error")
        for what, change in (
                ("50 lines above", {"state.c": lines + state}),
                ("a function moved up", {"state.c": first}),
                ("a function moved to another file",
                 {"state.c": without, "cancel.c": cancel + "\n" + fail}),
                ("lines between statements",
                 {"state.c": state.replace(
                     "\tjob_put(p, j);\n", "\t/* done */\n\n\tjob_put(p, j);\n"
                     "\n\t/* say so */\n")})):
            mail = self.repo.mails((change, "Move"))
            self.judge(what, mail, [], told=", 1 pre-existing hidden; ")
            self.judge(what + ", --all", mail, KNOWN, "--all",
                       told=", 1 pre-existing; ")

    def test_header(self):
        mail = self.repo.mails(({"pool.h": close_bad()}, "Put it"))
        self.judge("a header alone", mail,
                   [("exposed", "put-before-wait", "job_error"),
                    ("exposed", "put-before-wait", "job_wait")],
                   told="; 1 patch, 2 files, ")

    def test_files(self):
        """Files that come, go, or have another name."""
        files = program()
        text = cancel_bad()["cancel.c"]
        for name in "job_cancel", "job_wait", "job_reset_first":
            text = text.replace(name, "new_" + name)
        self.judge("a new file", self.repo.mails(({"new.c": text}, "Add")),
                   [("introduced", "put-before-wait", "new_job_cancel")])
        self.judge("a file that goes",
                   self.repo.mails(({"state.c": None}, "Remove")),
                   [("fixed", "put-before-wait", "job_fail")])
        state = {"state.c": None, "status.c": files["state.c"]}
        self.judge("a file with another name",
                   self.repo.mails((state, "Rename")), KNOWN, "--all")
        header = {"pool.h": None, "jobs.h": files["pool.h"]}
        for name in "cancel.c", "state.c":
            header[name] = files[name].replace("pool.h", "jobs.h")
        self.judge("a header with another name",
                   self.repo.mails((header, "Rename")), KNOWN, "--all")

    def test_included_source(self):
        """A unit that is a part of another one, and a text of no known
        kind: who reads them is judged, if a store knows who does."""
        end = ("void job_end(struct pool *p, struct job *j)\n{\n"
               '\tpr_info("job %d\\n", j->id);\n}\n')
        wait = ("void job_await(struct pool *p, int id)\n{\n"
                "\tstruct job *j = job_find(p, id);\n\n\tif (!j)\n"
                "\t\treturn;\n\tjob_end(p, j);\n"
                "\twait_for_completion(&j->done);\n}\n")
        put = end.replace("id);\n}", "id);\n\tjob_put(p, j);\n}")
        head = '#include "pool.h"\n'
        for name, used in (("part.c", head + end), ("part.tmpl", end)):
            self.repo.units({"reader.c": head + f'#include "{name}"\n' + wait,
                             name: used})
            mail = self.repo.mails(({name: used.replace(end, put)}, "Put"))
            self.judge(f"{name}, without a store", mail, [], "--no-store")
            self.checks.index(self.repo.path)
            self.judge(name, mail, [("exposed", "put-before-wait",
                                     "job_await")])

    def test_many_readers(self):
        """So many that what they include is precompiled for each state."""
        files = program()
        copies = [f"copy{i}.c" for i in range(12)]
        self.repo.units({name: files["state.c"] for name in copies})
        mail = self.repo.mails(({"pool.h": close_bad()}, "Put it"),
                               ({"pool.h": files["pool.h"]}, "Take it back"))
        wanted = [(patch, kind, "put-before-wait", name)
                  for patch, kind in ((1, "exposed"), (2, "fixed"))
                  for name in ["job_error"] * 13 + ["job_wait"]]
        outs = [self.checks.judge(f"many readers {how}", self.repo.path,
                                  wanted, *how, "-", text=mail,
                                  told="; 2 patches, ")
                for how in ([], ["--no-pch"])]
        self.checks.equal("the same without precompiled headers",
                          outs[0].stdout, outs[1].stdout)

    def test_renamed_unit(self):
        """It is compiled as it was, and not as a file beside it."""
        fail = function(program()["state.c"], "job_fail")
        self.repo.units({"m.c": f'#include "pool.h"\n#ifdef M\n{fail}#endif\n'},
                        "-DM")
        mail = self.repo.mails(({"m.c": None, "z.c": self.repo.read("m.c")},
                                "Rename"))
        self.judge("a renamed unit", mail, [],
                   told=", 1 pre-existing hidden; ")

    def test_links(self):
        """The header, or the whole tree, is reached through a link."""
        text = program()["pool.h"]
        put = close_bad()
        top = os.path.join(os.path.dirname(self.repo.path), "linked")
        os.symlink(self.repo.path, top)
        for name, to in (("inc", "include"), ("up", ".")):
            os.symlink(to, os.path.join(self.repo.path, name))
        self.repo.commit({"pool.h": None, "include/pool.h": text}, "Move it")
        header = self.repo.mails(({"include/pool.h": put}, "Put it"))
        source = self.repo.mails((cancel_bad(), "Put early"))
        wanted = [("exposed", "put-before-wait", "job_error"),
                  ("exposed", "put-before-wait", "job_wait")]
        for folder, at in (("inc", self.repo.path),
                           ("up/include", self.repo.path), ("include", top)):
            self.repo.database({
                os.path.join(at, name):
                ["cc", f"-I{SRC}/tests/fixtures/include",
                 "-I" + os.path.join(at, folder), "-c",
                 os.path.join(at, name)]
                for name in program() if name.endswith(".c")})
            told = f"{folder} in {at}"
            self.judge(told, header, wanted, "--no-store")
            self.judge(told + ", a unit", source, CANCEL_BAD, "--no-store")

    def test_unreadable_unit(self):
        """A unit that lacks a header counts if it may read what changes."""
        text = program()["pool.h"]
        self.repo.units({"lacks.c": '#include "gone.h"\n#include "deep.h"\n',
                         "deep.h": '#  include "pool.h"\n',
                         "own.h": "extern int own;\n",
                         "own.c": '#include "own.h"\n'})
        told = ("pool.h: 1 unit could not be read, and may read it: not"
                " judged, such as lacks.c")
        other = self.repo.mails(({"own.h": "extern long own;\n"}, "Widen"))
        for args in (("--no-store",), ()):
            out = self.checks.patch("a header it reads", self.repo.path, *args,
                                    "-", status=3, text=self.repo.mails(
                                        ({"pool.h": text + "\n"}, "Empty")))
            self.checks.expect("says so once", out.stderr.count(told) == 1, out)
            self.judge("a header of others", other, [], *args)
            self.checks.index(self.repo.path)

    def series(self):
        """Of commits: a header and who includes it, a put in the header, and
        nobody includes it any more."""
        cancel = program()["cancel.c"]
        line = '\tpr_info("job %d\\n", j->id);\n'
        end = ("static inline void job_end(struct pool *p, struct job *j)\n"
               "{\n" + line + "}\n")
        uses = cancel.replace('"pool.h"\n', '"pool.h"\n#include "end.h"\n')
        return (({"end.h": end,
                  "cancel.c": uses.replace("job_close", "job_end")}, "End"),
                ({"end.h": end.replace(line, line + "\tjob_put(p, j);\n")},
                 "Put"),
                ({"cancel.c": cancel}, "Close"))

    def test_included_by_a_patch(self):
        """The tree does not know yet who includes the header."""
        self.checks.judge("a header of the series", self.repo.path,
                          [(2, "exposed", "put-before-wait", "job_wait"),
                           (3, "fixed", "put-before-wait", "job_wait")], "-",
                          text=self.repo.mails(*self.series()))

    def test_included_no_more(self):
        """The tree does not know any more who included the header."""
        for files, subject in self.series():
            self.repo.commit(files, subject)
        exposed = ("exposed", "put-before-wait", "job_wait")
        self.checks.judge("a commit below the tree", self.repo.path,
                          [(1, *exposed)], "HEAD~1")
        wanted = [(1, *exposed), (2, "fixed", *exposed[1:])]
        self.checks.judge("a range", self.repo.path, wanted, "HEAD~2..HEAD")
        self.checks.index(self.repo.path)
        self.checks.judge("a range, --cross-file", self.repo.path, wanted,
                          "--cross-file", "HEAD~2..HEAD")

    def test_mails(self):
        """A mail's body as mail programs send it."""
        mail = self.repo.mails((cancel_bad(), "Put early"))
        self.judge("lines that end in CR LF", mail.replace("\n", "\r\n"),
                   CANCEL_BAD)
        head, _, body = mail.partition("\n\n")
        head += "\nMIME-Version: 1.0\nContent-Type: text/plain; charset=UTF-8"
        for encoding, coded in (
                ("base64", base64.encodebytes(body.encode()).decode()),
                ("quoted-printable",
                 quopri.encodestring(body.encode()).decode())):
            text = (f"{head}\nContent-Transfer-Encoding: {encoding}\n\n"
                    f"{coded}\n")
            self.judge(encoding, text, CANCEL_BAD)
            cover = ("From 0000000000000000000000000000000000000000 Mon Sep 17"
                     " 00:00:00 2001\nFrom: A. Author <a@example.org>\n"
                     "Date: Thu, 1 Jan 2026 00:00:00 +0000\n"
                     "Subject: [PATCH 0/1] A cover letter\n\nNothing.\n\n")
            self.judge(f"{encoding}, a cover letter", cover + text,
                       CANCEL_BAD)

    def test_diff(self):
        """A bare diff, from stdin and from a file."""
        mail = self.repo.mails((cancel_bad(), "Put early"))
        diff = mail[mail.index("diff --git"):]
        self.judge("a diff", diff, CANCEL_BAD)
        name = os.path.join(os.path.dirname(self.repo.path), "a.diff")
        with open(name, "w", encoding="utf-8") as file:
            file.write(diff)
        self.checks.judge("a file", self.repo.path,
                          [(1, *c) for c in CANCEL_BAD], name)

    def test_nothing_to_judge(self):
        """No unit reads what these change."""
        for what, files in (("a picture", {"logo.png": b"\0\1\2" * 90}),
                            ("a text", {"README": "Jobs.\n"})):
            self.judge(what, self.repo.mails((files, "Change it")), [],
                       told="; 1 patch, 0 files, ")

    # ---- what is not ----

    def test_does_not_apply(self):
        mail = self.repo.mails((cancel_bad(), "Put early"))
        gone = mail.replace(" \tif (!j)\n", " \tif (j == NULL)\n")
        assert gone != mail
        self.refuse("another context", gone,
                    "cancel.c: hunk 1 does not apply: @@ -7,8 +7,8 @@")
        self.refuse("applied before", mail + mail,
                    "patch 2/2 \"Put early\": cancel.c: hunk 1 does not apply")
        self.refuse("no such file", mail.replace("cancel.c", "other.c"),
                    "other.c: No such file")

    def test_broken(self):
        """What cannot be parsed is no fix, and not passed over."""
        text = program()["state.c"]
        broken = {"state.c": text.replace("\treturn j->error;",
                                          "\treturn j->;")}
        assert broken["state.c"] != text
        mails = self.repo.mails((broken, "Break"), ({"state.c": text}, "Mend"))
        found = self.checks.patch("a patch that breaks", self.repo.path,
                                  "--format", "json", "-", text=mails,
                                  status=3)
        self.checks.equal("nothing is told of it", found.changes(), [], found)
        self.checks.expect("but why", "state.c:12: expected" in found.stderr
                           and found.last.endswith("; INCOMPLETE"), found)

    def incomplete(self, what, wanted, *patches, told=""):
        """A series of which something cannot be parsed."""
        found = self.checks.patch(what, self.repo.path, "--format", "json",
                                  "-", text=self.repo.mails(*patches),
                                  status=3)
        self.checks.equal(what, found.changes(), sorted(wanted), found)
        self.checks.expect(f"{what}: the last line", told in found.last and
                           found.last.endswith("; INCOMPLETE"), told, found)
        return found

    def test_unseen(self):
        """A finding that an error hides is there all along."""
        files = program()
        state, pool = files["state.c"], files["pool.h"]
        assert "\treturn 0;\n}" in state and "struct job {" in pool
        broken = {
            "in its function":
                {"state.c": state.replace("\treturn 0;\n}", "\treturn 0 }")},
            "in the function before":
                {"state.c": state.replace("\treturn j->error;\n}",
                                          "\treturn j->error;\n{")},
            "that ends the unit":
                {"state.c": '#include "gone.h"\n' + state},
            "that hides it": {"state.c": "#if 0\n" + state},
            "in a header":
                {"pool.h": pool.replace("struct job {", "struct job { bad x;")},
            "for want of a header": {"pool.h": None}}
        for where, change in broken.items():
            mend = {name: "/* Mended. */\n" + files[name] for name in change}
            self.incomplete(f"an error {where}", [], (change, "Break"))
            self.incomplete(f"an error {where}, and its end", [],
                            (change, "Break"), (mend, "Mend"),
                            told=", 1 pre-existing hidden; ")

    def test_unseen_and_changed(self):
        """What is compared with is the last that could be seen."""
        files = program()
        cancel, bad = files["cancel.c"], cancel_bad()["cancel.c"]
        top = "#if 0\n"
        old, broken = {"cancel.c": cancel}, {"cancel.c": top + cancel}
        wrong, hidden = {"cancel.c": bad}, {"cancel.c": top + bad}
        self.incomplete("a bug in a patch that breaks",
                        [(2, "exposed", *CANCEL_BAD[0][1:])],
                        (hidden, "Break"), (wrong, "Mend"))
        self.incomplete("a bug in a patch that mends",
                        [(2, *CANCEL_BAD[0])], (broken, "Break"),
                        (wrong, "Mend"))
        self.incomplete("a fix in a patch that breaks",
                        [(1, *CANCEL_BAD[0]), (3, *CANCEL_FIXED[0])],
                        (wrong, "Put early"), (broken, "Break"), (old, "Mend"))
        found = self.incomplete("a bug of before the error",
                                [(1, *CANCEL_BAD[0])], (wrong, "Put early"),
                                (hidden, "Break"),
                                ({"cancel.c": "/* 1 */\n" + top + bad}, "Go on"),
                                ({"cancel.c": "/* 1 */\n" + bad}, "Mend"))
        line = bad[:bad.index("job_put")].count("\n") + 2
        self.checks.equal("its line", [f["line"] for f in found.findings],
                          [line])

    def test_unseen_base(self):
        """An error that was there all along hides what there is."""
        state = program()["state.c"]
        self.repo.commit({"state.c": "#if 0\n" + state}, "Broken")
        self.incomplete("the first that can be seen", [],
                        ({"state.c": state}, "Mend"),
                        told=", 1 pre-existing hidden; ")

    def test_two_of_a_name(self):
        """A bug that goes from one file and comes into another is no move."""
        cancel, bad = program()["cancel.c"], cancel_bad()["cancel.c"]
        twin = {name: function(text, "job_cancel")
                for name, text in (("good", cancel), ("bad", bad))}
        state = program()["state.c"]
        self.repo.commit({"cancel.c": bad,
                          "state.c": state + "\n" + twin["good"]}, "Twins")
        swap = {"cancel.c": cancel, "state.c": state + "\n" + twin["bad"]}
        self.judge("a swap", self.repo.mails((swap, "Swap")),
                   CANCEL_BAD + CANCEL_FIXED)

    def test_suppressed_later(self):
        """A comment of a later patch does not undo what a patch brought."""
        bad = cancel_bad()["cancel.c"]
        comment = bad.replace(
            "\tjob_put(p, j);\n",
            "\t/* pincheck: ignore[put-before-wait] fine */\n"
            "\tjob_put(p, j);\n")
        assert comment != bad
        self.checks.judge("a comment for what a patch brought", self.repo.path,
                          [(1, *CANCEL_BAD[0])], "-", told=", 1 suppressed; ",
                          text=self.repo.mails(({"cancel.c": bad}, "Early"),
                                               ({"cancel.c": comment}, "Hide")))

    def test_no_patch(self):
        for what, text in (("empty", ""), ("words", "no patch\n"),
                           ("bytes", "\x01\x02\x03" * 99)):
            self.refuse(what, text, "there is no patch in it")

    def test_escapes(self):
        """Names that lead out of the tree, or into what is git's own."""
        top = os.path.dirname(self.repo.path)
        outside = os.path.join(top, "outside")
        with open(outside, "w", encoding="utf-8") as file:
            file.write("old\n")
        self.repo.write({"dir/kept": "old\n"})
        os.symlink(top, os.path.join(self.repo.path, "dir", "link"))
        for name in ("../outside", "dir/../../outside", outside,
                     "dir/link/outside", "../made", "dir/link/made",
                     ".git/hooks/post-checkout", "dir/../.git/config",
                     f"{top}/made"):
            new = not name.endswith("outside")
            old = "/dev/null" if new else f"a/{name}"
            hunk = "@@ -0,0 +1 @@\n" if new else "@@ -1 +1 @@\n-old\n"
            head = f"diff --git a/{name} b/{name}\n"
            head += "new file mode 100644\n" if new else ""
            body = f"--- {old}\n+++ b/{name}\n{hunk}+new\n"
            told = ("symbolic link" if "link" in name else
                    "invalid path" if name.startswith(".git") else
                    f"{name} is no name in a tree")
            self.refuse(f"git's patch of {name}", head + body, told)
            self.refuse(f"a patch of {name}", body, told)
        os.unlink(os.path.join(self.repo.path, "dir", "link"))
        link = ("diff --git a/out b/out\nnew file mode 120000\n"
                f"--- /dev/null\n+++ b/out\n@@ -0,0 +1 @@\n+{top}\n"
                "\\ No newline at end of file\n")
        through = ("diff --git a/out/made b/out/made\nnew file mode 100644\n"
                   "--- /dev/null\n+++ b/out/made\n@@ -0,0 +1 @@\n+new\n")
        self.refuse("a link and what is behind it", link + through,
                    "symbolic link")
        for how in ("rename", "copy"):
            self.refuse(f"a {how} from outside",
                        "diff --git a/../outside b/stolen.c\n"
                        f"similarity index 100%\n{how} from ../outside\n"
                        f"{how} to stolen.c\n",
                        "../outside is no name in a tree")


def main():
    tests = [name for name in sorted(vars(Shapes)) if name.startswith("test_")]
    failures = 0
    for name in tests:
        with tempfile.TemporaryDirectory() as top:
            checks = Checks(os.environ["PINCHECK"], os.path.realpath(top),
                            os.path.join("tree", OWN))
            getattr(Shapes(checks, tree(checks.top)), name)()
            failures += checks.failures
    sys.exit(1 if failures else 0)


main()
