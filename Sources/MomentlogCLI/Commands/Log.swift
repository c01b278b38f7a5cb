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

    @ParentCommand var root: MomentlogCommand
    @Argument(help: "The domain's name or UUID; all domains if none is given.")
    var domain: String?
    @Flag(help: "The last first.") var reverse = false
    @Option(help: ArgumentHelp("At most so many events.", valueName: "count")) var limit: Int?
    @OptionGroup var format: FormatOptions
    @OptionGroup(title: "Store") var store: StoreOptions

    func validate() throws {
        if let limit, limit < 0 { throw ValidationError("--limit is a number from 0 on") }
    }

    func run() async throws {
        try await store.with(root) { store in
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

    private func printTable(of store: CheckpointStore) async throws {
        // Lines are printed as they come: a log may be longer than memory.
        let isFirst = Once()
        try await read(store) { (line) throws(MomentlogError) in
            if isFirst.take() {
                try StandardOutput.shared.print(
                    Terminal.styled(
                        "  Seq  Time                       Domain: event, by whom", .bold))
                try StandardOutput.shared.print(String(repeating: "-", count: 78))
            }
            let event = try line.event()
            let sequence = String(event.sequence)
            let padding = String(repeating: " ", count: max(0, 5 - sequence.count))
            let head = padding + sequence + "  " + LocalTime.text(event.time)
            let domain = Terminal.harmless(event.domain)
            try StandardOutput.shared.print(
                head + "  " + domain + ": " + Terminal.harmless(EventSentence.text(event.event)))
            let reason = event.provenance.reason.map { ": \($0)" } ?? ""
            let by = "by \(event.provenance.actor)\(EventSentence.text(event.origin))\(reason)"
            try StandardOutput.shared.print(
                String(repeating: " ", count: 34) + Terminal.styled(Terminal.harmless(by), .dim))
        }
        if isFirst.take() { try StandardOutput.shared.print("No event.") }
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
        case .domainDefined(name: _, uuid: let uuid, definition: _):
            "defined" + (uuid.map { ", uuid \($0)" } ?? "")
        case .domainRenamed(to: let name): "renamed to \(name)"
        case .domainUndefined: "undefined"
        case .checkpointCreated(let checkpoint): "\(checkpoint.name) created"
        case .checkpointRedefined(let checkpoint, claimsCurrent: let claims):
            "\(checkpoint.name) redefined" + (claims ? ", claims to be current" : "")
        case .checkpointDeleted(let name): "\(name) deleted"
        case .currentSet(let name): name.map { "\($0) is current" } ?? "none is current"
        }
    }

    static func text(_ origin: Origin) -> String {
        switch origin {
        case .commandLine: ""
        case .library: " (library)"
        case .importedLibrary: " (import)"
        case .importedFile(name: let name, sha256: _): " (import of \(name))"
        }
    }
}
