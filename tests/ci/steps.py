#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""steps.py SERVICE FILE [NAME=VALUE...]

Writes what a CI file says to run as scripts into the current folder: step1,
step2... as the runner of the SERVICE would start them, with bash. NAME=VALUE is
what the service knows: for github the values of ${{ NAME }}, for gitlab
variables. It knows no more of these languages than the files in ci/parts/ use;
anything else is an error.
"""

import re
import shlex
import sys

try:
    import yaml
except ImportError:
    sys.exit(77)

EXPRESSION = re.compile(r"\$\{\{\s*(.*?)\s*\}\}")


def value_of(expression, known):
    """Of A, 'text', or A || B: the first that is not empty."""
    for term in expression.split("||"):
        term = term.strip()
        literal = re.fullmatch(r"'(.*)'", term)
        value = literal.group(1) if literal else known[term]
        if value:
            return value
    return ""


def expand(text, known):
    return EXPRESSION.sub(lambda m: value_of(m.group(1), known), str(text))


def write(number, variables, lines):
    with open(f"step{number}", "w", encoding="utf-8") as out:
        for name, value in variables.items():
            out.write(f"export {name}={shlex.quote(value)}\n")
        out.write(lines.rstrip("\n") + "\n")


def github(workflow, known):
    """Each step with a `run` is a `bash -e`."""
    # YAML 1.1 takes the key "on" for a truth value.
    assert workflow[True] == "pull_request"
    job, = workflow["jobs"].values()
    number = 0
    for step in job["steps"]:
        assert ("run" in step) != ("uses" in step), step
        for text in step.get("with", {}).values():
            expand(text, known)
        if "run" in step:
            number += 1
            # What a pull request says must not become code.
            assert "${{" not in step["run"], step
            write(number, {name: expand(text, known)
                           for name, text in step.get("env", {}).items()},
                  "set -e\n" + step["run"])


def gitlab(template, known):
    """The lines of `script` are one shell that ends at the first failure."""
    job, = template.values()
    assert all(isinstance(line, str) for line in job["script"]), job
    write(1, {**job["variables"], **known},
          "set -eo pipefail\n" + "\n".join(job["script"]))
    print(job["artifacts"]["reports"]["codequality"])


def main():
    service, file, *given = sys.argv[1:]
    known = dict(pair.split("=", 1) for pair in given)
    with open(file, encoding="utf-8") as text:
        document = yaml.safe_load(text)
    {"github": github, "gitlab": gitlab}[service](document, known)


if __name__ == "__main__":
    main()
