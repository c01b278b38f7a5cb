import Moments
import Testing

@testable import EventLog
@testable import SQLiteEventLog

/// Lines of earlier payload versions are read as if they were of the latest.
struct UpcastTests {
    /// A kind that has had three versions: a name, the name with a mark, two marks.
    private static let versions = PayloadVersions(steps: [
        .currentSet: [
            { fields in fields.checkpoint = (fields.checkpoint ?? "none") + "+2" },
            { fields in fields.checkpoint = (fields.checkpoint ?? "none") + "+3" },
        ]
    ])

    private static func line(_ version: Int, event: String = "currentSet") -> String {
        #"{"sequence":1,"commit":1,"revision":1,"domain":"vm1","#
            + #""time":"2026-11-23T19:40:10.000000Z","event":"\#(event)","version":\#(version),"#
            + #""actor":"a","origin":{"kind":"command"},"checkpoint":"c1"}"#
    }

    @Test(
        "each step from a line's version on is taken, in order",
        arguments: [(1, "c1+2+3"), (2, "c1+3"), (3, "c1")])
    func steps(version: Int, name: String) throws {
        let event = try EventLine.decode(Self.line(version), versions: Self.versions).event
        #expect(event == .currentSet(name))
    }

    @Test("another kind's versions do not count")
    func otherKind() throws {
        let line = Self.line(1, event: "checkpointDeleted")
        #expect(
            try EventLine.decode(line, versions: Self.versions).event == .checkpointDeleted("c1"))
        #expect(throws: MomentlogError.self) {
            try EventLine.decode(
                Self.line(2, event: "checkpointDeleted"), versions: Self.versions)
        }
    }

    @Test(
        "a version that is not known is refused: too new, or none that ever was",
        arguments: [
            (4, MomentlogError.Code.tooNew), (1_000, .tooNew), (0, .corrupt), (-1, .corrupt),
        ])
    func unknown(version: Int, code: MomentlogError.Code) throws {
        do {
            _ = try EventLine.decode(Self.line(version), versions: Self.versions)
            Issue.record("it was read")
        } catch {
            #expect(error.code == code)
        }
    }

    @Test("what is written is of the latest version", arguments: Event.Kind.allCases)
    func written(kind: Event.Kind) throws {
        var events = RandomEvents(seed: 1)
        let line = EventLine.encode(events.recorded(kind))
        #expect(line.contains(#""version":\#(PayloadVersions.known.latest(kind)),"#))
    }
}
