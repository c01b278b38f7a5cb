import Foundation
import Momentlog
import Moments
import TestSupport
import Testing

/// What create and redefine accept can be exported and imported again.
struct RecordedRoundTripTests {
    private static let targets = [
        "vda", "vdb", "sdaa", "hda", "fda", "xvda1", "ubd_0", "nvme0n1", "nvme0n2", "nvme12n1",
    ]

    private func files(_ path: String) throws -> [String: Data] {
        var files: [String: Data] = [:]
        for name in try FileManager.default.contentsOfDirectory(atPath: path) {
            files[name] = try Data(contentsOf: URL(fileURLWithPath: path + "/" + name))
        }
        return files
    }

    @Test("Any checkpoint that is created or redefined is read back equal", arguments: Seeds.all)
    func anything(seed: UInt64) async throws {
        var random = SplitMix64(seed: seed)
        for round in 0..<8 {
            let place: Comment = "seed \(seed), round \(round)"
            let fixture = try await StoreFixture()
            let disks = Array(
                Self.targets.shuffled(using: &random).prefix(Int.random(in: 1...5, using: &random)))
            let guest = CheckpointText.guest("vm1", disks: disks)
            try await fixture.store.define(SourceDocument(guest), by: StoreFixture.submission)
            for number in 0..<Int.random(in: 1...6, using: &random) {
                let disk = disks.randomElement(using: &random)!
                let name = ["c\(number)", "-\(number)", "_.\(number)"].randomElement(
                    using: &random)!
                if Bool.random(using: &random) {
                    try await fixture.create(CheckpointName(name))
                } else {
                    let named = Bool.random(using: &random) ? disk : "/img/\(disk).qcow2"
                    let text = CheckpointText.document(
                        name, time: number, extra: guest,
                        disks: "<disks><disk name='\(named)'/></disks>")
                    try await fixture.store.redefine(
                        [SourceDocument(text)], in: "vm1", by: StoreFixture.submission)
                }
            }
            let output = fixture.folder.path("out")
            try await fixture.store.export(["vm1"], to: output)
            let other = try await StoreFixture()
            let report = try await other.add(output)
            #expect(report.domains.allSatisfy { $0.skipped.isEmpty }, place)
            let (graph, copy) = (
                try await fixture.store.graph(of: "vm1"), try await other.store.graph(of: "vm1")
            )
            #expect(graph.list()?.map(\.checkpoint) == copy.list()?.map(\.checkpoint), place)
            #expect(graph.current == copy.current, place)
            try await other.store.export(["vm1"], to: other.folder.path("out"))
            #expect(
                try files(output + "/vm1") == files(other.folder.path("out/vm1")), place)
        }
    }

    @Test(
        "A disk whose target no checkpoint can name is refused when a checkpoint is created",
        arguments: ["dasda", "nvme0", "nvme0n1p1", "vd-a", "VDA", "vdä"])
    func target(target: String) async throws {
        let fixture = try await StoreFixture()
        let guest = CheckpointText.guest("vm1", disks: ["vda", target])
        try await fixture.store.define(SourceDocument(guest), by: StoreFixture.submission)
        await #expect { try await fixture.create("c1") } throws: {
            ($0 as? MomentlogError)?.code == .invalidXML
        }
    }

    @Test("A definition that would be nested too deep inside of a checkpoint is refused")
    func depth() async throws {
        let fixture = try await StoreFixture()
        for (levels, isAccepted) in [(126, true), (127, false)] {
            let nested =
                String(repeating: "<x>", count: levels) + String(repeating: "</x>", count: levels)
            let guest = CheckpointText.guest("vm1").replacing(
                "</domain>", with: "\(nested)</domain>")
            if isAccepted {
                try await fixture.store.define(SourceDocument(guest), by: StoreFixture.submission)
                try await fixture.create("c1")
                try await fixture.store.export(["vm1"], to: fixture.folder.path("out"))
                let other = try await StoreFixture()
                #expect(try await !other.add(fixture.folder.path("out")).hasProblems)
            } else {
                await #expect(throws: MomentlogError.self) {
                    try await fixture.store.define(
                        SourceDocument(guest), by: StoreFixture.submission)
                }
            }
        }
    }

    @Test("Disks that a file names by path are aligned with its definition, as on redefine")
    func byPath() async throws {
        let guest = CheckpointText.guest("vm1", disks: ["vda", "vdb"])
        let named = "<disks><disk name='/img/vdb.qcow2'/></disks>"
        let text = CheckpointText.document("c1", extra: guest, disks: named)
        let imported = try await StoreFixture()
        try await imported.add(imported.library("x", ["c1.xml": text]))
        let redefined = try await StoreFixture()
        try await redefined.store.define(SourceDocument(guest), by: StoreFixture.submission)
        try await redefined.store.redefine(
            [SourceDocument(text)], in: "vm1", by: StoreFixture.submission)
        let disks = try await imported.store.graph(of: "vm1").checkpoint(named: "c1")?.disks
        #expect(
            disks == (try await redefined.store.graph(of: "vm1").checkpoint(named: "c1")?.disks))
        #expect(disks?.map(\.name) == ["vda", "vdb"])
        // A path that the definition does not name stays: nothing says whose it is.
        let other = CheckpointText.document(
            "c2", extra: guest, disks: "<disks><disk name='/img/gone.qcow2'/></disks>")
        try await imported.add(imported.library("y", ["c2.xml": other]))
        let kept = try await imported.store.graph(of: "vm1").checkpoint(named: "c2")?.disks
        #expect(kept?.map(\.name) == ["/img/gone.qcow2"])
    }
}
