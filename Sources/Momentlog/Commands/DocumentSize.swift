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
        guard Self.mayBeTooLarge(checkpoint, definition: largest),
            let excess = Self.excess(of: checkpoint, definition: size(of: checkpoint.definition))
        else { return }
        throw MomentlogError(
            .invalidXML, "the file of checkpoint '\(checkpoint.name)' \(excess)",
            hint: "shorten its description")
    }

    /// Returns why the file of a checkpoint would be too large; nil if it would not.
    ///
    /// - Parameters:
    ///   - definition: The number of bytes of its domain's definition.
    ///   - limit: The number of bytes from which on it is reported.
    /// - Complexity: O(*n*) in the disks; if it may be too large, also in the text.
    static func excess(
        of checkpoint: Checkpoint, definition: Int, limit: Int = most
    ) -> String? {
        guard mayBeTooLarge(checkpoint, definition: definition) else { return nil }
        let document = CheckpointWriter(writesFileHeader: true).document(of: checkpoint)
        let size = document.count + definition + 3
        guard size > limit else { return nil }
        return "would have \(size) bytes, and \(most) are allowed: libvirt skips larger files at"
            + " its next start"
    }

    private static func mayBeTooLarge(_ checkpoint: Checkpoint, definition: Int) -> Bool {
        // An escape has at most six bytes, and everything else in the file is short.
        let text =
            (checkpoint.description?.utf8.count ?? 0)
            + checkpoint.disks.reduce(0) { $0 + $1.name.utf8.count + ($1.bitmap?.utf8.count ?? 0) }
        return definition + text * 6 + checkpoint.disks.count * 64 + 4096 > most
    }
}
