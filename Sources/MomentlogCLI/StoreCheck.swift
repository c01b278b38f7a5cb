import Momentlog

/// `check --store`: the store itself is looked at, and not what it says of domains.
struct StoreCheck {
    let path: String
    let format: OutputFormat

    /// The option's name where it stands alone, without a file.
    static let flag = "--store"

    /// The command line with `check --store` told from `--store FILE`, which the parser takes
    /// for one option.
    static func told(_ arguments: [String]) -> [String] {
        guard arguments.contains("check"), arguments.contains(flag) else { return arguments }
        let command = arguments.firstIndex { MomentlogCommand.subcommandNames.contains($0) }
        guard let command, arguments[command] == "check" else { return arguments }
        let end = arguments.firstIndex(of: "--") ?? arguments.endIndex
        return arguments.indices.map { index in
            let isAlone = index + 1 >= end || arguments[index + 1].hasPrefix("-")
            return index > command && index < end && isAlone && arguments[index] == flag
                ? "--whole-store" : arguments[index]
        }
    }

    func run() async throws {
        let progress = Progress("check")
        let found = try await CheckpointStore.checkStore(at: path) { progress.show($0, "events") }
        progress.end()
        try VerificationOutput.print(found, as: format, text: Self.printText, json: Self.write)
    }

    private static func printText(_ found: Verification) throws(MomentlogError) {
        for fault in found.faults {
            try VerificationOutput.printHeading(of: fault, place: fault.place.description)
            try FindingsOutput.paragraph(fault.message)
            try FindingsOutput.printRemedies(fault.remedies)
        }
        let count = found.faultCount
        let untold = count - found.faults.count
        if untold > 0 { try StandardOutput.shared.print("and \(untold) more") }
        try VerificationOutput.printEnd(
            found, looked: ", and all that follows from them",
            result: count == 0 ? "nothing found" : "\(count) problem\(count == 1 ? "" : "s")")
    }

    private static func write(_ found: Verification, to json: inout JSONText) {
        json.key("problems")
        json.array { json in
            for fault in found.faults {
                json.object { json in
                    json.member("problem", fault.kind.rawValue)
                    json.member("severity", fault.severity.rawValue)
                    json.member("table", fault.place.table)
                    json.member("row", fault.place.row)
                    json.member("column", fault.place.column)
                    json.member("sequence", fault.sequence)
                    json.member("message", fault.message)
                    RemedyCommand.write(fault.remedies, to: &json)
                }
            }
        }
        json.member("untold", found.faultCount - found.faults.count)
    }
}
