import Foundation
import Momentlog

/// Runs `qemu-img`, the only program that momentlog ever runs.
enum QemuImg {
    /// What was seen of an image.
    struct Seen {
        var chain: ImageChain
        /// Whether another process writes to it, so that the file is behind.
        var isStale: Bool
    }

    /// Looks at the images of a disk, also where a guest writes to them.
    ///
    /// - Parameters:
    ///   - path: The image that the guest writes to.
    ///   - format: Its format as the domain's definition tells it; nil if that is not known.
    ///     Without it a guest could write what makes its raw disk look like another image.
    /// - Throws: ``MomentlogError`` with `unreadable-file` for what cannot be looked at.
    static func info(_ path: String, format: String?) throws(MomentlogError) -> Seen {
        let plain = try run(path, format, sharing: false)
        if plain.status == 0 {
            return Seen(chain: try QemuImgInfo.chain(in: plain.output, from: path), isStale: false)
        }
        guard plain.errors.contains("lock") else { throw failure(path, plain) }
        let shared = try run(path, format, sharing: true)
        guard shared.status == 0 else { throw failure(path, shared) }
        return Seen(chain: try QemuImgInfo.chain(in: shared.output, from: path), isStale: true)
    }

    private struct Run {
        var status: Int32
        var output: [UInt8]
        var errors: String
    }

    private static func run(
        _ path: String, _ format: String?, sharing: Bool
    ) throws(MomentlogError) -> Run {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments =
            ["qemu-img", "info", "--output=json", "--backing-chain"]
            + (sharing ? ["-U"] : []) + (format.map { ["-f", $0] } ?? []) + ["--", named(path)]
        // What it says of locks is looked for.
        process.environment = ProcessInfo.processInfo.environment.merging(["LC_ALL": "C"]) {
            $1
        }
        let (output, errors) = (Pipe(), Pipe())
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = output
        process.standardError = errors
        do {
            try process.run()
        } catch {
            throw MomentlogError(.unreadableFile, "qemu-img cannot be run: \(error)", cause: error)
        }
        let printed = try ReportFile.read(
            descriptor: output.fileHandleForReading.fileDescriptor, from: path)
        // Else it would wait for somebody to read on.
        if printed.count > ReportLimits.bytes { process.terminate() }
        let said = try ReportFile.read(
            descriptor: errors.fileHandleForReading.fileDescriptor, from: path)
        process.waitUntilExit()
        guard process.terminationStatus != 127 else {
            throw MomentlogError(
                .unreadableFile, "there is no qemu-img to look at '\(path)' with",
                hint: "install qemu-utils, or give what it printed elsewhere with --info")
        }
        return Run(
            status: printed.count > ReportLimits.bytes ? 0 : process.terminationStatus,
            output: printed, errors: String(decoding: said, as: UTF8.self))
    }

    /// A path as QEMU takes it for one: a colon would make a protocol of what is before it.
    private static func named(_ path: String) -> String {
        guard !path.hasPrefix("/"), !path.contains("://") else { return path }
        return path.contains(":") ? "./" + path : path
    }

    private static func failure(_ path: String, _ run: Run) -> MomentlogError {
        let line = run.errors.split(separator: "\n").first.map(String.init) ?? ""
        let reason = line.hasPrefix("qemu-img: ") ? String(line.dropFirst(10)) : line
        return MomentlogError(
            .unreadableFile,
            "\(path): " + (reason.isEmpty ? "qemu-img ended with status \(run.status)" : reason),
            hint: "--image names the image that the guest writes to")
    }
}
