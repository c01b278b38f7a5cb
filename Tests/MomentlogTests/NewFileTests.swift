import Foundation
import Glibc
import Moments
import TestSupport
import Testing

@testable import Momentlog

/// Single files that are written with secrets in them.
struct NewFileTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder("new file") }

    @Test("A new file holds the bytes, and only its owner can read it", arguments: [0o000, 0o022])
    func written(mask: mode_t) throws {
        let former = umask(mask)
        defer { umask(former) }
        let path = folder.path("c1.xml")
        try NewFile.create(path, with: Array("secret".utf8))
        #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == Data("secret".utf8))
        var status = stat()
        #expect(lstat(path, &status) == 0 && status.st_mode & 0o7777 == 0o600)
        #expect(try folder.contents == ["c1.xml"])
    }

    @Test(
        "What exists under the name is neither followed, read, nor changed",
        arguments: ["file", "folder", "link", "dangling link", "hard link", "pipe"])
    func exists(kind: String) throws {
        let manager = FileManager.default
        let path = folder.path("c1.xml")
        try folder.write("mine", to: "victim")
        switch kind {
        case "file": try folder.write("mine", to: "c1.xml")
        case "folder": try manager.createDirectory(atPath: path, withIntermediateDirectories: true)
        case "link":
            try manager.createSymbolicLink(
                atPath: path, withDestinationPath: folder.path("victim"))
        case "dangling link":
            try manager.createSymbolicLink(atPath: path, withDestinationPath: folder.path("new"))
        case "hard link": try manager.linkItem(atPath: folder.path("victim"), toPath: path)
        default: try #require(mkfifo(path, 0o600) == 0)
        }
        let before = try folder.contents
        let error = #expect(throws: MomentlogError.self) {
            try NewFile.create(path, with: Array("secret".utf8))
        }
        #expect(error?.code == .outputRefused)
        #expect(error?.message.contains("c1.xml") == true && error?.hint == "name a new file")
        #expect(try folder.contents == before)
        #expect(
            try String(contentsOfFile: folder.path("victim"), encoding: .utf8) == "mine")
    }

    @Test(
        "A name that no file can have is refused",
        arguments: ["", "/", "/..", "/.", "/no/such/file", "/nul\0"])
    func names(suffix: String) throws {
        #expect(throws: MomentlogError.self) {
            try NewFile.create(suffix.isEmpty ? "" : folder.url.path + suffix, with: [1])
        }
        #expect(try folder.contents == [])
    }
}
