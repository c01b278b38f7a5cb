import Foundation
import TestSupport
import Testing

/// The built command with a store in a temporary folder.
struct CommandFixture {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder("end to end ü") }

    var environment: [String: String] {
        [
            "MOMENTLOG_STORE": folder.path("store.db"), "HOME": folder.path("home"),
            "USER": "tester", "TZ": "UTC",
        ]
    }

    /// Runs the command to its end.
    @discardableResult
    func run(_ arguments: String..., environment: [String: String]? = nil) throws -> CommandRun {
        try CommandRun.run(
            "momentlog", arguments, environment: environment ?? self.environment,
            folder: folder.url)
    }

    /// Runs the command and returns its output, which has to end well.
    func output(_ arguments: String...) throws -> String {
        let run = try CommandRun.run(
            "momentlog", arguments, environment: environment, folder: folder.url)
        try #require(run.status == 0, "\(arguments): \(run.errors)")
        return run.output
    }

    /// Runs the command and returns its output as JSON.
    func json(_ arguments: String...) throws -> Any {
        let run = try CommandRun.run(
            "momentlog", arguments + ["--format", "json"], environment: environment,
            folder: folder.url)
        try #require(run.errors.isEmpty, "\(arguments): \(run.errors)")
        return try JSONSerialization.jsonObject(with: Data(run.output.utf8))
    }

    /// Imports all libraries of the corpus.
    func importCorpus() throws {
        for library in Fixtures.libraries {
            _ = try output("import", library.checkpointFolder.path)
        }
    }

    /// Writes checkpoints as files of a folder, name to parent; returns its path.
    func library(_ name: String, _ parents: KeyValuePairs<String, String?>) throws -> String {
        for (index, (checkpoint, parent)) in parents.enumerated() {
            try folder.write(
                CheckpointText.document(checkpoint, parent: parent, time: 1_700_000_000 + index),
                to: "\(name)/\(checkpoint).xml")
        }
        return folder.path(name)
    }
}
