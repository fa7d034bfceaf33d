# SPDX-License-Identifier: GPL-2.0-only
"""Random litmus tests: two or three threads that each access two places, with
something around and between the accesses that may order them.

In half of the tests the second thread is the first one with the places
exchanged: orderings mostly matter in pairs.
"""

import random
import re

import litmus

# $p the place, $r a new register, $n 1 or 2, $m 0 or 1. q is a register for a
# pointer, and p the place for one.
ACCESSES = {
    "int": ("WRITE_ONCE(*$p, $n);", "$r = READ_ONCE(*$p);") * 3 + (
        "smp_store_release($p, $n);", "$r = smp_load_acquire($p);"),
    "atomic_t": ("atomic_set($p, $n);", "$r = atomic_read($p);") * 3 + (
        "atomic_inc($p);", "$r = atomic_inc_return($p);",
        "$r = atomic_inc_return_relaxed($p);",
        "$r = atomic_fetch_inc_release($p);",
        "$r = atomic_xchg_acquire($p, $n);",
        "$r = atomic_xchg_relaxed($p, $n);", "$r = atomic_cmpxchg($p, $m, $n);",
        "$r = atomic_cmpxchg_relaxed($p, $m, $n);",
        "$r = atomic_add_unless($p, 1, $m);", "atomic_set_release($p, $n);",
        "$r = atomic_read_acquire($p);"),
    "unsigned long": (
        "set_bit($m, $p);", "clear_bit($m, $p);", "$r = test_bit($m, $p);",
        "$r = test_and_set_bit($m, $p);", "$r = test_and_clear_bit($m, $p);",
        "$r = test_and_set_bit_lock($m, $p);", "clear_bit_unlock($m, $p);",
        "$r = test_bit_acquire($m, $p);"),
    "int *": (
        "rcu_assign_pointer(*$p, x);", "WRITE_ONCE(*$p, x);",
        "q = rcu_dereference(*$p); $r = READ_ONCE(*q);",
        "q = READ_ONCE(*$p); $r = READ_ONCE(*q);",
        "q = READ_ONCE(*$p); WRITE_ONCE(*q, $n);",
        "q = rcu_access_pointer(*$p);"),
}
# Two places, by name and type.
PAIRS = (("x", "int", "y", "int"), ("x", "int", "x", "int"),
         ("v", "atomic_t", "c", "atomic_t"), ("v", "atomic_t", "v", "atomic_t"),
         ("x", "int", "v", "atomic_t"), ("x", "int", "b", "unsigned long"),
         ("b", "unsigned long", "b", "unsigned long"), ("x", "int", "p", "int *"))
# Before, between and after two accesses. $c: the first one's register, or 1.
WRAPS = (("", "", ""),) * 2 + (
    ("", "smp_mb();", ""), ("", "smp_wmb();", ""), ("", "smp_rmb();", ""),
    ("", "if ($c) {", "}"), ("", "if ($c) { smp_rmb();", "}"),
    ("", "smp_mb__before_atomic(); atomic_inc(d);", ""),
    ("", "atomic_inc(d); smp_mb__after_atomic();", ""),
    ("spin_lock(s);", "", "spin_unlock(s);"),
    ("spin_lock(s);", "spin_unlock(s);", ""),
    ("", "spin_lock(s);", "spin_unlock(s);"),
    ("", "spin_lock(s); smp_mb__after_spinlock();", "spin_unlock(s);"),
    ("", "spin_lock(s); spin_unlock(s); spin_lock(t); spin_unlock(t);", ""),
    ("spin_lock(s);", "spin_unlock(s); spin_lock(t);", "spin_unlock(t);"),
    ("spin_lock(s);", "spin_unlock(s); spin_lock(t); "
     "smp_mb__after_unlock_lock();", "spin_unlock(t);"),
    ("", "if (spin_trylock(s)) {", "spin_unlock(s); }"),
    ("rcu_read_lock();", "", "rcu_read_unlock();"),
    ("rcu_read_lock();", "rcu_read_unlock(); rcu_read_lock();",
     "rcu_read_unlock();"),
    ("", "synchronize_rcu();", ""))
TYPES = {"x": "int", "y": "int", "p": "int *", "v": "atomic_t",
         "c": "atomic_t", "d": "atomic_t", "b": "unsigned long",
         "s": "spinlock_t", "t": "spinlock_t"}


class Plan:
    """What a thread does, before places and values are filled in."""

    def __init__(self, rng, places):
        self.wrap = rng.choice(WRAPS)
        self.places = places
        self.accesses = [rng.choice(ACCESSES[kind]) for _, kind in places]

    def exchanged(self):
        """The same accesses in the same order, of each other's place if they
        have one type; else in the other order."""
        other = object.__new__(Plan)
        other.wrap = self.wrap
        other.places = self.places[::-1]
        other.accesses = (self.accesses if self.places[0][1] ==
                          self.places[1][1] else self.accesses[::-1])
        return other


def thread_body(rng, plan):
    """The statements, and how many registers they need."""
    before, between, after = plan.wrap
    out, registers, last = [before], 0, "1"
    for (place, _), access in zip(plan.places, plan.accesses):
        values = {"p": place, "n": rng.choice("12"), "m": rng.choice("01"),
                  "r": f"r{registers}"}
        if "$r" in access:
            last = values["r"]
            registers += 1
        out.append(re.sub(r"\$(\w)", lambda m, v=values: v[m[1]], access))
        out.append(between.replace("$c", last))
        between = after
    return [line for line in out if line], registers


def test_text(seed):
    """A litmus test; the same for the same seed. Its condition always holds:
    what matters is the outcomes."""
    rng = random.Random(seed)
    a, kind_a, b, kind_b = rng.choice(PAIRS)
    places = [(a, kind_a), (b, kind_b)]
    plans = [Plan(rng, places)]
    plans.append(plans[0].exchanged() if rng.random() < 0.5
                 else Plan(rng, rng.sample(places, 2)))
    if rng.random() < 0.25:
        plans.append(Plan(rng, rng.sample(places, 2)))
    params = ", ".join(f"{kind} *{name}" for name, kind in TYPES.items())
    text, values = "", []
    for number, plan in enumerate(plans):
        lines, registers = thread_body(rng, plan)
        lines = (["int *q;"] + [f"int r{i};" for i in range(registers)] +
                 lines)
        text += f"P{number}({params})\n{{\n\t" + "\n\t".join(lines) + "\n}\n\n"
        values += [f"{number}:r{i}" for i in range(registers)]
    values += sorted({a, b})[:litmus.MAX_VALUES - len(values)]
    return (f"C random-{seed}\n\n(*\n * Result: Always\n *)\n\n"
            "{\n\tp=y;\n}\n\n" + text +
            f"locations [{'; '.join(values)}]\nexists (true)\n")
