import Moments
import Testing

struct DomainUUIDTests {
    static let canonical = "6695eb01-f6a4-8304-79aa-97f2502e193f"

    @Test(
        "Every form that libvirt reads gives the same UUID",
        arguments: [
            canonical, canonical.uppercased(), "6695EB01-f6a4-8304-79AA-97f2502e193f",
            "6695eb01f6a4830479aa97f2502e193f", "6695eb01-f6a4830479aa97f2502e193f",
            "66-95-eb-01-f6-a4-83-04-79-aa-97-f2-50-2e-19-3f",
            "6695eb01--f6a4-8304-79aa-97f2502e193f",
        ])
    func forms(text: String) throws {
        let uuid = try #require(DomainUUID(text))
        #expect(uuid == DomainUUID(Self.canonical))
        #expect(uuid.description == Self.canonical)
        #expect(Set([uuid, try #require(DomainUUID(Self.canonical))]).count == 1)
    }

    @Test(
        "Other text is no UUID",
        arguments: [
            "", "-", "6695eb01", "vm1", String(canonical.dropLast()), canonical + "0",
            canonical + "00", "{\(canonical)}", "urn:uuid:\(canonical)", " \(canonical)",
            "\(canonical) ", "6695eb01-f6a4-8304-79aa-97f2502e193g",
            "6-695eb01f6a4830479aa97f2502e193f", "6695eb01-f6a4-830-479aa-97f2502e193f",
            "6695eb01 f6a4 8304 79aa 97f2502e193f", "٦٦٩٥eb01f6a4830479aa97f2502e193f",
        ])
    func refusals(text: String) {
        #expect(DomainUUID(text) == nil)
    }

    @Test("A hyphen after the last digit is refused")
    func trailingHyphen() {
        #expect(DomainUUID(Self.canonical + "-") == nil)
    }

    @Test("Zeros are kept, in front and at the end")
    func zeros() {
        let text = "00000000-0000-0001-0000-0000000000a0"
        #expect(DomainUUID(text)?.description == text)
    }

    @Test("UUIDs are in the order of their digits")
    func ordering() throws {
        let texts = [
            "00000000-0000-0000-0000-000000000001",
            "00000000-0000-0000-8000-000000000000",
            "00000000-0000-0001-0000-000000000000",
            "00ffffff-ffff-ffff-ffff-ffffffffffff",
            "ff000000-0000-0000-0000-000000000000",
        ]
        let uuids = try texts.reversed().map { try #require(DomainUUID($0)) }
        #expect(uuids.sorted().map(\.description) == texts)
    }
}
