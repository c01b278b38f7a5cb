import ArgumentParser
import Momentlog

struct Parent: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "parent",
        abstract: "Print the name of a checkpoint's parent.")

    @OptionGroup var checkpoint: CheckpointArguments
    @OptionGroup var moment: MomentOptions
    @OptionGroup var format: FormatOptions
    @OptionGroup(title: "Store") var store: StoreOptions

    func run() async throws {
        try await store.with { store in
            let name = checkpoint.name
            guard let parent = try await checkpoint.find(in: store, at: moment).1.checkpoint.parent
            else {
                throw MomentlogError(
                    .noCheckpoint, "checkpoint '\(name)' does not have a parent",
                    hint: "it is a root")
            }
            if format.format == .table {
                try StandardOutput.shared.print(Terminal.harmless(parent))
            } else {
                try format.format.printJSON { json in
                    json.member("checkpoint", name)
                    json.member("parent", parent)
                }
            }
        }
    }
}
