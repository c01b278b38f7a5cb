import Momentlog

/// How it is told what a look at the whole log has found.
enum VerificationOutput {
    /// Prints a result as text, or as JSON.
    ///
    /// - Parameters:
    ///   - text: Prints it as text.
    ///   - json: Writes the members that stand between the log's own and the remarks.
    /// - Throws: ``Finished`` with the status of what is incomplete if something is wrong.
    static func print(
        _ found: Verification, as format: OutputFormat, text: (Verification) throws -> Void,
        json: (Verification, inout JSONText) -> Void
    ) throws {
        if format == .table {
            try text(found)
        } else {
            try format.printJSON { object in
                object.member("sound", found.isSound)
                object.member("origin", found.head.origin)
                object.member("size", found.head.size)
                object.member("root", found.head.rootText)
                object.member("commits", found.commits)
                json(found, &object)
                object.key("remarks")
                object.array { array in for remark in found.remarks { array.value(remark) } }
            }
        }
        try StandardOutput.shared.flush()
        guard found.isSound else { throw Finished(status: .incomplete) }
    }

    /// Prints a fault's heading: how grave it is, its kind and where it is.
    static func printHeading(
        of fault: Verification.Fault, place: String
    ) throws(MomentlogError) {
        let style = fault.severity == .error ? Terminal.Style.red : .yellow
        try StandardOutput.shared.print(
            Terminal.styled(fault.severity.rawValue, style) + "  "
                + Terminal.styled(fault.kind.rawValue, .bold)
                + (place.isEmpty ? "" : "  " + Terminal.harmless(place)))
    }

    /// Prints what was remarked, and so much as was looked at.
    static func printEnd(
        _ found: Verification, looked: String, result: String
    ) throws(MomentlogError) {
        let output = StandardOutput.shared
        for remark in found.remarks { try output.print("note: " + remark) }
        try output.print(
            "\(found.head.size) events in \(found.commits) commits\(looked): \(result)")
    }
}
