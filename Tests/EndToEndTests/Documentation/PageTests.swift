import Foundation
import TestSupport
import Testing

/// The pages of the documentation, compared with the command.
struct PageTests {
    private static let catalog = "Sources/Momentlog/Momentlog.docc/"

    @Test(
        "Every command on a page for operators prints what the page shows",
        arguments: [("GettingStarted", 8), ("BrokenChain", 12), ("BackupTools", 3)])
    func session(page: String, count: Int) throws {
        let session = try PageSession(of: Self.catalog + page + ".md")
        #expect(session.steps.count >= count)
        try session.run()
    }

    @Test("The first session of the README prints what it shows")
    func readme() throws {
        let readme = try String(
            contentsOf: Fixtures.repository.appending(path: "README.md"), encoding: .utf8)
        let first = try #require(readme.range(of: "\n## "))
        let session = PageSession(in: String(readme[..<first.lowerBound]))
        #expect(session.steps.count == 4)
        try session.run()
    }

    @Test("A session with another output does not match")
    func difference() throws {
        #expect(try PageSession.matches("a b 1 s ago\n", shown: "a  b 3 s ago"))
        #expect(try PageSession.matches("a\nmore\nb", shown: "a\n…\nb"))
        #expect(try !PageSession.matches("a\nmore\nb", shown: "a\n…\nc"))
        #expect(try !PageSession.matches("a b", shown: "a"))
    }

    @Test("The README has fewer than 200 lines, and its links exist")
    func readmeLinks() throws {
        let readme = try String(
            contentsOf: Fixtures.repository.appending(path: "README.md"), encoding: .utf8)
        #expect(readme.split(separator: "\n", omittingEmptySubsequences: false).count <= 200)
        let targets =
            readme.matches(of: /\]\((?<path>[A-Za-z.\/]+)\)/).map { String($0.path) }
            + readme.matches(of: /(?m)^\[[a-z]+\]: (?<path>\S+)$/).map { String($0.path) }
        #expect(targets.count > 20)
        for target in targets {
            let file = Fixtures.repository.appending(path: target).path
            #expect(FileManager.default.fileExists(atPath: file), "\(target)")
        }
    }

    @Test("The command reference is what the script makes of the help")
    func reference() throws {
        let run = try CommandRun.run(
            "/usr/bin/env",
            [
                "python3", Fixtures.repository.appending(path: "scripts/command-reference").path,
                CommandRun.products.appending(path: "momentlog").path,
            ])
        try #require(run.status == 0, "\(run.errors)")
        let page = try String(
            contentsOf: Fixtures.repository.appending(path: Self.catalog + "CommandReference.md"),
            encoding: .utf8)
        #expect(run.output == page, "run 'make reference'")
    }
}
