import Foundation
import Timing

/// Shows how work grows with what there is of it.
///
/// `swift run -c release Scale shapes [SIZE…]` prints what chain, star and comb take a
/// checkpoint; `curves [SIZE…]` prints figures to draw; `graph [COUNT…]`, `store PATH
/// CHECKPOINTS DOMAINS` and `replay PATH` are for what memory takes. Stores are made in the
/// folder for temporary files.
@main
struct Scale {
    static func main() async throws {
        let arguments = CommandLine.arguments.dropFirst()
        let sizes = arguments.compactMap { Int($0) }
        let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString).path
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: false)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let path = arguments.dropFirst().first ?? ""
        switch arguments.first {
        case "shapes":
            try await Shapes(
                sizes: sizes.isEmpty ? [1_000, 10_000, 100_000] : sizes, folder: folder
            ).print()
        case "curves":
            try await Curves(
                sizes: sizes.isEmpty ? [1_000, 10_000, 100_000, 1_000_000] : sizes, folder: folder
            ).print()
        case "graph":
            for size in sizes.isEmpty ? [1_000_000] : sizes { try Memory.printGraph(size) }
        case "store" where sizes.count == 2:
            try await Memory.write(sizes[0], domains: sizes[1], to: path)
        case "replay" where !path.isEmpty:
            try await Memory.printReplay(path)
        default:
            Lines.tell("Scale shapes | curves | graph [SIZE…]")
            Lines.tell("Scale store PATH CHECKPOINTS DOMAINS, Scale replay PATH")
        }
    }
}
