import Moments
import TestSupport
import Testing

/// Random images, guests and records: no remedy that is not marked as destructive does harm.
struct RemedyPropertyTests {
    private static let names: [CheckpointName] = (0..<5).map { "c\($0)" }

    private static func bitmaps(_ random: inout SplitMix64) -> [DirtyBitmap] {
        names.filter { _ in Int.random(in: 0..<3, using: &random) > 0 }.map { name in
            DirtyBitmap(
                name: name.text, isRecording: Int.random(in: 0..<4, using: &random) > 0,
                isInconsistent: Int.random(in: 0..<3, using: &random) == 0,
                isPersistent: Int.random(in: 0..<6, using: &random) > 0,
                isBusy: Int.random(in: 0..<8, using: &random) == 0)
        }
    }

    private static func images(_ disk: String, _ random: inout SplitMix64) -> [DiskImage] {
        (0..<Int.random(in: 1...3, using: &random)).map { depth in
            DiskImage(
                path: depth == 0 ? "/img/\(disk)" : "/img/\(disk).\(depth)",
                bitmaps: bitmaps(&random), node: Bool.random(using: &random) ? "n\(depth)" : nil,
                isCorrupt: Int.random(in: 0..<20, using: &random) == 0,
                isReadOnly: depth > 0)
        }
    }

    private static func graph(_ random: inout SplitMix64) throws -> MomentGraph {
        var graph = MomentGraph()
        for (index, name) in names.enumerated() where Bool.random(using: &random) {
            let parents: [CheckpointName?] = [nil, "lost"] + names.prefix(index).map { $0 }
            let covered = ["vda", "vdb"].filter { _ in Int.random(in: 0..<4, using: &random) > 0 }
            try graph.apply(
                .checkpointRedefined(
                    Checkpoint(
                        name: name, parent: parents.randomElement(using: &random) ?? nil,
                        creationTime: CreationTime(seconds: Int64(index)),
                        disks: covered.map { Disk(name: $0) }),
                    claimsCurrent: false))
        }
        return graph
    }

    @Test("Remedies that remove are marked, say when, and are certain", arguments: Seeds.all)
    func harmless(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        for round in 0..<300 {
            let place: Comment = "seed \(seed), round \(round)"
            let graph = try Self.graph(&random)
            let guest = [GuestState.running, .shutOff, .unknown].randomElement(using: &random)
            var report = ImageReport()
            for disk in ["vda", "vdb"] where Int.random(in: 0..<5, using: &random) > 0 {
                try report.add(
                    try #require(ImageChain(Self.images(disk, &random))), of: disk,
                    guest: guest ?? .unknown, isDefined: Bool.random(using: &random))
            }
            let definitions = ["vda", "vdb"].map {
                DomainDisk(target: $0, source: "/img/\($0)", format: "qcow2")
            }
            let found = Reconciliation(of: graph, with: report, domainDisks: definitions)
            for judgement in found.judgements {
                for remedy in found.remedies(for: judgement, in: "vm") {
                    switch remedy.action {
                    case .removeBitmap(_, let bitmap):
                        try #require(remedy.isDestructive, place)
                        try #require(guest != .unknown, place)
                        // Every copy is beyond use.
                        let copies = report.entries.flatMap(\.chain.images).flatMap(\.bitmaps)
                            .filter { $0.name == bitmap }
                        let ofDisk =
                            report[judgement.disk]?.images.flatMap(\.bitmaps)
                            .filter { $0.name == bitmap } ?? []
                        try #require(
                            !ofDisk.isEmpty || copies.contains { $0.isInconsistent }, place)
                        try #require(ofDisk.allSatisfy { $0.isInconsistent }, place)
                        try #require(graph.contains(CheckpointName(bitmap)), place)
                    case .deleteCheckpoint(_, let name, _):
                        try #require(remedy.isDestructive, place)
                        let verdicts = found.judgements.filter { $0.checkpoint == name }
                            .map(\.verdict)
                        let isBeyondUse = verdicts.allSatisfy {
                            $0 == .missing || $0 == .inconsistent
                        }
                        try #require(isBeyondUse && !verdicts.isEmpty, place)
                    default: break
                    }
                    if remedy.isDestructive {
                        try #require(remedy.precondition?.isEmpty == false, place)
                        try #require(judgement.verdict != .orphan, place)
                    }
                }
            }
        }
    }
}
