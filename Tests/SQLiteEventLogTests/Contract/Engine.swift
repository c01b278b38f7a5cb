import Moments
import Synchronization
import Testing

@testable import EventLog
@testable import MomentlogTesting
@testable import SQLiteEventLog

/// The engines that keep the contract of an event log.
enum Engine: String, CaseIterable, CustomTestStringConvertible {
    case sqlite, memory

    var testDescription: String { rawValue }

    /// An empty log of this engine.
    func log(in folder: TemporaryFolder) async throws -> any EventLog {
        switch self {
        case .sqlite: try await SQLiteEventLog.opened(at: folder.store)
        // A loaded machine may let a writer wait for long.
        case .memory: MemoryEventLog(busyTimeout: .seconds(600))
        }
    }
}

extension EventLog {
    /// The lines that a query finds, up to one.
    func linesOf(
        _ query: EventQuery = EventQuery(), upTo last: Int = .max
    ) async throws -> [String] {
        let collected = CollectedLines()
        try await read(query) { line throws(MomentlogError) in
            collected.texts.withLock {
                $0.append(line.text)
                return $0.count < last
            }
        }
        return collected.texts.withLock { $0 }
    }
}

/// A class because a closure that collects shares it with the test.
private final class CollectedLines: Sendable {
    let texts = Mutex<[String]>([])
}
