import GRDB
public import Moments

/// Who goes on with a log that holds less than its head file tells of, and why.
public struct LossAcceptance: Sendable, Hashable {
    /// Who, and why.
    public var provenance: Provenance
    /// By which door.
    public var origin: Origin

    /// Puts it together.
    public init(_ provenance: Provenance, origin: Origin) {
        self.provenance = provenance
        self.origin = origin
    }
}

extension SQLiteWriter {
    /// Records that what the head file tells of is lost, if it still is, and writes the head
    /// anew. It blocks its thread.
    ///
    /// - Throws: ``MomentlogError`` with `busy` or `storage`.
    func accept(_ acceptance: LossAcceptance) throws(MomentlogError) {
        try acceptance.provenance.check()
        try performNow { database in
            do throws(MomentlogError) {
                try record(acceptance, database)
                return .success(())
            } catch {
                return .failure(error)
            }
        }
    }

    private func record(
        _ acceptance: LossAcceptance, _ database: Database
    ) throws(MomentlogError) {
        let (contradiction, settings): (HeadContradiction?, StoreSettings)
        do {
            contradiction = try HeadFile.read(files.head).contradiction(with: database)
            settings = try StoreSettings.fetch(database)
        } catch {
            throw StorageFailure.mapped(error, files)
        }
        guard let contradiction else { return }
        let commit = PendingCommit(
            target: .store, domainName: "",
            entries: [
                PendingCommit.Entry(
                    .lossAccepted(contradiction.told.lost), origin: acceptance.origin)
            ],
            settings: settings, time: .now, provenance: acceptance.provenance)
        _ = try append([commit], [], to: database)
    }
}
