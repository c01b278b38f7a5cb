import EventLog
import Foundation
import Momentlog
import Moments
import TestSupport
import Testing

/// An export into a place that holds something.
struct ExportReplacementTests {
    private let fixture: StoreFixture

    init() async throws {
        fixture = try await StoreFixture()
        for (name, digit) in [("vm", Character("a")), ("other", "b")] {
            try await fixture.define(name, digit: digit)
            for checkpoint: CheckpointName in ["c1", "c2"] {
                try await fixture.create(checkpoint, in: DomainReference(name))
            }
        }
    }

    private var everything: [String: Data] {
        get throws {
            var files: [String: Data] = [:]
            for name in try fixture.folder.contents where !name.hasPrefix("store.db") {
                files[name] = try? Data(contentsOf: fixture.folder.url.appending(path: name))
            }
            return files
        }
    }

    private func export(
        _ domains: [DomainReference] = ["vm"], isFlat: Bool = false, hasSums: Bool = false,
        replaces: Bool = true
    ) async throws -> [ExportReport] {
        try await fixture.store.export(
            domains, to: fixture.folder.path("out"),
            options: ExportOptions(
                isFlat: isFlat, replaces: replaces, writesChecksums: hasSums))
    }

    @Test(
        "A former export is moved next to the output folder, whole, and the report says where",
        arguments: [false, true], [false, true])
    func moved(isFlat: Bool, hasSums: Bool) async throws {
        let place = isFlat ? "out" : "out/vm"
        _ = try await export(isFlat: isFlat, hasSums: hasSums)
        let former = try everything
        try await fixture.create("c3", in: "vm")
        let report = try await export(isFlat: isFlat)
        let replaced = try #require(report.first?.replaced)
        let folder = fixture.folder.url.resolvingSymlinksInPath().path
        #expect(
            replaced.dropFirst(folder.count)
                .wholeMatch(of: /\/out\.replaced-\d{8}T\d{6}Z\/vm/) != nil, "\(replaced)")
        let names = try FileManager.default.contentsOfDirectory(
            atPath: fixture.folder.path(place))
        #expect(names.sorted() == ["ORDER", "c1.xml", "c2.xml", "c3.xml"])
        for (name, content) in former {
            let now = URL(fileURLWithPath: replaced + "/" + name.dropFirst(place.count + 1))
            #expect(try Data(contentsOf: now) == content, "\(name)")
        }
        #expect(try fixture.folder.contents.allSatisfy { !$0.contains("momentlog-") })
    }

    @Test("Former exports of several domains, and of every moment, are kept beside each other")
    func several() async throws {
        _ = try await export(["vm", "other"])
        var kept: Set<String> = []
        for _ in 0..<3 {
            let reports = try await export(["vm", "other"])
            #expect(
                Set(
                    reports.map {
                        URL(fileURLWithPath: $0.replaced ?? "").deletingLastPathComponent()
                    }
                ).count == 1)
            kept.formUnion(reports.compactMap(\.replaced))
        }
        #expect(kept.count == 6)
        for path in kept {
            let names = try FileManager.default.contentsOfDirectory(atPath: path)
            #expect(names.sorted() == ["ORDER", "c1.xml", "c2.xml"])
        }
    }

    @Test(
        "An export of an earlier version, whose ORDER states no current checkpoint, is read as an export"
    )
    func earlierVersion() async throws {
        _ = try await export()
        try fixture.folder.write("c1\nc2\n", to: "out/vm/ORDER")
        #expect(try await export().first?.replaced != nil)
    }

    /// What stands beside the files of a former export, or in the place of one.
    struct Obstacle: Sendable, CustomTestStringConvertible {
        let name: String
        let make: @Sendable (_ folder: TemporaryFolder, _ place: String) throws -> Void
        var testDescription: String { name }

        static func file(_ name: String, _ text: String = "mine") -> Obstacle {
            Obstacle(name: name) { try $0.write(text, to: $1 + "/" + name) }
        }

        static func link(_ name: String) -> Obstacle {
            Obstacle(name: name) { folder, place in
                let path = folder.path(place + "/" + name)
                let target = try folder.write("<domaincheckpoint/>", to: "elsewhere/file")
                if FileManager.default.fileExists(atPath: path) {
                    try FileManager.default.moveItem(
                        atPath: path, toPath: folder.path("elsewhere/moved"))
                }
                try FileManager.default.createSymbolicLink(
                    atPath: path, withDestinationPath: target)
            }
        }

        static func without(_ name: String) -> Obstacle {
            Obstacle(name: name == "ORDER" ? "c1.xml" : name) { folder, place in
                try FileManager.default.createDirectory(
                    atPath: folder.path("elsewhere"), withIntermediateDirectories: true)
                try FileManager.default.moveItem(
                    atPath: folder.path(place + "/" + name), toPath: folder.path("elsewhere/moved"))
            }
        }
    }

    @Test(
        "Anything but a former export is refused by name, with nothing changed",
        arguments: [
            .file("thesis.txt"), .file("c9.xml"), .file(".hidden"), .file("c1.xml.bak"),
            .file("ORDER~"), .file("ORDER", "c1\nc2\n../up\n"), .file("sub/c1.xml"),
            Obstacle(name: "c1.xml.d") {
                try FileManager.default.createDirectory(
                    atPath: $0.path($1 + "/c1.xml.d"), withIntermediateDirectories: true)
            },
            .link("c1.xml"), .link("ORDER"), .link("SHA256SUMS"), .without("c2.xml"),
            .without("ORDER"),
        ] as [Obstacle], [false, true])
    func refused(obstacle: Obstacle, isFlat: Bool) async throws {
        _ = try await export(isFlat: isFlat)
        try obstacle.make(fixture.folder, isFlat ? "out" : "out/vm")
        let before = try everything
        let error = await #expect(throws: MomentlogError.self) {
            try await export(isFlat: isFlat)
        }
        #expect(error?.code == .outputRefused)
        let name = obstacle.name.prefix { $0 != "/" }
        #expect(error?.message.contains(name) == true, "\(error?.message ?? "")")
        for word in ["remov", "delet", "rm "] {
            #expect(error?.hint?.contains(word) == false, "\(error?.hint ?? "")")
        }
        #expect(try everything == before)
        #expect(try fixture.folder.contents.allSatisfy { !$0.contains("replaced-") })
    }

    @Test("A former export is not replaced unless that is asked for")
    func notAsked() async throws {
        _ = try await export()
        let before = try everything
        let error = await #expect(throws: MomentlogError.self) { try await export(replaces: false) }
        #expect(error?.code == .outputRefused)
        #expect(try everything == before)
    }

    @Test("What is written into a former export during an export of many is refused, or moved")
    func filledMeanwhile() async throws {
        _ = try await export()
        await #expect(throws: MomentlogError.self) {
            try await fixture.store.export(
                ["vm"], to: fixture.folder.path("out"), options: ExportOptions(replaces: true)
            ) { _ in _ = try? fixture.folder.write("mine", to: "out/vm/notes") }
        }
        #expect(try everything["out/vm/notes"] == Data("mine".utf8))
    }

    @Test(
        "A domain that is named like a staging directory is exported, kept and imported",
        arguments: [".momentlog-export-x", ".momentlog-export-1"])
    func stagingName(name: String) async throws {
        try await fixture.define(name, digit: "c")
        try await fixture.create("c1", in: DomainReference(name))
        _ = try await export([DomainReference(name)])
        let before = try everything
        _ = try await export(["vm"])
        #expect(try everything.filter { before[$0.key] != nil } == before)
        let other = try await StoreFixture()
        try await other.add(fixture.folder.path("out"))
        #expect(try await other.store.domains().map(\.name) == [name, "vm"])
    }

    @Test("What a crashed export has left behind stays, and no import reads it")
    func leftover() async throws {
        try fixture.folder.write("half", to: "out/.momentlog-export-1/0/c1.xml")
        _ = try await export()
        #expect(try everything["out/.momentlog-export-1/0/c1.xml"] == Data("half".utf8))
        let other = try await StoreFixture()
        let report = try await other.add(fixture.folder.path("out"))
        #expect(try await other.store.domains().map(\.name) == ["vm"])
        #expect(report.findings.map(\.kind) == [.strayFile])
    }
}
