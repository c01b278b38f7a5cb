import ArgumentParser
import EventLog
import Momentlog

struct Verify: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Verify the integrity of the store.",
        discussion: Examples.after(
            """
            Everything in the store is recomputed from the events' lines and compared: \
            every column, table, snapshot and hash with a replay from the first event, the head \
            file, and SQLite's own structure. --quick compares only the hashes and what is stored \
            beside the events: no replay of all domains, no check of the file's structure.

            That shows that the store is consistent with itself. Anyone who can write to it can \
            rewrite it so that it still is: only a head that was kept elsewhere proves that they \
            did not, and only for the events that it covers.

            It opens stores that no other command opens, damaged or behind their head file, and \
            only reads; of a store of an earlier schema it verifies a migrated copy.

            Exit status: 0 if the store is sound; 3 if there are only lesser findings, such as a \
            missing head file; 4 if the store is damaged, altered, or behind its head or the head \
            that was kept.
            """, of: "verify"))

    @Option(
        help: ArgumentHelp(
            "A head that 'momentlog head' printed earlier: the log must have grown from it; '-'"
                + " for standard input.",
            valueName: "file"),
        completion: .file())
    var head: String?
    @Flag(help: "Compare only hashes and what is stored beside the events.") var quick = false
    @OptionGroup(title: "Global options") var format: FormatOptions
    @OptionGroup(title: "Global options") var store: StoreOptions

    func run() async throws {
        let kept = try head.map { path throws(MomentlogError) in try KeptHead.read(path) }
        let path = try store.path
        let progress = Progress("verify", "events", format)
        defer { progress.end() }
        let found = try await CheckpointStore.checkStore(
            at: path, against: kept, depth: quick ? .log : .everything
        ) { progress.show($0) }
        progress.end()
        try VerificationOutput(found, of: path, head: head, isQuick: quick).print(format.format)
        if found.isDamaged { throw Finished(status: .damaged) }
        if !found.isSound { throw Finished(status: .incomplete) }
    }
}
