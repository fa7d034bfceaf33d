# SPDX-License-Identifier: GPL-2.0-only
"""What the measuring scripts share: units of a tree, CPU time, memory."""

import json
import os
import resource
import subprocess
import sys

HERE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


def commands(tree):
    """The entries of the compile database by absolute file."""
    with open(os.path.join(tree, "compile_commands.json"),
              encoding="utf-8") as f:
        return {os.path.normpath(os.path.join(c["directory"], c["file"])): c
                for c in json.load(f)}


def units(tree, folders):
    """Files of the database that exist below the folders, sorted."""
    roots = [os.path.join(os.path.realpath(tree), d) + "/" for d in folders]
    return sorted(f for f in commands(tree)
                  if os.path.exists(f)
                  and any(os.path.realpath(f).startswith(r) for r in roots))


def run(command, statuses=(0, 1, 3), cwd=None):
    """CPU seconds and the largest process, in MB, of a command and all that
    it starts. Another exit status ends the script, None: any will do."""
    reader, writer = os.pipe()
    child = os.fork()
    if not child:
        done = subprocess.run(command, cwd=cwd, stdout=subprocess.DEVNULL,
                              stderr=subprocess.DEVNULL, check=False)
        used = resource.getrusage(resource.RUSAGE_CHILDREN)
        os.write(writer, json.dumps(
            [done.returncode, used.ru_utime + used.ru_stime,
             used.ru_maxrss / 1024]).encode())
        os._exit(0)
    os.close(writer)
    with os.fdopen(reader) as pipe:
        status, seconds, memory = json.loads(pipe.read())
    os.waitpid(child, 0)
    if statuses is not None and status not in statuses:
        sys.exit(f"{command[0]} exited with {status}")
    return seconds, memory
