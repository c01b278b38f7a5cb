import ArgumentParser
import Momentlog
import Moments
import SQLiteEventLog

struct Stats: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "stats",
        abstract: "Show the store's sizes, counts, settings and versions.",
        discussion: Examples.after("", of: "stats"))

    @OptionGroup(title: "Global options") var format: FormatOptions
    @OptionGroup(title: "Global options") var store: StoreOptions

    func run() async throws {
        try await store.with { store in
            let figures =
                try await store.statistics()
                + [Statistic(name: "momentlog", value: .text(Version.text))]
            guard format.format == .table else {
                return try format.format.print(item: .statistics(figures))
            }
            for figure in figures { try print(figure) }
        }
    }

    private func print(_ figure: Statistic) throws(MomentlogError) {
        var name = figure.name.split(separator: "-").joined(separator: " ")
        var value = figure.value.description
        for (word, unit) in [(" bytes", "bytes"), (" pages", "pages")] where name.hasSuffix(word) {
            name = name.dropLast(word.count) + (unit == "bytes" ? " size" : "")
            value += " " + unit
        }
        let padding = String(repeating: " ", count: max(1, 26 - name.count))
        try StandardOutput.shared.print(name + padding + Terminal.harmless(value))
    }
}
