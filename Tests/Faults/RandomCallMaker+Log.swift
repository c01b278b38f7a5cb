import EventLog
import Foundation
import Momentlog
import Moments
import SQLiteEventLog

extension RandomCallMaker {
    /// Calls the log itself, its codec and its Merkle tree.
    func callLog() async throws {
        let (number, range) = (arguments.int(), arguments.range())
        let store = StoreIdentity(origin: arguments.text())
        let known = try await log.domains()
        let id =
            arguments.flag() && !known.isEmpty
            ? arguments.pick(known).id : DomainEntry.ID(number: arguments.int64(), store: store)
        switch Int.random(in: 0..<16, using: &arguments.random) {
        case 0:
            let query = query(range)
            try await call("page \(query)") {
                let page = try await log.page(query)
                _ = query.following(number, count: page.lines.count)
                for line in page.lines { _ = try query.admits(line) }
            }
        case 1:
            let query = query(range)
            let count = arguments.int()
            try await call("following \(number), \(count) in \(query)") {
                query.following(number, count: count)
            }
        case 2:
            try await call("domains through \(number)") {
                try await log.domains(through: number, bearing: arguments.maybe { $0.domain() })
            }
        case 3:
            try await call("replay \(id) through \(number)") {
                try await log.replay(id, through: number)
            }
        case 4:
            let onto = arguments.maybe { $0.domainValue() }
            try await call("replay \(id) onto \(String(describing: onto?.revision))") {
                try await log.replay(id, onto: onto)
            }
        case 5:
            let position = LogPosition(
                sequence: number, commit: arguments.int(), time: arguments.maybe { $0.timestamp() })
            try await call("head after \(position)") { try await log.head(after: position) }
        case 6:
            let when = arguments.when()
            try await call("position at \(when)") { try await log.position(at: when) }
        case 7:
            let names = arguments.list { $0.text() }
            try await call("requests \(names)") { try await log.requests(names) }
        case 8:
            let commits = (0..<Int.random(in: 0...3, using: &arguments.random)).map { _ in
                commit(id)
            }
            try await call("append \(commits)") { try await log.append(commits) }
        case 9:
            let domain = arguments.domainValue()
            try await call("keepSnapshot of \(id)") { try await log.keepSnapshot(of: domain, id) }
        case 10:
            let limit = Duration.microseconds(arguments.int64())
            try await call("beginTurn within \(limit)") {
                await (try log.beginTurn(within: limit))?.end()
            }
        case 11:
            let kept = head()
            try await call("verify against \(kept.text)") {
                try await log.verify(against: kept) { _ in }
            }
        case 12:
            let line = mutatedLine(try await log.page(EventQuery(limit: 40)).lines)
            try await call("decode \(line)") { try EventLine.decode(line) }
        case 13:
            let event = RecordedEvent(
                sequence: number, commit: arguments.int(), revision: arguments.int(),
                domain: arguments.maybe { DomainReference($0.text()) }, time: arguments.timestamp(),
                clock: arguments.maybe { $0.timestamp() },
                provenance: Provenance(actor: arguments.text()), origin: .library,
                event: arguments.event(), domainId: arguments.maybe { $0.int() })
            try await call("encode \(event)") {
                let text = try EventLine.encode(event)
                _ = try EventLine.decode(text)
            }
        case 14:
            let leaves = arguments.list { $0.bytes() }
            try await call("Merkle tree of \(leaves.count)") {
                var tree = MerkleTree()
                for leaf in leaves { tree.append(leaf) }
                return tree.root
            }
        default:
            let text = arguments.text()
            try await call("StoreHead(\(text))") { try StoreHead(text, from: text) }
        }
    }

    private func query(_ sequences: ClosedRange<Int>) -> EventQuery {
        EventQuery(
            checkpoint: arguments.maybe { $0.checkpoint() },
            kinds: Set(arguments.list { $0.pick(Event.Kind.allCases) }),
            actor: arguments.maybe { $0.text() },
            channel: arguments.maybe { $0.pick(Origin.Channel.allCases) },
            commit: arguments.maybe { $0.int() }, sequences: sequences,
            revisions: arguments.range(), isReversed: arguments.flag(),
            limit: arguments.maybe { $0.int() })
    }

    private func commit(_ id: DomainEntry.ID) -> PendingCommit {
        let revision = arguments.int()
        return PendingCommit(
            target: arguments.pick([.newDomain, .store, .domain(id, revision: revision)]),
            domainName: arguments.domain(),
            entries: arguments.list { PendingCommit.Entry($0.event(), origin: .library) },
            definitions: arguments.list { Definition($0.bytes()) }, time: arguments.timestamp(),
            provenance: Provenance(
                actor: arguments.text(), reason: arguments.maybe { $0.text() },
                request: arguments.maybe { $0.text() }),
            request: arguments.maybe { arguments in
                RequestRecord(
                    name: arguments.text(), fingerprint: arguments.bytes(),
                    domain: arguments.domain(), commit: arguments.maybe { $0.int() },
                    sequences: arguments.maybe { $0.range() }, revision: arguments.int())
            })
    }

    private func mutatedLine(_ lines: [LoggedLine]) -> String {
        guard !lines.isEmpty else { return arguments.text() }
        let line = arguments.pick(lines).text
        let numbers = ["0", "1", "9223372036854775807", "9223372036854775808", "-1", "1e9"]
        let changed =
            arguments.flag()
            ? line.replacing(/[0-9]+/, with: arguments.pick(numbers), maxReplacements: 3) : line
        return String(decoding: arguments.mutated(Array(changed.utf8)), as: UTF8.self)
    }
}
