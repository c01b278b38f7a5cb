import Foundation
import TestSupport

/// A real libvirt's test driver in its own process.
///
/// It needs the packages libvirt0 and python3-libvirt of Debian.
final class LibvirtPeer {
    private let process = Process()
    private let requests = Pipe()
    private let answers = Pipe()
    private var buffer = Data()

    /// Debian's Python is the one that finds Debian's module.
    private static let python = "/usr/bin/python3"

    /// Whether there is a libvirt to compare with.
    static let isAvailable: Bool = {
        let probe = Process()
        probe.executableURL = URL(fileURLWithPath: python)
        probe.arguments = ["-c", "import libvirt; libvirt.open('test:///default').close()"]
        probe.standardError = FileHandle.nullDevice
        guard (try? probe.run()) != nil else { return false }
        probe.waitUntilExit()
        return probe.terminationStatus == 0
    }()

    /// Whether to compare: never skipped where libvirt is required.
    static let isComparedWith =
        isAvailable
        || ProcessInfo.processInfo.environment["MOMENTLOG_REQUIRE_PEER"]?.isEmpty == false

    /// Starts one.
    init() throws {
        process.executableURL = URL(fileURLWithPath: Self.python)
        process.arguments = [
            Fixtures.repository.appending(path: "Tests/Fixtures/peer/libvirt-peer.py").path
        ]
        process.standardInput = requests
        process.standardOutput = answers
        try process.run()
    }

    deinit {
        try? requests.fileHandleForWriting.close()
        process.waitUntilExit()
    }

    /// What it says of a request that it may refuse.
    struct Answer: Decodable {
        var ok: Bool
        /// libvirt's error code.
        var code: Int?
        var message: String?
        /// The name of what was created or redefined.
        var checkpoint: String?
        /// The XML of what was created, without the domain.
        var xml: String?
    }

    /// All that can be asked of a domain's checkpoints.
    struct State: Decodable, Equatable {
        var names: [String]
        var roots: [String]
        var leaves: [String]
        var parents: [String: String?]
        var descendants: [String: [String]]
        /// Without the domain.
        var documents: [String: String]
    }

    /// Starts again with running domains of these definitions; returns the definitions as
    /// libvirt prints them, by name.
    func reset(_ domains: [String]) throws -> [String: String] {
        struct Reply: Decodable { var definitions: [String: String] }
        return try ask(["ask": "reset", "domains": domains], Reply.self).definitions
    }

    func state(of domain: String) throws -> State {
        try ask(["ask": "state", "domain": domain], State.self)
    }

    func perform(_ operation: [String: String]) throws -> Answer {
        try ask(operation, Answer.self)
    }

    /// What it says of each document as a redefinition, beside another checkpoint alone.
    func take(
        _ documents: [String], in domain: String, beside other: String
    ) throws -> [Answer] {
        struct Reply: Decodable { var answers: [Answer] }
        let request: [String: Any] = [
            "ask": "documents", "domain": domain, "other": other, "documents": documents,
        ]
        return try ask(request, Reply.self).answers
    }

    /// A definition as libvirt prints it.
    struct Printed: Decodable {
        /// With all that it holds.
        var whole: String
        /// Without what is secret.
        var open: String
    }

    /// Prints definitions, none of which it may refuse.
    func printed(_ definitions: [String]) throws -> [Printed] {
        struct Reply: Decodable { var printed: [Printed] }
        return try ask(["ask": "secrets", "definitions": definitions], Reply.self).printed
    }

    private struct Failure: Error { var description: String }

    private func ask<Reply: Decodable>(
        _ request: [String: Any], _ reply: Reply.Type
    ) throws -> Reply {
        var line = try JSONSerialization.data(withJSONObject: request)
        line.append(UInt8(ascii: "\n"))
        try requests.fileHandleForWriting.write(contentsOf: line)
        while true {
            if let end = buffer.firstIndex(of: UInt8(ascii: "\n")) {
                let answer = buffer[buffer.startIndex..<end]
                buffer = Data(buffer[(end + 1)...])
                return try JSONDecoder().decode(Reply.self, from: answer)
            }
            let more = answers.fileHandleForReading.availableData
            guard !more.isEmpty else { throw Failure(description: "the peer has gone") }
            buffer.append(more)
        }
    }
}
