import CheckpointXML
import Foundation
import Momentlog
import Moments
import TestSupport

/// Carries out a history on both sides, and finds where they first disagree.
struct PeerComparison {
    let peer: LibvirtPeer

    /// Where and how the two sides disagree.
    struct Disagreement: CustomStringConvertible {
        var step: Int
        var what: String

        var description: String { "at step \(step): \(what)" }
    }

    /// How a history came out.
    struct Outcome {
        var disagreement: Disagreement?
        var accepted = 0
        /// How often each of libvirt's codes was given.
        var refused: [Int: Int] = [:]
    }

    private static let submission = Submission(actor: "peer")

    func run(_ history: [PeerOperation]) async throws -> Outcome {
        let definitions = try peer.reset(PeerDomains.all.map(\.definition))
        let folder = try TemporaryFolder("peer")
        let store = try await CheckpointStore.open(at: folder.path("store.db"))
        for guest in PeerDomains.all {
            try await store.define(
                SourceDocument(definitions[guest.name] ?? ""), by: Self.submission)
        }
        var outcome = Outcome()
        for (step, operation) in history.enumerated() {
            let theirs = try peer.perform(request(operation, definitions))
            let ours = await answer(to: operation, store, definitions, after: theirs)
            if theirs.ok {
                outcome.accepted += 1
            } else {
                outcome.refused[theirs.code ?? 0, default: 0] += 1
            }
            var what = Self.difference(theirs, ours)
            if what == nil {
                what = Self.difference(
                    try peer.state(of: operation.domain),
                    try await Self.state(of: operation.domain, store))
            }
            if let what {
                outcome.disagreement = Disagreement(step: step, what: "\(operation): \(what)")
                break
            }
        }
        await store.close()
        return outcome
    }

    // MARK: Operations

    private func request(
        _ operation: PeerOperation, _ definitions: [String: String]
    ) -> [String: String] {
        switch operation {
        case .create(let domain, xml: let xml):
            ["ask": "create", "domain": domain, "xml": xml]
        case .redefine(let domain, let metadata):
            ["ask": "redefine", "domain": domain, "xml": Self.xml(metadata, domain, definitions)]
        case .delete(let domain, checkpoint: let name, let scope):
            ["ask": "delete", "domain": domain, "checkpoint": name, "scope": scope.rawValue]
        }
    }

    private static func xml(
        _ metadata: PeerOperation.Metadata, _ domain: String, _ definitions: [String: String]
    ) -> String {
        var definition = ""
        if let kind = metadata.definition, let own = definitions[domain] {
            let uuid = "11111111-2222-3333-4444-999999999999"
            definition =
                switch kind {
                case .own: own
                case .foreign:
                    own.replacing(/<uuid>.*<\/uuid>/, with: "<uuid>\(uuid)</uuid>")
                case .renamed: own.replacing(/<name>.*<\/name>/, with: "<name>other</name>")
                }
        }
        return "<domaincheckpoint>\(metadata.before)\(definition)</domaincheckpoint>"
    }

    private func answer(
        to operation: PeerOperation, _ store: CheckpointStore, _ definitions: [String: String],
        after theirs: LibvirtPeer.Answer
    ) async -> Result<CommandOutcome, MomentlogError> {
        do throws(MomentlogError) {
            var instruction: Instruction
            switch operation {
            case .create(let domain, xml: let xml):
                instruction = try .create(
                    SourceDocument(xml), in: DomainReference(domain), by: Self.submission)
                instruction.creationTime = Self.time(of: theirs).map { CreationTime(seconds: $0) }
            case .redefine(let domain, let metadata):
                let xml = Self.xml(metadata, domain, definitions)
                instruction = try .redefine(
                    [SourceDocument(xml)], in: DomainReference(domain), by: Self.submission)
            case .delete(let domain, checkpoint: let name, let scope):
                instruction = .delete(
                    CheckpointName(name), including: scope, from: DomainReference(domain),
                    by: Self.submission)
            }
            return .success(try await store.perform(instruction))
        } catch {
            return .failure(error)
        }
    }

    /// The time at which libvirt created a checkpoint, or would have: it stands for the
    /// name of one that has none.
    private static func time(of answer: LibvirtPeer.Answer) -> Int64? {
        let reported = answer.xml?.firstMatch(of: /<creationTime>(\d+)<\/creationTime>/)?.1
        let taken = answer.message?.firstMatch(of: /domain moment (\d+) already exists/)?.1
        return (reported ?? taken).flatMap { Int64($0) }
    }

    // MARK: Differences

    private static func difference(
        _ theirs: LibvirtPeer.Answer, _ ours: Result<CommandOutcome, MomentlogError>
    ) -> String? {
        switch ours {
        case .success(let outcome):
            guard theirs.ok else {
                return "libvirt refuses (\(theirs.code ?? 0), \(theirs.message ?? "")), we do not"
            }
            let name = theirs.checkpoint ?? outcome.checkpoint?.text
            return outcome.checkpoint?.text == name
                ? nil : "libvirt names \(name ?? "-"), we \(outcome.checkpoint ?? "-")"
        case .failure(let error):
            guard !theirs.ok, let code = theirs.code else {
                return "we refuse (\(error.code), \(error)), libvirt does not"
            }
            guard LibvirtCode.ours[code]?.contains(error.code) == true else {
                return "libvirt's \(code) (\(theirs.message ?? "")) is our \(error.code) (\(error))"
            }
            // libvirt names another member of the cycle, and the schema's errors no place.
            guard let reason = LibvirtCode.reason(theirs), error.code != .parentCycle,
                error.code != .invalidXML
            else { return nil }
            return error.message.contains(reason)
                ? nil : "libvirt says '\(reason)', we '\(error.message)'"
        }
    }

    static func state(
        of domain: String, _ store: CheckpointStore
    ) async throws -> LibvirtPeer.State {
        let graph = try await store.graph(of: DomainReference(domain))
        func names(_ listing: Listing) -> [String] {
            (graph.names(listing) ?? []).map(\.text).sorted()
        }
        var state = LibvirtPeer.State(
            names: names(Listing()), roots: names(Listing(.roots)),
            leaves: names(Listing(leaves: .only)), parents: [:], descendants: [:], documents: [:])
        let writer = CheckpointWriter()
        for moment in graph.list() ?? [] {
            let checkpoint = moment.checkpoint
            let name = checkpoint.name.text
            state.parents[name] = .some(checkpoint.parent?.text)
            state.descendants[name] = names(Listing(.descendants(of: checkpoint.name)))
            state.documents[name] = String(
                decoding: writer.document(of: checkpoint), as: UTF8.self)
        }
        return state
    }

    static func difference(
        _ theirs: LibvirtPeer.State, _ ours: LibvirtPeer.State
    ) -> String? {
        theirs == ours ? nil : "libvirt has \(theirs), we have \(ours)"
    }
}
