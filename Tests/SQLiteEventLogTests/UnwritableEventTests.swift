import Moments
import Testing

@testable import EventLog
@testable import SQLiteEventLog

/// What could not be read again is never written.
struct UnwritableEventTests {
    private static func recorded(
        sequence: Int = 1, commit: Int = 1, revision: Int = 1, domain: DomainReference? = "vm1",
        time: Timestamp = sampleTime, clock: Timestamp? = nil, origin: Origin = .library,
        event: Event = .domainUndefined, domainId: Int? = 3,
        recorder: Recorder? = Recorder(uid: 0, host: "h")
    ) -> RecordedEvent {
        RecordedEvent(
            sequence: sequence, commit: commit, revision: revision, domain: domain, time: time,
            clock: clock, provenance: Provenance(actor: "a"), origin: origin, event: event,
            domainId: domainId, recorder: recorder)
    }

    private static let settings = Event.settingsChanged(
        SettingsChange(.stripSecrets, from: false, to: true))
    private static let late = Timestamp(microseconds: 253_402_300_800_000_000)
    private static let early = Timestamp(microseconds: -62_167_219_200_000_001)

    @Test(
        "An event that no line can hold is refused",
        arguments: [
            recorded(sequence: 0), recorded(commit: 0), recorded(revision: -1),
            recorded(domainId: 0), recorded(domainId: nil), recorded(recorder: nil),
            recorded(domain: nil), recorded(domain: nil, domainId: nil),
            recorded(event: settings), recorded(domain: nil, event: settings),
            recorded(time: late), recorded(time: early), recorded(clock: late),
            recorded(origin: .importedFile(name: "a.xml", sha256: "00")),
            recorded(
                origin: .importedFile(name: "a.xml", sha256: String(repeating: "A", count: 64))),
            recorded(event: .domainDefined(name: "vm2", uuid: nil, definition: nil)),
            recorded(
                domain: nil,
                event: .lossAccepted(LostHead(origin: "o", size: -1, root: "r")), domainId: nil),
        ])
    func refused(recorded: RecordedEvent) {
        #expect {
            try EventLine.bytes(recorded)
        } throws: {
            ($0 as? MomentlogError)?.code == .storage
        }
    }

    @Test(
        "The events beside those are written and read again",
        arguments: [
            recorded(), recorded(domainId: nil, recorder: nil),
            recorded(domain: nil, event: settings, domainId: nil),
            recorded(domain: nil, event: settings, domainId: nil, recorder: nil),
            recorded(time: Timestamp(microseconds: late.microseconds - 1)),
            recorded(time: Timestamp(microseconds: early.microseconds + 1)),
            recorded(domainId: .max, recorder: Recorder(uid: .max, host: "")),
        ])
    func accepted(recorded: RecordedEvent) throws {
        #expect(try EventLine.decode(EventLine.encode(recorded)) == recorded)
    }

    @Test("An empty description is written as none")
    func emptyDescription() throws {
        var checkpoint = Checkpoint(name: "c1", creationTime: 1)
        checkpoint.description = ""
        let line = try EventLine.encode(Self.recorded(event: .checkpointCreated(checkpoint)))
        #expect(
            try EventLine.decode(line).event
                == .checkpointCreated(Checkpoint(name: "c1", creationTime: 1)))
    }
}
