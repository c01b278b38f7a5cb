public import EventLog
public import Moments

extension JSONItem {
    /// The result of verifying a store: what `verify` prints.
    public static func verification(
        _ found: Verification, rendering render: RemedyRenderer = RenderedRemedy.nothing
    ) -> JSONItem {
        JSONItem { json in
            json.member("sound", !found.faults.contains { $0.severity == .error })
            json.member("origin", found.head.origin)
            json.member("size", found.head.size)
            json.member("root", found.head.rootText)
            json.member("head", found.coverage.map(coverage))
            let faults = found.faults.filter { $0.severity == .error }
            json.member("faults", faults.map { fault($0, render) })
            let warnings = found.faults.filter { $0.severity == .warning }
            json.member("warnings", warnings.map { fault($0, render) })
            json.member("suppressed", found.faultCount - found.faults.count)
        }
    }

    /// The result of comparing an exported log with a head: what `verify-log` prints.
    ///
    /// - Parameters:
    ///   - found: The result.
    ///   - hint: What to do about it, in the caller's terms.
    public static func verification(
        _ found: ExportedLog.Verification, hint: String? = nil
    ) -> JSONItem {
        JSONItem { json in
            json.member("sound", found.fault == nil)
            json.member("size", found.size)
            json.member("head", coverage(found.coverage))
            json.member("sequence", found.sequence)
            json.member("message", found.fault)
            json.member("hint", hint)
        }
    }

    private static func coverage(_ coverage: Verification.Coverage) -> JSONItem {
        JSONItem { json in
            json.member("size", coverage.size)
            json.member("covered", coverage.covered)
            json.member("later", coverage.later)
        }
    }

    private static func fault(_ fault: Verification.Fault, _ render: RemedyRenderer) -> JSONItem {
        JSONItem { json in
            json.member("finding", fault.kind.rawValue)
            json.member("severity", fault.severity.rawValue)
            json.member("table", fault.place.table)
            json.member("row", fault.place.row)
            json.member("column", fault.place.column)
            json.member("sequence", fault.sequence)
            json.member("message", fault.message)
            json.remedies(fault.remedies, render)
        }
    }
}
