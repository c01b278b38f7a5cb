import Foundation
import Glibc
import Momentlog
import Moments
import TestSupport
import Testing

/// Exports into folders that another process changes meanwhile, or that are somebody's.
struct ExportStagingTests {
    private let fixture: StoreFixture

    init() async throws {
        fixture = try await StoreFixture()
        try await fixture.define("vm")
        for name: CheckpointName in ["c1", "c2", "c3"] { try await fixture.create(name, in: "vm") }
        for name in ["out", "victim"] {
            try FileManager.default.createDirectory(
                atPath: fixture.folder.path(name), withIntermediateDirectories: true)
        }
    }

    private var contents: [String] {
        get throws { try fixture.folder.contents.filter { !$0.hasPrefix("store.db") } }
    }

    /// What the owner of the output folder does to it.
    enum Swap: CaseIterable {
        case stagingForLink, stagingForFolder, stagingAway, outputForLink

        func perform(in folder: TemporaryFolder) throws {
            let manager = FileManager.default
            let names = try manager.contentsOfDirectory(atPath: folder.path("out"))
            guard let name = names.first(where: { $0.hasPrefix(".momentlog-export-") }) else {
                return
            }
            var swapped = "out/" + name
            if self == .outputForLink { swapped = "out" }
            try manager.moveItem(atPath: folder.path(swapped), toPath: folder.path("moved"))
            switch self {
            case .stagingAway: break
            case .stagingForFolder:
                try manager.createDirectory(
                    atPath: folder.path(swapped + "/0"), withIntermediateDirectories: true)
            case .stagingForLink, .outputForLink:
                try manager.createSymbolicLink(
                    atPath: folder.path(swapped), withDestinationPath: folder.path("victim"))
            }
        }
    }

    @Test(
        "An output folder that changes during an export gets nothing, and the export fails",
        arguments: Swap.allCases, [false, true])
    func swapped(swap: Swap, isFlat: Bool) async throws {
        var isDone = false
        let error = await #expect(throws: MomentlogError.self) {
            try await fixture.store.export(
                ["vm"], to: fixture.folder.path(isFlat ? "out/flat" : "out"),
                options: ExportOptions(isFlat: isFlat)
            ) { written in
                guard written.completed == 1, !isDone else { return }
                isDone = true
                do { try swap.perform(in: fixture.folder) } catch { Issue.record(error) }
            }
        }
        #expect(isDone)
        #expect(error?.code == .outputRefused)
        #expect(error?.message.contains("another process") == true, "\(error?.message ?? "")")
        let files = try contents.filter { $0.hasSuffix(".xml") || $0.hasSuffix("ORDER") }
        #expect(files == [])
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: fixture.folder.path("victim"))
                == [])
        #expect(try !contents.contains { $0.hasSuffix("/vm") || $0.hasSuffix("/flat") })
    }

    @Test(
        "A folder that an export fills keeps its owner and its mode",
        arguments: [true, false], [0o750, 0o2775, 0o700] as [mode_t])
    func ownerAndMode(isFlat: Bool, mode: mode_t) async throws {
        let path = fixture.folder.path(isFlat ? "out" : "out/vm")
        try FileManager.default.createDirectory(
            atPath: path, withIntermediateDirectories: true)
        let (owner, group): (uid_t, gid_t) =
            geteuid() == 0 ? (65_534, 12_345) : (geteuid(), getegid())
        try #require(chown(path, owner, group) == 0 && chmod(path, mode) == 0)
        // Once into the empty folder, and once in the place of that export.
        for replaces in [false, true] {
            try await fixture.store.export(
                ["vm"], to: fixture.folder.path("out"),
                options: ExportOptions(isFlat: isFlat, replaces: replaces))
            var found = stat()
            try #require(stat(path, &found) == 0)
            #expect(found.st_uid == owner && found.st_gid == group)
            #expect(found.st_mode & 0o7777 == mode, "\(String(found.st_mode, radix: 8))")
            try #require(stat(path + "/c1.xml", &found) == 0)
            #expect(found.st_uid == geteuid() && found.st_mode & 0o7777 == 0o600)
        }
        #expect(try contents.contains { $0.contains("replaced-") })
    }

    @Test("A failed export removes the folders that it has created, and no others")
    func createdFolders() async throws {
        try fixture.folder.write("mine", to: "out/vm/notes")
        for output in ["out", "out/vm/new/deep"] {
            await #expect(throws: MomentlogError.self) {
                try await fixture.store.export(
                    ["vm"], to: fixture.folder.path(output)
                ) { written in
                    guard written.completed == 1, output != "out" else { return }
                    // Something appears where the export is to be.
                    _ = try? fixture.folder.write("file", to: output + "/vm")
                }
            }
        }
        #expect(
            try contents == [
                "out", "out/vm", "out/vm/new", "out/vm/new/deep", "out/vm/new/deep/vm",
                "out/vm/notes", "victim",
            ])
        try FileManager.default.removeItem(atPath: fixture.folder.path("out/vm/new"))
        await #expect(throws: MomentlogError.self) {
            try await fixture.store.export(
                ["vm"], to: fixture.folder.path("out/vm/new/deep")
            ) { written in
                guard written.completed == 1 else { return }
                try? FileManager.default.moveItem(
                    atPath: fixture.folder.path("out/vm/new/deep"),
                    toPath: fixture.folder.path("out/vm/new/else"))
            }
        }
        // What was moved away is no longer what was created.
        #expect(
            try contents == [
                "out", "out/vm", "out/vm/new", "out/vm/new/else", "out/vm/notes", "victim",
            ])
    }
}
