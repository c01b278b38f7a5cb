"""What a thing more costs when there are ten or a hundred times as many of them.

    growth.py MOMENTLOG [AXIS...]

Each command runs on a small and on a large case, with 64 descriptors. The figure is the processor
time (without the kernel's, which the disk decides) for one thing in the large case, divided by that
in the small case: about 1 or less is linear, and the factor between the cases is quadratic. The exit
status is 1 if one is above 1.2. Nothing else may run meanwhile.
"""

import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile

LIMIT = 1.2
DESCRIPTORS = 64


class Case:
    """A store and libraries in a folder of their own."""

    def __init__(self, command, folder):
        self.command = command
        self.folder = folder
        self.environment = dict(os.environ, MOMENTLOG_STORE=self.path("store.db"))

    def path(self, name):
        return os.path.join(self.folder, name)

    def run(self, *arguments, input=None):
        """Runs the command; returns its own processor time, without the kernel's, in seconds."""

        def limit():
            resource.setrlimit(resource.RLIMIT_NOFILE, (DESCRIPTORS, DESCRIPTORS))

        with open(self.path("output"), "wb") as output, tempfile.TemporaryFile() as given:
            given.write((input or "").encode())
            given.seek(0)
            process = subprocess.Popen(
                [self.command, *arguments], env=self.environment, stdin=given, stdout=output,
                stderr=subprocess.STDOUT, preexec_fn=limit)
            _, status, usage = os.wait4(process.pid, 0)
        # 3: something was found.
        if os.waitstatus_to_exitcode(status) not in (0, 3):
            with open(self.path("output")) as output:
                sys.exit(f"{' '.join(arguments)}: {output.read()[-2000:]}")
        return usage.ru_utime

    def domain(self, number, disks=1):
        """The definition of a guest."""
        devices = "".join(
            f'<disk type="file" device="disk"><driver name="qemu" type="qcow2"/>'
            f'<source file="/images/{number}-{disk}.qcow2"/><target dev="vd{letters(disk)}"/></disk>'
            for disk in range(disks))
        return (
            f'<domain type="kvm"><name>vm{number}</name>'
            f"<uuid>{number:08x}-0000-4000-8000-000000000001</uuid>"
            f"<devices>{devices}</devices></domain>")

    def library(self, domains=1, checkpoints=4, disks=1, strays=0):
        """Writes libvirt's folder of checkpoints."""
        for number in range(domains):
            folder = self.path(f"in/vm{number}")
            os.makedirs(folder)
            domain = self.domain(number, disks)
            listed = "".join(
                f'<disk name="vd{letters(disk)}" checkpoint="bitmap"/>' for disk in range(disks))
            for checkpoint in range(checkpoints):
                parent = f"<parent><name>c{checkpoint - 1}</name></parent>" if checkpoint else ""
                with open(f"{folder}/c{checkpoint}.xml", "w") as file:
                    file.write(
                        f"<domaincheckpoint><name>c{checkpoint}</name>{parent}"
                        f"<creationTime>{1_700_000_000 + checkpoint}</creationTime>"
                        f"<disks>{listed}</disks>{domain}</domaincheckpoint>")
            for stray in range(strays):
                with open(f"{folder}/notes{stray}", "w") as file:
                    file.write("nothing\n")


def letters(number):
    """A disk's letters: a to z, then aa and so on."""
    text = ""
    number += 1
    while number:
        number, rest = divmod(number - 1, 26)
        text = chr(97 + rest) + text
    return text


def of_library(case):
    return {
        "import": case.run("import", case.path("in")),
        "export": case.run("export", "--all", "--output", case.path("out")),
        "domains": case.run("domains"),
        "check": case.run("check"),
        "verify": case.run("verify"),
    }


def domains(case, count):
    case.library(domains=count)
    return of_library(case) | {
        "list of one": case.run("list", "vm5"),
        "list of one, past": case.run("list", "vm5", "--at", "4"),
        "create in one": case.run("create", "vm5", "--name", "new"),
    }


def checkpoints(case, count):
    case.library(checkpoints=count)
    return of_library(case) | {
        "list": case.run("list", "vm0"),
        "list --tree": case.run("list", "vm0", "--tree"),
        "delete all": case.run("delete", "vm0", "c0", "--children", *yes(case)),
    }


def events(case, count):
    case.library(checkpoints=1)
    case.run("import", case.path("in"))
    lines = [
        json.dumps({"command": "set-current", "domain": "vm0", "checkpoint": name}) + "\n"
        for name in ["c0", None]]
    figures = {"apply": case.run("apply", input="".join(lines) * (count // 2))}
    return figures | {
        "verify": case.run("verify"),
        "log": case.run("log", "--format", "jsonl"),
        "list": case.run("list", "vm0"),
        "history": case.run("history", "vm0", "c0"),
    }


def files(case, count):
    case.library(strays=count)
    return {"import": case.run("import", case.path("in"))}


def disks(case, count):
    case.library(checkpoints=4, disks=count)
    return of_library(case) | {"info": case.run("info", "vm0", "c0")}


def yes(case):
    """The option that answers the question before several checkpoints are deleted."""
    text = subprocess.run([case.command, "delete", "--help"], capture_output=True, text=True)
    return ["--yes"] if "--yes" in text.stdout else []


AXES = {
    "domains": (domains, 100, 10_000),
    "checkpoints": (checkpoints, 1_000, 10_000),
    "events": (events, 2_000, 20_000),
    "files": (files, 1_000, 10_000),
    "disks": (disks, 64, 640),
}


def main():
    command = os.path.abspath(sys.argv[1])
    isLinear = True
    print(f"{'axis':12} {'command':18} {'small':>8} {'large':>9} {'ratio':>6}")
    for name in sys.argv[2:] or AXES:
        work, *counts = AXES[name]
        costs = []
        for count in counts:
            folder = tempfile.mkdtemp(prefix="momentlog-growth-")
            try:
                times = work(Case(command, folder), count)
            finally:
                shutil.rmtree(folder)
            costs.append({what: time / count for what, time in times.items()})
        for what, small in costs[0].items():
            ratio = costs[1][what] / small
            isLinear = isLinear and ratio <= LIMIT
            print(
                f"{name:12} {what:18} {small * 1e6:6.1f}us {costs[1][what] * 1e6:7.1f}us"
                f" {ratio:6.2f}{'' if ratio <= LIMIT else ' above the limit'}", flush=True)
    sys.exit(0 if isLinear else 1)


main()
