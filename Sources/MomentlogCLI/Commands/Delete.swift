import ArgumentParser
import Momentlog

struct Delete: ChangingCommand {
    static let configuration = CommandConfiguration(
        commandName: "delete",
        abstract: "Record that a checkpoint is gone.",
        discussion: """
            Only metadata goes: no image is touched. The children of a deleted checkpoint move \
            to its parent, which also becomes the current one in its place.
            """)

    @OptionGroup var checkpoint: CheckpointArguments
    @Flag(help: "Delete all checkpoints below it, too.") var children = false
    @Flag(help: "Delete all checkpoints below it, but not itself.") var childrenOnly = false

    @OptionGroup(title: "Audit trail") var options: SubmissionOptions
    @OptionGroup var format: FormatOptions
    @OptionGroup(title: "Store") var store: StoreOptions

    func validate() throws {
        if children && childrenOnly {
            throw ValidationError("--children and --children-only are mutually exclusive")
        }
    }

    func run() async throws {
        let scope: DeletionScope =
            children ? .children : childrenOnly ? .childrenOnly : .checkpoint
        try await store.with(.readWrite, creating: true) { store in
            let name = checkpoint.name
            let outcome = try await store.delete(
                name, scope, in: checkpoint.domain, by: options.submission)
            try format.format.print(
                outcome,
                done: childrenOnly
                    ? "Domain checkpoint \(name) children deleted"
                    : "Domain checkpoint \(name)\(children ? " and its children" : "") deleted",
                already: "Domain checkpoint \(name) has no children: nothing to delete")
        }
    }
}
