#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""judge.py RUN...

That the judge of litmus tests judges: files with a wrong Result, wrong
memories, or what cannot be expressed are seen through. RUN is tests/litmus/run
with its options.
"""

import os
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
sys.dont_write_bytecode = True
import litmus  # noqa: E402  (it lies beside this file)

RUN = sys.argv[1:]

STORE_BUFFERING = """C sb
(*
 * Result: {result}
 {memories}*)
{{}}
P0(int *x, int *y)
{{
	int r0;

	WRITE_ONCE(*x, 1);
	{between};
	r0 = READ_ONCE(*y);
}}
P1(int *x, int *y) // the same, the other way round
{{
	int r0;

	WRITE_ONCE(*y, 1);
	{between};
	r0 = READ_ONCE(*x);
}}
locations [x; 0:r0] (* is more than the condition asks *)
{condition}
"""


def text(result="Sometimes", memories="", between="smp_wmb()",
         condition="exists (0:r0=0 /\\ 1:r0=0)"):
    return STORE_BUFFERING.format(
        result=result, between=between, condition=condition,
        memories=memories and f"* Memories: {memories}\n ")


def run(source, *options):
    """Exit status and the last cell of the table."""
    with tempfile.TemporaryDirectory() as directory:
        path = os.path.join(directory, "sb.litmus")
        with open(path, "w", encoding="utf-8") as f:
            f.write(source)
        done = subprocess.run([*RUN, "--markdown", *options, path],
                              capture_output=True, text=True, check=False)
    lines = [line for line in done.stdout.splitlines() if line[:4] == "| sb"]
    return done.returncode, lines[0].split(" | ")[-1].removesuffix(" |")


class Verdicts(unittest.TestCase):
    def test_agree(self):
        self.assertEqual(run(text()), (0, "agree"))
        self.assertEqual(run(text("Never", "none", "smp_mb()")), (0, "agree"))
        self.assertEqual(run(text("Sometimes", "tso pso arm")), (0, "agree"))

    def test_weaker(self):
        self.assertEqual(run(text("Never")), (1, "WEAKER: in tso"))
        self.assertEqual(
            run(text("Always", condition="forall (0:r0=1 \\/ 1:r0=1)")),
            (1, "WEAKER: in tso"))

    def test_stronger(self):
        path = os.path.join(os.path.dirname(os.path.abspath(__file__)),
                            "shapes", "lb-plain.litmus")
        with open(path, encoding="utf-8") as f:
            self.assertEqual(run(f.read()), (0, "stronger"))

    def test_model(self):
        self.assertEqual(run(text(between="smp_mb()")),
                         (1, "WRONG: not the model's result"))

    def test_memories(self):
        self.assertEqual(run(text(memories="arm")),
                         (1, "WRONG: shown by tso pso arm"))

    def test_filter(self):
        self.assertEqual(
            run(text("Never", condition="filter (0:r0=1) exists "
                     "(0:r0=0 /\\ 1:r0=0)")), (0, "agree"))

    def test_unsupported(self):
        for between in ("srcu_read_lock(x)", "return", "r0 = *x + 1"):
            status, verdict = run(text(between=between))
            self.assertEqual(status, 0)
            self.assertTrue(verdict.startswith("unsupported: "), verdict)
            self.assertEqual(run(text(between=between), "--strict")[0], 3)

    def test_no_result(self):
        self.assertTrue(run(text("Maybe"))[1].startswith("unsupported"))


class Dialect(unittest.TestCase):
    def condition(self, source):
        return litmus.condition(litmus.Cursor(source))

    def test_precedence(self):
        tree = self.condition("x=1 \\/ y=1 /\\ ~(0:r1=2 \\/ z!=&x)")
        state = {"x": 0, "y": 1, "0:r1": 0, "z": "&x"}
        self.assertTrue(litmus.holds(tree, state))
        self.assertFalse(litmus.holds(tree, state | {"0:r1": 2}))
        self.assertFalse(litmus.holds(tree, state | {"z": 0}))
        self.assertTrue(litmus.holds(tree, state | {"z": 0, "x": 1}))

    def test_places(self):
        test = litmus.Test("", "C t\n{int x = 1; p=x; a; int *q = &b;} "
                           "P0(int **p, atomic_t *v) {} exists (p=x)")
        self.assertEqual(test.places, {
            "x": ("int", "1"), "p": ("int *", "x"), "a": ("int", None),
            "q": ("int *", "&b"), "v": ("atomic_t", None), "b": ("int", None)})

    def test_plain_accesses(self):
        self.assertEqual(litmus.plain_accesses("\tr0 = *x;\n\t*x = r0 + 1;\n"),
                         "\tr0 = READ(*x);\n\tWRITE(*x, r0 + 1);\n")
        for body in ("if (*x) y();", "p->a = 1;", "r0 = a[1];"):
            self.assertRaises(litmus.Unsupported, litmus.plain_accesses, body)

    def test_malformed(self):
        for source in ("", "C t", "C t\n{", "C t\n{} P0() {} exists (x=1",
                       "C t\n{} P0(int x) {} exists (x=1)",
                       "C t\n{} P0(int *x) {} exists (x=1) more",
                       "C t\n{struct s x;} P0(int *x) {} forall (x=)"):
            self.assertRaises(litmus.Unsupported, litmus.Test, "", source)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
