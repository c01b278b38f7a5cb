import Moments
import TestSupport
import Testing

struct GraphFindingTests {
    @Test(
        "The smallest graph that has a fault, and what is found in it",
        arguments: [
            ("a<-a", ["self-parent a"]),
            ("a@0<-b b@0<-a", ["parent-cycle a b"]),
            ("b@1<-a a@2<-b", ["parent-cycle a b", "child-older-than-parent b"]),
            ("a<-x", ["dangling-parent a"]),
            ("a* b*", ["multiple-current a b"]),
            ("a@2 b@1<-a", ["child-older-than-parent b", "libvirt-current-differs b"]),
            ("a", ["libvirt-current-differs a"]),
        ])
    func smallest(sketch: String, faults: [String]) throws {
        #expect(try MomentGraph(sketch).faults == faults)
    }

    @Test(
        "Its near miss, in which nothing is found",
        arguments: [
            ("", nil), ("a", "a"), ("a b<-a", "b"), ("a@1 b@1<-a", "b"), ("a@-2 b@-1<-a", "b"),
            ("a b", nil), ("a b c<-a d<-b", nil), ("a b<-a c<-a", nil), ("a* b", nil),
        ])
    func nearMisses(sketch: String, current: String?) throws {
        let graph = try MomentGraph(sketch, current: current)
        #expect(graph.faults == [])
        #expect(!graph.hasErrors)
    }

    @Test(
        "Of a checkpoint's disks, those named twice and bitmaps of another name are found",
        arguments: [
            ([], []),
            ([Disk(name: "vda", bitmap: "a"), Disk(name: "vdb", bitmap: "a")], []),
            ([Disk(name: "vda"), Disk(name: "vdb", mode: .no)], []),
            ([Disk(name: "vda", mode: .no, bitmap: "b")], []),
            ([Disk(name: "vda", bitmap: "b")], ["bitmap-name-differs a"]),
            ([Disk(name: "vda"), Disk(name: "vda", mode: .no)], ["duplicate-disk a"]),
            (
                [Disk(name: "vda", bitmap: "b"), Disk(name: "vdb", bitmap: "c")],
                ["bitmap-name-differs a"]
            ),
            (
                ["vdb", "vda", "vda", "vdb", "vda"].map { Disk(name: $0) },
                ["duplicate-disk a", "duplicate-disk a"]
            ),
            (
                [Disk(name: "vda", bitmap: "b"), Disk(name: "vda")],
                ["duplicate-disk a", "bitmap-name-differs a"]
            ),
        ] as [([Disk], [String])])
    func disks(disks: [Disk], faults: [String]) throws {
        var graph = MomentGraph()
        try graph.apply(.checkpointCreated(Checkpoint(name: "a", creationTime: 1, disks: disks)))
        try graph.apply(.currentSet("a"))
        #expect(graph.faults == faults)
        #expect(!graph.hasErrors)
    }

    @Test("Each checkpoint with the same faulty disks is found")
    func sharedDisks() throws {
        var graph = try MomentGraph("r", current: "r")
        for name in ["b", "c", "a"] {
            let disks = [
                Disk(name: "vda", bitmap: "b"), Disk(name: "vda", bitmap: "b"),
            ]
            try graph.apply(
                .checkpointCreated(
                    Checkpoint(
                        name: CheckpointName(name), parent: "r", creationTime: 9, disks: disks)))
        }
        try graph.apply(.currentSet(nil))
        #expect(
            graph.faults == [
                "duplicate-disk a", "duplicate-disk b", "duplicate-disk c",
                "bitmap-name-differs a", "bitmap-name-differs c",
            ])
    }

    @Test(
        "Libvirt's choice is compared with the recorded current",
        arguments: [
            ("a b<-a", nil, ["libvirt-current-differs b"]),
            ("a b<-a", "b", []),
            ("a b<-a", "a", ["libvirt-current-differs a b"]),
            ("a b<-a c<-a", "b", ["libvirt-current-differs b"]),
            ("a b", nil, []),
            ("a b", "a", ["libvirt-current-differs a"]),
        ] as [(String, String?, [String])])
    func libvirtCurrent(sketch: String, current: String?, faults: [String]) throws {
        #expect(try MomentGraph(sketch, current: current).faults == faults)
    }

    @Test("Several faults are found in one pass, sorted, and alike each time")
    func several() throws {
        var graph = MomentGraph()
        try graph.redefine("z@5<-z y@9<-w w@9<-y r@3 p@2<-r* q@1<-r* o<-x n<-x c<-b b<-a a<-c")
        try graph.apply(
            .checkpointRedefined(
                Checkpoint(
                    name: "m", parent: "r", creationTime: 8,
                    disks: [Disk(name: "vda", bitmap: "l"), Disk(name: "vda")]),
                claimsCurrent: false))
        #expect(
            graph.faults == [
                "self-parent z", "parent-cycle a c b", "parent-cycle w y",
                "dangling-parent n", "dangling-parent o", "multiple-current p q",
                "duplicate-disk m", "bitmap-name-differs m",
                "child-older-than-parent b", "child-older-than-parent c",
                "child-older-than-parent p", "child-older-than-parent q",
            ])
        #expect(graph.findings(domain: "vm1") == graph.findings(domain: "vm1"))
        #expect(graph.findings(domain: "vm1") == graph.findings(domain: "vm1").sorted())
    }

    @Test("The same graph built in another order gives the same findings")
    func repeatable() throws {
        let words = "z@5<-z y@9<-w w@9<-y r@3 p@2<-r* q@1<-r* o@4<-x n@4<-x b@6<-b"
            .split(separator: " ")
        let expected = try MomentGraph(words.joined(separator: " ")).findings(domain: "vm1")
        var generator = SplitMix64(seed: 11)
        for _ in 0..<20 {
            let shuffled = words.shuffled(using: &generator).joined(separator: " ")
            #expect(try MomentGraph(shuffled).findings(domain: "vm1") == expected)
        }
    }
}

struct FindingTextTests {
    @Test("Each finding has the domain's name, a sentence with its checkpoints, and a remedy")
    func everyFinding() throws {
        let graph = try MomentGraph("z<-z y@9<-w w@8<-y p* q<-p* o<-x")
        for finding in graph.findings(domain: "my vm") {
            #expect(finding.domain == "my vm")
            #expect(!finding.message.hasSuffix("."))
            let repair = Remedy.Action.repair(domain: "my vm", current: nil)
            let isRepaired = finding.remedies.contains { $0.action == repair }
            #expect(finding.severity == .warning || isRepaired)
            #expect(finding.remedies.allSatisfy { !$0.isDestructive })
            #expect(finding.remedies.map(\.group) == Array(1..<finding.remedies.count + 1))
            for name in finding.checkpoints {
                #expect(finding.message.contains("'\(name)'") || finding.kind == .parentCycle)
            }
        }
    }

    @Test("A cycle's sentence shows it from child to parent, and where it is cut")
    func cycle() throws {
        let message = try MomentGraph("b@1<-a a@2<-c c@3<-b").findings(domain: "vm1")[0].message
        #expect(message.contains("3 checkpoints"))
        #expect(message.contains("a <- c <- b <- a"))
        #expect(message.contains("'a' is shown as a root"))
    }

    @Test("The sentence about a long cycle leaves out its middle, the finding does not")
    func longCycle() throws {
        let names = (10..<60).map { "c\($0)" }
        let sketch = names.indices.map { "\(names[$0])@0<-\(names[($0 + 1) % 50])" }
        let graph = try MomentGraph(sketch.joined(separator: " "))
        let finding = try #require(graph.findings(domain: "vm1").first)
        #expect(finding.checkpoints.map(\.text) == names)
        let ring = "c10 <- c11 <- c12 <- c13 <- c14 <- … <- c58 <- c59 <- c10"
        #expect(finding.message.contains(ring))
    }

    @Test("What is said of libvirt's choice names the recorded current, also among errors")
    func recordedCurrent() throws {
        var graph = try MomentGraph("a b<-a", current: "b")
        try graph.redefine("a* b<-a*")
        let findings = graph.findings(domain: "vm1")
        // Libvirt takes b, and b is what is recorded.
        #expect(findings.map(\.kind) == [.multipleCurrent])

        graph = try MomentGraph("a b<-a", current: "b")
        try graph.redefine("c<-x")
        let finding = try #require(graph.findings(domain: "vm1").last)
        // Libvirt takes none, and b is what is recorded.
        #expect(finding.kind == .libvirtCurrentDiffers)
        #expect(finding.checkpoints == ["b"])
        #expect(finding.message.contains("'b'"))
    }
}
