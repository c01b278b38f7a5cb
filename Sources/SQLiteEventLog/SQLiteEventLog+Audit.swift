public import EventLog
import Foundation
import GRDB
public import Moments

extension SQLiteEventLog {
    /// Returns the log's head; see ``EventLog/head()``.
    public func head() async throws(MomentlogError) -> StoreHead {
        let found = try await read { try StoreHead(of: $0) }
        guard let found else {
            throw MomentlogError(.storage, "there is no store at \(files.database) yet")
        }
        return found
    }

    /// The head after a commit; see ``EventLog/head(after:)``.
    public func head(after position: LogPosition) async throws(MomentlogError) -> StoreHead {
        let found = try await read { database in
            let commits = CommitTable(database: database)
            let place =
                position.commit > 0
                ? try commits.place(of: position.commit) : CommitTable.Place.start
            let tree = try commits.tree(after: place)
            return StoreHead(
                origin: try StoreHead.origin(database), size: tree.size, root: tree.root)
        }
        guard let found else {
            throw MomentlogError(.storage, "there is no store at \(files.database) yet")
        }
        return found
    }

    /// Verifies the log and its head file; see ``EventLog/verify(against:progress:)``.
    public func verify(
        against kept: StoreHead?, progress: @escaping @Sendable (WorkProgress) -> Void
    ) async throws(MomentlogError) -> Verification {
        // Before the database: what is committed in between can only make the log longer.
        let beside = ReadHeadFile(files)
        let verification = try await read { database in
            var verifier = StoreVerifier(
                database: database, depth: .contents, kept: kept, recorded: beside.head,
                progress: progress)
            if let fault = try beside.fault(in: database) { verifier.log.faults.add(fault) }
            return try verifier.run()
        }
        guard let verification else {
            throw MomentlogError(.storage, "there is no store at \(files.database) yet")
        }
        return verification
    }
}

extension StoreHead {
    /// Computes the head from the last commit's nodes.
    ///
    /// - Complexity: O(log *n*) in the events.
    init(of database: Database) throws {
        let commits = CommitTable(database: database)
        let tree = try commits.tree(after: commits.last())
        self.init(origin: try StoreHead.origin(database), size: tree.size, root: tree.root)
    }
}
