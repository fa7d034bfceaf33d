#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""fake_clangd.py [OPTION...]

A stand-in for clangd that says exactly what a test wants, written as no JSON
library would write it, so that a message that was printed again shows.

    --offset=NAME    names the encoding as clangd 19 does
    --position=NAME  names it as version 3.17 of the protocol does
    --pull           offers pull diagnostics to a client that knows them
    --dynamic        registers a capability when it is initialized
    --twice          publishes twice for each version, first what is out of date
    --other          publishes for a .clangd file, too

Each WARN in a document that is opened, or replaced as a whole, is a
diagnostic. Requests are answered with their own parameters, but

    fake/answer {"method", "with"}   says what requests of a method are answered
                                     with: "result":... or "error":...
    fake/hold {"method"}             they are answered when they are cancelled
    fake/say {"bodies"}              sends these messages
    fake/bytes {"bytes"}             sends these, one byte a character
    fake/flood {"count", "size"}     sends as many notifications of this size
    fake/heard {"method"}            the bodies that came, as strings
    fake/die {"status"}, {"signal"}
    fake/sleep {"seconds"}           reads nothing for so long
"""
import json
import os
import re
import sys
import time

HEAD = re.compile(rb"Content-Length: (\d+)\r\n")


class Clangd:
    def __init__(self, args):
        self.options = dict(a.lstrip("-").partition("=")[::2] for a in args)
        self.answers, self.held, self.heard = {}, {}, {}
        self.down = False

    def run(self):
        """The exit status."""
        size = None
        while line := sys.stdin.buffer.readline():
            if found := HEAD.fullmatch(line):
                size = int(found.group(1))
            elif line == b"\r\n" and size is not None:
                body, size = sys.stdin.buffer.read(size), None
                try:
                    message = json.loads(body)
                except ValueError:
                    continue
                if message.get("method") == "exit":
                    return int(not self.down)
                self.hear(message, body)
        return 1

    def hear(self, message, body):
        method = message.get("method", "reply")
        self.heard.setdefault(method, []).append(body.decode(errors="replace"))
        name = re.sub(r"\W", "_", method.removeprefix("$/"))
        handler = getattr(self, "on_" + name, None)
        result = handler(message.get("params") or {}) if handler else None
        if "id" not in message or method == "reply":
            return
        if method in self.held:
            self.held[method].append(message["id"])
            return
        if result is None:
            result = '"result": ' + (re.search(
                r'"params"\s*:\s*(.*)\}\s*$', body.decode(errors="replace"),
                re.S) or ["", "null"])[1]
        self.answer(message["id"], self.answers.get(method, result))

    # saying

    def say(self, body):
        body = body.encode(errors="surrogateescape")
        sys.stdout.buffer.write(
            b"Content-Length: %d\r\n\r\n" % len(body) + body)
        sys.stdout.buffer.flush()

    def answer(self, number, result):
        self.say(f'{{ "id" :{json.dumps(number)}, {result} ,'
                 ' "jsonrpc":"2.0"}')

    def publish(self, uri, version, text):
        marks = ", ".join(
            f'{{"message":"w\\u0061rn \\/{n}","severity" : 2, '
            '"range":{"start":{"line":0,"character":0},'
            '"end":{"line":0,"character":1e0}},"code": 1.50}'
            for n in range(text.count("WARN")))
        number = "" if version is None else f'"version":{version},'
        self.say('{"jsonrpc":"2.0", "method":"textDocument\\/publish'
                 f'Diagnostics","params":{{{number}"diagnostics":[{marks} ]'
                 f' ,"uri":{json.dumps(uri)}}}}}')

    # what it is told

    def on_initialize(self, params):
        capabilities = {"textDocumentSync": {"change": 2, "openClose": True},
                        "codeActionProvider": True, "hoverProvider": True,
                        "executeCommandProvider": {"commands": ["fake.do"]}}
        result = {"capabilities": capabilities}
        if "offset" in self.options:
            result["offsetEncoding"] = self.options["offset"]
        if "position" in self.options:
            capabilities["positionEncoding"] = self.options["position"]
        if "pull" in self.options and params["capabilities"].get(
                "textDocument", {}).get("diagnostic") is not None:
            capabilities["diagnosticProvider"] = {"workspaceDiagnostics": False}
        return '"result": ' + json.dumps(result)

    def on_initialized(self, _):
        if "dynamic" in self.options:
            self.say('{"jsonrpc":"2.0","id":7,"method":"client/register'
                     'Capability","params":{"registrations":[{"id":"w",'
                     '"method":"workspace/didChangeWatchedFiles"}]}}')

    def on_shutdown(self, _):
        self.down = True
        return '"result":null'

    def on_textDocument_didOpen(self, params):
        self.changed(params["textDocument"], params["textDocument"]["text"])

    def on_textDocument_didChange(self, params):
        if params.get("wantDiagnostics", True):
            self.changed(params["textDocument"],
                         params["contentChanges"][-1]["text"])

    def on_textDocument_didClose(self, params):
        self.publish(params["textDocument"]["uri"], None, "")

    def changed(self, document, text):
        uri, version = document["uri"], document.get("version")
        if "other" in self.options:
            self.publish(uri.rpartition("/")[0] + "/.clangd", None, "WARN")
        if "twice" in self.options:
            self.publish(uri, version, "WARN")
        self.publish(uri, version, text)

    def on_cancelRequest(self, params):
        for held in self.held.values():
            if params["id"] in held:
                held.remove(params["id"])
                self.answer(params["id"], '"error":{"code":-32800,'
                            '"message":"Task was c\\u0061ncelled"}')

    def on_fake_answer(self, params):
        self.answers[params["method"]] = params["with"]

    def on_fake_hold(self, params):
        self.held[params["method"]] = []

    def on_fake_say(self, params):
        for body in params["bodies"]:
            self.say(body)

    def on_fake_bytes(self, params):
        sys.stdout.buffer.write(params["bytes"].encode("latin-1"))
        sys.stdout.buffer.flush()

    def on_fake_flood(self, params):
        for n in range(params["count"]):
            self.say(f'{{"method":"fake/drop","params":{{"n":{n},"pad":"'
                     f'{"x" * params["size"]}"}}}}')

    def on_fake_heard(self, params):
        return '"result": ' + json.dumps(self.heard.get(params["method"], []))

    def on_fake_die(self, params):
        if "signal" in params:
            os.kill(os.getpid(), params["signal"])
        os._exit(params["status"])

    def on_fake_sleep(self, params):
        time.sleep(params["seconds"])


if __name__ == "__main__":
    sys.exit(Clangd(sys.argv[1:]).run())
