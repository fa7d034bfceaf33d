# SPDX-License-Identifier: GPL-2.0-only
"""
What bench/mutate prints, keeps and compares: the rows, the tables over them,
and the list of the mutants that rules report.
"""

import collections
import re

COLUMNS = ["name", "file", "compiles", "warning", "note", "replay", "lowered",
           "reference"]
VERDICTS = ["confirmed", "confirmed-if", "not-reproduced", "inconclusive",
            "unsupported"]
SEEN_HEAD = """\
# SPDX-License-Identifier: GPL-2.0-only
# The mutants of the corpus that rules report, and the rules: written by
# bench/mutate --write, held by the test mutants.
"""
MISSED_HEAD = """\
# SPDX-License-Identifier: GPL-2.0-only
# The mutants that a replay breaks and no rule reports: how, written by
# bench/mutate --write, and why, by a reader (docs/mutation.md).
"""
UNEXPLAINED = "unexplained"


def write_tsv(path, rows):
    with open(path, "w") as f:
        f.write("\t".join(COLUMNS) + "\n")
        for row in rows:
            f.write("\t".join(row[c] for c in COLUMNS) + "\n")


def read_tsv(path):
    with open(path) as f:
        head, *lines = f.read().splitlines()
    rows = [dict(zip(head.split("\t"), line.split("\t"))) for line in lines]
    for row in rows:
        row["case"], row["function"], _, kind = row["name"].split(":")
        row["kind"] = kind.split("#")[0]
    return rows


# --------------------------------------------------------------------------
# Of one row


def is_mutant(row):
    return row["compiles"] == "yes"


def is_warned(row):
    return row["warning"] != "-"


def is_noted(row):
    return row["warning"] == "-" and row["note"] != "-"


def is_silent(row):
    return is_mutant(row) and not is_warned(row) and not is_noted(row)


def breaks(row):
    """How a replay fails that hangs on no finding: in a race, in weak memory
    only, or also while the CPUs take turns; None: it does not, or there is
    none."""
    if row["reference"].startswith("sc: ") and \
       row["reference"].endswith(" 0 preemptions"):
        return "turns"
    if row["reference"].startswith("sc: ") or row["lowered"] == "confirmed":
        return "race"
    return "weak" if row["reference"].startswith("pso: ") else None


def is_missed(row, how=("race", "weak")):
    """It breaks something, and no rule says a word."""
    return is_silent(row) and breaks(row) in how


def is_harmless(row):
    return is_silent(row) and row["reference"] == "clean"


def is_unknown(row):
    return is_silent(row) and not breaks(row) and not is_harmless(row)


REFERENCE = {
    "race": "in a race",
    "weak": "in a race, in pso only",
    "turns": "in turns",
    "clean": "clean",
    "unknown": "unknown",
}


def reference_of(row):
    """What it is without the rules, reported or not; a key of REFERENCE."""
    return breaks(row) or ("clean" if row["reference"] == "clean" else
                           "unknown")


# --------------------------------------------------------------------------
# Tables


def count(rows, what):
    return sum(1 for row in rows if what(row))


def markdown(head, lines):
    out = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    return "\n".join(out + ["| " + " | ".join(map(str, line)) + " |"
                            for line in lines]) + "\n"


def by(rows, key):
    groups = collections.defaultdict(list)
    for row in rows:
        groups[row[key]].append(row)
    return groups


COUNTED = [
    ("edits", lambda row: True),
    ("mutants", is_mutant),
    ("warning", is_warned),
    ("note", is_noted),
    ("missed", is_missed),
    ("turns", lambda row: is_missed(row, ("turns",))),
    ("clean", is_harmless),
    ("unknown", is_unknown),
]


def counted(head, groups):
    return markdown([head] + [name for name, _ in COUNTED],
                    [[name] + [count(rows, what) for _, what in COUNTED]
                     for name, rows in groups])


def cases_table(rows):
    groups = [(f"`{case}`", own) for case, own in by(rows, "case").items()]
    return counted("case", groups + [("all", rows)])


def kinds_table(rows):
    return counted("kind", sorted(by(rows, "kind").items()))


def reference_table(rows):
    """Of those that break, and how, and of the others: what rules say."""
    groups = by([dict(row, found=reference_of(row)) for row in rows
                 if is_mutant(row)], "found")
    return markdown(["reference", "mutants", "warning", "note", "silent"],
                    [[text] + [count(groups[key], what) for what in
                               (is_mutant, is_warned, is_noted, is_silent)]
                     for key, text in REFERENCE.items()])


def verdicts_table(rows):
    """Of the findings of mutants at warning or above, and of the others."""
    lines = []
    for case, own in by(rows, "case").items():
        real = [row for row in own if is_mutant(row)]
        said = [v for row in real for v in row["replay"].split(",")]
        lines.append([f"`{case}`"] + [said.count(v) for v in VERDICTS] +
                     [count(real, lambda r, v=v: r["lowered"] == v)
                      for v in VERDICTS])
    return markdown(["case"] + VERDICTS + ["lowered: " + v for v in VERDICTS],
                    lines)


def matrix(rows):
    """kind by case: reported of mutants."""
    cases = list(by(rows, "case"))
    lines = []
    for kind, own in sorted(by(rows, "kind").items()):
        cells = []
        for case in cases:
            real = [r for r in own if r["case"] == case and is_mutant(r)]
            seen = count(real, lambda r: is_warned(r) or is_noted(r))
            cells.append(f"{seen}/{len(real)}" if real else "")
        lines.append([kind] + cells)
    return markdown(["kind"] + cases, lines)


def summary(rows):
    return "\n".join([cases_table(rows), reference_table(rows),
                      kinds_table(rows),
                      verdicts_table(rows), matrix(rows)])


# --------------------------------------------------------------------------
# What is kept


def seen_lines(rows):
    out = {}
    for row in rows:
        rules = [f"{row[s]} ({s})" for s in ("warning", "note")
                 if row[s] != "-"]
        if rules:
            out[row["name"]] = ", ".join(rules)
    return out


def write_seen(path, rows):
    with open(path, "w") as f:
        f.write(SEEN_HEAD)
        for name, rules in seen_lines(rows).items():
            f.write(f"{name}  {rules}\n")


def read_seen(path):
    with open(path) as f:
        return dict(re.match(r"(\S+)  (.*)", line).groups() for line in f
                    if not line.startswith("#"))


def check(path, rows, names, cases):
    """Says where the list and the run differ; names: of all mutants."""
    said, found, ok = read_seen(path), seen_lines(rows), True
    for row in rows:
        before = said.get(row["name"], "nothing")
        now = found.get(row["name"], "nothing")
        if before != now:
            print(f"mutate: {row['name']}: {now}, and the list has {before}")
            ok = False
    for name in said:
        if name not in names and (not cases or name.split(":")[0] in cases):
            print(f"mutate: {name}: is listed, and no mutant")
            ok = False
    print(f"{len(rows)} edits, {len(found)} reported, "
          f"{'as' if ok else 'not as'} the list says")
    return ok and bool(found or cases)


def read_missed(path):
    """{name: (how it fails, why no rule sees it)}"""
    with open(path) as f:
        fields = [line.rstrip("\n").split("  ") for line in f
                  if not line.startswith("#")]
    return {name: (failure, why) for name, failure, why in fields}


def write_missed(path, rows):
    """Keeps the reasons, which are a reader's; returns {name: ...} as above."""
    before, out = read_missed(path), {}
    for row in rows:
        if not is_missed(row):
            continue
        why = before.get(row["name"], ("", UNEXPLAINED))[1]
        how = row["reference"] if breaks(row) != "race" or \
            row["lowered"] != "confirmed" else "lowered: confirmed"
        out[row["name"]] = (how, why)
    with open(path, "w") as f:
        f.write(MISSED_HEAD)
        for name, (how, why) in out.items():
            f.write(f"{name}  {how}  {why}\n")
    return out


def reasons_table(missed):
    groups = collections.Counter(why for _, why in missed.values())
    return markdown(["why", "missed"], groups.most_common())


def write_doc(path, rows, missed):
    with open(path) as f:
        text = f.read()
    for name, part in (("reasons", reasons_table(missed)),
                       ("cases", cases_table(rows)),
                       ("reference", reference_table(rows)),
                       ("kinds", kinds_table(rows)),
                       ("verdicts", verdicts_table(rows)),
                       ("matrix", matrix(rows))):
        text, n = re.subn(
            f"(<!-- bench/mutate {name} -->\n).*?(<!-- end -->)",
            lambda m, part=part: f"{m.group(1)}\n{part}\n{m.group(2)}", text,
            flags=re.S)
        if n != 1:
            raise SystemExit(f"mutate: {path}: no place for {name}")
    with open(path, "w") as f:
        f.write(text)
