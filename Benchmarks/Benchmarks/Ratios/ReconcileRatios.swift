import Momentlog
import Moments

/// Holding checkpoints against images, and replaying what was seen: four times as many beside
/// a quarter. What is linear takes four times as long, and what is quadratic sixteen times;
/// larger tables, which leave the processor's caches, add to the four: the first takes 4.0 times
/// the instructions.
enum ReconcileRatios {
    private static let disks = ["vda", "vdb", "vdc", "vdd"]

    static func print() throws {
        try Ratio(
            name: "reconcile, 4 x", goal: 6, rounds: 9, ours: work(10_000), raw: work(2_500)
        ).print()
        try Ratio(
            name: "remedies, 4 x", goal: 6, rounds: 9, ours: remedies(10_000), raw: remedies(2_500)
        ).print()
        try Ratio(
            name: "observe, 4 x", goal: 6, rounds: 9, ours: observe(10_000),
            raw: observe(2_500)
        ).print()
        try Ratio(
            name: "replay, 4 x", goal: 6, rounds: 9, ours: replay(10_000), raw: replay(2_500)
        ).print()
    }

    private static func events(_ count: Int) -> [Event] {
        (0..<count).map { index in
            .checkpointCreated(
                Checkpoint(
                    name: "nightly-\(index)", parent: index == 0 ? nil : "nightly-\(index - 1)",
                    creationTime: CreationTime(seconds: 1_700_000_000 + Int64(index)),
                    disks: disks.map {
                        Disk(name: $0, mode: .bitmap, bitmap: "nightly-\(index)")
                    }))
        }
    }

    /// A chain of two images a disk: every bitmap in both, but for a tenth that the lower one
    /// lacks, another that does not record, and as many orphans.
    private static func report(_ count: Int) throws -> ImageReport {
        var report = ImageReport()
        for disk in disks {
            let top = (0..<count).map {
                DirtyBitmap(
                    name: $0 % 10 == 3 ? "orphan-\($0)" : "nightly-\($0)",
                    isRecording: $0 % 10 != 7)
            }
            let base = (0..<count).filter { $0 % 10 != 5 }.map {
                DirtyBitmap(name: "nightly-\($0)")
            }
            let chain = ImageChain([
                DiskImage(path: "\(disk).top", bitmaps: top, backingPath: "\(disk).base"),
                DiskImage(path: "\(disk).base", bitmaps: base),
            ])
            if let chain { try report.add(chain, of: disk) }
        }
        return report
    }

    private static func graph(_ count: Int) throws -> MomentGraph {
        var graph = MomentGraph()
        try graph.apply(contentsOf: events(count))
        return graph
    }

    private static func work(_ count: Int) throws -> () throws -> Int {
        let (graph, report) = (try graph(count), try report(count))
        return { Reconciliation(of: graph, with: report).judgements.count }
    }

    private static func remedies(_ count: Int) throws -> () throws -> Int {
        let reconciliation = Reconciliation(of: try graph(count), with: try report(count))
        return {
            reconciliation.judgements.reduce(0) {
                $0 + reconciliation.remedies(for: $1, in: "vm").count
            }
        }
    }

    private static func observe(_ count: Int) throws -> () throws -> Int {
        var domain = Domain(name: "vm")
        try domain.apply(.domainDefined(name: "vm", uuid: nil, definition: nil))
        for event in events(count) { try domain.apply(event) }
        let (built, report) = (domain, try report(count))
        return {
            try decide(
                .observe(report), for: built, in: DecisionContext(creationTime: 1)
            ).count
        }
    }

    /// Applies what was observed of each checkpoint and disk, twice.
    private static func replay(_ count: Int) throws -> () throws -> Int {
        let events = events(count)
        var observed: [Event] = []
        for round in 0..<2 {
            for index in 0..<count {
                let name: CheckpointName = "nightly-\(index)"
                let verdict: BitmapVerdict = (index + round).isMultiple(of: 7) ? .missing : .valid
                for disk in disks {
                    let observation = BitmapObservation(
                        checkpoint: name, disk: disk, bitmap: name.text, verdict: verdict,
                        observationTime: Int64(round))
                    observed.append(.bitmapObserved(observation))
                }
            }
        }
        let seen = observed
        return {
            var graph = MomentGraph()
            try graph.apply(contentsOf: events)
            try graph.apply(contentsOf: seen)
            return graph.count
        }
    }
}
