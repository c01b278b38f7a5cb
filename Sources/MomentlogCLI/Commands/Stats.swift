import ArgumentParser
import Momentlog

struct Stats: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "stats",
        abstract: "Show sizes, counts, settings and versions of the store.")

    @OptionGroup var format: FormatOptions
    @OptionGroup(title: "Store") var store: StoreOptions

    func run() async throws {
        try await store.with { store in
            let figures =
                try await store.statistics()
                + [Statistic(name: "momentlog", value: .text(Version.text))]
            guard format.format == .table else {
                return try format.format.printJSON { json in
                    for figure in figures {
                        json.key(dynamic: figure.name)
                        switch figure.value {
                        case .number(let number): json.value(number)
                        case .text(let text): json.value(text)
                        }
                    }
                }
            }
            let width = figures.map(\.name.count).max() ?? 0
            for figure in figures {
                let padding = String(repeating: " ", count: width - figure.name.count + 2)
                try StandardOutput.shared.print(
                    figure.name + padding + Terminal.harmless(figure.value.description))
            }
        }
    }
}
