import ArgumentParser
import Momentlog
import Moments

/// A requested column of a list of checkpoints.
enum ListColumn: String, CaseIterable, ExpressibleByArgument {
    case name, created, current, parent, children, descendants, description, disks, health
    case findings

    /// Reads columns separated by commas.
    static func list(_ text: String) throws(ValidationError) -> [ListColumn] {
        var columns: [ListColumn] = []
        for word in text.split(separator: ",", omittingEmptySubsequences: false) {
            guard let column = ListColumn(rawValue: String(word)) else {
                let all = allCases.map(\.rawValue).joined(separator: ", ")
                throw ValidationError("unknown column '\(word)'; use \(all)")
            }
            columns.append(column)
        }
        return columns
    }

    private var heading: String {
        switch self {
        case .created: "Creation Time"
        default: rawValue.prefix(1).uppercased() + rawValue.dropFirst()
        }
    }

    /// A list with these columns.
    static func table(
        _ columns: [ListColumn], _ moments: [Moment], of domain: Domain
    ) -> Table {
        let faults = FaultMarks(domain)
        var table = Table(
            columns.map { column in
                Table.Column(
                    heading: column.heading,
                    isNumeric: column == .children || column == .descendants)
            })
        for moment in moments {
            table.add(columns.map { $0.cell(moment, domain.graph, faults) })
        }
        return table
    }

    private func cell(_ moment: Moment, _ graph: MomentGraph, _ faults: FaultMarks) -> Table.Cell {
        let checkpoint = moment.checkpoint
        switch self {
        case .name: return Table.Cell(checkpoint.name, moment.isCurrent ? .green : .plain)
        case .created: return Table.Cell(LocalTime.text(checkpoint.creationTime))
        case .current: return Table.Cell(moment.isCurrent ? "*" : "", .green)
        case .parent: return Table.Cell(checkpoint.parent ?? "")
        case .children: return Table.Cell(moment.childCount)
        case .descendants: return Table.Cell(moment.descendantCount)
        case .description: return Table.Cell(checkpoint.description ?? "")
        case .disks:
            let covered = checkpoint.disks.filter { $0.mode == .bitmap }.map(\.name)
            return Table.Cell(covered.joined(separator: ", "))
        case .health:
            let seen = graph.health(of: checkpoint.name)
            return Table.Cell(HealthOutput.text(seen), HealthOutput.style(seen))
        case .findings: return faults.mark(of: checkpoint.name) ?? ""
        }
    }
}
