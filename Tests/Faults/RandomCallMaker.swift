import EventLog
import Foundation
import Momentlog
import Moments
import SQLiteEventLog
import TestSupport

/// Makes one random call after the other, all on one store that they also change.
final class RandomCallMaker {
    var arguments: RandomArguments
    let note: RandomCallNote
    let folder: FastFolder
    var store: CheckpointStore
    var log: SQLiteEventLog

    init(seed: UInt64, note: RandomCallNote) async throws {
        arguments = RandomArguments(seed: seed)
        self.note = note
        folder = try FastFolder()
        note.write("opening")
        store = try await CheckpointStore.open(at: folder.store)
        for step in try Workload(seed: seed, count: 20).steps {
            try await store.perform(step.instruction)
        }
        log = try await SQLiteEventLog.open(
            path: folder.store, options: .init(createsStore: false))
        // Where paths are relative, and what is exported goes.
        FileManager.default.changeCurrentDirectoryPath(folder.url.path)
    }

    func makeCall() async throws {
        switch Int.random(in: 0..<10, using: &arguments.random) {
        case 0..<3: try await callStore()
        case 3..<5: try await changeStore()
        case 5..<7: try await callLog()
        case 7..<9: try callModel()
        default: try callReaders()
        }
    }

    func close() async {
        note.write("closing")
        await log.close()
        await store.close()
    }

    /// Makes a call that may throw an error of momentlog.
    func call<Value>(
        _ text: @autoclosure () -> String, _ body: () async throws -> Value
    ) async throws {
        note.write(text())
        do {
            _ = try await body()
        } catch is MomentlogError {
        } catch is InconsistentEvent {
        }
    }

    /// Makes a call that does not suspend.
    func callNow<Value>(_ text: @autoclosure () -> String, _ body: () throws -> Value) throws {
        note.write(text())
        do {
            _ = try body()
        } catch is MomentlogError {
        } catch is InconsistentEvent {
        }
    }
}
