import Foundation
import TestSupport
import Testing

struct KillTests {
    /// Runs the command and kills it after so many seconds.
    private func runAndKill(
        _ arguments: [String], after seconds: Double, _ fixture: CommandFixture
    ) throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/timeout")
        process.arguments =
            [
                "--signal=KILL", String(seconds),
                CommandRun.products.appending(path: "momentlog").path,
            ]
            + arguments
        process.environment = fixture.environment
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
    }

    @Test("An import that is killed at any time leaves the domain complete or absent")
    func killedImport() throws {
        let fixture = try CommandFixture()
        for index in 0..<400 {
            try fixture.folder.write(
                CheckpointText.document("c\(index)", parent: index == 0 ? nil : "c\(index - 1)"),
                to: "vm/c\(index).xml")
        }
        var wasThere = 0
        for attempt in 0..<30 {
            let store = fixture.folder.path("\(attempt).db")
            try runAndKill(
                ["--store", store, "import", fixture.folder.path("vm")],
                after: 0.01 + 0.01 * Double(attempt), fixture)
            let list = try fixture.run("--store", store, "list", "vm", "--name")
            if list.status == 0 {
                wasThere += 1
                #expect(list.output.split(separator: "\n").count == 400)
            } else {
                #expect(
                    list.errors.contains("there is no store") || list.errors.contains("no domain"),
                    "\(list.errors)")
            }
            // Whatever was left, the next import goes through.
            let again = try fixture.run("--store", store, "import", fixture.folder.path("vm"))
            #expect(again.status == 0, "\(again.errors)")
        }
        #expect(wasThere < 30)
    }

    @Test("An export that is killed at any time leaves the folder complete or absent")
    func killedExport() throws {
        let fixture = try CommandFixture()
        for index in 0..<400 {
            try fixture.folder.write(
                CheckpointText.document("c\(index)"), to: "vm/c\(index).xml")
        }
        _ = try fixture.output("import", fixture.folder.path("vm"))
        for attempt in 0..<20 {
            let output = fixture.folder.path("out \(attempt)")
            try runAndKill(
                ["export", "vm", "--output", output], after: 0.02 + 0.01 * Double(attempt), fixture)
            let files = try? FileManager.default.contentsOfDirectory(atPath: output + "/vm")
            #expect(files == nil || files?.count == 401)
            _ = try fixture.output("export", "vm", "--output", output, "--replace")
            let names = try FileManager.default.contentsOfDirectory(atPath: output)
                // What a killed export leaves behind is visibly no export, and nobody removes it.
                .filter { !$0.hasPrefix(".momentlog-export-") }
            #expect(names == ["vm"])
        }
    }
}
