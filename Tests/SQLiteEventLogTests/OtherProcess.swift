import Foundation
import Glibc
import Testing

/// Another process that holds the lock on a file until it is killed.
///
/// It is a class because it owns a process.
final class OtherProcess {
    /// util-linux's flock(1), which takes the very lock that momentlog takes.
    static let lockCommand = "/usr/bin/flock"

    private let process = Process()
    private let input = Pipe()

    /// Returns once the process holds the lock.
    init(locking path: String) throws {
        let output = Pipe()
        process.executableURL = URL(fileURLWithPath: Self.lockCommand)
        // Without a fork the one process that is killed is the one that holds it.
        process.arguments = ["--no-fork", path, "sh", "-c", "echo held; exec cat"]
        process.standardInput = input
        process.standardOutput = output
        try process.run()
        let line = output.fileHandleForReading.availableData
        try #require(String(decoding: line, as: UTF8.self) == "held\n")
    }

    deinit { kill() }

    /// Ends the process as a crash would, and returns when it is gone.
    func kill() {
        guard process.isRunning else { return }
        _ = sendSignal(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
    }

    private func sendSignal(_ process: pid_t, _ signal: CInt) -> CInt {
        Glibc.kill(process, signal)
    }
}
