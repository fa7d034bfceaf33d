#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""A series whose states would need a file of all names each: it is refused in
one line, before anything is written, once it would be too much."""
import os
import subprocess
import sys
import tempfile

PINCHECK = os.environ["PINCHECK"]
FILES = 200
FIT = 10
NEW = """diff --git a/{0} b/{0}
new file mode 100644
--- /dev/null
+++ b/{0}
@@ -0,0 +1 @@
+0
"""
NEXT = "--- a/0\n+++ b/0\n@@ -1 +1 @@\n-{}\n+{}\n"
MAIL = """From {0:040} Mon Sep 17 00:00:00 2001
From: A <a@example.org>
Subject: [PATCH] part {0}

---
{1}"""


def mails():
    yield MAIL.format(1, "".join(map(NEW.format, range(FILES))))
    for k in range(2, FIT + 2):
        yield MAIL.format(k, NEXT.format(k - 2, k - 1))


with tempfile.TemporaryDirectory() as folder:
    tree = os.path.join(folder, "tree")
    os.mkdir(tree)
    ran = subprocess.run([PINCHECK, "patch", "--tree", tree, "-"],
                         input="".join(mails()), capture_output=True,
                         env={**os.environ,
                              "PINCHECK_TEST_MOST_NAMES": str(FILES * FIT)},
                         encoding="utf-8", check=False)
print(ran.stdout, ran.stderr)
sys.exit(ran.returncode != 3 or ran.stdout != "" or ran.stderr != (
    'pincheck: patch 11/11 "part 11": the series is too large: the files that'
    " differ from the tree, counted again after each patch, are more than"
    " 2000\n"))
