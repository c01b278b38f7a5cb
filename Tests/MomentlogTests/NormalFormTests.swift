import EventLog
import Foundation
import Momentlog
import Moments
import TestSupport
import Testing

/// Texts that Swift holds for equal, and files and libvirt do not.
struct NormalFormTests {
    private static let forms = ["\u{E9}", "e\u{301}"]

    private static func document(_ name: String, _ text: String) -> String {
        CheckpointText.document(
            name, extra: "<description>\(text)</description>",
            disks: "<disks><disk name='/\(text)' bitmap='\(text)'/></disks>")
    }

    private func bytes(of text: String) -> [UInt8] { Array(text.utf8) }

    @Test("Checkpoints that differ only in their Unicode form keep their own texts")
    func besideEachOther() async throws {
        let fixture = try await StoreFixture()
        let path = try fixture.library(
            "vm",
            [
                "a.xml": Self.document("a", Self.forms[0]),
                "b.xml": Self.document("b", Self.forms[1]),
            ])
        try await fixture.add(path)
        let reopened = try await fixture.reopened()
        for (name, form) in zip(["a", "b"], Self.forms) {
            let checkpoint = try await reopened.graph(of: "vm").checkpoint(
                named: CheckpointName(name))
            #expect(checkpoint?.description.map(bytes) == bytes(of: form))
            #expect(checkpoint?.disks.map { bytes(of: $0.name) } == [bytes(of: "/" + form)])
            #expect(checkpoint?.disks.compactMap { $0.bitmap.map(bytes) } == [bytes(of: form)])
        }
        await reopened.close()
    }

    @Test("A bitmap whose name only resembles its checkpoint's stays unchanged")
    func kelvin() async throws {
        let fixture = try await StoreFixture()
        let text = CheckpointText.document(
            "K", disks: "<disks><disk name='vda' bitmap='\u{212A}'/></disks>")
        try await fixture.add(try fixture.library("vm", ["K.xml": text]))
        let checkpoint = try await fixture.store.graph(of: "vm").checkpoint(named: "K")
        #expect(checkpoint?.disks.compactMap { $0.bitmap.map(bytes) } == [[0xE2, 0x84, 0xAA]])
        await fixture.store.close()
    }

    @Test("A text that only resembles a checkpoint's name finds none")
    func lookalike() async throws {
        let fixture = try await StoreFixture()
        try await fixture.define("vm1")
        try await fixture.create("K")
        #expect(try await fixture.store.graph(of: "vm1").checkpoint(named: "\u{212A}") == nil)
        for instruction: Instruction in [
            .setCurrent("\u{212A}", in: "vm1", by: StoreFixture.submission),
            .delete("\u{212A}", from: "vm1", by: StoreFixture.submission),
        ] {
            let error = await #expect(throws: MomentlogError.self) {
                try await fixture.store.perform(instruction)
            }
            #expect(error?.code == .noCheckpoint)
        }
        await fixture.store.close()
    }

    @Test("A file that differs from the record only in its Unicode form has changed")
    func changed() async throws {
        let fixture = try await StoreFixture()
        try await fixture.add(
            try fixture.library("vm", ["a.xml": Self.document("a", Self.forms[0])]))
        let path = try fixture.library("vm", ["a.xml": Self.document("a", Self.forms[1])])
        let lenient = try await fixture.add(path)
        #expect(lenient.domains.first?.alreadyThere == [])
        #expect(lenient.hasProblems)
        let replacing = try await fixture.add(path, ImportOptions(replaces: true))
        #expect(replacing.domains.first?.replaced == ["a"])
        let document = try await fixture.store.document(of: "a", in: "vm")
        #expect(String(decoding: document, as: UTF8.self).utf8.contains(0xCC))
        await fixture.store.close()
    }

    @Test("Folders of two such names are two domains, and are exported as two")
    func domains() async throws {
        let fixture = try await StoreFixture()
        for (index, form) in Self.forms.enumerated() {
            try fixture.library(
                "libs/vm\(form)", ["c\(index).xml": CheckpointText.document("c\(index)")])
        }
        try await fixture.add(fixture.folder.path("libs"))
        let names = try await fixture.store.domains().map(\.name)
        #expect(Set(names.map(bytes)) == Set(Self.forms.map { bytes(of: "vm" + $0) }))
        for (index, form) in Self.forms.enumerated() {
            #expect(try await fixture.store.graph(of: "vm\(form)").names() == ["c\(index)"])
        }
        try await fixture.store.export(
            Self.forms.map { "vm\($0)" }, to: fixture.folder.path("out"))
        let folders = try FileManager.default.contentsOfDirectory(
            atPath: fixture.folder.path("out"))
        #expect(folders.count == 2)
        await fixture.store.close()
    }

    @Test("Disks of two such names are two disks")
    func disks() async throws {
        let fixture = try await StoreFixture()
        let disks = Self.forms.map { "<disk name='/\($0)'/>" }.joined()
        let text = CheckpointText.document("a", disks: "<disks>\(disks)</disks>")
        let report = try await fixture.add(try fixture.library("vm", ["a.xml": text]))
        #expect(!report.hasProblems)
        #expect(try await fixture.store.graph(of: "vm").findings(domain: "vm").isEmpty)
        await fixture.store.close()
    }
}
