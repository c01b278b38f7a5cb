import EventLog
import Foundation
import Momentlog
import Moments
import Synchronization
import TestSupport

/// A day's commands through one process: as many come as go, so that nothing that has to be
/// in memory grows, and neither may the process.
struct DayLoad {
    let count: Int

    private static let domains = 100
    /// How many checkpoints a domain has at most.
    private static let kept = 20
    /// How much more may be resident at the end than after a tenth, in KiB.
    private static let maximumGrowth = 16 << 10

    func run() async throws -> [Tally] {
        var tally = Tally("\(count) commands through one process")
        let folder = try FastFolder()
        let process = try FedProcess(["apply"], in: folder)
        let total = count
        let next = Mutex(0)
        process.feed(closes: false) {
            let first = next.withLock { next in
                defer { next += 1_000 }
                return next
            }
            guard first < total else { return nil }
            let lines = (first..<min(first + 1_000, total)).map { Self.line($0) + "\n" }
            return Data(lines.joined().utf8)
        }
        var samples: [Int: Int] = [:]
        var acknowledged = 0
        try process.read { answer in
            if answer.hasPrefix("{\"ok\":true,\"commit\":") && !answer.contains("null") {
                acknowledged += 1
            } else {
                tally.fail("line \(process.lineCount) was answered with \(answer)")
            }
            for percent in [10, 50, 100] where process.lineCount == total * percent / 100 {
                samples[percent] = try process.memory.resident
            }
            if process.lineCount == total { process.endInput() }
        }
        let end = try process.end()
        if end.status != 0 { tally.fail("the process ended with \(end.status): \(end.errors)") }
        let found = try await commits(folder, &tally)
        tally.tried = total
        tally.lost = max(0, acknowledged - found)
        tally.survived = min(found, acknowledged)
        let (early, late) = (samples[10] ?? 0, samples[100] ?? 0)
        if early == 0 || late > early + Self.maximumGrowth {
            tally.fail("what is resident grew from \(early) to \(late) KiB")
        }
        let texts = [10, 50, 100].map { "\((samples[$0] ?? 0) >> 10) MiB at \($0) %" }
        let log = try FileManager.default.attributesOfItem(atPath: folder.store)[.size] as? Int
        tally.remarks.append(
            "resident: \(texts.joined(separator: ", ")); the store has \((log ?? 0) >> 20) MiB")
        return [tally]
    }

    /// How many requests the log holds, each once.
    private func commits(_ folder: FastFolder, _ tally: inout Tally) async throws -> Int {
        let store = try await CheckpointStore.open(
            at: folder.store, options: .init(createsStore: false))
        let count = Mutex((requests: 0, last: 0))
        try await store.readEvents { line throws(MomentlogError) in
            let event = try line.event()
            count.withLock { count in
                if event.provenance.request != nil, event.commit != count.last {
                    count = (count.requests + 1, event.commit)
                }
            }
            return true
        }
        let verification = try await store.verify()
        for fault in verification.faultsOfRecord { tally.fail(fault.message) }
        for domain in try await store.domains() {
            let found = try await store.domain(domain).graph.count
            if found > Self.kept + 1 { tally.fail("\(domain.name) has \(found) checkpoints") }
        }
        await store.close()
        return count.withLock(\.requests)
    }

    /// The n-th line: a domain's definition first; then checkpoints, and as soon as there are
    /// enough, the oldest goes for each that comes.
    private static func line(_ number: Int) -> String {
        let domain = number % domains
        let (round, isSecond) = (number / domains - 1).quotientAndRemainder(dividingBy: 2)
        let request = "\"request\":\"load-\(number)\",\"at\":\(1_700_000_000 + number)"
        guard number >= domains else {
            let uuid = "\(12_345_678)-0000-4000-8000-\(100_000_000_000 + domain)"
            return "{\"command\":\"define\",\"xml\":\"<domain type='kvm'><name>vm\(domain)</name>"
                + "<uuid>\(uuid)</uuid><devices><disk type='file' device='disk'>"
                + "<driver name='qemu' type='qcow2'/><source file='/images/vda.qcow2'/>"
                + "<target dev='vda' bus='virtio'/></disk></devices></domain>\",\(request)}"
        }
        if isSecond == 0 {
            return "{\"command\":\"create\",\"domain\":\"vm\(domain)\",\"xml\":"
                + "\"<domaincheckpoint><name>c\(round)</name></domaincheckpoint>\",\(request)}"
        }
        if round < kept {
            // Away and back: there is something to do each time.
            let name = round.isMultiple(of: 2) || round == 0 ? "null" : "\"c\(round - 1)\""
            return "{\"command\":\"set-current\",\"domain\":\"vm\(domain)\","
                + "\"checkpoint\":\(name),\(request)}"
        }
        return "{\"command\":\"delete\",\"domain\":\"vm\(domain)\","
            + "\"checkpoint\":\"c\(round - kept)\",\(request)}"
    }
}
