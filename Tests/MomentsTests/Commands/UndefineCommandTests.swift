import Moments
import Testing

struct UndefineCommandTests {
    @Test(
        "Without checkpoints it is undefined, with the flag or without", arguments: [true, false])
    func empty(deletes: Bool) throws {
        var domain = try Domain.guest()
        #expect(try domain.carryOut(.undefine(deletingCheckpoints: deletes)) == "undefined")
        #expect(!domain.isLive)
    }

    @Test(
        "A domain with checkpoints is undefined only if they are to be deleted as well",
        arguments: [
            ("a", "with 1 checkpoint"), ("a b<-a", "with 2 checkpoints"),
            ("a<-b b<-a c<-x", "with 3 checkpoints"),
        ])
    func checkpoints(sketch: String, message: String) throws {
        let domain = try Domain.guest(sketch, current: "a")
        let error = #expect(throws: MomentlogError.self) {
            try decide(.undefine(deletingCheckpoints: false), for: domain, in: .guest())
        }
        #expect(error?.code == .hasCheckpoints)
        #expect(error?.message == "cannot delete inactive domain \(message)")
        #expect(error?.suggestion == .undefineWithCheckpoints)
    }

    @Test(
        "Each checkpoint is deleted, leaves first, and afterwards none is current",
        arguments: [
            ("a", "a", "deleted a, current none, undefined"),
            ("a", nil, "deleted a, undefined"),
            ("a@5 b@2<-a", nil, "deleted b, deleted a, undefined"),
            (
                "a b<-a c<-b d<-a", "b",
                "deleted d, deleted c, deleted b, deleted a, current none, undefined"
            ),
            // Faulty graphs: a parent that is missing, cycles, several claims.
            ("a@1 b@2<-x c@3<-b", "c", "deleted c, deleted b, deleted a, current none, undefined"),
            (
                "a@1<-b b@1<-a c@1<-c", "b",
                "deleted c, deleted b, deleted a, current none, undefined"
            ),
        ] as [(String, String?, String)])
    func deleted(sketch: String, current: String?, words: String) throws {
        var domain = try Domain.guest(sketch, current: current)
        #expect(try domain.carryOut(.undefine(deletingCheckpoints: true)) == words)
        #expect(!domain.isLive)
        #expect(domain.graph == MomentGraph())
    }

    @Test("Claims to be current go with their checkpoints")
    func claims() throws {
        var domain = try Domain.guest("a b<-a c", current: "a")
        for word in ["b<-a*", "c*"] { try domain.apply(domain.graph.redefinition(word)) }
        #expect(
            try domain.carryOut(.undefine(deletingCheckpoints: true))
                == "deleted c, deleted b, deleted a, current none, undefined")
        #expect(domain.graph == MomentGraph())
    }
}
