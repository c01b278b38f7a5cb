import ArgumentParser
import Momentlog
import Moments

struct Log: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "log",
        abstract: "Show the audit trail.",
        discussion: Examples.after(
            """
            Different options have to match together; of a repeated option, any value. WHEN is an \
            event number, a time such as 12:30 or one \
            as in RFC 3339, a date, 'today', 'yesterday', 'now', or an age such as 2h, -1d or '2 \
            hours ago'. A date is included as a whole: --since starts with its first moment, \
            --until ends with its last. With --format jsonl each line is an event's \
            canonical line, byte for byte as the log holds it.
            """, of: "log"))

    @Argument(
        help: "The domain's name, also a former one, or UUID; all domains if none is given.",
        completion: .domains)
    var domain: DomainReference?
    @Option(
        help: ArgumentHelp(
            "Only events about checkpoints of this name, in the domain or in any; may be"
                + " repeated.", valueName: "name"),
        completion: .checkpoints)
    var checkpoint: [CheckpointName] = []
    @Option(
        help: ArgumentHelp(
            "Only events of this kind; may be repeated. One of "
                + Event.Kind.allCases.map(\.rawValue).joined(separator: ", ") + ".",
            valueName: "event"),
        completion: .list(Event.Kind.allCases.map(\.rawValue)), transform: Event.Kind.argument)
    var kind: [Event.Kind] = []
    @Option(help: ArgumentHelp("Only events of this actor; may be repeated.", valueName: "name"))
    var actor: [String] = []
    @Option(
        help: ArgumentHelp(
            "Only events submitted by a 'command', the 'library', an 'import', or a"
                + " 'live' libvirt; may be"
                + " repeated.",
            valueName: "channel"),
        completion: .list(Origin.Channel.allCases.map(\.rawValue)),
        transform: Origin.Channel.argument)
    var origin: [Origin.Channel] = []
    @Option(
        help: ArgumentHelp("Only events of this commit; may be repeated.", valueName: "number"))
    var commit: [Int] = []
    @Option(
        help: ArgumentHelp(
            "Only events whose canonical line matches this regular expression. Without a capital letter"
                + " in it, matching ignores case; may be repeated.",
            valueName: "pattern"))
    var grep: [String] = []
    @Option(
        parsing: .unconditional, help: ArgumentHelp("From this point on.", valueName: "when"),
        transform: When.startArgument)
    var since: When?
    @Option(
        parsing: .unconditional, help: ArgumentHelp("Up to this point.", valueName: "when"),
        transform: When.endArgument)
    var until: When?
    @Flag(help: "Newest first.") var reverse = false
    @Option(
        name: .customShort("n", allowingJoined: true),
        help: ArgumentHelp("Only the newest N events, in the log's order.", valueName: "count"))
    var newest: Int?
    @Flag(
        help: ArgumentHelp(
            "Show events as they are appended, until interrupted; with -n or --since also those"
                + " that they select."))
    var follow = false
    @Flag(help: "Show a short line for each event.") var oneline = false
    @Flag(help: "Show all that is recorded of each event.") var verbose = false
    @OptionGroup(title: "Global options") var format: FormatOptions
    @OptionGroup(title: "Global options") var store: StoreOptions

    func validate() throws {
        if let newest, newest < 0 { throw ValidationError("-n is a number from 0 on") }
        if commit.contains(where: { $0 < 1 }) {
            throw ValidationError("--commit is a number from 1 on")
        }
        if oneline && (verbose || format.format != .table) {
            throw ValidationError("--oneline excludes --verbose and JSON")
        }
        if verbose && format.format != .table {
            throw ValidationError("--verbose is for tables: JSON says all there is")
        }
        guard follow else { return }
        for (option, isGiven) in [
            ("--reverse", reverse), ("--until", until != nil),
            ("--format json", format.format == .json),
        ] where isGiven {
            throw ValidationError("--follow and \(option) exclude each other")
        }
    }

    private var filter: EventFilter {
        EventFilter(
            domain: domain, checkpoints: checkpoint, kinds: Set(kind), actors: actor,
            origins: Set(origin), commits: Set(commit), patterns: grep,
            since: since ?? (follow && newest == nil ? .now : nil), until: until,
            isReversed: reverse, newest: newest)
    }

    func run() async throws {
        try await store.with { store in
            if follow {
                let stream = try await store.follow(filter)
                try await Interruption.ends(StandardOutput.shared) {
                    var output = EventOutput(format: format.format, isVerbose: verbose)
                    for try await line in stream {
                        if oneline { try OneLineOutput.print(line) } else { try output.print(line) }
                    }
                }
            } else if oneline {
                for try await line in try await store.events(filter) {
                    try OneLineOutput.print(line)
                }
            } else {
                var output = EventOutput(format: format.format, isVerbose: verbose)
                for try await line in try await store.events(filter) { try output.print(line) }
                try output.end()
            }
        }
    }
}

extension Event.Kind {
    fileprivate static func argument(_ text: String) throws(ValidationError) -> Event.Kind {
        guard let kind = Event.Kind(rawValue: text) else {
            let known = allCases.map(\.rawValue).joined(separator: ", ")
            throw ValidationError("no event is a '\(text)'; they are \(known)")
        }
        return kind
    }
}

extension Origin.Channel {
    fileprivate static func argument(_ text: String) throws(ValidationError) -> Origin.Channel {
        guard let channel = Origin.Channel(rawValue: text) else {
            throw ValidationError(
                "unknown origin '\(text)'; use command, library, import, live")
        }
        return channel
    }
}
