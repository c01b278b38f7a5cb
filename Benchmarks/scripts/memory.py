#!/usr/bin/env python3
"""The most memory that replays and scans of a log take, each in its own process.

    memory.py COMMAND SCALE

COMMAND is the built `momentlog`, SCALE the benchmark of that name. Stores are made in the
folder for temporary files. A process's most is what the kernel says of it when it has ended.
"""

import os
import subprocess
import sys
import tempfile


def most(arguments):
    """The most memory of a process, in MiB (getrusage(2): the same figure as VmHWM)."""
    with open(os.devnull, "wb") as nowhere:
        child = subprocess.Popen(arguments, stdout=nowhere)
        _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode != 0:
        raise SystemExit(f"{arguments} ended with status {child.returncode}")
    return usage.ru_maxrss / 1024


def main():
    command, scale = sys.argv[1:3]
    subprocess.run([scale, "graph", "1000000"], check=True)
    with tempfile.TemporaryDirectory() as folder:
        for domains in (1, 10_000):
            store = os.path.join(folder, f"{domains}.db")
            subprocess.run([scale, "store", store, "1000000", str(domains)], check=True)
            subprocess.run([scale, "replay", store], check=True)
        print("scans of a log, MiB at the most:")
        for events in (10_000, 100_000, 1_000_000):
            store = os.path.join(folder, f"scan-{events}.db")
            domains = events // 100
            subprocess.run([scale, "store", store, str(events), str(domains)], check=True)
            run = [command, "--store", store]
            log = most(run + ["log", "--format", "jsonl"])
            verify = most(run + ["verify"])
            print(
                f"  {events} checkpoints' events, {domains} domains:"
                f" log --format jsonl {log:.1f}, verify {verify:.1f}"
            )


main()
