import CheckpointXML
import EventLog
import Moments

/// Refuses checkpoints whose files libvirt could not read: it skips files of more than 1 MiB at its
/// next start, and with them their checkpoints.
///
/// A document that is small enough may become too large by its escapes and by the domain's
/// definition that a `create` adds.
///
/// Source: observed in libvirt 9.0.
struct DocumentSize {
    private static let most = Limits().bytes

    /// The definitions of the command.
    let definitions: [Definition]

    /// A definition of the domain that was read before, and its bytes.
    let own: (digest: DefinitionDigest, size: Int)?

    private func size(of digest: DefinitionDigest?) -> Int {
        guard let digest else { return 0 }
        if let own, own.digest == digest { return own.size }
        return definitions.first { $0.digest == digest }?.content.count ?? 0
    }

    /// - Throws: ``MomentlogError`` with `invalid-xml`.
    /// - Complexity: O(*n*) in the checkpoints and the definitions; for those that may be too
    ///   large, also in their text.
    func check(_ events: [Event]) throws(MomentlogError) {
        for event in events {
            switch event {
            case .checkpointCreated(let checkpoint): try check(checkpoint)
            case .checkpointRedefined(let checkpoint, claimsCurrent: _): try check(checkpoint)
            default: break
            }
        }
    }

    private func check(_ checkpoint: Checkpoint) throws(MomentlogError) {
        let largest = max(own?.size ?? 0, definitions.lazy.map(\.content.count).max() ?? 0)
        // An escape has at most six bytes, and everything else in the file is short.
        let text =
            (checkpoint.description?.utf8.count ?? 0)
            + checkpoint.disks.reduce(0) { $0 + $1.name.utf8.count + ($1.bitmap?.utf8.count ?? 0) }
        guard largest + text * 6 + checkpoint.disks.count * 64 + 4096 > Self.most else { return }
        let document = CheckpointWriter(writesFileHeader: true).document(of: checkpoint)
        let size = document.count + size(of: checkpoint.definition) + 3
        guard size > Self.most else { return }
        throw MomentlogError(
            .invalidXML,
            "the file of checkpoint '\(checkpoint.name)' would have \(size) bytes, and"
                + " \(Self.most) are allowed: libvirt skips larger files at its next start",
            hint: "shorten its description")
    }
}
