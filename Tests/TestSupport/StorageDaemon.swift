import Foundation
import Glibc

/// QEMU as it runs for a guest, but without one: `qemu-storage-daemon`, which has images open
/// and is asked through its monitor (QMP).
///
/// It is a class since it owns a process. It needs the package qemu-system-common of Debian.
public final class StorageDaemon {
    private static let program = "/usr/bin/qemu-storage-daemon"

    /// Whether it can be run: never skipped where it is required.
    public static let isThere =
        FileManager.default.isExecutableFile(atPath: program)
        || ProcessInfo.processInfo.environment["MOMENTLOG_REQUIRE_PEER"]?.isEmpty == false

    /// What went wrong.
    public struct Failure: Error {
        /// What was answered, or that nothing was.
        public let answer: String
    }

    private let process = Process()
    private let input = Pipe()
    private let output = Pipe()
    private var unread = Data()

    /// Opens qcow2 images for writing, each as a node that has its file's name without
    /// what is behind the point.
    public init(_ paths: [String]) throws {
        process.executableURL = URL(fileURLWithPath: Self.program)
        var arguments = ["--chardev", "stdio,id=monitor", "--monitor", "chardev=monitor"]
        for path in paths {
            let node = URL(fileURLWithPath: path).deletingPathExtension().lastPathComponent
            let options: [String: Any] = [
                "driver": "qcow2", "node-name": node,
                "file": ["driver": "file", "filename": path],
            ]
            let json = try JSONSerialization.data(withJSONObject: options)
            arguments += ["--blockdev", String(decoding: json, as: UTF8.self)]
        }
        process.arguments = arguments
        process.standardInput = input
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
        // What greets has its images open.
        _ = try line()
        _ = try answer(#"{"execute":"qmp_capabilities"}"#)
    }

    deinit { if process.isRunning { end(by: SIGKILL) } }

    /// What the monitor answers to a command, errors included.
    public func answer(_ command: String) throws -> String {
        try input.fileHandleForWriting.write(contentsOf: Data((command + "\n").utf8))
        while true {
            let line = try line()
            // Events come in between.
            if !line.hasPrefix(#"{"timestamp""#) { return line }
        }
    }

    /// What it reports about its images.
    public func nodes() throws -> String { try answer(#"{"execute":"query-named-block-nodes"}"#) }

    /// Adds a bitmap to an image, as libvirt does for a checkpoint.
    public func add(_ bitmap: String, to node: String) throws {
        let answer = try answer(
            #"{"execute":"block-dirty-bitmap-add","arguments":{"node":"\#(node)","#
                + #""name":"\#(bitmap)","persistent":true}}"#)
        guard answer.hasPrefix(#"{"return""#) else { throw Failure(answer: answer) }
    }

    /// Ends it as a guest's clean shutdown does: bitmaps are stored.
    public func quit() throws {
        _ = try answer(#"{"execute":"quit"}"#)
        process.waitUntilExit()
    }

    /// Ends it at once: bitmaps are lost.
    public func kill() { end(by: SIGKILL) }

    private func end(by signal: CInt) {
        _ = Foundation.kill(process.processIdentifier, signal)
        process.waitUntilExit()
    }

    private func line() throws -> String {
        while true {
            if let end = unread.firstIndex(of: UInt8(ascii: "\n")) {
                defer { unread = Data(unread[(end + 1)...]) }
                // A line ends as on a terminal.
                let text = unread[..<end]
                return String(
                    decoding: text.last == UInt8(ascii: "\r") ? text.dropLast() : text,
                    as: UTF8.self)
            }
            let more = output.fileHandleForReading.availableData
            guard !more.isEmpty else { throw Failure(answer: "it ended") }
            unread += more
        }
    }
}
