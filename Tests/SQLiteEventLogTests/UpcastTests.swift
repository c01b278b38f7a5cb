import Moments
import Testing

@testable import EventLog
@testable import SQLiteEventLog

/// Lines of earlier payload versions are read as if they were of the latest.
struct UpcastTests {
    /// A kind that has had three versions: a name, the name of a root, and today's.
    private static let versions = PayloadVersions(earlier: [.currentSet: [readName, readRoot]])

    private static func line(
        _ version: Int, event: String = "currentSet", rest: String = #""checkpoint":"c1""#
    ) -> String {
        #"{"sequence":1,"commit":1,"revision":1,"domain":"vm1","#
            + #""time":"2026-11-23T19:40:10.000000Z","event":"\#(event)","version":\#(version),"#
            + #""actor":"a","origin":{"kind":"command"},\#(rest)}"#
    }

    private static let readable = [
        (1, #""name":"c1""#), (2, #""root":"c1","forced":true"#), (3, #""checkpoint":"c1""#),
    ]

    @Test("A line of each version is read as one of the latest", arguments: readable)
    func read(version: Int, rest: String) throws {
        let line = Self.line(version, rest: rest)
        #expect(try EventLine.decode(line, versions: Self.versions).event == .currentSet("c1"))
    }

    @Test(
        "A line with the payload of another version than its own is corrupt",
        arguments: readable, [1, 2, 3])
    func otherVersion(payload: (version: Int, rest: String), version: Int) {
        guard payload.version != version else { return }
        #expect {
            try EventLine.decode(
                Self.line(version, rest: payload.rest), versions: Self.versions)
        } throws: {
            ($0 as? MomentlogError)?.code == .corrupt
        }
    }

    @Test("Another kind's versions do not count")
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
        "A version that is not known is refused: too new, or none that ever was",
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

    @Test("What is written is of the latest version", arguments: Event.Kind.allCases)
    func written(kind: Event.Kind) throws {
        var events = RandomEvents(seed: 1)
        let line = try EventLine.encode(events.recorded(kind))
        #expect(line.contains(#""version":\#(PayloadVersions.known.latest(kind)),"#))
    }
}

@Sendable private func readName(
    _ reader: inout LineReader
) throws(LineProblem) -> EventPayload {
    try reader.key(",\"name\":")
    return .currentSet(try reader.text())
}

@Sendable private func readRoot(
    _ reader: inout LineReader
) throws(LineProblem) -> EventPayload {
    try reader.key(",\"root\":")
    let root = try reader.optionalText()
    try reader.key(",\"forced\":")
    _ = try reader.flag()
    return .currentSet(root)
}
