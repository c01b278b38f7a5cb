import TestSupport
import Testing

@testable import Moments

struct DriftTests {
    @Test(
        "Each difference between the record and a libvirt is one row",
        arguments: [
            ("a@5 b@6<-a", "b", "a@5 b@6<-a", ""),
            ("a@5 b@6<-a", "b", "a@5", "lost b"),
            ("a@5", "a", "a@5 b@6<-a", "unknown b"),
            ("a@5", "a", "a@9", "replaced a"),
            // A deletion moves children, which are no differences of their own.
            ("a@5 b@6<-a c@7<-b", "c", "a@5 c@7<-a", "lost b"),
            ("a@5 b@6<-a c@7<-b", "c", "a@5 b@6<-a c@7<-a", "differs c"),
            ("a@5 b@6<-a", "a", "a@5 b@6<-a", "current -"),
            // Only one chain shows its current.
            ("a@5 b@6<-a c@7<-a", "a", "a@5 b@6<-a c@7<-a", ""),
            ("", "", "", ""), ("", "", "b@6<-a a@5", "unknown a, unknown b"),
            ("c@5 b@6 a@7", "", "", "lost c, lost b, lost a"),
        ])
    func rows(recorded: String, current: String, observed: String, words: String) throws {
        let domain = try Domain.guest(recorded, current: current.isEmpty ? nil : current)
        let drift = domain.drift(
            from: try .sketch(observed), at: .libvirt(uri: "qemu:///system"), .running)
        #expect(
            drift.map { "\($0.kind.rawValue) \($0.checkpoint ?? "-")" }
                .joined(separator: ", ") == words)
        #expect(drift.allSatisfy { !$0.remedies.isEmpty })
    }

    @Test("The fields that differ are named")
    func fields() throws {
        let domain = try Domain.guest("a@5 b@6<-a", current: "b")
        var observed = try ObservedDomain.sketch("a@5 b@6")
        observed.checkpoints[1].description = "x"
        observed.checkpoints[1].disks = .sketch("vda:b")
        observed.checkpoints[1].definition = Guest.digest(9)
        let drift = domain.drift(from: observed, at: .files(path: "/x"), .files)
        #expect(drift.map(\.fields) == [DomainComparison.Field.allCases])
        #expect(drift[0].recorded?.parent == "a")
        #expect(drift[0].observed?.parent == nil)
    }

    @Test("A folder that lacks recorded checkpoints is not reason to delete them")
    func lostInFolder() throws {
        let domain = try Domain.guest("a@5", current: "a")
        let drift = domain.drift(from: try .sketch(""), at: .files(path: "/x"), .files)
        #expect(drift.map(\.kind) == [.lost])
        #expect(drift.flatMap(\.remedies).map(\.action) == [.export(domain: "vm1")])
        #expect(drift[0].remedies.allSatisfy { !$0.isDestructive && $0.precondition != nil })
    }

    @Test(
        "The current pointer that a folder states is compared with the record's",
        arguments: [
            ("a", "b", "current -"), ("b", "b", ""), ("-", "b", "current -"), (nil, "b", ""),
            ("a", "-", "current -"), ("-", "-", ""),
        ])
    func statedCurrent(stated: String?, recorded: String, words: String) throws {
        let domain = try Domain.guest(
            "a@5 b@6<-a", current: recorded == "-" ? nil : recorded)
        var observed = try ObservedDomain.sketch("a@5 b@6<-a")
        observed.statedCurrent = stated.map {
            .init(checkpoint: $0 == "-" ? nil : CheckpointName($0))
        }
        let drift = domain.drift(from: observed, at: .files(path: "/x"), .files)
        #expect(drift.map { "\($0.kind.rawValue) \($0.checkpoint ?? "-")" }.joined() == words)
        #expect(drift.allSatisfy { $0.remedies.map(\.action.name) == [.import] })
    }

    @Test("No remedy for a lost checkpoint comes before giving it back")
    func remedies() throws {
        let domain = try Domain.guest("a@5", current: "a")
        let drift = domain.drift(
            from: try .sketch(""), at: .libvirt(uri: "qemu:///system"), .transient)
        #expect(drift[0].remedies.map(\.action.name) == [.push, .pull])
        #expect(drift[0].remedies.last?.precondition == "it was deleted on purpose")
    }
}
