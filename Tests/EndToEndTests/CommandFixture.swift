import Foundation
import Glibc
import TestSupport
import Testing

/// The built command with a store in a temporary folder.
struct CommandFixture {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder("end to end ü") }

    var environment: [String: String] {
        [
            "MOMENTLOG_STORE": folder.path("store.db"), "HOME": folder.path("home"),
            // Who the environment says that it is must not matter.
            "USER": "admin", "LOGNAME": "admin", "TZ": "UTC",
        ]
    }

    /// The name of the user that runs the tests, from the user database.
    static let user = getpwuid(getuid()).map { String(cString: $0.pointee.pw_name) } ?? ""

    /// The actor of what commands append without `--actor`.
    static let actor = "\(user)@\(ProcessInfo.processInfo.hostName)"

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

    /// Runs the command with a text on its standard input.
    @discardableResult
    func run(_ arguments: [String], input: String = "") throws -> CommandRun {
        try CommandRun.run(
            "momentlog", arguments, environment: environment, folder: folder.url,
            input: Data(input.utf8))
    }

    /// Runs the command and returns its output as JSON.
    func json(_ arguments: String...) throws -> Any {
        let run = try CommandRun.run(
            "momentlog", arguments + ["--format", "json"], environment: environment,
            folder: folder.url)
        try #require(run.errors.isEmpty, "\(arguments): \(run.errors)")
        return try JSONSerialization.jsonObject(with: Data(run.output.utf8))
    }

    /// The events of the log as JSON, from the first on.
    func events(_ domain: String...) throws -> [[String: Any]] {
        let run = try run(["log", "--format", "json"] + domain)
        try #require(run.status == 0, "\(run.errors)")
        let events = try JSONSerialization.jsonObject(with: Data(run.output.utf8))
        return try #require(events as? [[String: Any]])
    }

    /// Checkpoints as `NAME<-PARENT`, in the order of the list, the current with a star.
    func graph(_ domain: String = "vm") throws -> String {
        let list = try #require(try json("list", domain) as? [[String: Any]])
        return list.map { entry in
            let parent = (entry["parent"] as? String).map { "<-" + $0 } ?? ""
            let star = entry["current"] as? Bool == true ? "*" : ""
            return "\(entry["name"] ?? "")\(parent)\(star)"
        }.joined(separator: " ")
    }

    /// Defines a domain with the disks vda and vdb.
    func define(_ name: String = "vm", digit: Character = "a") throws {
        let run = try run(
            ["define", "-"], input: CheckpointText.guest(name, digit: digit))
        try #require(run.status == 0, "\(run.errors)")
    }

    /// Defines `vm` and creates checkpoints in it, each below the one before.
    func chain(_ names: String...) throws {
        try define()
        for name in names { _ = try output("create", "vm", "--name", name) }
    }

    /// What of the store a refused command must leave as it was.
    func state() throws -> [String] {
        let head = try String(contentsOfFile: folder.path("store.db.head"), encoding: .utf8)
        let size = try FileManager.default.attributesOfItem(
            atPath: folder.path("store.db"))[.size]
        return [head, "\(size ?? "none")", try output("log", "--format", "jsonl")]
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

    /// Changes the store's tables with no trigger in the way.
    func tamper(_ sql: String, keepsTriggers: Bool = true) throws {
        let script = """
            import sqlite3, sys
            store = sqlite3.connect(sys.argv[1])
            triggers = store.execute("SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'")
            triggers = triggers.fetchall()
            for name, _ in triggers:
                store.execute(f"DROP TRIGGER {name}")
            store.executescript(sys.argv[2])
            if sys.argv[3] == "true":
                for _, sql in triggers:
                    store.execute(sql)
            store.commit()
            """
        let run = try CommandRun.run(
            "/usr/bin/env",
            ["python3", "-c", script, folder.path("store.db"), sql, "\(keepsTriggers)"])
        try #require(run.status == 0, "\(run.errors)")
    }
}
