import Foundation
import ImageReports
import Momentlog
import Moments

/// Runs `qemu-img`, the only program that momentlog ever runs.
struct QemuImg {
    /// A path, or a name to be found in PATH.
    var program = "qemu-img"
    /// How long the inspection of one disk's images may take.
    var timeout: Duration = .seconds(30)
    /// Whether images that are not local files are read where others are on top of them.
    var followsNetwork = false

    /// The most images of one disk that are read.
    static let maximumChainLength = 200

    /// What was seen of an image.
    struct Seen {
        var chain: ImageChain
        /// Whether another process writes to it, so that the file is behind.
        var isStale: Bool
        /// Why the chain ends before its last image; nil if it does not.
        var unread: String?
    }

    /// Inspects the images of a disk, also where a guest writes to them.
    ///
    /// Each is read alone, and what it names as its backing file is inspected before it is opened:
    /// its name comes from a file that a guest or a stranger may have written. A chain that
    /// is not read to its end is incomplete.
    ///
    /// - Parameters:
    ///   - name: The image that the guest writes to: a path, or a name in QEMU's syntax.
    ///   - format: Its format as the domain's definition tells it; nil if that is not known.
    ///     Without it a guest could write what makes its raw disk look like another image.
    /// - Throws: ``MomentlogError`` with `unreadable-file` for what cannot be inspected, or not in
    ///   time, and for images that are in a loop.
    func info(_ name: String, format: String?) throws(MomentlogError) -> Seen {
        var limits = ChildProcess.Limits(
            deadline: .now + timeout, outputByteCount: ReportLimits.bytes)
        var next = ImageName(given: name)
        if let obstacle = next.obstacle {
            throw MomentlogError(
                .unreadableFile, "\(name): \(obstacle), not a disk image")
        }
        var format = format
        // What --backing-chain would print.
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
            // A report that is too long, or no JSON, is refused as one below.
            guard let backing = BackingName(in: report) else { break }
            (next, unread) = inspect(backing, below: count)
            if unread != nil { break }
            format = backing.format
        }
        list.append(UInt8(ascii: "]"))
        return Seen(
            chain: try QemuImgInfo.chain(in: list, from: name), isStale: isStale, unread: unread)
    }

    /// The image below, and why it is not read.
    private func inspect(_ backing: BackingName, below count: Int) -> (ImageName, String?) {
        let name = ImageName(qemu: backing.full ?? backing.short)
        guard backing.full != nil else {
            return (name, "qemu-img does not say where '\(backing.short)' is")
        }
        // QEMU prints so what is not UTF-8.
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

    /// What qemu-img prints of one image, and whether another process writes to it.
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
        // What it says of locks is looked for.
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

/// What an image names as the one below it.
private struct BackingName: Decodable {
    /// As it is in the image.
    let short: String
    /// As it is opened from here.
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
