import CRaw
import Foundation
import Momentlog
import Moments
import SQLiteEventLog
import Timing

/// What graphs take of memory.
enum Memory {
    /// Prints the bytes that a graph takes of the heap for each checkpoint, from names so short
    /// that strings keep them in themselves: the 16 bytes of each string are in it, and no other
    /// of its bytes. A graph that grows as it is replayed, and one whose room is known before.
    static func printGraph(_ count: Int) throws {
        for isReserved in [false, true] {
            let before = raw_heap()
            var graph = MomentGraph()
            if isReserved { graph.reserveCapacity(count) }
            for checkpoint in Shape.chain.checkpoints(count) {
                try graph.apply(.checkpointRedefined(checkpoint, claimsCurrent: false))
            }
            let bytes = Double(raw_heap() - before) / Double(count)
            precondition(graph.count == count)
            Lines.tell(
                "graph of \(count)" + (isReserved ? ", room known" : ", growing"),
                [String(format: "%.1f bytes a checkpoint", bytes)], width: 28)
        }
    }

    /// Writes a store of guests and says nothing.
    static func write(_ checkpoints: Int, domains: Int, to path: String) async throws {
        let guests = Guests(shape: .chain, checkpoints: checkpoints, domains: domains)
        _ = try await guests.write(to: path)
    }

    /// Replays all guests of a store, keeps their graphs, and prints the most memory that this
    /// process had, and what it has.
    static func printReplay(_ path: String) async throws {
        let log = try await SQLiteEventLog.open(
            path: path, options: SQLiteEventLog.Options(createsStore: false))
        var domains: [Domain] = []
        for entry in try await log.domains() {
            domains.append(try await log.replay(entry.id, onto: Domain(name: entry.name)))
        }
        let count = domains.reduce(0) { $0 + $1.graph.count }
        Lines.tell(
            "replay of \(count) in \(domains.count)",
            ["VmHWM \(status("VmHWM") / 1_024) MiB, VmRSS \(status("VmRSS") / 1_024) MiB"],
            width: 28)
        await log.close()
    }

    /// A figure of this process in KiB (proc_pid_status(5)).
    private static func status(_ field: String) -> Int {
        let text = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
        let line = text.split(separator: "\n").first { $0.hasPrefix(field + ":") } ?? ""
        return line.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap { Int($0) } ?? 0
    }
}
