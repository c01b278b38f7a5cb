import Moments
import TestSupport
import Testing

struct DocumentInspectionTests {
    static let own = Guest.uuid(1)

    static func checkpoint(
        _ file: String, _ name: String, time: Int64 = 0, uuid: DomainUUID? = nil,
        in folder: String = "/lib"
    ) -> FoundDocument {
        FoundDocument(
            place: folder + "/" + file, name: file, expectedName: name + ".xml",
            content: .checkpoint(
                Checkpoint(name: CheckpointName(name), creationTime: CreationTime(seconds: time)),
                claimsCurrent: false,
                domainUUID: uuid))
    }

    static func other(_ file: String, _ content: FoundDocument.Content) -> FoundDocument {
        FoundDocument(place: "/lib/" + file, name: file, content: content)
    }

    @Test(
        "The fewest documents that have a fault, and what is found in them",
        arguments: [
            (
                [checkpoint("a.xml", "c"), checkpoint("c.xml", "c", time: 9)],
                "duplicate-name c, name-differs-from-file c", ["/lib/c.xml"],
                "/lib/c.xml: checkpoint 'c' (1970-01-01T00:00:09Z) is in /lib/a.xml"
                    + " (1970-01-01T00:00:00Z) already, which is imported"
            ),
            (
                [checkpoint("a.xml", "a", uuid: Guest.uuid(2))], "foreign-domain a",
                ["/lib/a.xml"], "must use uuid 11111111-"
            ),
            (
                [other("a.xml", .unreadable(reason: "line 3: no"))], "unreadable-file",
                ["/lib/a.xml"], "/lib/a.xml: line 3: no"
            ),
            (
                [other("a.xml", .invalidName(reason: "begins with '.'"))], "invalid-name",
                ["/lib/a.xml"], "/lib/a.xml: begins with '.'"
            ),
            ([other("README", .stray(reason: "no"))], "stray-file", [], "/lib/README: no"),
            (
                [checkpoint("b.xml", "a")], "name-differs-from-file a", [],
                "/lib/b.xml holds checkpoint 'a', whose file is a.xml"
            ),
        ])
    func smallest(
        documents: [FoundDocument], faults: String, skipped: [String], message: String
    ) {
        let inspection = DocumentInspection(documents, domain: "vm1", uuid: Self.own)
        #expect(inspection.faults == faults)
        #expect(inspection.skipped.map(\.place) == skipped)
        #expect(inspection.findings.first?.message.contains(message) == true)
        #expect(inspection.findings.allSatisfy { $0.domain == "vm1" })
    }

    @Test(
        "Their near misses, in which nothing is found",
        arguments: [
            [], [checkpoint("a.xml", "a"), checkpoint("b.xml", "b")],
            [checkpoint("a.xml", "a", uuid: own)],
            [checkpoint("a.xml", "a", uuid: own), checkpoint("b.xml", "b")],
            [checkpoint("a.xml.xml", "a.xml")],
            [
                FoundDocument(
                    place: "-", name: "-",
                    content: .checkpoint(
                        Checkpoint(name: "a", creationTime: 1), claimsCurrent: true,
                        domainUUID: own))
            ],
        ])
    func nearMisses(documents: [FoundDocument]) {
        let inspection = DocumentInspection(documents, domain: "vm1", uuid: Self.own)
        #expect(inspection.findings == [])
        #expect(inspection.skipped == [])
        #expect(inspection.taken == Array(documents.indices))
    }

    @Test("Without a UUID no document is another domain's")
    func noUUID() {
        let documents = [
            Self.checkpoint("a.xml", "a", uuid: Self.own),
            Self.checkpoint("b.xml", "b", uuid: Guest.uuid(2)),
        ]
        #expect(DocumentInspection(documents, domain: nil, uuid: nil).findings == [])
    }

    @Test("Another domain's document does not take the place of the own one of that name")
    func foreignFirst() {
        let documents = [
            Self.checkpoint("a.xml", "c", uuid: Guest.uuid(2)),
            Self.checkpoint("c.xml", "c", uuid: Self.own),
        ]
        let inspection = DocumentInspection(documents, domain: "vm1", uuid: Self.own)
        #expect(inspection.taken == [1])
        #expect(inspection.faults == "foreign-domain c")
    }

    @Test("The accepted documents and the findings do not depend on the documents' order")
    func order() {
        let documents = [
            Self.checkpoint("a.xml", "c", time: 1), Self.checkpoint("b.xml", "c", time: 2),
            Self.checkpoint("c.xml", "c", time: 3), Self.checkpoint("d.xml", "d", in: "/z"),
            Self.checkpoint("d.xml", "d", in: "/y"), Self.checkpoint("e.xml", "e"),
            Self.checkpoint("f.xml", "f", uuid: Guest.uuid(2)),
            Self.other("g.xml", .unreadable(reason: "no")),
            Self.other("h.xml", .invalidName(reason: "no")),
            Self.other("README", .stray(reason: "no")), Self.other("x", .stray(reason: "no")),
        ]
        let expected = DocumentInspection(documents, domain: "vm1", uuid: Self.own)
        #expect(
            expected.taken.map { documents[$0].place } == ["/lib/a.xml", "/y/d.xml", "/lib/e.xml"])
        #expect(expected.findings == expected.findings.sorted())
        var generator = SplitMix64(seed: 7)
        for _ in 0..<50 {
            let shuffled = documents.shuffled(using: &generator)
            let inspection = DocumentInspection(shuffled, domain: "vm1", uuid: Self.own)
            #expect(inspection.findings == expected.findings)
            #expect(inspection.skipped == expected.skipped)
            #expect(
                inspection.taken.map { shuffled[$0] } == expected.taken.map { documents[$0] })
        }
    }
}

extension DocumentInspection {
    fileprivate var faults: String {
        findings.map { ([$0.kind.rawValue] + $0.checkpoints.map(\.text)).joined(separator: " ") }
            .joined(separator: ", ")
    }
}
