import Foundation
import Momentlog
import Timing

/// What operations take from few to many checkpoints, in one guest and in many, as lines of
/// `operation,domains,checkpoints,units,seconds`.
struct Curves {
    let sizes: [Int]
    let folder: String

    /// What many guests are.
    private static let many = 10_000

    func print() async throws {
        Lines.tell("operation,domains,checkpoints,units,seconds")
        for domains in [1, Self.many] {
            for size in sizes where size >= domains {
                let path = folder + "/\(domains)-\(size).db"
                let guests = Guests(shape: .chain, checkpoints: size, domains: domains)
                let appended = try await guests.write(to: path)
                tell(guests, .init(operation: "append", units: size, seconds: appended))
                for figure in try await Operations(path: path, guests: guests).measured() {
                    tell(guests, figure)
                }
                try? FileManager.default.removeItem(atPath: path)
                try? FileManager.default.removeItem(atPath: path + ".head")
            }
        }
    }

    private func tell(_ guests: Guests, _ figure: Operations.Figure) {
        Lines.tell(
            "\(figure.operation),\(guests.domains),\(guests.checkpoints),\(figure.units),"
                + String(format: "%.9f", figure.seconds))
    }
}
