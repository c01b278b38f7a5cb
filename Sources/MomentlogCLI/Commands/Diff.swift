import ArgumentParser
import Momentlog
import Moments

struct Diff: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "diff",
        abstract: "Show what differs between two points in time.",
        discussion: Examples.after(
            """
            FROM and TO are event numbers, times such as 12:30 or as in RFC 3339, dates, 'today', \
            'yesterday', 'now', or ages such as 2h, -1d or '2 hours ago'. A date is included as a \
            whole: FROM is just before its first moment, TO its last moment. DOMAIN is the name \
            at TO, or else at FROM. Nothing is printed if nothing differs.
            """, of: "diff"))

    @Argument(help: "The domain's name or UUID.", completion: .domains) var domain: DomainReference
    @Argument(help: "The earlier point.", transform: When.beforeArgument) var from: When
    @Argument(help: "The later point; by default now.", transform: When.endArgument) var to: When?
    @Flag(help: "Exit with 3 if anything differs.") var exitCode = false
    @OptionGroup(title: "Global options") var format: FormatOptions
    @OptionGroup(title: "Global options") var store: StoreOptions

    func run() async throws {
        try await store.with { store in
            let difference = try await store.difference(of: domain, from: from, to: to)
            for when in [from, to] { try await MomentOptions.noteCommit(of: when, in: store) }
            let rows = DifferenceRow.rows(of: difference)
            try print(rows)
            try StandardOutput.shared.flush()
            if exitCode && !rows.isEmpty { throw Finished(status: .incomplete) }
        }
    }

    private func print(_ rows: [DifferenceRow]) throws(MomentlogError) {
        guard format.format == .table else {
            return try format.format.print(items: rows.lazy.map(JSONItem.difference))
        }
        guard !rows.isEmpty else { return }
        try DifferenceRow.table(rows).print()
    }
}
