import ArgumentParser
import Momentlog

struct Schema: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Print the schema of checkpoint documents.",
        discussion: """
            It is in RELAX NG: 'momentlog schema > checkpoint.rng', then 'xmllint --noout \
            --relaxng checkpoint.rng FILE' says whether a file is such a document.
            """)

    func run() throws {
        try StandardOutput.shared.write(CheckpointSchema.relaxNG.utf8)
    }
}
