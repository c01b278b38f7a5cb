import Foundation
import TestSupport
import Testing

/// The console sessions of a page of the documentation.
struct PageSession {
    /// A command, and the output that the page shows below it.
    typealias Step = (command: String, output: String)

    let steps: [Step]

    /// Reads the sessions of a page.
    ///
    /// - Parameter path: The path of the page in the repository.
    init(of path: String) throws {
        let page = try String(
            contentsOf: Fixtures.repository.appending(path: path), encoding: .utf8)
        self.init(in: page)
    }

    /// Reads the sessions in a text.
    init(in page: String) {
        var steps: [Step] = []
        for block in page.matches(of: /```console\n(?<lines>(?s:.*?))```/) {
            for line in block.lines.split(separator: "\n", omittingEmptySubsequences: false) {
                if line.hasPrefix("$ ") {
                    steps.append((String(line.dropFirst(2)), ""))
                } else if !steps.isEmpty {
                    steps[steps.count - 1].output += line + "\n"
                }
            }
        }
        self.steps = steps
    }

    /// Replaces what differs from run to run: times, paths, and the widths of columns.
    static func normalized(_ output: String) -> String {
        output.replacing(/\d{4}-\d\d-\d\d \d\d:\d\d:\d\d [+-]\d{4}/, with: "TIME")
            .replacing(/(?m)created the store .*$/, with: "created the store PATH")
            .replacing(/\d+ (s|min) ago/, with: "AGE").replacing(/-{3,}/, with: "---")
            .split(whereSeparator: \.isWhitespace).joined(separator: " ")
    }

    /// Whether a command printed what the page shows; an ellipsis stands for any text.
    static func matches(_ printed: String, shown: String) throws -> Bool {
        let pattern = normalized(shown).split(separator: "…", omittingEmptySubsequences: false)
            .map { NSRegularExpression.escapedPattern(for: String($0)) }
            .joined(separator: ".*")
        return try Regex("^\(pattern)$").firstMatch(in: normalized(printed)) != nil
    }

    /// Runs the steps one after another where the samples are, and compares their output.
    func run() throws {
        let fixture = try CommandFixture()
        try FileManager.default.createSymbolicLink(
            at: fixture.folder.url.appending(path: "Samples"),
            withDestinationURL: Fixtures.repository.appending(path: "Samples"))
        var environment = fixture.environment
        let path = ProcessInfo.processInfo.environment["PATH"] ?? ""
        environment["PAGE_PATH"] = CommandRun.products.path + ":" + path
        for step in steps {
            let script = "PATH=\"$PAGE_PATH\"; exec 2>&1; \(step.command)"
            let run = try CommandRun.run(
                "/bin/sh", ["-c", script], environment: environment, folder: fixture.folder.url)
            #expect(
                try Self.matches(run.output, shown: step.output),
                "\(step.command): \(run.output)")
        }
    }
}
