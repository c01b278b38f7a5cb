import EventLog
import Moments

extension EventLogContract {
    /// The answers of a log about its past.
    static let past: [Case] = [
        Case("A position is the end of the last commit up to a point in time") { subject in
            let log = subject.log
            let history = try await History(appendedTo: log)
            let events = try await subject.events()
            func expect(_ when: When, _ isIn: (RecordedEvent) -> Bool) async throws {
                // Commits of which all events count, in order.
                let last = events.last { event in
                    isIn(event) && events.allSatisfy { $0.commit != event.commit || isIn($0) }
                }
                let expected = last.map { last in
                    LogPosition(sequence: last.sequence, commit: last.commit, time: last.time)
                }
                try await Expect.equal(log.position(at: when), expected ?? .start, "\(when)")
            }
            try await expect(.now) { _ in true }
            for sequence in 0...history.size {
                try await expect(.sequence(sequence)) { $0.sequence <= sequence }
            }
            for seconds in [0, 999] + history.times + history.times.map({ $0 + 1 }) {
                let time = Timestamp(seconds: seconds)
                try await expect(.time(time)) { $0.time <= time }
            }
            for sequence in [Int.min, -1, history.size + 1, .max] {
                try await Expect.refusal(.noMoment, "event \(sequence)") {
                    try await log.position(at: .sequence(sequence))
                }
            }
        },
        Case("The head after each commit covers the lines up to there") { subject in
            let log = subject.log
            let history = try await History(appendedTo: log)
            let origin = try await log.head().origin
            var tree = MerkleTree()
            var trees = [tree]
            try await log.read(EventQuery()) { line in
                tree.append(line.text.utf8)
                trees.append(tree)
                return true
            }
            for sequence in 0...history.size {
                let position = try await log.position(at: .sequence(sequence))
                let tree = trees[position.sequence]
                try await Expect.equal(
                    log.head(after: position),
                    StoreHead(origin: origin, size: tree.size, root: tree.root), "\(sequence)")
            }
        },
        Case("Domains of the past have the names and content that they had then") { subject in
            let log = subject.log
            let history = try await History(appendedTo: log)
            let events = try await subject.events()
            let store = history.domain.store
            var domains: [Int: Domain] = [:]
            for sequence in 0...history.size {
                if sequence > 0 {
                    let event = events[sequence - 1]
                    let number = event.domainId ?? 0
                    if number > 0 {
                        let next = events.dropFirst(sequence).first { $0.domainId == number }
                        // Events of one commit are applied together.
                        if next?.commit != event.commit {
                            let commit = events[..<sequence].filter {
                                $0.commit == event.commit && $0.domainId == number
                            }
                            try domains[number, default: Domain(name: "")]
                                .apply(contentsOf: commit.map(\.event))
                        } else {
                            continue
                        }
                    }
                }
                let live = domains.sorted { $0.key < $1.key }.filter(\.value.isLive)
                let entries = live.map { number, domain in
                    DomainEntry(
                        id: DomainEntry.ID(number: Int64(number), store: store),
                        name: domain.name, uuid: domain.uuid, isLive: true)
                }
                try await Expect.equal(
                    log.domains(through: sequence, bearing: nil), entries,
                    "the domains after event \(sequence)")
                for name in ["vm1", "vm2", "vm3", "vm4", "vm5"] {
                    try await Expect.equal(
                        log.domains(through: sequence, bearing: name),
                        entries.filter { $0.name == name },
                        "the domains named \(name) after event \(sequence)")
                }
                for entry in try await log.domains() {
                    let domain = try await log.replay(entry.id, through: sequence)
                    try Expect.equal(
                        domain.map { LogUnderTest.DomainState($0) },
                        domains[Int(entry.id.number)].map { LogUnderTest.DomainState($0) },
                        "domain \(entry.id.number) after event \(sequence)")
                }
            }
        },
    ]
}
