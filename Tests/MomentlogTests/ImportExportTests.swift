import CheckpointXML
import Foundation
import Momentlog
import Moments
import TestSupport
import Testing

/// Out of one store and into another.
struct ImportExportTests {
    /// What definitions may hold that is easily lost.
    private static let definitions = [
        "", " ", "\n  <!-- <a> & ' -->\n", "<![CDATA[<&>]]>\r\n\t<a\n b = \"c\" />x",
        "<q:a xmlns:q=\"urn:q\" q:b='&quot;'/>", "<?pi a?><b>&#13;&#xA;&lt;&#x1F389;</b>",
        "<description>ü🎉שלום\u{202E}\u{85}</description><title/>",
        "<devices><graphics type='vnc' passwd='a'/></devices>",
    ].map {
        CheckpointText.domain("vm1").replacing("</domain>", with: $0 + "</domain>")
    }

    /// How a file may come.
    private enum Encoding: CaseIterable {
        case plain, mark, little, big

        func bytes(of text: [UInt8]) -> [UInt8] {
            let units = "\u{FEFF}\(String(decoding: text, as: UTF8.self))".utf16
            switch self {
            case .plain: return text
            case .mark: return [0xEF, 0xBB, 0xBF] + text
            case .little: return units.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] }
            case .big: return units.flatMap { [UInt8($0 >> 8), UInt8($0 & 0xFF)] }
            }
        }
    }

    @Test(
        "Any library comes through import, export and import unchanged, and is exported the same",
        arguments: Seeds.all)
    func anything(seed: UInt64) async throws {
        var random = RandomCheckpoint(seed: seed)
        for round in 0..<12 {
            let place = "seed \(seed), round \(round)"
            let source = try TemporaryFolder("library")
            // What each checkpoint has to be printed as.
            var expected: [CheckpointName: [UInt8]] = [:]
            for _ in 0..<Int.random(in: 1...25, using: &random.random) {
                let checkpoint = random.checkpoint(below: expected.keys.sorted())
                guard expected[checkpoint.name] == nil else { continue }
                let domain = random.definition(among: Self.definitions)
                expected[checkpoint.name] = CheckpointWriter().document(
                    of: Self.recorded(checkpoint), domain: domain)
                let file = CheckpointWriter(writesFileHeader: random.pick([true, false]))
                    .document(of: checkpoint, domain: domain)
                let folder = source.url.appending(path: "vm1")
                try FileManager.default.createDirectory(
                    at: folder, withIntermediateDirectories: true)
                try Data(random.pick(Encoding.allCases).bytes(of: file)).write(
                    to: folder.appending(path: "\(checkpoint.name).xml"))
            }
            let first = try await passed(through: source.path("vm1"), expected, place)
            let second = try await passed(through: first.path("out/vm1"), expected, place)
            #expect(try files(first) == files(second), "\(place)")
            #expect(try files(first).count == expected.count + 1, "\(place)")
        }
    }

    /// A bitmap without a name has the checkpoint's name, as in libvirt.
    private static func recorded(_ checkpoint: Checkpoint) -> Checkpoint {
        var recorded = checkpoint
        recorded.disks = checkpoint.disks.map { disk in
            let bitmap = disk.bitmap ?? (disk.mode == .bitmap ? checkpoint.name.text : nil)
            return Disk(name: disk.name, mode: disk.mode, bitmap: bitmap)
        }
        return recorded
    }

    @Test("Files that libvirt wrote have the same property", arguments: Fixtures.libraries)
    func corpus(library: Fixtures.Library) async throws {
        var expected: [CheckpointName: [UInt8]] = [:]
        for name in try library.names {
            expected[CheckpointName(name)] = try library.dump(of: name, variant: ".secure")
        }
        let first = try await passed(
            through: library.domainFolder.path, as: DomainReference(library.domain), expected,
            "\(library)")
        let second = try await passed(
            through: first.path("out/\(library.domain)"), as: DomainReference(library.domain),
            expected,
            "\(library)")
        #expect(try files(first, library.domain) == files(second, library.domain))
        for name in try library.names {
            #expect(
                try files(first, library.domain)[name + ".xml"]
                    == Data(
                        Fixtures.bytes(of: library.domainFolder.appending(path: name + ".xml"))))
        }
    }

    /// Imports a folder into a new store, checks what is in that, exports it to `out`.
    private func passed(
        through path: String, as domain: DomainReference = "vm1",
        _ expected: [CheckpointName: [UInt8]],
        _ place: String
    ) async throws -> TemporaryFolder {
        let fixture = try await StoreFixture()
        let report = try await fixture.add(path, ImportOptions(domain: domain))
        #expect(report.domains.first?.imported.count == expected.count, "\(place)")
        let graph = try await fixture.store.graph(of: domain)
        #expect(graph.count == expected.count, "\(place)")
        for (name, document) in expected {
            let printed = try await fixture.store.document(
                of: name, in: domain, parts: .everything)
            #expect(
                String(decoding: printed, as: UTF8.self).debugDescription
                    == String(decoding: document, as: UTF8.self).debugDescription,
                "\(place), \(name)")
        }
        try await fixture.store.export([domain], to: fixture.folder.path("out"))
        await fixture.store.close()
        return fixture.folder
    }

    private func files(
        _ folder: TemporaryFolder, _ domain: String = "vm1"
    ) throws -> [String: Data] {
        let url = folder.url.appending(path: "out/\(domain)")
        let names = try FileManager.default.contentsOfDirectory(atPath: url.path)
        return Dictionary(
            uniqueKeysWithValues: try names.map {
                ($0, try Data(contentsOf: url.appending(path: $0)))
            })
    }
}
