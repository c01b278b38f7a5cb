#!/usr/bin/env python3
"""Instructions that the command takes on fixed stores, beside committed figures.

    instructions.py COMMAND [--record]

COMMAND is the built `momentlog`. valgrind's callgrind counts. Each count is compared with
Benchmarks/Results/instructions.json; more than the tolerance above it is a failure, more than
that below is reported, so that the figure can be lowered. `--record` writes what was counted.
"""

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile

import fixture

TOLERANCE = 0.05
RESULTS = os.path.join(
    os.path.dirname(os.path.abspath(__file__)), "..", "Results", "instructions.json"
)


def count(command, store, arguments):
    """The instructions of one run, on a copy of a store."""
    with tempfile.TemporaryDirectory() as folder:
        copy = os.path.join(folder, "store.db")
        shutil.copy(store, copy)
        shutil.copy(store + ".head", copy + ".head")
        run = subprocess.run(
            ["valgrind", "--tool=callgrind", f"--callgrind-out-file={folder}/out"]
            + [command, "--store", copy]
            + arguments,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            env=dict(os.environ, TZ="UTC", NO_COLOR="1"),
        )
    counted = re.search(r"Collected : (\d+)", run.stderr)
    if run.returncode != 0 or not counted:
        raise SystemExit(f"callgrind of {arguments} failed:\n{run.stderr}")
    return int(counted.group(1))


def measured(command):
    """All counts, by what was run."""
    counts = {}
    with tempfile.TemporaryDirectory() as folder:
        for size in (10, 1000, 10000):
            store = os.path.join(folder, f"{size}.db")
            fixture.make(command, store, checkpoints=size)
            cases = [
                ("list", ["list", "vm"]),
                ("list --tree", ["list", "vm", "--tree"]),
                ("log --format jsonl", ["log", "--format", "jsonl"]),
                ("check", ["check", "vm"]),
                ("create", ["create", "vm", "--name", "new", "--actor", "nightly@host"]),
            ]
            for name, arguments in cases:
                counts[f"{name}, {size}"] = count(command, store, arguments)
                print(f"{name}, {size}: {counts[f'{name}, {size}']}", flush=True)
    return counts


def main():
    counts = measured(sys.argv[1])
    if "--record" in sys.argv:
        with open(RESULTS, "w", encoding="utf-8") as file:
            json.dump(counts, file, indent=2)
            file.write("\n")
        return
    with open(RESULTS, encoding="utf-8") as file:
        committed = json.load(file)
    failures = 0
    for name, before in committed.items():
        change = counts[name] / before - 1
        if abs(change) <= TOLERANCE:
            continue
        failures += change > 0
        print(f"{name}: {change:+.1%} beside the committed {before}")
    if failures:
        raise SystemExit(f"{failures} of {len(committed)} take more instructions than committed")


main()
