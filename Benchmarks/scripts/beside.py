#!/usr/bin/env python3
"""Commands beside another process that reads, writes or is stopped, and alone, in turns.

    beside.py COMMAND [PAIRS]

COMMAND is the built `momentlog`. For each situation and command, prints the median of the
pairs' ratios and the middle half of them: two stores of the same content, of which one has the
other process.
"""

import fcntl
import json
import os
import shutil
import signal
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time

import fixture

GOAL = 1.2
COMMANDS = {
    "list": ["list", "vm"],
    "log": ["log", "vm"],
    "head": ["head"],
    "create": ["create", "vm"],
    "current": ["current", "vm"],
    "set current": ["current", "vm", "nightly-1"],
    "backup": ["backup"],
}
SHARED_BYTE = 1 << 62


def line(number):
    xml = f"<domaincheckpoint><name>s{number}</name></domaincheckpoint>"
    return json.dumps({"command": "create", "domain": "vm", "xml": xml}).encode() + b"\n"


class Session:
    """A `momentlog apply` with some commits in the WAL."""

    def __init__(self, command, store):
        self.process = subprocess.Popen(
            [command, "--store", store, "apply"], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        for number in range(20):
            self.process.stdin.write(line(number))
            self.process.stdin.flush()
            assert b'"ok":true' in self.process.stdout.readline()

    def end(self):
        self.process.send_signal(signal.SIGCONT)
        self.process.stdin.close()
        self.process.wait()


class StoppedSession(Session):
    def __init__(self, command, store):
        super().__init__(command, store)
        self.process.send_signal(signal.SIGSTOP)


class Reader:
    """A transaction that stays open, with a WAL beside it."""

    def __init__(self, command, store):
        self.session = Session(command, store)
        self.database = sqlite3.connect(store, isolation_level=None)
        self.database.execute("BEGIN")
        self.database.execute("SELECT count(*) FROM event").fetchall()

    def end(self):
        self.database.close()
        self.session.end()


class StoppedReader:
    """A process that is stopped while it reads."""

    PROGRAM = (
        "import os, signal, sqlite3, sys; s = sqlite3.connect(sys.argv[1], isolation_level=None);"
        " s.execute('BEGIN'); s.execute('SELECT count(*) FROM event').fetchall();"
        " print('held', flush=True); os.kill(os.getpid(), signal.SIGSTOP)"
    )

    def __init__(self, command, store):
        self.session = Session(command, store)
        self.process = subprocess.Popen(
            [sys.executable, "-c", self.PROGRAM, store], stdout=subprocess.PIPE
        )
        self.process.stdout.readline()

    def end(self):
        self.process.kill()
        self.process.wait()
        self.session.end()


class StoppedWaiter:
    """A process that is stopped while it waits for the write lease."""

    def __init__(self, command, store):
        with open(store, "r+b") as database:
            fcntl.flock(database, fcntl.LOCK_EX)
            self.process = subprocess.Popen(
                [command, "--store", store, "--busy-timeout", "3600", "create", "vm"],
                stdout=subprocess.DEVNULL,
            )
            time.sleep(1)
            self.process.send_signal(signal.SIGSTOP)
            fcntl.flock(database, fcntl.LOCK_UN)

    def end(self):
        self.process.kill()
        self.process.wait()


SITUATIONS = {
    "an open reader": Reader,
    "a stopped reader": StoppedReader,
    "an idle writer": Session,
    "a stopped writer": StoppedSession,
    "a stopped waiter": StoppedWaiter,
}


def seconds(command, store, arguments, folder):
    if arguments[0] == "create":
        arguments = [*arguments, "--name", f"n{time.time_ns()}"]
    if arguments[0] == "backup":
        arguments = ["backup", os.path.join(folder, f"{time.time_ns()}.db")]
    start = time.perf_counter()
    subprocess.run(
        [command, "--store", store, *arguments], check=True, stdout=subprocess.DEVNULL
    )
    taken = time.perf_counter() - start
    if arguments[0] == "backup":
        os.remove(arguments[1])
        os.remove(arguments[1] + ".head")
    return taken


def main():
    command = os.path.abspath(sys.argv[1])
    pairs = int(sys.argv[2]) if len(sys.argv) > 2 else 21
    worst = 0.0
    for situation, other in SITUATIONS.items():
        with tempfile.TemporaryDirectory() as folder:
            alone, beside = (os.path.join(folder, name) for name in ("alone.db", "beside.db"))
            fixture.make(command, alone, checkpoints=500)
            for suffix in ("", ".head"):
                shutil.copyfile(alone + suffix, beside + suffix)
            process = other(command, beside)
            figures = []
            for name, arguments in COMMANDS.items():
                ratios = []
                for turn in range(pairs + 2):
                    stores = (beside, alone) if turn % 2 else (alone, beside)
                    taken = {s: seconds(command, s, arguments, folder) for s in stores}
                    if turn >= 2:
                        ratios.append(taken[beside] / taken[alone])
                ratios.sort()
                quarter = len(ratios) // 4
                median = statistics.median(ratios)
                worst = max(worst, median)
                figures.append(f"{name} {median:.2f} ({ratios[quarter]:.2f}–{ratios[-1 - quarter]:.2f})")
            process.end()
        print(f"beside {situation} / alone: " + ", ".join(figures), flush=True)
    print(f"the most: {worst:.2f}, goal {GOAL}")


main()
