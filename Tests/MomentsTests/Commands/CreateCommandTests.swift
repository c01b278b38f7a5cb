import Moments
import Testing

struct CreateCommandTests {
    @Test("The parent is the current checkpoint, and the new one becomes current")
    func parentIsCurrent() throws {
        var domain = try Domain.guest()
        var words: [String] = []
        for name in ["c1", "c2", "c3"] {
            words.append(
                try domain.carryOut(.create(CheckpointRequest(name: CheckpointName(name)))))
        }
        #expect(
            words == [
                "created c1, current c1", "created c2<-c1, current c2",
                "created c3<-c2, current c3",
            ])
        #expect(domain.graph.tree == "c1 .c2 ..c3")
        #expect(domain.graph.current == "c3")
    }

    @Test(
        "With none current the new checkpoint is a root, with another current below that",
        arguments: [(nil, "created c"), ("a", "created c<-a"), ("b", "created c<-b")])
    func parent(current: String?, words: String) throws {
        var domain = try Domain.guest("a b<-a", current: current)
        #expect(
            try domain.carryOut(.create(CheckpointRequest(name: "c"))) == words + ", current c")
    }

    @Test("The event holds all that was asked for, the time and the domain's definition")
    func content() throws {
        let request = CheckpointRequest(
            name: "c1", description: "before the upgrade", disks: .sketch("vda"))
        let events = try decide(
            .create(request), for: .guest("a", current: "a"), in: .guest(at: 1_700_000_000))
        let checkpoint = Checkpoint(
            name: "c1", description: "before the upgrade", parent: "a",
            creationTime: 1_700_000_000,
            disks: [Disk(name: "vda", bitmap: "c1"), Disk(name: "vdb", mode: .no)],
            definition: Guest.definition)
        #expect(events == [.checkpointCreated(checkpoint), .currentSet("c1")])
    }

    @Test("An empty description is recorded as nil")
    func emptyDescription() {
        #expect(CheckpointRequest(description: "") == CheckpointRequest())
        #expect(CheckpointRequest(description: " ").description == " ")
    }

    @Test("Without a name the creation time in seconds is the name", arguments: [0, 1_700_000_000])
    func noName(time: Int64) throws {
        let events = try decide(.create(CheckpointRequest()), for: .guest(), in: .guest(at: time))
        #expect(events.words == "created \(time), current \(time)")
        guard case .checkpointCreated(let checkpoint) = events[0] else { return }
        #expect(checkpoint.disks.words == "vda:\(time) vdb:\(time)")
        #expect(checkpoint.creationTime.seconds == time)
    }

    @Test("Two without a name in one second: the second is refused")
    func noNameTwice() throws {
        var domain = try Domain.guest()
        try domain.carryOut(.create(CheckpointRequest()))
        domain.expectRefusal(
            .create(CheckpointRequest()), .exists, "domain moment 100 already exists")
    }

    @Test("A time before 1970 is refused")
    func negativeTime() throws {
        for name: CheckpointName? in ["c1", nil] {
            try Domain.guest().expectRefusal(
                .create(CheckpointRequest(name: name)), in: .guest(at: -1), .usage, "-1")
        }
    }

    @Test(
        "Names that libvirt accepts are accepted",
        arguments: [
            "a..b", "-x", "a.xml", "a.xml.new", "_", "0", String(repeating: "n", count: 247),
        ])
    func names(name: String) throws {
        var domain = try Domain.guest()
        try domain.carryOut(.create(CheckpointRequest(name: CheckpointName(name))))
        #expect(domain.graph.current?.text == name)
    }

    @Test(
        "Names that libvirt refuses are refused, and those that it fails to write as a file",
        arguments: [
            "a/b", ".a", "", "a b", "a\n", "é", "a:b", "%s", ".", "..",
            String(repeating: "n", count: 248),
        ])
    func refusedNames(name: String) throws {
        try Domain.guest().expectRefusal(
            .create(CheckpointRequest(name: CheckpointName(name))), .invalidXML,
            "the checkpoint's name")
    }

    @Test("The name of a bitmap that only looks like the checkpoint's is refused")
    func similarBitmap() throws {
        // KELVIN SIGN, which Swift's strings take for a K.
        let disk = Disk(name: "vda", bitmap: "\u{212A}")
        try Domain.guest().expectRefusal(
            .create(CheckpointRequest(name: "K", disks: [disk])), .bitmapName,
            "must match checkpoint name 'K'")
    }

    @Test("A name that is taken is refused")
    func taken() throws {
        let domain = try Domain.guest("c1 c2<-c1", current: "c2")
        for name: CheckpointName in ["c1", "c2"] {
            domain.expectRefusal(
                .create(CheckpointRequest(name: name)), .exists,
                "domain moment \(name) already exists")
        }
    }

    @Test("A name that was deleted can be used again")
    func nameOfDeleted() throws {
        var domain = try Domain.guest("c1 c2<-c1", current: "c2")
        try domain.carryOut(.delete("c2", .checkpoint))
        #expect(
            try domain.carryOut(.create(CheckpointRequest(name: "c2")))
                == "created c2<-c1, current c2")
    }

    @Test("Ours: while the definition is not known, or its disks, it is refused")
    func noDefinition() throws {
        let message = "the definition of domain 'vm1' is not known"
        let create = Command.create(CheckpointRequest(name: "c1", disks: .sketch("vda")))
        try Domain.guest(definition: nil).expectRefusal(create, .noDefinition, message)
        try Domain.guest().expectRefusal(create, in: .guest(disks: nil), .noDefinition, message)
    }

    @Test(
        "While the graph has an error create is refused, and the message names the error",
        arguments: [
            ("b<-x", "'b'"), ("a<-b b<-a", "2 checkpoints are each other's ancestors"),
            ("a<-a", "'a' names itself"), ("a* b*", "claim to be current"),
        ])
    func inconsistent(sketch: String, message: String) throws {
        for domain in try [Domain.guest(sketch), .guest(sketch, definition: nil)] {
            let create = Command.create(CheckpointRequest(name: "c1"))
            domain.expectRefusal(create, .inconsistent, "domain 'vm1' are inconsistent")
            domain.expectRefusal(create, .inconsistent, message)
        }
    }

    @Test("Warnings do not keep it back")
    func warnings() throws {
        // b is older than its parent, and libvirt would take b as current.
        var domain = try Domain.guest("a@5 b@2<-a", current: "a")
        #expect(domain.graph.faults.count == 2)
        try domain.carryOut(.create(CheckpointRequest(name: "c")))
        #expect(domain.graph.tree == "a .b .c")
    }
}
