# SPDX-License-Identifier: GPL-2.0-only
"""
C source as functions and statements with their places in the text, for the
mutations of bench/mutate.

Reads kernel style by its tokens, so that a loop macro is a loop and a macro
call a call. No types, no preprocessor: both sides of an #if are there, and
who cares compares what the compiler makes of them.
"""

import re

TOKEN = re.compile(r"""
    (?P<skip> \s+ | /\*.*?\*/ | //[^\n]* | ^[ \t]*\#(?:[^\n\\]|\\.)* )
  | (?P<word> [A-Za-z_]\w* )
  | (?P<number> [0-9][\w.]* )
  | (?P<string> "(?:[^"\\]|\\.)*" | '(?:[^'\\]|\\.)*' )
  | (?P<mark> ->|\+\+|--|<<=|>>=|<<|>>|<=|>=|==|!=|&&|\|\||[-+*/%&|^]=|\.\.\.|. )
""", re.X | re.S | re.M)

TYPES = set("""const static struct enum union unsigned int bool void long char
    u64 u32 pgoff_t loff_t gfp_t spinlock_t wait_queue_entry_t atomic_t
    uint DEFINE_WAIT ENTRY""".split())
JUMPS = {"return", "goto", "break", "continue", "fallthrough", "RETURN"}
CLOSING = {"(": ")", "[": "]", "{": "}"}


class Token:
    def __init__(self, kind, text, start):
        self.kind, self.text, self.start = kind, text, start
        self.end = start + len(text)


class Node:
    """
    A statement, or an operand of a condition.

    kind: call, assign, other, decl, jump, label, block, if, loop, do, switch,
    or operand. callee: the function of a statement that is a call. blocks:
    lists of statements inside. condition: the tokens of an if's or a loop's
    condition, operands: its parts, joined by joint. first and last: indices
    of its tokens; head: where the statement itself begins, see fold().
    """

    def __init__(self, source, kind, first):
        self.source, self.kind, self.first, self.last = source, kind, first, 0
        self.head, self.callee = first, None
        self.blocks, self.condition, self.operands = [], None, []
        self.joint, self.parent, self.siblings = None, None, None
        self.function = None

    @property
    def start(self):
        return self.source.tokens[self.first].start

    @property
    def end(self):
        return self.source.tokens[self.last].end

    @property
    def text(self):
        return self.source.text[self.start:self.end]

    @property
    def line(self):
        return self.source.text.count("\n", 0, self.start) + 1

    @property
    def words(self):
        return [t.text for t in self.tokens if t.kind == "word"]

    @property
    def tokens(self):
        return self.source.tokens[self.first:self.last + 1]

    @property
    def arguments(self):
        """The argument texts of a statement that is a call."""
        return self.source.arguments(self.head + 1)

    @property
    def condition_words(self):
        first, last = self.condition or (0, -1)
        return [t.text for t in self.source.tokens[first:last + 1]
                if t.kind == "word"]

    def walk(self):
        """The node, its operands, and the statements inside, in order."""
        yield self
        yield from self.operands
        for block in self.blocks:
            for s in block:
                yield from s.walk()


class Function:
    def __init__(self, name, parameters, body):
        self.name, self.parameters, self.body = name, parameters, body

    def walk(self):
        for s in self.body:
            yield from s.walk()


class Source:
    """A text; functions: of all that are defined in it, in order."""

    def __init__(self, text):
        self.text = text
        self.tokens = [Token(m.lastgroup, m.group(), m.start())
                       for m in TOKEN.finditer(text) if m.lastgroup != "skip"]
        self.tokens.append(Token("end", "", len(text)))
        self.functions = list(self._functions())

    def fold(self, selects):
        """
        Takes each "if (C) S;" for S where selects(C's words): whoever moves
        or drops S does so with its if.
        """
        for f in self.functions:
            for node in list(f.walk()):
                if node.kind != "if" or len(node.blocks) != 1 or \
                   len(node.blocks[0]) != 1 or \
                   node.blocks[0][0].kind not in ("call", "assign") or \
                   not selects(node.condition_words):
                    continue
                inner = node.blocks[0][0]
                inner.first, inner.parent = node.first, node.parent
                inner.siblings = node.siblings
                node.siblings[node.siblings.index(node)] = inner

    def is_(self, i, *texts):
        return self.tokens[i].text in texts

    def matching(self, i):
        """The index of what closes the bracket at i."""
        depth, opening = 0, self.tokens[i].text
        closing = CLOSING[opening]
        while True:
            depth += self.is_(i, opening) - self.is_(i, closing)
            if depth == 0 or self.tokens[i].kind == "end":
                return i
            i += 1

    def arguments(self, i):
        """The argument texts of the bracket at i."""
        end, out, start = self.matching(i), [], i + 1
        at = start
        while at < end:
            if self.tokens[at].text in CLOSING:
                at = self.matching(at)
            elif self.is_(at, ","):
                out.append((start, at))
                start = at + 1
            at += 1
        if start < end:
            out.append((start, end))
        return [self.text[self.tokens[a].start:self.tokens[b - 1].end]
                for a, b in out]

    # ---- statements

    def _functions(self):
        i = 0
        while self.tokens[i].kind != "end":
            if not self.is_(i, "{"):
                i += 1
                continue
            if i and self.is_(i - 1, ")"):
                yield self._function(i)
            i = self.matching(i) + 1

    def _function(self, brace, end=None):
        at, depth = end or brace - 1, 0
        while True:
            depth += self.is_(at, ")") - self.is_(at, "(")
            if depth == 0:
                break
            at -= 1
        if self.is_(at - 2, ")"): # an attribute behind the parameters
            return self._function(brace, at - 2)
        parameters = [re.findall(r"\w+", a)[-1] for a in self.arguments(at)]
        f = Function(self.tokens[at - 1].text, parameters,
                     self.block(brace)[0])
        for node in f.walk():
            node.function = f
        return f

    def block(self, brace):
        """The statements of the block at i, and the index behind it."""
        out, i = [], brace + 1
        while not self.is_(i, "}"):
            node = self.statement(i)
            out.append(node)
            i = node.last + 1
        self._adopt(out, None)
        return out, i + 1

    @staticmethod
    def _adopt(statements, parent):
        for s in statements:
            s.siblings = statements
            if parent:
                s.parent = parent

    def _inner(self, node, i):
        """The statement under an if or a loop; returns its last token."""
        inner = self.statement(i)
        if inner.kind == "block":
            block = inner.blocks[0]
        else:
            block = [inner]
        node.blocks.append(block)
        self._adopt(block, node)
        return inner.last

    def _condition(self, node, i):
        """The condition in the bracket at i; returns the index behind it."""
        end = self.matching(i)
        node.condition = (i + 1, end - 1)
        node.operands, node.joint = self.operands(i + 1, end, node)
        return end + 1

    def operands(self, first, end, parent):
        """The parts of an expression that || or && joins, and which."""
        while self.is_(first, "(") and self.matching(first) == end - 1:
            first, end = first + 1, end - 1
        at, cuts = first, {"||": [], "&&": []}
        while at < end:
            if self.tokens[at].text in CLOSING:
                at = self.matching(at)
            elif self.tokens[at].text in cuts:
                cuts[self.tokens[at].text].append(at)
            at += 1
        joint = "||" if cuts["||"] else "&&" if cuts["&&"] else None
        out, start = [], first
        for cut in (cuts[joint] if joint else []) + [end]:
            node = Node(self, "operand", start)
            node.last, node.parent, node.siblings = cut - 1, parent, out
            out.append(node)
            start = cut + 1
        return out, joint

    def _semicolon(self, i):
        while not self.is_(i, ";"):
            if self.tokens[i].text in CLOSING:
                i = self.matching(i)
            i += 1
        return i

    def statement(self, i):
        text = self.tokens[i].text
        node = Node(self, "other", i)
        if text == "{":
            node.kind = "block"
            statements, behind = self.block(i)
            node.blocks, node.last = [statements], behind - 1
            self._adopt(statements, node)
        elif text == "if":
            node.kind = "if"
            node.last = self._inner(node, self._condition(node, i + 1))
            if self.is_(node.last + 1, "else"):
                node.last = self._inner(node, node.last + 2)
        elif text in ("while", "for", "switch"):
            node.kind = "switch" if text == "switch" else "loop"
            if text == "while":
                behind = self._condition(node, i + 1)
            else:
                behind = self.matching(i + 1) + 1
            node.last = self._inner(node, behind)
        elif text == "do":
            node.kind = "do"
            last = self._inner(node, i + 1)
            node.last = self._condition(node, last + 2)
        elif text == "case" or (self.tokens[i].kind == "word" and
                                self.is_(i + 1, ":")):
            node.kind, node.last = "label", i + 1
            while not self.is_(node.last, ":"):
                node.last += 1
        elif text in JUMPS:
            node.kind, node.last = "jump", self._semicolon(i)
            if node.last > i + 1:
                node.operands, node.joint = self.operands(i + 1, node.last,
                                                          node)
        elif self._is_loop_macro(i):
            node.kind = "loop"
            node.last = self._inner(node, self.matching(i + 1) + 1)
        else:
            node.last = self._semicolon(i)
            node.kind = self._simple_kind(i, node.last)
            if node.kind == "call":
                node.callee = text
        return node

    def _is_loop_macro(self, i):
        if self.tokens[i].kind != "word" or not self.is_(i + 1, "("):
            return False
        behind = self.tokens[self.matching(i + 1) + 1]
        return behind.kind == "word" or behind.text == "{"

    def _simple_kind(self, i, end):
        t = self.tokens
        if t[i].text in TYPES or (t[i].kind == "word" and
                                  t[i + 1].kind == "word"):
            return "decl"
        if self.is_(i + 1, "(") and self.matching(i + 1) == end - 1:
            return "call"
        at = i
        while at < end:
            if t[at].text in CLOSING:
                at = self.matching(at)
            elif t[at].text in ("=", "+=", "-=", "|=", "&=", "++", "--"):
                return "assign"
            at += 1
        return "other"
