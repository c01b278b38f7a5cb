import Foundation
import GRDB
import Moments
import Testing

@testable import EventLog
@testable import SQLiteEventLog

struct HeadTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private struct Row: Sendable {
        var number: Int
        var size: Int
        var root: [UInt8]
    }

    private func commits(_ log: SQLiteEventLog) async throws -> [Row] {
        let rows = try await log.read { database in
            let commits = CommitTable(database: database)
            return try (1...commits.last().number).map { number in
                let place = try commits.place(of: number)
                return Row(
                    number: number, size: place.size, root: try commits.tree(after: place).root)
            }
        }
        return try #require(rows)
    }

    private func head(_ path: String) throws -> String {
        try String(contentsOfFile: path + ".head", encoding: .utf8)
    }

    /// What the head file must hold after these lines.
    private func expectedHead(_ log: SQLiteEventLog) async throws -> String {
        let uuid = try await #require(
            log.read { try String.fetchOne($0, sql: "SELECT uuid FROM store") ?? "" })
        let lines = try await log.lines()
        let root = Data(naiveMerkleRoot(ofLines: lines)).base64EncodedString()
        return "momentlog/\(uuid)\n\(lines.count)\n\(root)\n"
    }

    @Test(
        "Each commit's size, and the root that its nodes lead to, are those of the lines up to it.")
    func commitsHoldTheTree() async throws {
        let log = try await SQLiteEventLog.opened(at: folder.store)
        var receipt = try await log.append(.defining("vm1"))
        for number in 0..<9 {
            let events = (0...number).flatMap { Event.creating("c\(number).\($0)") }
            receipt = try await log.append(.appending(events, after: receipt, named: "vm1"))
        }
        let lines = try await log.lines()
        let events = try await log.events()
        let rows = try await commits(log)
        #expect(rows.map(\.number) == Array(1...10))
        #expect(rows.last?.size == lines.count)
        for row in rows {
            #expect(events.filter { $0.commit <= row.number }.count == row.size)
            #expect(row.root == naiveMerkleRoot(ofLines: lines.prefix(row.size)))
        }
        await log.close()
    }

    @Test("The head file holds size and root of the log after each commit")
    func headFileFollows() async throws {
        let log = try await SQLiteEventLog.opened(at: folder.store)
        var receipt = try await log.append(.defining("vm1"))
        #expect(try head(folder.store) == (try await expectedHead(log)))
        for number in 0..<6 {
            receipt = try await log.append(
                .appending(Event.creating("c\(number)"), after: receipt, named: "vm1"))
            #expect(try head(folder.store) == (try await expectedHead(log)))
        }
        let last = try head(folder.store)
        #expect(last.hasSuffix("=\n") && last.contains("\n13\n"))
        await log.close()
        #expect(try head(folder.store) == last)
    }

    @Test("Two stores have names of their own in their heads")
    func storesAreToldApart() async throws {
        var origins: Set<Substring> = []
        for name in ["a.db", "b.db"] {
            let log = try await SQLiteEventLog.opened(at: folder.file(name))
            _ = try await log.append(.defining("vm1"))
            await log.close()
            origins.formUnion(try head(folder.file(name)).split(separator: "\n").prefix(1))
        }
        #expect(origins.count == 2)
        #expect(origins.allSatisfy { $0.wholeMatch(of: /momentlog\/[0-9a-f]{32}/) != nil })
    }

    @Test(
        "A missing or damaged head file is written with the next commit",
        arguments: [
            nil, "", String(repeating: "\0", count: 90), "momentlog/\n0\n",
            "momentlog/" + String(repeating: "a line that is longer than a head\n", count: 20),
        ] as [String?], [true, false])
    func damagedHeadFile(damage: String?, whileOpen: Bool) async throws {
        var log = try await SQLiteEventLog.opened(at: folder.store)
        let first = try await log.append(.defining("vm1"))
        if !whileOpen { await log.close() }
        if let damage {
            try Data(damage.utf8).write(to: URL(fileURLWithPath: folder.store + ".head"))
        } else {
            try FileManager.default.removeItem(atPath: folder.store + ".head")
        }
        if !whileOpen { log = try await SQLiteEventLog.opened(at: folder.store) }
        _ = try await log.append(.appending(Event.creating("c1"), after: first, named: "vm1"))
        #expect(try head(folder.store) == (try await expectedHead(log)))
        await log.close()
    }

    @Test(
        "A file with other content at the head's path is never overwritten",
        arguments: ["x", "#!/bin/sh\n", String(repeating: "text\n", count: 2000)], [true, false])
    func foreignHeadFile(content: String, whileOpen: Bool) async throws {
        var log = try await SQLiteEventLog.opened(at: folder.store)
        let first = try await log.append(.defining("vm1"))
        if !whileOpen { await log.close() }
        try content.write(toFile: folder.files.head, atomically: false, encoding: .utf8)
        if !whileOpen { log = try await SQLiteEventLog.opened(at: folder.store) }
        try await expectRefusal(.storage) {
            try await log.append(.appending(Event.creating("c1"), after: first, named: "vm1"))
        }
        #expect(try String(contentsOfFile: folder.files.head, encoding: .utf8) == content)
        #expect(try await log.lines().count == 1)
        await log.close()
        try FileManager.default.removeItem(atPath: folder.files.head)
        log = try await SQLiteEventLog.opened(at: folder.store)
        _ = try await log.append(.appending(Event.creating("c1"), after: first, named: "vm1"))
        #expect(try head(folder.store) == (try await expectedHead(log)))
        await log.close()
    }
}
