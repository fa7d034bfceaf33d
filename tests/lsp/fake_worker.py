#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""A stand-in for `pincheck lsp-worker` (docs/lsp-worker.md).

Each RACE in a text is a finding with an action, a hover and a replay; DIGEST is
a finding whose message has the SHA-1 of the text, which so can be held against
what the editor has. A text with WORKER-DIES, -KILLED, -HANGS, -BABBLES, -HALF,
-MIXED (an answer with another's id), -ERROR, -SLOW or -HUGE has that happen
whenever it is checked. A replay of "long" does not end, "gone" is none.
"silent" in $FAKE_WORKER: it never finds anything.
$FAKE_WORKER_LOG: a file for all that it is asked, a line each."""
import hashlib
import json
import os
import re
import signal
import sys
import time

SILENT = os.environ.get("FAKE_WORKER") == "silent"
LOG = os.environ.get("FAKE_WORKER_LOG")
UNIT = {"utf-8": "utf-8", "utf-16": "utf-16-le", "utf-32": "utf-32-le"}
WIDTH = {"utf-8": 1, "utf-16": 2, "utf-32": 4}


class Worker:
    def __init__(self):
        self.texts, self.versions, self.uris = {}, {}, {}
        self.encoding = "utf-16"

    def run(self):
        for line in sys.stdin.buffer:
            if LOG:
                with open(LOG, "ab") as log:
                    log.write(line)
            question = json.loads(line)
            answer = getattr(self, "do_" + question["do"])(question)
            self.tell({"id": question.get("id"), **(answer or {})})

    def tell(self, answer):
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()

    def do_start(self, question):
        self.encoding = question["encoding"]
        return {"log": []}

    def do_text(self, question):
        path = question["path"]
        self.uris[path] = question["uri"]
        self.versions[path] = question["version"]
        self.texts[path] = question["text"]

    def do_saved(self, _):
        return {"changed": False, "log": []}

    def do_check(self, question):
        path = question["path"]
        text = self.texts.get(path) or ""
        for word in re.findall(r"WORKER-([A-Z]+)", text):
            getattr(self, "mishap_" + word.lower())(question)
        if "WORKER-ERROR" in text:
            return {"error": "the text says so"}
        return {"version": self.versions.get(path),
                "items": list(self.items(path)), "reads": [], "log": []}

    def do_actions(self, question):
        path, items = question["path"], []
        for item in self.items(path):
            if item["range"]["start"]["line"] <= \
                    question["range"]["end"]["line"] and \
                    item["range"]["end"]["line"] >= \
                    question["range"]["start"]["line"]:
                items += self.actions(path, item)
        return {"items": items, "version": self.versions.get(path)}

    def do_hover(self, question):
        for item in self.items(question["path"]):
            start, end = item["range"]["start"], item["range"]["end"]
            if start["line"] == question["position"]["line"] and \
                    start["character"] <= question["position"]["character"] \
                    < end["character"]:
                return {"text": "**RACE** is paired", "range": item["range"]}
        return {"text": None, "range": None}

    def do_replay(self, question):
        self.tell({"id": question["id"], "progress": "1 of 2"})
        if question["fingerprint"] == "long":
            time.sleep(100000)
        if question["fingerprint"] == "gone":
            return {"error": "there is no such finding"}
        return {"verdict": "confirmed",
                "text": f"CPU 0 | CPU 1 {question['fingerprint']}"}

    # what it finds

    def items(self, path):
        text = self.texts.get(path) or ""
        for found in re.finditer("RACE|DIGEST", "" if SILENT else text):
            yield {"range": {"start": self.position(text, found.start()),
                             "end": self.position(text, found.end())},
                   "severity": 2, "code": "select-then-flush",
                   "source": "pincheck", "message": self.message(text, found)}

    @staticmethod
    def message(text, found):
        if found.group() == "RACE":
            return "a race"
        data = text.encode(errors="surrogatepass")
        return hashlib.sha1(data).hexdigest()

    def position(self, text, offset):
        start = text.rfind("\n", 0, offset) + 1
        column = text[start:offset].encode(UNIT[self.encoding],
                                           "surrogatepass")
        return {"line": text.count("\n", 0, offset),
                "character": len(column) // WIDTH[self.encoding]}

    def actions(self, path, item):
        uri = self.uris[path]
        yield {"title": "Repair this race", "kind": "quickfix",
               "diagnostics": [item], "edit": {"changes": {uri: [
                   {"range": item["range"], "newText": "SAFE"}]}}}
        replay = {"title": "Replay this race", "command": "pincheck.replay",
                  "arguments": [{"uri": uri, "fingerprint": "f00"}]}
        yield {"title": "Replay this race", "kind": "quickfix",
               "diagnostics": [item], "command": replay}

    # what happens to it

    @staticmethod
    def mishap_dies(_):
        os._exit(3)

    @staticmethod
    def mishap_killed(_):
        os.kill(os.getpid(), signal.SIGKILL)

    @staticmethod
    def mishap_hangs(_):
        time.sleep(100000)

    @staticmethod
    def mishap_slow(_):
        time.sleep(3)

    @staticmethod
    def mishap_babbles(_):
        sys.stdout.write("what a fine day\n")
        sys.stdout.flush()

    @staticmethod
    def mishap_half(question):
        sys.stdout.write(f'{{"id":{question["id"]},"items":[')
        sys.stdout.flush()
        os._exit(0)

    def mishap_mixed(self, question):
        self.tell({"id": question["id"] + 1000, "items": [], "reads": []})

    def mishap_huge(self, question):
        self.tell({"id": question["id"], "progress": "x" * 5000000})

    def mishap_error(self, _):
        """Its answer is the error."""


if __name__ == "__main__":
    Worker().run()
