import Foundation
import ImageReports
import Momentlog
import Moments

/// Runs `qemu-img`, the only program that momentlog ever runs.
struct QemuImg {
    /// A path, or a name to be found in PATH.
    var program = "qemu-img"
    /// The timeout for inspecting one disk's images.
    var timeout: Duration = .seconds(30)
    /// Whether backing images that are not local files are read.
    var followsNetwork = false

    /// The maximum number of images of one disk that are read.
    static let maximumChainLength = 200

    /// The result of inspecting an image.
    struct Seen {
        var chain: ImageChain
        /// Whether another process has it open for writing, so that the file is out of date.
        var isStale: Bool
        /// Why the chain ends before its last image; nil if it does not.
        var unread: String?
    }

    /// Inspects the images of a disk, even if a guest has them open for writing.
    ///
    /// Each is read alone, and its backing file is checked before it is opened: the name comes from
    /// a file that a guest or a stranger may have written. A chain that is not read to its end is
    /// incomplete.
    ///
    /// - Parameters:
    ///   - name: The image that the guest writes to: a path, or a name in QEMU's syntax.
    ///   - format: Its format according to the domain's definition; nil if that is not known.
    ///     Without it a guest could make its raw disk look like another image.
    /// - Throws: ``MomentlogError`` with `unreadable-file` for images that cannot be inspected, or
    ///   not in time, and for a loop of images.
    func info(_ name: String, format: String?) throws(MomentlogError) -> Seen {
        var limits = ChildProcess.Limits(
            deadline: .now + timeout, outputByteCount: ReportLimits.bytes)
        var next = ImageName(given: name)
        if let obstacle = next.obstacle {
            throw MomentlogError(
                .unreadableFile, "\(name): \(obstacle), not a disk image")
        }
        var format = format
        // The output of --backing-chain.
        var (list, count) = ([UInt8(ascii: "[")], 0)
        var visited: Set<String> = []
        var isStale = false
        var unread: String?
        while true {
            guard visited.insert(next.identity).inserted else {
                throw MomentlogError(
                    .unreadableFile,
                    "\(name): its backing file '\(next.text)' is in the chain"
                        + " twice")
            }
            let (report, isLocked) = try report(on: next.text, format, limits)
            if count > 0 { list.append(UInt8(ascii: ",")) }
            list += report
            count += 1
            limits.outputByteCount = max(0, limits.outputByteCount - report.count)
            isStale = isStale || isLocked
            // A report that is too long, or not JSON, is refused below.
            guard let backing = BackingName(in: report) else { break }
            (next, unread) = inspect(backing, below: count)
            if unread != nil { break }
            format = backing.format
        }
        list.append(UInt8(ascii: "]"))
        return Seen(
            chain: try QemuImgInfo.chain(in: list, from: name), isStale: isStale, unread: unread)
    }

    /// Returns the backing image, and why it is not read.
    private func inspect(_ backing: BackingName, below count: Int) -> (ImageName, String?) {
        let name = ImageName(qemu: backing.full ?? backing.short)
        guard backing.full != nil else {
            return (name, "qemu-img does not say where '\(backing.short)' is")
        }
        // QEMU prints this for bytes that are not UTF-8.
        guard !name.text.unicodeScalars.contains("\u{FFFD}") else {
            return (name, "the name '\(name.text)' is not UTF-8")
        }
        if !name.isLocal && !followsNetwork {
            return (name, "'\(name.text)' is not a local file, and --follow-network is not given")
        }
        guard count < Self.maximumChainLength else {
            return (name, "the disk has more than \(Self.maximumChainLength) images")
        }
        return (name, name.obstacle.map { $0 + ", not a disk image" })
    }

    /// Returns the output of qemu-img for one image, and whether another process has it open for
    /// writing.
    private func report(
        on name: String, _ format: String?, _ limits: ChildProcess.Limits
    ) throws(MomentlogError) -> (report: [UInt8], isLocked: Bool) {
        let plain = try run(name, format, sharing: false, limits)
        if plain.end == .exited(0) || plain.end == .outputTooLong { return (plain.output, false) }
        // Not of a "block driver".
        guard plain.said.contains(" lock") else { throw failure(name, plain) }
        let shared = try run(name, format, sharing: true, limits)
        guard shared.end == .exited(0) || shared.end == .outputTooLong else {
            throw failure(name, shared)
        }
        return (shared.output, true)
    }

    private func run(
        _ name: String, _ format: String?, sharing: Bool, _ limits: ChildProcess.Limits
    ) throws(MomentlogError) -> ChildProcess.Outcome {
        // Its messages about locks are searched for.
        let environment = ProcessInfo.processInfo.environment.merging(["LC_ALL": "C"]) { $1 }
        do {
            return try ChildProcess.run(
                program,
                ["info", "--output=json"] + (sharing ? ["-U"] : [])
                    + (format.map { ["-f", $0] } ?? []) + ["--", name],
                environment: environment, limits: limits)
        } catch {
            guard error.code == ENOENT else {
                throw MomentlogError(
                    .unreadableFile, "cannot run qemu-img: \(error.reason)", cause: error)
            }
            throw MomentlogError(
                .unreadableFile, "there is no qemu-img to inspect '\(name)' with",
                hint: "install qemu-utils, or give what it printed elsewhere with --info")
        }
    }

    private func failure(_ name: String, _ outcome: ChildProcess.Outcome) -> MomentlogError {
        let said = outcome.said.split(separator: "\n").first.map(String.init) ?? ""
        let reason =
            switch outcome.end {
            case .timedOut: "qemu-img did not finish in \(timeout.formatted)"
            case .cancelled: "qemu-img was interrupted"
            case .signalled(let number): "qemu-img was ended by signal \(number)"
            case .exited(let status) where said.isEmpty: "qemu-img ended with status \(status)"
            case .exited, .outputTooLong:
                said.hasPrefix("qemu-img: ") ? String(said.dropFirst(10)) : said
            }
        return MomentlogError(
            .unreadableFile, "\(name): \(reason)",
            hint: outcome.end == .timedOut
                ? "check whether its storage answers, or give what qemu-img printed elsewhere with"
                    + " --info"
                : "--image names the image that the guest writes to")
    }
}

extension ChildProcess.Outcome {
    fileprivate var said: String { String(decoding: errors, as: UTF8.self) }
}

extension Duration {
    fileprivate var formatted: String {
        let (seconds, attoseconds) = components
        return attoseconds == 0
            ? "\(seconds) s" : "\(seconds * 1000 + attoseconds / 1_000_000_000_000_000) ms"
    }
}

/// The backing image that an image names.
private struct BackingName: Decodable {
    /// The name in the image.
    let short: String
    /// The name as seen from here.
    let full: String?
    let format: String?

    private enum CodingKeys: String, CodingKey {
        case short = "backing-filename"
        case full = "full-backing-filename"
        case format = "backing-filename-format"
    }

    /// Nil if there is none.
    init?(in report: [UInt8]) {
        guard let found = try? JSONDecoder().decode(BackingName.self, from: Data(report)) else {
            return nil
        }
        self = found
    }
}
