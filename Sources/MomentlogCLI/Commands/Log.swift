import ArgumentParser
import Momentlog
import Synchronization

struct Log: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Show what happened: the audit trail.",
        discussion: """
            With --format jsonl each line is an event's canonical line, byte for byte as the \
            log holds it.
            """)

    @Argument(
        help: "The domain's name or UUID; all domains if none is given.", completion: .domains)
    var domain: String?
    @Flag(help: "The last first.") var reverse = false
    @Option(help: ArgumentHelp("At most so many events.", valueName: "count")) var limit: Int?
    @OptionGroup var format: FormatOptions
    @OptionGroup(title: "Store") var store: StoreOptions

    func validate() throws {
        if let limit, limit < 0 { throw ValidationError("--limit is a number from 0 on") }
    }

    func run() async throws {
        try await store.with { store in
            switch format.format {
            case .jsonl: try await printLines(of: store)
            case .json: try await printArray(of: store)
            case .table: try await printTable(of: store)
            }
        }
    }

    private func read(
        _ store: CheckpointStore,
        _ body: @escaping @Sendable (LoggedLine) throws(MomentlogError) -> Void
    ) async throws {
        try await store.readEvents(of: domain, isReversed: reverse, limit: limit) {
            (line) throws(MomentlogError) in
            try body(line)
            return true
        }
    }

    private func printLines(of store: CheckpointStore) async throws {
        try await read(store) { (line) throws(MomentlogError) in
            try StandardOutput.shared.print(line.text)
        }
    }

    private func printArray(of store: CheckpointStore) async throws {
        let isFirst = Once()
        try await read(store) { (line) throws(MomentlogError) in
            try StandardOutput.shared.write((isFirst.take() ? "[\n  " : ",\n  ").utf8)
            try StandardOutput.shared.write(line.text.utf8)
        }
        try StandardOutput.shared.write((isFirst.take() ? "[]\n" : "\n]\n").utf8)
    }

    /// Prints a line for each event as it comes, since a log may be longer than
    /// memory: so the columns are of a fixed width, and longer cells push.
    private func printTable(of store: CheckpointStore) async throws {
        let isFirst = Once()
        try await read(store) { (line) throws(MomentlogError) in
            if isFirst.take() {
                let heading = Self.row("Seq", "Time", "Domain", "Event", "By")
                try StandardOutput.shared.print(Terminal.styled(heading, .bold))
                try StandardOutput.shared.print(String(repeating: "-", count: 79))
            }
            let event = try line.event()
            let by = event.provenance.actor + (event.provenance.reason.map { ": \($0)" } ?? "")
            try StandardOutput.shared.print(
                Self.row(
                    String(event.sequence), LocalTime.text(event.time), event.domain ?? "-",
                    EventSentence.text(event.event), by))
        }
        if isFirst.take() { try StandardOutput.shared.print("Nothing has happened.") }
    }

    private static func row(_ cells: String...) -> String {
        zip(cells, [-5, 25, 8, 22, 0]).map { cell, width in
            let text = Terminal.harmless(cell)
            let padding = String(
                repeating: " ", count: max(0, abs(width) - Terminal.width(text)))
            return width < 0 ? padding + text : text + padding
        }.joined(separator: "  ")
    }
}

/// Says yes the first time it is asked.
///
/// It is a class because closures that are called one after the other share it.
final class Once: Sendable {
    private let isTaken = Mutex(false)

    func take() -> Bool {
        isTaken.withLock { isTaken in
            defer { isTaken = true }
            return !isTaken
        }
    }
}

/// Events in words.
enum EventSentence {
    static func text(_ event: Event) -> String {
        switch event {
        case .domainDefined: "domain defined"
        case .domainRenamed(to: let name): "domain renamed to \(name)"
        case .domainUndefined: "domain undefined"
        case .checkpointCreated(let checkpoint): "\(checkpoint.name) created"
        case .checkpointRedefined(let checkpoint, claimsCurrent: let claims):
            "\(checkpoint.name) redefined" + (claims ? " (claims current)" : "")
        case .checkpointDeleted(let name): "\(name) deleted"
        case .currentSet(let name): name.map { "\($0) is current" } ?? "none is current"
        case .lossAccepted(let lost): "accepted that events up to \(lost.size) were lost"
        }
    }
}
