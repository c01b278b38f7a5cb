import CheckpointXML
import Moments
import TestSupport
import Testing

struct RoundTripTests {
    @Test(
        "what is written of any checkpoint comes back, and is written the same again",
        arguments: Seeds.all)
    func anything(seed: UInt64) throws {
        var random = RandomCheckpoint(seed: seed)
        for round in 0..<400 {
            let checkpoint = random.checkpoint()
            let domain = random.domain()
            let place: Comment = "seed \(seed), round \(round): \(checkpoint)"
            let writer = CheckpointWriter(writesFileHeader: round.isMultiple(of: 2))
            let written = writer.document(of: checkpoint, domain: domain)
            let read = try CheckpointReader().read(written, as: .record)
            let again = Checkpoint(
                name: try #require(read.name, place), description: read.description,
                parent: read.parent, creationTime: try #require(read.creationTime, place),
                disks: read.disks)
            try #require(again == checkpoint, place)
            // Texts are equal to Swift in all their normal forms; bytes are not.
            try #require(
                again.description.map { Array($0.utf8) }
                    == checkpoint.description.map { Array($0.utf8) }, place)
            try #require(read.domain?.bytes == domain, place)
            try #require(writer.document(of: again, domain: read.domain?.bytes) == written, place)
        }
    }

    @Test("an empty description is none")
    func emptyDescription() throws {
        let checkpoint = Checkpoint(name: "c1", description: "", creationTime: 0)
        #expect(checkpoint.description == nil)
        let written = CheckpointWriter().document(of: checkpoint)
        #expect(!String(decoding: written, as: UTF8.self).contains("description"))
        for empty in [
            "<description/>", "<description></description>",
            "<description><!-- -->"
                + "</description>",
        ] {
            let text = "<domaincheckpoint><name>c1</name>\(empty)</domaincheckpoint>"
            let read = try CheckpointReader().read(Array(text.utf8), as: .creation)
            #expect(read.description == nil)
        }
    }
}

/// Checkpoints of everything that XML can hold.
private struct RandomCheckpoint {
    private var random: SplitMix64

    init(seed: UInt64) { random = SplitMix64(seed: seed) }

    private static let pieces = [
        "a", "B", "0", " ", "  ", "\t", "\n", "\r", "\r\n", "<", ">", "&", "\"", "'", "]]>",
        "&amp;",
        "<!--", "ü", "e\u{301}", "\u{E9}", "🎉", "👩‍👩‍👧", "שלום", "\u{202E}", "\u{85}", "\u{2028}",
        "\u{FEFF}", "\u{FFFD}", "\u{10FFFF}", "\u{7F}", "\u{9B}",
    ]

    private static let domains = [
        "<domain/>", "<domain type='kvm' xmlns:q=\"urn:q\"><q:a b='&quot;'/></domain>",
        "<domain>\n  <!-- <a> & ' -->\n  <![CDATA[<&>]]>\r\n\t<a\n b = \"c\" />x</domain>",
        "<domain><name>vm</name><?pi a?><uuid>not one</uuid><b>&#13;&#xA;&lt;</b></domain>",
    ]

    mutating func checkpoint() -> Checkpoint {
        let times: [Int64] = [0, 1, 1_700_000_000, .max]
        return Checkpoint(
            name: name(), description: pick([nil, "", text()]), parent: pick([nil, name()]),
            creationTime: pick(times),
            disks: (0..<Int.random(in: 0...3, using: &random)).map { _ in disk() })
    }

    mutating func domain() -> [UInt8]? {
        pick([nil] + Self.domains.map { Optional(Array($0.utf8)) })
    }

    private mutating func disk() -> Disk {
        let path = text().filter { !$0.isNewline && $0 != "\r" }
        let mode = pick(Disk.Mode.allCases)
        return Disk(
            name: pick(["vda", "xvdz_1", "ioemu:hda", "/a" + path]), mode: mode,
            bitmap: mode == .no ? nil : pick([nil, "", text()]))
    }

    private mutating func name() -> String {
        "n"
            + (0..<Int.random(in: 0...6, using: &random)).map { _ in
                pick(["a", "Z", "9", "_", "-", "."])
            }
            .joined()
    }

    private mutating func text() -> String {
        (0..<Int.random(in: 0...12, using: &random)).map { _ in pick(Self.pieces) }.joined()
    }

    private mutating func pick<Value>(_ values: [Value]) -> Value {
        values[Int.random(in: 0..<values.count, using: &random)]
    }
}
