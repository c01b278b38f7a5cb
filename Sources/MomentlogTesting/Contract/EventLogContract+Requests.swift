import EventLog
import Moments

extension EventLogContract {
    /// The storage of answers to requests.
    static let requests: [Case] = [
        Case("A request is stored with its answer, once") { subject in
            let log = subject.log
            var commit = LogUnderTest.defining("vm1")
            commit.request = RequestRecord(
                name: "r1", fingerprint: [1, 2], domain: "vm1", revision: 0)
            let receipt = try await log.append(commit)
            let kept = RequestRecord(name: "r2", fingerprint: [3], domain: "vm1", revision: 1)
            try await Expect.equal(log.append([], keeping: [kept]), [], "the receipts")
            let answer = RequestRecord(
                name: "r1", fingerprint: [1, 2], domain: "vm1", commit: receipt.commit,
                sequences: receipt.sequences, revision: receipt.revision)
            try await Expect.equal(
                log.requests(["r2", "no", "r1"]), [kept, answer], "the requests in their order")
            for name in ["r1", "r2"] {
                var again = LogUnderTest.appending(
                    LogUnderTest.creating("c1"), after: receipt, named: "vm1")
                again.request = RequestRecord(
                    name: name, fingerprint: [9], domain: "vm1", revision: 0)
                try await subject.expectRefusal(
                    .revisionConflict, of: again, as: "a commit of a known request")
                try await Expect.refusal(.revisionConflict, "a known request") {
                    try await log.append([], keeping: [kept])
                }
            }
            try await Expect.equal(
                log.requests(["r2", "r1"]), [kept, answer], "the requests in the end")
        },
        Case("The lines of a commit name the request that it carries out") { subject in
            var commit = LogUnderTest.defining("vm1")
            commit.request = RequestRecord(
                name: "r1", fingerprint: [], domain: "vm1", revision: 0)
            _ = try await subject.log.append(commit)
            try await Expect.equal(
                subject.events().map(\.provenance.request), ["r1"], "the requests of the lines")
        },
        Case("Requests are stored together with their commits, or not at all") { subject in
            let log = subject.log
            let one = try await log.append(LogUnderTest.defining("vm1"))
            var commit = LogUnderTest.appending(
                LogUnderTest.creating("c1"), after: one, named: "vm1")
            commit.request = RequestRecord(
                name: "r1", fingerprint: [1], domain: "vm1", revision: 0)
            let kept = RequestRecord(name: "r2", fingerprint: [2], domain: "vm1", revision: 1)
            let stale = LogUnderTest.appending(
                [.currentSet(nil)], to: one.domain, named: "vm1", revision: 9)
            try await Expect.refusal(.revisionConflict, "requests beside a stale commit") {
                try await log.append([commit, stale], keeping: [kept])
            }
            try await Expect.refusal(.revisionConflict, "commits beside a request named twice") {
                try await log.append([commit], keeping: [kept, kept])
            }
            try await Expect.equal(log.requests(["r1", "r2"]), [], "the requests")
            try await Expect.equal(log.size(), 1, "the size")
            _ = try await log.append([commit], keeping: [kept])
            try await Expect.equal(
                log.requests(["r1", "r2"]).map(\.name), ["r1", "r2"], "the requests in the end")
        },
        Case("A request without a valid name or a domain's answer is refused") { subject in
            let log = subject.log
            _ = try await log.append(LogUnderTest.defining("vm1"))
            let valid = RequestRecord(name: "r", fingerprint: [1], domain: "vm1", revision: 1)
            var wrong: [RequestRecord] = []
            for name in ["", "a\0b", "a\nb", String(repeating: "\u{E9}", count: 513)] {
                wrong.append(valid)
                wrong[wrong.count - 1].name = name
            }
            for domain in ["", "vm2"] {
                wrong.append(valid)
                wrong[wrong.count - 1].domain = domain
            }
            for revision in [Int.min, -1, 0, 2, .max] {
                wrong.append(valid)
                wrong[wrong.count - 1].revision = revision
            }
            for request in wrong {
                let what = "\(request)".prefix(80)
                try await Expect.refusal(.usage, "\(what)") {
                    try await log.append([LogUnderTest.defining("vm3")], keeping: [request])
                }
                try await Expect.equal(log.size(), 1, "the size after \(what)")
                try await Expect.equal(log.requests([request.name]), [], "the requests")
            }
            _ = try await log.append([], keeping: [valid])
            try await Expect.equal(log.requests(["r"]), [valid], "the requests in the end")
        },
        Case("The answer to a request states the name that the domain has afterwards") { subject in
            let log = subject.log
            let one = try await log.append(LogUnderTest.defining("vm1"))
            var commit = LogUnderTest.appending(
                [.domainRenamed(to: "vm2")], after: one, named: "vm1")
            commit.request = RequestRecord(
                name: "r1", fingerprint: [1], domain: "vm2", revision: 0)
            _ = try await log.append(commit)
            try await Expect.equal(log.requests(["r1"]).map(\.domain), ["vm2"], "the name")
        },
    ]
}
