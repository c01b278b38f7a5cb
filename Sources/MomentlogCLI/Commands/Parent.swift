import ArgumentParser
import Momentlog
import Moments

struct Parent: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "parent",
        abstract: "Print the name of a checkpoint's parent.",
        discussion: Examples.after("", of: "parent"))

    @OptionGroup var checkpoint: CheckpointArguments
    @OptionGroup var moment: MomentOptions
    @OptionGroup(title: "Global options") var format: FormatOptions
    @OptionGroup(title: "Global options") var store: StoreOptions

    func run() async throws {
        try await store.with { store in
            let (domain, found) = try await checkpoint.find(in: store, at: moment)
            guard format.format == .table else {
                return try format.format.print(item: .parent(of: found, in: domain))
            }
            guard let parent = found.checkpoint.parent else { return }
            try StandardOutput.shared.print(Terminal.harmless(parent.text))
        }
    }
}
