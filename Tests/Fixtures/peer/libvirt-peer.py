"""A real libvirt to compare with: its test driver, driven by lines of JSON.

Each line of standard input is a request, each line of standard output its answer. Run it
with Debian's python3, which has the module of the package python3-libvirt.
"""

import ctypes
import json
import sys

import libvirt

libvirt.registerErrorHandler(lambda *_: None, None)

REDEFINE = libvirt.VIR_DOMAIN_CHECKPOINT_CREATE_REDEFINE
NO_DOMAIN = libvirt.VIR_DOMAIN_CHECKPOINT_XML_NO_DOMAIN
SCOPES = {
    "checkpoint": 0,
    "children": libvirt.VIR_DOMAIN_CHECKPOINT_DELETE_CHILDREN,
    "children-only": libvirt.VIR_DOMAIN_CHECKPOINT_DELETE_CHILDREN_ONLY,
}
METADATA = libvirt.VIR_DOMAIN_CHECKPOINT_DELETE_METADATA_ONLY


class Peer:
    def __init__(self):
        self.connection = None
        self.domains = {}

    def reset(self, request):
        """Begins anew with running domains; tells their definitions."""
        self.domains.clear()
        if self.connection is not None:
            self.connection.close()
        self.connection = libvirt.open("test:///default")
        for xml in request["domains"]:
            domain = self.connection.createXML(xml, 0)
            self.domains[domain.name()] = domain
        flags = libvirt.VIR_DOMAIN_XML_INACTIVE | libvirt.VIR_DOMAIN_XML_SECURE
        return {"definitions": {n: d.XMLDesc(flags) for n, d in self.domains.items()}}

    def create(self, request):
        made = self.domains[request["domain"]].checkpointCreateXML(request["xml"], 0)
        return {"checkpoint": made.getName(), "xml": made.getXMLDesc(NO_DOMAIN)}

    def dump(self, request):
        """A checkpoint's whole document."""
        found = self.domains[request["domain"]].checkpointLookupByName(request["checkpoint"])
        return {"xml": found.getXMLDesc(libvirt.VIR_DOMAIN_CHECKPOINT_XML_SECURE)}

    def redefine(self, request):
        made = self.domains[request["domain"]].checkpointCreateXML(request["xml"], REDEFINE)
        return {"checkpoint": made.getName()}

    def documents(self, request):
        """Takes each document as a redefinition, beside one other checkpoint and no more."""
        domain = self.domains[request["domain"]]

        def redefine(xml):
            return domain.checkpointCreateXML(xml, REDEFINE)

        other = redefine(request["other"]).getName()
        answers = []
        for xml in request["documents"]:
            try:
                made = redefine(xml)
                xml = made.getXMLDesc(NO_DOMAIN)
                answers.append({"ok": True, "checkpoint": made.getName(), "xml": xml})
                if made.getName() == other:
                    redefine(request["other"])
                else:
                    made.delete(METADATA)
            except libvirt.libvirtError as error:
                answers.append(refusal(error))
            except SystemError as error:
                answers.append(cut_refusal(error))
        return {"answers": answers}

    def secrets(self, request):
        """Prints each definition with all that it holds, and without what is secret."""
        inactive = libvirt.VIR_DOMAIN_XML_INACTIVE
        printed = []
        with libvirt.open("test:///default") as connection:
            for xml in request["definitions"]:
                domain = connection.defineXML(xml)
                whole = domain.XMLDesc(inactive | libvirt.VIR_DOMAIN_XML_SECURE)
                printed.append({"whole": whole, "open": domain.XMLDesc(inactive)})
                domain.undefine()
        return {"printed": printed}

    def delete(self, request):
        domain = self.domains[request["domain"]]
        checkpoint = domain.checkpointLookupByName(request["checkpoint"])
        checkpoint.delete(SCOPES[request["scope"]] | METADATA)
        return {}

    def state(self, request):
        """All that can be asked of a domain's checkpoints."""
        domain = self.domains[request["domain"]]

        def names(checkpoints):
            return sorted(c.getName() for c in checkpoints)

        def parent(checkpoint):
            try:
                return checkpoint.getParent().getName()
            except libvirt.libvirtError as error:
                if error.get_error_code() != libvirt.VIR_ERR_NO_DOMAIN_CHECKPOINT:
                    raise
                return None

        every = domain.listAllCheckpoints(0)
        below = libvirt.VIR_DOMAIN_CHECKPOINT_LIST_DESCENDANTS
        return {
            "names": names(every),
            "roots": names(domain.listAllCheckpoints(libvirt.VIR_DOMAIN_CHECKPOINT_LIST_ROOTS)),
            "leaves": names(domain.listAllCheckpoints(libvirt.VIR_DOMAIN_CHECKPOINT_LIST_LEAVES)),
            "parents": {c.getName(): parent(c) for c in every},
            "descendants": {c.getName(): names(c.listAllChildren(below)) for c in every},
            "documents": {c.getName(): c.getXMLDesc(NO_DOMAIN) for c in every},
        }


def refusal(error):
    return {"ok": False, "code": error.get_error_code(), "message": str(error)}


def cut_refusal(error):
    """A refusal whose message no Python can hold.

    What libxml2 quotes of a document is cut at 80 bytes, in the midst of a character too, and
    the module fails to decode it: instead of an error of libvirt's it raises its own. The code
    is still there to be asked for, in the library's own way.
    """
    code = ctypes.CDLL("libvirt.so.0").virGetLastErrorCode()
    if not isinstance(error.__cause__, UnicodeDecodeError) or code == libvirt.VIR_ERR_OK:
        raise error
    return {"ok": False, "code": code, "message": "(no UTF-8)"}


def main():
    peer = Peer()
    for line in sys.stdin:
        request = json.loads(line)
        try:
            answer = {"ok": True, **getattr(peer, request["ask"])(request)}
        except libvirt.libvirtError as error:
            answer = refusal(error)
        print(json.dumps(answer), flush=True)


main()
