import Moments
import Testing

@testable import EventLog
@testable import SQLiteEventLog

struct DefinitionTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    @Test(
        "A definition is read back byte for byte",
        arguments: [
            Array("<domain>\n  <name>ü</name>\r\n</domain>".utf8), [], [0], [0xFF, 0x00, 0xC3],
            Array(repeating: 0x20, count: 300_000),
        ] as [[UInt8]])
    func contentComesBack(content: [UInt8]) async throws {
        let log = try await SQLiteEventLog.opened(at: folder.store)
        _ = try await log.append(.defining("vm1", definition: content))
        let key = try #require(digest(of: content))
        #expect(try await log.definition(key) == content)
        await log.close()
    }

    @Test("A content is stored once, however often commits and domains bring it")
    func storedOnce() async throws {
        let log = try await SQLiteEventLog.opened(at: folder.store)
        let content = Array("<domain type='kvm'/>".utf8)
        let first = try await log.append(.defining("vm1", definition: content))
        _ = try await log.append(.defining("vm2", definition: content))
        let key = digest(of: content)
        _ = try await log.append(
            .appending(
                (0..<5).map {
                    .checkpointCreated(
                        Checkpoint(name: "c\($0)", creationTime: 1, definition: key))
                }, after: first, named: "vm1",
                definitions: [content, content, [1]].map { Definition($0) }))
        #expect(try await log.statistic("definitions") == .number(2))
        #expect(try await log.statistic("definition-bytes") == .number(content.count + 1))
        #expect(try await log.replay(first.domain).graph.checkpoint(named: "c4")?.definition == key)
        await log.close()
    }

    @Test("A definition that the log holds need not be brought again")
    func namedAgain() async throws {
        let log = try await SQLiteEventLog.opened(at: folder.store)
        let first = try await log.append(.defining("vm1", definition: [1, 2, 3]))
        let event = Event.checkpointCreated(
            Checkpoint(name: "c1", creationTime: 1, definition: digest(of: [1, 2, 3])))
        _ = try await log.append(.appending([event], after: first, named: "vm1"))
        #expect(try await log.events().last?.event == event)
        await log.close()
    }

    @Test("Reading a missing definition is refused")
    func absentDefinition() async throws {
        let log = try await SQLiteEventLog.opened(at: folder.store)
        let key = try #require(digest(of: [1]))
        try await expectRefusal(.corrupt) { try await log.definition(key) }
        await log.close()
    }
}
