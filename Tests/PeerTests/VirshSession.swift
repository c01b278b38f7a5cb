import Foundation
import Momentlog
import Moments
import TestSupport

/// Commands for one real virsh on libvirt's test driver, whose guests and checkpoints live
/// as long as the process does; so all are gathered first, and then run in one.
///
/// It needs the package libvirt-clients of Debian.
struct VirshSession {
    private static let path = "/usr/bin/virsh"

    /// The driver's own guest.
    static let domain = "test"

    /// What a store calls it by.
    static let reference = DomainReference(domain)

    /// Whether there is a virsh with the test driver.
    static let isAvailable =
        (try? CommandRun.run(path, ["-c", "test:///default", "list"]))?.status == 0

    /// The guest's definition as virsh prints it.
    static func definition() throws -> String {
        try CommandRun.run(path, ["-c", "test:///default", "dumpxml", domain]).output
    }

    private var lines: [String] = []
    private var parts = 0

    private static let mark = "=== part"

    /// Adds a command.
    mutating func add(_ words: [String]) {
        lines.append(words.map(Self.quoted).joined(separator: " "))
    }

    /// Ends what ``run()`` returns together.
    mutating func endPart() {
        add(["echo", Self.mark])
        parts += 1
    }

    /// Runs all commands in their order.
    ///
    /// - Returns: What was printed in each part, without the echo of the commands; errors
    ///   and what is printed come in the order in which they happened.
    func run() throws -> [[String]] {
        let folder = try TemporaryFolder("virsh")
        let file = try folder.write(
            "echo '\(Self.mark)'\n" + lines.joined(separator: "\n") + "\n", to: "commands")
        let run = try CommandRun.run(
            "/bin/sh", ["-c", "exec \"$0\" -c test:///default <\"$1\" 2>&1", Self.path, file])
        var found: [[String]] = [[]]
        for line in run.output.split(separator: "\n").map(String.init) {
            if line == Self.mark {
                found.append([])
            } else if !line.hasPrefix("virsh # ") {
                found[found.count - 1].append(line)
            }
        }
        // Before the first mark virsh says who it is.
        return Array(found.dropFirst().prefix(parts))
    }

    /// A word as virsh's own shell reads it.
    private static func quoted(_ word: String) -> String {
        "'" + word.replacing("'", with: #"'\''"#) + "'"
    }
}
