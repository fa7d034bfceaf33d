# SPDX-License-Identifier: GPL-2.0-only
"""The C dialect of litmus tests: parsed, turned into a replay, judged.

A test is a title, an init block, threads P0, P1, ..., and a condition on what
registers and shared locations hold at the end. It becomes one C file on
replay.h, in which the threads are kept word for word.

Not understood, and said so by Unsupported: arrays and structures, registers
with a start value, return, plain accesses inside larger expressions.
"""

import re

MEMORIES = ("sc", "tso", "pso", "arm")
# Each value of an outcome has its byte in a u64; see explore.c.
MAX_VALUES = 8
FIRST_PLACE = 128


class Unsupported(Exception):
    """The test cannot be expressed; the text says why."""


# --------------------------------------------------------------------------
# Parsing


class Cursor:
    """What is left of a text outside of the threads, comments skipped."""

    SPACE = re.compile(r"(?:\s|//[^\n]*|/\*.*?\*/|\(\*.*?\*\))*", re.S)

    def __init__(self, text):
        self.text = text
        self.at = 0
        self.skip()

    def skip(self):
        self.at = self.SPACE.match(self.text, self.at).end()

    def take(self, pattern):
        """The match of pattern here, or None."""
        match = re.compile(pattern).match(self.text, self.at)
        if match:
            self.at = match.end()
            self.skip()
        return match

    def need(self, pattern, what):
        match = self.take(pattern)
        if not match:
            line = self.text.count("\n", 0, self.at) + 1
            raise Unsupported(f"line {line}: {what} expected")
        return match

    def block(self):
        """What stands between { and its }; in it all is C."""
        start = self.at
        self.need(r"\{", "'{'")
        depth = 0
        for brace in re.compile(r"[{}]").finditer(self.text, start):
            depth += 1 if brace[0] == "{" else -1
            if depth == 0:
                self.at = brace.end()
                self.skip()
                return self.text[start + 1:brace.start()]
        raise Unsupported("a '{' is not closed")


class Thread:
    """params: (type of what it points to, name) each; line: of its {"""

    def __init__(self, params, body, line):
        self.params = params
        self.body = body
        self.line = line


class Test:
    """places: name -> (type, initialiser or None) of the shared locations.

    keyword: exists, ~exists or forall; condition and filter: see condition();
    values: the registers "0:r1" and locations "x" that an outcome holds;
    result: Never, Sometimes, Always or None; memories: the value of the line
    "Memories:", or None.
    """

    def __init__(self, path, text):
        self.path = path
        self.result = header_field(text, "Result")
        memories = header_field(text, "Memories")
        self.memories = memories and memories.replace("none", "").split()
        cursor = Cursor(text)
        self.name = cursor.need(r"C[ \t]+(\S+)[^\n]*", "'C NAME'")[1]
        cursor.take(r'"[^"]*"')
        init = cursor.block()
        self.threads = []
        while cursor.take(rf"P{len(self.threads)}\s*\("):
            self.threads.append(thread(cursor))
        self.places = places(init, self.threads)
        listed = cursor.take(r"locations\s*\[([^]]*)\]")
        self.filter = condition(cursor) if cursor.take(r"filter\b") else None
        self.keyword = cursor.need(r"~\s*exists|exists|forall", "'exists'")[0]
        self.condition = condition(cursor)
        cursor.need(r"\Z", "the end")
        names = set(names_of(self.condition) + names_of(self.filter))
        names.update(re.findall(r"[\w:]+", listed[1]) if listed else ())
        self.values = sorted(names)
        if len(self.values) > MAX_VALUES:
            raise Unsupported(f"an outcome of more than {MAX_VALUES} values")


def header_field(text, name):
    match = re.search(rf"^[ *]*{name}:[ \t]*(.*?)[ \t]*$", text, re.M)
    return match and match[1]


def thread(cursor):
    params = []
    for param in cursor.need(r"([^)]*)\)", "')'")[1].split(","):
        match = re.fullmatch(r"\s*([\w\s]+?[\s*]*)\*\s*(\w+)\s*", param)
        if not match:
            raise Unsupported(f"parameter '{param.strip()}'")
        params.append((match[1].strip(), match[2]))
    line = cursor.text.count("\n", 0, cursor.at) + 1
    return Thread(params, plain_accesses(cursor.block()), line)


def plain_accesses(body):
    """The body with *x = v and r = *x as the runtime has them."""
    if re.search(r"\breturn\b", body):
        raise Unsupported("return")
    body = re.sub(r"^(\s*)\*(\w+)\s*=([^=;][^;]*);", r"\1WRITE(*\2,\3);", body,
                  flags=re.M)
    body = re.sub(r"=\s*\*(\w+)\s*;", r"= READ(*\1);", body)
    rest, calls = body, 1
    while calls:
        rest, calls = re.subn(r"\b(?!if\b|while\b)\w+\([^()]*\)", "", rest)
    rest = re.sub(r"//[^\n]*|/\*.*?\*/", "", rest, flags=re.S)
    rest = re.sub(r"\b(int|long|struct \w+)\s*\*+", "", rest)
    match = re.search(r"\*\s*\w+|\w+\s*(->|\[)", rest)
    if match:
        raise Unsupported(f"plain access '{match[0]}'")
    return body


def places(init, threads):
    """As Test.places: of the init block first, in its order."""
    out = {}
    types = {name: kind for t in threads for kind, name in t.params}
    init = re.sub(r"//[^\n]*|/\*.*?\*/|\(\*.*?\*\)", "", init, flags=re.S)
    for entry in filter(None, map(str.strip, init.split(";"))):
        match = re.fullmatch(r"(?:([\w\s]+?[\s*]*)\b)?(\w+)(?:\s*=\s*(.*))?",
                             entry)
        if not match:
            raise Unsupported(f"init '{entry}'")
        kind, name, value = match.groups()
        out[name] = (kind or types.get(name, "int")).strip(), value
    for name, kind in types.items():
        out.setdefault(name, (kind, None))
    # A location may be named only as the start value of a pointer.
    for _, value in list(out.values()):
        if value and re.fullmatch(r"&?\s*[a-zA-Z_]\w*", value):
            out.setdefault(value.strip("& "), ("int", None))
    return out


# Conditions are nested tuples: ("and" | "or", a, b), ("not", a), ("true",),
# ("=", NAME, VALUE), where a VALUE is a number or the address "&x".


def condition(cursor):
    left = conjunction(cursor)
    while cursor.take(r"\\/"):
        left = ("or", left, conjunction(cursor))
    return left


def conjunction(cursor):
    left = atom(cursor)
    while cursor.take(r"/\\"):
        left = ("and", left, atom(cursor))
    return left


def atom(cursor):
    if cursor.take(r"~|not\b"):
        return ("not", atom(cursor))
    if cursor.take(r"\("):
        inner = condition(cursor)
        cursor.need(r"\)", "')'")
        return inner
    if cursor.take(r"true\b"):
        return ("true",)
    name = cursor.need(r"(?:P?(\d+)\s*:\s*)?(\w+)", "a register or location")
    name = f"{name[1]}:{name[2]}" if name[1] else name[2]
    relation = cursor.need(r"!=|==?", "'='")[0]
    value = cursor.need(r"&?(-?\w+)", "a value")[1]
    test = ("=", name, int(value, 0) if re.match(r"-?\d", value)
            else "&" + value)
    return ("not", test) if relation == "!=" else test


def names_of(tree):
    """The registers and locations that a condition speaks of."""
    if tree is None or tree[0] == "true":
        return []
    if tree[0] == "=":
        return [tree[1]]
    return [name for part in tree[1:] for name in names_of(part)]


def holds(tree, state):
    """Does the condition hold for what the names hold?"""
    if tree[0] == "=":
        # NULL and the number are the same.
        return state[tree[1]] == tree[2]
    if tree[0] == "not":
        return not holds(tree[1], state)
    if tree[0] == "and":
        return holds(tree[1], state) and holds(tree[2], state)
    if tree[0] == "or":
        return holds(tree[1], state) or holds(tree[2], state)
    return True


# --------------------------------------------------------------------------
# The replay


def emit(test):
    """The C file of the test; see litmus.h for what it owes."""
    out = ["/* SPDX-License-Identifier: GPL-2.0-only */",
           '#include "litmus.h"', ""]
    out += declarations(test)
    out += [f"static u64 at_end[{MAX_VALUES}];", ""]
    for number, body in enumerate(test.threads):
        out += thread_lines(test, number, body)
    out += program_lines(test)
    return "\n".join(out) + "\n"


def declarations(test):
    out = []
    # Tentative definitions first: a start value may name any of them.
    for name, (kind, _) in test.places.items():
        out.append(f"static {kind} {name};")
    for name, (kind, value) in test.places.items():
        if value:
            if value in test.places:
                value = "&" + value
            out.append(f"static {kind} {name} = {value};")
    listed = ", ".join("&" + name for name in test.places)
    return out + [f"const void *const litmus_places[] = {{ {listed}, NULL }};"]


def thread_lines(test, number, body):
    params = ", ".join(f"{kind} *{name}" for kind, name in body.params)
    args = ", ".join("&" + name for _, name in body.params)
    registers = [f"\tat_end[{i}] = litmus_value((u64)({name[1]}));"
                 for i, value in enumerate(test.values)
                 for name in [value.split(":")]
                 if len(name) == 2 and int(name[0]) == number]
    path = test.path.replace("\\", "\\\\").replace('"', '\\"')
    return [f"static void P{number}({params})", "{",
            f'#line {body.line} "{path}"',
            body.body, *registers, "}", "",
            f"static void run_{number}(void *arg)", "{",
            f"\tP{number}({args});", "}", ""]


def program_lines(test):
    out = ["static void setup(void)", "{",
           "\tmemset(at_end, 0, sizeof(at_end));"]
    out += [f"\treplay_static({name});" for name in test.places]
    out += ["}", "", "static void at_rest(void)", "{"]
    for i, name in enumerate(test.values):
        if ":" not in name:
            if name not in test.places:
                raise Unsupported(f"no location '{name}'")
            member = ".counter" if "atomic" in test.places[name][0] else ""
            out.append(f"\tat_end[{i}] = "
                       f"litmus_value((u64)READ({name}{member}));")
    out += ["\tlitmus_end(at_end);", "}", "",
            "static const struct replay_thread threads[] = {"]
    out += [f'\t{{ "P{n}", run_{n}, NULL }},'
            for n in range(len(test.threads))]
    out += ["};", "", "const struct replay_program litmus_program = {",
            f'\t.name = "{test.name}",',
            "\t.setup = setup,", "\t.threads = threads,",
            f"\t.n_threads = {len(test.threads)},",
            "\t.at_rest = at_rest,", "};"]
    return out


def state_of(test, outcome):
    """What the names hold, of the number that a replay printed."""
    where = list(test.places)
    state = {}
    for i, name in enumerate(test.values):
        value = outcome >> 8 * i & 255
        state[name] = (value if value < FIRST_PLACE
                       else "&" + where[value - FIRST_PLACE])
    return state


# --------------------------------------------------------------------------
# The verdict


def observation(test, states):
    """Never, Sometimes or Always: how often the condition holds."""
    kept = [s for s in states if not test.filter or holds(test.filter, s)]
    good = sum(holds(test.condition, s) for s in kept)
    if not good:
        return "Never"
    return "Always" if good == len(kept) else "Sometimes"


def compare(result, seen):
    """agree, stronger or WEAKER, of what the file says and what was seen."""
    if result == seen:
        return "agree"
    return "stronger" if result == "Sometimes" else "WEAKER"
