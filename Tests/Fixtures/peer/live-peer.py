#!/usr/bin/python3
"""Guests and checkpoints in a real libvirt for the tests: one request a line on standard input,
as JSON, and one answer a line. Guests run under TCG, paused, with a few empty disks."""
import glob
import json
import os
import subprocess
import sys
import time
from xml.sax.saxutils import escape

import libvirt

libvirt.registerErrorHandler(lambda *_: None, None)
folder, uri = sys.argv[1], sys.argv[2]
connection = libvirt.open(uri)


def definition(name, uuid, disks):
    devices = "".join(
        f"<disk type='file' device='disk'><driver name='qemu' type='qcow2'/>"
        f"<source file='{folder}/{name}-{disk}.qcow2'/><target dev='{disk}' bus='virtio'/></disk>"
        for disk in disks)
    return (
        f"<domain type='qemu'><name>{name}</name><uuid>{uuid}</uuid>"
        "<memory unit='MiB'>32</memory><vcpu>1</vcpu>"
        "<os><type arch='x86_64' machine='pc'>hvm</type></os><devices>"
        "<emulator>/usr/bin/qemu-system-x86_64</emulator><controller type='usb' model='none'/>"
        "<graphics type='vnc' passwd='sesame'><listen type='socket'/></graphics>"
        f"<memballoon model='none'/>{devices}</devices></domain>")


def make(ask):
    name, disks = ask["name"], ask.get("disks", ["vda"])
    for disk in disks:
        path = f"{folder}/{name}-{disk}.qcow2"
        if not os.path.exists(path):
            subprocess.run(["qemu-img", "create", "-q", "-f", "qcow2", path, "16M"], check=True)
    xml = definition(name, ask["uuid"], disks)
    if ask.get("transient"):
        connection.createXML(xml, libvirt.VIR_DOMAIN_START_PAUSED)
        return
    domain = define(xml)
    if ask.get("start", True):
        domain.createWithFlags(libvirt.VIR_DOMAIN_START_PAUSED)


def define(xml):
    """Defines a guest, also while libvirt still removes one of its name that was killed."""
    deadline = time.time() + 20
    while True:
        try:
            return connection.defineXML(xml)
        except libvirt.libvirtError as error:
            is_removed = "already being removed" in error.get_error_message()
            if not is_removed or time.time() > deadline:
                raise
        time.sleep(0.02)


def backup(domain, ask):
    """An incremental backup; returns whether it ended well."""
    name, target = ask["checkpoint"], f"{folder}/inc-{ask['new']}.qcow2"
    domain.backupBegin(
        f"<domainbackup mode='push'><incremental>{name}</incremental><disks>"
        f"<disk name='vda' backup='yes' type='file'><driver type='qcow2'/>"
        f"<target file='{target}'/></disk></disks></domainbackup>",
        f"<domaincheckpoint><name>{ask['new']}</name></domaincheckpoint>", 0)
    deadline = time.time() + 20
    while domain.jobInfo()[0] != 0:
        if time.time() > deadline:
            raise RuntimeError("the backup does not end")
        time.sleep(0.02)
    return os.path.getsize(target) > 0


def probe(domain):
    """The current checkpoint: the parent of a new one, which is deleted again."""
    made = domain.checkpointCreateXML(
        "<domaincheckpoint><name>momentlog-probe</name></domaincheckpoint>", 0)
    try:
        return made.getParent().getName()
    except libvirt.libvirtError:
        return None
    finally:
        made.delete(0)


def answer(ask):
    what = ask["do"]
    if what == "make":
        return make(ask)
    if what == "open":
        global connection
        connection = libvirt.open(ask.get("uri", uri))
        return None
    domain = connection.lookupByUUIDString(ask["uuid"])
    if what == "create":
        for name in ask["names"]:
            text = escape(ask.get("description", ""))
            domain.checkpointCreateXML(
                f"<domaincheckpoint><name>{name}</name><description>{text}</description>"
                "</domaincheckpoint>", 0)
    elif what == "delete":
        domain.checkpointLookupByName(ask["name"], 0).delete(ask["flags"])
    elif what == "redefine":
        domain.checkpointCreateXML(ask["xml"], 1)
    elif what == "documents":
        # VIR_DOMAIN_CHECKPOINT_XML_SECURE
        return {c.getName(): c.getXMLDesc(1) for c in domain.listAllCheckpoints(0)}
    elif what == "stop":
        domain.destroy()
    elif what == "start":
        domain.createWithFlags(libvirt.VIR_DOMAIN_START_PAUSED)
    elif what == "rename":
        domain.rename(ask["name"], 0)
    elif what == "undefine":
        # VIR_DOMAIN_UNDEFINE_CHECKPOINTS_METADATA
        domain.undefineFlags(16)
    elif what == "kill":
        pid = int(open(glob.glob(f"{folder}/run/qemu/{domain.name()}.pid")[0]).read())
        os.kill(pid, 9)
        deadline = time.time() + 20
        try:
            while domain.isActive() and time.time() < deadline:
                time.sleep(0.02)
        except libvirt.libvirtError:
            pass
    elif what == "backup":
        return backup(domain, ask)
    elif what == "probe":
        return probe(domain)
    elif what == "migrate":
        target = libvirt.open(ask["to"])
        # Of a guest that stays paused the target would not open the images, nor their bitmaps.
        domain.resume()
        domain.migrate3(
            target, {libvirt.VIR_MIGRATE_PARAM_URI: f"tcp:127.0.0.1:{ask['port']}"},
            libvirt.VIR_MIGRATE_LIVE | libvirt.VIR_MIGRATE_UNSAFE)
    else:
        raise ValueError(what)
    return None


for line in sys.stdin:
    try:
        print(json.dumps({"ok": True, "value": answer(json.loads(line))}), flush=True)
    except libvirt.libvirtError as error:
        print(json.dumps(
            {"ok": False, "code": error.get_error_code(), "message": str(error)}), flush=True)
    except Exception as error:  # noqa: BLE001: the test shows it
        print(json.dumps({"ok": False, "code": 0, "message": repr(error)}), flush=True)
