# SPDX-License-Identifier: GPL-2.0-only
"""
Lays a case of the corpus out over several files, as the originals are.

A header's inlines become functions of a file of their own, and the header
keeps their prototypes; those that only return something stay. The functions of
the .c file are divided by name, and what another file calls is not static any
more.
"""

import json
import os
import re

# An inline's text, from its first line to the brace that ends it; those that
# a macro makes end in a backslash and stay.
INLINE = re.compile(r"^static inline (?:[^\n;{\\]*\n)+?\{\n.*?^\}\n",
                    re.MULTILINE | re.DOTALL)
FUNCTION = re.compile(r"^(?:static )?[a-z](?:[^\n;{=\\#]*\n)+?\{\n.*?^\}\n",
                      re.MULTILINE | re.DOTALL)
NAME = re.compile(r"(\w+)\(")


def moves(text):
    return not re.search(r"\n\{\n\treturn [^;]*;\n\}\n", text)


def prototype(text):
    signature = text[:text.index("\n{\n")]
    return signature.replace(" inline", "", 1) + ";\n"


def split_header(text):
    """The header with prototypes only, and the bodies."""
    header = INLINE.sub(lambda m: prototype(m.group()) if moves(m.group())
                        else m.group(), text)
    conditions, bodies, end = re.compile(r"^#(?:if|el|endif).*\n",
                                         re.MULTILINE), "", 0
    for m in [*INLINE.finditer(text), None]:
        bodies += "".join(conditions.findall(text,
                                             end, m.start() if m else
                                             len(text)))
        if m:
            if moves(m.group()):
                bodies += m.group().replace(" inline", "", 1)
            end = m.end()
    # the guard around all of it
    lines = bodies.split("\n")[1:-2]
    return header, "\n".join(lines) + "\n"


def name_of(function):
    return NAME.search(function[:function.index("\n{\n")]).group(1)


def split_source(text, parts):
    """File name -> text; @parts: function -> file, "" stands for the rest."""
    main = parts[""]
    files = {name: "" for name in parts.values()}
    end = 0
    for m in [*FUNCTION.finditer(text), None]:
        between = text[end:m.start() if m else len(text)]
        shared = "".join(re.findall(r"^(?:#|[A-Z_]+\().*\n", between,
                                    re.MULTILINE))
        for name in files:
            files[name] += between if name == main else shared
        if m:
            name = parts.get(name_of(m.group()), main)
            files[name] += m.group()
            end = m.end()
    return files


def publish(files):
    """What another file calls is not static."""
    sources = {name: text for name, text in files.items()
               if name.endswith(".c")}
    inlines = "".join("".join(INLINE.findall(text)) for name, text in
                      files.items() if name.endswith(".h"))
    for name in sources:
        for m in FUNCTION.finditer(files[name]):
            function = name_of(m.group())
            used = re.compile(rf"\b{function}\(")
            if used.search(inlines) or any(
                    used.search(text) for other, text in sources.items()
                    if other != name):
                static = re.compile(rf"^static (?=[^\n;{{=]*\b{function}\()",
                                    re.MULTILINE)
                for file in files:
                    files[file] = static.sub("", files[file])


def lay_out(corpus, case, variant, parts, folder):
    """
    Writes the tree of one variant and its compile database. @parts also says
    which file has the bodies of a header, if that is none of their own.
    """
    source = os.path.join(corpus, case)
    files = {}
    with open(os.path.join(source, variant + ".c"), encoding="utf-8") as f:
        text = f.read()
    defines = [line for line in text.split("\n")
               if re.match(r"#define \w+$", line)]
    files.update(split_source(text, {name: file for name, file in parts.items()
                                     if not name.endswith(".h")}))
    for header in sorted(os.listdir(source)):
        if not header.endswith(".h"):
            continue
        with open(os.path.join(source, header), encoding="utf-8") as f:
            files[header], bodies = split_header(f.read())
        if header in parts:
            files[parts[header]] += bodies
        elif "{" in bodies:
            files[header[:-2] + "_bodies.c"] = "\n".join(
                [*defines, f'#include "{header}"', bodies])
    publish(files)
    for name, content in files.items():
        with open(os.path.join(folder, name), "w", encoding="utf-8") as f:
            f.write(content)
    commands = [{"directory": folder, "file": name,
                 "arguments": ["cc", "-std=gnu11",
                               "-I" + os.path.join(corpus, "include"), name]}
                for name in sorted(files) if name.endswith(".c")]
    with open(os.path.join(folder, "compile_commands.json"), "w",
              encoding="utf-8") as f:
        json.dump(commands, f)
