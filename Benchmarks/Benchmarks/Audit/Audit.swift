import CLogScan
import CRaw
import Foundation
import Momentlog
import Moments

/// Prints what questions to a log of a million events cost, as shares of reading it whole.
///
/// `swift run -c release Audit [EVENTS [DOMAINS]]`
@main
struct Audit {
    static func main() async throws {
        let arguments = CommandLine.arguments.dropFirst().compactMap { Int($0) }
        let events = arguments.first ?? 1_000_000
        let domains = arguments.dropFirst().first ?? 1_000
        let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let path = folder.appending(path: "store.db").path
        let small = folder.appending(path: "small.db").path
        print("building a log of \(events) events of \(domains) domains")
        try await AuditLog(events: events, domains: domains).write(to: path)
        try await AuditLog(events: events / 100, domains: domains / 100).write(to: small)
        let store = try await CheckpointStore.open(at: path)
        try await questions(store, domains: domains, small: CheckpointStore.open(at: small))
        try await verify(store, path)
        print("memory at its most: \(peakMemory / 1_024) MiB")
        await store.close()
    }

    private static func questions(
        _ store: CheckpointStore, domains: Int, small: CheckpointStore
    ) async throws {
        let scan = try await seconds(rounds: 3) { try await count(store, EventFilter()) }
        print(String(format: "reading all lines: %.2f s", scan))
        print("question                                share of that   goal")
        let size = try await store.head().size
        let middle = When.sequence(size / 2)
        let position = try await store.position(at: middle)
        let hour = When.time(
            Timestamp(microseconds: (position.time?.microseconds ?? 0) + 3_600_000_000))
        let domain: DomainReference = "vm\(domains / 2)"
        func show(
            _ name: String, goal: Int? = 100, _ work: () async throws -> Int
        ) async throws {
            let share = try await seconds(rounds: 21, work) / scan
            let padded = name.padding(toLength: 40, withPad: " ", startingAt: 0)
            let wanted = goal.map { "   1 / \($0)" } ?? ""
            print(padded + String(format: "1 / %-8.0f", 1 / share) + wanted)
        }
        try await show("log DOMAIN --checkpoint NAME") {
            try await count(store, EventFilter(domain: domain, checkpoints: ["nightly-7"]))
        }
        try await show("log --since --until, an hour") {
            try await count(store, EventFilter(since: .time(position.time ?? .now), until: hour))
        }
        try await show("list DOMAIN --at the middle") {
            try await store.domain(domain, at: middle).graph.count
        }
        try await show("list DOMAIN, now", goal: nil) {
            try await store.graph(of: domain).count
        }
        try await show("history DOMAIN NAME", goal: nil) {
            try await store.history(of: "nightly-7", in: domain).lives.count
        }
        let last = EventFilter(isReversed: true, limit: 20)
        let large = try await seconds(rounds: 101) { try await count(store, last) }
        let little = try await seconds(rounds: 101) { try await count(small, last) }
        print(
            String(
                format: "log -n 20 --reverse: %.2f times what it takes of 1/100 of the events",
                large / little))
        await small.close()
    }

    private static func count(_ store: CheckpointStore, _ filter: EventFilter) async throws -> Int {
        var bytes = 0
        for try await line in try await store.events(filter) { bytes += line.text.utf8.count }
        return bytes
    }

    private static func verify(_ store: CheckpointStore, _ path: String) async throws {
        var root = [UInt8](repeating: 0, count: 32)
        var ratios: [Double] = []
        var commitRatios: [Double] = []
        var decodings: [Double] = []
        var workloads: [Double] = []
        var shares: [Double] = []
        guard let opened = raw_open(path) else { throw CocoaError(.fileReadUnknown) }
        defer { raw_close(opened) }
        for _ in 0..<5 {
            let start = clock()
            let ours = try await seconds(rounds: 1) {
                let found = try await store.verify()
                precondition(found.isSound, "\(found.faults)")
                return found.head.size
            }
            // Of all threads (clock(3)).
            let work = Double(clock() - start) / Double(CLOCKS_PER_SEC)
            let raw = try await seconds(rounds: 1) { Int(logscan_root(path, &root)) }
            ratios.append(ours / raw)
            workloads.append(work / raw)
            let same = try await seconds(rounds: 1) { Int(logscan_commits(path, &root)) }
            commitRatios.append(ours / same)
            let decoding = try await seconds(rounds: 1) { Int(raw_decode(opened)) }
            decodings.append(decoding / raw)
            let all = try await seconds(rounds: 1) {
                let found = try await CheckpointStore.checkStore(at: path)
                precondition(found.isSound, "\(found.faults)")
                return found.head.size
            }
            shares.append(all / ours)
        }
        let head = try await store.head()
        precondition(head.root == root)
        ratios.sort()
        print(
            String(
                format: "verify: %.2f times a scan in C with SHA-256 (%.2f to %.2f)   goal 1.5",
                ratios[2], ratios[0], ratios[4]))
        commitRatios.sort()
        print(
            String(
                format: "verify: %.2f times the same with each commit's root (%.2f to %.2f)",
                commitRatios[2], commitRatios[0], commitRatios[4]))
        workloads.sort()
        print(
            String(
                format: "verify: processor time, %.2f times the scan's (%.2f to %.2f)",
                workloads[2], workloads[0], workloads[4]))
        decodings.sort()
        print(
            String(
                format: "reading and decoding in C, without hashing: %.2f times that scan"
                    + " (%.2f to %.2f)",
                decodings[2], decodings[0], decodings[4]))
        shares.sort()
        print(
            String(
                format: "verify of everything: %.2f times that of the log (%.2f to %.2f)",
                shares[2], shares[0], shares[4]))
    }

    private static func seconds(
        rounds: Int, _ work: () async throws -> Int
    ) async throws -> Double {
        var times: [Double] = []
        for _ in 0..<rounds {
            let start = ContinuousClock.now
            let result = try await work()
            precondition(result > 0)
            let (seconds, attoseconds) = (ContinuousClock.now - start).components
            times.append(Double(seconds) + Double(attoseconds) * 1e-18)
        }
        return times.sorted()[rounds / 2]
    }

    /// The kernel's high-water mark of this process, in KiB (proc_pid_status(5)).
    private static var peakMemory: Int {
        let status = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
        let match = status.firstMatch(of: /VmHWM:\s+([0-9]+) kB/)
        return match.flatMap { Int($0.1) } ?? 0
    }
}

extension Timestamp {
    fileprivate static var now: Timestamp { Timestamp(microseconds: 0) }
}
