import EventLog
import Foundation
import Momentlog
import Moments
import TestSupport

/// Flips one bit, or cuts off the end, of what was exported: a folder of checkpoints, and the
/// log's lines beside a kept head.
struct BundleDamage {
    let seed: UInt64
    let count: Int

    /// The outcome of one trial.
    private enum Effect: String, CaseIterable {
        case reported
        case harmless
        case quiet = "imported differently, and nothing reported"
    }

    func run() async throws -> [Tally] {
        let folder = try FastFolder()
        let workload = try Workload(seed: 5, count: 60, domains: 3)
        let store = try await CheckpointStore.open(at: folder.store)
        for step in workload.steps { try await store.perform(step.instruction) }
        let lines = try await store.lines()
        let head = try await store.head().text
        var tallies: [Tally] = []
        var plain: [String] = []
        for hasSums in [false, true] {
            let output = folder.url.appending(path: "out")
            try await store.export(
                try await store.domains().map(\.reference), to: output.path,
                options: ExportOptions(replaces: true, writesChecksums: hasSums))
            let damaged = try await folders(output, hasSums: hasSums)
            if hasSums {
                tallies += damaged
            } else {
                // Only counted: without checksums, nothing there could report the damage.
                for tally in damaged {
                    plain += tally.remarks.map { "\(tally.name): \($0) of \(tally.tried)" }
                }
            }
        }
        await store.close()
        tallies[0].remarks += plain
        let log = Data(lines.map { $0 + "\n" }.joined().utf8)
        for cuts in [false, true] {
            tallies.append(try trials(of: log, Data(head.utf8), cuts: cuts))
        }
        return tallies
    }

    // MARK: A folder of checkpoints

    private func folders(_ output: URL, hasSums: Bool) async throws -> [Tally] {
        let folder = try FastFolder()
        try FileManager.default.copyItem(at: output, to: folder.url.appending(path: "out"))
        let files = try folder.everything()
        guard case (let right, false) = try await imported(folder) else {
            throw HarnessFailure("what was exported cannot be imported undamaged")
        }
        let order = files.filter { $0.key.hasSuffix("/ORDER") }
        var tallies: [Tally] = []
        for cuts in [false, true] {
            var tally = Tally(
                "\(cuts ? "cuts" : "flipped bits"), export"
                    + (hasSums ? " with SHA256SUMS" : " without checksums"))
            var random = SplitMix64(seed: seed)
            var effects: [Effect: Int] = [:]
            for _ in 0..<(cuts ? count / 5 : count) {
                let (damaged, label) = Self.damaged(files, cuts: cuts, &random)
                try folder.replaceEverything(with: damaged)
                let (found, isReported) = try await imported(folder)
                // An import takes the current pointer from ORDER, and people go by its order.
                let isRight =
                    found == right && damaged.filter { $0.key.hasSuffix("/ORDER") } == order
                let effect: Effect = isReported ? .reported : isRight ? .harmless : .quiet
                effects[effect, default: 0] += 1
                var trial = Trial()
                if effect == .quiet && hasSums { trial.failures.append(effect.rawValue) }
                tally.count(trial, "seed \(seed), \(label)")
            }
            tally.remarks += Self.remarks(effects)
            tallies.append(tally)
        }
        return tallies
    }

    /// What an import of the folder yields, and whether it reports anything.
    private func imported(
        _ folder: FastFolder
    ) async throws -> ([String: [[UInt8]]], isReported: Bool) {
        let target = try FastFolder()
        let store = try await CheckpointStore.open(at: target.store)
        let report: ImportReport
        do {
            report = try await store.importLibraries(
                at: [folder.url.appending(path: "out").path],
                by: Submission(actor: "harness"))
        } catch {
            await store.close()
            return ([:], true)
        }
        var found: [String: [[UInt8]]] = [:]
        for domain in try await store.domains() {
            let graph = try await store.domain(domain).graph
            for name in graph.names() ?? [] {
                found[domain.name, default: []].append(
                    try await store.document(of: name, in: domain.reference, parts: .everything))
            }
        }
        await store.close()
        // The restored current may be another than libvirt's choice, without any damage.
        let findings = (report.findings + report.domains.flatMap(\.findings))
            .filter { $0.kind != .libvirtCurrentDiffers }
        return (found, report.hasProblems || !findings.isEmpty)
    }

    // MARK: The log's lines

    private func trials(of log: Data, _ head: Data, cuts: Bool) throws -> Tally {
        var tally = Tally("\(cuts ? "cuts" : "flipped bits"), log as lines and its head")
        var random = SplitMix64(seed: seed)
        let folder = try FastFolder()
        let files = ["log": log, "head": head]
        var effects: [Effect: Int] = [:]
        for _ in 0..<(cuts ? count / 5 : count) {
            let (damaged, label) = Self.damaged(files, cuts: cuts, &random)
            try folder.replaceEverything(with: damaged)
            let kept = StoreHead(String(decoding: damaged["head"] ?? Data(), as: UTF8.self))
            let found = try kept.map {
                try ExportedLog.verify(
                    contentsOf: folder.url.appending(path: "log").path, against: $0)
            }
            let isSame = Self.events(damaged["log"]) == Self.events(log)
            let effect: Effect =
                found == nil || found?.fault != nil || found?.coverage.later != 0
                ? .reported : isSame ? .harmless : .quiet
            effects[effect, default: 0] += 1
            var trial = Trial()
            if effect == .quiet { trial.failures.append("the lines differ") }
            tally.count(trial, "seed \(seed), \(label)")
        }
        tally.remarks += Self.remarks(effects)
        return tally
    }

    /// The lines without what may be missing at the end: a line feed.
    private static func events(_ log: Data?) -> Data {
        let log = log ?? Data()
        return log.last == 0x0A ? log.dropLast() : log
    }

    // MARK: Damage

    /// The files, one of them damaged, and what was done to it.
    private static func damaged(
        _ files: [String: Data], cuts: Bool, _ random: inout SplitMix64
    ) -> ([String: Data], label: String) {
        var damaged = files
        let names = files.filter { !$0.value.isEmpty }.keys.sorted()
        let name = names.randomElement(using: &random) ?? ""
        let place = Int.random(in: 0..<(files[name]?.count ?? 1), using: &random)
        if cuts {
            damaged[name] = files[name]?.prefix(place)
        } else {
            damaged[name]?[place] ^= 1 << UInt8.random(in: 0...7, using: &random)
        }
        return (damaged, "\(name) at \(place)")
    }

    private static func remarks(_ effects: [Effect: Int]) -> [String] {
        Effect.allCases.compactMap { effect in effects[effect].map { "\($0) \(effect.rawValue)" } }
    }
}
