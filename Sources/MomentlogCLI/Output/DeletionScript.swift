import Momentlog
import Moments

/// A shell script of the virsh commands that delete in libvirt what a pruning removes from the
/// record.
///
/// A name may belong to another checkpoint by now: each is deleted only if libvirt has it with the
/// recorded creation time.
struct DeletionScript {
    private let prunings: [Pruning]

    init(_ prunings: [Pruning]) { self.prunings = prunings }

    private static let beginning = [
        "#!/bin/sh",
        "# Deletes checkpoints in libvirt, each only if it has the recorded creation time there.",
        "set -u",
        "if ! virsh --quiet uri >&2; then",
        "    echo 'nothing was deleted: libvirt cannot be reached' >&2",
        "    exit 1",
        "fi",
        "status=0",
        "delete() {",
        "    if ! document=$(virsh checkpoint-dumpxml --no-domain -- \"$1\" \"$2\"); then",
        "        echo \"$1: '$2' cannot be read; nothing was deleted\" >&2",
        "        status=1",
        "        return",
        "    fi",
        "    case $document in",
        "    *\"<creationTime>$3</creationTime>\"*)",
        "        virsh checkpoint-delete -- \"$1\" \"$2\" || status=1 ;;",
        "    *)",
        "        echo \"$1: '$2' with that creation time is missing; nothing was deleted\" >&2",
        "        status=1 ;;",
        "    esac",
        "}",
    ]

    func forEachLine(
        _ body: (String) throws(MomentlogError) -> Void
    ) throws(MomentlogError) {
        for line in Self.beginning { try body(line) }
        for pruning in prunings {
            let domain = pruning.domain
            let removed = Set(pruning.removed)
            let parentsFirst = domain.graph.names(Listing(order: .topological)) ?? []
            for name in parentsFirst.reversed() where removed.contains(name) {
                guard let time = domain.graph.checkpoint(named: name)?.creationTime else {
                    continue
                }
                let words = [domain.uuid?.description ?? domain.name, name.text].map {
                    ShellWord.quoted($0)
                }
                try body("delete \(words.joined(separator: " ")) \(time)")
            }
        }
        try body("exit $status")
    }
}
