import CheckpointXML
import Momentlog
import Moments

/// What libvirt and we make of single documents.
struct DocumentComparison {
    static let guest = PeerDomains.all[0]
    /// A checkpoint that is there, for others to descend from.
    static let other =
        "<domaincheckpoint><name>base</name><creationTime>1</creationTime></domaincheckpoint>"

    private let peer: LibvirtPeer
    /// The guest's definition as libvirt prints it.
    let definition: String
    private var domain: Domain

    private static let context = DecisionContext(creationTime: 1)
    private static let submission = Submission(actor: "peer")

    init(peer: LibvirtPeer) throws {
        self.peer = peer
        definition = try peer.reset([Self.guest.definition])[Self.guest.name] ?? ""
        domain = Domain(name: Self.guest.name)
        for instruction in [
            try Instruction.define(SourceDocument(definition), by: Self.submission),
            try Self.redefinition(Self.other),
        ] {
            for event in try decide(instruction.command, for: domain, in: Self.context) {
                try domain.apply(event)
            }
        }
    }

    /// How documents came out.
    struct Outcome {
        /// The first documents on which the two disagree, and how.
        var disagreements: [(place: Int, what: String)] = []
        var accepted = 0
        /// How often each of libvirt's codes was given.
        var refused: [Int: Int] = [:]
        /// How often each of the known differences was seen.
        var exempt: [KnownDifference: Int] = [:]
    }

    func run(_ documents: [String]) throws -> Outcome {
        var outcome = Outcome()
        let answers = try peer.take(documents, in: Self.guest.name, beside: Self.other)
        guard answers.count == documents.count else {
            return Outcome(disagreements: [(0, "\(answers.count) answers")])
        }
        for (place, (document, theirs)) in zip(documents, answers).enumerated() {
            if theirs.ok {
                outcome.accepted += 1
            } else {
                outcome.refused[theirs.code ?? 0, default: 0] += 1
            }
            guard let what = difference(theirs, ours(document)) else { continue }
            if let known = KnownDifference.of(document, theirs, ours(document)) {
                outcome.exempt[known, default: 0] += 1
            } else {
                outcome.disagreements.append((place, what))
            }
        }
        return outcome
    }

    // MARK: Our side

    private static func redefinition(_ text: String) throws(MomentlogError) -> Instruction {
        try .redefine([SourceDocument(text)], in: DomainReference(guest.name), by: submission)
    }

    /// What we print of a document without its domain, or why we refuse it.
    private func ours(_ document: String) -> Result<String, MomentlogError> {
        do throws(MomentlogError) {
            let instruction = try Self.redefinition(document)
            for event in try decide(instruction.command, for: domain, in: Self.context) {
                guard case .checkpointRedefined(let checkpoint, _) = event else { continue }
                let bytes = CheckpointWriter().document(of: checkpoint)
                return .success(String(decoding: bytes, as: UTF8.self))
            }
            return .success("")
        } catch {
            return .failure(error)
        }
    }

    private func difference(
        _ theirs: LibvirtPeer.Answer, _ ours: Result<String, MomentlogError>
    ) -> String? {
        switch (ours, theirs.ok) {
        case (.success(let text), true):
            // As bytes, because to Swift two ways to write a character are one text.
            let xml = theirs.xml ?? ""
            return text.utf8.elementsEqual(xml.utf8)
                ? nil : "libvirt prints\n\(xml.debugDescription), we\n\(text.debugDescription)"
        case (.success, false):
            return "libvirt refuses (\(theirs.code ?? 0), \(theirs.message ?? "")), we do not"
        case (.failure(let error), true):
            return "we refuse (\(error)), libvirt does not"
        case (.failure, false):
            return nil
        }
    }
}
