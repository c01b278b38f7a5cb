import Foundation
import Momentlog
import Moments
import SQLiteEventLog
import Timing

/// What users wait for, on a store of guests.
struct Operations {
    let path: String
    let guests: Guests

    /// One operation: its name, and what it took in seconds, with how many checkpoints (or
    /// events, or domains) it was for.
    struct Figure {
        let operation: String
        let units: Int
        let seconds: Double
    }

    private static let by = Submission(actor: "nightly@host")

    /// The guest in the middle.
    private var domain: DomainReference { DomainReference(Guests.name(guests.domains / 2)) }

    /// Measures all, the one that changes the store last.
    func measured() async throws -> [Figure] {
        var figures: [Figure] = []
        func note(_ operation: String, _ units: Int, _ seconds: Double) {
            figures.append(Figure(operation: operation, units: units, seconds: seconds))
        }
        let (all, each) = (guests.checkpoints, guests.each)
        note("open", 1, try await Stopwatch.median { await (try opened()).close() })
        let store = try await opened()
        note("replay", all, try await replay())
        let graph = try await store.graph(of: domain)
        precondition(graph.count == each)
        note(
            "list", each,
            Stopwatch.median { precondition(graph.list()?.count == each) })
        note(
            "tree", each,
            Stopwatch.median {
                var depth = 0
                _ = graph.forEachInTree { depth = max(depth, $0.depth) }
                precondition(depth < each)
            })
        note(
            "check", all,
            try await Stopwatch.median {
                // What libvirt would pick as current, and what is recorded, may differ.
                let found = try await store.findings()
                precondition(found.count <= guests.domains)
            })
        let middle = When.sequence(guests.domains + all - each / 2)
        let last = DomainReference(Guests.name(guests.domains - 1))
        // As of the last commit that ended before.
        let then = try await store.domain(last, at: middle).graph.count
        note(
            "--at the middle", max(then, 1),
            try await Stopwatch.median {
                let found = try await store.domain(last, at: middle)
                precondition(found.graph.count == then)
            })
        if each <= 100_000 { note("export", each, try await export(store)) }
        note("log of all", guests.domains + all, try await lines(store))
        note("create", 1, try await create(store))
        note(
            "delete of a subtree", each,
            try await Stopwatch.seconds {
                let outcome = try await store.delete(
                    Shape.name(0), including: .children, from: domain, by: Self.by)
                precondition((outcome.sequences?.count ?? 0) >= each)
            })
        await store.close()
        return figures
    }

    private func opened() async throws -> CheckpointStore {
        try await CheckpointStore.open(
            at: path, options: CheckpointStore.Options(createsStore: false))
    }

    /// All guests from their first events on.
    private func replay() async throws -> Double {
        let log = try await SQLiteEventLog.open(
            path: path, options: SQLiteEventLog.Options(createsStore: false))
        let entries = try await log.domains()
        let seconds = try await Stopwatch.median(rounds: 5) {
            var count = 0
            for entry in entries {
                count += try await log.replay(entry.id, onto: Domain(name: entry.name)).graph.count
            }
            precondition(count == guests.checkpoints)
        }
        await log.close()
        return seconds
    }

    private func export(_ store: CheckpointStore) async throws -> Double {
        let folder = path + ".export"
        defer { try? FileManager.default.removeItem(atPath: folder) }
        return try await Stopwatch.median(rounds: 3) {
            try? FileManager.default.removeItem(atPath: folder)
            try await store.export([domain], to: folder)
        }
    }

    private func lines(_ store: CheckpointStore) async throws -> Double {
        try await Stopwatch.median(rounds: 3) {
            var bytes = 0
            for try await line in try await store.events() { bytes += line.text.utf8.count }
            precondition(bytes > 0)
        }
    }

    /// The second of two: the first replays the guest, which stays in memory then.
    private func create(_ store: CheckpointStore) async throws -> Double {
        let definition =
            "<domain type='kvm'><name>\(domain)</name><devices><disk type='file' device='disk'>"
            + "<driver name='qemu' type='qcow2'/><source file='/images/vda.qcow2'/>"
            + "<target dev='vda' bus='virtio'/></disk></devices></domain>"
        try await store.define(SourceDocument(definition), by: Self.by)
        try await store.setCurrent(Shape.name(0), in: domain, by: Self.by)
        var number = 0
        return try await Stopwatch.median(rounds: 41) {
            number += 1
            try await store.create(
                CheckpointRequest(name: "created-\(number)"), in: domain, by: Self.by)
        }
    }
}
