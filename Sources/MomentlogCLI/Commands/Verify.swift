import ArgumentParser
import Momentlog

struct Verify: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
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
            try VerificationOutput.print(
                found, as: format.format, text: Self.printText, json: Self.write)
        }
    }

    private static func printText(_ found: Verification) throws(MomentlogError) {
        for fault in found.faults {
            try VerificationOutput.printHeading(
                of: fault, place: fault.sequence.map { "event \($0)" } ?? "")
            try FindingsOutput.paragraph(fault.message)
        }
        let first = found.faults.first?.sequence.map { ", the first at event \($0)" } ?? ""
        let count = found.faults.count
        let grown = found.grown.map { "; \($0) came after the head that was kept" } ?? ""
        try VerificationOutput.printEnd(
            found, looked: "",
            result: found.isSound
                ? "nothing was altered" + grown
                : "\(count) error\(count == 1 ? "" : "s")" + first)
    }

    private static func write(_ found: Verification, to json: inout JSONText) {
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
    }
}
