# SPDX-License-Identifier: GPL-2.0-only
"""Where functions stand in kernel C, by its layout alone: the braces of a
body stand at the beginning of a line, and nothing else's do."""

import collections
import re

# Numbers of lines from 0: of the declaration's first, of "{", of "}".
Function = collections.namedtuple("Function", "names first body last")
# A line of a declaration: no comment, no end of something else.
BEGINS = re.compile(r"(?!\s*\*|.*[;}]\s*$)\s*\w")


def functions(lines):
    at = 0
    while at < len(lines):
        if lines[at] == "{\n" and "}\n" in lines[at:]:
            last, first = lines.index("}\n", at), at
            while first > 0 and BEGINS.match(lines[first - 1]):
                first -= 1
            names = re.findall(r"(\w+)\s*\(", "".join(lines[first:at]))
            if names:
                yield Function(names, first, at, last)
            at = last
        at += 1
