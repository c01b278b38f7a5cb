#!/usr/bin/env python3
"""Start to end of `list` on a small domain, beside `sqlite3 FILE 'select 1'`, in turns.

    start.py COMMAND [PAIRS]

COMMAND is the built `momentlog`. Prints the median of the pairs' ratios, the middle half of
them, and what each took.
"""

import os
import statistics
import subprocess
import sys
import tempfile
import time

import fixture


def seconds(arguments):
    """What a process takes from its start to its end."""
    start = time.perf_counter()
    subprocess.run(arguments, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - start


def main():
    command = sys.argv[1]
    pairs = int(sys.argv[2]) if len(sys.argv) > 2 else 41
    with tempfile.TemporaryDirectory() as folder:
        store = os.path.join(folder, "small.db")
        fixture.make(command, store, checkpoints=10)
        ours = [command, "--store", store, "list", "vm"]
        theirs = ["sqlite3", store, "select 1"]
        for arguments in (ours, theirs) * 3:
            seconds(arguments)
        measured = [(seconds(ours), seconds(theirs)) for _ in range(pairs)]
    ratios = sorted(our / their for our, their in measured)
    quarter = len(ratios) // 4
    print(
        f"list, start to end / sqlite3 'select 1': {statistics.median(ratios):.2f}"
        f" ({ratios[quarter]:.2f} to {ratios[-1 - quarter]:.2f}), goal 3;"
        f" {statistics.median(m[0] for m in measured) * 1e3:.1f} and"
        f" {statistics.median(m[1] for m in measured) * 1e3:.1f} ms"
    )


main()
