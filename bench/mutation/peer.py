# SPDX-License-Identifier: GPL-2.0-only
"""
Which statement of a reference replay stands for which of the corpus.

A seed (replay/seeds/) has the functions of its corpus folder, in all versions,
some of them split in helpers. For each function of the corpus the statements
of its namesake, with those helpers in place of their calls, are aligned with
its own: in order, by kind and by the words in them. What finds no partner has
none; a seed leaves out what does not matter for its document.
"""

import re

# Words of a seed that stand for one of the corpus.
SAME = {
    "wait_for_transfer": "wait_on_page_writeback", "WARN_ON": "WARN_ON_ONCE",
    "cp_ref_inc": "refcount_inc", "cp_ref_dec": "refcount_dec",
    "cp_ref_dec_and_test": "refcount_dec_and_test",
    "ref_freeze": "page_ref_freeze", "ref_unfreeze": "page_ref_unfreeze",
    "atomic_add": "page_ref_add", "xas_lock_irq": "spin_lock_irq",
    "xas_unlock_irq": "spin_unlock_irq",
    "SetPageDirty": "set_page_dirty", "ClearPageDirty": "cancel_dirty_page",
    "i_rwsem": "inode", "replay_assert": "LASSERT",
    "RCU_INIT_POINTER": "radix_tree_delete",
    "rcu_assign_pointer": "radix_tree_insert",
    "rcu_dereference": "radix_tree_lookup", "io_schedule": "schedule",
}
# In a condition: which version of the code it is.
SELECTS = {"seed_code", "seed_option", "paired"}
NOISE = {"READ", "WRITE", "FIELD", "SET_FIELD", "env", "NULL", "unlikely",
         "READ_ONCE"} | SELECTS
STORES = {"WRITE", "SET_FIELD", "set_page_private"}
LEAST = 0.3


def normal(word):
    word = re.sub(r"^the_|_MASK$", "", SAME.get(word, word))
    return SAME.get(word, word)


def words(node):
    found = node.condition_words if node.condition else node.words
    return {normal(w) for w in found if w not in NOISE}


def sort(node):
    """Only nodes of one sort can stand for each other."""
    if node.kind == "call" and node.callee in STORES:
        return "assign", None
    if node.kind == "decl":
        return "assign", None
    if node.kind == "call":
        return "call", normal(node.callee)
    if node.kind == "jump":
        return "jump", node.words[0] if node.words else None
    if node.condition:
        own = [o for o in node.operands if not SELECTS & set(o.words)]
        leaves = node.blocks[0] and node.blocks[0][-1].kind == "jump"
        return node.kind, len(own), len(node.blocks), leaves, \
            bool(own) and own[0].text.startswith("!")
    if node.kind == "operand":
        return "operand", node.parent.joint, node.text.startswith("!")
    return node.kind, None


def likeness(a, b):
    if sort(a) != sort(b):
        return 0
    if a.kind == "jump" and a.text == b.text:
        return 1
    left, right = words(a), words(b)
    if not left and not right:
        return 1
    both = len(left & right) / max(len(left | right), 1)
    return both if both >= LEAST or (a.kind == "call" and both) else 0


class Peer:
    """
    source: of the seed. corpus: names of the functions of the corpus.
    others: endings of helpers that belong to other versions.
    """

    def __init__(self, source, corpus, others):
        source.fold(lambda words: SELECTS & set(words))
        self.source, self.corpus, self.others = source, corpus, others
        self.functions = {f.name: f for f in source.functions}

    def is_helper(self, name):
        return name in self.functions and name not in self.corpus

    def nodes(self, function):
        """The function's nodes, helpers in place of their calls."""
        for n in function.walk():
            inside = [w for w in n.words if self.is_helper(w)] \
                if not n.blocks else []
            yield n
            for name in inside:
                if not name.endswith(self.others):
                    yield from self.nodes(self.functions[name])

    def align(self, function):
        """{id(node of the corpus): node of the seed}"""
        namesake = self.functions.get(function.name) or \
            self.functions.get(function.name.removeprefix("__"))
        if not namesake:
            return {}
        left, right = list(function.walk()), list(self.nodes(namesake))
        best = [[0] * (len(right) + 1) for _ in range(len(left) + 1)]
        for i in range(len(left) - 1, -1, -1):
            for j in range(len(right) - 1, -1, -1):
                like = likeness(left[i], right[j])
                best[i][j] = max(best[i + 1][j], best[i][j + 1],
                                 like + best[i + 1][j + 1] if like else 0)
        return self.trace(left, right, best)

    @staticmethod
    def trace(left, right, best):
        out, i, j = {}, 0, 0
        while i < len(left) and j < len(right):
            like = likeness(left[i], right[j])
            if like and best[i][j] == like + best[i + 1][j + 1]:
                out[id(left[i])] = right[j]
                i, j = i + 1, j + 1
            elif best[i][j] == best[i + 1][j]:
                i += 1
            else:
                j += 1
        return out
