import ArgumentParser
import Momentlog

struct Delete: ChangingCommand {
    static let configuration = CommandConfiguration(
        commandName: "delete",
        abstract: "Record that checkpoints are gone.",
        discussion: """
            Only metadata goes: no image is touched. The children of a deleted checkpoint move \
            to its parent, which also becomes the current one in its place. Each of several \
            checkpoints is a commit of its own.
            """)

    @OptionGroup var checkpoints: CheckpointPatterns
    @Flag(help: "Delete all checkpoints below it, too.") var children = false
    @Flag(help: "Delete all checkpoints below it, but not itself.") var childrenOnly = false
    @Flag(help: "Do not ask before more than one checkpoint is deleted.") var yes = false

    @OptionGroup(title: "Audit trail") var options: SubmissionOptions
    @OptionGroup var format: FormatOptions
    @OptionGroup(title: "Store") var store: StoreOptions

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

    func run() async throws {
        try await store.with(.readWrite, creating: true) { store in
            let name = checkpoints.names[0]
            if checkpoints.isOne && scope == .checkpoint {
                return try await delete(name, in: store)
            }
            guard let domain = try await knownDomain(in: store) else {
                return try await delete(name, in: store)
            }
            let deletions = try Deletions(of: checkpoints.names, scope, in: domain.graph)
            try Confirmation.require(
                removing: deletions.removed, of: domain.name, isGiven: yes)
            if checkpoints.isOne { return try await delete(name, in: store) }
            try await deletions.run(
                in: domain, of: store, by: options.submission, format.format, sentence)
        }
    }

    /// The domain as it is; nil if a request that comes again may be about one that has gone.
    private func knownDomain(in store: CheckpointStore) async throws -> Domain? {
        do throws(MomentlogError) {
            let domain = try await store.domain(checkpoints.domain)
            let isThere = domain.graph.contains(checkpoints.names[0])
            return checkpoints.isOne && !isThere ? nil : domain
        } catch {
            guard error.code == .noDomain, checkpoints.isOne else { throw error }
            return nil
        }
    }

    private func delete(_ name: String, in store: CheckpointStore) async throws {
        let outcome = try await store.delete(
            name, scope, in: checkpoints.domain, by: options.submission)
        try format.format.print(
            outcome, done: sentence(name),
            already: "Domain checkpoint \(name) has no children: nothing to delete")
    }

    private func sentence(_ name: String) -> String {
        childrenOnly
            ? "Domain checkpoint \(name) children deleted"
            : "Domain checkpoint \(name)\(children ? " and its children" : "") deleted"
    }
}
