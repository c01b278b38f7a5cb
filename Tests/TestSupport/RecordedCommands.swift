import Foundation

/// A command that does nothing but record how it was called, for scripts that call it.
public struct RecordedCommands {
    /// A folder to put first in PATH.
    public let path: String

    private let folder: TemporaryFolder

    /// Makes a command of this name.
    public init(_ name: String) throws {
        folder = try TemporaryFolder("recorded")
        path = folder.path("bin")
        // A file for each call, since an argument may hold anything but a NUL.
        try folder.write(
            """
            #!/bin/sh
            cd "$(dirname "$0")/.." || exit 1
            for word do printf '%s\\0' "$word"; done >>calls
            printf '\\0' >>calls

            """, to: "bin/\(name)")
        try FileManager.default.setAttributes(
            [.posixPermissions: 0o700], ofItemAtPath: path + "/" + name)
    }

    /// The arguments of each call so far.
    public var calls: [[String]] {
        get throws {
            guard let data = FileManager.default.contents(atPath: folder.path("calls"))
            else { return [] }
            var calls: [[String]] = [[]]
            for word in data.split(separator: 0, omittingEmptySubsequences: false).dropLast() {
                if word.isEmpty {
                    calls.append([])
                } else {
                    calls[calls.count - 1].append(String(decoding: word, as: UTF8.self))
                }
            }
            return calls.dropLast()
        }
    }

    /// Runs a script with the shell; each of its calls is recorded.
    public func run(script: String) throws -> CommandRun {
        let file = try folder.write(script, to: "script")
        return try CommandRun.run(
            "/bin/sh", [file],
            environment: [
                "PATH": path + ":" + (ProcessInfo.processInfo.environment["PATH"] ?? "")
            ], folder: folder.url)
    }
}
