public import Foundation

/// One run of a built executable.
public struct CommandRun: Sendable {
    /// The exit status, or the signal that ended it.
    public let status: Int32
    /// Whether a signal ended it.
    public let wasKilled: Bool
    /// What it wrote to standard output.
    public let output: String
    /// What it wrote to standard error.
    public let errors: String

    /// Where the executables of this build are.
    public static var products: URL {
        // The tests run from a bundle, or an executable, in the same folder.
        Bundle.main.bundleURL.pathExtension == "xctest"
            ? Bundle.main.bundleURL.deletingLastPathComponent()
            : URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()
    }

    /// Runs an executable to its end.
    ///
    /// - Parameters:
    ///   - executable: The name of a product, or the path of any program.
    ///   - environment: Replaces the environment but for PATH.
    ///   - input: What is on its standard input.
    public static func run(
        _ executable: String, _ arguments: [String], environment: [String: String] = [:],
        folder: URL? = nil, input: Data = Data()
    ) throws -> CommandRun {
        let process = Process()
        process.executableURL =
            executable.hasPrefix("/")
            ? URL(fileURLWithPath: executable) : products.appending(path: executable)
        process.arguments = arguments
        process.environment = environment.merging(
            ["PATH": ProcessInfo.processInfo.environment["PATH"] ?? ""]) { given, _ in given }
        process.currentDirectoryURL = folder
        // Files rather than pipes: neither fills up.
        let scratch = try TemporaryFolder("run")
        process.standardInput = FileHandle.nullDevice
        if !input.isEmpty {
            let file = scratch.url.appending(path: "input")
            try input.write(to: file)
            process.standardInput = try FileHandle(forReadingFrom: file)
        }
        let output = scratch.url.appending(path: "output")
        let errors = scratch.url.appending(path: "errors")
        for file in [output, errors] { try Data().write(to: file) }
        process.standardOutput = try FileHandle(forWritingTo: output)
        process.standardError = try FileHandle(forWritingTo: errors)
        try process.run()
        process.waitUntilExit()
        return CommandRun(
            status: process.terminationStatus,
            wasKilled: process.terminationReason == .uncaughtSignal,
            output: String(decoding: try Data(contentsOf: output), as: UTF8.self),
            errors: String(decoding: try Data(contentsOf: errors), as: UTF8.self))
    }
}
