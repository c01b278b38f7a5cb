import Foundation
import TestSupport
import Testing

/// Reports of inspections that arrive late, or with a wrong time.
struct LateInspectionTests {
    private let fixture: CommandFixture

    init() throws {
        fixture = try CommandFixture()
        try fixture.chain("c1")
    }

    /// Applies a report on the image of vda, in which the bitmap is.
    private func observe(at time: String?, format: String = "qcow2") throws -> CommandRun {
        let bitmaps: [[String: Any]] = [
            ["name": "c1", "granularity": 65_536, "flags": ["auto"]]
        ]
        let info: [String: Any] = [
            "filename": "/img/vda.qcow2", "format": format, "virtual-size": 1,
            "format-specific": [
                "type": format, "data": ["compat": "1.1", "bitmaps": bitmaps] as [String: Any],
            ] as [String: Any],
        ]
        var line: [String: Any] = [
            "command": "observe", "domain": "vm",
            "images": [["disk": "vda", "info": info] as [String: Any]],
        ]
        line["at"] = time
        let text = try JSONSerialization.data(withJSONObject: line)
        return try fixture.run(["apply"], input: String(decoding: text, as: UTF8.self))
    }

    private func verdict() throws -> String? {
        let list = try #require(try fixture.json("list", "vm", "--health") as? [[String: Any]])
        let health = list[0]["health"] as? [[String: Any]]
        return health?.first { $0["disk"] as? String == "vda" }?["verdict"] as? String
    }

    @Test("A report that is older than the recorded verdict does not replace it")
    func older() throws {
        #expect(try observe(at: "2001-01-01T00:00:00Z").status == 0)
        #expect(try verdict() == "valid")
        let info = #"{"filename":"/img/vda.qcow2","format":"qcow2","virtual-size":1}"#
        try fixture.folder.write(info, to: "vda.json")
        let now = try fixture.run(
            "reconcile", "vm", "--info", "vda=vda.json", "--guest-off", "--record")
        #expect(now.status == 3)
        #expect(try verdict() == "missing", "\(now.output)\(now.errors)")
        let size = try fixture.events().count
        let late = try observe(at: "2020-01-01T00:00:00Z")
        #expect(late.status == 0 && late.output.contains(#""commit":null"#), "\(late.output)")
        #expect(try verdict() == "missing")
        #expect(try fixture.events().count == size)
        let status = try fixture.run("status")
        #expect(status.status == 3 && status.output.contains("vda"), "\(status.output)")
        #expect(try observe(at: nil).status == 0)
        #expect(try verdict() == "valid")
    }

    @Test("A fault is recorded although its time is a little earlier: clocks differ")
    func slowClock() throws {
        #expect(try observe(at: nil).status == 0)
        #expect(try verdict() == "valid")
        let format = ISO8601DateFormatter()
        func time(_ age: TimeInterval) -> String {
            format.string(from: Date(timeIntervalSinceNow: -age))
        }
        let stale = try observe(at: time(7_200), format: "raw")
        #expect(stale.output.contains(#""commit":null"#), "\(stale.output)")
        #expect(try verdict() == "valid")
        let recent = try observe(at: time(600), format: "raw")
        #expect(recent.status == 0, "\(recent.output)")
        #expect(try verdict() == "unsupported-format")
    }

    @Test("A report of the future is refused")
    func future() throws {
        let run = try observe(at: "2099-01-01T00:00:00Z")
        #expect(run.status == 1 && run.output.contains("future"), "\(run.output)")
        #expect(try verdict() == nil)
    }
}
