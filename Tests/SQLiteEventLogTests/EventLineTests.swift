import Foundation
import Moments
import Testing

@testable import EventLog
@testable import SQLiteEventLog

/// The lines are part of what momentlog promises: heads that auditors keep rest on
/// their bytes. No change may alter one of these.
struct EventLineTests {
    private static let hash = "060eb14b1cfbd78cd57ce08dc3f07d35a2c066d19958814db8dfd8bef7b14a54"

    private static let checkpoint = Checkpoint(
        name: "c1", description: "before \"upgrade\"\n", parent: "c0", creationTime: 1_700_000_000,
        disks: [
            Disk(name: "vda", bitmap: "c1"), Disk(name: "vdb", mode: .no),
            Disk(name: "/images/ü.qcow2"),
        ],
        definition: DefinitionDigest(hexadecimal: hash))

    private static let place =
        #"{"sequence":12,"commit":7,"revision":9,"domain":"vm1","time":"2026-11-23T19:40:10.000000Z""#

    private static let metadata =
        #""checkpoint":"c1","parent":"c0","creationTime":1700000000,"#
        + #""description":"before \"upgrade\"\n","disks":["#
        + #"{"name":"vda","checkpoint":"bitmap","bitmap":"c1"},"#
        + #"{"name":"vdb","checkpoint":"no","bitmap":null},"#
        + #"{"name":"/images/ü.qcow2","checkpoint":"bitmap","bitmap":null}],"#
        + #""definition":"\#(hash)""#

    static let golden: [(Event, String)] = [
        (
            .domainDefined(
                name: "vm1", uuid: DomainUUID("5F3C0E6A-0001-4b2e-9d2f-0123456789AB"),
                definition: DefinitionDigest(hexadecimal: hash)),
            #""domainDefined","version":1,"actor":"admin@host","origin":{"kind":"command"},"#
                + #""uuid":"5f3c0e6a-0001-4b2e-9d2f-0123456789ab","definition":"\#(hash)"}"#
        ),
        (
            .domainDefined(name: "vm1", uuid: nil, definition: nil),
            #""domainDefined","version":1,"actor":"admin@host","origin":{"kind":"command"},"#
                + #""uuid":null,"definition":null}"#
        ),
        (
            .domainRenamed(to: "vm2"),
            #""domainRenamed","version":1,"actor":"admin@host","origin":{"kind":"command"},"#
                + #""name":"vm2"}"#
        ),
        (
            .domainUndefined,
            #""domainUndefined","version":1,"actor":"admin@host","origin":{"kind":"command"}}"#
        ),
        (
            .checkpointCreated(checkpoint),
            #""checkpointCreated","version":1,"actor":"admin@host","origin":{"kind":"command"},"#
                + metadata + "}"
        ),
        (
            .checkpointCreated(Checkpoint(name: "c0", creationTime: -1)),
            #""checkpointCreated","version":1,"actor":"admin@host","origin":{"kind":"command"},"#
                + #""checkpoint":"c0","parent":null,"creationTime":-1,"description":null,"#
                + #""disks":[],"definition":null}"#
        ),
        (
            .checkpointRedefined(checkpoint, claimsCurrent: true),
            #""checkpointRedefined","version":1,"actor":"admin@host","origin":{"kind":"command"},"#
                + metadata + #","claimsCurrent":true}"#
        ),
        (
            .checkpointDeleted("c1"),
            #""checkpointDeleted","version":1,"actor":"admin@host","origin":{"kind":"command"},"#
                + #""checkpoint":"c1"}"#
        ),
        (
            .currentSet("c1"),
            #""currentSet","version":1,"actor":"admin@host","origin":{"kind":"command"},"#
                + #""checkpoint":"c1"}"#
        ),
        (
            .currentSet(nil),
            #""currentSet","version":1,"actor":"admin@host","origin":{"kind":"command"},"#
                + #""checkpoint":null}"#
        ),
        (
            .bitmapObserved(
                BitmapObservation(
                    checkpoint: "c1", disk: "vda", bitmap: "c1", verdict: .notRecording,
                    image: "/images/a.qcow2", observationTime: 1_700_000_000)),
            #""bitmapObserved","version":1,"actor":"admin@host","origin":{"kind":"command"},"#
                + #""checkpoint":"c1","disk":"vda","bitmap":"c1","verdict":"not-recording","#
                + #""image":"/images/a.qcow2","observationTime":1700000000}"#
        ),
        (
            .bitmapObserved(
                BitmapObservation(
                    checkpoint: nil, disk: "vda", bitmap: "b \"ü\"", verdict: .orphan,
                    observationTime: -1)),
            #""bitmapObserved","version":1,"actor":"admin@host","origin":{"kind":"command"},"#
                + #""checkpoint":null,"disk":"vda","bitmap":"b \"ü\"","verdict":"orphan","#
                + #""image":null,"observationTime":-1}"#
        ),
        (
            .findingAcknowledged(Acknowledgement(.nameReused, of: "c1")),
            #""findingAcknowledged","version":1,"actor":"admin@host","origin":{"kind":"command"},"#
                + #""checkpoint":"c1","finding":"name-reused"}"#
        ),
        (
            .settingsChanged(SettingsChange(.stripSecrets, from: false, to: true)),
            #""settingsChanged","version":1,"actor":"admin@host","origin":{"kind":"command"},"#
                + #""setting":"strip-secrets","old":false,"new":true}"#
        ),
        (
            .lossAccepted(LostHead(origin: "momentlog/1f", size: 40, root: "q8s=")),
            #""lossAccepted","version":1,"actor":"admin@host","origin":{"kind":"command"},"#
                + #""lost":{"origin":"momentlog/1f","size":40,"root":"q8s="}}"#
        ),
    ]

    private static func recorded(
        _ event: Event, provenance: Provenance = Provenance(actor: "admin@host"),
        origin: Origin = .commandLine
    ) -> RecordedEvent {
        RecordedEvent(
            sequence: 12, commit: 7, revision: 9,
            domain: event.kind.isOfStore ? nil : "vm1", time: sampleTime,
            provenance: provenance, origin: origin, event: event)
    }

    @Test("An event's line has exactly these bytes", arguments: golden)
    func lineOfEachKind(event: Event, rest: String) throws {
        let isOfDomain = !event.kind.isOfStore
        let place =
            isOfDomain
            ? Self.place
            : Self.place.replacingOccurrences(of: #""domain":"vm1""#, with: #""domain":null"#)
        let line = place + #","event":"# + rest
        #expect(try Array(EventLine.encode(Self.recorded(event)).utf8) == Array(line.utf8))
        #expect(try EventLine.decode(line) == Self.recorded(event))
    }

    @Test("Every kind of event has its golden line")
    func everyKindIsCovered() {
        #expect(Set(Self.golden.map(\.0.kind)) == Set(Event.Kind.allCases))
    }

    @Test(
        "An origin is written with what is known of it",
        arguments: [
            (Origin.commandLine, #"{"kind":"command"}"#),
            (.library, #"{"kind":"library"}"#),
            (.importedLibrary, #"{"kind":"import"}"#),
            (
                .importedFile(name: "a \"b\".xml", sha256: hash),
                #"{"kind":"import","file":"a \"b\".xml","sha256":"\#(hash)"}"#
            ),
        ])
    func lineOfEachOrigin(origin: Origin, json: String) throws {
        let line =
            Self.place + #","event":"domainUndefined","version":1,"actor":"admin@host","origin":"#
            + json + "}"
        let recorded = Self.recorded(.domainUndefined, origin: origin)
        #expect(try EventLine.encode(recorded) == line)
        #expect(try EventLine.decode(line) == recorded)
    }

    @Test(
        "Reason and request are left out unless given",
        arguments: [
            (Provenance(actor: "a", reason: "r"), #""actor":"a","reason":"r","origin":"#, ""),
            (Provenance(actor: "a", request: "q"), #""actor":"a","origin":"#, #","request":"q""#),
            (
                Provenance(actor: "a", reason: "", request: ""),
                #""actor":"a","reason":"","origin":"#, #","request":"""#
            ),
        ])
    func lineOfEachProvenance(provenance: Provenance, actor: String, request: String) throws {
        let line =
            Self.place + #","event":"currentSet","version":1,"# + actor + #"{"kind":"command"}"#
            + request + #","checkpoint":"c1"}"#
        let recorded = Self.recorded(.currentSet("c1"), provenance: provenance)
        #expect(try EventLine.encode(recorded) == line)
        #expect(try EventLine.decode(line) == recorded)
    }
}
