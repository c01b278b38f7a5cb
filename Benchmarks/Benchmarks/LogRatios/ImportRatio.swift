import CRaw
import CheckpointXML
import Foundation
import Momentlog
import Moments

/// Taking over a folder of 10 000 files, beside a C program that reads, parses and inserts them.
struct ImportRatio {
    let folder: String

    private static let files = 10_000
    private static let definition = Array(
        ("<domain type='kvm'>\n    <name>vm</name>\n"
            + "    <uuid>5d2ac5b4-3f3c-4b4e-8b0e-0d6f7c1a2b3c</uuid>\n    <devices>\n"
            + "      <disk type='file' device='disk'>\n        <driver name='qemu' type='qcow2'/>\n"
            + "        <source file='/images/vda.qcow2'/>\n        <target dev='vda'/>\n"
            + "      </disk>\n"
            + String(
                repeating:
                    "      <interface type='network'>\n"
                    + "        <mac address='52:54:00:00:00:01'/>\n      </interface>\n",
                count: 16) + "    </devices>\n  </domain>").utf8)

    func print() async throws {
        let library = folder + "/vm"
        try write(to: library)
        // The raw program inserts into a store that has the schema and one event.
        let empty = folder + "/empty.db"
        let store = try await CheckpointStore.open(at: empty)
        try await store.define(
            SourceDocument(String(decoding: Self.definition, as: UTF8.self)),
            by: Submission(actor: "import@host"))
        await store.close()
        let (ours, theirs) = (folder + "/import.db", folder + "/raw-import.db")
        try await Paired(name: "import of 10 000 files / C, time", goal: "<= 2").print {
            for suffix in ["", ".head", "-wal", "-shm"] {
                try? FileManager.default.removeItem(atPath: ours + suffix)
            }
            let store = try await CheckpointStore.open(at: ours)
            let report = try await store.importLibraries(
                at: [library], by: Submission(actor: "import@host"))
            precondition(report.domains.first?.imported.count == Self.files)
            await store.close()
        } per: {
            for suffix in ["", "-wal", "-shm"] {
                try? FileManager.default.removeItem(atPath: theirs + suffix)
            }
            try FileManager.default.copyItem(atPath: empty, toPath: theirs)
            guard let raw = raw_open(theirs) else { throw CocoaError(.fileReadUnknown) }
            precondition(raw_import(library, raw) == Self.files)
            raw_close(raw)
        }
    }

    private func write(to library: String) throws {
        try FileManager.default.createDirectory(
            atPath: library, withIntermediateDirectories: false)
        let writer = CheckpointWriter(writesFileHeader: true)
        for index in 0..<Self.files {
            let name: CheckpointName = "nightly-\(index)"
            let checkpoint = Checkpoint(
                name: name, parent: index == 0 ? nil : "nightly-\(index - 1)",
                creationTime: CreationTime(seconds: 1_700_000_000 + Int64(index)),
                disks: [Disk(name: "vda", bitmap: name.text)]
            )
            try Data(writer.document(of: checkpoint, domain: Self.definition))
                .write(to: URL(fileURLWithPath: "\(library)/\(name).xml"))
        }
    }
}
