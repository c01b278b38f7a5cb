import Moments
import TestSupport
import Testing

struct RetentionTests {
    @Test("Rules keep what restic keeps of snapshots of the same times, in the same zone")
    func table() throws {
        let table = try RetentionTable.read()
        #expect(table.restic.hasPrefix("0.14"))
        #expect(table.cases.count >= 200)
        let domains = try table.histories.map { try Domain.chain($0.times) }
        let zones = try table.histories.map { try ZoneRules.named($0.zone) }
        for (index, entry) in table.cases.enumerated() {
            let kept = domains[entry.history].graph
                .choices(
                    of: try entry.rules.retention(), now: CreationTime(seconds: table.now),
                    zone: zones[entry.history]
                )
                .filter(\.isKept).map(\.checkpoint.creationTime.seconds)
            let history = table.histories[entry.history]
            #expect(kept == entry.keep, "case \(index), \(history.zone): \(entry.rules)")
        }
        // Else it would be too tame to show anything.
        let removing = table.cases.filter {
            $0.keep.count < table.histories[$0.history].times.count && !$0.keep.isEmpty
        }
        #expect(removing.count > table.cases.count / 2)
    }

    private func prune(
        _ domain: inout Domain, _ change: (inout Retention) throws -> Void
    ) throws -> String {
        var retention = Retention()
        try change(&retention)
        var context = DecisionContext.guest(at: 1_000_000_000)
        context.zone = .utc
        return try domain.carryOut(.prune(retention), in: context)
    }

    @Test("Nothing is removed without a rule")
    func noRule() throws {
        var domain = try Domain.guest("c1 c2<-c1", current: "c2")
        domain.expectRefusal(.prune(Retention()), .usage, "no rule says")
        #expect(try prune(&domain) { $0.last = 2 } == "")
    }

    @Test("What goes goes leaves first, and children move to what stays above them")
    func order() throws {
        var domain = try Domain.guest("a b<-a c<-b d<-c", current: "d")
        #expect(try prune(&domain) { $0.last = 1 } == "deleted c, deleted b, deleted a")
        #expect(domain.graph.current == "d")
        #expect(domain.graph.checkpoint(named: "d")?.parent == nil)
        domain = try Domain.guest("a b<-a c<-b d<-c", current: "d")
        #expect(
            try prune(&domain) {
                $0.last = 1
                $0.names = ["a", "nosuch"]
            } == "deleted c, deleted b")
        #expect(domain.graph.checkpoint(named: "d")?.parent == "a")
    }

    @Test(
        "The current checkpoint stays wherever it is, and all that claim to be while several do",
        arguments: [
            ("a b<-a c<-b", "a", "deleted b"), ("a b<-a c<-b", nil, "deleted b, deleted a"),
            ("a* b<-a* c<-b d<-c", nil, "deleted c"),
        ])
    func current(sketch: String, current: String?, words: String) throws {
        var domain = try Domain.guest(sketch, current: sketch.contains("*") ? nil : current)
        #expect(try prune(&domain) { $0.last = 1 } == words)
        #expect(domain.graph.recordedCurrent?.text == current)
    }

    private func observed(_ verdicts: [(String, String, BitmapVerdict)]) throws -> Domain {
        var domain = try Domain.guest()
        for (index, name) in ["a", "b", "c", "d"].enumerated() {
            try domain.apply(
                .checkpointCreated(
                    Checkpoint(
                        name: CheckpointName(name),
                        parent: index == 0 ? nil : ["a", "b", "c"][index - 1],
                        creationTime: CreationTime(seconds: Int64(index) * 86_400),
                        disks: [Disk(name: "vda", bitmap: name), Disk(name: "vdb", bitmap: name)])))
        }
        for (name, disk, verdict) in verdicts {
            try domain.apply(
                .bitmapObserved(
                    BitmapObservation(
                        checkpoint: CheckpointName(name), disk: disk, bitmap: name,
                        verdict: verdict,
                        observationTime: 7)))
        }
        return domain
    }

    @Test("The newest checkpoint with a valid bitmap stays for each disk by default")
    func lastValid() throws {
        let verdicts: [(String, String, BitmapVerdict)] = [
            ("a", "vda", .valid), ("b", "vda", .valid), ("a", "vdb", .valid),
            ("c", "vda", .missing), ("c", "vdb", .inconsistent),
        ]
        var domain = try observed(verdicts)
        #expect(try prune(&domain) { $0.last = 1 } == "deleted c")
        let reasons = domain.graph.choices(of: Retention(), now: 1_000_000_000, zone: .utc)
            .map(\.reasons)
        #expect(reasons == [[.lastValid(disk: "vdb")], [.lastValid(disk: "vda")], []])
        domain = try observed(verdicts)
        #expect(
            try prune(&domain) {
                $0.last = 1
                $0.keepsLastValid = false
            } == "deleted c, deleted b, deleted a")
    }

    @Test("Of checkpoints of one time the descendant is newer, whatever the names are")
    func equalTimes() throws {
        var domain = try Domain.guest("z@5 y@5<-z x@5<-y", current: nil)
        #expect(try prune(&domain) { $0.last = 1 } == "deleted y, deleted z")
    }

    @Test("Pruning twice removes nothing more", arguments: Seeds.all)
    func twice(seed: UInt64) throws {
        var generator = SplitMix64(seed: seed)
        for round in 0..<200 {
            var time: Int64 = 1_600_000_000
            let times = (0..<40).map { _ in
                time += Int64.random(in: 1...400_000, using: &generator)
                return time
            }
            var domain = try Domain.chain(times)
            if Bool.random(using: &generator), let name = times.randomElement(using: &generator) {
                try domain.apply(.currentSet("t\(name)"))
            }
            var retention = Retention()
            retention.daily = Int.random(in: 0...9, using: &generator)
            retention.weekly = Int.random(in: 0...5, using: &generator)
            retention.hourly = Int.random(in: 0...5, using: &generator)
            retention.yearly = Int.random(in: 0...1, using: &generator)
            retention.last = Int.random(in: 1...3, using: &generator)
            if Bool.random(using: &generator) {
                let days = Int.random(in: 1...60, using: &generator)
                retention.within = try RetentionAge("\(days)d")
            }
            let context = DecisionContext(creationTime: CreationTime(seconds: time + 1))
            let first = try domain.carryOut(.prune(retention), in: context)
            #expect(first.contains("current") == false, "seed \(seed), round \(round)")
            let second = try domain.carryOut(.prune(retention), in: context)
            #expect(second == "", "seed \(seed), round \(round)")
        }
    }

    @Test(
        "An age is written as restic writes it",
        arguments: [
            ("2y5m7d3h", "2y5m7d3h"), ("3h", "3h"), ("3h2y", "2y3h"), ("0y1d", "1d"),
        ])
    func ages(text: String, words: String) throws {
        #expect(try RetentionAge(text).description == words)
    }

    @Test(
        "Other ages are refused",
        arguments: [
            "", "5", "y", "0h", "-1d", "1w", "1d1d", "1 d", "1.5d", "1D", "9999999d", "١d",
        ])
    func otherAges(text: String) {
        let error = #expect(throws: MomentlogError.self) { try RetentionAge(text) }
        #expect(error?.code == .usage && error?.hint?.isEmpty == false)
    }

    @Test("No time is too large to be counted")
    func extremes() throws {
        let domain = try Domain.chain([0, 1, .max - 1, .max])
        var retention = Retention()
        retention.daily = 9
        retention.weekly = 9
        retention.within = try RetentionAge("999999y999999m999999d999999h")
        for now in [0, 2, Int64.max] {
            #expect(
                domain.graph.choices(of: retention, now: CreationTime(seconds: now), zone: .utc)
                    .count == 4)
        }
    }
}
