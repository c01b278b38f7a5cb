import Foundation
import TestSupport
import Testing

/// Compares tables with committed screens. `MOMENTLOG_UPDATE_SCREENS=1` writes them again; look at
/// them before they are committed.
struct ScreenTests {
    private static let commands: [[String]] = [
        [
            "import", "Samples/checkpoint", "--actor", "admin@host.example", "--reason",
            "first look",
        ],
        ["create", "two", "--name", "monday", "--actor", "nightly@backup1", "--reason", "nightly"],
        ["domains"], ["domains", "--all"], ["list", "branch"], ["list", "branch", "--parent"],
        ["list", "branch", "--graph"], ["list", "branch", "--tree"], ["list", "lin"],
        ["info", "lin", "c4"], ["check"], ["check", "lin", "--dry-run"], ["log"],
        ["log", "two", "--verbose"], ["diff", "two", "1"], ["history", "two", "monday"],
        [
            "reconcile", "two", "--info", "vda=vda.json", "--guest-off", "--record", "--actor",
            "nightly@backup1",
        ],
        ["list", "two", "--health"], ["snapshot"],
        ["delete", "two", "monday", "--dry-run"],
    ]

    /// What is the same each time, in the same width.
    private static func normal(_ output: String) -> String {
        output.replacing(/\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d{6})?/) { match in
            "2026-01-01 00:00:00" + (match.1 == nil ? "" : ".000000")
        }.replacing(/\(\d s/, with: "(0 s")
    }

    @Test(
        "Tables fit 60, 80 and 200 columns, and match the committed ones", arguments: [60, 80, 200])
    func screens(columns: Int) throws {
        let fixture = try CommandFixture()
        try FileManager.default.createSymbolicLink(
            at: fixture.folder.url.appending(path: "Samples"),
            withDestinationURL: Fixtures.repository.appending(path: "Samples"))
        try fixture.folder.write(
            #"{"filename":"a.qcow2","format":"qcow2","virtual-size":1048576}"#, to: "vda.json")
        var environment = fixture.environment
        environment["COLUMNS"] = String(columns)
        var screen = ""
        for arguments in Self.commands {
            let run = try CommandRun.run(
                "momentlog", arguments, environment: environment, folder: fixture.folder.url)
            #expect([0, 3].contains(run.status), "\(arguments): \(run.errors)")
            screen += "$ momentlog \(arguments.joined(separator: " "))\n"
            screen += Self.normal(run.output)
            for line in run.output.split(separator: "\n") {
                // A command that is broken into lines could not be pasted.
                let isCommand = line.contains("momentlog ") || line.contains("virsh ")
                #expect(isCommand || line.count <= columns, "\(arguments): \(line)")
            }
        }
        let file = Fixtures.repository.appending(path: "Tests/Fixtures/screens/\(columns).txt")
        if ProcessInfo.processInfo.environment["MOMENTLOG_UPDATE_SCREENS"] == "1" {
            try Data(screen.utf8).write(to: file)
        }
        let committed = try String(contentsOf: file, encoding: .utf8)
        #expect(screen == committed)
    }
}
