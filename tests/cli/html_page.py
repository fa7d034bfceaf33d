#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""The format html: a page that loads nothing, lets nothing in from the checked
files, and shows each finding with its source and a column a CPU. The filter is
run, on a stand-in for the page, where node is installed."""
import base64
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from html.parser import HTMLParser

PINCHECK = os.environ["PINCHECK"]
FIXTURES = os.path.join(os.environ["SRC"], "tests", "fixtures")
HOSTILE = "</script><script>alert(1)</script><img src=x onerror=y>\"'&amp;]]>"
NAME = b'<b>"q\' &lt; onclick=x\n]]>\xe4.c'
failures = []

TAGS = set("""html head meta title style body h1 form label input select option
    span details summary br code table tr td th p ul li pre b script""".split())
ATTRIBUTES = set("""lang charset http-equiv content name type checked value id
    class hidden data-severity data-rule data-change""".split())

# The page as the script sees it: elements with a text, and what is asked of
# the form. One event, and what is left.
STUB = """
const element = (severity, rule, text, change) =>
    ({dataset: {severity, rule, change}, textContent: text, hidden: false});
const all = [element('warning', 'r1', 'Alpha', 'fixed'),
             element('note', 'r1', 'beta', 'exposed'),
             element('error', 'r2', 'alpha beta', 'fixed')];
const shown = {};
let listener;
const form = {text: {value: ''}, rule: {value: ''}, error: {checked: true},
    warning: {checked: true}, note: {checked: true}, hidden: true,
    addEventListener: (on, what) => { if (on === 'input') listener = what; }};
const document = {forms: [form], querySelectorAll: () => all,
                       getElementById: () => shown};
const seen = () => all.map(e => e.hidden ? '0' : '1').join('');
const said = [];
new Function('document', process.argv[1])(document);
said.push(form.hidden, seen(), shown.textContent);
form.text.value = 'ALPHA'; listener(); said.push(seen());
form.rule.value = 'r1'; listener(); said.push(seen());
form.text.value = ''; form.note.checked = false; listener(); said.push(seen());
form.rule.value = ''; form.note.checked = true;
form.change = {value: ''}; listener(); said.push(seen());
form.change.value = 'fixed'; listener(); said.push(seen());
console.log(JSON.stringify(said));
"""


def expect(what, condition, *shown):
    if not condition:
        failures.append(what)
        print(f"FAILED: {what}", *shown)


class Page(HTMLParser):
    """What a page has: elements, their attributes, and their text."""

    def __init__(self, text):
        super().__init__(convert_charrefs=True)
        self.elements, self.attributes, self.text = [], [], {}
        self.open = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.elements.append(tag)
        self.attributes += attrs
        if tag not in ("meta", "br", "input"):
            self.open.append(tag)

    def handle_endtag(self, tag):
        expect("elements are closed in their order",
               self.open and self.open.pop() == tag, tag)

    def handle_data(self, data):
        tag = self.open[-1] if self.open else ""
        self.text[tag] = self.text.get(tag, "") + data


def run(folder, status, *arguments):
    done = subprocess.run(
        [PINCHECK, *arguments, "--format=html", "--",
         f"-I{FIXTURES}/include"],
        cwd=folder, capture_output=True, check=False)
    expect(f"the status of {arguments}", done.returncode == status,
           done.returncode, done.stderr)
    return done.stdout.decode("utf-8")


def check(folder, status, *paths):
    return run(folder, status, "check", "--engine=clang", *paths)


def check_page(text):
    page = Page(text)
    expect("no element is left open", not page.open, page.open)
    expect("no other element", set(page.elements) <= TAGS,
           set(page.elements) - TAGS)
    names = {name for name, value in page.attributes}
    expect("no other attribute", names <= ATTRIBUTES, names - ATTRIBUTES)
    expect("one script", page.elements.count("script") == 1)
    expect("nothing from elsewhere", not re.search(
        r"url\(|@import|import\(|fetch|XMLHttp", page.text["script"] +
        page.text["style"]) and "//" not in text.split("</head>")[0])
    return page


def check_policy(page):
    policy = next(value for name, value in page.attributes
                  if name == "content" and "default-src" in value)
    expect("nothing is allowed that is not named",
           policy.startswith("default-src 'none'; "), policy)
    expect("and nothing by kind", "unsafe" not in policy, policy)
    for kind in ("script", "style"):
        digest = hashlib.sha256(page.text[kind].encode()).digest()
        expect(f"the {kind} is allowed", f"{kind}-src 'sha256-"
               f"{base64.b64encode(digest).decode()}'" in policy, policy)


def test_findings(folder):
    shutil.copy(os.path.join(FIXTURES, "put-before-wait", "report.c"),
                os.path.join(folder, "bug.c"))
    text = check(folder, 1, "bug.c")
    page = check_page(text)
    check_policy(page)
    count = int(re.search(r"pincheck: (\d+) findings", text).group(1))
    expect("an element each", page.elements.count("details") == count > 0)
    expect("a column a CPU", page.text["th"] == "CPU 0CPU 1" * count)
    expect("their source", text.count('<tr class="here">') == count)
    expect("the same bytes again", text == check(folder, 1, "bug.c"))
    return page


def test_hostile(folder):
    """A file that has what it can have, in its name and beside its bugs."""
    name = os.path.join(os.fsencode(folder), NAME)
    with open(os.path.join(FIXTURES, "put-before-wait", "report.c"),
              encoding="utf-8") as file:
        source = file.read().replace("expect: ", HOSTILE)
    with open(name, "w", encoding="utf-8") as file:
        file.write(source)
    text = check(folder, 1, os.fsdecode(NAME))
    page = check_page(text)
    expect("it is shown as it is", HOSTILE in page.text["td"])
    expect("and so is the name", '<b>"q\' &lt; onclick=x?]]>\ufffd.c:' in
           page.text["span"], page.text["span"])


def test_patch(folder):
    """A patch that brings all of a file, with a subject that is no text."""
    with open(os.path.join(folder, "bug.c"), encoding="utf-8") as file:
        lines = [f"+{line}" for line in file]
    with open(os.path.join(folder, "new.mbox"), "w", encoding="utf-8") as file:
        file.write("From 0 Mon Sep 17 00:00:00 2001\nFrom: a <a@b>\n"
                   "Date: Mon, 1 Jan 2024 00:00:00 +0000\n"
                   f"Subject: [PATCH] {HOSTILE}\n\n---\n"
                   "diff --git a/new.c b/new.c\nnew file mode 100644\n"
                   "--- /dev/null\n+++ b/new.c\n"
                   f"@@ -0,0 +1,{len(lines)} @@\n{''.join(lines)}-- \n2\n")
    text = run(folder, 1, "patch", "--tree=.", "new.mbox")
    page = check_page(text)
    check_policy(page)
    expect("the subject is text", f"introduced by {HOSTILE}" in
           page.text["span"], page.text["span"])
    expect("all are introduced",
           {value for name, value in page.attributes
            if name == "data-change"} == {"introduced"})
    expect("their source is the patch's",
           text.count('<tr class="here">') ==
           page.elements.count("details") > 0)


def test_filter(page):
    if not shutil.which("node"):
        return
    done = subprocess.run(["node", "-e", STUB, page.text["script"]],
                          capture_output=True, text=True, check=False)
    expect("the script runs", done.returncode == 0, done.stderr)
    expect("and filters", done.stdout and json.loads(done.stdout) == [
        False, "111", "3 of 3 shown", "101", "100", "100", "111", "101"],
           done.stdout)


def main():
    with tempfile.TemporaryDirectory() as folder:
        page = test_findings(folder)
        test_filter(page)
        test_patch(folder)
        test_hostile(folder)
        with open(os.path.join(folder, "void.c"), "w",
                  encoding="utf-8") as file:
            file.write("int x;\n")
        check_policy(check_page(check(folder, 0, "void.c")))
    sys.exit(bool(failures))


if __name__ == "__main__":
    main()
