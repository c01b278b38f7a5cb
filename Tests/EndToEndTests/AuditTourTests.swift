import Foundation
import TestSupport
import Testing

/// The tour in the documentation, run as it stands.
struct AuditTourTests {
    private static func page(_ path: String) throws -> String {
        try String(contentsOf: Fixtures.repository.appending(path: path), encoding: .utf8)
    }

    private static let tour = "Sources/Momentlog/Momentlog.docc/Audit.md"

    /// The commands of a page with what stands below each.
    private static func steps(in page: String) -> [(command: String, output: String)] {
        var steps: [(command: String, output: String)] = []
        for block in page.matches(of: /```console\n(?<lines>(?s:.*?))```/) {
            for line in block.lines.split(separator: "\n", omittingEmptySubsequences: false) {
                if line.hasPrefix("$ ") {
                    steps.append((String(line.dropFirst(2)), ""))
                } else if !steps.isEmpty {
                    steps[steps.count - 1].output += line + "\n"
                }
            }
        }
        return steps.map { ($0.command, normal($0.output)) }
    }

    /// What is the same each time: without the times themselves.
    private static func normal(_ output: String) -> String {
        output.replacing(/\d{4}-\d\d-\d\d \d\d:\d\d:\d\d [+-]\d{4}/, with: "TIME")
            .replacing(/\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{6} [+-]\d{4}/, with: "TIME")
            .replacing(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z/, with: "TIME")
            .replacing(/<creationTime>\d+/, with: "<creationTime>TIME")
            .replacing(/(?m)^Store: .*$/, with: "Store: PATH")
            .replacing(/(?m)created the store .*$/, with: "created the store PATH")
            .replacing(/"uid":\d+,"host":"[^"]*"/, with: "PROCESS")
            .replacing(/momentlog\/[0-9a-f]{32}/, with: "ORIGIN")
            .replacing(/[A-Za-z0-9+\/]{43}=/, with: "ROOT")
            .split(separator: "\n", omittingEmptySubsequences: false)
            .map { $0.replacing(/\ +$/, with: "") }.joined(separator: "\n")
            .trimmingCharacters(in: .newlines)
    }

    @Test("The tour's twenty questions have the answers that it shows")
    func tour() throws {
        let fixture = try CommandFixture()
        try FileManager.default.createSymbolicLink(
            at: fixture.folder.url.appending(path: "Samples"),
            withDestinationURL: Fixtures.repository.appending(path: "Samples"))
        var environment = fixture.environment
        let path = ProcessInfo.processInfo.environment["PATH"] ?? ""
        environment["PATH"] = CommandRun.products.path + ":" + path
        let page = try Self.page(Self.tour)
        #expect(page.matches(of: /(?m)^\d+\. .*\?$/).count == 20)
        let steps = Self.steps(in: page)
        #expect(steps.count > 30)
        for (command, output) in steps {
            // Other commands of a line come from the system.
            let script = "PATH=\"$TOUR_PATH\"; exec 2>&1; \(command)"
            environment["TOUR_PATH"] = environment["PATH"]
            let run = try CommandRun.run(
                "/bin/sh", ["-c", script], environment: environment, folder: fixture.folder.url)
            #expect(Self.normal(run.output) == output, "\(command)")
        }
    }

    @Test("What the README shows of the tour is part of it")
    func readme() throws {
        let readme = try Self.page("README.md")
        let start = try #require(readme.range(of: "## Audit"))
        let end = try #require(readme[start.upperBound...].range(of: "\n## "))
        let shown = Self.steps(in: String(readme[start.upperBound..<end.lowerBound]))
        #expect(shown.count >= 4)
        let steps = Self.steps(in: try Self.page(Self.tour))
        for step in shown {
            #expect(steps.contains { $0 == step }, "\(step.command)")
        }
    }
}
