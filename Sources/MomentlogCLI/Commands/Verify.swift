import ArgumentParser
import Momentlog

struct Verify: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Look whether the record was altered.",
        discussion: """
            All that can be computed is computed anew from the events' lines. Who can write to \
            the store can alter it so that this finds nothing: only a head that was kept \
            elsewhere shows that. The exit status is 3 if something is wrong.
            """)

    @Option(
        help: ArgumentHelp(
            "A head that 'momentlog head' printed earlier: the log must have grown from it.",
            valueName: "file"),
        completion: .file())
    var head: String?
    @OptionGroup var format: FormatOptions
    @OptionGroup(title: "Store") var store: StoreOptions

    func run() async throws {
        let kept = try head.map { path throws(MomentlogError) in try StoreHead(contentsOf: path) }
        try await store.with(forAudit: true) { store in
            let progress = Progress("verify")
            let found = try await store.verify(against: kept) { progress.show($0, "events") }
            progress.end()
            if format.format == .table {
                try printText(found)
            } else {
                try format.format.printJSON { Self.write(found, to: &$0) }
            }
            try StandardOutput.shared.flush()
            guard found.isSound else { throw Finished(status: .incomplete) }
        }
    }

    private func printText(_ found: Verification) throws(MomentlogError) {
        let output = StandardOutput.shared
        for fault in found.faults {
            let place = fault.sequence.map { "  event \($0)" } ?? ""
            try output.print(
                Terminal.styled("error", .red) + "  "
                    + Terminal.styled(fault.kind.rawValue, .bold) + place)
            for line in Terminal.wrapped(
                Terminal.harmless(fault.message), columns: Terminal.columns - 2)
            {
                try output.print("  " + line)
            }
        }
        for remark in found.remarks { try output.print("note: " + remark) }
        let what = "\(found.head.size) events in \(found.commits) commits: "
        guard found.isSound else {
            let first = found.faults.first?.sequence.map { ", the first at event \($0)" } ?? ""
            let count = found.faults.count
            return try output.print(
                what + "\(count) error\(count == 1 ? "" : "s")" + first)
        }
        let grown = found.grown.map { "; \($0) came after the head that was kept" } ?? ""
        try output.print(what + "nothing was altered" + grown)
    }

    private static func write(_ found: Verification, to json: inout JSONText) {
        json.member("sound", found.isSound)
        json.member("origin", found.head.origin)
        json.member("size", found.head.size)
        json.member("root", found.head.rootText)
        json.member("commits", found.commits)
        json.member("grown", found.grown)
        json.key("faults")
        json.array { json in
            for fault in found.faults {
                json.object { json in
                    json.member("fault", fault.kind.rawValue)
                    json.member("sequence", fault.sequence)
                    json.member("message", fault.message)
                }
            }
        }
        json.key("remarks")
        json.array { json in for remark in found.remarks { json.value(remark) } }
    }
}
