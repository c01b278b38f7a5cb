import Foundation
import Moments
import Testing

struct DomainReferenceTests {
    private static let uuid = DomainUUID("aaaaaaaa-0000-4000-8000-000000000001")

    @Test(
        "A reference is the text that the caller wrote, whatever it is",
        arguments: ["vm1", "", " ", "a/b", "AAAAAAAA000040008000000000000001", "名", "a\0b"])
    func text(_ text: String) {
        let reference = DomainReference(text)
        #expect(Array(reference.text.utf8) == Array(text.utf8))
        #expect(Array("\(reference)".utf8) == Array(text.utf8))
    }

    @Test("Literals and interpolations are references")
    func literals() {
        let number = 7
        let references: [DomainReference] = ["vm7", "vm\(number)"]
        #expect(references[0] == references[1])
        #expect(references[0] == DomainReference("vm7"))
    }

    @Test("A reference by UUID has its canonical text")
    func byUUID() throws {
        let uuid = try #require(Self.uuid)
        #expect(DomainReference(uuid).text == "aaaaaaaa-0000-4000-8000-000000000001")
    }

    @Test("A domain is referred to by its UUID, and by its name while that is not known")
    func ofDomain() throws {
        var domain = Domain(name: "vm1")
        #expect(domain.reference == "vm1")
        try domain.apply(.domainDefined(name: "vm2", uuid: nil, definition: nil))
        #expect(domain.reference == "vm2")
        try domain.apply(.domainDefined(name: "vm2", uuid: Self.uuid, definition: nil))
        #expect(domain.reference == "aaaaaaaa-0000-4000-8000-000000000001")
    }

    @Test("References are equal if their bytes are, so that names that look alike differ")
    func equality() {
        let (composed, decomposed) = (DomainReference("caf\u{E9}"), DomainReference("cafe\u{301}"))
        #expect(composed.text == decomposed.text)
        #expect(composed != decomposed)
        #expect(Set([composed, decomposed, composed]).count == 2)
        // Of one domain, too: only the store can tell that they refer to the same.
        #expect(
            DomainReference("AAAAAAAA000040008000000000000001")
                != "aaaaaaaa-0000-4000-8000-000000000001")
    }

    @Test("A reference is encoded as its text alone")
    func codable() throws {
        let references: [DomainReference?] = ["vm1", nil, "a\"b"]
        let data = try JSONEncoder().encode(references)
        #expect(String(decoding: data, as: UTF8.self) == #"["vm1",null,"a\"b"]"#)
        #expect(try JSONDecoder().decode([DomainReference?].self, from: data) == references)
        #expect(throws: DecodingError.self) {
            try JSONDecoder().decode([DomainReference].self, from: Data("[7]".utf8))
        }
    }
}
