#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""The format sarif against a schema. No package has the official one, so the
constraints of SARIF 2.1.0 on the objects that pincheck writes stand here: which
members an object may have and must have, and of which type. Where
PINCHECK_SARIF_SCHEMA names a copy of the official schema, that is used, too."""
import copy
import difflib
import json
import os
import shutil
import subprocess
import sys
import tempfile
from urllib.parse import unquote

try:
    import jsonschema
except ImportError:
    sys.exit(77)

PINCHECK = os.environ["PINCHECK"]
FIXTURES = os.path.join(os.environ["SRC"], "tests", "fixtures")
LEVELS = {"enum": ["none", "note", "warning", "error"]}
TEXT = {"type": "string"}
FLAG = {"type": "boolean"}
BAG = {"type": "object"}


def whole(least, most=None):
    """An integer of at least, or from a to b."""
    return {"type": "integer", "minimum": least,
            **({} if most is None else {"maximum": most})}


def ref(name):
    return {"$ref": f"#/definitions/{name}"}


def several(item, **more):
    return {"type": "array", "items": item, **more}


def record(required, **members):
    """An object with no other members, as everywhere in SARIF."""
    return {"type": "object", "additionalProperties": False,
            "required": required.split(), "properties": members}


def texts():
    return {"type": "object", "additionalProperties": TEXT}


DEFINITIONS = {
    # Of "text" and "id" one is needed; we have no message by id.
    "message": record("text", text=TEXT, markdown=TEXT, properties=BAG),
    "artifactLocation": record("", uri={"type": "string",
                                        "format": "uri-reference"},
                               uriBaseId=TEXT, index=whole(-1),
                               description=ref("message"), properties=BAG),
    "region": record("", startLine=whole(1), startColumn=whole(1),
                     endLine=whole(1), endColumn=whole(1),
                     snippet=BAG, message=ref("message"), properties=BAG),
    # One of an address and an artifact is needed; ours has the latter.
    "physicalLocation": record("artifactLocation",
                               artifactLocation=ref("artifactLocation"),
                               region=ref("region"),
                               contextRegion=ref("region"), properties=BAG),
    "logicalLocation": record("", name=TEXT, index=whole(-1),
                              fullyQualifiedName=TEXT, decoratedName=TEXT,
                              parentIndex=whole(-1), kind=TEXT,
                              properties=BAG),
    "location": record("", id=whole(-1),
                       physicalLocation=ref("physicalLocation"),
                       logicalLocations=several(ref("logicalLocation"),
                                                uniqueItems=True),
                       message=ref("message"), properties=BAG),
    "threadFlowLocation": record("", index=whole(-1), location=ref("location"),
                                 executionOrder=whole(-1),
                                 nestingLevel=whole(0),
                                 importance={"enum": ["important", "essential",
                                                      "unimportant"]},
                                 kinds=several(TEXT), properties=BAG),
    "threadFlow": record("locations", id=TEXT, message=ref("message"),
                         locations=several(ref("threadFlowLocation"),
                                           minItems=1), properties=BAG),
    "codeFlow": record("threadFlows", message=ref("message"),
                       threadFlows=several(ref("threadFlow"), minItems=1),
                       properties=BAG),
    "result": record("message", ruleId=TEXT, ruleIndex=whole(-1),
                     level=LEVELS, message=ref("message"),
                     locations=several(ref("location")),
                     partialFingerprints=texts(), fingerprints=texts(),
                     codeFlows=several(ref("codeFlow")), properties=BAG,
                     baselineState={"enum": ["new", "unchanged", "updated",
                                             "absent"]}),
    "rule": record("id", id=TEXT, name=TEXT, shortDescription=ref("message"),
                   fullDescription=ref("message"), help=ref("message"),
                   defaultConfiguration=record("", enabled=FLAG, level=LEVELS,
                                               properties=BAG),
                   properties=BAG),
    "notification": record("message", message=ref("message"), level=LEVELS,
                           locations=several(ref("location")),
                           properties=BAG),
    "invocation": record("executionSuccessful", executionSuccessful=FLAG,
                         toolExecutionNotifications=several(
                             ref("notification")),
                         exitCode={"type": "integer"}, properties=BAG),
    "driver": record("name", name=TEXT, version=TEXT, semanticVersion=TEXT,
                     informationUri={"type": "string", "format": "uri"},
                     rules=several(ref("rule"), uniqueItems=True),
                     properties=BAG),
    "run": record("tool", tool=record("driver", driver=ref("driver")),
                  invocations=several(ref("invocation")),
                  columnKind={"enum": ["utf16CodeUnits",
                                       "unicodeCodePoints"]},
                  results=several(ref("result")), properties=BAG),
}
SCHEMA = {"$schema": "http://json-schema.org/draft-07/schema#",
          **record("version runs", version={"enum": ["2.1.0"]},
                   runs=several(ref("run"))),
          "definitions": DEFINITIONS}
SCHEMA["properties"]["$schema"] = {"type": "string", "format": "uri"}
failures = []


def expect(what, condition, *shown):
    if not condition:
        failures.append(what)
        print(f"FAILED: {what}", *shown)


def schemas():
    official = os.environ.get("PINCHECK_SARIF_SCHEMA")
    yield SCHEMA
    if official:
        with open(official, encoding="utf-8") as file:
            yield json.load(file)


def is_valid(log):
    return all(jsonschema.Draft7Validator(schema).is_valid(log)
               for schema in schemas())


def run(folder, status, *arguments):
    done = subprocess.run(
        [PINCHECK, *arguments, "--format=sarif", "--",
         f"-I{FIXTURES}/include"],
        cwd=folder, capture_output=True, check=False)
    expect(f"the status of {arguments}", done.returncode == status,
           done.returncode, done.stderr)
    log = json.loads(done.stdout.decode("utf-8"))
    for schema in schemas():
        for error in jsonschema.Draft7Validator(schema).iter_errors(log):
            expect("the schema holds", False, error.message,
                   list(error.absolute_path))
    return log["runs"][0], log


def check(folder, status, *paths):
    return run(folder, status, "check", "--engine=clang",
               "--min-severity=note", *paths)


def test_schema_refuses(log):
    """What the schema is worth: these are all wrong."""
    def damage(change):
        wrong = copy.deepcopy(log)
        change(wrong["runs"][0], wrong["runs"][0]["results"][0])
        expect("damage is noticed", not is_valid(wrong))

    expect("it holds without damage", is_valid(log))
    damage(lambda run, result: result.pop("message"))
    damage(lambda run, result: result.update(level="fatal"))
    damage(lambda run, result: result.update(line=7))
    damage(lambda run, result: result.update(baselineState="fixed"))
    damage(lambda run, result: run["tool"]["driver"].pop("name"))
    damage(lambda run, result: result["codeFlows"][0].update(threadFlows=[]))
    damage(lambda run, result: result["locations"][0]["physicalLocation"]
           ["region"].update(startLine=0))
    damage(lambda run, result: run["invocations"][0].pop(
        "executionSuccessful"))


def test_flow(result):
    threads = result["codeFlows"][0]["threadFlows"]
    expect("a thread a CPU", [t["id"] for t in threads] == ["CPU 0", "CPU 1"])
    orders = sorted(place["executionOrder"] for t in threads
                    for place in t["locations"])
    expect("the steps are in one order",
           orders == list(range(1, len(orders) + 1)), orders)
    for place in (p for t in threads for p in t["locations"]):
        location = place["location"]
        expect("a step has a line and a text",
               location["physicalLocation"]["region"]["startLine"] > 0 and
               location["message"]["text"])


def test_results(run):
    rules = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
    prints = set()
    expect("there are results", run["results"])
    for result in run["results"]:
        expect("its rule is in the table",
               rules[result["ruleIndex"]] == result["ruleId"])
        prints.add(result["partialFingerprints"]["primaryLocationLineHash"])
        test_flow(result)
    expect("no two results are one", len(prints) == len(run["results"]))


def test_hostile_name(folder):
    name = b'a "q" %41 \n]]>#?&\xe4:c.c'
    source = os.path.join(FIXTURES, "put-before-wait", "report.c")
    shutil.copy(source, os.path.join(os.fsencode(folder), name))
    run, _ = check(folder, 1, os.fsdecode(name))
    uri = run["results"][0]["locations"][0]["physicalLocation"][
        "artifactLocation"]["uri"]
    expect("a URI of ASCII", uri.isascii() and not set(uri) & set(' "<>#?:\n'),
           uri)
    expect("that means the file",
           os.fsencode(unquote(uri, errors="surrogateescape")) == name, uri)


def test_patch(folder):
    """The first bug is repaired, and its function doubled under a new name."""
    with open(os.path.join(folder, "bug.c"), encoding="utf-8") as file:
        before = file.read()
    start = before.index("int put_then_wait_bad")
    old = before[start:before.index("}", start) + 1]
    put, wait = old.split("\n\t")[-3:-1]
    repaired = old.replace(f"{put}\n\t{wait}", f"{wait}\n\t{put}")
    after = before.replace(old, repaired) + old.replace("_bad", "_new") + "\n"
    with open(os.path.join(folder, "fix.diff"), "w", encoding="utf-8") as file:
        file.writelines(difflib.unified_diff(
            before.splitlines(True), after.splitlines(True), "a/bug.c",
            "b/bug.c"))
    told, _ = run(folder, 1, "patch", "--all", "--tree=.", "fix.diff")
    states = {result["locations"][0]["logicalLocations"][0]["name"]:
              (result["baselineState"],
               result["properties"]["change"]["class"])
              for result in told["results"]}
    expect("a class each", states.pop("put_then_wait_bad") ==
           ("absent", "fixed"), states)
    expect("a class each", states.pop("put_then_wait_new") ==
           ("new", "introduced"), states)
    expect("and the others as before", set(states.values()) ==
           {("unchanged", "pre-existing")}, states)


def test_incomplete(folder):
    with open(os.path.join(folder, "broken.c"), "w", encoding="utf-8") as file:
        file.write("int broken(void) { return 0 }\n")
    run, _ = check(folder, 3, "broken.c")
    told = run["invocations"][0]
    expect("an incomplete run says so", not told["executionSuccessful"])
    expect("and why", any("broken.c" in str(note) for note in
                          told["toolExecutionNotifications"]), told)


def main():
    with tempfile.TemporaryDirectory() as folder:
        shutil.copy(os.path.join(FIXTURES, "put-before-wait", "report.c"),
                    os.path.join(folder, "bug.c"))
        run, log = check(folder, 1, "bug.c")
        expect("a complete run says so",
               run["invocations"][0]["executionSuccessful"])
        expect("the same bytes again", check(folder, 1, "bug.c")[1] == log)
        test_results(run)
        test_schema_refuses(log)
        test_patch(folder)
        test_hostile_name(folder)
        test_incomplete(folder)
    sys.exit(bool(failures))


if __name__ == "__main__":
    main()
