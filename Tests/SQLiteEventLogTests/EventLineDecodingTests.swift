import Moments
import Testing

@testable import EventLog
@testable import SQLiteEventLog

struct EventLineDecodingTests {
    private static let metadata =
        #""checkpoint":"c1","parent":null,"creationTime":1,"description":null,"disks":[],"#
        + #""definition":null"#

    /// A line of an event, of which a test alters one thing.
    private static func line(
        event: String = "checkpointCreated", version: String = "1",
        time: String = "2026-11-23T19:40:10.000000Z", origin: String = #"{"kind":"command"}"#,
        rest: String = metadata
    ) -> String {
        #"{"sequence":1,"commit":1,"revision":1,"domain":"vm1","time":"\#(time)","#
            + #""event":"\#(event)","version":\#(version),"actor":"a","origin":\#(origin),"#
            + rest + "}"
    }

    private func code(of line: String) -> MomentlogError.Code? {
        do {
            _ = try EventLine.decode(line)
            return nil
        } catch {
            return error.code
        }
    }

    @Test("The line that the others alter is one")
    func unalteredLine() throws {
        let recorded = try EventLine.decode(Self.line())
        #expect(recorded.event == .checkpointCreated(Checkpoint(name: "c1", creationTime: 1)))
    }

    @Test(
        "An unknown event or a newer payload is too new",
        arguments: [
            line(event: "checkpointFrozen"), line(event: ""), line(event: "CurrentSet"),
            line(version: "2"), line(version: "99"), line(event: "later", version: "2"),
            // A newer payload may lack a field, or give it another form.
            line(version: "2", rest: #""name":1"#),
            line(version: "2", rest: #""checkpoint":{"id":1},"disks":{"vda":"c1"}"#),
            line(version: "2", origin: #""cluster""#),
            line(event: "diskAdded", rest: #""disks":"vda""#),
        ])
    func newerIsTooNew(line: String) {
        #expect(code(of: line) == .tooNew)
    }

    @Test("The error of a newer event names it, so that it can be found")
    func tooNewNamesTheEvent() {
        #expect {
            try EventLine.decode(Self.line(event: "checkpointFrozen", version: "3"))
        } throws: { error in
            let text = "\(error)"
            return text.contains("event 1") && text.contains("checkpointFrozen")
                && text.contains("3")
        }
    }

    @Test(
        "An invalid line is corrupt",
        arguments: [
            "", " ", "null", "[]", "{}", "x", "\u{0}", "{\"sequence\":1}",
            String(line().dropLast()), line() + "}", line() + line(), "[" + line() + "]",
            line(version: "\"1\""), line(version: "1.5"), line(version: "null"),
            line(version: "0"), line(version: "-1"),
        ])
    func garbageIsCorrupt(line: String) {
        #expect(code(of: line) == .corrupt)
    }

    @Test(
        "A field that is missing or impossible is corrupt",
        arguments: [
            line(time: "2026-02-30T00:00:00.000000Z"), line(time: "yesterday"), line(time: ""),
            line(event: "checkpointDeleted", rest: #""checkpoint":null"#),
            line(event: "domainRenamed", rest: #""uuid":null"#),
            line(rest: #""checkpoint":"c1","creationTime":1"#),
            line(rest: #""checkpoint":"c1","disks":[]"#),
            line(rest: #""creationTime":1,"disks":[]"#),
            line(rest: #""checkpoint":"c1","creationTime":"1","disks":[]"#),
            line(
                rest: #""checkpoint":"c1","creationTime":1,"#
                    + #""disks":[{"name":"vda","checkpoint":"full","bitmap":null}]"#),
            line(
                rest: #""checkpoint":"c1","creationTime":1,"disks":[],"definition":"0123""#),
            line(event: "domainDefined", rest: #""uuid":"not-a-uuid","definition":null"#),
            line(event: "domainDefined", rest: #""uuid":null,"definition":"xyz""#),
        ])
    func impossibleFieldIsCorrupt(line: String) {
        #expect(code(of: line) == .corrupt)
    }

    @Test(
        "An unknown origin is not read as another",
        arguments: [
            #"{"kind":"cluster"}"#, #"{"kind":""}"#, #"{"kind":"import","file":"a.xml"}"#,
            #"{"kind":"import","sha256":"00"}"#,
        ])
    func unknownOriginIsRefused(origin: String) {
        #expect(code(of: Self.line(origin: origin)) != nil)
    }
}
