#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""What is in editors/: files of data are well-formed and start pincheck by a
name that is installed, and docs/editors.md says of each whether an editor ran
it in a test. Whether an editor likes the rest is for editor.py."""
import json
import os
import re
import sys
import tomllib

SRC = os.environ["SRC"]
NAMES = {"pincheck", "pincheck-clangd"}


def read(*path):
    with open(os.path.join(SRC, *path), encoding="utf-8") as file:
        return file.read()


def strings(value):
    """All strings in a document, keys not."""
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        return [s for item in value for s in strings(item)]
    return [value] if isinstance(value, str) else []


def complaints():
    page = read("docs", "editors.md")
    run = read("tests", "editors", "editor.py")
    for name in sorted(os.listdir(os.path.join(SRC, "editors"))):
        text = read("editors", name)
        if name.endswith(".json") or name.endswith(".toml"):
            parse = json.loads if name.endswith(".json") else tomllib.loads
            programs = {os.path.basename(s) for s in strings(parse(text))}
            if not programs & NAMES:
                yield f"{name}: starts no pincheck"
        said = re.search(r"^\|[^\n]*`editors/" + re.escape(name) +
                         r"`[^\n]*\| (tested with|not run)", page, re.M)
        if not said:
            yield f"{name}: docs/editors.md does not say whether it was run"
        elif (said[1] == "tested with") != (f'"{name}"' in run):
            yield f"{name}: '{said[1]}' in docs/editors.md is not so"


found = list(complaints())
print("\n".join(found))
sys.exit(1 if found else 0)
