import Foundation
import Momentlog
import Moments
import TestSupport
import Testing

/// The current pointer, out of one store and into another.
struct ExportPointerTests {
    private func files(_ path: String) throws -> [String: Data] {
        var files: [String: Data] = [:]
        for name in try FileManager.default.contentsOfDirectory(atPath: path) {
            files[name] = try Data(contentsOf: URL(fileURLWithPath: path + "/" + name))
        }
        return files
    }

    @Test(
        "Import, export and import keep the graph, the current and the bytes, whichever it is",
        arguments: Seeds.all)
    func roundTrip(seed: UInt64) async throws {
        var random = SplitMix64(seed: seed)
        for round in 0..<12 {
            let place: Comment = "seed \(seed), round \(round)"
            let fixture = try await StoreFixture()
            let count = Int.random(in: 1...12, using: &random)
            var documents: [String: String] = [:]
            var names: [String] = []
            for number in 0..<count {
                let name = ["n", "-", "_.", "9"].randomElement(using: &random)! + "\(number)"
                // Now and then a parent that is missing: then nothing is current.
                let parent =
                    Int.random(in: 0..<60, using: &random) == 0
                    ? "lost" : (names + [""]).randomElement(using: &random)!
                documents[name + ".xml"] = CheckpointText.document(
                    name, parent: parent.isEmpty ? nil : parent, time: number,
                    extra: CheckpointText.guest("vm"))
                names.append(name)
            }
            try await fixture.add(fixture.library("in/vm", documents))
            let current: CheckpointName?? = [
                names.randomElement(using: &random).map { CheckpointName($0) }, .some(nil), nil,
            ].randomElement(using: &random)!
            if let current, !(try await fixture.store.graph(of: "vm").hasErrors) {
                try await fixture.store.setCurrent(current, in: "vm", by: StoreFixture.submission)
            }
            let graph = try await fixture.store.graph(of: "vm")
            let isFlat = Bool.random(using: &random)
            let options = ExportOptions(
                isFlat: isFlat, writesChecksums: Bool.random(using: &random))
            let output = fixture.folder.path("out")
            try await fixture.store.export(["vm"], to: output, options: options)

            let other = try await StoreFixture()
            try await other.add(output)
            let copy = try await other.store.graph(of: "vm")
            #expect(copy.recordedCurrent == graph.recordedCurrent, place)
            #expect(copy.current == graph.current, place)
            let order = Listing(.all, order: .topological)
            #expect(
                copy.list(order)?.map(\.checkpoint) == graph.list(order)?.map(\.checkpoint), place)
            let second = other.folder.path("out")
            try await other.store.export(["vm"], to: second, options: options)
            let inner = isFlat ? "" : "/vm"
            #expect(try files(output + inner) == files(second + inner), place)
        }
    }

    private func exported(current: CheckpointName?) async throws -> (StoreFixture, folder: String) {
        let fixture = try await StoreFixture()
        try await fixture.define("vm1")
        for name: CheckpointName in ["a", "b", "c"] { try await fixture.create(name) }
        try await fixture.store.setCurrent(current, in: "vm1", by: StoreFixture.submission)
        try await fixture.store.export(["vm1"], to: fixture.folder.path("out"))
        return (fixture, fixture.folder.path("out"))
    }

    @Test(
        "In a domain that the store knows, the pointer moves only if the import replaces",
        arguments: [nil, "a"], [false, true])
    func knownDomain(current: String?, replaces: Bool) async throws {
        let (fixture, folder) = try await exported(current: current.map { CheckpointName($0) })
        try await fixture.store.setCurrent("b", in: "vm1", by: StoreFixture.submission)
        try await fixture.add(folder, ImportOptions(replaces: replaces))
        let expected = replaces ? current : "b"
        #expect(try await fixture.store.graph(of: "vm1").current?.text == expected)
        let count = try await fixture.eventCount()
        try await fixture.add(folder, ImportOptions(replaces: replaces))
        #expect(try await fixture.eventCount() == count)
    }

    @Test(
        "If the pointer cannot be restored, the current checkpoint is the one that libvirt would choose",
        arguments: ["a\nb\nc\n", "a\nb\nc\n# current: lost\n", "# current: ../up\n", "\u{0}"])
    func libvirtChoice(order: String) async throws {
        let (fixture, folder) = try await exported(current: "a")
        try fixture.folder.write(order, to: "out/vm1/ORDER")
        let other = try await StoreFixture()
        let report = try await other.add(folder)
        #expect(report.domains.map(\.current) == ["c"])
        #expect(report.domains.map(\.currentSource) == [.libvirtChoice])
    }

    @Test("The pointer of a checkpoint whose file is not imported is not restored")
    func notTaken() async throws {
        let (fixture, folder) = try await exported(current: "a")
        try fixture.folder.write("<domaincheckpoint", to: "out/vm1/a.xml")
        let other = try await StoreFixture()
        #expect(try await other.add(folder).domains.map(\.currentSource) == [.unsettled])
        #expect(try await other.store.graph(of: "vm1").recordedCurrent == nil)
    }

    @Test("A request that comes again with another pointer is another request")
    func request() async throws {
        let (fixture, folder) = try await exported(current: "a")
        let other = try await StoreFixture()
        let submission = Submission(actor: "tester", request: "key")
        _ = try await other.store.importLibraries(at: [folder], by: submission)
        let again = try await other.store.importLibraries(at: [folder], by: submission)
        #expect(again.domains.map(\.isRepeated) == [true])
        try fixture.folder.write("a\nb\nc\n# no current\n", to: "out/vm1/ORDER")
        await #expect {
            _ = try await other.store.importLibraries(at: [folder], by: submission)
        } throws: {
            ($0 as? MomentlogError)?.code == .requestConflict
        }
    }
}
