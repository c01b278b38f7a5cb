import Foundation
import Momentlog

// A program with types of its own that momentlog's modules have as well.

struct Event: Equatable { var text: String }
enum Command: String { case backUp }
struct Domain { var name: String }
struct Disk { var target: String }

/// An error of the program.
public struct QuotaExceeded: Error, Equatable {}

/// A program that uses a store in all ordinary ways.
public struct BackupJournal: Sendable {
    private let store: CheckpointStore
    private let nightly = Submission(actor: "journal@here", reason: Command.backUp.rawValue)

    /// Opens the journal.
    public init(path: String) async throws(MomentlogError) {
        store = try await CheckpointStore.open(at: path)
    }

    /// Defines a guest from its XML.
    public func define(_ xml: String) async throws(MomentlogError) {
        try await store.define(SourceDocument(xml), by: nightly)
    }

    /// Records a checkpoint of a guest, and returns whether it had been recorded before.
    public func record(_ xml: String, of guest: DomainReference, request: String) async throws
        -> Bool
    {
        var submission = nightly
        submission.request = request
        let outcome = try await store.record([SourceDocument(xml)], in: guest, by: submission)
        return outcome.isRepeated
    }

    /// The code with which a question about a guest is refused.
    func code(askingFor guest: DomainReference) async -> MomentlogError.Code? {
        do {
            _ = try await store.graph(of: guest)
            return nil
        } catch {
            return error.code
        }
    }

    /// The lines of the log, at most so many.
    public func lines(limit: Int) async throws -> [String] {
        var lines: [String] = []
        try await store.readEvents { line in
            guard lines.count < limit else { throw QuotaExceeded() }
            lines.append(line.text)
            return true
        }
        return lines
    }

    /// How many events there are.
    public func eventCount() async throws(MomentlogError) -> Int {
        var count = 0
        try await store.readEvents { _ in
            count += 1
            return true
        }
        return count
    }

    /// What is in the log, a line each.
    public func printLines() async throws {
        try await store.readEvents { line in
            print(line.text)
            return true
        }
    }

    /// The names of a guest's checkpoints on a date, and what was current.
    public func checkpoints(
        of guest: DomainReference, on date: Date
    ) async throws(MomentlogError) -> (names: [CheckpointName], current: CheckpointName?) {
        let graph = try await store.domain(guest, at: .date(date)).graph
        return (graph.names(Listing(order: .topological)) ?? [], graph.current)
    }

    /// Deletes checkpoints, and returns how many events that took.
    public func delete(
        _ names: [CheckpointName], of guest: DomainReference
    ) async throws(MomentlogError) -> Int {
        let outcome = try await store.delete(names, from: guest, by: nightly)
        return outcome.sequences?.count ?? 0
    }

    /// Findings as JSON, as a service would store them.
    public func findings() async throws -> Data {
        let findings: [Finding] = try await store.findings()
        return try JSONEncoder().encode(findings)
    }

    /// The names of all events of a guest, as the program calls them.
    func events(of guest: DomainReference) async throws -> [Event] {
        var events: [Event] = []
        for try await line in try await store.events(EventFilter(domain: guest)) {
            let event = try line.event()
            switch event.event {
            case .checkpointCreated(let checkpoint):
                events.append(Event(text: checkpoint.name.text))
            default: break
            }
        }
        let (domain, disk) = (Domain(name: guest.text), Disk(target: "vda"))
        return domain.name.isEmpty || disk.target.isEmpty ? [] : events
    }

    /// The head that an auditor keeps.
    public func head() async throws(MomentlogError) -> CheckpointStore.Head {
        try await store.head()
    }

    /// Whether all is as it was written.
    public func isSound(since head: CheckpointStore.Head) async throws(MomentlogError) -> Bool {
        try await store.verify(against: head).isSound
    }

    /// Closes the journal.
    public func close() async { await store.close() }
}
