import EventLog
import Moments

extension EventLogContract {
    /// Everything that `append` accepts can be decoded by every reader.
    static let refusals: [Case] =
        [
            Case("The first and the last moment of the years 0 to 9999 are accepted") { subject in
                var commit = LogUnderTest.defining("vm1")
                commit.time = Timestamp(microseconds: -62_167_219_200_000_000)
                let one = try await subject.log.append(commit)
                var last = LogUnderTest.appending([.currentSet(nil)], after: one, named: "vm1")
                last.time = Timestamp(microseconds: 253_402_300_799_999_999)
                _ = try await subject.log.append(last)
                try await Expect.equal(
                    subject.events().map(\.time), [commit.time, last.time], "the times")
            },
            Case("The longest names and reasons are accepted") { subject in
                var commit = LogUnderTest.defining("vm1")
                commit.provenance = Provenance(
                    actor: String(repeating: "a", count: 1024),
                    reason: String(repeating: "b", count: 65_536),
                    request: String(repeating: "c", count: 1024))
                _ = try await subject.log.append(commit)
                try await Expect.equal(
                    subject.events().map(\.provenance), [commit.provenance], "the provenance")
            },
            refusing("Times outside of the years 0 to 9999 are refused", times),
            refusing("Actors without a name, with control characters or too long are refused") {
                _ in provenances(names) { $0.actor = $1 }
            },
            refusing("Names of requests with control characters or too long are refused") { _ in
                let carriedOut: Refused = requestNames.map { name in
                    var commit = LogUnderTest.defining("new")
                    commit.request = RequestRecord(
                        name: name, fingerprint: [1], domain: "new", revision: 0)
                    return ("carrying out \(name.debugDescription.prefix(40))", commit)
                }
                var other = LogUnderTest.defining("new")
                other.provenance.request = "r1"
                other.request = RequestRecord(
                    name: "r2", fingerprint: [1], domain: "new", revision: 0)
                return provenances(requestNames) { $0.request = $1 } + carriedOut
                    + [("two requests", other)]
            },
            refusing("Reasons with NUL or too long are refused") { _ in
                provenances(["\0", "a\0b", String(repeating: "b", count: 65_537)]) {
                    $0.reason = $1
                }
            },
            refusing("Files with invalid digests are refused") { _ in
                let digests = ["", "00", String(repeating: "A", count: 64)]
                return digests.map { digest in
                    var commit = LogUnderTest.defining("new")
                    commit.entries[0].origin = .importedFile(name: "c.xml", sha256: digest)
                    return ("the digest '\(digest)'", commit)
                }
            },
            refusing("Events that do not fit the domain are refused", misfits),
            refusing("Events in another stream than theirs are refused", strays),
        ]

    /// Commits, each with its fault.
    private typealias Refused = [(what: String, commit: PendingCommit)]

    /// A log of three domains.
    private struct Sample {
        /// With the checkpoint c1.
        let one: CommitReceipt
        /// A domain that was undefined.
        let ended: CommitReceipt
    }

    /// Returns a case in which commits are refused with `usage`, and nothing changes.
    private static func refusing(
        _ name: String, _ commits: @escaping @Sendable (Sample) -> Refused
    ) -> Case {
        Case(name) { subject in
            let log = subject.log
            let one = try await log.append(LogUnderTest.defining("vm1"))
            let two = try await log.append(LogUnderTest.defining("vm2"))
            let sample = Sample(
                one: try await log.append(
                    LogUnderTest.appending(LogUnderTest.creating("c1"), after: one, named: "vm1")),
                ended: try await log.append(
                    LogUnderTest.appending([.domainUndefined], after: two, named: "vm2")))
            for (what, commit) in commits(sample) {
                try await subject.expectRefusal(.usage, of: commit, as: what)
                try await subject.expectRefusal(
                    .usage, of: LogUnderTest.defining("beside"), commit,
                    as: "\(what), behind another commit")
            }
            // The log is as usable as before.
            let next = try await log.append(
                LogUnderTest.appending(
                    LogUnderTest.creating("next"), after: sample.one, named: "vm1"))
            try Expect.equal(next.commit, 5, "the next commit")
            try Expect.equal(next.sequences, 6...7, "its sequences")
            try await Expect.equal(subject.events().count, 7, "the events that are decoded")
            let verification = try await log.verify(against: nil) { _ in }
            try Expect.that(verification.isSound, "the log is sound: \(verification.faults)")
        }
    }

    private static let names = [
        "", " ", "\t\n", "\u{A0}", "a\0b", "a\nb", "\u{1B}[31m", "a\u{7F}", "a\u{85}",
        String(repeating: "a", count: 1025), String(repeating: "\u{E9}", count: 513),
    ]

    private static let requestNames = [
        "", "a\0b", "a\nb", "a\u{7F}", String(repeating: "a", count: 1025),
        String(repeating: "\u{E9}", count: 513),
    ]

    private static func provenances(
        _ texts: [String], _ set: (inout Provenance, String) -> Void
    ) -> Refused {
        texts.map { text in
            var commit = LogUnderTest.defining("new")
            set(&commit.provenance, text)
            return (String(text.debugDescription.prefix(40)), commit)
        }
    }

    private static func times(_ sample: Sample) -> Refused {
        let times = [
            Timestamp(microseconds: .min), Timestamp(microseconds: .max),
            Timestamp(microseconds: -62_167_219_200_000_001),
            Timestamp(microseconds: 253_402_300_800_000_000),
            // Milliseconds where seconds are meant.
            Timestamp(seconds: 1_795_462_810_000),
        ]
        return times.map { time in
            var commit = LogUnderTest.defining("new")
            commit.time = time
            return ("the time \(time.microseconds)", commit)
        }
    }

    private static func misfits(_ sample: Sample) -> Refused {
        let c1 = Checkpoint(name: "c1", creationTime: 1)
        let seen = BitmapObservation(
            checkpoint: "no", disk: "vda", bitmap: "no", verdict: .valid, observationTime: 1)
        let live: [(String, [Event])] = [
            ("no events", []),
            ("a checkpoint that exists is created", [.checkpointCreated(c1)]),
            ("a checkpoint that does not exist is deleted", [.checkpointDeleted("no")]),
            (
                "a checkpoint is deleted twice",
                [.checkpointDeleted("c1"), .checkpointDeleted("c1")]
            ),
            ("a checkpoint that does not exist becomes current", [.currentSet("no")]),
            ("a bitmap of a checkpoint that does not exist", [.bitmapObserved(seen)]),
            (
                "a finding of a checkpoint that does not exist",
                [.findingAcknowledged(Acknowledgement(.nameReused, of: "no"))]
            ),
            ("a domain with checkpoints is undefined", [.domainUndefined]),
            (
                "a live domain is defined under another name",
                [.domainDefined(name: "vm9", uuid: nil, definition: nil)]
            ),
        ]
        let ended: [(String, [Event])] = [
            ("a domain is undefined twice", [.domainUndefined]),
            ("a domain that was undefined is renamed", [.domainRenamed(to: "vm9")]),
            ("a checkpoint of a domain that was undefined", LogUnderTest.creating("c2")),
        ]
        let new: [(String, [Event])] = [
            ("a new domain without events", []),
            ("a checkpoint before the domain is defined", LogUnderTest.creating("c2")),
            ("a domain is undefined before it is defined", [.domainUndefined]),
            ("a domain is renamed before it is defined", [.domainRenamed(to: "vm9")]),
        ]
        return live.map { ($0, LogUnderTest.appending($1, after: sample.one, named: "vm1")) }
            + ended.map { ($0, LogUnderTest.appending($1, after: sample.ended, named: "vm2")) }
            + new.map { what, events in
                var commit = LogUnderTest.defining("new")
                commit.entries = events.map { .init($0, origin: .library) }
                return (what, commit)
            }
    }

    private static func strays(_ sample: Sample) -> Refused {
        let ofStore: [Event] = [
            .settingsChanged(SettingsChange(.stripSecrets, from: false, to: true)),
            .lossAccepted(LostHead(origin: "o", size: 1, root: "r")),
        ]
        let ofDomains: [Event] =
            [
                .domainDefined(name: "vm9", uuid: nil, definition: nil),
                .domainRenamed(to: "vm9"), .domainUndefined, .checkpointDeleted("c1"),
            ] + LogUnderTest.creating("c2")
        return ofStore.map {
            (
                "a \($0.kind) in a domain",
                LogUnderTest.appending([$0], after: sample.one, named: "vm1")
            )
        }
            + ofDomains.map { ("a \($0.kind) of the store", LogUnderTest.ofStore([$0])) }
            + [
                (
                    "a lost head of a negative size",
                    LogUnderTest.ofStore([.lossAccepted(LostHead(origin: "o", size: -1, root: ""))])
                ), ("no events of the store", LogUnderTest.ofStore([])),
            ]
    }
}
