import Momentlog
import Moments
import TestSupport
import Testing

/// A row of a table of what libvirt does: what is done to a guest, and what comes of it.
struct Row: Sendable, CustomTestStringConvertible {
    enum Step: Sendable {
        case create(String, at: Int64? = nil)
        case redefine(String)
        case delete(CheckpointName, DeletionScope = .checkpoint)
        case setCurrent(CheckpointName?)
    }

    enum Result: Sendable {
        /// The graph as ``MomentGraph/sketch`` draws it.
        case graph(String)
        case refused(MomentlogError.Code, String)
    }

    /// The row's own words.
    var words: String
    var guest = Row.guest
    var before: [Step] = []
    var step: Step
    var result: Result
    /// The checkpoint that is inspected, its disks, and what its document holds.
    var checkpoint: CheckpointName = "x"
    var disks: String?
    var prints: [String] = []
    var printsNot: [String] = []

    var testDescription: String { words }

    static let uuid = "aaaaaaaa-aaaa-aaaa-aaaa-aaaaaaaaaaaa"

    /// Two disks that can be written.
    static let guest = CheckpointText.guest("vm1")

    /// Beside the one that can be covered, one that is read-only and an empty drive.
    static let readOnlyGuest = guest(
        disk("vda"), disk("vdb", inside: "<readonly/>"),
        "<disk type='file' device='cdrom'><target dev='hda' bus='ide'/></disk>")

    /// Beside a qcow2 image a raw one.
    static let rawGuest = guest(disk("vda"), disk("vdb", format: "raw"))

    static func guest(_ disks: String...) -> String {
        "<domain type='test'><name>vm1</name><uuid>\(uuid)</uuid>"
            + "<devices>\(disks.joined())</devices></domain>"
    }

    static func disk(_ target: String, format: String = "qcow2", inside: String = "") -> String {
        "<disk type='file' device='disk'><driver name='qemu' type='\(format)'/>"
            + "<source file='/img/\(target).\(format)'/><target dev='\(target)' bus='virtio'/>"
            + "\(inside)</disk>"
    }

    static func document(_ inside: String) -> String {
        "<domaincheckpoint>\(inside)</domaincheckpoint>"
    }

    /// A document to create x from, with these disks.
    static func disks(_ inside: String) -> String {
        document("<name>x</name><disks>\(inside)</disks>")
    }

    /// A document to redefine from.
    static func record(_ name: String, _ parent: String? = nil, _ extra: String = "") -> String {
        CheckpointText.document(name, parent: parent, extra: extra, disks: "")
    }

    /// Creates checkpoints that have only names.
    static func created(_ names: String...) -> [Step] {
        names.enumerated().map { index, name in
            .create(document("<name>\(name)</name>"), at: Int64(100 + index))
        }
    }

    // MARK: Running

    func run() async throws {
        let fixture = try await StoreFixture()
        let by = StoreFixture.submission
        try await fixture.store.define(SourceDocument(guest), by: by)
        for step in before { try await Self.perform(step, fixture.store) }
        let files = try fixture.files
        switch result {
        case .refused(let code, let message):
            let error = await #expect(throws: MomentlogError.self) {
                try await Self.perform(step, fixture.store)
            }
            #expect(error?.code == code)
            #expect(error?.message.contains(message) == true, "\(error?.message ?? "")")
            #expect(error?.hint != nil)
            #expect(try fixture.files == files)
        case .graph(let sketch):
            try await Self.perform(step, fixture.store)
            #expect(try await fixture.store.graph(of: "vm1").sketch == sketch)
            try await check(fixture.store)
            let reopened = try await fixture.reopened()
            #expect(try await reopened.graph(of: "vm1").sketch == sketch)
            try await check(reopened)
            await reopened.close()
        }
    }

    private func check(_ store: CheckpointStore) async throws {
        let graph = try await store.graph(of: "vm1")
        #expect(graph.brokenInvariants() == [])
        if let disks { #expect(graph.checkpoint(named: checkpoint)?.diskSketch == disks) }
        guard !prints.isEmpty || !printsNot.isEmpty else { return }
        let text = String(
            decoding: try await store.document(of: checkpoint, in: "vm1", parts: .everything),
            as: UTF8.self)
        for part in prints { #expect(text.contains(part), "\(text)") }
        for part in printsNot { #expect(!text.contains(part), "\(text)") }
    }

    static func perform(_ step: Step, _ store: CheckpointStore) async throws {
        let by = StoreFixture.submission
        switch step {
        case .create(let xml, let time):
            guard let time else {
                try await store.create(SourceDocument(xml), in: "vm1", by: by)
                return
            }
            var instruction = try Instruction.create(SourceDocument(xml), in: "vm1", by: by)
            instruction.creationTime = CreationTime(seconds: time)
            try await store.perform(instruction)
        case .redefine(let xml):
            try await store.redefine([SourceDocument(xml)], in: "vm1", by: by)
        case .delete(let name, let scope):
            try await store.delete(name, including: scope, from: "vm1", by: by)
        case .setCurrent(let name):
            try await store.setCurrent(name, in: "vm1", by: by)
        }
    }
}

extension MomentGraph {
    /// Each checkpoint with its parent, parents first, and the current one: `c1 c2<-c1 *c2`.
    var sketch: String {
        let names = names(Listing(.all, order: .topological)) ?? []
        let links = names.map { name in
            name.text + (checkpoint(named: name)?.parent.map { "<-\($0)" } ?? "")
        }
        return (links + ["*\(current ?? "-")"]).joined(separator: " ")
    }
}

extension Checkpoint {
    /// Each disk with its bitmap, or with no: `vda=x vdb=no`.
    var diskSketch: String {
        disks.map { "\($0.name)=\($0.mode == .no ? "no" : $0.bitmap ?? "?")" }
            .joined(separator: " ")
    }
}
