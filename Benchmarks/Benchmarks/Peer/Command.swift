import Foundation

/// The command `momentlog` in its own process, with a store.
struct Command {
    let executable: String
    let store: String

    /// Runs it to its end.
    func run(_ arguments: [String]) throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: executable)
        process.arguments = ["--store", store] + arguments
        process.standardOutput = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        precondition(process.terminationStatus == 0)
    }

    /// Gives `apply` line after line, each when the one before is answered.
    func applyWaiting(_ lines: [String]) throws {
        let process = Process()
        let (input, output) = (Pipe(), Pipe())
        process.executableURL = URL(fileURLWithPath: executable)
        process.arguments = ["--store", store, "apply"]
        process.standardInput = input
        process.standardOutput = output
        try process.run()
        for line in lines {
            try input.fileHandleForWriting.write(contentsOf: Data((line + "\n").utf8))
            // An answer is far shorter than what a pipe takes at once.
            let answer = output.fileHandleForReading.availableData
            precondition(answer.starts(with: Data(#"{"ok":true"#.utf8)) && answer.last == 0x0A)
        }
        try input.fileHandleForWriting.close()
        process.waitUntilExit()
        precondition(process.terminationStatus == 0)
    }

    func removeStore() {
        for suffix in ["", ".head", "-wal", "-shm"] {
            try? FileManager.default.removeItem(atPath: store + suffix)
        }
    }
}
