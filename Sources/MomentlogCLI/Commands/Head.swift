import ArgumentParser
import Momentlog

struct Head: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "head",
        abstract: "Print the log's head: its size and root hash.",
        discussion: """
            Keep it where whoever can write to the store cannot: 'momentlog verify --head' shows \
            later that none of the events that it covers was altered or lost.
            """)

    @OptionGroup var format: FormatOptions
    @OptionGroup(title: "Store") var store: StoreOptions

    func run() async throws {
        try await store.with { store in
            let head = try await store.head()
            guard format.format == .table else {
                return try format.format.printJSON { json in
                    json.member("origin", head.origin)
                    json.member("size", head.size)
                    json.member("root", head.rootText)
                }
            }
            try StandardOutput.shared.write(head.text.utf8)
        }
    }
}
