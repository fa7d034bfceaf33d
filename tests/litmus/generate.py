# SPDX-License-Identifier: GPL-2.0-only
"""Random litmus tests: two or three threads and a few shared locations.

Each test keeps to one vocabulary: with all words in one pot the orderings that
belong together would seldom meet.
"""

import random
import re

PLACES = {"x": "int", "y": "int", "p": "int *", "v": "atomic_t",
          "c": "atomic_t", "b": "unsigned long", "s": "spinlock_t",
          "t": "spinlock_t"}
MAX_REGISTERS = 5  # in all; an outcome has room for some locations, too
MAX_VALUES = 8

# $w a word, $a an atomic, $l a lock, $r a new register, $n 1 or 2, $m 0 or 1,
# $i a plain access. q is a register for a pointer.
PLAIN = ("WRITE_ONCE(*$w, $n);", "$r = READ_ONCE(*$w);") * 3
ORDERED = ("smp_store_release($w, $n);", "$r = smp_load_acquire($w);",
           "smp_mb();", "smp_wmb();", "smp_rmb();",
           "$r = READ_ONCE(*$w); if ($r) WRITE_ONCE(*$w, $n);")
ATOMIC = ("atomic_inc($a);", "$r = atomic_inc_return($a);",
          "$r = atomic_inc_return_relaxed($a);",
          "$r = atomic_fetch_inc_release($a);",
          "$r = atomic_xchg_acquire($a, $n);",
          "$r = atomic_xchg_release($a, $n);",
          "$r = atomic_xchg_relaxed($a, $n);",
          "$r = atomic_cmpxchg($a, $m, $n);",
          "$r = atomic_cmpxchg_relaxed($a, $m, $n);",
          "$r = atomic_add_unless($a, 1, $m);",
          "atomic_set($a, $n);", "atomic_set_release($a, $n);",
          "$r = atomic_read($a);", "$r = atomic_read_acquire($a);",
          "atomic_inc(v); smp_mb__after_atomic();",
          "smp_mb__before_atomic(); atomic_inc($a);")
BITS = ("set_bit($m, b);", "clear_bit($m, b);", "$r = test_bit($m, b);",
        "$r = test_and_set_bit($m, b);", "$r = test_and_clear_bit($m, b);",
        "$r = test_and_set_bit_lock(0, b); if ($r == 0) "
        "{ $i clear_bit_unlock(0, b); }",
        "$r = test_bit_acquire($m, b);")
POINTERS = ("rcu_assign_pointer(*p, $w);", "WRITE_ONCE(*p, $w);",
            "q = rcu_dereference(*p); $r = READ_ONCE(*q);",
            "q = READ_ONCE(*p); $r = READ_ONCE(*q);",
            "q = READ_ONCE(*p); WRITE_ONCE(*q, $n);",
            "q = rcu_access_pointer(*p);")
LOCKED = ("spin_lock(s); $i $i spin_unlock(s);",
          "spin_lock(t); $i spin_unlock(t);",
          "spin_lock(s); spin_unlock(s);",
          "spin_lock(s); smp_mb__after_spinlock(); $i spin_unlock(s);",
          "spin_lock(t); smp_mb__after_unlock_lock(); $i spin_unlock(t);",
          "$r = spin_trylock(s); if ($r) { $i spin_unlock(s); }",
          "$r = spin_is_locked($l);")
RCU = ("rcu_read_lock(); $i $i rcu_read_unlock();",
       "synchronize_rcu();") * 2
VOCABULARIES = (PLAIN + ORDERED, PLAIN + ATOMIC, PLAIN + ORDERED + ATOMIC,
                PLAIN + BITS, PLAIN + ORDERED + POINTERS, PLAIN + LOCKED, PLAIN + ORDERED + LOCKED, PLAIN + RCU,
                PLAIN + ORDERED + RCU)


class Body:
    """A thread in the making, with so many registers at most."""

    def __init__(self, rng, room):
        self.rng = rng
        self.room = room
        self.registers = 0

    def fill(self, template):
        """The template as C; nothing if it wants one register too many."""
        register = f"r{self.registers}"
        if "$r" in template:
            if self.registers == self.room:
                return ""
            self.registers += 1
        choices = {"w": "xy", "a": "vc", "l": "st", "n": "12", "m": "01"}

        def one(match):
            if match[1] == "r":
                return register
            if match[1] == "i":
                return self.fill(self.rng.choice(PLAIN))
            return self.rng.choice(choices[match[1]])

        return re.sub(r"\$(\w)", one, template)


def test_text(seed):
    """A litmus test; the same for the same seed. Its condition always holds:
    what matters is the outcomes."""
    rng = random.Random(seed)
    vocabulary = rng.choice(VOCABULARIES)
    params = ", ".join(f"{kind} *{name}" for name, kind in PLACES.items())
    threads, values, room = [], [], MAX_REGISTERS
    sizes = rng.choice(((2, 4), (3, 3), (1, 3, 2), (2, 2, 2)))
    for number, size in enumerate(rng.sample(sizes, len(sizes))):
        body = Body(rng, room)
        lines = [body.fill(rng.choice(vocabulary)) for _ in range(size)]
        lines = (["int *q;"] + [f"int r{i};" for i in range(body.registers)] +
                 lines)
        threads.append(f"P{number}({params})\n{{\n\t" + "\n\t".join(lines) +
                       "\n}\n")
        values += [f"{number}:r{i}" for i in range(body.registers)]
        room -= body.registers
    text = "\n".join(threads).replace(params, "")
    values += [name for name in "xyvcbp"
               if re.search(rf"[(*]{name}\b", text)][:MAX_VALUES - len(values)]
    return (f"C random-{seed}\n\n(*\n * Result: Always\n *)\n\n{{\n\tp=x;\n}}\n\n" +
            "\n".join(threads) +
            f"\nlocations [{'; '.join(values)}]\nexists (true)\n")
