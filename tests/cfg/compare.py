#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Holds pincheck's lowering against clang's own control flow graph.

Reads the text of clang's debug.DumpCFG and of `pincheck dump --after=lower`
for the same unit, and walks both graphs of each function in lock step, as
automata over calls, members, dereferences, elements, assignments, returns,
asm and cleanups, and over true/false, switch, asm goto, computed goto, exit
and noreturn edges. Says which functions differ, and where.

What differs for a reason that is not the lowering's is an artefact; each kind
has a name, a reason and a test of its own in ARTEFACTS.

With --inject FAULT the lowered graph is damaged first, and the walk has to
notice each damage.
"""

import argparse
import re
import sys

REF = r"\[B\d+\.\d+\]"
PAREN_REF = re.compile(r"^\(*(\[B\d+\.\d+\])\)*$")
ASSIGN_OPS = "<<=|>>=|[-+*/%&|^]=|="


class Malformed(Exception):
    """One of the two texts is not what it should be."""


# --------------------------------------------------------------------------
# A graph, the same for both sides


class Block:
    """Tokens in order, and the jump at the end; label: the C label.

    kind: goto, branch, switch, asm-goto, indirect, exit, noreturn.
    succ: names of blocks; for a branch: true, false; for a switch: the cases
    in the order of the source, then default.  None: clang pruned the edge.
    """

    __slots__ = ("tokens", "kind", "succ", "of", "cases", "where", "label")

    def __init__(self):
        self.tokens = []
        self.kind = "goto"
        self.succ = []
        self.of = None
        self.cases = []
        self.where = ""
        self.label = None


class Function:
    __slots__ = ("name", "entry", "blocks", "place", "notes", "is_void")

    def __init__(self, name):
        self.name = name
        self.entry = None
        self.blocks = {}
        self.place = ""
        self.notes = set()
        self.is_void = False


# --------------------------------------------------------------------------
# clang's side


def strip_nested(text):
    """The text without strings and all that stands in brackets."""
    text = re.sub(r'"(?:\\.|[^"\\])*"', "", text)
    text = re.sub(r"'(?:\\.|[^'\\])*'", "", text)
    out, depth = [], 0
    for c in text:
        if c in "([{":
            depth += 1
        elif c in ")]}":
            depth -= 1
        elif depth == 0:
            out.append(c)
    return "".join(out)


def strip_parens(text):
    """Without the parentheses around all of it."""
    while text.startswith("(") and text.endswith(")"):
        depth = 0
        for i, c in enumerate(text):
            depth += (c == "(") - (c == ")")
            if depth == 0:
                break
        if i != len(text) - 1:
            break
        text = text[1:-1].strip()
    return text


CAST = re.compile(r"^(.*) \((\w+CastExpr), (\w+), .*\)$", re.S)
MEMBER = re.compile(r"^\(*" + REF + r"\)*(->|\.)?(\w*)$")
CALL = re.compile(r"^(\(*" + REF + r"\)*)\((.*)\)$", re.S)
ASSIGN = re.compile(r"^\(*" + REF + r"\)* (" + ASSIGN_OPS + r") ")
STEP = re.compile(r"^(?:(\+\+|--)\(*" + REF + r"\)*|\(*" + REF +
                  r"\)*(\+\+|--))$")
INDEX = re.compile(r"^\(*" + REF + r"\)*\[.*\]$", re.S)
DEREF = re.compile(r"^\*\(*(" + REF + r")\)*$")
CLEANUP = re.compile(r"^CleanupFunction \((\w+)\)$")
LAST_REF = re.compile(REF)
ZERO = re.compile(r"0[UuLl]*|0x0+[UuLl]*|'\\x00'|'\\0'|false|\(void \*\)0")
ATOMIC = re.compile(r"^(__(?:c11_)?atomic_\w+)\(")
ASM_GOTO = re.compile(r"asm (?:volatile )?goto\b")


def generic_base(text):
    """(_Generic(...))->x with a mere name for the parentheses."""
    m = re.match(r"^(\(+_Generic\(.*\))((?:->|\.)\w+)$", text, re.S)
    return "[B0.0]" + m.group(2) if m else text


class ClangFunction:
    """Elements by their names, so that operands can be followed."""

    def __init__(self):
        self.elements = {}
        self.function_places = set()

    def add(self, ref, text):
        self.elements[ref] = text
        m = CAST.match(text)
        if m and m.group(3) == "FunctionToPointerDecay":
            inner = PAREN_REF.match(m.group(1))
            if inner:
                self.function_places.add(inner.group(1))

    def operand(self, text):
        """The element that a text in parentheses and casts stands for."""
        text = strip_parens(text)
        return self.elements.get(text) if re.fullmatch(REF, text) else None

    def callee(self, text):
        """A function's name, or * for a call through a pointer."""
        ref = None
        for _ in range(100):
            if re.fullmatch(r"\w+", text):
                return text
            text = re.sub(r"^[&*]", "", strip_parens(text))
            if ref and re.fullmatch(r"\{ \.\.\. ;\s*\}", text):
                text = "[%s.%d]" % (ref[0], ref[1] - 1)
            m = CAST.match(text)
            name = strip_parens(strip_cast(m.group(1)) if m else text)
            inner = self.operand(name)
            if inner is None or (m and m.group(3) == "LValueToRValue"):
                return "*"
            ref = re.match(r"\[(B\d+)\.(\d+)\]", name)
            ref = (ref.group(1), int(ref.group(2)))
            text = inner
        return "*"

    def token(self, ref, text):
        """What the element does that the walk is about, or None."""
        if CAST.match(text):
            return None
        if text.endswith(";"):
            return self.statement(text)
        m = CLEANUP.match(text)
        if m:
            return ("cleanup", m.group(1))
        m = MEMBER.match(text) or MEMBER.match(generic_base(text))
        if m:
            named = m.group(2) and (m.group(1) or m.group(2))
            return ("member", m.group(2)) if named else None
        m = STEP.match(text)
        if m:
            return ("assign", (m.group(1) or m.group(2))[0])
        m = ASSIGN.match(text)
        if m:
            return ("assign", m.group(1)[:-1])
        m = ATOMIC.match(text)
        if m:
            return ("call", m.group(1))
        if INDEX.match(text):
            return ("index", "")
        if DEREF.match(text):
            return None if ref in self.function_places else ("deref", "")
        m = CALL.match(text)
        if m:
            return ("call", self.callee(m.group(1)))
        return None

    @staticmethod
    def statement(text):
        if re.match(r"return\b", text):
            return ("return", "" if text == "return;" else "value")
        if re.match(r"asm\b", text):
            return ("asm", "")
        bare = strip_nested(text.replace("__attribute__", ""))
        if "=" not in bare or re.search(r"\b(static|extern|typedef)\b",
                                        bare.split("=")[0]):
            return None
        return ("init", declared_name(text, bare.split("=")[0]))

    def is_zero(self, text):
        """A literal 0 under casts: what the lowering peels with == and !=."""
        for _ in range(100):
            text = strip_parens(text)
            if ZERO.fullmatch(text):
                return True
            m = CAST.match(text)
            inner = self.operand(strip_cast(m.group(1)) if m else text)
            if inner is None:
                return bool(m) and strip_cast(m.group(1)) == "0"
            text = inner
        return False

    def swapped(self, ref):
        """Does the lowering, which branches on what is under ! and == 0,
        have the edges of this condition the other way round?"""
        turned = False
        text = self.elements.get(ref, "")
        for _ in range(1000):
            text = strip_parens(text)
            m = CAST.match(text)
            if m:
                text = self.operand(strip_cast(m.group(1))) or ""
                continue
            if re.fullmatch(REF, text):
                text = self.elements.get(text, "")
                continue
            m = re.match(r"^!(.*)$", text, re.S)
            if m:
                turned = not turned
                text = m.group(1)
                continue
            m = re.match(r"^(?:__extension__ ?|\+)(.*)$", text, re.S)
            if m and not text.startswith("++"):
                text = m.group(1)
                continue
            m = (re.match(r"^\{ \.\.\. ; (.*) \}$", text, re.S) or
                 re.match(r"^\.\.\. , (.*)$", text, re.S))
            if m:
                text = m.group(1)
                continue
            side, op = self.comparison(text)
            if op is None:
                return turned
            if side is None:
                return False  # the negation went into the comparison
            turned ^= op == "=="
            text = side
        raise Malformed("a condition without an end")

    def comparison(self, text):
        """(operand, op) of a comparison with 0; (None, op) of another one;
        (None, None) of anything else."""
        m = re.match(r"^(\(*" + REF + r"\)*) (==|!=|<|>|<=|>=) (\(*" + REF +
                     r"\)*)$", text)
        if not m:
            return None, None
        a, op, b = m.groups()
        if op in ("==", "!="):
            if self.is_zero(b):
                return a, op
            if self.is_zero(a):
                return b, op
        return None, op


def strip_cast(text):
    """(T)x without its (T): the parentheses in front, if any."""
    text = text.strip()
    if not text.startswith("("):
        return text
    depth = 0
    for i, c in enumerate(text):
        depth += (c == "(") - (c == ")")
        if depth == 0:
            break
    rest = text[i + 1:].strip()
    return rest if rest else text


FUNCTION_POINTER = re.compile(r"\(\*\s*(?:const |volatile )*(\w+)"
                              r"(?:\[[^]]*\])?\)\s*\(")


def declared_name(text, bare):
    """int *x[3] and int (*x)(void) both declare x."""
    words = re.findall(r"\w+", bare)
    m = FUNCTION_POINTER.search(text.split(" = ")[0])
    if m and (len(words) < 2 or words[-1] in TYPE_WORDS):
        return m.group(1)
    return words[-1] if words else ""


TYPE_WORDS = {"int", "long", "void", "char", "short", "unsigned", "signed",
              "bool", "_Bool", "size_t", "ssize_t", "u8", "u16", "u32", "u64",
              "const"}

BLOCK_HEAD = re.compile(r"^ \[B(\d+)( \(.*\))?\]$")
ELEMENT = re.compile(r"^ {1,3}(\d+): (.*)$", re.S)
TERMINATOR = re.compile(r"^   T: (.*)$", re.S)
LABEL = re.compile(r"^  (\w+):$")
SUCCS = re.compile(r"^   Succs \(\d+\):(.*)$", re.S)
PREDS = re.compile(r"^   Preds \(\d+\):")


class ClangReader:
    """Reads one dump; gives Functions."""

    def __init__(self, lines, names):
        self.lines = lines
        self.names = names

    def function_name(self, header):
        """The declared name: the identifier in front of the parameters."""
        header = re.sub(r"__attribute__\(\((?:[^()]|\([^()]*\))*\)\)", "",
                        header)
        for m in re.finditer(r"(\w+)\(", header):
            if m.group(1) in self.names:
                return m.group(1)
        m = re.search(r"(\w+)\(", header)
        return m.group(1) if m else header

    def functions(self):
        header, body = None, []
        for line in self.lines:
            if BLOCK_HEAD.match(line) and " (ENTRY)" in line:
                if header is None:
                    raise Malformed("a graph without a head")
                body = [line]
                for text in self.lines:
                    body.append(text)
                    if text.startswith(" [B0 (EXIT)]"):
                        break
                yield header, body
                header = None
            elif line and not line.startswith("   "):
                header = line if header is None or not line.startswith(
                    " ") else header


def logical_lines(body):
    """Joins the lines of elements that go over several."""
    expected, out = 1, []
    for line in body:
        m = ELEMENT.match(line)
        if BLOCK_HEAD.match(line):
            expected = 1
            out.append(line)
        elif m and int(m.group(1)) == expected:
            expected += 1
            out.append(line)
        elif (TERMINATOR.match(line) or SUCCS.match(line) or
              PREDS.match(line)):
            out.append(line)
        elif re.match(r"^  \S.*:$", line) and expected == 1:
            out.append(line)  # a label
        elif out:
            out[-1] += "\n" + line
    return out


def read_succ(text):
    """Names of the successors; None for those that are pruned."""
    out = []
    for word in text.split():
        if word == "NULL" or word.endswith("(Unreachable)"):
            out.append(None)
        else:
            out.append(word)
    return out


def without_doubles(succ):
    return list(dict.fromkeys(succ))


def clang_jump(f, block, term, succ):
    """Fills kind and succ from the terminator's text."""
    if term is None:
        block.succ = [s for s in succ if s is not None]
    elif term.startswith("static init"):
        block.succ = succ[:1]
    elif term.startswith("switch "):
        block.kind = "switch"
        block.succ = succ[-2::-1] + succ[-1:]
    elif ASM_GOTO.match(term):
        block.tokens.append(("asm", ""))
        block.kind = "asm-goto"
        block.succ = without_doubles(succ)
    elif term.startswith(("goto *", "break", "continue", "goto ")):
        block.succ = succ
    elif re.match(r"for \(.*;\s*;.*\)$", term):
        block.succ = succ[:1]
    else:
        branch(f, block, term, succ)


def branch(f, block, term, succ):
    refs = LAST_REF.findall(term)
    if len(succ) != 2 or not refs:
        raise Malformed("terminator: " + term)
    alive = [s for s in succ if s is not None]
    if len(alive) < 2:
        block.succ = alive
        return
    block.kind = "branch"
    block.succ = succ[::-1] if f.swapped(refs[-1]) else succ
    block.of = ("&&" if term.endswith("&& ...") else
                "||" if term.endswith("|| ...") else
                "?:" if term.endswith("? ... : ...") else term.split()[0])


def read_clang(header_name, body):
    """One function of clang's dump as a Function."""
    f, out = ClangFunction(), Function(header_name)
    raw, current = [], None
    for line in logical_lines(body):
        m = BLOCK_HEAD.match(line)
        if m:
            current = ["B" + m.group(1), m.group(2) or "", [], None, [],
                       None]
            raw.append(current)
            continue
        m = ELEMENT.match(line)
        if m:
            ref = "[%s.%s]" % (current[0], m.group(1))
            text = m.group(2).strip()
            f.add(ref, text)
            current[2].append((ref, text))
            continue
        m = LABEL.match(line)
        if m:
            current[5] = m.group(1)
            continue
        m = TERMINATOR.match(line)
        if m:
            current[3] = m.group(1).strip()
        m = SUCCS.match(line)
        if m:
            current[4] = read_succ(m.group(1))
    for name, mark, elements, term, succ, label in raw:
        block = Block()
        block.label = label
        out.blocks[name] = block
        for ref, text in elements:
            token = f.token(ref, text)
            if token:
                block.tokens.append(token)
        if "EXIT" in mark:
            block.kind = "exit"
        elif "NORETURN" in mark:
            block.kind = "noreturn"
        elif "INDIRECT" in mark:
            block.kind = "indirect"
            block.succ = [s for s in succ if s is not None]
        else:
            clang_jump(f, block, term, succ)
        if "ENTRY" in mark:
            out.entry = name
    return out


# --------------------------------------------------------------------------
# pincheck's side

FUNC = re.compile(r"^func (\S+)(.*?)  @(.*)$")
OUR_BLOCK = re.compile(r"^ (B\d+):(?: loop)?(?: \((\w+)\))?$")
EVENT = re.compile(r"^  +(\d+) (.*?)  @(\S+)(?: \[\w+\])?$", re.S)
ACCESS = re.compile(r"^(?:read|write|update|address)(\*|\[\])? (.*)$", re.S)
OWNER = re.compile(r" \((.*)\.(\w+)(, bit-field)?\)( once)?$")
OUR_ASSIGN = re.compile(r"^(init|assign) (.*?) (<<|>>|[-+*/%&|^])?= (.*)$",
                        re.S)
CALLED = re.compile(r"^(?:call|cleanup) (.*)$", re.S)


def our_access(text):
    m = ACCESS.match(text)
    if not m:
        return None
    if m.group(1) == "*":
        return ("deref", "")
    if m.group(1) == "[]":
        return ("index", "")
    owner = OWNER.search(text)
    return ("member", owner.group(2)) if owner else None


def our_assign(text, after_asm):
    """None for what the lowering itself adds: temporaries, the values of
    asm, the members of an initialised variable."""
    m = OUR_ASSIGN.match(text)
    what, place, op, value = m.groups()
    if re.match(r"^#\d+" + ("" if what == "init" else "$"), place):
        return None
    if after_asm and re.fullmatch(r"\?\d+", value):
        return None
    if what == "init":
        return ("init", place) if re.fullmatch(r"\w+", place) else None
    return ("assign", op or "")


def our_callee(text):
    m = re.match(r"^(\w+)\(", text)
    return m.group(1) if m else "*"


def our_token(text, after_asm):
    word = text.split(" ")[0].split("(")[0]
    if word in ("init", "assign"):
        return our_assign(text, after_asm)
    if word == "call":
        name = our_callee(CALLED.match(text).group(1))
        return ("call", name)
    if word == "cleanup":
        return ("cleanup", our_callee(CALLED.match(text).group(1)))
    if word == "asm":
        return ("asm", "")
    if word == "return":
        return ("return", "value" if text != "return" else "")
    return our_access(text)


def our_jump(block, text):
    m = re.match(r"^(goto|asm-goto|indirect|exit|noreturn)\b(.*)$", text)
    if m and not text.startswith("indirect "):
        block.kind = m.group(1)
        block.succ = re.findall(r"B\d+", m.group(2))
        return
    m = re.match(r"^(branch|switch|indirect) .* -> ?(.*?)"
                 r"(?: <(.*?)>)?  @(\S+)(?: \[\w+\])?$", text, re.S)
    if not m:
        raise Malformed("jump: " + text)
    block.kind, targets, block.of, block.where = m.groups()
    if block.kind == "switch":
        block.cases = re.findall(r"(\S+):B\d+", targets)
        block.succ = re.findall(r":(B\d+)", targets)
    else:
        block.succ = targets.split()


def returned(token, is_void):
    """A void function may return an expression of void."""
    return ("return", "") if token[0] == "return" and is_void else token


def read_ours(lines):
    """All functions of a dump by name, and the skipped ones."""
    functions, skipped = {}, {}
    f = block = None
    after_asm = False
    for line in lines:
        m = FUNC.match(line)
        if m:
            f = Function(m.group(1))
            f.place = m.group(3)
            f.notes = set(m.group(2).split())
            functions[f.name] = f
            continue
        if line.startswith("skip "):
            m = re.match(r"^skip (\S+) (\S+): (.*)$", line)
            skipped[m.group(2)] = m.group(3)
            continue
        if line.startswith("  returns void") and f:
            f.is_void = True
            continue
        m = OUR_BLOCK.match(line)
        if m and f:
            block = f.blocks[m.group(1)] = Block()
            block.label = m.group(2)
            f.entry = f.entry or m.group(1)
            after_asm = False
            continue
        m = EVENT.match(line)
        if m and block is not None:
            token = our_token(m.group(2), after_asm)
            after_asm = (after_asm and token is None) or (
                token is not None and token[0] == "asm")
            if token:
                block.tokens.append(token)
            continue
        if block is not None and line.startswith("        "):
            our_jump(block, line.strip())
    return functions, skipped


# --------------------------------------------------------------------------
# The walk


def settle(f, block, index):
    """On to the next token or jump that means something. A loop of nothing
    is a place of its own."""
    seen = set()
    while True:
        b = f.blocks[block]
        if index < len(b.tokens) or b.kind != "goto" or not b.succ:
            return block, index
        if block in seen:
            return "empty loop", 0
        seen.add(block)
        block, index = b.succ[0], 0


class Difference(Exception):
    pass


def at(f, state):
    """(kind, detail, successor states) of a settled state."""
    block, index = state
    if block == "empty loop":
        return "empty loop", "", []
    b = f.blocks[block]
    if index < len(b.tokens):
        return "token", b.tokens[index], [settle(f, block, index + 1)]
    if b.kind == "goto":
        return "noreturn", "", []
    next_ = [settle(f, s, 0) for s in b.succ if s is not None]
    if b.kind == "switch" and len(next_) == 1:
        return at(f, next_[0])
    if b.kind == "asm-goto":
        next_ = without_doubles(next_)
    return b.kind, "", next_


def drop_nowhere(f, states):
    """A switch over all of an enum has no default in clang's graph, and one
    that leads to an empty noreturn block in ours."""
    out = list(states)
    if out:
        block, _ = out[-1]
        b = f.blocks.get(block)
        if b and b.kind == "noreturn" and not b.tokens:
            out.pop()
    return out


def signature(f, block, state):
    """The label of a target, or what comes next on the one way from it: the
    two sides have the targets of a computed goto in different order."""
    out = [f.blocks[block].label or ""]
    while len(out) < 20:
        kind, detail, next_ = at(f, state)
        out.append((kind, detail))
        if kind != "token":
            break
        state = next_[0]
    return out


def in_order(f, state):
    """The targets of a computed goto."""
    succ = f.blocks[state[0]].succ
    return [settle(f, s, 0) for s in sorted(
        succ, key=lambda s: signature(f, s, settle(f, s, 0)))]


def compare(clang, ours, both_ours=False):
    """Raises Difference at the first place where they part."""
    start = (settle(clang, clang.entry, 0), settle(ours, ours.entry, 0))
    todo, seen = [start], {start}
    while todo:
        a, b = todo.pop()
        kind_a, detail_a, next_a = at(clang, a)
        kind_b, detail_b, next_b = at(ours, b)
        if kind_a == "token" and ours.is_void:
            detail_a = returned(detail_a, True)
        if kind_a == "switch":
            next_b = drop_nowhere(ours, next_b)
            if both_ours:
                next_a = drop_nowhere(clang, next_a)
        if kind_a == kind_b == "indirect":
            next_a = in_order(clang, a)
            next_b = in_order(ours, b)
        if kind_a != kind_b or detail_a != detail_b or (
                len(next_a) != len(next_b)):
            raise Difference("%s %s %s(%d) | %s %s %s(%d)" % (
                "%s:%d" % a, kind_a, detail_a, len(next_a),
                "%s:%d" % b, kind_b, detail_b, len(next_b)))
        for pair in zip(next_a, next_b):
            if pair not in seen:
                seen.add(pair)
                todo.append(pair)


# --------------------------------------------------------------------------
# Artefacts: (name, reason, test(clang's function, ours, difference))

ARTEFACTS = []


def explain(clang, ours, difference):
    for name, _, test in ARTEFACTS:
        if test(clang, ours, difference):
            return name
    return None


# --------------------------------------------------------------------------
# Faults. Each yields damaged copies of a function.


def copy(f):
    g = Function(f.name)
    g.entry, g.place, g.notes = f.entry, f.place, f.notes
    g.is_void = f.is_void
    for name, b in f.blocks.items():
        c = Block()
        c.tokens, c.kind, c.succ = list(b.tokens), b.kind, list(b.succ)
        c.of, c.cases, c.where = b.of, b.cases, b.where
        c.label = b.label
        g.blocks[name] = c
    return g


def with_succ(f, name, succ):
    g = copy(f)
    g.blocks[name].succ = succ
    return g


def order(name):
    return int(name[1:])


def swap_edges(f):
    for name, b in f.blocks.items():
        if b.kind == "branch":
            yield name, with_succ(f, name, b.succ[::-1])


def and_or(f):
    """a && b as a || b: the false edge of a goes on to b, the true one to
    where the whole is true."""
    for name, b in f.blocks.items():
        if b.kind != "branch" or b.of not in ("&&", "||"):
            continue
        is_and = b.of == "&&"
        rest = b.succ[0] if is_and else b.succ[1]
        if rest not in f.blocks or f.blocks[rest].kind != "branch":
            continue
        other = f.blocks[rest].succ
        yield name, with_succ(f, name, [other[0], rest] if is_and else
                              [rest, other[1]])


def lost_else(f):
    """if (x) a; else b; as if (x) a; -- the false edge skips b."""
    for name, b in f.blocks.items():
        if b.kind != "branch" or b.of != "if":
            continue
        yes, no = (f.blocks[s] for s in b.succ)
        if (yes.kind == "goto" and no.kind == "goto" and no.tokens and
                yes.succ == no.succ and b.succ[1] not in yes.succ):
            yield name, with_succ(f, name, [b.succ[0], no.succ[0]])


def goto(f):
    """A jump forward lands one block too far."""
    names = sorted(f.blocks, key=order)
    for name, b in f.blocks.items():
        if b.kind != "goto" or not b.succ or order(b.succ[0]) <= order(name):
            continue
        i = names.index(b.succ[0])
        if i + 1 < len(names):
            yield name, with_succ(f, name, [names[i + 1]])


def continue_(f):
    """A jump back leaves the loop instead."""
    for name, b in f.blocks.items():
        if b.kind != "goto" or not b.succ or order(b.succ[0]) > order(name):
            continue
        head = f.blocks[b.succ[0]]
        outside = [s for s in head.succ if order(s) > order(name)]
        if outside:
            yield name, with_succ(f, name, outside[:1])


def fallthrough(f):
    """A case that falls into the next one leaves the switch instead."""
    for b in list(f.blocks.values()):
        if b.kind != "switch":
            continue
        cases = set(b.succ[:-1])
        for name, c in f.blocks.items():
            if (c.kind == "goto" and c.succ and c.succ[0] in cases and
                    c.succ[0] != b.succ[-1]):
                yield name, with_succ(f, name, [b.succ[-1]])


FAULTS = {
    "swap-edges": swap_edges,
    "and-or": and_or,
    "lost-else": lost_else,
    "goto": goto,
    "continue": continue_,
    "fallthrough": fallthrough,
}


def reachable(f):
    seen, todo = {f.entry}, [f.entry]
    while todo:
        for s in f.blocks[todo.pop()].succ:
            if s is not None and s not in seen:
                seen.add(s)
                todo.append(s)
    return seen


def same_language(f, g):
    """Is the damage none, because both ways lead to the same?"""
    try:
        compare(f, g, True)
    except Difference:
        return False
    return True


# --------------------------------------------------------------------------


# What the kernel's macros number by __COUNTER__; the lowering drops the number.
NUMBERED = re.compile(r"\b(__UNIQUE_ID_\w*?|__compiletime_assert_)\d+\b")


def read_lines(path):
    with open(path, encoding="utf-8", errors="replace") as f:
        return NUMBERED.sub(r"\1", f.read()).split("\n")


class Result:
    def __init__(self):
        self.identical = []
        self.different = []
        self.explained = {}
        self.missing = []
        self.skipped = []
        self.noticed = self.unnoticed = self.neutral = 0
        self.misses = []
        self.seen = 0     # functions of clang's
        self.faults = {}  # of tests/cfg/run: the Result of each fault


def pairs(clang_path, our_path, result, main_only):
    functions, skipped = read_ours(read_lines(our_path))
    names = set(functions) | set(skipped)
    reader = ClangReader(iter(read_lines(clang_path)), names)
    for header, body in reader.functions():
        name = reader.function_name(header)
        result.seen += 1
        if name in functions:
            if main_only and "header" in functions[name].notes:
                continue
            yield read_clang(name, body), functions[name]
        elif name in skipped:
            result.skipped.append((name, skipped[name]))
        else:
            result.missing.append(name)


def check(clang, ours, result):
    try:
        compare(clang, ours)
    except (Difference, KeyError, Malformed) as e:
        kind = explain(clang, ours, e)
        if kind:
            result.explained.setdefault(kind, []).append(ours.name)
        else:
            result.different.append((ours, str(e)))
        return False
    result.identical.append(ours.name)
    return True


def inject(clang, ours, fault, result):
    alive = reachable(ours)
    for name, damaged in FAULTS[fault](ours):
        if name not in alive:
            continue
        if same_language(ours, damaged):
            result.neutral += 1
            continue
        try:
            compare(clang, damaged)
        except Difference:
            result.noticed += 1
            continue
        result.unnoticed += 1
        result.misses.append((ours.name, name))


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--inject", choices=sorted(FAULTS))
    parser.add_argument("--main-only", action="store_true",
                        help="functions of the main file only")
    parser.add_argument("--function", help="only this one")
    parser.add_argument("--quiet", action="store_true")
    parser.add_argument("clang", help="text of debug.DumpCFG")
    parser.add_argument("ours", help="text of pincheck dump --after=lower")
    args = parser.parse_args()
    result = Result()

    for clang, ours in pairs(args.clang, args.ours, result, args.main_only):
        if args.function and ours.name != args.function:
            continue
        if check(clang, ours, result) and args.inject:
            inject(clang, ours, args.inject, result)
    return report(args, result)


def report(args, r):
    compared = (len(r.identical) + len(r.different) +
                sum(map(len, r.explained.values())))
    print("compared %d identical %d different %d explained %d skipped %d "
          "missing %d" % (compared, len(r.identical), len(r.different),
                          sum(map(len, r.explained.values())),
                          len(r.skipped), len(r.missing)))
    if not args.quiet:
        for ours, text in r.different:
            print("different: %s (%s): %s" % (ours.name, ours.place, text))
        for name, reason in r.skipped:
            print("skipped: %s: %s" % (name, reason))
        for name in r.missing:
            print("missing: " + name)
    for name, reason, _ in ARTEFACTS:
        for function in r.explained.get(name, []):
            print("explained: %s: %s: %s" % (function, name, reason))
    if args.inject:
        print("inject %s: noticed %d unnoticed %d without effect %d" % (
            args.inject, r.noticed, r.unnoticed, r.neutral))
        for function, block in r.misses:
            print("unnoticed: %s %s" % (function, block))
        return 1 if r.unnoticed else 0
    return 1 if r.different or r.missing else 0


if __name__ == "__main__":
    sys.exit(main())
