import ArgumentParser
import Momentlog

struct Schema: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "schema",
        abstract: "Print the schema of checkpoint documents, or of a report.",
        discussion: """
            That of documents is in RELAX NG: 'momentlog schema > checkpoint.rng', then 'xmllint \
            --noout --relaxng checkpoint.rng FILE' says whether a file is such a document. That \
            of what 'momentlog import --format json' prints is a JSON Schema.
            """)

    @Flag(help: "The schema of import's report.") var importReport = false

    func run() throws {
        if importReport {
            try StandardOutput.shared.write(PackageResources.import_report_schema_json)
        } else {
            try StandardOutput.shared.write(CheckpointSchema.relaxNG.utf8)
        }
    }
}
