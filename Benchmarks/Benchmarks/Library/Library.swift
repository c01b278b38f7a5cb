import Benchmark
import CheckpointXML
import Foundation
import Momentlog
import Moments

/// The library's main paths over a chain of checkpoints in memory and on disk.
let benchmarks: @Sendable () -> Void = {
    Benchmark.defaultConfiguration = .init(
        metrics: [.wallClock, .cpuTotal, .peakMemoryResident, .throughput],
        maxDuration: .seconds(3), maxIterations: 200)

    let length = 1_000

    Benchmark("build a graph of a chain of 1 000") { benchmark in
        let events = chain(length).map { Event.checkpointRedefined($0, claimsCurrent: false) }
        benchmark.startMeasurement()
        var graph = MomentGraph()
        try graph.apply(contentsOf: events)
        blackHole(graph.count)
    }

    Benchmark("read 1 000 documents") { benchmark in
        let writer = CheckpointWriter(writesFileHeader: true)
        let documents = chain(length).map { writer.document(of: $0, domain: definition) }
        let reader = CheckpointReader()
        benchmark.startMeasurement()
        for document in documents { blackHole(try reader.read(document, as: .record)) }
    }

    Benchmark("write 1 000 documents") { benchmark in
        let checkpoints = chain(length)
        let writer = CheckpointWriter(writesFileHeader: true)
        benchmark.startMeasurement()
        for checkpoint in checkpoints {
            blackHole(writer.document(of: checkpoint, domain: definition))
        }
    }

    Benchmark("replay a domain of 1 000 events from the store") { benchmark in
        let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
        defer { try? FileManager.default.removeItem(at: folder) }
        let library = folder.appending(path: "vm")
        try FileManager.default.createDirectory(at: library, withIntermediateDirectories: true)
        for checkpoint in chain(length) {
            try Data(CheckpointWriter().document(of: checkpoint))
                .write(to: library.appending(path: "\(checkpoint.name).xml"))
        }
        let store = try await CheckpointStore.open(at: folder.appending(path: "store.db").path)
        try await store.importLibraries(
            at: [library.path], by: Submission(actor: "benchmark"))
        benchmark.startMeasurement()
        blackHole(try await store.graph(of: "vm").count)
        benchmark.stopMeasurement()
        await store.close()
    }
}

/// A chain of checkpoints, each the child of the one before.
func chain(_ length: Int) -> [Checkpoint] {
    (0..<length).map { index in
        Checkpoint(
            name: "nightly-\(index)", parent: index == 0 ? nil : "nightly-\(index - 1)",
            creationTime: CreationTime(seconds: 1_700_000_000 + Int64(index)),
            disks: [Disk(name: "vda", mode: .bitmap, bitmap: "nightly-\(index)")])
    }
}

/// A definition of a usual size: about 2 kB.
let definition = Array(
    ("<domain type='kvm'>\n    <name>vm</name>\n    <devices>\n"
        + String(
            repeating:
                "      <interface type='network'><mac address='52:54:00:00:00:01'/></interface>\n",
            count: 25) + "    </devices>\n  </domain>").utf8)
