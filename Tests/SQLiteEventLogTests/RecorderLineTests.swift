import Moments
import Testing

@testable import EventLog
@testable import SQLiteEventLog

/// As ``EventLineTests``, for lines with a domain's number and a recorder: no change may alter
/// one of these.
struct RecorderLineTests {
    private static let hash = "060eb14b1cfbd78cd57ce08dc3f07d35a2c066d19958814db8dfd8bef7b14a54"

    private static let checkpoint = Checkpoint(
        name: "c1", description: "before \"upgrade\"\n", parent: "c0", creationTime: 1_700_000_000,
        disks: [
            Disk(name: "vda", bitmap: "c1"), Disk(name: "vdb", mode: .no),
            Disk(name: "/images/ü.qcow2"),
        ],
        definition: DefinitionDigest(hexadecimal: hash))

    static let golden: [(Event, String)] = [
        (
            .domainDefined(
                name: "vm1", uuid: DomainUUID("5f3c0e6a-0001-4b2e-9d2f-0123456789ab"),
                definition: DefinitionDigest(hexadecimal: hash)),
            #"{"sequence":12,"commit":7,"revision":9,"domain":"vm1","domainId":3,"time":"202"#
                + #"6-11-23T19:40:10.000000Z","event":"domainDefined","version":1,"actor":"admin@h"#
                + #"ost","uid":1000,"host":"host.example","reason":"nightly","origin":{"kind":"liv"#
                + #"e","uri":"qemu+ssh://h/system","host":"h","libvirt":"9.0.0"},"request":"r-1",""#
                + #"uuid":"5f3c0e6a-0001-4b2e-9d2f-0123456789ab","definition":"060eb14b1cfbd78cd57"#
                + #"ce08dc3f07d35a2c066d19958814db8dfd8bef7b14a54"}"#
        ),
        (
            .domainRenamed(to: "vm2"),
            #"{"sequence":12,"commit":7,"revision":9,"domain":"vm1","domainId":3,"time":"202"#
                + #"6-11-23T19:40:10.000000Z","event":"domainRenamed","version":1,"actor":"admin@h"#
                + #"ost","uid":1000,"host":"host.example","reason":"nightly","origin":{"kind":"liv"#
                + #"e","uri":"qemu+ssh://h/system","host":"h","libvirt":"9.0.0"},"request":"r-1",""#
                + #"name":"vm2"}"#
        ),
        (
            .domainUndefined,
            #"{"sequence":12,"commit":7,"revision":9,"domain":"vm1","domainId":3,"time":"202"#
                + #"6-11-23T19:40:10.000000Z","event":"domainUndefined","version":1,"actor":"admin"#
                + #"@host","uid":1000,"host":"host.example","reason":"nightly","origin":{"kind":"l"#
                + #"ive","uri":"qemu+ssh://h/system","host":"h","libvirt":"9.0.0"},"request":"r-1""#
                + #"}"#
        ),
        (
            .checkpointCreated(checkpoint),
            #"{"sequence":12,"commit":7,"revision":9,"domain":"vm1","domainId":3,"time":"202"#
                + #"6-11-23T19:40:10.000000Z","event":"checkpointCreated","version":1,"actor":"adm"#
                + #"in@host","uid":1000,"host":"host.example","reason":"nightly","origin":{"kind":"#
                + #""live","uri":"qemu+ssh://h/system","host":"h","libvirt":"9.0.0"},"request":"r-"#
                + #"1","checkpoint":"c1","parent":"c0","creationTime":1700000000,"description":"be"#
                + #"fore \"upgrade\"\n","disks":[{"name":"vda","checkpoint":"bitmap","bitmap":"c1""#
                + #"},{"name":"vdb","checkpoint":"no","bitmap":null},{"name":"/images/ü.qcow2","ch"#
                + #"eckpoint":"bitmap","bitmap":null}],"definition":"060eb14b1cfbd78cd57ce08dc3f07"#
                + #"d35a2c066d19958814db8dfd8bef7b14a54"}"#
        ),
        (
            .checkpointRedefined(checkpoint, claimsCurrent: true),
            #"{"sequence":12,"commit":7,"revision":9,"domain":"vm1","domainId":3,"time":"202"#
                + #"6-11-23T19:40:10.000000Z","event":"checkpointRedefined","version":1,"actor":"a"#
                + #"dmin@host","uid":1000,"host":"host.example","reason":"nightly","origin":{"kind"#
                + #"":"live","uri":"qemu+ssh://h/system","host":"h","libvirt":"9.0.0"},"request":""#
                + #"r-1","checkpoint":"c1","parent":"c0","creationTime":1700000000,"description":""#
                + #"before \"upgrade\"\n","disks":[{"name":"vda","checkpoint":"bitmap","bitmap":"c"#
                + #"1"},{"name":"vdb","checkpoint":"no","bitmap":null},{"name":"/images/ü.qcow2",""#
                + #"checkpoint":"bitmap","bitmap":null}],"definition":"060eb14b1cfbd78cd57ce08dc3f"#
                + #"07d35a2c066d19958814db8dfd8bef7b14a54","claimsCurrent":true}"#
        ),
        (
            .checkpointDeleted("c1"),
            #"{"sequence":12,"commit":7,"revision":9,"domain":"vm1","domainId":3,"time":"202"#
                + #"6-11-23T19:40:10.000000Z","event":"checkpointDeleted","version":1,"actor":"adm"#
                + #"in@host","uid":1000,"host":"host.example","reason":"nightly","origin":{"kind":"#
                + #""live","uri":"qemu+ssh://h/system","host":"h","libvirt":"9.0.0"},"request":"r-"#
                + #"1","checkpoint":"c1"}"#
        ),
        (
            .currentSet(nil),
            #"{"sequence":12,"commit":7,"revision":9,"domain":"vm1","domainId":3,"time":"202"#
                + #"6-11-23T19:40:10.000000Z","clock":"2026-11-23T19:40:09.999999Z","event":"curre"#
                + #"ntSet","version":1,"actor":"admin@host","uid":1000,"host":"host.example","reas"#
                + #"on":"nightly","origin":{"kind":"live","uri":"qemu+ssh://h/system","host":"h",""#
                + #"libvirt":"9.0.0"},"request":"r-1","checkpoint":null}"#
        ),
        (
            .bitmapObserved(
                BitmapObservation(
                    checkpoint: "c1", disk: "vda", bitmap: "c1", verdict: .notRecording,
                    image: "/images/a.qcow2", observationTime: 1_700_000_000)),
            #"{"sequence":12,"commit":7,"revision":9,"domain":"vm1","domainId":3,"time":"202"#
                + #"6-11-23T19:40:10.000000Z","event":"bitmapObserved","version":1,"actor":"admin@"#
                + #"host","uid":1000,"host":"host.example","reason":"nightly","origin":{"kind":"li"#
                + #"ve","uri":"qemu+ssh://h/system","host":"h","libvirt":"9.0.0"},"request":"r-1","#
                + #""checkpoint":"c1","disk":"vda","bitmap":"c1","verdict":"not-recording","image""#
                + #":"/images/a.qcow2","observationTime":1700000000}"#
        ),
        (
            .findingAcknowledged(Acknowledgement(.nameReused, of: "c1")),
            #"{"sequence":12,"commit":7,"revision":9,"domain":"vm1","domainId":3,"time":"202"#
                + #"6-11-23T19:40:10.000000Z","event":"findingAcknowledged","version":1,"actor":"a"#
                + #"dmin@host","uid":1000,"host":"host.example","reason":"nightly","origin":{"kind"#
                + #"":"live","uri":"qemu+ssh://h/system","host":"h","libvirt":"9.0.0"},"request":""#
                + #"r-1","checkpoint":"c1","finding":"name-reused"}"#
        ),
        (
            .settingsChanged(SettingsChange(.stripSecrets, from: false, to: true)),
            #"{"sequence":12,"commit":7,"revision":9,"domain":null,"domainId":null,"time":"2"#
                + #"026-11-23T19:40:10.000000Z","event":"settingsChanged","version":1,"actor":"adm"#
                + #"in@host","uid":1000,"host":"host.example","reason":"nightly","origin":{"kind":"#
                + #""live","uri":"qemu+ssh://h/system","host":"h","libvirt":"9.0.0"},"request":"r-"#
                + #"1","setting":"strip-secrets","old":false,"new":true}"#
        ),
        (
            .lossAccepted(LostHead(origin: "momentlog/1f", size: 40, root: "q8s=")),
            #"{"sequence":12,"commit":7,"revision":9,"domain":null,"domainId":null,"time":"2"#
                + #"026-11-23T19:40:10.000000Z","event":"lossAccepted","version":1,"actor":"admin@"#
                + #"host","uid":1000,"host":"host.example","reason":"nightly","origin":{"kind":"li"#
                + #"ve","uri":"qemu+ssh://h/system","host":"h","libvirt":"9.0.0"},"request":"r-1","#
                + #""lost":{"origin":"momentlog/1f","size":40,"root":"q8s="}}"#
        ),
    ]

    private static func recorded(_ event: Event) -> RecordedEvent {
        RecordedEvent(
            sequence: 12, commit: 7, revision: 9, domain: event.kind.isOfStore ? nil : "vm1",
            time: sampleTime,
            clock: event.kind == .currentSet
                ? Timestamp(microseconds: sampleTime.microseconds - 1) : nil,
            provenance: Provenance(actor: "admin@host", reason: "nightly", request: "r-1"),
            origin: .live(uri: "qemu+ssh://h/system", host: "h", libvirt: "9.0.0"), event: event,
            domainId: event.kind.isOfStore ? nil : 3,
            recorder: Recorder(uid: 1000, host: "host.example"))
    }

    @Test("An event's line with a recorder has exactly these bytes", arguments: golden)
    func lineOfEachKind(event: Event, line: String) throws {
        #expect(try EventLine.bytes(Self.recorded(event)) == Array(line.utf8))
        #expect(try EventLine.decode(line) == Self.recorded(event))
    }

    @Test("Every kind of event has its golden line with a recorder")
    func everyKindIsCovered() {
        #expect(Set(Self.golden.map(\.0.kind)) == Set(Event.Kind.allCases))
    }
}
