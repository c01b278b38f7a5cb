import Foundation
import Momentlog
import Moments
import SQLiteEventLog
import TestSupport
import Testing

/// The five libraries that libvirt wrote, in one store.
struct CorpusImportTests {
    private func imported() async throws -> StoreFixture {
        let fixture = try await StoreFixture()
        let report = try await fixture.store.importLibraries(
            at: Fixtures.libraries.map(\.checkpointFolder.path),
            by: StoreFixture.submission)
        #expect(!report.hasProblems)
        #expect(report.domains.map(\.commit) == [1, 2, 3, 4, 5])
        return fixture
    }

    @Test("Names, parents, roots and leaves are libvirt's, also after reopening")
    func graphs() async throws {
        let fixture = try await imported()
        for store in [fixture.store, try await fixture.reopened()] {
            guard store !== fixture.store else { continue }
            for library in Fixtures.libraries { try await check(library, in: store) }
            await store.close()
        }
    }

    private func check(_ library: Fixtures.Library, in store: CheckpointStore) async throws {
        let graph = try await store.graph(of: DomainReference(library.domain))
        #expect(graph.names()?.map(\.text).sorted() == (try library.names))
        for (name, parent) in try library.parents {
            let checkpoint = graph.checkpoint(named: CheckpointName(name))
            #expect(checkpoint?.parent?.text == parent, "\(library) \(name)")
        }
        let listings = [
            ("roots", Listing(.roots)), ("leaves", Listing(leaves: .only)),
            ("no-leaves", Listing(leaves: .excluded)),
        ]
        for (heading, listing) in listings {
            let names = try #require(graph.names(listing)).map(\.text)
            #expect(Set(names) == Set(try library.list(heading)), "\(library) \(heading)")
        }
        for name in try library.names {
            let dumps: [(CheckpointStore.DocumentParts, String)] = [
                (.withoutSecrets, ""), (.everything, ".secure"), (.withoutDomain, ".nodomain"),
            ]
            for (parts, variant) in dumps {
                #expect(
                    try await store.document(
                        of: CheckpointName(name), in: DomainReference(library.domain), parts: parts)
                        == library.dump(of: name, variant: variant))
            }
        }
    }

    @Test("The current checkpoint is the one that libvirt would choose, and the report says so")
    func current() async throws {
        let fixture = try await imported()
        let expected = ["lin": "c5", "two": "bypath", "branch": nil, "mid": nil, "bm": "c2"]
        for (domain, current) in expected {
            let graph = try await fixture.store.graph(of: DomainReference(domain))
            #expect(graph.current?.text == current)
        }
        let again = try await fixture.add(Fixtures.libraries[0].checkpointFolder.path)
        #expect(again.domains.first?.currentSource == .recorded)
    }

    @Test("An export is the library again, byte for byte")
    func export() async throws {
        let fixture = try await imported()
        let output = fixture.folder.path("out")
        try await fixture.store.export(
            Fixtures.libraries.map { DomainReference($0.domain) }, to: output)
        for library in Fixtures.libraries {
            let folder = URL(fileURLWithPath: output).appending(path: library.domain)
            for name in try library.names {
                let file = name + ".xml"
                #expect(
                    try Fixtures.bytes(of: folder.appending(path: file))
                        == Fixtures.bytes(of: library.domainFolder.appending(path: file)))
            }
            let files = try FileManager.default.contentsOfDirectory(atPath: folder.path)
            #expect(
                files.sorted() == (["ORDER"] + (try library.names).map { $0 + ".xml" }).sorted())
        }
    }

    @Test("A second import finds all there and appends nothing")
    func twice() async throws {
        let fixture = try await imported()
        let count = try await fixture.eventCount()
        let report = try await fixture.store.importLibraries(
            at: Fixtures.libraries.map(\.checkpointFolder.path),
            by: StoreFixture.submission)
        #expect(!report.hasProblems)
        #expect(report.domains.allSatisfy { $0.imported.isEmpty && $0.commit == nil })
        #expect(report.domains.map(\.alreadyThere.count) == [5, 4, 9, 5, 2])
        #expect(try await fixture.eventCount() == count)
    }

    @Test("Definitions are stored once per content")
    func definitions() async throws {
        let fixture = try await imported()
        var digests: Set<DefinitionDigest> = []
        for library in Fixtures.libraries {
            for moment in try await fixture.store.graph(of: DomainReference(library.domain)).list()
                ?? []
            {
                if let digest = moment.checkpoint.definition { digests.insert(digest) }
            }
        }
        let stored = try await fixture.store.statistics().first { $0.name == "definitions" }
        #expect(stored?.value == .number(digests.count))
        #expect(digests.count < 25)
    }
}
