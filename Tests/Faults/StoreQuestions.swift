import EventLog
import Foundation
import Momentlog
import Moments
import SQLiteEventLog

/// Questions to a store, and what they are answered with.
struct StoreQuestions: Sendable {
    /// An answer.
    enum Answer: Equatable, Sendable {
        case text(String)
        /// The log says that it is damaged, altered or not to be read.
        case failure(String)

        init(_ error: MomentlogError) {
            let codes: [MomentlogError.Code] = [
                .corrupt, .storage, .behindHead, .tooNew, .outcomeUnknown, .busy,
            ]
            self =
                codes.contains(error.code)
                ? .failure("\(error.code): \(error.message)") : .text("error \(error.code)")
        }
    }

    /// The answers, by question.
    typealias Answers = [String: Answer]

    /// Names and UUIDs, those of the past included.
    private let domains: [String]
    private let checkpoints: [(domain: String, name: CheckpointName)]
    private let moments: [Int]
    private let requests: [String]
    private let definitions: [DefinitionDigest]

    /// Finds out what can be asked.
    ///
    /// - Parameter requests: The idempotency keys that may be known.
    init(_ store: CheckpointStore, requests: [String]) async throws(MomentlogError) {
        var domains: Set<String> = []
        var checkpoints: [String: (String, CheckpointName)] = [:]
        var definitions: Set<DefinitionDigest> = []
        var size = 0
        for try await line in try await store.events() {
            let recorded = try line.event()
            size = recorded.sequence
            guard let domain = recorded.domain else { continue }
            domains.insert(domain.text)
            if case .domainDefined(name: _, uuid: let uuid, definition: let digest) = recorded.event
            {
                if let uuid { domains.insert(uuid.description) }
                if let digest { definitions.insert(digest) }
            }
            if let name = recorded.event.checkpointName {
                checkpoints["\(domain) \(name)"] = (domain.text, name)
            }
        }
        self.domains = domains.sorted()
        self.checkpoints = checkpoints.sorted { $0.key < $1.key }.map { $0.value }
        moments = [1, size / 4, size / 2, size * 3 / 4, size - 1].filter { $0 > 0 }
        self.requests = requests + ["late-1", "late-2"]
        self.definitions = definitions.sorted { $0.hexadecimal < $1.hexadecimal }
    }

    /// Which questions are asked.
    enum Extent {
        case all
        /// What is the case now, without times and hashes: these differ where the same was
        /// appended at another time.
        case present
    }

    /// Opens a store to read, and asks.
    func ask(_ path: String, _ extent: Extent = .all) async -> Answers {
        do throws(MomentlogError) {
            let log = try await SQLiteEventLog.open(
                path: path, options: .init(createsStore: false, access: .read))
            let answers = await ask(CheckpointStore(log: log), log, extent)
            await log.close()
            return answers
        } catch {
            return ["open": Answer(error)]
        }
    }

    private func ask(
        _ store: CheckpointStore, _ log: SQLiteEventLog, _ extent: Extent
    ) async -> Answers {
        var answers: Answers = [:]
        func ask(
            _ question: String, _ body: () async throws(MomentlogError) -> String
        ) async {
            do throws(MomentlogError) {
                answers[question] = .text(try await body())
            } catch {
                answers[question] = Answer(error)
            }
        }
        await ask("log") { () throws(MomentlogError) in
            try await Self.lines(store, EventFilter(), extent)
        }
        await ask("newest") { () throws(MomentlogError) in
            try await Self.lines(store, EventFilter(newest: 2), extent)
        }
        await ask("settings") { () throws(MomentlogError) in "\(try await store.settings())" }
        await ask("domains") { () throws(MomentlogError) in
            try await store.domains().map(Self.text).joined(separator: "\n")
        }
        await ask("findings") { () throws(MomentlogError) in
            "\(try await store.findings())"
        }
        await ask("requests") { () throws(MomentlogError) in
            try await log.requests(requests).sorted { $0.name < $1.name }.map(Self.text)
                .joined(separator: "\n")
        }
        for domain in domains {
            await ask("list \(domain)") { () throws(MomentlogError) in
                Self.text(try await store.domain(DomainReference(domain)))
            }
        }
        guard extent == .all else { return answers }
        await ask("head") { () throws(MomentlogError) in try await store.head().text }
        for digest in definitions {
            await ask("definition \(digest)") { () throws(MomentlogError) in
                String(decoding: try await store.definition(digest), as: UTF8.self)
            }
        }
        for moment in moments {
            await ask("domains at \(moment)") { () throws(MomentlogError) in
                try await store.domains(at: .sequence(moment)).map(Self.text)
                    .joined(separator: "\n")
            }
        }
        for domain in domains {
            await ask("log \(domain)") { () throws(MomentlogError) in
                try await Self.lines(store, EventFilter(domain: DomainReference(domain)), extent)
            }
            for moment in moments {
                await ask("list \(domain) at \(moment)") { () throws(MomentlogError) in
                    Self.text(
                        try await store.domain(DomainReference(domain), at: .sequence(moment)))
                }
            }
        }
        for (domain, name) in checkpoints {
            await ask("history \(domain) \(name)") { () throws(MomentlogError) in
                try await store.history(of: name, in: DomainReference(domain)).lives.map { life in
                    life.steps.map { "\($0.recorded.sequence) \($0.change)" }
                        .joined(separator: ", ") + " \(life.hasEnded)"
                }.joined(separator: "\n")
            }
        }
        return answers
    }

    private static func lines(
        _ store: CheckpointStore, _ filter: EventFilter, _ extent: Extent
    ) async throws(MomentlogError) -> String {
        var lines: [String] = []
        for try await line in try await store.events(filter) {
            guard extent != .all else {
                lines.append(line.text)
                continue
            }
            let event = try line.event()
            lines.append(
                "\(event.sequence) \(event.commit) \(event.revision) \(event.domain ?? "-")"
                    + " \(event.provenance) \(event.origin) \(event.event)")
        }
        return lines.joined(separator: "\n")
    }

    private static func text(_ entry: DomainEntry) -> String {
        "\(entry.name) \(entry.uuid?.description ?? "-") \(entry.isLive)"
    }

    private static func text(_ request: RequestRecord) -> String {
        "\(request.name) \(Data(request.fingerprint).base64EncodedString()) \(request.domain)"
            + " \(request.commit ?? 0)"
            + " \(request.sequences.map { "\($0)" } ?? "-") \(request.revision)"
    }

    private static func text(_ domain: Domain) -> String {
        let graph = domain.graph
        var lines = [
            "\(domain.name) \(domain.uuid?.description ?? "-") \(domain.isLive)"
                + " \(domain.revision) \(domain.definition?.hexadecimal ?? "-")",
            "\(graph.current ?? "-") \(graph.recordedCurrent ?? "-") \(graph.currentClaims)",
        ]
        for name in graph.names(Listing(.all, order: .topological)) ?? [] {
            guard let checkpoint = graph.checkpoint(named: name) else { continue }
            let disks = checkpoint.disks.map { "\($0.name) \($0.mode) \($0.bitmap ?? "-")" }
            lines.append(
                "\(name) \(checkpoint.parent ?? "-") \(graph.parentName(of: name) ?? "-")"
                    + " \(checkpoint.creationTime) \(checkpoint.description ?? "-") \(disks)"
                    + " \(checkpoint.definition?.hexadecimal ?? "-") \(graph.health(of: name))")
        }
        lines += graph.findings(domain: DomainReference(domain.name)).map {
            "\($0.kind) \($0.checkpoints)"
        }
        return lines.joined(separator: "\n")
    }
}
