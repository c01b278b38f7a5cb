import EventLog
import Momentlog
import Moments
import Testing

/// Changing a store's settings, which is an event.
struct SettingsTests {
    private static let stripping = StoreSettings(stripsSecrets: true)

    @Test("A change is one event with its actor and reason, and a repeated one appends nothing")
    func change() async throws {
        let fixture = try await StoreFixture()
        let by = Submission(actor: "admin@host", reason: "policy")
        let outcome = try await fixture.store.changeSettings(to: Self.stripping, by: by)
        #expect(outcome.settings == Self.stripping)
        #expect(outcome.changes == [SettingsChange(.stripSecrets, from: false, to: true)])
        let sequences = try #require(outcome.sequences)
        #expect(sequences.count == 1)
        let again = try await fixture.store.changeSettings(to: Self.stripping, by: by)
        #expect(again.changes.isEmpty && again.commit == nil && again.sequences == nil)
        var last: RecordedEvent?
        for try await line in try await fixture.store.events() { last = try line.event() }
        #expect(last?.sequence == sequences.upperBound)
        #expect(last?.commit == outcome.commit)
        #expect(last?.event == .settingsChanged(outcome.changes[0]))
        #expect(last?.provenance == Provenance(actor: "admin@host", reason: "policy"))
        #expect(last?.origin == .library)
        #expect(last?.domain == nil)
    }

    @Test(
        "A change without an actor, or with an idempotency key, is refused",
        arguments: [
            Submission(actor: " "), Submission(actor: "a\nb"),
            Submission(actor: "me", request: "r1"), Submission(actor: "me", expectedRevision: 1),
        ])
    func refused(by: Submission) async throws {
        let fixture = try await StoreFixture()
        do throws(MomentlogError) {
            try await fixture.store.changeSettings(to: Self.stripping, by: by)
            Issue.record("it was changed")
        } catch {
            #expect(error.code == .usage)
        }
        #expect(try await fixture.store.settings() == StoreSettings())
    }

    @Test("Concurrent changes of settings leave a log that leads to the present settings")
    func many() async throws {
        let fixture = try await StoreFixture()
        let store = fixture.store
        await withTaskGroup(of: Void.self) { group in
            for turn in 0..<20 {
                group.addTask {
                    _ = try? await store.changeSettings(
                        to: StoreSettings(stripsSecrets: turn.isMultiple(of: 2)),
                        by: StoreFixture.submission)
                }
            }
        }
        #expect(try await store.verify().isSound)
    }
}
