import EventLog
import Foundation
import LineFileLog
import MomentlogTesting
import Moments
import Testing

/// An engine that knows nothing but the public interface.
final class LineFileLogTests {
    private let folder = FileManager.default.temporaryDirectory
        .appendingPathComponent("line-file-\(UUID())")

    init() throws {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: false)
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

    @Test("The engine keeps the contract of an event log", arguments: EventLogContract.cases)
    func contract(_ contractCase: EventLogContract.Case) async throws {
        let folder = folder
        try await contractCase.check {
            try LineFileLog(contentsOf: folder.appendingPathComponent("\(UUID()).log"))
        }
    }

    @Test("A log that is opened again has its events, without what was cut off")
    func reopening() async throws {
        let url = folder.appendingPathComponent("log")
        let log = try LineFileLog(contentsOf: url)
        let name = "vm1"
        var commit = PendingCommit(
            target: .newDomain, domainName: name,
            entries: [
                PendingCommit.Entry(
                    .domainDefined(
                        name: name, uuid: nil, definition: DefinitionDigest(of: [1, 2])),
                    origin: .library),
                PendingCommit.Entry(
                    .checkpointCreated(Checkpoint(name: "c1", creationTime: 1)), origin: .library),
            ], definitions: [Definition([1, 2])], time: Timestamp(seconds: 1),
            provenance: Provenance(actor: "test"))
        commit.request = RequestRecord(name: "r", fingerprint: [1], domain: name, revision: 0)
        let receipt = try await log.append(commit)
        let head = try await log.head()
        await log.close()
        let file = try FileHandle(forWritingTo: url)
        try file.seekToEnd()
        try file.write(contentsOf: Data("{\"lines\":[".utf8))
        try file.close()
        let again = try LineFileLog(contentsOf: url)
        #expect(try await again.head() == head)
        #expect(try await again.domain(named: name)?.id == receipt.domain)
        #expect(try await again.replay(receipt.domain).graph.checkpoint(named: "c1") != nil)
        #expect(try await again.definition(DefinitionDigest(of: [1, 2])) == [1, 2])
        #expect(try await again.requests(["r"]).map(\.commit) == [receipt.commit])
        let next = PendingCommit(
            target: .domain(receipt.domain, revision: receipt.revision), domainName: name,
            entries: [PendingCommit.Entry(.checkpointDeleted("c1"), origin: .library)],
            time: Timestamp(seconds: 2), provenance: Provenance(actor: "test"))
        #expect(try await again.append(next).commit == 2)
        let verification = try await again.verify(against: head) { _ in }
        #expect(verification.isSound, "\(verification.faults)")
        await again.close()
    }
}
