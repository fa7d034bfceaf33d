# SPDX-License-Identifier: GPL-2.0-only
"""Which outcomes the kernel's memory model allows a litmus test to have.

A reading of tools/memory-model (linux-kernel.bell, .cat, .def and lock.cat) as
of linux 6.1, with the rmw-sequence of 6.3: all candidate executions are built
and held against the model's axioms. It shares nothing with the replay runtime,
so neither can repeat the other's mistakes. Bits and reference counts, which
.def leaves out, are taken as Documentation/atomic_bitops.txt and
Documentation/core-api/refcount-vs-atomic.rst describe them.

Not read: plain accesses, SRCU, most atomics that .def does not have;
Unsupported says so.
"""

import itertools
import operator
import re

from litmus import Unsupported

# Values grow with every round of an atomic_inc() that reads its own result.
MAX_ROUNDS = 8
MAX_VALUES = 7
MAX_VALUE = 40


# --------------------------------------------------------------------------
# Relations over the events of one execution


class Relation:
    """rows[i] has bit j if i is related to j; the operators are those of .cat:
    | & - and @, which is ";" there."""

    __slots__ = ("rows",)

    def __init__(self, rows):
        self.rows = rows

    @classmethod
    def identity(cls, members):
        return cls([bool(member) << i for i, member in enumerate(members)])

    def __or__(self, other):
        return Relation([a | b for a, b in zip(self.rows, other.rows)])

    def __and__(self, other):
        return Relation([a & b for a, b in zip(self.rows, other.rows)])

    def __sub__(self, other):
        return Relation([a & ~b for a, b in zip(self.rows, other.rows)])

    def __matmul__(self, other):
        out = []
        for row in self.rows:
            joined = 0
            while row:
                joined |= other.rows[(row & -row).bit_length() - 1]
                row &= row - 1
            out.append(joined)
        return Relation(out)

    def __eq__(self, other):
        return self.rows == other.rows

    def __bool__(self):
        return any(self.rows)

    def inverse(self):
        size = len(self.rows)
        return Relation([sum((self.rows[j] >> i & 1) << j for j in range(size))
                         for i in range(size)])

    def optional(self):
        return self | Relation.identity([True] * len(self.rows))

    def closure(self):
        rows = self.rows[:]
        for k in range(len(rows)):
            for i, row in enumerate(rows):
                if row >> k & 1:
                    rows[i] |= rows[k]
        return Relation(rows)

    def star(self):
        return self.closure().optional()

    def irreflexive(self):
        return not any(row >> i & 1 for i, row in enumerate(self.rows))

    def acyclic(self):
        return self.closure().irreflexive()


# --------------------------------------------------------------------------
# The threads' C


class Parser:
    """Statements are tuples: ("block", list), ("if", test, then, else),
    ("set", name, expression), ("do", expression). So are expressions: an
    operator and its operands, ("name", n), ("number", n), ("call", n, list).
    """

    TOKEN = re.compile(r"\s*(==|!=|&&|\|\||\w+|[^\s])")

    def __init__(self, body):
        body = re.sub(r"//[^\n]*|/\*.*?\*/", "", body, flags=re.S)
        self.tokens = self.TOKEN.findall(body) + [None]
        self.at = 0

    def peek(self):
        return self.tokens[self.at]

    def take(self, *wanted):
        """The next token if it is one of those; without any, whatever."""
        token = self.tokens[self.at]
        if token is None or (wanted and token not in wanted):
            return None
        self.at += 1
        return token

    def need(self, token):
        if not self.take(token):
            raise Unsupported(f"'{token}' expected before '{self.peek()}'")

    def block(self, end=None):
        out = []
        while self.peek() != end:
            if self.peek() is None:
                raise Unsupported("a '{' is not closed")
            out.append(self.statement())
        return ("block", out)

    def statement(self):
        if self.take("{"):
            inner = self.block("}")
            self.need("}")
            return inner
        if self.take("if"):
            test = self.primary()
            then = self.statement()
            other = self.statement() if self.take("else") else ("block", [])
            return ("if", test, then, other)
        if self.peek() in ("int", "long", "unsigned"):
            return self.declaration()
        if self.tokens[self.at:self.at + 3] == ["(", "void", ")"]:
            self.at += 3
        left = self.expression()
        if left[0] == "name" and self.take("="):
            left = ("set", left[1], self.expression())
        else:
            left = ("do", left)
        self.need(";")
        return left

    def declaration(self):
        while self.peek() not in (";", "=", ",", None):
            self.take()
        if self.peek() != ";":
            raise Unsupported("a register with a start value")
        self.take()
        return ("block", [])

    def expression(self):
        left = self.sum()
        sign = self.take("==", "!=", "&&", "||")
        while sign:
            left = (sign, left, self.sum())
            sign = self.take("==", "!=", "&&", "||")
        return left

    def sum(self):
        left = self.primary()
        sign = self.take("+", "-")
        while sign:
            left = (sign, left, self.primary())
            sign = self.take("+", "-")
        return left

    def primary(self):
        token = self.take()
        if token == "(":
            inner = self.expression()
            self.need(")")
            return inner
        if token == "!":
            return ("==", self.primary(), ("number", 0))
        if token == "-":
            return ("-", ("number", 0), self.primary())
        if token == "*":
            return ("*", self.primary())
        if token and token[0].isdigit():
            return ("number", int(token, 0))
        if not token or not re.fullmatch(r"\w+", token):
            raise Unsupported(f"expression at '{token}'")
        if not self.take("("):
            return ("name", token)
        args = []
        while not self.take(")"):
            args.append(self.expression())
            self.take(",")
        return ("call", token, args)


# --------------------------------------------------------------------------
# One thread, for given values of its loads


class Event:
    """kind: R, W or F; tag: as in .bell, and LKR, LKW, UL, LF of locks.

    addr, data, ctrl: the thread's loads that it depends on; partner: of the
    store of a read-modify-write, its load. Both are indices in the thread.
    """

    def __init__(self, kind, tag, place=None, value=None):
        self.kind = kind
        self.tag = tag
        self.place = place
        self.value = value
        self.addr = self.data = self.ctrl = frozenset()
        self.partner = None


class Undecided(Exception):
    """A load whose value is not given yet; the argument has the choices."""


class Impossible(Exception):
    """The values given lead nowhere: no address, or too large."""


class Value:
    """A number or an address "&x", and the loads that it was made from."""

    def __init__(self, content, loads=frozenset()):
        self.content = content
        self.loads = loads


LOADS = {"READ_ONCE": "once", "rcu_dereference": "once",
         "rcu_access_pointer": "once", "smp_load_acquire": "acquire",
         "atomic_read": "once", "atomic_read_acquire": "acquire",
         "refcount_read": "once"}
STORES = {"WRITE_ONCE": "once", "smp_store_mb": "once",
          "rcu_assign_pointer": "release", "smp_store_release": "release",
          "atomic_set": "once", "atomic_set_release": "release",
          "refcount_set": "once"}
FENCES = {"smp_mb": "mb", "smp_rmb": "rmb", "smp_wmb": "wmb",
          "smp_mb__before_atomic": "before-atomic",
          "smp_mb__after_atomic": "after-atomic",
          "smp_mb__after_spinlock": "after-spinlock",
          "smp_mb__after_unlock_lock": "after-unlock-lock",
          "rcu_read_lock": "rcu-lock", "rcu_read_unlock": "rcu-unlock",
          "synchronize_rcu": "sync-rcu",
          "synchronize_rcu_expedited": "sync-rcu"}
ORDERS = {None: "mb", "_relaxed": "once", "_acquire": "acquire",
          "_release": "release"}
BITS = {"set_bit": ("noreturn", operator.or_),
        "clear_bit": ("noreturn", lambda old, mask: old & ~mask),
        "change_bit": ("noreturn", operator.xor),
        "clear_bit_unlock": ("release", lambda old, mask: old & ~mask),
        "test_and_set_bit": ("mb", operator.or_),
        "test_and_clear_bit": ("mb", lambda old, mask: old & ~mask),
        "test_and_change_bit": ("mb", operator.xor),
        "test_and_set_bit_lock": ("acquire", operator.or_)}
COUNTS = {"refcount_inc": (1, "once"), "refcount_dec": (-1, "release"),
          "refcount_inc_not_zero": (1, "once"),
          "refcount_dec_and_test": (-1, "release")}
EXCHANGE = re.compile(r"(?:atomic_)?(cmp)?xchg(_relaxed|_acquire|_release)?")
ARITHMETIC = re.compile(r"atomic_(fetch_)?(add|sub|inc|dec)"
                        r"(_return|_and_test)?"
                        r"(_relaxed|_acquire|_release)?")


class Thread:
    """Runs a body; its loads return @given, one after the other."""

    def __init__(self, params, values, given):
        self.params = params
        self.values = values
        self.given = given
        self.used = 0
        self.events = []
        self.registers = {}
        self.ctrl = frozenset()

    def run(self, statement):
        kind = statement[0]
        if kind == "block":
            for inner in statement[1]:
                self.run(inner)
        elif kind == "do":
            self.evaluate(statement[1])
        elif kind == "set":
            self.registers[statement[1]] = self.evaluate(statement[2])
        else:
            test = self.evaluate(statement[1])
            self.ctrl |= test.loads
            self.run(statement[2] if test.content != 0 else statement[3])

    def evaluate(self, tree):
        kind = tree[0]
        if kind == "number":
            return Value(tree[1])
        if kind == "name":
            if tree[1] in self.params:
                return Value("&" + tree[1])
            return self.registers.get(tree[1], Value(0))
        if kind == "call":
            return self.call(tree[1], tree[2]) or Value(0)
        if kind == "*":
            raise Unsupported("plain accesses have rules of their own")
        left, right = self.evaluate(tree[1]), self.evaluate(tree[2])
        return Value(self.compute(kind, left.content, right.content),
                     left.loads | right.loads)

    @staticmethod
    def compute(sign, left, right):
        if sign == "==":
            return int(left == right)
        if sign == "!=":
            return int(left != right)
        if sign == "&&":
            return int(left != 0 and right != 0)
        if sign == "||":
            return int(left != 0 or right != 0)
        if isinstance(left, str) or isinstance(right, str):
            raise Impossible
        return left + right if sign == "+" else left - right

    def event(self, kind, tag, place=None, value=None, data=frozenset()):
        """Appends one; @place is a Value."""
        name = None
        if place:
            if not isinstance(place.content, str):
                raise Impossible
            name = place.content[1:]
        if isinstance(value, int) and abs(value) > MAX_VALUE:
            raise Impossible
        event = Event(kind, tag, name, value)
        event.addr = place.loads if place else frozenset()
        event.data = data
        event.ctrl = self.ctrl
        self.events.append(event)
        return frozenset([len(self.events) - 1])

    def next_value(self, place, choices=None):
        """The given value of the next load, which is from @place."""
        if not isinstance(place.content, str):
            raise Impossible
        if self.used == len(self.given):
            if choices is None:
                choices = self.values[place.content[1:]]
            raise Undecided(choices)
        self.used += 1
        return self.given[self.used - 1]

    def load(self, place, tag):
        value = self.next_value(place)
        return Value(value, self.event("R", tag, place, value))

    def change(self, place, order, new, applies=lambda old: True,
               loads=frozenset()):
        """A read-modify-write; what it read, and whether it wrote."""
        old = self.next_value(place)
        if not applies(old):
            return Value(old, self.event("R", "once", place, old)), False
        if order == "mb":
            self.event("F", "mb")
        tag = order if order in ("acquire", "noreturn") else "once"
        read = self.event("R", tag, place, old)
        tag = "release" if order == "release" else "once"
        self.event("W", tag, place, new(old), loads | read)
        self.events[-1].partner = min(read)
        if order == "mb":
            self.event("F", "mb")
        return Value(old, read), True

    def lock(self, place):
        read = self.event("R", "LKR", place, 0)
        self.event("W", "LKW", place, 1)
        self.events[-1].partner = min(read)
        return Value(1, read)

    def trylock(self, place):
        if self.next_value(place, {0, 1}) == 0:
            return self.lock(place)
        return Value(0, self.event("R", "LF", place, 1))

    def call(self, name, args):
        if name in FENCES:
            self.event("F", FENCES[name])
            return None
        # Some macros take the word, some its address.
        place = args[0][1] if args and args[0][0] == "*" else args[0]
        if name in LOADS:
            return self.load(self.evaluate(place), LOADS[name])
        if name in STORES:
            return self.call_store(name, self.evaluate(place), args)
        if "bit" in name:
            return self.call_bit(name, *map(self.evaluate, args))
        if name in COUNTS:
            return self.call_count(name, self.evaluate(place))
        if name.startswith("spin_"):
            return self.call_lock(name, self.evaluate(place))
        return self.call_change(name, args)

    def call_store(self, name, place, args):
        value = self.evaluate(args[1])
        self.event("W", STORES[name], place, value.content, value.loads)
        if name == "smp_store_mb":
            self.event("F", "mb")

    def call_lock(self, name, place):
        if name == "spin_lock":
            self.lock(place)
            return None
        if name == "spin_unlock":
            self.event("W", "UL", place, 0)
            return None
        if name == "spin_trylock":
            return self.trylock(place)
        if name == "spin_is_locked":
            return self.load(place, "LF")
        raise Unsupported(f"the model is not told of {name}()")

    def call_bit(self, name, number, place):
        mask = 1 << number.content
        if name in ("test_bit", "test_bit_acquire"):
            word = self.load(place, "acquire" if "_a" in name else "once")
            return Value(int(word.content & mask != 0), word.loads)
        if name not in BITS:
            raise Unsupported(f"the model is not told of {name}()")
        order, new = BITS[name]
        old, _ = self.change(place, order, lambda old: new(old, mask))
        return Value(int(old.content & mask != 0), old.loads)

    def call_count(self, name, place):
        step, order = COUNTS[name]
        old, wrote = self.change(
            place, order, lambda old: old + step,
            lambda old: old != 0 or name != "refcount_inc_not_zero")
        if name == "refcount_inc_not_zero":
            return Value(int(wrote), old.loads)
        last = name == "refcount_dec_and_test" and old.content == 1
        if last:
            self.events[min(old.loads)].tag = "acquire"
        return Value(int(last), old.loads)

    def call_change(self, name, args):
        args = [self.evaluate(arg) for arg in args]
        match = EXCHANGE.fullmatch(name)
        if match:
            return self.exchange(match, *args)
        if name == "atomic_add_unless":
            place, added, unless = args
            old, wrote = self.change(
                place, "mb", lambda old: old + added.content,
                lambda old: old != unless.content, added.loads | unless.loads)
            return Value(int(wrote), old.loads)
        match = ARITHMETIC.fullmatch(name)
        if not match:
            raise Unsupported(f"the model is not told of {name}()")
        return self.arithmetic(match, args)

    def exchange(self, match, place, first, second=None):
        order = ORDERS[match[2]]
        if not match[1]:
            return self.change(place, order, lambda old: first.content,
                               loads=first.loads)[0]
        return self.change(place, order, lambda old: second.content,
                           lambda old: old == first.content,
                           first.loads | second.loads)[0]

    def arithmetic(self, match, args):
        fetch, verb, returns, order = match.groups()
        added = args.pop(0) if verb in ("add", "sub") else Value(1)
        if isinstance(added.content, str):
            raise Impossible
        step = added.content if verb in ("add", "inc") else -added.content
        void = not fetch and not returns
        old, _ = self.change(args[0], "noreturn" if void else ORDERS[order],
                             lambda old: self.compute("+", old, step),
                             loads=added.loads)
        if void or fetch:
            return None if void else old
        new = old.content + step
        return Value(int(new == 0) if returns == "_and_test" else new,
                     old.loads)


def runs_of(body, params, values):
    """The thread's runs, for all values that its loads may return."""
    out, todo = [], [[]]
    while todo:
        given = todo.pop()
        thread = Thread(params, values, given)
        try:
            thread.run(body)
            out.append(thread)
        except Undecided as load:
            todo += [given + [v] for v in sorted(load.args[0], key=str)]
        except Impossible:
            pass
    return out


# --------------------------------------------------------------------------
# Candidate executions


def initial_values(test):
    out = {}
    for name, (_, value) in test.places.items():
        number = re.search(r"-?\d+", value or "0")
        out[name] = "&" + value.strip("& ") if value and re.fullmatch(
            r"&?\s*[a-zA-Z_]\w*", value) else int(number[0])
    return out


def all_runs(test, initial):
    """Of each thread: its runs; values flow from stores to loads."""
    bodies = [Parser(t.body).block() for t in test.threads]
    values = {place: {0, 1} if "lock" in test.places[place][0] else {value}
              for place, value in initial.items()}
    for _ in range(MAX_ROUNDS):
        runs = [runs_of(body, {name for _, name in t.params}, values)
                for body, t in zip(bodies, test.threads)]
        more = {place: set(known) for place, known in values.items()}
        for event in (e for of in runs for run in of for e in run.events):
            if event.kind == "W":
                more[event.place].add(event.value)
        if more == values or max(map(len, more.values())) > MAX_VALUES:
            break
        values = more
    return runs


class Execution:
    """The events of one run of each thread, after the initial stores; what
    does not change with the choice of coherence order and reads-from."""

    def __init__(self, runs, initial):
        self.events = [Event("W", "init", place, value)
                       for place, value in initial.items()]
        self.owner = [-1 - i for i in range(len(initial))]
        pairs = {name: [] for name in ("po", "addr", "data", "ctrl", "rmw")}
        self.rscs = []
        self.read_by = {}  # store of a read-modify-write -> its load
        for number, run in enumerate(runs):
            self.add_thread(number, run.events, pairs)
        self.all = range(len(self.events))
        self.po, self.addr, self.data, self.ctrl, self.rmw = (
            self.relation(pairs[name])
            for name in ("po", "addr", "data", "ctrl", "rmw"))
        self.rcu_rscs = self.relation(self.rscs)

    def relation(self, pairs):
        rows = [0] * len(self.events)
        for a, b in pairs:
            rows[a] |= 1 << b
        return Relation(rows)

    def where(self, test):
        return self.relation([(a, b) for a in self.all for b in self.all
                              if test(a, b)])

    def set(self, test):
        """[test] in .cat"""
        return Relation.identity(map(test, self.events))

    def tagged(self, *tags):
        return self.set(lambda e: e.tag in tags)

    def add_thread(self, number, events, pairs):
        first, open_sections = len(self.events), []
        for i, event in enumerate(events):
            me = first + i
            pairs["po"] += [(first + j, me) for j in range(i)]
            for name in ("addr", "data", "ctrl"):
                pairs[name] += [(first + j, me) for j in getattr(event, name)]
            if event.partner is not None:
                pairs["rmw"].append((first + event.partner, me))
                self.read_by[me] = first + event.partner
            if event.tag == "rcu-lock":
                open_sections.append(me)
            elif event.tag == "rcu-unlock" and open_sections:
                began = open_sections.pop()
                if not open_sections:
                    self.rscs.append((began, me))
        self.events += events
        self.owner += [number] * len(events)

    def coherence_orders(self, place):
        """The orders of the stores to @place, the initial one first: of each
        thread in its own order."""
        queues = {}
        for i in self.all:
            if self.events[i].kind == "W" and self.events[i].place == place:
                queues.setdefault(self.owner[i], []).append(i)
        first = min(queues)
        return self.merges(queues.pop(first), list(queues.values()))

    def merges(self, order, queues):
        if not any(queues):
            yield order
        for i, queue in enumerate(queues):
            if queue and self.may_follow(order[-1], queue[0]):
                rest = queues[:i] + [queue[1:]] + queues[i + 1:]
                yield from self.merges(order + queue[:1], rest)

    def may_follow(self, before, after):
        """A locked lock is unlocked by its owner; nothing comes between the
        halves of a read-modify-write."""
        if self.events[before].tag == "LKW" and (
                self.events[after].tag != "UL" or
                self.owner[before] != self.owner[after]):
            return False
        return (after not in self.read_by or
                self.events[self.read_by[after]].value ==
                self.events[before].value)

    def sources(self, load, order):
        """The stores that @load may read, of those in coherence order."""
        if self.rmw.rows[load]:
            place = order.index(self.rmw.rows[load].bit_length() - 1)
            return order[place - 1:place]
        return [store for store in order
                if self.events[store].value == self.events[load].value]

    def candidates(self):
        """Pairs of coherence order by place and reads-from, as pairs."""
        places = list(dict.fromkeys(e.place for e in self.events if e.place))
        loads = [i for i in self.all if self.events[i].kind == "R"]
        for orders in itertools.product(*map(self.coherence_orders, places)):
            order_of = dict(zip(places, orders))
            stores = [self.sources(load, order_of[self.events[load].place])
                      for load in loads]
            for chosen in itertools.product(*stores):
                yield order_of, list(zip(chosen, loads))


# --------------------------------------------------------------------------
# The model, in the names and the order of linux-kernel.cat


class Model:
    def __init__(self, x):
        self.x = x
        self.po = x.po
        self.identity = Relation.identity([True] * len(x.all))
        self.reads = x.set(lambda e: e.kind == "R")
        self.writes = x.set(lambda e: e.kind == "W")
        self.accesses = x.set(lambda e: e.kind != "F")
        self.internal = x.where(lambda a, b: x.owner[a] == x.owner[b])
        self.external = x.where(lambda a, b: x.owner[a] != x.owner[b])
        self.po_loc = x.po & x.where(
            lambda a, b: x.events[a].place and
            x.events[a].place == x.events[b].place)
        self.unlock = x.tagged("UL")
        self.lock_read = x.tagged("LKR")
        self.lock_write = x.tagged("LKW")
        self.rmw_events = self.of_rmw()
        self.acq_po = x.tagged("acquire", "LKR") @ x.po @ self.accesses
        self.po_rel = self.accesses @ x.po @ x.tagged("release", "UL")
        self.rmb = self.ordering_reads()
        self.wmb = self.writes @ self.fencerel("wmb") @ self.writes
        self.grace = x.tagged("sync-rcu")
        self.gp = x.po @ self.grace @ x.po.optional()

    def of_rmw(self):
        rows = self.x.rmw.rows
        targets = self.x.rmw.inverse().rows
        return Relation.identity([a | b for a, b in zip(rows, targets)])

    def ordering_reads(self):
        reads = self.x.set(lambda e: e.kind == "R" and e.tag != "noreturn")
        return reads @ self.fencerel("rmb") @ reads

    def fencerel(self, tag):
        return self.po @ self.x.tagged(tag) @ self.po

    def mb(self, co):
        m, po = self.accesses, self.po
        return ((m @ self.fencerel("mb") @ m) |
                (m @ self.fencerel("before-atomic") @ self.rmw_events @
                 po.optional() @ m) |
                (m @ po.optional() @ self.rmw_events @
                 self.fencerel("after-atomic") @ m) |
                (m @ po.optional() @ self.lock_write @
                 self.fencerel("after-spinlock") @ m) |
                (m @ po @ self.unlock @ (co | po) @ self.lock_write @
                 self.fencerel("after-unlock-lock") @ m))

    def allows(self, co, rf):
        x, po = self.x, self.po
        fr = (rf.inverse() @ co) - self.identity
        if not (self.po_loc | rf | co | fr).acyclic():
            return False
        rfe, rfi = rf & self.external, rf & self.internal
        po_unlock_lock_po = (po @ self.unlock @ (po | rf) @ self.lock_read @
                             po)
        strong_fence = self.mb(co) | self.gp
        fence = (strong_fence | self.po_rel | self.acq_po | self.wmb |
                 self.rmb)
        dep = x.addr | x.data
        overwrite = co | fr
        to_w = ((dep | x.ctrl) @ self.writes) | (overwrite & self.internal)
        to_r = x.addr | (dep @ rfi)
        ppo = to_r | to_w | fence | (po_unlock_lock_po & self.internal)
        rmw_sequence = (rf @ x.rmw).star()
        cumul_fence = (rfe.optional() @ (strong_fence | self.po_rel) |
                       self.wmb | po_unlock_lock_po) @ rmw_sequence
        prop = ((overwrite & self.external).optional() @ cumul_fence.star() @
                rfe.optional())
        hb = ppo | rfe | ((prop - self.identity) & self.internal)
        pb = prop @ strong_fence @ hb.star()
        return hb.acyclic() and pb.acyclic() and self.rcu(prop, hb, pb)

    def rcu(self, prop, hb, pb):
        if not self.grace:
            return True
        gp, rscs = self.grace, self.x.rcu_rscs.inverse()
        link = (self.po.optional() @ hb.star() @ pb.star() @ prop @ self.po)
        order = gp | (gp @ link @ rscs) | (rscs @ link @ gp)
        while True:
            more = (order | (gp @ link @ order @ link @ rscs) |
                    (rscs @ link @ order @ link @ gp) |
                    (order @ link @ order))
            if more == order:
                break
            order = more
        rcu_fence = self.po @ order @ self.po.optional()
        return (prop @ rcu_fence @ hb.star() @ pb.star()).irreflexive()


# --------------------------------------------------------------------------


def state_after(test, runs, events, orders):
    out = []
    for name in test.values:
        thread, _, register = name.rpartition(":")
        if thread:
            out.append(runs[int(thread)].registers.get(register,
                                                       Value(0)).content)
        else:
            out.append(events[orders[name][-1]].value)
    return tuple(out)


def is_fed(runs, initial):
    """Has every load a store of its value?"""
    stored = set(initial.items())
    events = [e for run in runs for e in run.events]
    stored.update((e.place, e.value) for e in events if e.kind == "W")
    return all((e.place, e.value) in stored
               for e in events if e.kind == "R")


def allowed(test):
    """The outcomes that the model allows, as states (litmus.state_of())."""
    initial, out = initial_values(test), set()
    for runs in itertools.product(*all_runs(test, initial)):
        if not is_fed(runs, initial):
            continue
        x = Execution(runs, initial)
        model = None
        for orders, rf in x.candidates():
            state = state_after(test, runs, x.events, orders)
            if state in out:
                continue
            co = x.relation([pair for order in orders.values() for pair in
                             itertools.combinations(order, 2)])
            model = model or Model(x)
            if model.allows(co, x.relation(rf)):
                out.add(state)
    return [dict(zip(test.values, state)) for state in sorted(out, key=str)]
