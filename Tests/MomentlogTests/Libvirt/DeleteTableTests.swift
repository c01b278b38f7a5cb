import Momentlog
import Moments
import TestSupport
import Testing

/// The table of what libvirt does on delete.
struct DeleteTableTests {
    private static let chain = Row.created("c1", "c2", "c3", "c4")
    private static let fork = chain + [.redefine(Row.record("c5", "c2"))]

    static let rows = [
        Row(
            words: "missing", before: chain, step: .delete("x"),
            result: .refused(.noCheckpoint, "no domain checkpoint with matching name 'x'")),
        Row(
            words: "missing, children", before: chain, step: .delete("x", .children),
            result: .refused(.noCheckpoint, "no domain checkpoint with matching name 'x'")),
        Row(
            words: "leaf and current: its parent becomes current", before: chain,
            step: .delete("c4"), result: .graph("c1 c2<-c1 c3<-c2 *c3")),
        Row(
            words: "leaf, not current: current stays", before: fork, step: .delete("c5"),
            result: .graph("c1 c2<-c1 c3<-c2 c4<-c3 *c4")),
        Row(
            words: "current with children: parent becomes current, children move to its parent",
            before: fork + [.setCurrent("c2")], step: .delete("c2"),
            result: .graph("c1 c3<-c1 c4<-c3 c5<-c1 *c1"), checkpoint: "c3",
            prints: ["  <parent>\n    <name>c1</name>\n  </parent>\n"]),
        Row(
            words: "current and root: none is current; a child becomes a root without <parent>",
            before: chain + [.setCurrent("c1")], step: .delete("c1"),
            result: .graph("c2 c3<-c2 c4<-c3 *-"), checkpoint: "c2", printsNot: ["<parent>"]),
        Row(
            words: "middle, not current: children move up; current stays", before: fork,
            step: .delete("c2"), result: .graph("c1 c3<-c1 c4<-c3 c5<-c1 *c4")),
        Row(
            words: "--children of c2 in c1<-c2<-c3<-c4(current): c1 stays and is current",
            before: chain, step: .delete("c2", .children), result: .graph("c1 *c1")),
        Row(
            words: "--children of the root: nothing is left", before: fork,
            step: .delete("c1", .children), result: .graph("*-")),
        Row(
            words: "--children, current outside the subtree: current stays", before: fork,
            step: .delete("c5", .children), result: .graph("c1 c2<-c1 c3<-c2 c4<-c3 *c4")),
        Row(
            words: "--children, current above the subtree: current stays",
            before: fork + [.setCurrent("c1")], step: .delete("c3", .children),
            result: .graph("c1 c2<-c1 c5<-c2 *c1")),
        Row(
            words: "--children-only of c2 there: c2 stays and is current", before: chain,
            step: .delete("c2", .childrenOnly), result: .graph("c1 c2<-c1 *c2")),
        Row(
            words: "--children-only, current outside: current stays", before: fork,
            step: .delete("c3", .childrenOnly),
            result: .graph("c1 c2<-c1 c3<-c2 c5<-c2 *c3")),
        Row(
            words: "--children-only of a leaf: nothing happens, no error", before: chain,
            step: .delete("c4", .childrenOnly),
            result: .graph("c1 c2<-c1 c3<-c2 c4<-c3 *c4")),
    ]

    @Test("delete, row by row", arguments: rows)
    func row(_ row: Row) async throws { try await row.run() }

    @Test("--children-only of a leaf appends nothing")
    func nothing() async throws {
        let fixture = try await StoreFixture()
        try await fixture.define("vm1")
        try await fixture.create("c1")
        let outcome = try await fixture.store.delete(
            "c1", including: .childrenOnly, from: "vm1", by: StoreFixture.submission)
        #expect(outcome.commit == nil && outcome.sequences == nil && outcome.revision == 3)
        #expect(try await fixture.eventCount() == 3)
    }

    // "Both flags" cannot be said here: a deletion has one scope. In a line of JSON
    // it is one text.
    @Test("Both flags: a line that asks for both scopes is refused")
    func bothFlags() {
        let line =
            #"{"command":"delete","domain":"vm1","checkpoint":"c1","scope":"children,children-only"}"#
        let error = #expect(throws: MomentlogError.self) {
            try InstructionLine.decode(line.utf8, submission: StoreFixture.submission)
        }
        #expect(error?.code == .usage)
        #expect(error?.message.hasSuffix("use one of checkpoint, children, children-only") == true)
    }
}
