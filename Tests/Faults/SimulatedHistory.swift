import EventLog
import Foundation
import Momentlog
import Moments
import TestSupport

/// One history as it happens. It is a class because it owns open stores.
final class SimulatedHistory {
    private(set) var commandCount = 0
    private(set) var faultCount = 0
    private(set) var resolvedCount = 0

    private var folder: FastFolder?
    private var clients: [CheckpointStore?] = []
    private var domains: [String: PlainDomain] = [:]
    /// The requests that were carried out, in their order.
    private var requests: [String] = []
    private var number = 0
    private var isArmed = false

    /// Lets things happen; returns what went wrong, if anything did.
    func run(_ actions: [Simulation.Action]) async -> String? {
        do {
            folder = try FastFolder()
            clients = [CheckpointStore?](repeating: nil, count: Simulation.clientCount)
            for (index, action) in actions.enumerated() {
                do {
                    try await perform(action)
                } catch {
                    _ = disarm()
                    await closeAll()
                    return "action \(index) (\(action)): \(error)"
                }
            }
            _ = disarm()
            try await checkAll()
            await closeAll()
            return nil
        } catch {
            await closeAll()
            return "at the end: \(error)"
        }
    }

    private func closeAll() async {
        for client in clients { await client?.close() }
        clients = [CheckpointStore?](repeating: nil, count: Simulation.clientCount)
    }

    private func disarm() -> Bool {
        guard isArmed else { return false }
        isArmed = false
        let failed = FailingCall.disarm() > 0
        if failed { faultCount += 1 }
        return failed
    }

    private func perform(_ action: Simulation.Action) async throws {
        switch action {
        case .fault(let call, let nth, let isForEver):
            _ = disarm()
            call.arm(nth, isForEver: isForEver)
            isArmed = true
        case .reopen(let client):
            await clients[client]?.close()
            clients[client] = nil
        case .kill: try await kill()
        case .compact(let client):
            guard !domains.isEmpty else { return }
            _ = try await trying(client) { store in _ = try await store.compact() }
        case .look(let client, let domain):
            let name = "vm\(domain)"
            guard let expected = domains[name] else { return }
            let found = try await trying(client) { store in
                PlainDomain(try await store.graph(of: DomainReference(name)))
            }
            guard found == expected else {
                throw HarnessFailure("\(name) is \(found), and should be \(expected)")
            }
        case .command(let client, let kind, let choice):
            try await command(client, kind, choice)
        }
    }

    private func store(_ client: Int) async throws -> CheckpointStore {
        if let open = clients[client] { return open }
        guard let folder else { throw HarnessFailure("there is no folder") }
        let opened = try await CheckpointStore.open(at: folder.store)
        clients[client] = opened
        return opened
    }

    /// Does something; if it fails and a fault was the cause, again without faults.
    private func trying<Value>(
        _ client: Int, _ body: (CheckpointStore) async throws -> Value
    ) async throws -> Value {
        do {
            return try await body(try await store(client))
        } catch {
            guard disarm() else { throw error }
            if let error = error as? MomentlogError, error.code == .outcomeUnknown {
                resolvedCount += 1
                await clients[client]?.close()
                clients[client] = nil
            }
            return try await body(try await store(client))
        }
    }

    /// What processes leave behind that die at once, with what the kernel has of their files.
    private func kill() async throws {
        guard let dead = folder else { return }
        let left = try FastFolder()
        try left.replace(with: try dead.files())
        _ = disarm()
        await closeAll()
        folder = left
    }

    private func command(_ client: Int, _ kind: Int, _ choice: Int) async throws {
        number += 1
        let name = "vm\(choice % Simulation.domainCount)"
        var submission = Submission(actor: "client \(client)")
        submission.request = "r\(number)"
        let domain = domains[name]
        let (instruction, after) = try Self.instruction(
            number, name, domain, kind, choice / Simulation.domainCount, submission)
        commandCount += 1
        guard let after else { return try await expectRefusal(client, instruction) }
        let outcome = try await trying(client) { store in try await store.perform(instruction) }
        guard outcome.commit == requests.count + 1 else {
            throw HarnessFailure("it became commit \(outcome.commit ?? 0)")
        }
        requests.append("r\(number)")
        domains[name] = after
    }

    private func expectRefusal(_ client: Int, _ instruction: Instruction) async throws {
        do {
            _ = try await trying(client) { store in try await store.perform(instruction) }
        } catch let error as MomentlogError {
            guard [.exists, .noCheckpoint, .noDomain].contains(error.code) else { throw error }
            return
        }
        throw HarnessFailure("it was not refused")
    }

    /// A command, and what there is after it; nil if it has to be refused.
    private static func instruction(
        _ number: Int, _ name: String, _ known: PlainDomain?, _ kind: Int, _ choice: Int,
        _ submission: Submission
    ) throws -> (Instruction, PlainDomain?) {
        guard var domain = known else {
            // Sometimes somebody comes too early.
            if kind == 0 {
                return (.delete("none", from: DomainReference(name), by: submission), nil)
            }
            let digit = name.last ?? "0"
            return (
                try .define(
                    SourceDocument(CheckpointText.guest(name, digit: digit)), by: submission),
                PlainDomain()
            )
        }
        let names = domain.parents.keys.sorted()
        let chosen = names.isEmpty ? nil : names[choice % names.count]
        switch kind {
        case 0:
            guard let chosen else { break }
            return (
                .create(CheckpointRequest(name: chosen), in: DomainReference(name), by: submission),
                nil
            )
        case 1:
            return (
                .delete("none", including: .children, from: DomainReference(name), by: submission),
                nil
            )
        case 2, 3:
            guard let chosen else { break }
            domain.delete(chosen)
            return (.delete(chosen, from: DomainReference(name), by: submission), domain)
        case 4:
            guard names.count > 8, let chosen else { break }
            domain.deleteSubtree(chosen)
            return (
                .delete(chosen, including: .children, from: DomainReference(name), by: submission),
                domain
            )
        case 5:
            guard let chosen, !domain.children(of: chosen).isEmpty else { break }
            domain.deleteChildren(chosen)
            return (
                .delete(
                    chosen, including: .childrenOnly, from: DomainReference(name), by: submission),
                domain
            )
        case 6:
            guard chosen != domain.current else { break }
            domain.current = chosen
            return (.setCurrent(chosen, in: DomainReference(name), by: submission), domain)
        case 7, 8:
            let parent = choice.isMultiple(of: 5) ? nil : chosen
            domain.redefine("x\(number)", parent: parent)
            let document = CheckpointText.document(
                "x\(number)", parent: parent?.text, time: 1_700_000_000 + number)
            return (
                try .redefine(
                    [SourceDocument(document)], in: DomainReference(name), by: submission), domain
            )
        default: break
        }
        domain.create("c\(number)")
        return (
            .create(
                CheckpointRequest(name: "c\(number)"), in: DomainReference(name), by: submission),
            domain
        )
    }

    /// Holds all that there is against the model.
    private func checkAll() async throws {
        let store = try await store(0)
        guard !domains.isEmpty else { return }
        guard try await store.plainDomains() == domains else {
            throw HarnessFailure("the graphs are not as the plain model has them")
        }
        let content = try await StoreContent(store)
        guard content.commits.compactMap(\.request) == requests else {
            throw HarnessFailure("the log does not hold the requests, each once, in their order")
        }
        let verification = try await store.verify()
        if let fault = verification.faultsOfRecord.first { throw HarnessFailure(fault.message) }
    }
}
