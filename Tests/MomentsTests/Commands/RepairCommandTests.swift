import Moments
import TestSupport
import Testing

struct RepairCommandTests {
    @Test(
        "Each error is repaired as requested, or by default in the way that loses nothing",
        arguments: [
            // A parent that is missing: a root, or below another.
            ("a b<-x", Repair(), "redefined b", "a b"),
            ("a b<-x c<-b d<-x", Repair(), "redefined b, redefined d", "a b c<-b d"),
            ("a b<-x", Repair(parents: ["b": "a"]), "redefined b<-a", "a b<-a"),
            (
                "a b<-x c<-y", Repair(parents: ["b": "c"]), "redefined b<-c, redefined c",
                "a b<-c c"
            ),
            (
                "a b<-x c<-y", Repair(parents: ["b": "c", "c": "a"]),
                "redefined b<-c, redefined c<-a", "a b<-c c<-a"
            ),
            // A cycle: where it is shown cut, or at the member that gets another parent.
            ("a<-a", Repair(), "redefined a", "a"),
            ("a<-a b", Repair(parents: ["a": "b"]), "redefined a<-b", "a<-b b"),
            ("a@1<-c b@2<-a c@3<-b", Repair(), "redefined a", "a b<-a c<-b"),
            ("a@3<-c b@1<-a c@2<-b", Repair(), "redefined b", "a<-c b c<-b"),
            (
                "r a@1<-c b@2<-a c@3<-b", Repair(parents: ["c": "r"]), "redefined c<-r",
                "a<-c b<-a c<-r r"
            ),
            (
                "r a@1<-c b@2<-a c@3<-b", Repair(parents: ["a": "r"]), "redefined a<-r",
                "a<-r b<-a c<-b r"
            ),
            // One cycle's member below another's, which is cut.
            (
                "a<-b b<-a c<-d d<-c", Repair(parents: ["c": "a"]),
                "redefined a, redefined c<-a", "a b<-a c<-a d<-c"
            ),
            // Below one that dangles itself.
            (
                "a<-b b<-a c<-x", Repair(parents: ["b": "c"]), "redefined b<-c, redefined c",
                "a<-b b<-c c"
            ),
            // Several that claim to be current: the youngest, or the one that is named.
            ("a@1* b@2*", Repair(), "current b", "a b"),
            ("a@2* b@1*", Repair(), "current a", "a b"),
            ("b@1* a@1* c@1", Repair(), "current b", "a b c"),
            ("a@1* b@2* c@3", Repair(current: "a"), "current a", "a b c"),
            ("a@1* b@2* c@3", Repair(current: "c"), "current c", "a b c"),
            // All of it at once; what claims does so until the pointer is set.
            ("z<-z a@1<-x* b@2<-a*", Repair(), "redefined a*, redefined z, current b", "a b<-a z"),
            ("a b<-x", Repair(current: "a"), "redefined b, current a", "a b"),
            // Nothing to repair.
            ("a b<-a", Repair(), "", "a b<-a"), ("", Repair(), "", ""),
            ("a b<-a", Repair(parents: ["b": "a"]), "", "a b<-a"),
        ] as [(String, Repair, String, String)])
    func repairs(sketch: String, repair: Repair, words: String, links: String) throws {
        var domain = try Domain.guest(sketch)
        #expect(try domain.carryOut(.repair(repair)) == words)
        #expect(domain.graph.links == links)
        #expect(domain.graph.errors == [])
        #expect(try domain.carryOut(.repair(repair)) == "")
        #expect(try domain.carryOut(.repair(Repair())) == "")
    }

    @Test("The recorded pointer holds again, and only claims or a word move it")
    func pointer() throws {
        for (fault, repair, current) in [
            ("c<-x", Repair(), "b"), ("c<-c", Repair(), "b"), ("c<-d d<-c", Repair(), "b"),
            ("b<-x", Repair(), "b"), ("c<-x", Repair(current: "a"), "a"),
            ("a* c*", Repair(), "c"), ("a* c*", Repair(current: "b"), "b"),
        ] {
            var domain = try Domain.guest("a b<-a c", current: "b")
            for word in fault.split(separator: " ") {
                try domain.apply(domain.graph.redefinition(String(word)))
            }
            #expect(domain.graph.current == nil)
            try domain.carryOut(.repair(repair))
            #expect(domain.graph.current?.text == current, "\(fault)")
        }
    }

    @Test("What a checkpoint holds beside its parent stays, and so do warnings")
    func content() throws {
        var domain = try Domain.guest("a@5")
        let checkpoint = Checkpoint(
            name: "b", description: "d", parent: "x", creationTime: 7,
            disks: [Disk(name: "vda", bitmap: "c"), Disk(name: "vda")],
            definition: Guest.definition)
        try domain.apply(.checkpointRedefined(checkpoint, claimsCurrent: false))
        try domain.carryOut(.repair(Repair(parents: ["b": "a"])))
        var repaired = checkpoint
        repaired.parent = "a"
        #expect(domain.graph.checkpoint(named: "b") == repaired)
        #expect(
            domain.graph.faults == [
                "duplicate-disk b", "bitmap-name-differs b", "libvirt-current-differs b",
            ])
    }

    @Test(
        "A repair that would not repair, or change what is not at fault, is refused",
        arguments: [
            ("a b<-x", Repair(parents: ["n": "a"]), .noCheckpoint, "'n'"),
            ("a b<-x", Repair(parents: ["b": "n"]), .parentNotFound, "parent n for moment b"),
            ("a b<-x", Repair(parents: ["b": "x"]), .parentNotFound, "parent x for moment b"),
            ("a b<-x", Repair(parents: ["b": "b"]), .selfParent, "its own parent"),
            ("a b<-x c<-b", Repair(parents: ["b": "c"]), .parentCycle, "b -> c -> b"),
            (
                "a<-x b<-y", Repair(parents: ["a": "b", "b": "a"]), .parentCycle,
                "a -> b -> a"
            ),
            ("a<-b b<-a", Repair(parents: ["a": "b"]), .parentCycle, "a -> b -> a"),
            ("a<-c b<-a c<-b", Repair(parents: ["a": "b"]), .parentCycle, "a -> b -> a"),
            ("a<-b b<-a c<-b", Repair(parents: ["a": "c"]), .parentCycle, "a -> c -> b -> a"),
            ("a b<-a c<-x", Repair(parents: ["b": "c"]), .usage, "its parent 'a' exists"),
            ("a b<-a c<-x", Repair(parents: ["a": "c"]), .usage, "it is a root"),
            ("a b<-a c<-a", Repair(parents: ["c": "b"]), .usage, "its parent 'a' exists"),
            ("a<-b b<-a c<-b d", Repair(parents: ["c": "d"]), .usage, "its parent 'b' exists"),
            ("a b<-x", Repair(current: "n"), .noCheckpoint, "'n'"),
            ("a b<-a", Repair(current: "a"), .usage, "there is nothing to repair"),
        ] as [(String, Repair, MomentlogError.Code, String)])
    func refuses(
        sketch: String, repair: Repair, code: MomentlogError.Code, message: String
    ) throws {
        try Domain.guest(sketch).expectRefusal(.repair(repair), code, message)
    }

    @Test("Repairing an unknown domain is refused")
    func noDomain() {
        Domain(name: "vm1").expectRefusal(.repair(Repair()), .noDomain, "vm1")
    }

    @Test(
        "After a repair no graph has an error, no checkpoint is lost, and only faulty links moved",
        arguments: Seeds.all)
    func random(seed: UInt64) throws {
        var (repaired, asked) = (0, 0)
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
            var repair = Repair()
            for name in slow.names where UInt.random(in: 0..<3, using: &generator) == 0 {
                repair.parents[name] = slow.names.randomElement(using: &generator)
            }
            if UInt.random(in: 0..<4, using: &generator) == 0 {
                repair.current = slow.names.randomElement(using: &generator)
            }
            var copy = domain
            if (try? copy.carryOut(.repair(repair))) == nil {
                repair = Repair()
                try copy.carryOut(.repair(repair))
            } else if !repair.parents.isEmpty {
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
                    try #require(after.parent == repair.parents[name], place)
                    checkpoint.parent = after.parent
                    repaired += 1
                }
                try #require(after == checkpoint, place)
            }
            for cycle in slow.cycles {
                let moved = cycle.filter {
                    copy.graph.parentName(of: $0) != slow.checkpoints[$0]?.parent
                }
                let isAsked = moved.contains { repair.parents[$0] != nil }
                let shown = slow.cuts.intersection(cycle)
                try #require(
                    isAsked
                        ? moved.allSatisfy { repair.parents[$0] != nil } : shown == Set(moved),
                    place)
            }
            let claims = slow.claims.count > 1 ? slow.inOrder(Array(slow.claims)).last : nil
            try #require(
                copy.graph.current == repair.current ?? claims ?? slow.recordedCurrent, place)
            try #require(copy.carryOut(.repair(repair)) == "", place)
        }
        #expect(min(repaired, asked) > 150, "seed \(seed)")
    }
}

struct RepairingTextTests {
    @Test("A parent is given as NAME=PARENT, once for each checkpoint")
    func parents() throws {
        var repair = Repair()
        try repair.addParent("c4=c2")
        try repair.addParent("-x=a.b")
        #expect(repair.parents == ["c4": "c2", "-x": "a.b"])
        for text in ["", "=", "a", "a=", "=b", "a=b=c", "c4=c3"] {
            let error = #expect(throws: MomentlogError.self) { try repair.addParent(text) }
            #expect(error?.code == .usage)
        }
        #expect(repair.parents == ["c4": "c2", "-x": "a.b"])
    }
}
