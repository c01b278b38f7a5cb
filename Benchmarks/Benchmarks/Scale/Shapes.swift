import Foundation
import Momentlog
import Timing

/// Chain, star and comb: what each operation takes a checkpoint, and how that grows with them.
struct Shapes {
    let sizes: [Int]
    let folder: String

    func print() async throws {
        let heads = sizes.map { "\($0)" }
        Lines.tell("microseconds a checkpoint", heads + ["growth"])
        for shape in Shape.allCases {
            var rows: [(operation: String, figures: [Double])] = []
            for size in sizes {
                let path = folder + "/\(shape.rawValue)-\(size).db"
                let guests = Guests(shape: shape, checkpoints: size)
                let appended = try await guests.write(to: path)
                let figures =
                    [Operations.Figure(operation: "append", units: size, seconds: appended)]
                    + (try await Operations(path: path, guests: guests).measured())
                for figure in figures where figure.units > 1 {
                    let each = figure.seconds / Double(figure.units) * 1e6
                    if let row = rows.firstIndex(where: { $0.operation == figure.operation }) {
                        rows[row].figures.append(each)
                    } else {
                        rows.append((figure.operation, [each]))
                    }
                }
                try? FileManager.default.removeItem(atPath: path)
                try? FileManager.default.removeItem(atPath: path + ".head")
            }
            for row in rows {
                let missing = Array(repeating: "-", count: sizes.count - row.figures.count)
                let growth = (row.figures.last ?? 0) / row.figures[0]
                Lines.tell(
                    "\(shape.rawValue), \(row.operation)",
                    row.figures.map(Lines.figure) + missing + [String(format: "%.2f", growth)])
            }
        }
    }
}
