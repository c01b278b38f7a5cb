import EventLog
import Moments

extension EventLogContract {
    /// The head of a log, and its verification.
    static let verification: [Case] = [
        Case("The head of a log is the Merkle root of its lines") { subject in
            let log = subject.log
            let one = try await log.append(LogUnderTest.defining("vm1"))
            var (tree, last) = (MerkleTree(), one)
            for number in 0..<5 {
                last = try await log.append(
                    LogUnderTest.appending(
                        LogUnderTest.creating("c\(number)"), after: last, named: "vm1"))
                tree = MerkleTree()
                for line in try await subject.lines() { tree.append(line.utf8) }
                let head = try await log.head()
                try Expect.equal(head.size, tree.size, "the size")
                try Expect.equal(head.root, tree.root, "the root")
            }
        },
        Case("A log is sound, and has grown from each of its earlier heads") { subject in
            let log = subject.log
            // An engine may create a log, and with it the head, with the first commit.
            var heads: [StoreHead] = []
            var last = try await log.append(LogUnderTest.defining("vm1"))
            for number in 0..<3 {
                heads.append(try await log.head())
                last = try await log.append(
                    LogUnderTest.appending(
                        LogUnderTest.creating("c\(number)"), after: last, named: "vm1"))
            }
            heads.append(try await log.head())
            let verified = try await log.verify(against: nil) { _ in }
            try Expect.that(verified.isSound, "the log is sound: \(verified.faults)")
            try await Expect.equal(verified.head, log.head(), "the head that is verified")
            try Expect.equal(verified.commits, last.commit, "the commits that are verified")
            for head in heads {
                let verified = try await log.verify(against: head) { _ in }
                try Expect.that(
                    verified.isSound, "the log has grown from \(head): \(verified.faults)")
                try Expect.equal(verified.coverage?.covered, head.size, "the events covered")
            }
        },
        Case("A head of another log is reported") { subject in
            let log = subject.log
            let one = try await log.append(LogUnderTest.defining("vm1"))
            let early = try await log.head()
            _ = try await log.append(
                LogUnderTest.appending(LogUnderTest.creating("c1"), after: one, named: "vm1"))
            let now = try await log.head()
            let wrong = [
                StoreHead(origin: now.origin, size: now.size, root: early.root),
                StoreHead(origin: now.origin, size: early.size, root: now.root),
                StoreHead(origin: now.origin, size: 2, root: now.root),
                StoreHead(origin: now.origin, size: 0, root: now.root),
                StoreHead(origin: now.origin, size: now.size + 1, root: now.root),
                StoreHead(origin: now.origin + "0", size: now.size, root: now.root),
            ]
            for head in wrong {
                let verified = try await log.verify(against: head) { _ in }
                try Expect.that(
                    verified.faults.contains { $0.kind == .headMismatch }, "\(head) is reported")
                try Expect.equal(verified.coverage?.covered, 0, "the events that \(head) covers")
            }
        },
    ]
}
