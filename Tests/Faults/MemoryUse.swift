import Foundation

/// How much memory a process uses, in KiB, as Linux counts it
/// (<https://man7.org/linux/man-pages/man5/proc_pid_status.5.html>).
struct MemoryUse: Sendable {
    /// What is resident now.
    let resident: Int

    /// - Throws: What reading a file throws if there is no such process.
    init(of process: Int32) throws {
        let status = try String(contentsOfFile: "/proc/\(process)/status", encoding: .utf8)
        let line = status.split(separator: "\n").first { $0.hasPrefix("VmRSS:") }
        let words = line?.split(whereSeparator: { $0 == " " || $0 == "\t" }) ?? []
        resident = words.count > 1 ? Int(words[1]) ?? 0 : 0
    }
}
