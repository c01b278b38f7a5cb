#!/usr/bin/env python3
"""The first pull of many checkpoints from a real libvirt, beside reading the same documents with
libvirt's own binding.

    pull.py COMMAND [DOMAINS CHECKPOINTS]

COMMAND is the built `momentlog`. A private libvirtd gets its domains, which are off, and the files
of their checkpoints. It needs root, and Debian's libvirt-daemon, qemu-system-x86 and python3-libvirt.
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
import time

import libvirt

DAEMON = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../scripts/private-libvirtd")
DOMAIN = (
    "<domain type='qemu'><name>vm{0}</name><uuid>{0:08d}-2222-3333-4444-555555555555</uuid>"
    "<memory unit='MiB'>32</memory><vcpu>1</vcpu><os><type arch='x86_64' machine='pc'>hvm</type>"
    "</os><devices><emulator>/usr/bin/qemu-system-x86_64</emulator><disk type='file' device='disk'>"
    "<driver name='qemu' type='qcow2'/><source file='/images/vm{0}.qcow2'/>"
    "<target dev='vda' bus='virtio'/></disk></devices></domain>"
)
CHECKPOINT = (
    "<domaincheckpoint><name>c{0}</name>{1}<creationTime>{2}</creationTime><disks><disk name='vda'"
    " checkpoint='bitmap' bitmap='c{0}'/></disks>{3}</domaincheckpoint>"
)


def fill(root, uri, domains, checkpoints):
    """Defines the domains, and writes their checkpoints while the daemon is stopped."""
    connection = libvirt.open(uri)
    for number in range(domains):
        connection.defineXML(DOMAIN.format(number))
    connection.close()
    subprocess.run([DAEMON, "stop", root], check=True)
    for number in range(domains):
        with open(f"{root}/etc/qemu/vm{number}.xml", encoding="utf-8") as file:
            definition = re.search(r"<domain type[\s\S]*", file.read())[0]
        folder = f"{root}/lib/qemu/checkpoint/vm{number}"
        os.makedirs(folder)
        for index in range(checkpoints):
            parent = f"<parent><name>c{index - 1}</name></parent>" if index else ""
            with open(f"{folder}/c{index}.xml", "w", encoding="utf-8") as file:
                file.write(CHECKPOINT.format(index, parent, 1_700_000_000 + index, definition))
    subprocess.run([DAEMON, "start", root], check=True)


def timed(body):
    """The seconds that a call takes."""
    start = time.monotonic()
    body()
    return time.monotonic() - start


def read_all(uri):
    """Reads every document, with secrets, as a pull does."""
    connection = libvirt.open(uri)
    for domain in connection.listAllDomains(0):
        domain.XMLDesc(3)
        for checkpoint in domain.listAllCheckpoints(2):
            checkpoint.getXMLDesc(1)
    connection.close()


def main():
    command = os.path.abspath(sys.argv[1])
    domains, checkpoints = (int(word) for word in (sys.argv[2:4] or ["100", "20"]))
    libvirt.registerErrorHandler(lambda *_: None, None)
    root = tempfile.mkdtemp(prefix="lv", dir="/tmp")
    uri = f"qemu+unix:///system?socket={root}/run/libvirt-sock"
    environment = dict(os.environ, MOMENTLOG_STORE=f"{root}/store.db")

    def pull():
        subprocess.run(
            [command, "pull", uri, "--quiet", "--format", "jsonl"],
            check=True, env=environment, stdout=subprocess.DEVNULL)

    try:
        subprocess.run([DAEMON, "start", root], check=True)
        fill(root, uri, domains, checkpoints)
        peer = timed(lambda: read_all(uri))
        print(f"{domains} domains with {checkpoints} checkpoints each")
        print(f"libvirt's binding reads them in {peer:.2f} s")
        for name in ["first pull", "pull without changes"]:
            seconds = timed(pull)
            print(f"{name}: {seconds:.2f} s, {seconds / peer:.1f} times as long")
    finally:
        subprocess.run([DAEMON, "destroy", root], check=False)
        shutil.rmtree(root, ignore_errors=True)


if __name__ == "__main__":
    main()
