import Foundation
import TestSupport

/// A running `momentlog apply` that is talked to line by line. It blocks for each answer.
final class CommandSession {
    private let process = Process()
    private let input = Pipe()
    private let output = Pipe()
    private var buffer = Data()
    private let errors: URL
    private let scratch: TemporaryFolder

    init(_ arguments: [String], _ fixture: CommandFixture) throws {
        scratch = try TemporaryFolder("session")
        errors = scratch.url.appending(path: "errors")
        try Data().write(to: errors)
        process.executableURL = CommandRun.products.appending(path: "momentlog")
        process.arguments = arguments
        process.environment = fixture.environment
        process.standardInput = input
        process.standardOutput = output
        process.standardError = try FileHandle(forWritingTo: errors)
        try process.run()
    }

    deinit {
        if process.isRunning { process.terminate() }
    }

    /// The number of its process.
    var identifier: Int32 { process.processIdentifier }

    /// Where lines are written to, also from another thread.
    var writer: FileHandle { input.fileHandleForWriting }

    func write(_ text: String) throws { try writer.write(contentsOf: Data(text.utf8)) }

    /// The next answer, without its line feed; nil when there are no more.
    func next() throws -> String? {
        while true {
            if let end = buffer.firstIndex(of: UInt8(ascii: "\n")) {
                defer { buffer = buffer[(end + 1)...] }
                return String(decoding: buffer[..<end], as: UTF8.self)
            }
            let more = output.fileHandleForReading.availableData
            guard !more.isEmpty else { return nil }
            buffer = Data(buffer) + more
        }
    }

    /// The most memory that it has had at once, in bytes: the kernel's high-water mark of
    /// its resident set (proc_pid_status(5)).
    var peakMemory: Int? {
        let path = "/proc/\(process.processIdentifier)/status"
        let status = try? String(contentsOfFile: path, encoding: .utf8)
        let match = status?.firstMatch(of: /VmHWM:\s+([0-9]+) kB/)
        return match.flatMap { Int($0.1) }.map { $0 * 1_024 }
    }

    /// Ends its input; returns its exit status and what it wrote to standard error.
    func finish() throws -> (status: Int32, errors: String) {
        try writer.close()
        process.waitUntilExit()
        return (process.terminationStatus, try String(contentsOf: errors, encoding: .utf8))
    }
}
