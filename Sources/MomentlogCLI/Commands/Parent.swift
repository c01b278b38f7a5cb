import ArgumentParser
import Momentlog

struct Parent: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Print the name of a checkpoint's parent.")

    @Argument(help: "The domain's name or UUID.") var domain: String
    @Argument(help: "The checkpoint's name.") var name: String
    @OptionGroup var format: FormatOptions
    @OptionGroup(title: "Store") var store: StoreOptions

    func run() async throws {
        try await store.with { store in
            guard let checkpoint = try await store.graph(of: domain).checkpoint(named: name) else {
                throw MomentlogError.noCheckpoint(name)
            }
            guard let parent = checkpoint.parent else {
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
