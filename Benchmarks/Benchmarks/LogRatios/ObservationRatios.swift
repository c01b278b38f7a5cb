import EventLog
import Foundation
import Momentlog
import Moments
import SQLiteEventLog

/// A domain of 10 000 checkpoints whose four disks were observed twice, beside one of a
/// quarter: to record a look, to replay, and to verify. What is linear takes four times as
/// long.
struct ObservationRatios {
    let folder: String

    private static let disks = ["vda", "vdb", "vdc", "vdd"]
    private static let sizes = (large: 10_000, small: 2_500)

    private func path(_ count: Int) -> String { folder + "/observed-\(count).db" }

    func print() async throws {
        for count in [Self.sizes.large, Self.sizes.small] { try await build(count) }
        try await record()
        try await measure("replay of what was observed, 4 x") { log, count in
            guard let entry = try await log.domains().first else { return }
            let domain = try await log.replay(entry.id, onto: Domain(name: entry.name))
            precondition(domain.graph.count == count)
        }
        try await measure("verify what was observed, 4 x") { log, _ in
            let found = try await log.verify(against: nil, progress: { _ in })
            precondition(found.isSound)
        }
    }

    /// Looks, and records what was seen in a commit.
    private func record() async throws {
        let large = try await CheckpointStore.open(at: path(Self.sizes.large))
        let small = try await CheckpointStore.open(at: path(Self.sizes.small))
        let by = Submission(actor: "watch@host")
        let (many, few) = (
            try Self.report(Self.sizes.large), try Self.report(Self.sizes.small)
        )
        try await Paired(name: "record a look, 4 x", goal: "<= 6", rounds: 3).print {
            let outcome = try await large.observe(many, in: "vm", by: by)
            precondition(outcome.sequences?.count == 4 * Self.sizes.large)
        } per: {
            try await small.observe(few, in: "vm", by: by)
        }
        await large.close()
        await small.close()
    }

    private func measure(
        _ name: String, _ work: (SQLiteEventLog, Int) async throws -> Void
    ) async throws {
        let options = SQLiteEventLog.Options(createsStore: false)
        let large = try await SQLiteEventLog.open(path: path(Self.sizes.large), options: options)
        let small = try await SQLiteEventLog.open(path: path(Self.sizes.small), options: options)
        try await Paired(name: name, goal: "<= 6", rounds: 5).print {
            try await work(large, Self.sizes.large)
        } per: {
            try await work(small, Self.sizes.small)
        }
        await large.close()
        await small.close()
    }

    private static func report(_ count: Int) throws -> ImageReport {
        var report = ImageReport()
        let bitmaps = (0..<count).map {
            DirtyBitmap(name: "nightly-\($0)", isRecording: $0 % 10 != 7)
        }
        for disk in disks {
            try report.add(ImageChain(DiskImage(path: disk, bitmaps: bitmaps)), of: disk)
        }
        return report
    }

    /// A chain of checkpoints on four disks.
    private func build(_ count: Int) async throws {
        let log = try await SQLiteEventLog.open(
            path: path(count), options: SQLiteEventLog.Options(createsStore: true))
        let checkpoints = (0..<count).map { place in
            Event.checkpointCreated(
                Checkpoint(
                    name: "nightly-\(place)", parent: place == 0 ? nil : "nightly-\(place - 1)",
                    creationTime: CreationTime(seconds: 1_700_000_000 + Int64(place)),
                    disks: Self.disks.map { Disk(name: $0, bitmap: "nightly-\(place)") }))
        }
        let events = [.domainDefined(name: "vm", uuid: nil, definition: nil)] + checkpoints
        _ = try await log.append(
            PendingCommit(
                target: .newDomain, domainName: "vm",
                entries: events.map { PendingCommit.Entry($0, origin: .library) },
                time: Timestamp(seconds: 1_700_000_000),
                provenance: Provenance(actor: "nightly@host")))
        await log.close()
    }
}
