import Momentlog
import Moments
import TestSupport
import Testing

/// What libvirt lists and prints of checkpoints.
struct ListsAndDumpsTests {
    /// r<-b<-d, r<-a<-c, and a second root s; made in the order r, b, a, c, d, s.
    private static func forked() async throws -> StoreFixture {
        let fixture = try await StoreFixture()
        try await fixture.define("vm1")
        let all = [("r", nil), ("b", "r"), ("a", "r"), ("c", "a"), ("d", "b"), ("s", nil)]
        for (index, (name, parent)) in all.enumerated() {
            let text = CheckpointText.document(name, parent: parent, time: 100 + index)
            try await fixture.store.redefine(
                [SourceDocument(text)], in: "vm1", by: StoreFixture.submission)
        }
        return fixture
    }

    static let lists: [(words: String, Listing, [String])] = [
        ("all: ours, in creation order", Listing(), ["r", "b", "a", "c", "d", "s"]),
        ("--roots", Listing(.roots), ["r", "s"]),
        ("--leaves", Listing(leaves: .only), ["c", "d", "s"]),
        ("--no-leaves", Listing(leaves: .excluded), ["r", "b", "a"]),
        ("--roots --leaves combine", Listing(.roots, leaves: .only), ["s"]),
        (
            "--topological: ours, siblings in creation order", Listing(order: .topological),
            ["r", "b", "d", "a", "c", "s"]
        ),
        ("--from r alone: direct children", Listing(.children(of: "r")), ["b", "a"]),
        (
            "--from r --descendants: the whole subtree below", Listing(.descendants(of: "r")),
            ["b", "a", "c", "d"]
        ),
        (
            "--from r --descendants --leaves", Listing(.descendants(of: "r"), leaves: .only),
            ["c", "d"]
        ),
        ("--from a leaf", Listing(.children(of: "d")), []),
    ]

    @Test("Lists combine what they are asked for", arguments: lists)
    func list(words: String, listing: Moments.Listing, names: [String]) async throws {
        let fixture = try await Self.forked()
        #expect(
            try await fixture.store.graph(of: "vm1").names(listing)?.map(\.text) == names,
            "\(words)")
    }

    @Test("--from of a missing checkpoint gives no list")
    func fromNothing() async throws {
        let fixture = try await Self.forked()
        let graph = try await fixture.store.graph(of: "vm1")
        #expect(graph.names(Listing(.children(of: "x"))) == nil)
    }

    @Test("Of siblings of one second the name decides")
    func siblings() async throws {
        let fixture = try await StoreFixture()
        try await fixture.define("vm1")
        for name in ["b", "c", "a"] {
            try await fixture.store.redefine(
                [SourceDocument(Row.record(name))], in: "vm1", by: StoreFixture.submission)
        }
        #expect(try await fixture.store.graph(of: "vm1").names(Listing()) == ["a", "b", "c"])
    }

    // MARK: Dumps

    static let dumps = [
        Row(
            words: "order: name, description, parent, creationTime, disks, domain",
            before: Row.created("c1"),
            step: .redefine(
                Row.document(
                    Row.guest().replacing("</devices>", with: Row.disk("vda") + "</devices>")
                        + "<disks><disk name='vda'/></disks><creationTime>7</creationTime>"
                        + "<parent><name>c1</name></parent><description>d</description>"
                        + "<name>x</name>")), result: .graph("c1 x<-c1 *x"),
            prints: [
                """
                <domaincheckpoint>
                  <name>x</name>
                  <description>d</description>
                  <parent>
                    <name>c1</name>
                  </parent>
                  <creationTime>7</creationTime>
                  <disks>
                    <disk name='vda' checkpoint='bitmap' bitmap='x'/>
                  </disks>
                  <domain type='test'>
                """
            ]),
        row(
            "the five are escaped, also in text", "&apos; &quot; &lt; &gt; &amp;",
            prints: "&apos; &quot; &lt; &gt; &amp;"),
        row("escaped also when they came raw", "' \" >", prints: "&apos; &quot; &gt;"),
        row("tab and LF raw", "a\tb\nc", prints: "a\tb\nc"),
        row("CR: ours, &#13;, so that it comes back", "a&#13;b", prints: "a&#13;b"),
        Row(
            words: "an empty description is not printed",
            step: .create(Row.document("<name>x</name><description/>")),
            result: .graph("x *x"), printsNot: ["description"]),
        Row(
            words: "<domain>: ours, we keep what came",
            step: .redefine(
                Row.record(
                    "x", nil,
                    "<domain><name>vm1</name><uuid>\(Row.uuid)</uuid><what ever=\"1\"  /><devices>"
                        + Row.disk("vda") + "</devices></domain>")),
            result: .graph("x *x"), prints: ["<what ever=\"1\"  />"],
            printsNot: ["currentMemory", "<boot", "<video"]),
    ]

    private static func row(_ words: String, _ given: String, prints: String) -> Row {
        Row(
            words: words,
            step: .create(
                Row.document("<name>x</name><description>\(given)</description>")),
            result: .graph("x *x"), prints: ["  <description>\(prints)</description>\n"])
    }

    @Test("dumpxml, rule by rule", arguments: dumps)
    func dump(_ row: Row) async throws { try await row.run() }

    @Test("Without --security-info passwords and cookies are left out; passwdValidTo stays")
    func secrets() async throws {
        let graphics = "<graphics type='vnc' passwd='secret' passwdValidTo='2030-01-01T00:00:00'/>"
        let network =
            "<disk type='network' device='disk'><driver name='qemu' type='qcow2'/>"
            + "<source protocol='https' name='i'><cookies><cookie name='c'>crumb</cookie>"
            + "</cookies></source><target dev='vdn' bus='virtio'/></disk>"
        let fixture = try await StoreFixture()
        try await fixture.store.define(
            SourceDocument(Row.guest(Row.disk("vda"), network, graphics)),
            by: StoreFixture.submission)
        try await fixture.create("x")
        func text(_ parts: CheckpointStore.DocumentParts) async throws -> String {
            String(
                decoding: try await fixture.store.document(of: "x", in: "vm1", parts: parts),
                as: UTF8.self)
        }
        let all = try await text(.everything)
        #expect(all.contains("passwd='secret'") && all.contains("crumb"))
        let shown = try await text(.withoutSecrets)
        #expect(!shown.contains("secret") && !shown.contains("crumb"))
        #expect(!shown.contains("<cookies"))
        #expect(shown.contains("passwdValidTo='2030-01-01T00:00:00'"))
        #expect(shown.contains("<target dev='vdn' bus='virtio'/>"))
        let without = try await text(.withoutDomain)
        #expect(!without.contains("<domain "))
        #expect(without.hasSuffix("  </disks>\n</domaincheckpoint>\n"))
    }
}
