import Moments
import TestSupport
import Testing

struct MendCommandTests {
    @Test(
        "each error is mended by what is said, or else in the way that loses nothing",
        arguments: [
            // A parent that is not there: a root, or below another.
            ("a b<-x", Mending(), "redefined b", "a b"),
            ("a b<-x c<-b d<-x", Mending(), "redefined b, redefined d", "a b c<-b d"),
            ("a b<-x", Mending(parents: ["b": "a"]), "redefined b<-a", "a b<-a"),
            (
                "a b<-x c<-y", Mending(parents: ["b": "c"]), "redefined b<-c, redefined c",
                "a b<-c c"
            ),
            (
                "a b<-x c<-y", Mending(parents: ["b": "c", "c": "a"]),
                "redefined b<-c, redefined c<-a", "a b<-c c<-a"
            ),
            // A cycle: where it is shown cut, or at the member that gets another parent.
            ("a<-a", Mending(), "redefined a", "a"),
            ("a<-a b", Mending(parents: ["a": "b"]), "redefined a<-b", "a<-b b"),
            ("a@1<-c b@2<-a c@3<-b", Mending(), "redefined a", "a b<-a c<-b"),
            ("a@3<-c b@1<-a c@2<-b", Mending(), "redefined b", "a<-c b c<-b"),
            (
                "r a@1<-c b@2<-a c@3<-b", Mending(parents: ["c": "r"]), "redefined c<-r",
                "a<-c b<-a c<-r r"
            ),
            (
                "r a@1<-c b@2<-a c@3<-b", Mending(parents: ["a": "r"]), "redefined a<-r",
                "a<-r b<-a c<-b r"
            ),
            // One cycle's member below another's, which is cut.
            (
                "a<-b b<-a c<-d d<-c", Mending(parents: ["c": "a"]),
                "redefined a, redefined c<-a", "a b<-a c<-a d<-c"
            ),
            // Below one that dangles itself.
            (
                "a<-b b<-a c<-x", Mending(parents: ["b": "c"]), "redefined b<-c, redefined c",
                "a<-b b<-c c"
            ),
            // Several that claim to be current: the youngest, or the one that is named.
            ("a@1* b@2*", Mending(), "current b", "a b"),
            ("a@2* b@1*", Mending(), "current a", "a b"),
            ("b@1* a@1* c@1", Mending(), "current b", "a b c"),
            ("a@1* b@2* c@3", Mending(current: "a"), "current a", "a b c"),
            ("a@1* b@2* c@3", Mending(current: "c"), "current c", "a b c"),
            // All of it at once; what claims does so until the pointer is set.
            ("z<-z a@1<-x* b@2<-a*", Mending(), "redefined a*, redefined z, current b", "a b<-a z"),
            ("a b<-x", Mending(current: "a"), "redefined b, current a", "a b"),
            // Nothing to mend.
            ("a b<-a", Mending(), "", "a b<-a"), ("", Mending(), "", ""),
            ("a b<-a", Mending(parents: ["b": "a"]), "", "a b<-a"),
        ] as [(String, Mending, String, String)])
    func mends(sketch: String, mending: Mending, words: String, links: String) throws {
        var domain = try Domain.guest(sketch)
        #expect(try domain.carryOut(.mend(mending)) == words)
        #expect(domain.graph.links == links)
        #expect(domain.graph.errors == [])
        #expect(try domain.carryOut(.mend(mending)) == "")
        #expect(try domain.carryOut(.mend(Mending())) == "")
    }

    @Test("the recorded pointer holds again, and only claims or a word move it")
    func pointer() throws {
        for (fault, mending, current) in [
            ("c<-x", Mending(), "b"), ("c<-c", Mending(), "b"), ("c<-d d<-c", Mending(), "b"),
            ("b<-x", Mending(), "b"), ("c<-x", Mending(current: "a"), "a"),
            ("a* c*", Mending(), "c"), ("a* c*", Mending(current: "b"), "b"),
        ] {
            var domain = try Domain.guest("a b<-a c", current: "b")
            for word in fault.split(separator: " ") {
                try domain.apply(domain.graph.redefinition(String(word)))
            }
            #expect(domain.graph.current == nil)
            try domain.carryOut(.mend(mending))
            #expect(domain.graph.current == current, "\(fault)")
        }
    }

    @Test("what a checkpoint holds beside its parent stays, and so do warnings")
    func content() throws {
        var domain = try Domain.guest("a@5")
        let checkpoint = Checkpoint(
            name: "b", description: "d", parent: "x", creationTime: 7,
            disks: [Disk(name: "vda", bitmap: "c"), Disk(name: "vda")],
            definition: Guest.definition)
        try domain.apply(.checkpointRedefined(checkpoint, claimsCurrent: false))
        try domain.carryOut(.mend(Mending(parents: ["b": "a"])))
        var mended = checkpoint
        mended.parent = "a"
        #expect(domain.graph.checkpoint(named: "b") == mended)
        #expect(
            domain.graph.faults == [
                "duplicate-disk b", "bitmap-name-differs b", "libvirt-current-differs b",
            ])
    }

    @Test(
        "a mending that would not mend, or change what is not at fault, is refused",
        arguments: [
            ("a b<-x", Mending(parents: ["n": "a"]), .noCheckpoint, "'n'"),
            ("a b<-x", Mending(parents: ["b": "n"]), .parentNotFound, "parent n for moment b"),
            ("a b<-x", Mending(parents: ["b": "x"]), .parentNotFound, "parent x for moment b"),
            ("a b<-x", Mending(parents: ["b": "b"]), .selfParent, "its own parent"),
            ("a b<-x c<-b", Mending(parents: ["b": "c"]), .parentCycle, "b -> c -> b"),
            (
                "a<-x b<-y", Mending(parents: ["a": "b", "b": "a"]), .parentCycle,
                "a -> b -> a"
            ),
            ("a<-b b<-a", Mending(parents: ["a": "b"]), .parentCycle, "a -> b -> a"),
            ("a<-c b<-a c<-b", Mending(parents: ["a": "b"]), .parentCycle, "a -> b -> a"),
            ("a<-b b<-a c<-b", Mending(parents: ["a": "c"]), .parentCycle, "a -> c -> b -> a"),
            ("a b<-a c<-x", Mending(parents: ["b": "c"]), .usage, "its parent 'a' is there"),
            ("a b<-a c<-x", Mending(parents: ["a": "c"]), .usage, "it is a root"),
            ("a b<-a c<-a", Mending(parents: ["c": "b"]), .usage, "its parent 'a' is there"),
            ("a<-b b<-a c<-b d", Mending(parents: ["c": "d"]), .usage, "its parent 'b' is there"),
            ("a b<-x", Mending(current: "n"), .noCheckpoint, "'n'"),
            ("a b<-a", Mending(current: "a"), .usage, "no error stands"),
        ] as [(String, Mending, MomentlogError.Code, String)])
    func refuses(
        sketch: String, mending: Mending, code: MomentlogError.Code, message: String
    ) throws {
        try Domain.guest(sketch).expectRefusal(.mend(mending), code, message)
    }

    @Test("of a domain that is not there nothing is mended")
    func noDomain() {
        Domain(name: "vm1").expectRefusal(.mend(Mending()), .noDomain, "vm1")
    }

    @Test(
        "after mending any graph no error stands, no checkpoint is lost, and only links at fault moved",
        arguments: Seeds.all)
    func random(seed: UInt64) throws {
        var (mended, asked) = (0, 0)
        for round in 0..<1_500 {
            let place: Comment = "seed \(seed), round \(round)"
            var generator = SplitMix64(seed: seed &+ UInt64(round))
            var faults = RandomHistory(seed: seed &+ UInt64(round), names: 2 + round % 9)
            var domain = try Domain.guest()
            var slow = SlowGraph()
            for _ in 0..<16 {
                let event = faults.event()
                if slow.apply(event) { try domain.apply(event) }
            }
            var mending = Mending()
            for name in slow.names where UInt.random(in: 0..<3, using: &generator) == 0 {
                mending.parents[name] = slow.names.randomElement(using: &generator)
            }
            if UInt.random(in: 0..<4, using: &generator) == 0 {
                mending.current = slow.names.randomElement(using: &generator)
            }
            var copy = domain
            if (try? copy.carryOut(.mend(mending))) == nil {
                mending = Mending()
                try copy.carryOut(.mend(mending))
            } else if !mending.parents.isEmpty {
                asked += 1
            }
            try #require(copy.graph.errors == [], place)
            try #require(copy.graph.names() == domain.graph.names(), place)
            let members = Set(slow.cycles.joined())
            for name in slow.names {
                var checkpoint = try #require(slow.checkpoints[name], place)
                let after = try #require(copy.graph.checkpoint(named: name), place)
                if after.parent != checkpoint.parent {
                    try #require(slow.dangling.contains(name) || members.contains(name), place)
                    try #require(after.parent == mending.parents[name], place)
                    checkpoint.parent = after.parent
                    mended += 1
                }
                try #require(after == checkpoint, place)
            }
            for cycle in slow.cycles {
                let moved = cycle.filter {
                    copy.graph.parentName(of: $0) != slow.checkpoints[$0]?.parent
                }
                let isAsked = moved.contains { mending.parents[$0] != nil }
                let shown = slow.cuts.intersection(cycle)
                try #require(
                    isAsked
                        ? moved.allSatisfy { mending.parents[$0] != nil } : shown == Set(moved),
                    place)
            }
            let claims = slow.claims.count > 1 ? slow.inOrder(Array(slow.claims)).last : nil
            try #require(
                copy.graph.current == mending.current ?? claims ?? slow.recordedCurrent, place)
            try #require(copy.carryOut(.mend(mending)) == "", place)
        }
        #expect(min(mended, asked) > 150, "seed \(seed)")
    }
}

struct MendingTextTests {
    @Test("a parent is given as NAME=PARENT, once for each checkpoint")
    func parents() throws {
        var mending = Mending()
        try mending.addParent("c4=c2")
        try mending.addParent("-x=a.b")
        #expect(mending.parents == ["c4": "c2", "-x": "a.b"])
        for text in ["", "=", "a", "a=", "=b", "a=b=c", "c4=c3"] {
            let error = #expect(throws: MomentlogError.self) { try mending.addParent(text) }
            #expect(error?.code == .usage)
        }
        #expect(mending.parents == ["c4": "c2", "-x": "a.b"])
    }
}
