import Momentlog
import Moments
import TestSupport
import Testing

/// Checkpoints that are recorded only if their data is in the images: one rule for those that
/// are redefined and those that are imported.
struct BitmapValidationTests {
    /// The targets of the disks in the domain's definition, nil if it has none; the disks that
    /// the checkpoint `c1` covers; what images show of each disk; and the verdict for which it
    /// is refused, nil if it is taken.
    struct Case: Sendable, CustomStringConvertible {
        var domain: [String]?
        var covers: [String]
        var images: KeyValuePairs<String, [String]>
        var refusal: String?

        var description: String { "\(domain ?? ["unknown"]): \(covers), \(images)" }
    }

    static let cases = [
        Case(domain: ["vda"], covers: ["vda"], images: ["vda": ["c1"]]),
        Case(domain: ["vda"], covers: ["vda"], images: ["vda": []], refusal: "vda"),
        Case(domain: ["vda", "vdb"], covers: ["vda"], images: ["vda": ["c1"]]),
        // One disk of the domain was not observed.
        Case(
            domain: ["vda", "vdb"], covers: ["vda", "vdb"], images: ["vda": ["c1"]],
            refusal: "vdb"),
        // A disk that the domain has lost.
        Case(domain: ["vda"], covers: ["vda", "vdz"], images: ["vda": ["c1"]]),
        Case(domain: ["vda"], covers: ["vdz"], images: ["vda": ["c1"]]),
        // Lost, but an image is shown.
        Case(
            domain: ["vda"], covers: ["vda", "vdz"], images: ["vda": ["c1"], "vdz": []],
            refusal: "vdz"),
        // No definition tells which disks are lost.
        Case(domain: nil, covers: ["vda"], images: ["vda": ["c1"]]),
        Case(domain: nil, covers: ["vda", "vdz"], images: ["vda": ["c1"]], refusal: "vdz"),
        Case(domain: ["vda"], covers: [], images: ["vda": []]),
    ]

    private static func report(_ images: KeyValuePairs<String, [String]>) throws -> ImageReport {
        var report = ImageReport()
        for (disk, names) in images {
            let bitmaps = names.map { DirtyBitmap(name: $0) }
            try report.add(
                ImageChain(DiskImage(path: disk, bitmaps: bitmaps)), of: disk, guest: .shutOff)
        }
        return report
    }

    private static func document(_ covers: [String], name: String = "c1") -> String {
        let disks = covers.map { "<disk name='\($0)' checkpoint='bitmap'/>" }.joined()
        return CheckpointText.document(
            name, disks: covers.isEmpty ? "" : "<disks>\(disks)</disks>")
    }

    /// A store with the domain `vm1` as a case has it.
    private static func store(_ domain: [String]?) async throws -> StoreFixture {
        let fixture = try await StoreFixture()
        if let domain {
            try await fixture.store.define(
                SourceDocument(CheckpointText.guest("vm1", disks: domain)),
                by: StoreFixture.submission)
        } else {
            try await fixture.add(fixture.library("before/vm1", ["o.xml": document([], name: "o")]))
        }
        return fixture
    }

    @Test(
        "redefine refuses what has no valid bitmap, but for disks that are gone", arguments: cases)
    func redefine(example: Case) async throws {
        let fixture = try await Self.store(example.domain)
        var instruction = try Instruction.redefine(
            [SourceDocument(Self.document(example.covers))], in: "vm1",
            by: StoreFixture.submission)
        instruction.validation = try Self.report(example.images)
        do {
            try await fixture.store.perform(instruction)
            #expect(example.refusal == nil)
        } catch {
            #expect(error.code == .inconsistent)
            let disk = try #require(example.refusal, "\(error)")
            // What nobody inspected is not said to be broken.
            let isInspected = example.images.contains { $0.key == disk }
            let claim = isInspected ? "missing or broken" : "cannot validate"
            #expect(error.message.hasPrefix("\(claim) bitmap 'c1' for disk '\(disk)'"))
            #expect(error.hint != nil)
        }
        #expect(
            try await fixture.store.graph(of: "vm1").contains("c1") == (example.refusal == nil))
    }

    @Test("import skips the same that redefine refuses", arguments: cases)
    func importing(example: Case) async throws {
        let fixture = try await Self.store(example.domain)
        var options = ImportOptions(domain: "vm1")
        options.validation = try Self.report(example.images)
        let report = try await fixture.add(
            try fixture.library("vm1", ["c1.xml": Self.document(example.covers)]), options)
        let domain = try #require(report.domains.first)
        #expect(domain.imported == (example.refusal == nil ? ["c1"] : []))
        #expect(
            domain.skipped.map { $0.reason.contains("bitmap 'c1' for disk") }
                == (example.refusal == nil ? [] : [true]))
    }

    @Test("A bitmap is searched for under the name that the checkpoint gives it")
    func otherName() async throws {
        let document = CheckpointText.document(
            "c1", disks: "<disks><disk name='vda' checkpoint='bitmap' bitmap='b'/></disks>")
        for (bitmap, isTaken) in [("b", true), ("c1", false)] {
            let report = try Self.report(["vda": [bitmap]])
            let fixture = try await Self.store(["vda"])
            var instruction = try Instruction.redefine(
                [SourceDocument(document)], in: "vm1", by: StoreFixture.submission)
            instruction.validation = report
            let answer = await fixture.store.perform([instruction]).first
            #expect(((try? answer?.get()) != nil) == isTaken)
            let other = try await Self.store(["vda"])
            var options = ImportOptions(domain: "vm1")
            options.validation = report
            let path = try other.library("vm1", ["c1.xml": document])
            #expect(
                try await other.add(path, options).domains.first?.imported
                    == (isTaken ? ["c1"] : []))
        }
    }

    @Test("An import that validates is another request than one that does not")
    func requests() async throws {
        let fixture = try await Self.store(["vda"])
        let path = try fixture.library("vm1", ["c1.xml": Self.document(["vda"])])
        var options = ImportOptions(domain: "vm1")
        let by = Submission(actor: "tester@here", request: "r1")
        _ = try await fixture.store.importLibraries(at: [path], options: options, by: by)
        _ = try await fixture.store.importLibraries(at: [path], options: options, by: by)
        options.validation = try Self.report(["vda": ["c1"]])
        do throws(MomentlogError) {
            _ = try await fixture.store.importLibraries(
                at: [path], options: options, by: by)
            Issue.record("it was taken for the first")
        } catch {
            #expect(error.code == .requestConflict)
        }
    }

    @Test("Images are of one domain: an import of several is refused, and leaves nothing")
    func several() async throws {
        let fixture = try await StoreFixture()
        for name in ["vm1", "vm2"] {
            try fixture.library("all/\(name)", ["c1.xml": Self.document([])])
        }
        var options = ImportOptions()
        options.validation = ImageReport()
        let error = await #expect(throws: MomentlogError.self) {
            try await fixture.add(fixture.folder.path("all"), options)
        }
        #expect(error?.code == .usage)
        #expect(try await fixture.store.domains().isEmpty)
    }

    @Test("A domain that an import makes has the disks of its youngest definition")
    func youngest() async throws {
        let fixture = try await StoreFixture()
        func document(_ name: String, _ time: Int, _ disks: [String]) -> String {
            CheckpointText.document(
                name, time: time, extra: CheckpointText.guest("vm1", disks: disks),
                disks: "<disks>"
                    + disks.map { "<disk name='\($0)' checkpoint='bitmap'/>" }.joined()
                    + "</disks>")
        }
        let path = try fixture.library(
            "vm1",
            ["c1.xml": document("c1", 1, ["vda", "vdz"]), "c2.xml": document("c2", 2, ["vda"])])
        var options = ImportOptions()
        options.validation = try Self.report(["vda": ["c1", "c2"]])
        #expect(try await fixture.add(path, options).domains.first?.imported == ["c1", "c2"])
        // In the other order of time the disk is there still.
        let other = try await StoreFixture()
        let turned = try other.library(
            "vm1",
            ["c1.xml": document("c1", 2, ["vda", "vdz"]), "c2.xml": document("c2", 1, ["vda"])])
        #expect(try await other.add(turned, options).domains.first?.imported == ["c2"])
    }
}
