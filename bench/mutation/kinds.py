# SPDX-License-Identifier: GPL-2.0-only
"""
The kinds of mutation of bench/mutate: where in a function each applies, and
what it makes of the text.

A mutation is a kind's name and the nodes (statements.py) it is about, and is
applied to nodes: to those where it was found, or to those that stand for them
in another program. That is how a corpus file and its reference replay are
damaged alike. The names of functions here are the vocabulary of the kernel and
of Lustre; the rules never see this table.
"""

import re

LOCKS = {
    "spin_lock": "spin_unlock", "spin_lock_irq": "spin_unlock_irq",
    "mutex_lock": "mutex_unlock", "down_write": "up_write",
    "down_read": "up_read", "down": "up", "rcu_read_lock": "rcu_read_unlock",
    "lock_page": "unlock_page", "inode_lock": "inode_unlock",
    "xfs_ilock": "xfs_iunlock", "xas_lock_irq": "xas_unlock_irq",
}
UNLOCKS = set(LOCKS.values())

# The first that matches names what a dropped call was.
CALLS = [
    ("assert", r"LASSERT|(VM_)?BUG_ON.*|WARN_ON.*|lockdep_assert_.*"),
    ("get", r"get_page|.*_(get|inc)|atomic_add|page_ref_add"),
    ("put", r"put_page|put_devmap.*|.*_(put|dec)|btree_complete_write"),
    ("wait", r"wait_.*|.*_wait|schedule|io_schedule|prepare_to_wait.*|"
             r"closure_sync|.*_wait_dax_page|finish_wait"),
    ("wake", r"wake_up.*|end_page_writeback"),
    ("set", r"set_.*|Set.*"),
    ("clear", r"clear_.*|Clear.*|cancel_dirty_page"),
    ("barrier", r"smp_.*mb.*"),
    ("free", r"kfree|OBD_FREE|.*_free|call_rcu"),
    ("lock", "|".join(LOCKS)),
    ("unlock", "|".join(UNLOCKS)),
    ("call", r".*"),
]

# What an operation in one step becomes; {0}, {1}, ... are its arguments.
TWO_STEPS = {
    "test_and_set_bit": "(test_bit({0}, {1}) || (set_bit({0}, {1}), 0))",
    "test_and_clear_bit": "(test_bit({0}, {1}) && (clear_bit({0}, {1}), 1))",
    "atomic_inc_not_zero": "(atomic_read({0}) && (atomic_inc({0}), 1))",
    "get_page_unless_zero": "(page_ref_count({0}) && (get_page({0}), 1))",
    "atomic_dec_and_test": "(atomic_dec({0}), atomic_read({0}) == 0)",
    "refcount_dec_and_test": "(refcount_dec({0}), refcount_read({0}) == 0)",
    "atomic_sub_return": "(atomic_add(-({0}), {1}), atomic_read({1}))",
    "atomic_try_cmpxchg":
        "(atomic_read({0}) == *({1}) && (atomic_set({0}, {2}), 1))",
    "page_ref_freeze":
        "(page_ref_count({0}) == ({1}) && "
        "(atomic_set(&({0})->_refcount, 0), 1))",
    "ref_freeze": "(atomic_read({0}) == ({1}) && (atomic_set({0}, 0), 1))",
}
# A statement that is one atomic operation, as a load and a store.
PLAIN = {
    "set_bit": ("*({1}) |= 1UL << ({0});",
                "WRITE(*({1}), READ(*({1})) | BIT({0}));"),
    "clear_bit": ("*({1}) &= ~(1UL << ({0}));",
                  "WRITE(*({1}), READ(*({1})) & ~BIT({0}));"),
    "atomic_inc": ("atomic_set({0}, atomic_read({0}) + 1);",) * 2,
    "atomic_dec": ("atomic_set({0}, atomic_read({0}) - 1);",) * 2,
    "refcount_inc": ("refcount_set({0}, refcount_read({0}) + 1);",) * 2,
    "get_page": ("atomic_set(&({0})->_refcount, page_ref_count({0}) + 1);",)
                * 2,
    "SetPagePrivate": ("({0})->flags |= 1UL << PG_private;",
                       "WRITE(({0})->flags, READ(({0})->flags) | "
                       "BIT(PG_private));"),
    "ClearPagePrivate": ("({0})->flags &= ~(1UL << PG_private);",
                         "WRITE(({0})->flags, READ(({0})->flags) & "
                         "~BIT(PG_private));"),
}
WEAKER = {
    "smp_store_release": "WRITE_ONCE(*({0}), {1})",
    "smp_load_acquire": "READ_ONCE(*({0}))",
    "atomic_set_release": "atomic_set({0}, {1})",
    "ref_unfreeze": "atomic_set({0}, {1})",
    "page_ref_unfreeze": "atomic_set(&({0})->_refcount, {1})",
}
FLAG_CALL = re.compile(r"(test_and_)?(set|clear)_bit|(Set|Clear)Page\w+|"
                       r"SET_FIELD")
OPPOSITE = {"true": "false", "false": "true", "0": "1", "1": "0"}


def call_kind(name):
    return next(k for k, pattern in CALLS if re.fullmatch(pattern, name))


def index(node):
    """Where it stands among its siblings; they are compared by identity."""
    return next(i for i, s in enumerate(node.siblings) if s is node)


def neighbour(node, by):
    at = index(node) + by
    return node.siblings[at] if 0 <= at < len(node.siblings) else None


def steps(function):
    return [n for n in function.walk() if n.kind in ("call", "assign")]


def replaced(node, text):
    return [(node.start, node.end, text)]


class Place:
    """What an edit may need beside its nodes: the functions of the program,
    and whether shared memory is written with READ() and WRITE()."""

    def __init__(self, functions, announced):
        self.functions, self.announced = functions, announced


# --------------------------------------------------------------------------
# Drop, twice, and elsewhere


def is_shared(node):
    """Does the assignment write anything but a local variable?"""
    target = re.split(r"[-+|&]?=|\+\+|--", node.text)[0]
    return "->" in target or "*" in target or "." in target or "[" in target


def drop_sites(f):
    for n in steps(f):
        if n.kind == "call":
            kind = call_kind(n.callee)
            if kind not in ("lock", "unlock"):
                yield "drop-" + kind, (n,)
        elif is_shared(n):
            yield "drop-write", (n,)


def drop(nodes, _):
    return [e for n in nodes for e in replaced(n, ";")]


def twice_sites(f):
    for n in steps(f):
        if n.kind == "call" and call_kind(n.callee) in ("get", "put"):
            yield "twice-" + call_kind(n.callee), (n,)


def twice(nodes, _):
    return replaced(nodes[0], nodes[0].text + " " + nodes[0].text)


def movable(node):
    return node is not None and node.kind not in ("decl", "label", "jump",
                                                  "operand")


def early_sites(f):
    """A put to the front of its block."""
    for n in steps(f):
        if n.kind != "call" or call_kind(n.callee) != "put":
            continue
        first = next((s for s in n.siblings if movable(s)), n)
        if index(first) < index(n) - 1:
            yield "put-first", (n, first)


def early(nodes, _):
    n, first = nodes
    if n.siblings is not first.siblings or index(n) < index(first):
        return None
    return [(first.start, first.start, n.text + " ")] + replaced(n, ";")


def late_sites(f):
    """A get to the end of its block."""
    for n in steps(f):
        if n.kind != "call" or call_kind(n.callee) != "get":
            continue
        last = [s for s in n.siblings if movable(s)][-1]
        if index(last) > index(n) + 1:
            yield "get-last", (n, last)


def late(nodes, _):
    n, last = nodes
    if n.siblings is not last.siblings or index(n) > index(last):
        return None
    return replaced(n, ";") + [(last.end, last.end, " " + n.text)]


def swap_kind(a, b):
    if a.callee in LOCKS or b.callee in UNLOCKS:
        return "narrow-section"
    if b.callee in LOCKS or a.callee in UNLOCKS:
        return "widen-section"
    return "swap"


def swap_sites(f):
    for a in f.walk():
        if a.kind == "operand" or a.siblings is None:
            continue
        b = neighbour(a, 1)
        if movable(a) and movable(b):
            yield swap_kind(a, b), (a, b)


def swap(nodes, _):
    a, b = nodes
    if neighbour(a, 1) is not b:
        return None
    return replaced(a, b.text) + replaced(b, a.text)


# --------------------------------------------------------------------------
# Locks


def same_lock(lock, node):
    return node.callee == LOCKS[lock.callee] and \
        node.arguments == lock.arguments


def lock_sites(f):
    taken = [n for n in steps(f) if n.callee in LOCKS]
    for lock in taken:
        unlocks = [n for n in steps(f) if same_lock(lock, n)]
        twin = any(n is not lock and n.callee == lock.callee and
                   n.arguments == lock.arguments for n in taken)
        if unlocks and not twin:
            yield "drop-section", (lock, *unlocks)
        end = next((n for n in lock.siblings[index(lock):]
                    if n.callee in UNLOCKS and same_lock(lock, n)), None)
        for n in lock.siblings[index(lock) + 1:index(end) - 1] if end else []:
            if movable(n):
                yield "split-section", (lock, end, n)


def split_section(nodes, _):
    lock, unlock, behind = nodes
    return [(behind.end, behind.end, f" {unlock.text} {lock.text}")]


# --------------------------------------------------------------------------
# Conditions


def condition_sites(f):
    for n in f.walk():
        if n.condition is None:
            continue
        if n.kind == "if":
            before = neighbour(n, -1)
            name = "recheck" if before is not None and \
                before.callee in LOCKS else "test"
            yield name + "-true", (n,)
            yield name + "-false", (n,)
            yield name + "-negated", (n,)
        elif n.kind in ("do", "loop"):
            yield "loop-once" if n.kind == "do" else "no-loop", (n,)


def condition_edit(make):
    def edit(nodes, _):
        n = nodes[0]
        if n.condition is None:
            return None
        first, last = n.condition
        start = n.source.tokens[first].start
        end = n.source.tokens[last].end
        return [(start, end, make(n.source.text[start:end]))]
    return edit


def operand_sites(f):
    for n in f.walk():
        if n.kind != "operand":
            continue
        if n.parent.joint:
            yield "drop-operand", (n,)
            yield "negate-operand", (n,)
        if re.search(r"[=<>!]=? *[1-9]\d*$", n.text):
            yield "off-by-one", (n,)


def drop_operand(nodes, _):
    n = nodes[0]
    if not n.parent.joint:
        return None
    return replaced(n, "1" if n.parent.joint == "&&" else "0")


def negate_operand(nodes, _):
    return replaced(nodes[0], f"!({nodes[0].text})")


def off_by_one(nodes, _):
    n = nodes[0]
    number = n.source.tokens[n.last]
    if not number.text.isdigit():
        return None
    return [(number.start, number.end, str(int(number.text) + 1))]


def jump_sites(f):
    labels = {n.source.tokens[n.first].text: n.line for n in f.walk()
              if n.kind == "label"}
    for n in f.walk():
        if n.kind != "jump" or n.parent is None:
            continue
        words = n.text.rstrip(";").split()
        back = words[0] == "goto" and labels.get(words[1], n.line) < n.line
        yield "no-retry" if back else "fall-through", (n,)


# --------------------------------------------------------------------------
# One step as several, weaker, or without its partner


def calls(node, table):
    """(index, callee) of the calls in a leaf that the table has."""
    t = node.source.tokens
    for i in range(node.first, node.last):
        if t[i].text in table and t[i + 1].text == "(":
            yield i, t[i].text


def leaves(f):
    return [n for n in f.walk()
            if n.kind in ("call", "assign", "decl", "operand")]


def two_steps_sites(f):
    for n in leaves(f):
        for _ in calls(n, TWO_STEPS):
            yield "two-steps", (n,)


def rewritten(table):
    def edit(nodes, _):
        n = nodes[0]
        for i, callee in calls(n, table):
            t = n.source.tokens
            text = table[callee].format(*n.source.arguments(i + 1))
            return [(t[i].start, t[n.source.matching(i + 1)].end, text)]
        return None
    return edit


def plain_sites(f):
    for n in steps(f):
        if n.callee in PLAIN:
            yield "plain-access", (n,)


def plain(nodes, place):
    n = nodes[0]
    if n.callee not in PLAIN:
        return None
    return replaced(n, PLAIN[n.callee][place.announced].format(*n.arguments))


def weaken_sites(f):
    for n in leaves(f):
        for _ in calls(n, WEAKER):
            yield "weaken", (n,)


def flip_sites(f):
    for n in steps(f):
        if n.kind == "assign" and \
           n.source.tokens[n.last - 2].text == "=" and \
           n.source.tokens[n.last - 1].text in OPPOSITE:
            yield "flip-value", (n,)


def flip(nodes, _):
    n = nodes[0]
    at = n.last - 1
    if n.source.tokens[at].text == ")": # WRITE(word, value)
        at -= 1
    value = n.source.tokens[at]
    if value.text not in OPPOSITE:
        return None
    return [(value.start, value.end, OPPOSITE[value.text])]


def flag_text(accessor):
    """What an accessor of a flag and a reference does to the flag, or None."""
    counts = any(n.callee and call_kind(n.callee) in ("get", "put")
                 for n in accessor.walk())
    if not counts:
        return None
    for n in accessor.walk():
        if n.kind == "assign" and is_shared(n) and \
           n.source.tokens[n.last - 1].text in OPPOSITE:
            return n.text
        t = n.source.tokens
        for i in range(n.first, n.last) if not n.blocks else []:
            if FLAG_CALL.fullmatch(t[i].text) and t[i + 1].text == "(":
                end = n.source.matching(i + 1)
                return n.source.text[t[i].start:t[end].end] + ";"
    return None


def direct_write(nodes, place):
    n = nodes[0]
    accessor = place.functions.get(n.callee)
    text = flag_text(accessor) if accessor else None
    if text is None:
        return None
    names = dict(zip(accessor.parameters, n.arguments))
    return replaced(n, re.sub(r"\w+", lambda m: names.get(m.group(),
                                                          m.group()), text))


def direct_sites(f):
    for n in steps(f):
        if n.callee:
            yield "direct-write", (n,)


# --------------------------------------------------------------------------

SITES = [drop_sites, twice_sites, early_sites, late_sites, swap_sites,
         lock_sites, condition_sites, operand_sites, jump_sites,
         two_steps_sites, plain_sites, weaken_sites, flip_sites, direct_sites]

EDITS = {
    "twice-get": twice, "twice-put": twice, "put-first": early,
    "get-last": late, "swap": swap, "narrow-section": swap,
    "widen-section": swap, "drop-section": drop,
    "split-section": split_section,
    "loop-once": condition_edit(lambda c: "0"),
    "no-loop": condition_edit(lambda c: "0"),
    "drop-operand": drop_operand, "negate-operand": negate_operand,
    "off-by-one": off_by_one, "no-retry": drop, "fall-through": drop,
    "two-steps": rewritten(TWO_STEPS), "plain-access": plain,
    "weaken": rewritten(WEAKER), "flip-value": flip,
    "direct-write": direct_write,
}
for name in ("test", "recheck"):
    EDITS[name + "-true"] = condition_edit(lambda c: "1")
    EDITS[name + "-false"] = condition_edit(lambda c: "0")
    EDITS[name + "-negated"] = condition_edit(lambda c: f"!({c})")
for name, _ in CALLS:
    EDITS["drop-" + name] = drop
EDITS["drop-write"] = drop


def find(function):
    """(kind, nodes) of everything that can be done to the function."""
    for sites in SITES:
        yield from sites(function)


def apply(kind, nodes, place):
    """The edits [(start, end, text)], or None: it cannot be done here."""
    return EDITS[kind](nodes, place)


def edited(text, edits):
    for start, end, new in sorted(edits, reverse=True):
        text = text[:start] + new + text[end:]
    return text
