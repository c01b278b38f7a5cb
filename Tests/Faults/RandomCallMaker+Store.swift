import CheckpointXML
import EventLog
import Foundation
import Momentlog
import Moments

extension RandomCallMaker {
    /// Asks the store something.
    func callStore() async throws {
        let (domain, checkpoint) = (DomainReference(arguments.domain()), arguments.checkpoint())
        let (when, number, flag) = (arguments.when(), arguments.int(), arguments.flag())
        let zone = arguments.zone()
        let domains = arguments.list { DomainReference($0.domain()) }
        switch Int.random(in: 0..<27, using: &arguments.random) {
        case 0: try await call("domain \(domain)") { try await store.domain(domain) }
        case 1:
            try await call("domain \(domain) at \(when)") {
                try await store.domain(domain, at: when)
            }
        case 2: try await call("domains at \(when)") { try await store.domains(at: when) }
        case 3:
            try await call("domains at \(when), \(flag)") {
                try await store.domains(at: when, includingUndefined: flag)
            }
        case 4: try await call("position at \(when)") { try await store.position(at: when) }
        case 5: try await call("head at \(when)") { try await store.head(at: when) }
        case 6: try await call("line \(number)") { try await store.line(number) }
        case 7:
            let filter = filter()
            try await call("readEvents \(filter)") {
                var left = 500
                try await store.readEvents(filter) { _ throws(MomentlogError) in
                    left -= 1
                    return left > 0
                }
            }
        case 8:
            let filter = filter()
            try await call("events \(filter)") {
                for try await line in try await store.events(filter) { _ = try line.event() }
            }
        case 9:
            let filter = filter()
            let interval = Duration.microseconds(arguments.int64())
            try await call("follow \(filter) every \(interval)") {
                _ = try await store.follow(filter, every: interval)
            }
        case 10:
            let to = arguments.maybe { $0.when() }
            try await call("difference of \(domain) from \(when) to \(String(describing: to))") {
                try await store.difference(of: domain, from: when, to: to)
            }
        case 11:
            try await call("history of \(checkpoint) in \(domain)") {
                try await store.history(of: checkpoint, in: domain)
            }
        case 12:
            try await call("findings of \(domains) at \(when)") {
                try await store.findings(of: domains, at: when)
            }
        case 13:
            try await call("findings of \(domains)") { try await store.findings(of: domains) }
        case 14:
            let kept = head()
            try await call("verify against \(kept.text)") { try await store.verify(against: kept) }
        case 15:
            let disk = arguments.maybe { $0.text() }
            try await call("document of \(checkpoint) in \(domain), \(String(describing: disk))") {
                try await store.document(of: checkpoint, in: domain, withoutDisk: disk)
            }
        case 16: try await call("status of \(domains)") { try await store.status(of: domains) }
        case 17:
            let retention = try arguments.retention()
            try await call("pruning of \(domain), \(retention)") {
                try await store.pruning(of: domain, keeping: retention, zone: zone)
            }
        case 18:
            let request = arguments.text()
            try await call("outcome of \(request)") {
                try await store.outcome(ofRequest: request)
            }
        case 19:
            try await call("plan of revert of \(domain) to \(when)") {
                try await store.plan(revertOf: domain, to: when)
            }
        case 20:
            let report = arguments.report()
            try await call("reconcile \(domain) with \(report)") {
                let found = try await store.reconcile(domain, with: report)
                for judgement in found.reconciliation.judgements {
                    _ = (found.remedies(for: judgement), found.message(of: judgement))
                }
            }
        case 21:
            let path = path()
            try await call("compare \(domains) with \(path)") {
                try await store.compare(domains, with: path)
            }
        case 22:
            let path = path()
            let options = ExportOptions(
                includesDomain: flag, isFlat: arguments.flag(), replaces: arguments.flag(),
                writesChecksums: arguments.flag(), isDryRun: arguments.flag())
            try await call("export \(domains) at \(when) to \(path), \(options)") {
                try await store.export(domains, at: when, to: path, options: options)
            }
        case 23:
            let path = path()
            try await call("backup to \(path)") { try await store.backup(to: path) }
        case 24:
            let instructions = instructions()
            try await call("plan \(instructions)") {
                for instruction in instructions { _ = try await store.plan(instruction) }
            }
        case 25:
            try await call("snapshots of \(domains)") {
                try await store.keepSnapshots(of: domains, rebuilding: flag)
            }
        default:
            let text = arguments.text()
            try await call("When(\(text))") { try When(text, now: .init(seconds: 0), zone: zone) }
        }
    }

    /// Changes the store, or is refused.
    func changeStore() async throws {
        switch Int.random(in: 0..<5, using: &arguments.random) {
        case 0:
            let line = Array(line().utf8)
            let submission = arguments.submission()
            try await call("apply \(String(decoding: line, as: UTF8.self))") {
                try await store.perform(InstructionLine.decode(line, submission: submission))
            }
        case 1:
            let paths = paths()
            let options = ImportOptions(
                domain: arguments.maybe { DomainReference($0.domain()) },
                isStrict: arguments.flag(),
                isDryRun: arguments.flag(), replaces: arguments.flag(),
                limits: Limits(
                    bytes: arguments.int(), depth: arguments.int(), disks: arguments.int(),
                    nameBytes: arguments.int()), time: arguments.maybe { $0.timestamp() })
            let submission = arguments.submission()
            try await call("import \(paths), \(options), \(submission)") {
                try await store.importLibraries(at: paths, options: options, by: submission)
            }
        default:
            let instructions = instructions()
            try await call("perform \(instructions)") { await store.perform(instructions) }
        }
    }

    func filter() -> EventFilter {
        EventFilter(
            domain: arguments.maybe { DomainReference($0.domain()) },
            checkpoints: arguments.list { $0.checkpoint() },
            kinds: Set(arguments.list { $0.pick(Event.Kind.allCases) }),
            actors: arguments.list { $0.text() },
            origins: Set(arguments.list { $0.pick(Origin.Channel.allCases) }),
            commits: Set(arguments.list { $0.int() }), patterns: arguments.list { $0.text() },
            since: arguments.maybe { $0.when() }, until: arguments.maybe { $0.when() },
            isReversed: arguments.flag(), limit: arguments.maybe { $0.int() },
            newest: arguments.maybe { $0.int() })
    }

    func head() -> StoreHead {
        StoreHead(origin: arguments.text(), size: arguments.int(), root: arguments.bytes())
    }

    /// A path in the folder: nothing outside of it is written to.
    private func path() -> String {
        let name = arguments.pick(["out", "copy.db", "store.db", "in/vm0", ".", "store.db-wal"])
        return arguments.flag()
            ? folder.url.appending(path: name).path
            : folder.url.path + "/x" + arguments.text().filter { $0 != "/" && $0 != "." }
    }

    private func paths() -> [String] {
        (0..<Int.random(in: 0...3, using: &arguments.random)).map { _ in path() }
    }

    private func line() -> String {
        let command = arguments.pick([
            "create", "record", "redefine", "define", "delete", "set-current", "rename", "repair",
            "revert", "undefine", "observe", arguments.text(),
        ])
        let words = [
            "domain", "checkpoint", "scope", "name", "to", "at", "expect", "actor", "request",
            "xml",
            "reparent", "current", "checkpoints", arguments.text(),
        ]
        let fields = arguments.list { arguments in
            let values = [
                "null", "\(arguments.int64())", "true", "1e999", "-0.5", "[]", "{}",
                "\"\(arguments.text())\"", "\"\(arguments.checkpoint())\"", "[\"c1\",\"c1\"]",
            ]
            return ",\"\(arguments.pick(words))\":\(arguments.pick(values))"
        }
        return "{\"command\":\"\(command)\",\"domain\":\"\(arguments.domain())\"\(fields.joined())}"
    }

    private func instructions() -> [Instruction] {
        (0..<Int.random(in: 1...3, using: &arguments.random)).compactMap { _ in instruction() }
    }

    private func instruction() -> Instruction? {
        let (domain, checkpoint) = (DomainReference(arguments.domain()), arguments.checkpoint())
        let by = arguments.submission()
        switch Int.random(in: 0..<14, using: &arguments.random) {
        case 0, 1, 2:
            var instruction = Instruction.create(
                CheckpointRequest(
                    name: arguments.maybe { $0.checkpoint() },
                    description: arguments.maybe { $0.text() }, disks: arguments.list { $0.disk() }),
                in: domain, by: by)
            if arguments.flag() {
                instruction.creationTime = CreationTime(seconds: arguments.int64())
            }
            return instruction
        case 3:
            return try? .redefine(arguments.list { $0.source() }, in: domain, by: by)
        case 4:
            return try? .record(
                arguments.list { $0.source() }, in: domain,
                makingCurrent: arguments.maybe { $0.checkpoint() }, by: by)
        case 5:
            return .acknowledge(
                arguments.pick(Finding.Kind.allCases), of: checkpoint, in: domain, by: by)
        case 6:
            return .delete(
                checkpoint, including: arguments.pick(DeletionScope.allCases), from: domain, by: by)
        case 7: return .delete(arguments.list { $0.checkpoint() }, from: domain, by: by)
        case 8: return .setCurrent(arguments.maybe { $0.checkpoint() }, in: domain, by: by)
        case 9:
            let parents = arguments.list { ($0.checkpoint(), $0.checkpoint()) }
            return .repair(
                Repair(
                    parents: Dictionary(parents) { first, _ in first },
                    current: arguments.maybe { $0.checkpoint() }), in: domain, by: by)
        case 10:
            return .observe(
                arguments.report(), at: arguments.maybe { $0.int64() }, in: domain, by: by)
        case 11: return try? .define(arguments.source(), by: by)
        case 12: return .revert(domain, to: arguments.when(), by: by)
        default:
            return arguments.flag()
                ? .rename(domain, to: arguments.domain(), by: by)
                : .undefine(domain, deletingCheckpoints: arguments.flag(), by: by)
        }
    }
}
