import Foundation
import TestSupport

/// A private libvirtd with guests under TCG, and a process that changes them.
///
/// It needs root, and the packages libvirt-daemon, libvirt-daemon-driver-qemu, qemu-system-x86,
/// qemu-utils and python3-libvirt of Debian.
final class LiveDaemon {
    /// Where it is; short, since a socket's path is limited to 107 bytes.
    let root: String

    /// Its connection URI.
    var uri: String { "qemu+unix:///system?socket=\(root)/run/libvirt-sock" }

    /// That of its read-only socket.
    var readOnlyURI: String { "\(uri)-ro" }

    private let process = Process()
    private let requests = Pipe()
    private let answers = Pipe()
    private var buffer = Data()

    private static let script = Fixtures.repository.appending(path: "scripts/private-libvirtd").path
    /// What a first start learns about QEMU, which takes eight seconds.
    private static let cache = "/tmp/momentlog-lvcache"

    /// Whether one can be started here.
    static let isAvailable =
        getuid() == 0
        && ["/usr/sbin/libvirtd", "/usr/bin/qemu-system-x86_64", "/usr/bin/virsh"]
            .allSatisfy { FileManager.default.isExecutableFile(atPath: $0) }
        && (try? CommandRun.run("/usr/bin/unshare", ["-m", "true"]))?.status == 0

    /// Whether to run such tests: never skipped where libvirt is required.
    static let isRequired =
        isAvailable
        || ProcessInfo.processInfo.environment["MOMENTLOG_REQUIRE_PEER"]?.isEmpty == false

    /// Starts one.
    init() throws {
        root = "/tmp/lv" + String(UInt32.random(in: 0...UInt32.max), radix: 36)
        try Self.run("start", root)
        process.executableURL = URL(fileURLWithPath: "/usr/bin/python3")
        process.arguments = [
            Fixtures.repository.appending(path: "Tests/Fixtures/peer/live-peer.py").path, root, uri,
        ]
        process.standardInput = requests
        process.standardOutput = answers
        try process.run()
    }

    deinit {
        try? requests.fileHandleForWriting.close()
        process.waitUntilExit()
        try? Self.run("destroy", root)
        // What this one learned, and others before it did not.
        _ = try? CommandRun.run("/bin/cp", ["-anT", root + "/cache", Self.cache])
        try? FileManager.default.removeItem(atPath: root)
    }

    private static func run(_ words: String...) throws {
        var environment: [String: String] = [:]
        if FileManager.default.fileExists(atPath: cache) { environment["LIBVIRTD_CACHE"] = cache }
        let run = try CommandRun.run(script, words, environment: environment)
        guard run.status == 0 else { throw Failure(code: 0, message: run.errors) }
    }

    /// Ends the daemon at once, as a crash does; guests go on.
    func kill() throws { try Self.run("kill", root) }

    /// Starts it again.
    func start() throws { try Self.run("start", root) }

    /// The daemon's process.
    var pid: pid_t {
        let text = try? String(contentsOfFile: root + "/pid", encoding: .utf8)
        return text.flatMap { pid_t($0.trimmingCharacters(in: .whitespacesAndNewlines)) } ?? 0
    }

    /// Runs a command where qemu:///system is this daemon.
    func execute(_ words: [String]) throws -> CommandRun {
        try CommandRun.run(Self.script, ["exec", root] + words)
    }

    /// What it refuses.
    struct Failure: Error {
        var code: Int
        var message: String
    }

    /// Has something done; returns the answer's value.
    @discardableResult
    func ask(_ what: String, _ more: [String: Any] = [:]) throws -> Any? {
        var request = more
        request["do"] = what
        let line = try JSONSerialization.data(withJSONObject: request) + Data("\n".utf8)
        try requests.fileHandleForWriting.write(contentsOf: line)
        while !buffer.contains(UInt8(ascii: "\n")) {
            let more = answers.fileHandleForReading.availableData
            guard !more.isEmpty else { throw Failure(code: 0, message: "the peer has ended") }
            buffer += more
        }
        let end = buffer.firstIndex(of: UInt8(ascii: "\n")) ?? buffer.startIndex
        let answer =
            try JSONSerialization.jsonObject(with: buffer[..<end]) as? [String: Any] ?? [:]
        buffer.removeSubrange(...end)
        guard answer["ok"] as? Bool == true else {
            throw Failure(
                code: answer["code"] as? Int ?? 0, message: answer["message"] as? String ?? "")
        }
        return answer["value"]
    }

    /// Makes a guest and starts it.
    func make(
        _ name: String, _ uuid: String, disks: [String] = ["vda"], isTransient: Bool = false,
        starts: Bool = true
    ) throws {
        try ask(
            "make",
            [
                "name": name, "uuid": uuid, "disks": disks, "transient": isTransient,
                "start": starts,
            ])
    }

    /// All documents of a domain's checkpoints, secrets included, by name.
    func documents(of uuid: String) throws -> [String: String] {
        try ask("documents", ["uuid": uuid]) as? [String: String] ?? [:]
    }
}
