import Foundation
import Moments
import Testing

@testable import EventLog
@testable import SQLiteEventLog

struct ParsedLineTests {
    private static func recorded(_ event: Event, hasRecorder: Bool = true) -> RecordedEvent {
        RecordedEvent(
            sequence: 12, commit: 7, revision: 9, domain: event.kind.isOfStore ? nil : "vm \"ü\"",
            time: sampleTime, provenance: Provenance(actor: "a"), origin: .library, event: event,
            domainId: hasRecorder && !event.kind.isOfStore ? 3 : nil,
            recorder: hasRecorder ? Recorder(uid: .max, host: "h") : nil)
    }

    @Test("A parsed line has the numbers and slices of its line")
    func values() throws {
        let checkpoint = Checkpoint(
            name: "c1", description: "ü\u{1}\"\\/\n", creationTime: CreationTime(seconds: .min),
            disks: [Disk(name: "vda", bitmap: "c1"), Disk(name: "vd\tb", mode: .no)],
            definition: digest(of: [1]))
        let line = try EventLine.bytes(Self.recorded(.checkpointCreated(checkpoint)))
        try line.withUnsafeBytes { bytes in
            let parsed = try ParsedLine(bytes)
            #expect((parsed.sequence, parsed.commit, parsed.revision) == (12, 7, 9))
            #expect((parsed.kind, parsed.version) == (.checkpointCreated, 1))
            #expect((parsed.time, parsed.clock) == (sampleTime, nil))
            #expect(parsed.domainId == 3)
            #expect(parsed.recorder?.uid == .max)
            #expect(parsed.recorder?.host.hasSameBytes(as: "h") == true)
            #expect(parsed.domain?.hasEscapes == true)
            #expect(parsed.domain?.hasSameBytes(as: "vm \"ü\"") == true)
            #expect(parsed.domain?.hasSameBytes(as: "vm \"u\"") == false)
            #expect(parsed.payload.checkpointName?.hasEscapes == false)
            guard case .checkpointCreated(let metadata) = parsed.payload else {
                Issue.record("it is another payload")
                return
            }
            #expect(metadata.checkpoint == checkpoint)
            #expect(metadata.disks.count == 2)
            #expect(metadata.disks.map(\.mode) == [.bitmap, .no])
            #expect(metadata.disks.map(\.name.string) == ["vda", "vd\tb"])
            #expect(metadata.definition == checkpoint.definition)
        }
    }

    @Test("Texts of lines are equal exactly if they are the same byte by byte")
    func texts() throws {
        let texts = [
            "", "a", "b", "a\"", "a\\", "\u{1}", "\u{1F}", "\u{E}", "\n", "é", "e\u{301}",
            "K", "\u{212A}", String(repeating: "x", count: 40), "\u{8}\u{B}\u{C}\r\t\u{0}",
        ]
        let lines = try texts.map {
            try EventLine.bytes(Self.recorded(.checkpointDeleted(CheckpointName($0))))
        }
        for (text, line) in zip(texts, lines) {
            try line.withUnsafeBytes { bytes in
                let name = try #require(try ParsedLine(bytes).payload.checkpointName)
                #expect(Array(name.string.utf8) == Array(text.utf8))
                for (otherText, otherLine) in zip(texts, lines) {
                    let isSame = text.utf8.elementsEqual(otherText.utf8)
                    #expect(name.hasSameBytes(as: otherText) == isSame)
                    try otherLine.withUnsafeBytes { otherBytes in
                        let other = try #require(try ParsedLine(otherBytes).payload.checkpointName)
                        #expect((name == other) == isSame)
                        #expect((name.hashValue == other.hashValue) == isSame)
                    }
                }
            }
        }
    }

    @Test("The index of a line is derived from the line", arguments: Event.Kind.allCases)
    func index(kind: Event.Kind) throws {
        var events = RandomEvents(seed: 1)
        for _ in 0..<20 {
            let recorded = events.recorded(kind)
            try EventLine.bytes(recorded).withUnsafeBytes { bytes in
                let isEarlier = recorded.recorder == nil && !kind.isOfStore
                var askedCount = 0
                let index = try EventIndex(try ParsedLine(bytes)) { line in
                    askedCount += 1
                    #expect(line.domain?.hasSameBytes(as: recorded.domain?.text ?? "") == true)
                    return 77
                }
                #expect(askedCount == (isEarlier ? 1 : 0))
                #expect(
                    index.domain == (isEarlier ? 77 : Int64(recorded.domainId ?? 0)))
                #expect(index.revision == recorded.revision)
                #expect(index.kind == kind.column)
            }
        }
    }

    @Test("Kinds have different numbers from 1 on")
    func columns() {
        #expect(Event.Kind.allCases.map(\.column).sorted() == Array(1...Event.Kind.allCases.count))
    }
}
