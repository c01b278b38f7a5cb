import CheckpointXML
import Foundation
import Momentlog
import Moments
import Timing

/// A chain on both sides: redefined, listed, dumped, deleted, in turns.
struct Comparison {
    let count: Int
    let rounds: Int
    let command: Command

    /// A row of the table: seconds a checkpoint of each side, a figure a round.
    struct Row {
        let name: String
        var theirs: [Double] = []
        var ours: [Double] = []

        /// How many times as long theirs takes: the median of the rounds, and the outermost.
        var ratio: (middle: Double, least: Double, most: Double) {
            let ratios = zip(theirs, ours).map { $0 / $1 }.sorted()
            return (Stopwatch.middle(of: ratios), ratios.first ?? 0, ratios.last ?? 0)
        }
    }

    private var documents: Documents { Documents(count: count) }

    func measured(_ libvirt: Libvirt) async throws -> [Row] {
        var rows = [
            Row(name: "redefine, apply fed at once"), Row(name: "redefine, apply, each waits"),
            Row(name: "list, names"), Row(name: "list, all of each"), Row(name: "dump"),
            Row(name: "delete, apply fed at once"),
        ]
        let (texts, names) = (documents.all, documents.names)
        for _ in 0..<rounds {
            let redefined = Stopwatch.seconds { libvirt.redefine(texts) }
            for row in 0...1 { rows[row].theirs.append(redefined) }
            let listed = Stopwatch.median { libvirt.list(count) }
            for row in 2...3 { rows[row].theirs.append(listed) }
            libvirt.withList { dump in
                rows[4].theirs.append(Stopwatch.median { precondition(dump() > 0) })
            }
            rows[5].theirs.append(Stopwatch.seconds { libvirt.delete(names) })
            try await ours(texts, names, &rows)
        }
        for row in rows.indices {
            rows[row].theirs = rows[row].theirs.map { $0 / Double(count) }
            rows[row].ours = rows[row].ours.map { $0 / Double(count) }
        }
        return rows
    }

    private func ours(
        _ texts: [String], _ names: [String], _ rows: inout [Row]
    ) async throws {
        let lines = texts.map { #"{"command":"redefine","domain":"vm","xml":"\#($0)"}"# }
        let deletions = names.reversed().map {
            #"{"command":"delete","domain":"vm","checkpoint":"\#($0)"}"#
        }
        let definition = #"{"command":"define","xml":"\#(Documents.definition)"}"#
        let (path, deletionPath) = (command.store + ".jsonl", command.store + ".delete.jsonl")
        try write([definition] + lines, to: path)
        try write(deletions, to: deletionPath)
        command.removeStore()
        rows[1].ours.append(
            try Stopwatch.seconds { try command.applyWaiting([definition] + lines) })
        command.removeStore()
        rows[0].ours.append(try Stopwatch.seconds { try command.run(["apply", path]) })
        let store = try await CheckpointStore.open(at: command.store)
        let graph = try await store.graph(of: "vm")
        precondition(graph.count == count)
        rows[2].ours.append(
            Stopwatch.median { precondition(graph.names()?.count == count) })
        rows[3].ours.append(
            Stopwatch.median { precondition(graph.list()?.count == count) })
        let order = graph.names() ?? []
        let writer = CheckpointWriter()
        rows[4].ours.append(
            Stopwatch.median {
                var bytes = 0
                for name in order {
                    guard let checkpoint = graph.checkpoint(named: name) else { continue }
                    bytes += writer.document(of: checkpoint, domain: nil).count
                }
                precondition(bytes > 0)
            })
        await store.close()
        rows[5].ours.append(
            try Stopwatch.seconds { try command.run(["apply", deletionPath]) })
    }

    /// What a start with the chain takes: a process that opens the store, replays the guest and
    /// lists it, from its start to its end; and the library's part of it.
    func starting() async throws -> (process: Double, library: Double) {
        let path = command.store + ".jsonl"
        command.removeStore()
        try command.run(["apply", path])
        let process = try Stopwatch.median(rounds: 21) {
            try command.run(["list", "vm", "--name"])
        }
        let library = try await Stopwatch.median(rounds: 21) {
            let store = try await CheckpointStore.open(at: command.store)
            let graph = try await store.graph(of: "vm")
            precondition(graph.count == count)
            await store.close()
        }
        return (process, library)
    }

    private func write(_ lines: [String], to path: String) throws {
        try Data((lines.joined(separator: "\n") + "\n").utf8).write(to: URL(fileURLWithPath: path))
    }
}
