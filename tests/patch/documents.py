#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""The documented bugs as patches: a fix fixes what its document tells of, and
its revert brings that back. The files are the corpus's, without the comments
that speak of one variant only, in a repository of their own."""
import os
import re
import sys
import tempfile

from patchrun import OWN, Checks, Repo

SRC = os.environ["SRC"]
CORPUS = os.path.join(SRC, "corpus")

# Folder of the tree: folder of the corpus, the file there, its name here after
# the fix; what the fix fixes and brings, what its revert brings, and fixes.
# Exposed is what has no line of its own in the patch: a lock, a mark or a get
# goes, and what stood there all along becomes a finding.
DOCUMENTS = {
    "lustre": ("000-lustre-lu19956", "buggy", "fixed",
               [("fixed", "direct-flag-write", "osc_completion")],
               [("introduced", "direct-flag-write", "osc_completion")]),
    "ext4": ("001-ext4-break-layouts", "before", "after",
             [("fixed", "wait-without-rescan", "ext4_break_layouts")],
             [("introduced", "wait-without-rescan", "ext4_break_layouts")]),
    "xfs": ("001-ext4-break-layouts", "xfs_before", "xfs_after",
            [("fixed", "wait-without-rescan", "xfs_break_dax_layouts")],
            [("exposed", "wait-without-rescan", "xfs_break_dax_layouts")]),
    "btrfs": ("002-btrfs-find-extent-buffer", "before", "locked",
              [("fixed", "idle-check-unlocked", "free_extent_buffer"),
               ("fixed", "idle-check-unlocked", "free_extent_buffer_stale"),
               ("fixed", "idle-check-unlocked", "try_release_extent_buffer")],
              [("exposed", "idle-check-unlocked", "free_extent_buffer"),
               ("exposed", "idle-check-unlocked", "free_extent_buffer_stale"),
               ("exposed", "idle-check-unlocked",
                "try_release_extent_buffer")]),
    # The fix that the kernel has: an empty section, the tests as they were.
    "btrfs-6.1": ("002-btrfs-find-extent-buffer", "before", "after",
                  [("introduced", "check-then-lock", "find_extent_buffer")],
                  [("fixed", "check-then-lock", "find_extent_buffer")]),
    # 50a260e85996 closes one window and leaves another.
    "bcache": ("003-bcache-btree-flush-write", "base", "after",
               [("fixed", "select-then-flush", "btree_flush_write"),
                ("introduced", "reap-ignores-pin", "btree_node_free")],
               [("exposed", "select-then-flush", "btree_flush_write"),
                ("fixed", "reap-ignores-pin", "btree_node_free")]),
    "bcache-heap": ("003-bcache-btree-flush-write", "before", "rewritten",
                    [("fixed", "select-then-flush", "btree_flush_write")],
                    [("introduced", "select-then-flush",
                      "btree_flush_write")]),
    "iomap": ("004-iomap-put-and-wait", "before", "after",
              [("fixed", "unpaired-flag", "iomap_migrate_page"),
               ("fixed", "unpaired-flag", "iomap_migrate_page"),
               ("fixed", "unpaired-flag", "iomap_page_create"),
               ("fixed", "unpaired-flag", "iomap_page_release")],
              [("exposed", "unpaired-flag", "iomap_migrate_page"),
               ("exposed", "unpaired-flag", "iomap_migrate_page"),
               ("exposed", "unpaired-flag", "iomap_page_create"),
               ("exposed", "unpaired-flag", "iomap_page_release")]),
}
TOLD = re.compile(r"\A(// SPDX[^\n]*\n)/\*.*?\*/\n", re.S)
EXPECTED = re.compile(r" /\* expect[^*]*\*/")


def variant(folder, name):
    """A file of the corpus as a kernel would have it."""
    with open(os.path.join(CORPUS, folder, name + ".c"),
              encoding="utf-8") as file:
        return EXPECTED.sub("", TOLD.sub(r"\1", file.read()))


def headers(folder):
    for name in sorted(os.listdir(os.path.join(CORPUS, folder))):
        if name.endswith(".h"):
            with open(os.path.join(CORPUS, folder, name),
                      encoding="utf-8") as file:
                yield name, file.read()


def tree(top):
    """A repository of all of them, with the bugs."""
    repo = Repo(os.path.join(top, "tree"))
    files, units = {}, {}
    for name, (folder, before, _, _, _) in DOCUMENTS.items():
        files[f"{name}/main.c"] = variant(folder, before)
        files.update((f"{name}/{h}", text) for h, text in headers(folder))
        units[f"{name}/main.c"] = ["cc", "-std=gnu11",
                                   f"-I{CORPUS}/include", "-c",
                                   f"{name}/main.c"]
    repo.database(units)
    repo.commit(files, "The code as it was")
    return repo


def numbered(n, found):
    return [(n, *rest) for rest in found]


def test_mails(checks, repo):
    """Fix and revert in one mailbox, on the files as they lie there."""
    for name, (folder, before, after, fix, revert) in DOCUMENTS.items():
        file = f"{name}/main.c"
        mails = repo.mails(({file: variant(folder, after)}, f"{name}: fix"),
                           ({file: variant(folder, before)},
                            f"Revert \"{name}: fix\""))
        checks.judge(name, repo.path, numbered(1, fix) + numbered(2, revert),
                     "-", text=mails, told="; 2 patches, ")


def test_revisions(checks, repo):
    """The same by revisions, whatever lies in the folder."""
    folder, before, after, fix, revert = DOCUMENTS["lustre"]
    file = "lustre/main.c"
    repo.commit({file: variant(folder, after)}, "Fix it")
    repo.commit({file: variant(folder, before)}, "Revert \"Fix it\"")
    for text in variant(folder, before), "#error of a work in progress\n":
        repo.write({file: text})
        checks.judge("a fix", repo.path, numbered(1, fix), "HEAD^",
                     told="; 1 patch, ")
        checks.judge("a revert", repo.path, numbered(1, revert), "HEAD")
        checks.judge("a range", repo.path, numbered(1, fix) +
                     numbered(2, revert), "HEAD~2..HEAD",
                     told="; 2 patches, ")


def main():
    with tempfile.TemporaryDirectory() as top:
        checks = Checks(os.environ["PINCHECK"], os.path.realpath(top),
                        os.path.join("tree", OWN))
        repo = tree(checks.top)
        test_mails(checks, repo)
        test_revisions(checks, repo)
    sys.exit(1 if checks.failures else 0)


main()
