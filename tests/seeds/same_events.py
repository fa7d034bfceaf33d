#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Holds the seeds against the corpus: the same operations in the same order.

Each seed runs some of its functions alone (`seed-NNN --trace`) and prints the
text of every step. The function of the same name in the corpus file, as in
`pincheck dump --after=raw` with what it calls, is an automaton over
operations: locks, counts, bits, waits, frees and writes of members. The steps
must be a path through it, from entry to exit. Reads of members are not
compared, only operations.

What differs on purpose stands in NOT_IN_CORPUS and NOT_IN_SEED, with its
reason. Prints how many operations of the corpus were met; the others lie on
paths that no --trace takes. Exits 1 when a seed does something else.
"""

import argparse
import os
import re
import subprocess
import sys

# Words that a seed has instead of a container.
NOT_IN_CORPUS = {
    "oo_tree": "a radix tree is one slot",
    "buffer_radix": "a radix tree is one slot",
    "i_pages": "an xarray is an array",
    "list": "which list a node is on is a word",
    "heap": "the heap is a sorted array",
    "heap_used": "the heap is a sorted array",
    "written": "stands for the I/O of do_btree_node_write()",
    "pages": "the corpus leaves a new buffer without pages",
    "block": "stands for ext4_ext_remove_space()",
    "io": "stands for the I/O of do_btree_node_write()",
}
# Words of the corpus that a seed has under another name.
SAME_WORD = {
    "i_mmaplock": "i_mmap_sem", # ext4's and xfs's fault lock are one word
    "ptr": "key",               # a key is a word
    "2": "META_dirty",          # macros, and no names in the lowered text
    "6": "META_io",
}
# Operations of the corpus that a seed leaves out.
NOT_IN_SEED = {
    "SetPageWaiters": "queues know who waits",
    "SetPageError": "nobody asks",
    "page_waitqueue": "there is one queue",
    "cancel_delayed_work": "the timer is a thread",
    "lock_is_held": "lockdep",
    "parent": "nobody asks", "written": "nobody asks", "level": "nobody asks",
    "start": "there is one buffer",
    "btree_cache_used": "nobody asks",
    "init_rwsem": "memory is zeroed", "spin_lock_init": "memory is zeroed",
}

# Which functions are operations; what stands in [...] names the operand:
# 0 the first argument, 1 the second, None nothing.
OPERATIONS = {}
for names, operand in (
        ("spin_lock spin_unlock spin_lock_irq spin_unlock_irq mutex_lock "
         "mutex_unlock down_read up_read down_write up_write "
         "down_write_trylock down down_trylock up atomic_read atomic_inc "
         "atomic_dec atomic_dec_and_test atomic_inc_not_zero atomic_long_inc "
         "atomic_try_cmpxchg refcount_read refcount_inc refcount_dec "
         "refcount_dec_and_test kfree", 0),
        ("kmem_cache_free atomic_add atomic_sub_return set_bit clear_bit change_bit test_bit "
         "test_and_set_bit test_and_clear_bit", 1),
        ("rcu_read_lock rcu_read_unlock call_rcu "
         "lock_page unlock_page end_page_writeback wait_on_page_writeback "
         "get_page put_page get_page_unless_zero page_ref_count wake_up_var "
         "ref_freeze ref_unfreeze prepare_to_wait schedule io_schedule finish_wait udelay "
         "PageLocked PageDirty PageWriteback PagePrivate page_has_private "
         "SetPageDirty SetPageUptodate SetPagePrivate ClearPageDirty "
         "ClearPagePrivate SetPageError SetPageWaiters", None)):
    for name in names.split():
        OPERATIONS[name] = operand
BITS = {n for n in OPERATIONS if n.endswith("_bit")}

# The corpus's names of operations that the seeds have under another one.
ALIAS = {
    "page_ref_freeze": "ref_freeze",
    "atomic_set_release": "ref_unfreeze",
    "prepare_to_wait_event": "prepare_to_wait",
    "__add_wait_queue_entry_tail": "prepare_to_wait",
    "set_page_dirty": "SetPageDirty",
    "cancel_dirty_page": "ClearPageDirty",
}
# Locals of the corpus that are made of members.
LOCALS = {"wait", "wait_page"}


def members(text):
    return re.findall(r"(?:->|\.)(\w+)", text)


def arguments(text):
    """The arguments of a call, split at the commas of its own level."""
    out, depth, start = [], 0, 0
    for i, c in enumerate(text):
        depth += (c in "([") - (c in ")]")
        if c == "," and depth == 0:
            out.append(text[start:i])
            start = i + 1
    return [a.strip() for a in out + [text[start:]]]


def operation(name, args):
    """(name, operand), or None: a call that is no operation."""
    name = ALIAS.get(name, name)
    if name not in OPERATIONS:
        return None
    which = OPERATIONS[name]
    if which is None:
        return name, ""
    args = arguments(args)
    if name in BITS:
        return name, SAME_WORD.get(args[0], args[0])
    if which >= len(args):
        return None
    word = re.findall(r"\w+", args[which])[-1]
    return name, SAME_WORD.get(word, word)


# --------------------------------------------------------------------------
# The corpus


class Function:
    def __init__(self, name):
        self.name = name
        self.blocks = {}  # name: (events, successors)


EVENT = re.compile(r"^\s+(\d+) (\w+)(?: (.*?))?(?:  @.*)?$")


def read_lowered(text):
    functions, block = {}, None
    for line in text.splitlines():
        if line.startswith("func "):
            function = Function(line.split()[1])
            functions[function.name] = function
        elif re.match(r"^ B\d+:", line):
            block = ([], [])
            function.blocks[line.strip().rstrip(":").split(":")[0]] = block
        elif block is None or not line.strip():
            continue
        elif line.startswith("  ") and re.match(r"^ +(goto|branch|switch) ",
                                                line):
            block[1].extend(re.findall(r"\bB\d+\b",
                                       line.split("@")[0].split("->")[-1]))
        elif re.match(r"^ +noreturn", line):
            block[1].append("")
        else:
            m = EVENT.match(line)
            if m:
                block[0].append((m.group(2), m.group(3) or ""))
    return functions


CALL = re.compile(r"^(\w+)\((.*)\)(?: \{.*\})?(?: \[.*\])?$")


def event_operation(event, text, functions):
    """("op", operation), ("call", name) or None."""
    if event == "call":
        m = CALL.match(text)
        if not m:
            return None
        name, args = m.groups()
        op = operation(name, args)
        if op:
            return ("op", op)
        if name in NOT_IN_SEED:
            return None
        return ("call", name) if name in functions else None
    if event == "assign":
        target = re.split(r" [-+*/|&^]?=(?= )", text)[0]
        named = members(target)
        base = re.match(r"\*?(\w*)", target).group(1)
        if named and base and base not in LOCALS:
            return ("op", ("write", SAME_WORD.get(named[-1], named[-1])))
    return None


class Automaton:
    """Where the corpus may be after some steps: a set of stacks."""

    def __init__(self, functions):
        self.functions = functions
        self.met = set()

    def closure(self, stacks):
        """Follows what is no operation; yields (stack, operation or None)."""
        todo, seen = list(stacks), set()
        while todo:
            stack = todo.pop()
            if stack in seen:
                continue
            seen.add(stack)
            if not stack:
                yield stack, None
                continue
            name, block, at = stack[-1]
            events, successors = self.functions[name].blocks[block]
            if at == len(events):
                todo += self.leave(stack, successors)
                continue
            what = event_operation(*events[at], self.functions)
            after = stack[:-1] + ((name, block, at + 1),)
            if what is None:
                todo.append(after)
            elif what[0] == "call":
                if len(stack) < 30:
                    todo.append(after + ((what[1], "B0", 0),))
            elif what[1][0] in NOT_IN_SEED or what[1][1] in NOT_IN_SEED:
                todo.append(after)
            else:
                yield stack, what[1]

    @staticmethod
    def leave(stack, successors):
        if not successors:
            return [stack[:-1]]
        return [stack[:-1] + ((stack[-1][0], s, 0),) for s in successors if s]

    def follow(self, function, steps):
        """None if the steps are a path, else (index, what could be there)."""
        stacks = {((function, "B0", 0),)}
        for i, step in enumerate(steps):
            after, possible = set(), set()
            for stack, op in self.closure(stacks):
                possible.add(op or ("return", ""))
                if op == step:
                    self.met.add(stack[-1])
                    name, block, at = stack[-1]
                    after.add(stack[:-1] + ((name, block, at + 1),))
            if not after:
                return i, possible
            stacks = after
        if all(op for _, op in self.closure(stacks)):
            return len(steps), {op for _, op in self.closure(stacks)}
        return None

    def all_operations(self, roots):
        """Every operation that the roots can reach, as (function, ...)."""
        todo, seen, out = list(roots), set(), set()
        while todo:
            name = todo.pop()
            if name in seen:
                continue
            seen.add(name)
            for block, (events, _) in self.functions[name].blocks.items():
                for at, event in enumerate(events):
                    what = event_operation(*event, self.functions)
                    if what and what[0] == "call":
                        todo.append(what[1])
                    elif (what and what[1][0] not in NOT_IN_SEED
                          and what[1][1] not in NOT_IN_SEED):
                        out.add((name, block, at))
        return out


# --------------------------------------------------------------------------
# The seeds


def step_operation(text):
    m = re.match(r"^(.*?[^=!<>]) = ", text)
    if m and members(m.group(1)) and "(" not in m.group(1):
        op = ("write", members(m.group(1))[-1])
    else:
        m = re.match(r"^(\w+)\((.*)\)$", text)
        op = operation(*m.groups()) if m else None
    if op is None or op[1] in NOT_IN_CORPUS:
        return None
    if op[0] in NOT_IN_SEED:
        return None
    return op


def read_trace(text):
    """[(variant, function, [operation])]"""
    out = []
    for line in text.splitlines():
        fields = line.split("\t")
        if fields[0]:
            out.append((fields[0], fields[1], []))
        else:
            op = step_operation(fields[1])
            if op:
                out[-1][2].append(op)
    return out


def show(op):
    return f"{op[0]}({op[1]})" if op[1] else op[0]


def compare(automaton, where, function, steps, verbose):
    if function not in automaton.functions:
        print(f"{where}: {function}() is not in the corpus file")
        return False
    wrong = automaton.follow(function, steps)
    if verbose:
        print(f"{where}: {function}: " + " ".join(show(s) for s in steps))
    if wrong is None:
        return True
    at, possible = wrong
    print(f"{where}: {function}(): step {at + 1} of {len(steps)} is "
          f"{show(steps[at]) if at < len(steps) else 'the end'}; "
          "the corpus has " + ", ".join(sorted(show(p) for p in possible)))
    print("    before: " + " ".join(show(s) for s in steps[:at]))
    return False


def unnoticed(automaton, function, steps):
    """How often two neighbours can change places without being noticed."""
    n = 0
    for i in range(len(steps) - 1):
        if steps[i] != steps[i + 1]:
            damaged = (steps[:i] + [steps[i + 1], steps[i]] + steps[i + 2:])
            n += automaton.follow(function, damaged) is None
    return n


def main():
    p = argparse.ArgumentParser()
    p.add_argument("--pincheck", required=True)
    p.add_argument("--corpus", default="corpus")
    p.add_argument("-v", "--verbose", action="store_true")
    p.add_argument("folder")
    p.add_argument("seed")
    o = p.parse_args()
    folder = os.path.join(o.corpus, o.folder)
    trace = subprocess.run([o.seed, "--trace"], check=True,
                           stdout=subprocess.PIPE, text=True).stdout
    automata, roots, ok, n, swaps, missed = {}, {}, True, 0, 0, 0
    for variant, function, steps in read_trace(trace):
        where = os.path.join(o.folder, variant + ".c")
        if variant not in automata:
            text = subprocess.run(
                [o.pincheck, "dump", "--after=raw",
                 os.path.join(folder, variant + ".c"), "--",
                 "-I" + os.path.join(o.corpus, "include")], check=True,
                stdout=subprocess.PIPE, text=True).stdout
            automata[variant] = Automaton(read_lowered(text))
            roots[variant] = set()
        roots[variant].add(function)
        n += 1
        ok &= compare(automata[variant], where, function, steps, o.verbose)
        swaps += max(len(steps) - 1, 0)
        missed += unnoticed(automata[variant], function, steps)
    print(f"{o.folder}: {n} functions; of {swaps} orders with two steps "
          f"exchanged {missed} would pass")
    ok &= missed == 0
    if n == 0:
        sys.exit(f"{o.seed} has no function to compare")
    for variant, automaton in automata.items():
        known = roots[variant] & set(automaton.functions)
        operations = automaton.all_operations(known)
        print(f"{o.folder}/{variant}.c: {len(automaton.met & operations)} of "
              f"{len(operations)} operations of {len(known)} functions met")
    sys.exit(not ok)


if __name__ == "__main__":
    main()
