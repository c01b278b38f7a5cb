import Momentlog
import Moments

/// The topics of `momentlog help TOPIC`, which concern more than one command.
enum HelpTopic: String, CaseIterable {
    case when, remedies
    case exitStatus = "exit-status"
    case json, store

    /// Returns the topic that a command line asks for; nil if it asks for something else.
    ///
    /// - Throws: ``MomentlogError`` with `usage` for what is neither a topic nor a command.
    static func asked(for arguments: [String]) throws(MomentlogError) -> HelpTopic? {
        let words = Array(arguments.dropFirst())
        guard arguments.first == "help", let index = GlobalArguments.commandIndex(words) else {
            return nil
        }
        let word = words[index]
        if let topic = HelpTopic(rawValue: word) { return topic }
        guard MomentlogCommand.subcommandNames.contains(word) else {
            throw MomentlogError(
                .usage, "there is no command and no help topic '\(word)'",
                hint: "topics are " + allCases.map(\.rawValue).joined(separator: ", "))
        }
        return nil
    }

    /// Prints and flushes the topic.
    func print() throws(MomentlogError) {
        try StandardOutput.shared.print(text)
        try StandardOutput.shared.flush()
    }

    /// The text, wrapped to 80 columns.
    var text: String {
        switch self {
        case .when: Self.whenText
        case .remedies: Self.remediesText
        case .exitStatus: Self.exitStatusText
        case .json: Self.jsonText
        case .store: Self.storeText
        }
    }

    private static let whenText = """
        POINTS IN TIME

        --at, --since, --until and the arguments of 'diff' take:

          17                          an event number, as 'momentlog log' shows it
          2026-11-24T14:00:00+01:00   a time as in RFC 3339, local without an offset
          2026-11-24                  a date, which includes its whole day
          12:30, today, yesterday     times and dates relative to today
          2h, -1d, '2 hours ago'      an age: s, min, h, d, w
          now                         the last commit, whatever time it has

        An event number inside a commit means the state after the commit before it.
        A time is the beginning of its second or minute: what happened within it comes
        later. 'momentlog log' prints whole seconds, so take the number of an event, or
        its exact time from 'momentlog show'.
        """

    private static let remediesText = """
        FINDINGS AND REMEDIES

        'check', 'import', 'reconcile' and 'verify' print findings, each with the
        commands that fix it. Alternatives follow each other with 'or:', the steps of
        one cure with 'then:'. Words in capitals have to be replaced.

        A remedy that destroys something is never printed unless --show-destructive is
        given, states what has to hold before it is run, and comes last. Run it only
        when that holds.

        'momentlog check DOMAIN --dry-run' shows what --repair would change. A repair
        loses no checkpoint, and what it changed stays in the log.
        """

    private static let exitStatusText = """
        EXIT STATUS

          0   done
          1   refused: nothing was changed
          2   the outcome is not known: repeat the request with the same --request-id
          3   done, but something was skipped, lost or found at severity error, or
              only a part was done
          4   the store is damaged, altered or behind its head, or a proof failed
         64   wrong usage
         75   busy: try again

        By error code: usage 64, busy 75, outcome-unknown 2, corrupt and behind-head 4,
        every other 1. Only import, check, compare, reconcile, status, record, pull,
        push, verify, apply, 'diff --exit-code', export, prune and delete exit with 3.
        """

    private static let jsonText = """
        JSON

        --format json prints one JSON value, --format jsonl one value per line. There
        is no envelope: list, domains, check, reconcile, log, diff, history, status,
        compare, pull, push and prune print an array, all other commands an object;
        info and delete an array of objects for several names or a pattern. Keys are in
        camelCase, times in RFC 3339 and UTC, creationTime is in seconds since
        1970-01-01T00:00:00Z.

        Standard error is lines of JSON, too: warnings first,

          {"level":"warning","code":"...","message":"..."}

        and last the error, if there is one:

          {"ok":false,"code":"...","message":"...","hint":"...","details":{}}

        'momentlog schema NAME' prints the JSON Schema of an item, and 'momentlog
        schema --list' the names.
        """

    private static let storeText = """
        THE STORE

        A store is an SQLite file. --store names it; without it $MOMENTLOG_STORE does,
        else it is /var/lib/momentlog/momentlog.db for root, and for others
        $XDG_STATE_HOME/momentlog/momentlog.db, by default in ~/.local/state.

        The first command that appends creates it, and says so. The folder of a path
        that was named has to exist.

        Next to it are FILE.head, the head that shows whether events are missing, and
        while it is in use FILE-wal and FILE-shm. Keep a copy of 'momentlog head'
        elsewhere: 'momentlog verify --head' shows later that nothing was altered.
        'momentlog backup' copies a store that is in use.
        """
}
