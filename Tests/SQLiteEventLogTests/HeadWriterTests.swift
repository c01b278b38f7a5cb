import Files
import Foundation
import Moments
import Testing

@testable import EventLog
@testable import SQLiteEventLog

struct HeadWriterTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
        try Data("database".utf8).write(to: URL(fileURLWithPath: folder.store))
    }

    private var path: String { folder.files.head }

    private func head(_ size: Int) -> StoreHead {
        StoreHead(origin: "momentlog/x", size: size, root: [UInt8](repeating: 7, count: 32))
    }

    private func writer() throws -> HeadWriter {
        HeadWriter(folder.files, try folder.databaseFile())
    }

    @Test("The head is written in place, after the file was checked")
    func writing() throws {
        let writer = try writer()
        #expect(!writer.write(head(0)))
        try writer.prepare()
        #expect(writer.write(head(1)))
        let before = FileDetails(path: path)?.identity
        #expect(writer.write(head(3_000)))
        #expect(writer.write(head(4)))
        #expect(FileDetails(path: path)?.identity == before)
        #expect(try bytes(of: path) == Data(head(4).text.utf8))
    }

    @Test("A head file that was removed or replaced is created or opened again")
    func replaced() throws {
        let writer = try writer()
        try writer.prepare()
        #expect(writer.write(head(1)))
        try FileManager.default.removeItem(atPath: path)
        try writer.prepare()
        #expect(writer.write(head(2)))
        #expect(try bytes(of: path) == Data(head(2).text.utf8))
        try Data("momentlog/other".utf8).write(to: URL(fileURLWithPath: folder.file("draft")))
        try #require(rename(folder.file("draft"), path) == 0)
        try writer.prepare()
        #expect(writer.write(head(6)))
        #expect(try bytes(of: path) == Data(head(6).text.utf8))
    }

    /// What may stand at the head's place that is not ours.
    enum Foreign: String, CaseIterable {
        case text, link, hardLink, pipe, folder, device
    }

    @Test(
        "A file at the head's place that is not ours is refused, and neither followed nor changed.",
        arguments: Foreign.allCases)
    func foreign(_ kind: Foreign) throws {
        let victim = folder.file("victim")
        try Data("precious".utf8).write(to: URL(fileURLWithPath: victim))
        switch kind {
        case .text: try Data("notes".utf8).write(to: URL(fileURLWithPath: path))
        case .link: try #require(symlink(victim, path) == 0)
        case .hardLink:
            try Data("momentlog/x".utf8).write(to: URL(fileURLWithPath: victim))
            try #require(link(victim, path) == 0)
        case .pipe: try #require(mkfifo(path, 0o600) == 0)
        case .folder: try #require(mkdir(path, 0o700) == 0)
        case .device: try #require(symlink("/dev/null", path) == 0)
        }
        let before = try bytes(of: victim)
        let writer = try writer()
        do throws(MomentlogError) {
            try writer.prepare()
            Issue.record("was taken")
        } catch {
            #expect(error.code == .storage)
            #expect(error.message.contains(path))
        }
        #expect(!writer.write(head(1)))
        #expect(try bytes(of: victim) == before)
        // Reading it waits for nothing and invents nothing.
        guard case .damaged = try HeadFile.read(path) else {
            if kind == .hardLink { return }
            Issue.record("was read as a head")
            return
        }
    }

    @Test(
        "A head file of another owner than the database's is refused.", .enabled(if: geteuid() == 0)
    )
    func otherOwner() async throws {
        try Data("momentlog/x".utf8).write(to: URL(fileURLWithPath: path))
        try #require(chown(path, 65534, 65534) == 0)
        let writer = try writer()
        try await expectRefusal(.storage) { try writer.prepare() }
        #expect(try bytes(of: path) == Data("momentlog/x".utf8))
    }

    @Test(
        "A head file has the owner and mode of its database after every writer",
        .enabled(if: geteuid() == 0))
    func owner() throws {
        try #require(chown(folder.store, 65534, 65534) == 0)
        try #require(chmod(folder.store, 0o640) == 0)
        try writer().prepare()
        let made = try #require(FileDetails(path: path))
        #expect(made.owner == 65534 && made.group == 65534)
        #expect(made.mode & 0o777 == 0o640)
    }

    @Test(
        "A head file that is empty or holds only NUL bytes, as a loss of power leaves it, is ours.")
    func lostContent() throws {
        for bytes in [Data(), Data(count: 90)] {
            try bytes.write(to: URL(fileURLWithPath: path))
            let writer = try writer()
            try writer.prepare()
            #expect(writer.write(head(1)))
        }
    }
}
