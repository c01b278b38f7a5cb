"""Stores that are the same each time: a guest with a chain of checkpoints."""

import json
import os
import subprocess

DEFINITION = (
    "<domain type='kvm'><name>vm</name><uuid>11111111-2222-3333-4444-000000000001</uuid>"
    "<devices><disk type='file' device='disk'><driver name='qemu' type='qcow2'/>"
    "<source file='/images/vda.qcow2'/><target dev='vda' bus='virtio'/></disk></devices></domain>"
)


def document(index):
    """The document of a checkpoint of the chain."""
    name = f"nightly-{index}"
    parent = f"<parent><name>nightly-{index - 1}</name></parent>" if index else ""
    return (
        f"<domaincheckpoint><name>{name}</name>{parent}"
        f"<creationTime>{1700000000 + index}</creationTime><disks>"
        f"<disk name='vda' checkpoint='bitmap' bitmap='{name}'/></disks></domaincheckpoint>"
    )


def make(command, store, checkpoints):
    """Makes a store with one guest."""
    lines = [{"command": "define", "xml": DEFINITION}]
    lines += [
        {"command": "redefine", "domain": "vm", "xml": document(index)}
        for index in range(checkpoints)
    ]
    subprocess.run(
        [command, "--store", store, "apply", "--actor", "nightly@host"],
        input="".join(json.dumps(line) + "\n" for line in lines),
        text=True,
        check=True,
        stdout=subprocess.DEVNULL,
        env=dict(os.environ, TZ="UTC"),
    )
