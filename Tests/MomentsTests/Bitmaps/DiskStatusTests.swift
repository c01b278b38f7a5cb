import Moments
import Testing

struct DiskStatusTests {
    /// A chain of checkpoints that cover vda and vdb, and verdicts on them: `c1 vda valid 7`.
    private func graph(_ names: [CheckpointName], _ verdicts: String...) throws -> MomentGraph {
        var graph = MomentGraph()
        for (index, name) in names.enumerated() {
            try graph.apply(
                .checkpointCreated(
                    Checkpoint(
                        name: name, parent: index == 0 ? nil : names[index - 1],
                        creationTime: CreationTime(seconds: Int64(index)),
                        disks: [
                            Disk(name: "vdb", bitmap: name.text),
                            Disk(name: "vda", bitmap: name.text),
                            Disk(name: "vdc", mode: .no),
                        ])))
        }
        for verdict in verdicts {
            let words = verdict.split(separator: " ").map(String.init)
            try graph.apply(
                .bitmapObserved(
                    BitmapObservation(
                        checkpoint: CheckpointName(words[0]), disk: words[1], bitmap: words[0],
                        verdict: #require(BitmapVerdict(rawValue: words[2])),
                        observationTime: #require(Int64(words[3])))))
        }
        return graph
    }

    private func words(_ graph: MomentGraph) -> [String] {
        graph.diskStatuses.map { disk in
            "\(disk.disk) \(disk.lastInspection.map { String($0) } ?? "never")"
                + (disk.needsFullBackup ? " full" : "")
        }
    }

    @Test("A disk that was not inspected is not known to need a full backup")
    func never() throws {
        #expect(words(try graph(["c1", "c2"])) == ["vda never", "vdb never"])
        #expect(words(MomentGraph()).isEmpty)
    }

    @Test("A disk needs a full backup if all its bitmaps were inspected and none was valid")
    func broken() throws {
        let graph = try graph(
            ["c1", "c2"], "c1 vda missing 7", "c2 vda inconsistent 9", "c1 vdb valid 7",
            "c2 vdb missing 8")
        #expect(words(graph) == ["vda 9 full", "vdb 8"])
    }

    @Test("A checkpoint that was created after the inspection may have a valid bitmap")
    func newer() throws {
        var graph = try graph(["c1", "c2"], "c1 vda missing 7", "c2 vda missing 7")
        #expect(words(graph) == ["vda 7 full", "vdb never"])
        try graph.apply(
            .checkpointCreated(
                Checkpoint(
                    name: "c3", parent: "c2", creationTime: 9, disks: [Disk(name: "vda")])))
        #expect(words(graph) == ["vda 7", "vdb never"])
        try graph.apply(.checkpointDeleted("c3"))
        #expect(words(graph) == ["vda 7 full", "vdb never"])
    }

    @Test("A verdict that is not known is no evidence of loss")
    func unknown() throws {
        #expect(words(try graph(["c1"], "c1 vda unknown 7")) == ["vda 7", "vdb never"])
    }
}
