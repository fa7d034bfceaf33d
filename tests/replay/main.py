#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""
The command line of a replay: main.py EXAMPLE runs tests/replay/example.c in
all its variants and checks verdicts, exit statuses, schedules and tables.
"""

import json
import subprocess
import sys

EXAMPLE = sys.argv[1]
failed = 0


def run(*args):
    done = subprocess.run([EXAMPLE, *args], capture_output=True, text=True,
                          check=False, timeout=100)
    return done.returncode, done.stdout, done.stderr


def check(what, got, wanted):
    global failed
    if got != wanted:
        failed += 1
        print(f"{what}: {got!r}, not {wanted!r}")


def result(*args):
    status, out, _ = run(*args, "--json")
    return status, json.loads(out)


# Variant: exit status, verdict
for name, status, verdict in [
        ("race", 1, "confirmed"), ("weak", 1, "confirmed-weak"),
        ("opaque", 1, "confirmed-if"), ("guess", 1, "confirmed-if"),
        ("clean", 0, "not-reproduced"), ("loose", 3, "unsupported"),
        ("uncontrolled", 3, "inconclusive"),
        ("unsupported", 3, "unsupported"), ("endless", 3, "inconclusive")]:
    got, r = result(name, *(["--limit-steps", "60"]
                            if name == "endless" else []))
    check(f"{name}: status", got, status)
    check(f"{name}: verdict", r["verdict"], verdict)
    got, text, _ = run(name, "--memory", "sc", "--limit-steps", "60")
    first = text.split("\n")[0]
    if name != "weak":
        check(f"{name}: text", first.startswith(f"{name}: {verdict}"), True)
    check(f"{name}: the same twice", run(name, "--limit-steps", "60"),
          run(name, "--limit-steps", "60"))

# The shortest story: one switch away from the finder, while it could go on
_, r = result("race")
story = r["story"]
check("race: preemptions", story["preemptions"], 1)
check("race: failure", story["failure"], "reference underflow")
check("race: memory", story["memory"], "sc")
check("race: runs", [(x["mode"], x["control"]) for x in r["runs"]],
      [("dpor", False), ("bound", False), ("dpor", True)])
check("race: control", r["runs"][2]["whole_space"], True)
last = story["steps"][-1]
check("race: last step", (last["cpu"], last["file"], last["text"]),
      (1, "cache.c", "refcount_inc(&e->refs)"))
check("race: its line", last["line"], 107)

# A schedule runs again; the control passes it; a wrong one is refused
got, text, _ = run("race", "--schedule", story["schedule"])
check("schedule: status", got, 1)
check("schedule: table", "cache.c:106" in text and "set" in text, True)
check("schedule: control", run("race", "--control", "--schedule",
                               story["schedule"])[0], 0)
check("schedule: cannot be", run("race", "--schedule", "0 9*3")[0], 3)

# Weak memory: named, and clean under the stronger ones
_, r = result("weak")
check("weak: memory", r["story"]["memory"], "pso")
check("weak: explored", [x["memory"] for x in r["runs"]],
      ["sc", "tso", "pso", "pso", "pso"])
check("weak: tso", run("weak", "--memory", "tso")[0], 0)
check("weak: text", "confirmed-weak (pso)" in run("weak")[1], True)
check("weak: schedule", run("weak", "--memory", "pso", "--schedule",
                            r["story"]["schedule"])[0], 1)
check("weak: wrong memory", run("weak", "--schedule",
                                r["story"]["schedule"])[0], 3)

# One of four values of two conditions fails
_, r = result("opaque")
check("opaque: share", (r["failing_valuations"], r["valuations"]), (1, 4))
check("opaque: what was said",
      any(s["text"] == "if (entry is cached)" for s in r["story"]["steps"]),
      True)
check("guess: assumption", "cache.c:42: one reference at the start (a guess)"
      in run("guess")[1], True)

# --all counts, every mode finds, limits stop
_, plain = result("race", "--all", "--mode", "plain")
_, dpor = result("race", "--all", "--mode", "dpor")
check("all: fewer", dpor["runs"][0]["executions"] <
      plain["runs"][0]["executions"], True)
check("all: failures", 0 < dpor["runs"][0]["failures"] <
      dpor["runs"][0]["executions"], True)
for mode in ["plain", "sleep", "dpor", "bound", "states"]:
    check(f"mode {mode}", run("race", "--mode", mode)[0], 1)
check("limit", result("clean", "--limit-executions", "1")[1]["verdict"],
      "inconclusive")
check("steps", result("endless", "--limit-steps", "50", "--memory",
                      "sc")[1]["runs"][0]["dropped"] > 0, True)

# Usage
for args in [["--memory", "alpha"], ["--mode", "fast"], ["--nonsense"],
             ["--limit-steps", "x"], ["--limit-executions", "-1"],
             ["stray"], ["--time-limit"]]:
    check(f"usage {args}", run("race", *args)[0], 2)
sys.exit(failed > 0)
