import EventLog
import Foundation
import MomentlogTesting
import Moments
import Synchronization
import TestSupport
import Testing

@testable import Momentlog

/// The lines of a log alone tell which domain each is of.
struct DomainAssignmentTests {
    private static let by = StoreFixture.submission

    /// The sequences of each domain's events, as the log answers them.
    private func recorded(_ log: any EventLog) async throws -> [Int: Int] {
        var numbers: [Int: Int] = [:]
        for (index, entry) in try await log.domains().enumerated() {
            for event in try await events(log, EventQuery(domain: entry.id)) {
                numbers[event.sequence] = index + 1
            }
        }
        return numbers
    }

    private func events(_ log: any EventLog, _ query: EventQuery) async throws -> [RecordedEvent] {
        let events = Mutex<[RecordedEvent]>([])
        try await log.read(query) { line throws(MomentlogError) in
            let event = try line.event()
            events.withLock { $0.append(event) }
            return true
        }
        return events.withLock { $0 }
    }

    /// Compares what the lines tell with what the log answers; returns the number of lines.
    @discardableResult
    private func compare(_ log: any EventLog, _ comment: Comment) async throws -> Int {
        let recorded = try await recorded(log)
        let lines = try await events(log, EventQuery())
        var derived = DomainAssignment()
        var checked = DomainAssignment()
        for line in lines {
            let number = recorded[line.sequence] ?? 0
            #expect(try derived.assign(line) == number, comment)
            #expect(try checked.assign(line, stated: number) == number, comment)
            #expect(throws: MomentlogError.self, comment) {
                var wrong = checked
                _ = try wrong.assign(line, stated: number + 1)
            }
        }
        #expect(try await derived.count == log.domains().count, comment)
        return lines.count
    }

    @Test(
        "The lines of random histories are assigned to the log's domains", arguments: Seeds.all)
    func histories(seed: UInt64) async throws {
        let folder = try TemporaryFolder("assignment")
        var returned = 0
        for history in 0..<16 {
            var random = RandomDomainHistory(
                seed: seed &+ UInt64(history), isBare: history.isMultiple(of: 2))
            let log = MemoryEventLog()
            let store = CheckpointStore(log: log)
            var step = 0
            // Many instructions are refused: it goes on until the log is long enough.
            while true {
                let isShort = try await log.size() <= 60
                guard step < 80 || isShort && step < 800 else { break }
                step += 1
                switch try random.next() {
                case .command(let instruction): _ = await store.perform([instruction])
                case .library(folder: let name, files: let files, domain: let domain):
                    let path = "\(history)/\(step)/\(name)"
                    for (file, text) in files { try folder.write(text, to: "\(path)/\(file)") }
                    _ = try? await store.importLibraries(
                        at: [folder.path(path)],
                        options: ImportOptions(domain: domain.map { DomainReference($0) }),
                        by: StoreFixture.submission)
                }
            }
            let comment: Comment = "seed \(seed), history \(history)"
            #expect(try await compare(log, comment) > 60, comment)
            returned += try await events(log, EventQuery(kinds: [.domainDefined]))
                .count { $0.revision > 1 }
            await store.close()
        }
        // A history in which nothing comes back shows nothing.
        #expect(returned > 60, "seed \(seed)")
    }

    /// A line of a log with these fields.
    private func line(
        _ sequence: Int, _ revision: Int, _ domain: DomainReference?, _ event: Event
    ) -> RecordedEvent {
        RecordedEvent(
            sequence: sequence, commit: sequence, revision: revision, domain: domain,
            time: Timestamp(microseconds: 0), provenance: StoreFixture.provenance,
            origin: .library, event: event)
    }

    private func defined(_ name: String, _ uuid: DomainUUID? = nil) -> Event {
        .domainDefined(name: name, uuid: uuid, definition: nil)
    }

    @Test("Of several past domains with one name only those count that a line can continue")
    func namesakes() throws {
        let history: [(Int, String, Event)] = [
            (1, "a", defined("a")), (2, "a", .domainUndefined),
            (1, "b", defined("b")), (2, "b", .domainRenamed(to: "a")), (3, "a", .domainUndefined),
            (1, "c", defined("c")), (2, "c", .domainRenamed(to: "a")), (3, "a", .domainUndefined),
        ]
        var assignment = DomainAssignment()
        for (index, (revision, name, event)) in history.enumerated() {
            _ = try assignment.assign(line(index + 1, revision, DomainReference(name), event))
        }
        for (revision, stated, number) in [
            (3, nil, 1), (4, nil, 3), (4, 2, 2), (4, 3, 3), (3, 1, 1), (1, nil, 4), (1, 4, 4),
        ] as [(Int, Int?, Int)] {
            var copy = assignment
            #expect(try copy.assign(line(9, revision, "a", defined("a")), stated: stated) == number)
        }
        for (revision, stated) in [(3, 2), (3, 3), (4, 1), (4, 4), (4, 0), (1, 1), (4, -1)] {
            #expect(throws: MomentlogError.self) {
                try assignment.assign(line(9, revision, "a", defined("a")), stated: stated)
            }
        }
    }

    @Test("A line that fits no domain is corrupt and changes nothing")
    func corrupt() throws {
        let (one, two) = (DomainUUID.all("1"), DomainUUID.all("2"))
        var assignment = DomainAssignment()
        for (index, (revision, name, event)) in [
            (1, "a", defined("a", one)), (1, "b", defined("b")), (2, "b", .domainUndefined),
            (1, "c", defined("c")), (2, "c", .currentSet(nil)),
        ].enumerated() {
            _ = try assignment.assign(line(index + 1, revision, DomainReference(name), event))
        }
        let lost = LostHead(origin: "o", size: 1, root: "r")
        let wrong: [(Int, String?, Event)] = [
            (2, "b", .currentSet(nil)), (3, "b", .currentSet(nil)), (3, "a", .currentSet(nil)),
            (1, "a", .currentSet(nil)), (.max, "a", .currentSet(nil)),
            (.min, "a", .currentSet(nil)), (2, "d", .currentSet(nil)), (2, nil, .currentSet(nil)),
            (1, "a", defined("a")), (2, "a", defined("a")), (2, "a", defined("a", two)),
            (1, "d", defined("d", one)), (2, "d", defined("d", two)), (2, "c", defined("c", one)),
            (.min, "d", defined("d")), (.max, "b", defined("b")), (0, "d", defined("d")),
            (2, "b", defined("b")), (4, "b", defined("b")), (3, "b", defined("b", two)),
            (2, "a", defined("d", one)),
            (2, "a", .domainRenamed(to: "c")), (2, "d", defined("c", one)),
            (3, "c", .lossAccepted(lost)), (2, nil, .lossAccepted(lost)),
            (0, nil, .lossAccepted(lost)), (.min, nil, .lossAccepted(lost)),
        ]
        for (revision, name, event) in wrong {
            let line = line(6, revision, name.map { DomainReference($0) }, event)
            let error = #expect(throws: MomentlogError.self, "\(line)") {
                try assignment.assign(line)
            }
            // Some no line can hold.
            #expect(error?.code == .corrupt || error?.code == .storage)
        }
        #expect(try assignment.assign(line(6, 1, nil, .lossAccepted(lost))) == 0)
        #expect(try assignment.assign(line(7, 2, "a", .domainRenamed(to: "b"))) == 1)
        #expect(try assignment.assign(line(8, 3, "c", defined("c", two))) == 3)
        #expect(try assignment.assign(line(9, 4, "c", .domainUndefined), stated: 3) == 3)
        #expect(try assignment.assign(line(10, 5, "a", defined("a", two)), stated: 3) == 3)
        #expect(throws: MomentlogError.self) {
            try assignment.assign(line(11, 3, "a", .domainUndefined))
        }
    }
}

extension DomainUUID {
    /// One whose digits are all the same.
    fileprivate static func all(_ digit: String) -> DomainUUID? {
        DomainUUID(
            [8, 4, 4, 4, 12].map { String(repeating: digit, count: $0) }.joined(separator: "-"))
    }
}

extension DomainAssignment {
    /// The domain of a line that is made of an event, which states the domain or does not.
    fileprivate mutating func assign(
        _ event: RecordedEvent, stated: Int? = nil
    ) throws -> Int {
        let line = try EventLine.bytes(event.stating(stated))
        return try line.withUnsafeBytes { try assign(ParsedLine($0)) }
    }
}

extension RecordedEvent {
    fileprivate func stating(_ number: Int?) -> RecordedEvent {
        RecordedEvent(
            sequence: sequence, commit: commit, revision: revision, domain: domain, time: time,
            clock: clock, provenance: provenance, origin: origin, event: event,
            domainId: domain == nil ? nil : number,
            recorder: number == nil ? nil : Recorder(uid: 0, host: "host"))
    }
}
