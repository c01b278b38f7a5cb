import Foundation
import Momentlog
import Moments
import TestSupport
import Testing

/// An export that says what its files have to be.
struct ExportChecksumTests {
    private let fixture: StoreFixture

    init() async throws {
        fixture = try await StoreFixture()
        try await fixture.define("vm1")
        for name: CheckpointName in ["a", "b", "c"] { try await fixture.create(name) }
        try await fixture.store.export(
            ["vm1"], to: fixture.folder.path("out"),
            options: ExportOptions(writesChecksums: true))
    }

    private func imported(_ paths: String...) async throws -> ImportReport {
        let other = try await CheckpointStore.open(at: fixture.folder.path("other.db"))
        defer { Task { await other.close() } }
        return try await other.importLibraries(
            at: (paths.isEmpty ? ["out"] : paths).map { fixture.folder.path($0) },
            by: StoreFixture.submission)
    }

    @Test("sha256sum reads the checksums, and an import accepts unchanged files")
    func sound() async throws {
        let names = try FileManager.default.contentsOfDirectory(
            atPath: fixture.folder.path("out/vm1"))
        #expect(names.sorted() == ["ORDER", "SHA256SUMS", "a.xml", "b.xml", "c.xml"])
        let run = try CommandRun.run(
            "/usr/bin/sha256sum", ["--check", "--strict", "SHA256SUMS"],
            folder: fixture.folder.url.appending(path: "out/vm1"))
        #expect(run.status == 0, "\(run.output)\(run.errors)")
        let report = try await imported()
        #expect(!report.hasProblems)
        #expect(report.domains.map(\.imported) == [["a", "b", "c"]])
        #expect(report.domains.flatMap(\.findings).isEmpty)
    }

    /// What happens to a folder, and what is reported.
    struct Change: Sendable, CustomTestStringConvertible {
        var file: String
        var content: String?
        var sign: String
        var imported: [CheckpointName]

        var testDescription: String { content.map { "\(file): \($0)" } ?? "no \(file)" }
    }

    @Test(
        "Altered, added and missing files are reported, and altered ones not imported",
        arguments: [
            Change(
                file: "b.xml", content: CheckpointText.document("b", parent: "a"),
                sign: "its SHA-256 is not the one in SHA256SUMS", imported: ["a", "c"]),
            Change(file: "b.xml", sign: "but not in the folder", imported: ["a", "c"]),
            Change(
                file: "d.xml", content: CheckpointText.document("d"),
                sign: "it is not in SHA256SUMS", imported: ["a", "b", "c"]),
            Change(
                file: "ORDER", content: "a\nc\nb\n",
                sign: "its SHA-256 is not the one in SHA256SUMS", imported: ["a", "b", "c"]),
            Change(
                file: "SHA256SUMS", content: "", sign: "it was altered",
                imported: ["a", "b", "c"]),
            Change(
                file: "SHA256SUMS", content: String(repeating: "0", count: 64) + "  a.xml",
                sign: "it was altered", imported: ["a", "b", "c"]),
        ])
    func altered(_ change: Change) async throws {
        let place = "out/vm1/" + change.file
        try? FileManager.default.removeItem(atPath: fixture.folder.path(place))
        if let content = change.content { try fixture.folder.write(content, to: place) }
        let report = try await imported()
        #expect(report.hasProblems)
        let findings = report.domains.flatMap(\.findings)
        #expect(
            findings.contains {
                $0.kind == .unreadableFile && $0.message.contains(change.sign)
                    && $0.message.contains(change.file)
            }, "\(findings.map(\.message))")
        #expect(report.domains.map(\.imported) == [change.imported])
    }

    @Test("Of single files an altered one is not imported, and one that was added is")
    func singleFiles() async throws {
        for name in ["b", "d"] {
            try fixture.folder.write(
                CheckpointText.document(name, parent: "a"), to: "out/vm1/\(name).xml")
        }
        let report = try await imported("out/vm1/b.xml", "out/vm1/c.xml", "out/vm1/d.xml")
        let findings = report.domains.flatMap(\.findings)
        #expect(
            findings.filter { $0.kind == .unreadableFile }.map { $0.message }.allSatisfy {
                $0.contains("b.xml") && $0.contains("its SHA-256 is not the one in SHA256SUMS")
            }, "\(findings.map(\.message))")
        #expect(report.hasProblems)
        #expect(report.domains.map { $0.imported.sorted() } == [["c", "d"]])
    }

    @Test("A list of checksums that is not an export's says nothing of a single file beside it")
    func otherLists() async throws {
        for content in ["", "0123  b.xml\n", "not a list"] {
            try fixture.folder.write(content, to: "out/vm1/SHA256SUMS")
            let report = try await imported("out/vm1/a.xml")
            #expect(report.domains.map(\.imported).joined().allSatisfy { $0 == "a" })
            #expect(!report.hasProblems, "\(content)")
        }
    }
}
