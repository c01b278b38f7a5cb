import ArgumentParser
import Momentlog
import Moments
import SQLiteEventLog

struct Delete: ChangingCommand {
    static let configuration = CommandConfiguration(
        commandName: "delete",
        abstract: "Record that checkpoints were deleted.",
        discussion: Examples.after(
            """
            Only metadata is deleted: no image is touched. The children of a deleted checkpoint move \
            to its parent, which becomes current if it was current. Each of several checkpoints is \
            a separate commit. In JSON, one name is answered with an object, several \
            names or a pattern with an array.
            """, of: "delete"))

    @OptionGroup var checkpoints: CheckpointPatterns
    @Flag(help: "Also delete its descendants.") var children = false
    @Flag(help: "Delete its descendants, but not the checkpoint itself.") var childrenOnly = false
    @Flag(help: "Only show what would be recorded.") var dryRun = false
    @Flag(help: Confirmation.help) var yes = false

    @OptionGroup(title: "Audit trail") var options: SubmissionOptions
    @OptionGroup(title: "Global options") var format: FormatOptions
    @OptionGroup(title: "Global options") var store: StoreOptions

    func validate() throws {
        if children && childrenOnly {
            throw ValidationError("--children and --children-only are mutually exclusive")
        }
        if !checkpoints.isOne && (options.requestId != nil || options.expectRevision != nil) {
            throw ValidationError(
                "--request-id and --expect-revision are about one checkpoint: name it, and no other"
            )
        }
    }

    private var scope: DeletionScope {
        children ? .children : childrenOnly ? .childrenOnly : .checkpoint
    }

    var changesStore: Bool { !dryRun }

    func run() async throws {
        guard checkpoints.isOne else { return try await deleteSeveral() }
        let name = CheckpointName(checkpoints.names[0])
        let (domain, scope) = (checkpoints.domain, scope)
        let change = RecordedChange(
            store: store, format: format, isDryRun: dryRun, namesEvents: scope != .checkpoint)
        try await change.run { store in
            var submission = options.submission
            func instruction() -> Instruction {
                .delete(name, including: scope, from: domain, by: submission)
            }
            if scope != .checkpoint, !dryRun, !yes {
                try await Confirmation.bind(&submission, to: domain, in: store)
                try Confirmation.require(
                    try await store.plan(instruction()), for: &submission, isGiven: yes)
            }
            return instruction()
        } done: { outcome, events in
            let deleted = events.deletedCheckpoints
            return scope == .checkpoint
                ? "\(outcome.subject) deleted"
                : "checkpoint \(name)\(childrenOnly ? "'s descendants" : " and its descendants")"
                    + " of \(outcome.domain) deleted"
                    + (deleted.isEmpty ? "" : ": \(deleted.map(\.text).joined(separator: ", "))")
        } already: { outcome in
            "\(outcome.subject) has no descendants"
        }
    }

    private func deleteSeveral() async throws {
        try await store.with(dryRun ? .read : .readWrite, creating: true) { store in
            var submission = options.submission
            if !dryRun, !yes {
                try await Confirmation.bind(&submission, to: checkpoints.domain, in: store)
            }
            let domain = try await store.domain(checkpoints.domain)
            let deletions = try Deletions(of: checkpoints.names, scope, in: domain.graph)
            var isAsked = false
            if !dryRun {
                isAsked = try Confirmation.require(
                    removing: deletions.removed, of: domain.name, isGiven: yes)
            }
            try await deletions.run(
                in: domain, of: store, by: submission, format, isConfirmed: isAsked,
                isDryRun: dryRun)
        }
    }
}
