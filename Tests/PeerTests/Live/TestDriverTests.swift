import Foundation
import Libvirt
import Momentlog
import Moments
import TestSupport
import Testing

/// The binding beside libvirt's test driver, which is a part of its client library: no daemon, no
/// root.
@Suite(.enabled(if: LibvirtPeer.isComparedWith), .serialized)
struct TestDriverTests {
    private static let submission = Submission(actor: "tester@here")

    @Test("What is pushed to the test driver is pulled back the same, and deleted again")
    func roundTrip() async throws {
        let session = try await LibvirtSession.open("test:///default")
        #expect(session.connection.version.contains("."))
        #expect(session.connection.uri == "test:///default")
        let listed = try await session.domains(withCheckpoints: false)
        let domain = try #require(listed.first { $0.name == "test" })
        let folder = try TemporaryFolder("driver")
        let store = try await CheckpointStore.open(at: folder.path("store.db"))
        let definition = try await session.definition(of: domain.uuid)
        try await store.define(SourceDocument(definition), by: Self.submission)
        let documents = ["c1", "c2", "c3"].enumerated().map { index, name in
            SourceDocument(
                CheckpointText.document(
                    name, parent: index == 0 ? nil : "c\(index)", time: 10 + index))
        }
        try await store.record(documents, in: "test", by: Self.submission)
        // It does not know how to validate.
        let report = try await store.push(
            "test", to: session, options: PushOptions(validates: false))
        #expect(report.isComplete, "\(report)")
        let pulled = try await store.pull(
            from: session, domains: ["test"], by: Self.submission)
        #expect(pulled.map(\.result) == [.unchanged], "\(pulled)")
        #expect(try await session.domains(withCheckpoints: true) == [domain])
        try await session.deleteMetadata(of: "c2", in: domain.uuid)
        let drift = try await store.compare(["test"], at: session).drift
        #expect(drift.map(\.kind) == [.lost])
        let again = try await store.pull(from: session, by: Self.submission)
        #expect(again.map { $0.events.map(\.kind) } == [[.checkpointDeleted]])
        for name: CheckpointName in ["c1", "c3"] {
            try await session.deleteMetadata(of: name, in: domain.uuid)
        }
        await session.close()
        let failure = await #expect(throws: LibvirtFailure.self) {
            try await session.domains(withCheckpoints: false)
        }
        #expect(failure?.isOfConnection == true)
    }

    @Test("The command stores what it observed before and after a push")
    func pushByCommand() async throws {
        let folder = try TemporaryFolder("driver")
        let environment = ["MOMENTLOG_STORE": folder.path("store.db")]
        let session = try await LibvirtSession.open("test:///default")
        let listed = try await session.domains(withCheckpoints: false)
        let uuid = try #require(listed.first { $0.name == "test" }?.uuid)
        let definition = try await session.definition(of: uuid)
        await session.close()
        try folder.write(definition, to: "test.xml")
        for arguments in [
            ["define", folder.path("test.xml")],
            ["record", "test", try folder.write(CheckpointText.document("c1"), to: "c1.xml")],
            ["push", "test:///default", "test", "--no-validate"],
        ] {
            let run = try CommandRun.run("momentlog", arguments, environment: environment)
            #expect(run.status == 0, "\(arguments): \(run.errors)")
        }
        let status = try CommandRun.run(
            "momentlog", ["status", "--format", "json"], environment: environment)
        #expect(status.status == 0)
        #expect(status.output.contains(#""uri":"test:///default""#))
        #expect(status.output.contains(#""lost":[]"#))
    }

    @Test("Errors have libvirt's codes")
    func errors() async throws {
        let session = try await LibvirtSession.open("test:///default")
        let nobody = try #require(DomainUUID(String(repeating: "9", count: 32)))
        var failure = await #expect(throws: LibvirtFailure.self) {
            try await session.state(of: nobody)
        }
        #expect(failure?.isNoDomain == true)
        let domain = try #require(try await session.domains(withCheckpoints: false).first)
        failure = await #expect(throws: LibvirtFailure.self) {
            try await session.document(of: "none", in: domain.uuid)
        }
        #expect(failure?.isNoCheckpoint == true)
        failure = await #expect(throws: LibvirtFailure.self) {
            try await session.redefine(
                CheckpointText.document("x", parent: "nobody"), in: domain.uuid,
                isValidated: false)
        }
        #expect(failure?.isInvalidArgument == true)
        await session.close()
    }
}
