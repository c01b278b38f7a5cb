import EventLog
import Moments

extension EventLogContract {
    /// How events are read.
    static let reading: [Case] = [
        Case("A query keeps to its domain, order, limit and ranges") { subject in
            let log = subject.log
            let one = try await log.append(LogUnderTest.defining("vm1"))
            let two = try await log.append(LogUnderTest.defining("vm2"))
            _ = try await log.append(
                LogUnderTest.appending(LogUnderTest.creating("c1"), after: one, named: "vm1"))
            _ = try await log.append(
                LogUnderTest.appending(LogUnderTest.creating("d1"), after: two, named: "vm2"))
            let all = try await subject.lines()
            try Expect.equal(all.count, 6, "the lines")
            let (first, second) = ([0, 2, 3], [1, 4, 5])
            let found: [(EventQuery, [Int])] = [
                (EventQuery(isReversed: true), [5, 4, 3, 2, 1, 0]),
                (EventQuery(limit: 2), [0, 1]),
                (EventQuery(limit: 0), []), (EventQuery(limit: -1), []),
                (EventQuery(limit: .min), []), (EventQuery(limit: .max), Array(0..<6)),
                (EventQuery(domain: one.domain), first),
                (EventQuery(domain: two.domain), second),
                (EventQuery(domain: two.domain, isReversed: true, limit: 2), [5, 4]),
                (EventQuery(domain: two.domain, limit: 0), []),
                (EventQuery(sequences: 2...4), [1, 2, 3]),
                (EventQuery(sequences: 2...4, isReversed: true), [3, 2, 1]),
                (EventQuery(sequences: 5...Int.max), [4, 5]),
                (EventQuery(sequences: 7...Int.max), []),
                (EventQuery(sequences: -3...0), []),
                (EventQuery(sequences: Int.min...1), [0]),
                (EventQuery(domain: two.domain, sequences: 1...5), [1, 4]),
                (EventQuery(domain: two.domain, revisions: 2...2), [4]),
                (EventQuery(domain: two.domain, revisions: -3...0), []),
                (EventQuery(domain: two.domain, revisions: -3...1), [1]),
                (EventQuery(domain: two.domain, revisions: -3...2, isReversed: true), [4, 1]),
                (EventQuery(domain: two.domain, revisions: 4...9), []),
                (EventQuery(revisions: 2...2), [2, 4]),
                (EventQuery(commit: 4), [4, 5]), (EventQuery(commit: 5), []),
                (EventQuery(commit: 0), []), (EventQuery(commit: -1), []),
            ]
            for (query, places) in found {
                try await Expect.equal(
                    subject.lines(query), places.map { all[$0] }, "what \(query) finds")
            }
            try await Expect.equal(subject.lines(upTo: 3), Array(all[..<3]), "a reader that ends")
        },
        Case("A query keeps to what events are about, and who appended them") { subject in
            let log = subject.log
            var defining = LogUnderTest.defining("vm1")
            // Names that are in lines in other places as well.
            defining.provenance = Provenance(actor: "admin", reason: "\"checkpoint\":\"c1\"")
            let one = try await log.append(defining)
            var checkpoint = Checkpoint(name: "\u{E9}\"", creationTime: 1)
            checkpoint.disks = [Disk(name: "vda", bitmap: "c1")]
            var commit = LogUnderTest.appending(
                [
                    .checkpointCreated(checkpoint),
                    .checkpointCreated(Checkpoint(name: "c1", creationTime: 1)),
                    .currentSet("c1"), .checkpointDeleted("c1"),
                ], after: one, named: "vm1")
            commit.provenance.actor = "service"
            commit.entries[2].origin = .importedLibrary
            _ = try await log.append(commit)
            _ = try await log.append(LogUnderTest.turningStripSecrets(true))
            let all = try await subject.lines()
            let found: [(EventQuery, [Int])] = [
                (EventQuery(checkpoint: "c1"), [2, 3, 4]),
                (EventQuery(checkpoint: "\u{E9}\""), [1]),
                (EventQuery(checkpoint: "e\u{301}\""), []),
                (EventQuery(checkpoint: "no"), []),
                (EventQuery(kinds: [.domainDefined]), [0]),
                (EventQuery(kinds: [.currentSet, .settingsChanged]), [3, 5]),
                (EventQuery(kinds: [.bitmapObserved]), []),
                (EventQuery(actor: "admin"), [0]),
                (EventQuery(actor: "service", limit: 2), [1, 2]),
                (EventQuery(actor: "adm"), []),
                (EventQuery(channel: .import), [3]), (EventQuery(channel: .command), [0]),
                (EventQuery(channel: .live), []),
                (
                    EventQuery(
                        domain: one.domain, checkpoint: "c1", kinds: [.checkpointDeleted],
                        actor: "service", channel: .library, commit: 2, sequences: 4...6), [4]
                ),
            ]
            for (query, places) in found {
                try await Expect.equal(
                    subject.lines(query), places.map { all[$0] }, "what \(query) finds")
                guard query.domain == nil, query.limit == nil else { continue }
                for (place, line) in all.enumerated() {
                    try Expect.equal(
                        query.admits(LoggedLine(text: line)), places.contains(place),
                        "whether \(query) admits line \(place)")
                }
            }
        },
        Case("Pages that follow each other show one state of the log") { subject in
            let log = subject.log
            var last = try await log.append(LogUnderTest.defining("vm1"))
            let other = try await log.append(LogUnderTest.defining("vm2"))
            for _ in 0..<3 {
                last = try await log.append(
                    LogUnderTest.appending(
                        Array(repeating: .currentSet(nil), count: 500), after: last, named: "vm1"))
            }
            var (end, revision) = (1502, other.revision)
            for query in [
                EventQuery(), EventQuery(isReversed: true),
                EventQuery(domain: last.domain), EventQuery(limit: 1_100),
                EventQuery(domain: last.domain, isReversed: true, limit: 1_100),
                EventQuery(kinds: [.currentSet], sequences: 2...1_499),
            ] {
                let expected = try await subject.lines(query)
                var (found, rest): ([String], EventQuery?) = ([], query)
                while let next = rest {
                    let page = try await log.page(next)
                    found += page.lines.map(\.text)
                    rest = page.next
                    // Events that are appended in the meantime are not in the following pages.
                    for commit in [
                        LogUnderTest.appending([.currentSet(nil)], after: last, named: "vm1"),
                        LogUnderTest.appending(
                            [.currentSet(nil)], to: other.domain, named: "vm2", revision: revision),
                    ] {
                        let receipt = try await log.append(commit)
                        if receipt.domain == last.domain { last = receipt }
                        end = receipt.sequences.upperBound
                    }
                    revision += 1
                    try Expect.that(found.count <= expected.count, "\(query) comes to an end")
                }
                try Expect.equal(found.count, expected.count, "the number of lines of \(query)")
                try Expect.that(found == expected, "\(query) finds the first state")
            }
            try await Expect.equal(log.size(), end, "the size")
        },
        Case("A replay gives what the events lead to when they are applied") { subject in
            let log = subject.log
            let history = try await History(appendedTo: log)
            var applied = Domain(name: "vm1")
            for commit in history.commits {
                try applied.apply(contentsOf: commit)
            }
            let replayed = try await log.replay(history.domain)
            let expected = LogUnderTest.DomainState(applied)
            try Expect.equal(LogUnderTest.DomainState(replayed), expected, "the domain")
            for sequence in 0...history.size {
                let known = try await log.replay(history.domain, through: sequence)
                let onto = try await log.replay(history.domain, onto: known)
                try Expect.equal(
                    LogUnderTest.DomainState(onto), expected,
                    "the domain, of which \(sequence) events are known")
            }
        },
        Case("A replay gives the same with a snapshot as without") { subject in
            let log = subject.log
            let history = try await History(appendedTo: log)
            let now = try await log.replay(history.domain)
            for sequence in [1, history.size / 2, history.size] {
                guard let known = try await log.replay(history.domain, through: sequence) else {
                    continue
                }
                try await log.keepSnapshot(of: known, history.domain)
                let revision = try await log.snapshotRevision(of: history.domain)
                try Expect.that(
                    revision == 0 || revision == known.revision,
                    "the snapshot, if one is kept, is that of revision \(known.revision)")
                try await Expect.equal(
                    LogUnderTest.DomainState(log.replay(history.domain)),
                    LogUnderTest.DomainState(now), "the domain with a snapshot")
            }
            try await log.removeSnapshots(of: history.domain)
            try await Expect.equal(
                log.snapshotRevision(of: history.domain), 0, "no snapshot is left")
            try await Expect.equal(
                LogUnderTest.DomainState(log.replay(history.domain)),
                LogUnderTest.DomainState(now), "the domain without a snapshot")
        },
    ]
}
