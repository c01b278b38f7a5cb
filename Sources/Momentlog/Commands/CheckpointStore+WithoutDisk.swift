import CheckpointXML
import EventLog
public import Moments
import SQLiteEventLog

extension CheckpointStore {
    /// Redefines a checkpoint as it is recorded, except that it no longer covers a disk.
    ///
    /// It is refused if the domain changes in the meantime.
    ///
    /// - Parameters:
    ///   - checkpoint: The checkpoint's name.
    ///   - disk: The disk, as the checkpoint names it.
    ///   - domain: The domain's name or UUID.
    ///   - submission: Who requests it, why, and on what condition.
    /// - Throws: ``MomentlogError`` with `no-domain`, `no-checkpoint`, or `no-such-disk` for a
    ///   disk that the checkpoint does not cover; see also ``perform(_:)``.
    /// - Complexity: O(*n*) in the checkpoint's disks and the bytes of its definition.
    @discardableResult
    public func redefine(
        _ checkpoint: CheckpointName, withoutDisk disk: String, in domain: DomainReference,
        by submission: Submission
    ) async throws(MomentlogError) -> CommandOutcome {
        try await perform(
            redefinition(of: checkpoint, withoutDisk: disk, in: domain, by: submission))
    }

    /// Returns the instruction of ``redefine(_:withoutDisk:in:by:)``.
    ///
    /// - Throws: ``MomentlogError`` with `no-domain`, `no-checkpoint` or `no-such-disk`.
    public func redefinition(
        of checkpoint: CheckpointName, withoutDisk disk: String, in domain: DomainReference,
        by submission: Submission
    ) async throws(MomentlogError) -> Instruction {
        let found = try await self.domain(domain)
        guard let checkpointNow = found.graph.checkpoint(named: checkpoint) else {
            throw .noCheckpoint(checkpoint)
        }
        // A retry may find that it has been done already.
        let redefined = try checkpointNow.without(
            disk: disk, isRepeated: submission.request != nil)
        var definition: [UInt8]?
        if let digest = redefined.definition { definition = try await log.definition(digest) }
        let document = SourceDocument(
            CheckpointWriter().document(of: redefined, domain: definition),
            from: "checkpoint '\(checkpoint)'")
        var submission = submission
        submission.expectedRevision = submission.expectedRevision ?? found.revision
        return try .redefine([document], in: domain, by: submission)
    }
}

extension Checkpoint {
    /// Returns the checkpoint without covering a disk.
    ///
    /// - Parameter isRepeated: Whether the disk may be excluded already.
    /// - Throws: ``MomentlogError`` with `no-such-disk`.
    func without(disk: String, isRepeated: Bool) throws(MomentlogError) -> Checkpoint {
        let found = disks.indices.filter { index in
            (disks[index].mode == .bitmap || isRepeated)
                && disks[index].name.utf8.elementsEqual(disk.utf8)
        }
        guard !found.isEmpty else {
            let known = disks.filter { $0.mode == .bitmap }.map { "'\($0.name)'" }
            throw MomentlogError(
                .noSuchDisk, "checkpoint '\(name)' does not cover disk '\(disk)'",
                hint: known.isEmpty ? nil : "it covers \(known.joined(separator: ", "))")
        }
        var checkpoint = self
        for index in found { checkpoint.disks[index] = Disk(name: disk, mode: .no) }
        return checkpoint
    }
}
