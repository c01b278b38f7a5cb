import Moments
import Testing

struct CreateTests {
    @Test("A created checkpoint hangs below the parent that it names")
    func create() throws {
        var graph = MomentGraph()
        try graph.apply(.checkpointCreated(Checkpoint(name: "c1", creationTime: 1)))
        try graph.apply(.checkpointCreated(Checkpoint(name: "c2", parent: "c1", creationTime: 2)))
        #expect(graph.tree == "c1 .c2")
        #expect(graph.count == 2)
        #expect(!graph.isEmpty)
        #expect(graph.contains("c1"))
        #expect(!graph.contains("c3"))
        #expect(graph.brokenInvariants() == [])
    }

    @Test("Creating a checkpoint does not move the pointer: that is a separate event")
    func pointer() throws {
        var graph = try MomentGraph("c1", current: "c1")
        try graph.apply(.checkpointCreated(Checkpoint(name: "c2", parent: "c1", creationTime: 2)))
        #expect(graph.current == "c1")
    }

    @Test("A checkpoint is returned with all of its recorded metadata")
    func wholeCheckpoint() throws {
        let digest = try #require(DefinitionDigest(bytes: [UInt8](repeating: 9, count: 32)))
        let checkpoints = [
            Checkpoint(
                name: "c1", description: "before the update",
                creationTime: CreationTime(seconds: .max),
                disks: [
                    Disk(name: "vda", bitmap: "c1"), Disk(name: "vdb", bitmap: "other"),
                    Disk(name: "vdc"), Disk(name: "vdd", mode: .no),
                    Disk(name: "/a b", mode: .no, bitmap: "c1"),
                ],
                definition: digest),
            Checkpoint(
                name: "c2", parent: "c1", creationTime: 0,
                disks: [Disk(name: "vda", bitmap: "c2")], definition: digest),
            Checkpoint(name: "c3", parent: "nobody", creationTime: -5),
        ]
        var graph = MomentGraph()
        for checkpoint in checkpoints { try graph.apply(.checkpointCreated(checkpoint)) }
        for checkpoint in checkpoints {
            #expect(graph.checkpoint(named: checkpoint.name) == checkpoint)
            #expect(graph.moment(named: checkpoint.name)?.checkpoint == checkpoint)
        }
        #expect(graph.checkpoint(named: "nobody") == nil)
        #expect(graph.moment(named: "nobody") == nil)
    }

    @Test("An empty description is returned as nil, as in libvirt")
    func emptyDescription() {
        #expect(Checkpoint(name: "c1", description: "", creationTime: 1).description == nil)
    }

    @Test("A name that was deleted can be created again, without its past")
    func again() throws {
        var graph = MomentGraph()
        let first = Checkpoint(
            name: "c1", description: "first", creationTime: 1, disks: [Disk(name: "vda")])
        let second = Checkpoint(name: "c1", creationTime: 9)
        try graph.apply(contentsOf: [
            .checkpointCreated(first), .currentSet("c1"), .checkpointDeleted("c1"),
            .checkpointCreated(second),
        ])
        #expect(graph.checkpoint(named: "c1") == second)
        #expect(graph.recordedCurrent == nil)
    }

    @Test("Facts about the domain change nothing in its graph")
    func domainEvents() throws {
        let before = try MomentGraph("c1 c2<-c1", current: "c2")
        var graph = before
        try graph.apply(contentsOf: [
            .domainDefined(name: "vm1", uuid: nil, definition: nil), .domainRenamed(to: "vm2"),
            .domainUndefined,
        ])
        #expect(graph == before)
    }
}

struct RedefineTests {
    @Test("Redefining replaces the checkpoint whole")
    func replaces() throws {
        let digest = try #require(DefinitionDigest(bytes: [UInt8](repeating: 9, count: 32)))
        let old = Checkpoint(
            name: "c1", description: "old", creationTime: 1, disks: [Disk(name: "vda")],
            definition: digest)
        let new = Checkpoint(name: "c1", creationTime: 2, disks: [Disk(name: "vdb", mode: .no)])
        var graph = MomentGraph()
        try graph.apply(.checkpointCreated(old))
        try graph.apply(.checkpointRedefined(new, claimsCurrent: false))
        #expect(graph.checkpoint(named: "c1") == new)
        #expect(graph.count == 1)
    }

    @Test("Redefining one of two similar checkpoints leaves the other unchanged")
    func sharedValues() throws {
        let digest = try #require(DefinitionDigest(bytes: [UInt8](repeating: 9, count: 32)))
        func checkpoint(_ name: String) -> Checkpoint {
            Checkpoint(
                name: CheckpointName(name), creationTime: 1,
                disks: [Disk(name: "vda", bitmap: name)],
                definition: digest)
        }
        var graph = MomentGraph()
        try graph.apply(.checkpointCreated(checkpoint("c1")))
        try graph.apply(.checkpointCreated(checkpoint("c2")))
        let bare = Checkpoint(name: "c1", creationTime: 1)
        try graph.apply(.checkpointRedefined(bare, claimsCurrent: false))
        #expect(graph.checkpoint(named: "c2") == checkpoint("c2"))
        let other = Checkpoint(name: "c3", creationTime: 1, disks: [Disk(name: "sda")])
        try graph.apply(.checkpointRedefined(other, claimsCurrent: false))
        try graph.apply(.checkpointRedefined(checkpoint("c1"), claimsCurrent: false))
        #expect(graph.checkpoint(named: "c1") == checkpoint("c1"))
        #expect(graph.checkpoint(named: "c2") == checkpoint("c2"))
        #expect(graph.checkpoint(named: "c3") == other)
    }

    @Test(
        "A redefined checkpoint takes its children along",
        arguments: [
            ("a b<-a c<-b d<-c", "c<-a", "a .b .c ..d"),
            ("a b<-a c<-b d<-c", "c", "a .b c .d"),
            ("a b<-a c d<-c", "c<-b", "a .b ..c ...d"),
            ("a b<-a", "a", "a .b"),
            ("a b<-a c<-a", "a@9", "a .b .c"),
        ])
    func moves(sketch: String, change: String, tree: String) throws {
        var graph = try MomentGraph(sketch)
        try graph.redefine(change)
        #expect(graph.tree == tree)
        #expect(graph.errors == [])
    }

    @Test(
        "Redefining a checkpoint does not move the pointer: that is a separate event",
        arguments: ["a", "b<-a", "c<-b", "c<-a", "new", "new<-c"])
    func pointer(change: String) throws {
        var graph = try MomentGraph("a b<-a c<-b", current: "b")
        try graph.redefine(change)
        #expect(graph.current == "b")
    }

    @Test("Another creation time moves a checkpoint among its siblings")
    func order() throws {
        var graph = try MomentGraph("a b<-a c<-a d<-a")
        try graph.redefine("b@9<-a")
        #expect(graph.tree == "a .c .d .b")
    }
}
