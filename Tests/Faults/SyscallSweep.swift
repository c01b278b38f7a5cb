import Foundation
import Glibc
import Momentlog
import TestSupport

/// Each system call of a command that touches its files fails, or is the one at which it is
/// killed, by strace(1)'s fault injection
/// (<https://man7.org/linux/man-pages/man1/strace.1.html>).
struct SyscallSweep {
    /// Every so many-th fault is tried.
    let stride: Int
    /// The commands of which every fault is.
    let whole: Set<String>
    let seed: UInt64

    private static let strace = "/usr/bin/strace"

    /// What may come of a call, besides the commonest: EIO, and the end of the process.
    private static let furtherErrors: [String: [String]] = [
        "openat": ["ENOSPC", "EINTR", "EMFILE"], "write": ["ENOSPC", "EINTR"],
        "pwrite64": ["ENOSPC", "EINTR"], "read": ["EINTR"], "pread64": ["EINTR"],
        "ftruncate": ["EINTR"], "fallocate": ["ENOSPC"], "mkdir": ["ENOSPC"],
        "renameat2": ["ENOSPC", "EINVAL"], "rename": ["ENOSPC"], "renameat": ["ENOSPC"],
        "link": ["ENOSPC"],
        "flock": ["EINTR", "ENOLCK"], "fcntl": ["ENOLCK"], "fchmod": ["EPERM"],
    ]
    private static let calls = [
        "openat", "read", "pread64", "write", "pwrite64", "fsync", "fdatasync", "ftruncate",
        "fallocate", "newfstatat", "fstat", "statfs", "lseek", "fcntl", "flock", "mmap", "unlink",
        "unlinkat", "rename", "renameat", "renameat2", "link", "linkat", "mkdir", "mkdirat",
        "rmdir", "fchmod", "access",
        "faccessat2", "getdents64", "syncfs",
    ]

    /// One fault: what happens at the n-th call of a thread.
    private struct Fault: Hashable {
        let call: String
        let nth: Int
        let effect: String
    }

    func run(stores: URL) async throws -> [Tally] {
        guard FileManager.default.isExecutableFile(atPath: Self.strace) else {
            var tally = Tally("system calls")
            tally.remarks.append("skipped: \(Self.strace) is missing ('make setup-peer')")
            return [tally]
        }
        var tallies: [Tally] = []
        var place = Int(seed % UInt64(stride))
        for command in try await CommandCase.all(stores: stores) {
            var tally = Tally("system calls of '\(command.name)'")
            let faults = try faults(of: command)
            let isWhole = whole.contains(command.name)
            for fault in faults {
                place += 1
                guard isWhole || place.isMultiple(of: stride) else { continue }
                let folder = try FastFolder()
                try folder.replaceEverything(with: command.files)
                let trace = folder.url.path + ".trace"
                defer { unlink(trace) }
                let run = try CommandCase.run(
                    command.arguments,
                    by: [
                        Self.strace, "-f", "-y", "--seccomp-bpf", "-o", trace,
                        "-e", "trace=\(fault.call)",
                        "-e", "inject=\(fault.call):\(fault.effect):when=\(fault.nth)",
                    ], in: folder)
                // Another thread's n-th call may be of the program loader's or the runtime's own,
                // which then does not run the command at all.
                let calls = try String(contentsOfFile: trace, encoding: .utf8)
                    .split(separator: "\n").filter { $0.hasSuffix("(INJECTED)") }
                guard calls.allSatisfy({ Self.touches(folder, $0) }) else { continue }
                tally.count(
                    try await command.judge(run, in: folder),
                    "\(fault.effect) at \(fault.call) \(fault.nth), status \(run.status)"
                        + (run.wasKilled ? " (killed)" : ""))
            }
            let share = isWhole ? "each" : "every \(stride)-th"
            tally.remarks.append("\(share) of \(faults.count) faults")
            tallies.append(tally)
        }
        return tallies
    }

    /// Whether a line of strace's is about a file in the folder. It also tells for each path
    /// from which folder it is looked for, which says nothing of one from the root.
    private static func touches(_ folder: FastFolder, _ line: Substring) -> Bool {
        line.replacing("AT_FDCWD<\(folder.url.path)>, \"/", with: "AT_FDCWD, \"/")
            .contains(folder.url.path)
    }

    /// The calls that touch the command's folder, as strace counts them: for each thread.
    private func faults(of command: CommandCase) throws -> [Fault] {
        let folder = try FastFolder()
        try folder.replaceEverything(with: command.files)
        let trace = try TemporaryFolder("trace")
        let file = trace.path("trace")
        let run = try CommandCase.run(
            command.arguments,
            by: [
                Self.strace, "-f", "-y", "-o", file,
                "-e", "trace=" + Self.calls.map { "?" + $0 }.joined(separator: ","),
            ], in: folder)
        guard run.isDone else { throw HarnessFailure("strace: \(run.errors)") }
        var counts: [String: Int] = [:]
        var found: [(call: String, nth: Int)] = []
        var seen: Set<String> = []
        for line in try String(contentsOfFile: file, encoding: .utf8).split(separator: "\n") {
            guard let match = line.firstMatch(of: /^([0-9]+) +([a-z0-9_]+)\(/) else { continue }
            let call = String(match.2)
            let nth = (counts["\(match.1) \(call)"] ?? 0) + 1
            counts["\(match.1) \(call)"] = nth
            guard Self.touches(folder, line), seen.insert("\(call) \(nth)").inserted else {
                continue
            }
            found.append((call, nth))
        }
        return found.flatMap { call, nth in
            let errors = ["EIO"] + (Self.furtherErrors[call] ?? [])
            return (errors.map { "error=\($0)" } + ["signal=KILL"])
                .map { Fault(call: call, nth: nth, effect: $0) }
        }
    }
}
