import GRDB
import Moments
import Testing

@testable import EventLog
@testable import SQLiteEventLog

struct DiskListTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    @Test("Disks whose names differ only in their Unicode form stay apart")
    func normalForms() async throws {
        let log = try await SQLiteEventLog.opened(at: folder.store)
        let first = try await log.append(.defining("vm1"))
        let names = ["/images/\u{E9}.qcow2", "/images/e\u{301}.qcow2"]
        _ = try await log.append(
            .appending(
                names.enumerated().map { number, name in
                    .checkpointCreated(
                        Checkpoint(
                            name: "c\(number)", creationTime: 1, disks: [Disk(name: name)]))
                }, after: first, named: "vm1"))
        let graph = try await log.replay(first.domain).graph
        for (number, name) in names.enumerated() {
            let disks = graph.checkpoint(named: "c\(number)")?.disks
            #expect(disks?.count == 1 && disks?[0].name.hasSameBytes(as: name) == true, "\(name)")
        }
        await log.close()
    }
}
