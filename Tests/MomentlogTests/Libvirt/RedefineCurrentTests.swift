import Momentlog
import Moments
import TestSupport
import Testing

/// What libvirt's current checkpoint is after a redefine.
struct RedefineCurrentTests {
    private static let chain = Row.created("a", "b", "c")

    static let rows = [
        Row(
            words: "redefined while none is current: becomes current, no others exist",
            step: .redefine(Row.record("x")), result: .graph("x *x")),
        Row(
            words: "redefined while none is current: becomes current, others exist",
            before: chain + [.setCurrent(nil)], step: .redefine(Row.record("x")),
            result: .graph("a b<-a c<-b x *x")),
        Row(
            words: "redefined while none is current: becomes current, an existing one",
            before: chain + [.setCurrent(nil)], step: .redefine(Row.record("b", "a")),
            result: .graph("a b<-a c<-b *b")),
        Row(
            words: "one whose parent is the current becomes current", before: chain,
            step: .redefine(Row.record("x", "c")), result: .graph("a b<-a c<-b x<-c *x")),
        Row(
            words: "one whose parent is the current becomes current: an existing one moved there",
            before: chain + [.redefine(Row.record("x", "a"))],
            step: .redefine(Row.record("x", "c")), result: .graph("a b<-a c<-b x<-c *x")),
        Row(
            words: "one whose parent is the current becomes current: an existing one there",
            before: chain + [.setCurrent("a")], step: .redefine(Row.record("b", "a")),
            result: .graph("a b<-a c<-b *b")),
        Row(
            words: "any other leaves current as it is: a new root", before: chain,
            step: .redefine(Row.record("x")), result: .graph("a b<-a c<-b x *c")),
        Row(
            words: "any other leaves current as it is: a fork", before: chain,
            step: .redefine(Row.record("x", "a")), result: .graph("a b<-a c<-b x<-a *c")),
        Row(
            words: "any other leaves current as it is: an existing one", before: chain,
            step: .redefine(Row.record("b", "a")), result: .graph("a b<-a c<-b *c")),
        Row(
            words: "redefining the current leaves it", before: chain,
            step: .redefine(Row.record("c", "b")), result: .graph("a b<-a c<-b *c")),
        Row(
            words: "redefining the current leaves it, also where it becomes a root",
            before: chain, step: .redefine(Row.record("c")), result: .graph("a b<-a c *c")),
        Row(
            words: "ours, the early form's <current>1: it becomes current", before: chain,
            step: .redefine(Row.record("a", nil, "<current>1</current>")),
            result: .graph("a b<-a c<-b *a")),
    ]

    @Test("current after a redefine, rule by rule", arguments: rows)
    func row(_ row: Row) async throws { try await row.run() }
}
