import Foundation
import TestSupport
import Testing

/// The story of an operator's day in the documentation, run as it stands.
@Suite(.enabled(if: QemuImages.areMade))
struct OperatorDayTests {
    /// What is the same each time: without times, ages and the widths of columns.
    private static func normal(_ output: String) -> String {
        output.replacing(/\d{4}-\d\d-\d\d \d\d:\d\d:\d\d [+-]\d{4}/, with: "TIME")
            .replacing(/\d+ (s|min) ago/, with: "AGE").replacing(/-{3,}/, with: "---")
            .split(whereSeparator: \.isWhitespace).joined(separator: " ")
    }

    @Test("Each command of the story prints what the story shows")
    func story() throws {
        let fixture = try CommandFixture()
        try FileManager.default.createSymbolicLink(
            at: fixture.folder.url.appending(path: "Samples"),
            withDestinationURL: Fixtures.repository.appending(path: "Samples"))
        var environment = fixture.environment
        let path = ProcessInfo.processInfo.environment["PATH"] ?? ""
        environment["TOUR_PATH"] = CommandRun.products.path + ":" + path
        let page = try String(
            contentsOf: Fixtures.repository.appending(
                path: "Sources/Momentlog/Momentlog.docc/OperatorDay.md"), encoding: .utf8)
        var steps: [(command: String, output: String)] = []
        for block in page.matches(of: /```console\n(?<lines>(?s:.*?))```/) {
            for line in block.lines.split(separator: "\n") {
                if line.hasPrefix("$ ") {
                    steps.append((String(line.dropFirst(2)), ""))
                } else if !steps.isEmpty {
                    steps[steps.count - 1].output += line + "\n"
                }
            }
        }
        #expect(steps.count > 20)
        for (command, output) in steps {
            let script = "PATH=\"$TOUR_PATH\"; exec 2>&1; \(command)"
            let run = try CommandRun.run(
                "/bin/sh", ["-c", script], environment: environment, folder: fixture.folder.url)
            #expect(Self.normal(run.output) == Self.normal(output), "\(command)")
        }
    }
}
