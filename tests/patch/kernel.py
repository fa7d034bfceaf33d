#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Patches of the real kernel: the documented fixes that linux 6.1 has, taken
back, and repairs of races that it still has. The repository holds the files
that a few units read, and no others. Needs $PINCHECK_KERNEL_DIR."""
import json
import os
import re
import subprocess
import sys
import tempfile

from patchrun import OWN, Checks, Repo

KERNEL = os.environ.get("PINCHECK_KERNEL_DIR", "")
UNITS = ["drivers/md/bcache/btree.c", "drivers/md/bcache/journal.c",
         "fs/btrfs/extent_io.c", "fs/btrfs/disk-io.c", "fs/ext4/inode.c",
         "fs/iomap/buffered-io.c", "fs/jfs/jfs_metapage.c",
         "fs/smb/client/cached_dir.c"]

# A node that a flush has marked is waited for.
WAIT_FOR_FLUSH = re.compile(r"""	/\*
(?:	 \*[^\n]*\n)+	 \*/
	if \(btree_node_journal_flush\(b\)\) \{
.*?		goto retry;
	\}
""", re.S)
BTREE_FLUSH_WRITE = re.compile(
    r"static void btree_flush_write\(struct cache_set \*c\)\n\{.*?\n\}\n",
    re.S)
# One node, found by a walk that holds nothing.
FLUSH_UNMARKED = """\
static void btree_flush_write(struct cache_set *c)
{
	struct btree *b, *best;
	unsigned int i;

	atomic_long_inc(&c->flush_write);
retry:
	best = NULL;

	for_each_cached_btree(b, c, i)
		if (btree_current_write(b)->journal) {
			if (!best)
				best = b;
			else if (fifo_idx(&c->journal.pin,
					btree_current_write(best)->journal) >
				 fifo_idx(&c->journal.pin,
					btree_current_write(b)->journal))
				best = b;
		}

	b = best;
	if (b) {
		mutex_lock(&b->write_lock);
		if (!btree_current_write(b)->journal) {
			mutex_unlock(&b->write_lock);
			goto retry;
		}

		__bch_btree_node_write(b, NULL);
		mutex_unlock(&b->write_lock);
	}
}
"""

# Name: edits, a file with pairs of old and new text (or a pattern, for all
# places); what the patch has to be told.
PATCHES = {
    "bcache: revert 50a260e85996 and 91be66e1318f": (
        {"drivers/md/bcache/btree.c": [(WAIT_FOR_FLUSH, "")],
         "drivers/md/bcache/journal.c": [(BTREE_FLUSH_WRITE,
                                          FLUSH_UNMARKED)]},
        # FN: who reaps the nodes is in another file.
        []),
    "ext4: revert b1f382178d15": (
        {"fs/ext4/inode.c": [
            ("ext4_wait_dax_page(struct inode *inode)\n{\n",
             "ext4_wait_dax_page(struct inode *inode, bool *did_unlock)\n{\n"
             "\t*did_unlock = true;\n"),
            ("\tint error;\n\n\tif (WARN_ON_ONCE(!rwsem_is_locked("
             "&inode->i_mapping->invalidate_lock)))",
             "\tbool retry;\n\tint error;\n\n\tif (WARN_ON_ONCE("
             "!rwsem_is_locked(&inode->i_mapping->invalidate_lock)))"),
            ("\tdo {\n\t\tpage = dax_layout_busy_page(",
             "\tdo {\n\t\tretry = false;\n\t\tpage = dax_layout_busy_page("),
            ("ext4_wait_dax_page(inode));\n\t} while (error == 0);",
             "ext4_wait_dax_page(inode, &retry));\n"
             "\t} while (error == 0 && retry);")]},
        [("introduced", "wait-without-rescan", "ext4_break_layouts")]),
    "iomap: revert 8e47a457321c": (
        {"fs/iomap/buffered-io.c": [
            ("\t\tfolio_attach_private(folio, iop);\n",
             "\t\tfolio->private = iop;\n\t\tfolio_set_private(folio);\n"),
            ("= folio_detach_private(folio);", "= to_iomap_page(folio);"),
            ("\t\t\tfolio_test_uptodate(folio));\n\tkfree(iop);",
             "\t\t\tfolio_test_uptodate(folio));\n\tfolio->private = NULL;\n"
             "\tfolio_clear_private(folio);\n\tkfree(iop);")]},
        [("introduced", "unpaired-flag", "iomap_page_create"),
         ("introduced", "unpaired-flag", "iomap_page_release")]),
    # What 062c19e9dd69 brought is itself what is reported in 6.1.
    "btrfs: revert 062c19e9dd69": (
        {"fs/btrfs/extent_io.c": [
            ("\tif (test_bit(EXTENT_BUFFER_STALE, &eb->bflags)) {\n"
             "\t\tspin_lock(&eb->refs_lock);\n"
             "\t\tspin_unlock(&eb->refs_lock);\n\t}\n", "")]},
        [("fixed", "check-then-lock", "find_extent_buffer")]),
    "jfs: a reference for the bit": (
        {"fs/jfs/jfs_metapage.c": [
            ("\t\tset_page_private(page, (unsigned long)mp);\n"
             "\t\tSetPagePrivate(page);\n",
             "\t\tattach_page_private(page, mp);\n"),
            ("\tset_page_private(page, 0);\n\tClearPagePrivate(page);\n"
             "\tkunmap(page);\n",
             "\tdetach_page_private(page);\n\tkunmap(page);\n")]},
        [("fixed", "unpaired-flag", "insert_metapage"),
         ("fixed", "unpaired-flag", "remove_metapage"),
         # FP: META_locked owns no reference, but with these two each function
         # that locks a page's only metapage looks as though it did.
         ("exposed", "unpaired-flag", "__get_metapage"),
         ("exposed", "unpaired-flag", "__lock_metapage")]),
    "smb: test the lease under its lock": (
        {"fs/smb/client/cached_dir.c": [
            ("\t\tif (cfid->has_lease) {\n\t\t\t/*\n\t\t\t * We lease",
             "\t\tspin_lock(&cfids->cfid_list_lock);\n"
             "\t\tif (cfid->has_lease) {\n\t\t\t/*\n\t\t\t * We lease"),
            ("\t\t\tspin_lock(&cfids->cfid_list_lock);\n"
             "\t\t\tcfid->has_lease = false;\n"
             "\t\t\tspin_unlock(&cfids->cfid_list_lock);\n"
             "\t\t\tclose_cached_dir(cfid);\n\t\t}\n",
             "\t\t\tcfid->has_lease = false;\n"
             "\t\t\tspin_unlock(&cfids->cfid_list_lock);\n"
             "\t\t\tclose_cached_dir(cfid);\n\t\t} else {\n"
             "\t\t\tspin_unlock(&cfids->cfid_list_lock);\n\t\t}\n")]},
        [("fixed", "check-then-lock", "invalidate_all_cached_dirs")]),
}


def commands():
    with open(os.path.join(KERNEL, "compile_commands.json"),
              encoding="utf-8") as file:
        return {os.path.normpath(c["file"]): c["arguments"]
                for c in json.load(file)
                if os.path.normpath(c["file"]) in UNITS}


def read_by(arguments):
    """The files below the tree that a unit reads."""
    words = [a for a in arguments if not a.startswith("-Wp,")]
    at = words.index("-o")
    rule = subprocess.run([*words[:at], *words[at + 2:], "-w", "-M"],
                          cwd=KERNEL, text=True, check=True,
                          stdout=subprocess.PIPE).stdout
    for name in rule.partition(":")[2].replace("\\\n", " ").split():
        name = os.path.normpath(name)
        if not os.path.isabs(name):
            yield name


def tree(top):
    repo = Repo(os.path.join(top, "linux"))
    units, files = commands(), {}
    for arguments in units.values():
        for name in read_by(arguments):
            if name not in files:
                with open(os.path.join(KERNEL, name), "rb") as file:
                    files[name] = file.read()
    repo.database(units)
    repo.commit(files, "Some files of linux")
    return repo


def edited(repo, edits):
    out = {}
    for name, changes in edits.items():
        text = repo.read(name)
        for old, new in changes:
            new_text = (text.replace(old, new) if isinstance(old, str) else
                        old.sub(lambda _, new=new: new, text))
            if new_text == text:
                raise ValueError(f"{name} does not have {old}")
            text = new_text
        out[name] = text
    return out


def main():
    if not KERNEL:
        sys.exit(77)
    with tempfile.TemporaryDirectory() as top:
        checks = Checks(os.environ["PINCHECK"], os.path.realpath(top),
                        os.path.join("linux", OWN))
        repo = tree(checks.top)
        print(len(repo.git("ls-files").split()), "files", flush=True)
        for name, (edits, wanted) in PATCHES.items():
            mails = repo.mails((edited(repo, edits), name))
            checks.judge(name, repo.path, [(1, *w) for w in wanted], "-",
                         text=mails)
        # Both units of bcache read it, and no other does.
        header = "drivers/md/bcache/btree.h"
        mails = repo.mails(({header: "/* more */\n" + repo.read(header)},
                            "bcache: say more"))
        checks.judge("a header", repo.path, [], "-", text=mails,
                     told="; 1 patch, 2 files, ")
    sys.exit(1 if checks.failures else 0)


main()
