import Foundation
import Timing

/// Prints how momentlog compares with libvirt's test driver on chains of checkpoints.
///
/// `swift run -c release Peer COMMAND [COUNT…]`, where COMMAND is the command `momentlog` as it
/// is shipped. libvirt is called through its C interface in this process; it keeps nothing. The
/// store is made in the current folder, and each answer of `apply` is durable. Times of `apply`
/// are from the start of a process to its end.
@main
struct Peer {
    static func main() async throws {
        let arguments = CommandLine.arguments.dropFirst()
        guard let executable = arguments.first, !executable.isEmpty else {
            return Lines.tell("Peer COMMAND [COUNT…]: COMMAND is the built 'momentlog'")
        }
        guard let libvirt = Libvirt() else {
            return Lines.tell("there is no libvirt to compare with; 'make setup-peer' installs one")
        }
        let given = arguments.compactMap { Int($0) }
        let folder = FileManager.default.currentDirectoryPath + "/.peer-\(UUID().uuidString)"
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: false)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let command = Command(executable: executable, store: folder + "/peer.db")
        Lines.tell(
            "microseconds a checkpoint", ["n", "libvirt", "momentlog", "ratio", "spread"])
        var first: [String: (theirs: Double, ours: Double)] = [:]
        for count in given.isEmpty ? [100, 1_000, 5_000] : given {
            // At 5 000, libvirt takes minutes.
            let comparison = Comparison(
                count: count, rounds: count > 1_000 ? 1 : 5, command: command)
            for row in try await comparison.measured(libvirt) {
                let theirs = Stopwatch.middle(of: row.theirs)
                let ours = Stopwatch.middle(of: row.ours)
                let (middle, least, most) = row.ratio
                Lines.tell(
                    row.name,
                    ["\(count)", Lines.figure(theirs * 1e6), Lines.figure(ours * 1e6)]
                        + [Lines.figure(middle)]
                        + ["  \(Lines.figure(least)) to \(Lines.figure(most))"])
                if let before = first[row.name] {
                    Lines.tell(
                        "  growth since the smallest n",
                        [
                            "", Lines.figure(theirs / before.theirs),
                            Lines.figure(ours / before.ours),
                        ])
                } else {
                    first[row.name] = (theirs, ours)
                }
            }
            let (process, library) = try await comparison.starting()
            Lines.tell(
                "start with the chain, milliseconds",
                ["\(count)", "-", Lines.figure(process * 1e3)]
                    + ["", "  the library's part: \(Lines.figure(library * 1e3))"])
        }
    }
}
