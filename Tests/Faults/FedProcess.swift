import Foundation
import Glibc
import TestSupport

/// A command that reads what is made while it runs, and is watched meanwhile. It is a class
/// because it owns a process.
final class FedProcess {
    private let process = Process()
    private let input = Pipe()
    private let output = Pipe()
    private let errors: URL
    private let peakFile: URL
    private var rest: [UInt8] = []
    /// How many lines it has written.
    private(set) var lineCount = 0

    /// - Parameter maximumAddressSpace: How many KiB of address space it may have; what it
    ///   uses is measured then. Nil for neither.
    init(_ arguments: [String], in folder: FastFolder, maximumAddressSpace: Int? = nil) throws {
        // One that reads no more is no reason to end.
        _ = signal(SIGPIPE, SIG_IGN)
        let command = CommandRun.products.appending(path: "momentlog")
        peakFile = folder.url.appending(path: "peak")
        if let maximumAddressSpace {
            process.executableURL = URL(fileURLWithPath: CommandLine.arguments[0])
            process.arguments =
                [
                    Self.measuredArgument, peakFile.path, "/bin/sh", "-c",
                    "ulimit -v \(maximumAddressSpace) && exec \"$0\" \"$@\"", command.path,
                ] + arguments
        } else {
            process.executableURL = command
            process.arguments = arguments
        }
        process.environment = [
            "MOMENTLOG_STORE": folder.store, "HOME": folder.url.path,
            "SWIFT_BACKTRACE": "enable=no",
        ]
        process.currentDirectoryURL = folder.url
        errors = folder.url.appending(path: "errors")
        try Data().write(to: errors)
        process.standardInput = input
        process.standardOutput = output
        process.standardError = try FileHandle(forWritingTo: errors)
        try process.run()
        try input.fileHandleForReading.close()
        try output.fileHandleForWriting.close()
    }

    var memory: MemoryUse {
        get throws { try MemoryUse(of: process.processIdentifier) }
    }

    /// Writes to its standard input, in its own thread, until there is nothing more or
    /// nobody reads.
    ///
    /// - Parameter closes: Whether the input ends then; else ``endInput()`` ends it.
    func feed(closes: Bool, _ next: @escaping @Sendable () -> Data?) {
        let handle = input.fileHandleForWriting
        Thread.detachNewThread {
            while let data = next(), (try? handle.write(contentsOf: data)) != nil {}
            if closes { try? handle.close() }
        }
    }

    func endInput() { try? input.fileHandleForWriting.close() }

    /// Hands over the lines that it writes, to its end.
    func read(_ body: (Substring) throws -> Void) throws {
        // A FileHandle would wait until there is as much as was asked for.
        let descriptor = output.fileHandleForReading.fileDescriptor
        var chunk = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = chunk.withUnsafeMutableBytes { buffer in
                Glibc.read(descriptor, buffer.baseAddress, buffer.count)
            }
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else { break }
            rest += chunk[..<count]
            let text = String(decoding: rest, as: UTF8.self)
            var lines = text.split(separator: "\n", omittingEmptySubsequences: false)
            rest = Array((lines.popLast() ?? "").utf8)
            for line in lines {
                lineCount += 1
                try body(line)
            }
        }
    }

    /// How it ended.
    struct End: Sendable {
        let status: Int32
        let wasKilled: Bool
        let errors: String
        /// How many KiB were resident at most; 0 if that was not measured.
        let peak: Int
    }

    /// Waits for its end.
    func end() throws -> End {
        process.waitUntilExit()
        let peak = (try? String(contentsOf: peakFile, encoding: .utf8)).flatMap { Int($0) }
        return End(
            status: process.terminationStatus,
            wasKilled: process.terminationReason == .uncaughtSignal
                || process.terminationStatus > 128,
            errors: String(decoding: try Data(contentsOf: errors), as: UTF8.self),
            peak: peak ?? 0)
    }

    /// The first argument of this executable to run another, and write down how many KiB of it
    /// were resident at most: that is known to who has waited for it alone.
    static let measuredArgument = "measured"

    static func runMeasured(_ arguments: [String]) throws -> Int32 {
        guard arguments.count > 1 else { return 64 }
        let process = Process()
        process.executableURL = URL(fileURLWithPath: arguments[1])
        process.arguments = Array(arguments.dropFirst(2))
        try process.run()
        process.waitUntilExit()
        var usage = rusage()
        // RUSAGE_CHILDREN, which is an enumeration's case in one C library, a number in another.
        getrusage(-1, &usage)
        try String(usage.ru_maxrss).write(
            toFile: arguments[0], atomically: false, encoding: .utf8)
        return process.terminationStatus
            + (process.terminationReason == .uncaughtSignal ? 128 : 0)
    }
}
