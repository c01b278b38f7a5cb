import CheckpointXML
import Foundation
import ImageReports
import Momentlog
import Moments

extension RandomCallMaker {
    /// Calls the model, which knows no store.
    func callModel() throws {
        let domain = arguments.domainValue()
        let (graph, name) = (domain.graph, arguments.checkpoint())
        let (number, zone) = (arguments.int64(), arguments.zone())
        switch Int.random(in: 0..<17, using: &arguments.random) {
        case 0:
            let listing = arguments.listing()
            try callNow("list \(listing)") { (graph.list(listing), graph.names(listing)) }
        case 1:
            try callNow("queries of \(name)") {
                _ = (graph.contains(name), graph.checkpoint(named: name), graph.health(of: name))
                _ = (graph.moment(named: name), graph.detachedParent(of: name))
                return graph.replacedTime(of: name)
            }
        case 2:
            try callNow("tree from \(name)") {
                try graph.forEachInTree(from: arguments.maybe { $0.checkpoint() }) {
                    _ throws(MomentlogError) in
                }
            }
        case 3:
            try callNow("findings") {
                (
                    graph.findings(domain: DomainReference(name.text)), graph.redefinitionOrder(),
                    graph.current
                )
            }
        case 4:
            let retention = try arguments.retention()
            try callNow("choices of \(retention), \(number)") {
                graph.choices(of: retention, now: CreationTime(seconds: number), zone: zone)
            }
        case 5:
            let patterns = arguments.list { $0.text() }
            try callNow("names matching \(patterns)") { try graph.names(matching: patterns) }
        case 6:
            let command = command()
            var context = DecisionContext(
                creationTime: CreationTime(seconds: number),
                images: arguments.maybe { $0.report() },
                expectedRevision: arguments.maybe { $0.int() })
            context.zone = zone
            context.past = arguments.maybe { $0.domainValue() }
            try callNow("decide \(command)") {
                var after = domain
                try after.apply(contentsOf: decide(command, for: domain, in: context))
                return after
            }
        case 7:
            let capacity = arguments.int()
            try callNow("reserveCapacity \(capacity)") {
                var graph = MomentGraph()
                graph.reserveCapacity(capacity)
            }
        case 8:
            let time = Timestamp(microseconds: number)
            let digits = arguments.int()
            try callNow("rfc3339 of \(number) with \(digits)") {
                Timestamp(rfc3339: time.rfc3339(fractionDigits: digits))
            }
        case 9:
            let text = arguments.text()
            try callNow("times of \(text)") {
                _ = Timestamp(rfc3339: text)
                _ = try? RetentionAge(text)
                return try When(
                    text, now: Timestamp(microseconds: number), zone: zone,
                    dateBound: arguments.flag() ? .start : .end)
            }
        case 10:
            let (text, other) = (arguments.text(), arguments.text())
            try callNow("names \(text), \(other)") {
                _ = (DomainUUID(text), DefinitionDigest(hexadecimal: text))
                _ = (CheckpointName.fault(in: text, limit: Int(number)), DomainName.fault(in: text))
                _ = (
                    DomainName.isSame(text, other), NamePattern(text).matches(CheckpointName(other))
                )
                try CheckpointRequest(name: CheckpointName(text), description: other)
                    .checkPrintable()
            }
        case 11:
            let other = arguments.domainValue()
            try callNow("difference") { GraphDifference(from: domain, to: other) }
        case 12:
            let report = arguments.report()
            try callNow("reconcile \(report)") {
                let found = Reconciliation(of: graph, with: report)
                for judgement in found.judgements {
                    _ = found.remedies(for: judgement, in: DomainReference(name.text))
                }
            }
        case 13:
            let observed = ObservedDomain(
                name: name.text, checkpoints: arguments.list { $0.checkpointValue() })
            let evidence = Evidence(
                isPersistent: arguments.flag(), isActive: arguments.flag(),
                time: arguments.maybe { $0.timestamp() })
            let pull = Pull(observed, evidence, acceptsGone: arguments.flag())
            try callNow("pull \(observed)") {
                _ = DomainComparison(graph, observed, evidence)
                return try decide(
                    pull, for: domain,
                    in: DecisionContext(creationTime: CreationTime(seconds: number)))
            }
        case 14:
            let events = arguments.list { $0.event() }
            try callNow("nameReuses by \(events)") { domain.nameReuses(by: events) }
        case 15:
            let text = arguments.text()
            try callNow("addParent \(text)") {
                var repair = Repair()
                try repair.addParent(text)
            }
        default:
            let text = arguments.text()
            try callNow("errors with \(text)") {
                (
                    MomentlogError.noCheckpoint(CheckpointName(text)).description,
                    MomentlogError.noDomain(DomainReference(text))
                )
            }
        }
    }

    private func command() -> Command {
        let name = arguments.checkpoint()
        switch Int.random(in: 0..<11, using: &arguments.random) {
        case 0: return .create(CheckpointRequest(name: name, disks: arguments.list { $0.disk() }))
        case 1: return .redefine(arguments.list { Redefinition($0.checkpointValue()) })
        case 2:
            return .record(
                arguments.list { Redefinition($0.checkpointValue()) },
                current: arguments.maybe { $0.checkpoint() })
        case 3: return .delete(name, arguments.pick(DeletionScope.allCases))
        case 4: return .deleteEach(arguments.list { $0.checkpoint() })
        case 5: return .setCurrent(arguments.maybe { $0.checkpoint() })
        case 6: return .repair(Repair(parents: [name: arguments.checkpoint()], current: name))
        case 7: return .observe(arguments.report())
        case 8: return .revert(to: arguments.when())
        case 9: return .rename(to: arguments.text())
        default: return .undefine(deletingCheckpoints: arguments.flag())
        }
    }

    /// Calls the readers and writers of documents and reports.
    func callReaders() throws {
        let bytes = arguments.bytes()
        let shown = String(decoding: bytes, as: UTF8.self)
        let limits = Limits(
            bytes: arguments.int(), depth: arguments.int(), disks: arguments.int(),
            nameBytes: arguments.int())
        switch Int.random(in: 0..<6, using: &arguments.random) {
        case 0:
            let purpose = arguments.pick([CheckpointReader.Purpose.creation, .request, .record])
            try callNow("read \(purpose), \(limits): \(shown)") {
                _ = try? CheckpointReader(limits: limits).read(bytes, as: purpose)
                _ = try? CheckpointReader().read(bytes, as: purpose)
            }
        case 1:
            try callNow("read domain, \(limits): \(shown)") {
                _ = try? DomainReader(limits: limits).read(bytes)
                return DomainSecrets.removed(from: bytes)
            }
        case 2:
            let checkpoint = arguments.checkpointValue()
            try callNow("write \(checkpoint)") {
                CheckpointWriter().document(of: checkpoint, domain: bytes)
            }
        case 3: try callNow("chain in \(shown)") { try QemuImgInfo.chain(in: bytes) }
        case 4: try callNow("nodes in \(shown)") { try NamedBlockNodes(in: bytes) }
        default:
            try callNow("lines \(shown)") {
                _ = InstructionLine.read(bytes, submission: Submission(actor: "someone"))
                return try SourceDocument(bytes).request(limits: limits)
            }
        }
    }
}
