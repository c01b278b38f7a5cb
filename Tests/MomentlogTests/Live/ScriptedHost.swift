import CheckpointXML
import Libvirt
import Momentlog
import Moments
import Synchronization
import TestSupport

/// A libvirt that does what a test says: it can fail, change between calls, and lie.
final class ScriptedHost: LibvirtHost {
    /// A call before it is answered.
    enum Call: Sendable, Equatable {
        case domains, state, definition, list
        case document(CheckpointName), redefine(CheckpointName)
        case deleteMetadata(CheckpointName), delete(CheckpointName)
        case monitor

        var isWrite: Bool {
            switch self {
            case .redefine, .deleteMetadata, .delete: true
            default: false
            }
        }
    }

    /// A domain with its checkpoints' documents, parents first.
    struct Guest: Sendable {
        var listed: ListedDomain
        var state = DomainState(isActive: true, isPersistent: true, id: 1)
        var definition: String
        var documents: [Observation.Document] = []
        /// The document after the one that was read last: they are read in their order.
        var cursor = 0
        /// The checkpoints without a sound bitmap.
        var broken: Set<CheckpointName> = []
    }

    struct Content: Sendable {
        var guests: [Guest] = []
        var calls: [Call] = []
        /// The redefinitions that are answered well and not done.
        var isLying = false

        /// Changes the first domain.
        subscript(documents names: [CheckpointName]) -> [Observation.Document] {
            guests.first?.documents.filter { names.contains($0.checkpoint) } ?? []
        }
    }

    /// Called before each answer, with the number of the call from 0; what it throws is the answer.
    typealias Script = @Sendable (inout Content, Call, Int) -> LibvirtFailure?

    let connection: LibvirtConnection
    let isReadOnly: Bool
    private let content: Mutex<Content>
    private let script = Mutex(Held(script: { _, _, _ in nil }))

    /// A closure in a mutex of its own gains a layer with each access.
    private struct Held: Sendable {
        var script: Script
    }

    init(
        _ guests: [Guest], isReadOnly: Bool = false, host: String = "here",
        uri: String = "qemu:///system"
    ) {
        connection = LibvirtConnection(uri: uri, host: host, version: "9.0.0")
        self.isReadOnly = isReadOnly
        content = Mutex(Content(guests: guests))
    }

    func follow(_ script: @escaping Script) { self.script.withLock { $0.script = script } }

    func change(_ body: (inout Content) -> Void) { content.withLock { body(&$0) } }

    var calls: [Call] { content.withLock { $0.calls } }

    private func answer<Value: Sendable>(
        _ call: Call, _ body: (inout Content) -> Result<Value, LibvirtFailure>
    ) throws(LibvirtFailure) -> Value {
        let script = script.withLock { $0.script }
        let result: Result<Value, LibvirtFailure> = content.withLock { content in
            let number = content.calls.count
            content.calls.append(call)
            if let failure = script(&content, call, number) { return .failure(failure) }
            return body(&content)
        }
        return try result.get()
    }

    private func with<Value: Sendable>(
        _ call: Call, _ domain: DomainUUID,
        _ body: (inout Guest) -> Result<Value, LibvirtFailure>
    ) throws(LibvirtFailure) -> Value {
        try answer(call) { content in
            guard let index = content.guests.firstIndex(where: { $0.listed.uuid == domain })
            else { return .failure(LibvirtFailure(42, "no domain")) }
            return body(&content.guests[index])
        }
    }

    func domains(withCheckpoints: Bool) async throws(LibvirtFailure) -> [ListedDomain] {
        try answer(.domains) { content in
            .success(
                content.guests.filter { !withCheckpoints || !$0.documents.isEmpty }
                    .map(\.listed))
        }
    }

    func state(of domain: DomainUUID) async throws(LibvirtFailure) -> DomainState {
        try with(.state, domain) { .success($0.state) }
    }

    func definition(of domain: DomainUUID) async throws(LibvirtFailure) -> String {
        try with(.definition, domain) { .success($0.definition) }
    }

    func checkpoints(of domain: DomainUUID) async throws(LibvirtFailure) -> [CheckpointName] {
        try with(.list, domain) { .success($0.documents.map(\.checkpoint)) }
    }

    func document(
        of checkpoint: CheckpointName, in domain: DomainUUID
    ) async throws(LibvirtFailure) -> String {
        try with(.document(checkpoint), domain) { guest in
            if !guest.documents.indices.contains(guest.cursor)
                || guest.documents[guest.cursor].checkpoint != checkpoint
            {
                guard let index = guest.documents.firstIndex(where: { $0.checkpoint == checkpoint })
                else { return .failure(LibvirtFailure(103, "no checkpoint")) }
                guest.cursor = index
            }
            guest.cursor += 1
            return .success(guest.documents[guest.cursor - 1].text)
        }
    }

    func redefine(
        _ document: String, in domain: DomainUUID, isValidated: Bool
    ) async throws(LibvirtFailure) {
        guard let read = try? CheckpointReader().read(text: document, as: .record),
            let name = read.name
        else { throw LibvirtFailure(27, "not a checkpoint") }
        let isLying = content.withLock { $0.isLying }
        _ = try with(.redefine(name), domain) { guest -> Result<Bool, LibvirtFailure> in
            if let parent = read.parent,
                !guest.documents.contains(where: { $0.checkpoint == parent })
            {
                return .failure(LibvirtFailure(8, "parent \(parent) not found"))
            }
            if isValidated, guest.broken.contains(name) {
                return .failure(
                    LibvirtFailure(109, "missing or broken bitmap '\(name)' for disk 'vda'"))
            }
            if isLying { return .success(true) }
            let new = Observation.Document(checkpoint: name, text: document)
            if let index = guest.documents.firstIndex(where: { $0.checkpoint == name }) {
                guest.documents[index] = new
            } else {
                guest.documents.append(new)
            }
            return .success(true)
        }
    }

    func deleteMetadata(
        of checkpoint: CheckpointName, in domain: DomainUUID
    ) async throws(LibvirtFailure) {
        _ =
            try with(.deleteMetadata(checkpoint), domain) { guest in
                let count = guest.documents.count
                guest.documents.removeAll { $0.checkpoint == checkpoint }
                return guest.documents.count < count
                    ? .success(true) : .failure(LibvirtFailure(103, "no checkpoint"))
            } as Bool
    }

    func delete(_ checkpoint: CheckpointName, in domain: DomainUUID) async throws(LibvirtFailure) {
        _ =
            try with(.delete(checkpoint), domain) { guest in
                let count = guest.documents.count
                guest.documents.removeAll { $0.checkpoint == checkpoint }
                return guest.documents.count < count
                    ? .success(true) : .failure(LibvirtFailure(103, "no checkpoint"))
            } as Bool
    }

    func monitor(_ command: String, of domain: DomainUUID) async throws(LibvirtFailure) -> String {
        try with(.monitor, domain) { _ in .failure(LibvirtFailure(55, "no monitor")) }
    }

    func close() async {}
}

extension ScriptedHost.Guest {
    /// A guest with a chain of checkpoints: `c1@5 c2@6<-c1`.
    init(_ name: String = "vm", digit: Character = "a", _ sketch: String = "") throws {
        let uuid = String(repeating: digit, count: 32)
        guard let uuid = DomainUUID(uuid) else { throw LibvirtFailure(0, "no uuid") }
        self.init(
            listed: ListedDomain(name: name, uuid: uuid),
            definition: CheckpointText.guest(name, digit: digit))
        self.set(sketch)
    }

    /// Replaces the checkpoints.
    mutating func set(_ sketch: String) {
        documents = sketch.split(separator: " ").map { word in
            let link = word.split(separator: "<-").map(String.init)
            let parts = link[0].split(separator: "@").map(String.init)
            return Observation.Document(
                checkpoint: CheckpointName(parts[0]),
                text: CheckpointText.document(
                    parts[0], parent: link.count > 1 ? link[1] : nil, time: Int(parts[1]) ?? 0,
                    disks: "<disks><disk name='vda' checkpoint='bitmap' bitmap='\(parts[0])'/>"
                        + "<disk name='vdb' checkpoint='bitmap' bitmap='\(parts[0])'/></disks>"))
        }
    }
}
