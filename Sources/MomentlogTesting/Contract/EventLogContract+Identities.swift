import EventLog
import Moments

extension EventLogContract {
    /// The names of domains, and how they are found.
    static let identities: [Case] = [
        Case("Names of live domains are unique, and UUIDs for ever") { subject in
            let log = subject.log
            let uuid = LogUnderTest.uuid(1)
            let one = try await log.append(LogUnderTest.defining("vm1", uuid: uuid))
            let two = try await log.append(LogUnderTest.defining("vm2"))
            let taken = [
                ("a taken name", LogUnderTest.defining("vm1")),
                ("a taken UUID", LogUnderTest.defining("vm3", uuid: uuid)),
                (
                    "a rename to a taken name",
                    LogUnderTest.appending([.domainRenamed(to: "vm1")], after: two, named: "vm2")
                ),
                (
                    "a UUID of another domain",
                    LogUnderTest.appending(
                        [.domainDefined(name: "vm2", uuid: uuid, definition: nil)], after: two,
                        named: "vm2")
                ),
            ]
            for (what, commit) in taken {
                try await subject.expectRefusal(.exists, of: commit, as: what)
            }
            _ = try await log.append(
                LogUnderTest.appending([.domainUndefined], after: one, named: "vm1"))
            try await subject.expectRefusal(
                .exists, of: LogUnderTest.defining("vm4", uuid: uuid),
                as: "the UUID of a domain that was undefined")
            let three = try await log.append(
                LogUnderTest.defining("vm1", uuid: LogUnderTest.uuid(3)))
            let entries = try await log.domains()
            try Expect.equal(
                entries,
                [
                    DomainEntry(id: one.domain, name: "vm1", uuid: uuid, isLive: false),
                    DomainEntry(id: two.domain, name: "vm2", uuid: nil, isLive: true),
                    DomainEntry(
                        id: three.domain, name: "vm1", uuid: LogUnderTest.uuid(3), isLive: true),
                ], "the domains")
        },
        Case("A domain is found by the name that it has, or had last, and by its UUID") { subject in
            let log = subject.log
            let one = try await log.append(LogUnderTest.defining("vm1", uuid: LogUnderTest.uuid(1)))
            _ = try await log.append(
                LogUnderTest.appending([.domainUndefined], after: one, named: "vm1"))
            try await Expect.equal(log.domain(named: "vm1")?.id, one.domain, "the undefined one")
            let two = try await log.append(LogUnderTest.defining("vm1"))
            try await Expect.equal(
                log.domains(named: "vm1").map(\.id), [two.domain, one.domain],
                "the live one, then the undefined one")
            let uuid = try Expect.some(LogUnderTest.uuid(1), "a UUID")
            try await Expect.equal(log.domain(uuid: uuid)?.id, one.domain, "the one of the UUID")
            let renamed = try await log.append(
                LogUnderTest.appending([.domainRenamed(to: "vm2")], after: two, named: "vm1"))
            try await Expect.equal(log.domain(named: "vm2")?.id, two.domain, "the renamed one")
            try await Expect.equal(log.domain(named: "vm1")?.id, one.domain, "the former name")
            _ = try await log.append(
                LogUnderTest.appending([.domainRenamed(to: "vm1")], after: renamed, named: "vm2"))
            let last = try await log.append(
                LogUnderTest.appending(
                    [.domainUndefined], to: two.domain, named: "vm1",
                    revision: renamed.revision + 1))
            try await Expect.equal(
                log.domains(named: "vm1").map(\.id), [last.domain, one.domain],
                "the undefined ones, the last first")
            try await Expect.that(log.domain(named: "vm3") == nil, "no domain has that name")
            let other = try Expect.some(LogUnderTest.uuid(2), "a UUID")
            try await Expect.that(log.domain(uuid: other) == nil, "no domain has that UUID")
        },
        Case("Names of domains and requests are distinguished by their bytes") { subject in
            let log = subject.log
            let (composed, decomposed) = ("\u{E9}", "e\u{301}")
            let one = try await log.append(LogUnderTest.defining(composed))
            let two = try await log.append(LogUnderTest.defining(decomposed))
            try await Expect.equal(log.domain(named: composed)?.id, one.domain, "the first")
            try await Expect.equal(log.domain(named: decomposed)?.id, two.domain, "the second")
            let records = [composed, decomposed].map {
                RequestRecord(name: $0, fingerprint: [1], domain: composed, revision: 1)
            }
            _ = try await log.append([], keeping: records)
            let names = try await log.requests([decomposed]).map { Array($0.name.utf8) }
            try Expect.equal(names, [Array(decomposed.utf8)], "the bytes of the request's name")
        },
        Case("A domain that was undefined is defined again, under another name as well") {
            subject in
            let log = subject.log
            let uuid = LogUnderTest.uuid(1)
            let one = try await log.append(LogUnderTest.defining("vm1", uuid: uuid))
            let ended = try await log.append(
                LogUnderTest.appending([.domainUndefined], after: one, named: "vm1"))
            let again = LogUnderTest.appending(
                [.domainDefined(name: "vm2", uuid: uuid, definition: nil)], after: ended,
                named: "vm1")
            try await Expect.equal(log.append(again).domain, one.domain, "the domain")
            try await Expect.equal(
                log.domains(),
                [DomainEntry(id: one.domain, name: "vm2", uuid: uuid, isLive: true)],
                "the domains")
        },
        Case(ofTwoLogs: "Identifiers of another store's domains are refused") { subject, other in
            let log = subject.log
            let foreign = try await other.log.append(LogUnderTest.defining("other")).domain
            // Before anything is in the log, and after.
            try await Expect.refusal(.usage, "a replay of an empty log") {
                try await log.replay(foreign)
            }
            try await Expect.refusal(.usage, "a query of an empty log") {
                try await log.page(EventQuery(domain: foreign))
            }
            let own = try await log.append(LogUnderTest.defining("vm1")).domain
            try Expect.that(own != foreign, "identifiers of two stores differ")
            let commit = LogUnderTest.appending(
                LogUnderTest.creating("c1"), to: foreign, named: "other", revision: 1)
            let before = try await subject.state()
            try await Expect.refusal(.usage, "a replay") { try await log.replay(foreign) }
            try await Expect.refusal(.usage, "a replay onto a domain") {
                try await log.replay(foreign, onto: Domain(name: "other"))
            }
            try await Expect.refusal(.usage, "a replay of the past") {
                try await log.replay(foreign, through: 1)
            }
            try await Expect.refusal(.usage, "a query") {
                try await log.page(EventQuery(domain: foreign))
            }
            try await Expect.refusal(.usage, "an append") { try await log.append(commit) }
            if let turn = try await log.beginTurn(within: nil) {
                try await Expect.refusal(.usage, "an append in a turn") {
                    try await turn.append([commit], keeping: [], within: nil)
                }
                turn.end()
            }
            try await Expect.that(subject.state() == before, "nothing has changed")
            let past = try await log.domains(through: 1, bearing: nil)
            try Expect.equal(past.map(\.id), [own], "the domains of the past")
        },
    ]
}
