import ArgumentParser
import CheckpointXML
import Momentlog
import Moments

struct Schema: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "schema",
        abstract: "Print the schema of a command's JSON or of documents.",
        discussion: Examples.after(
            """
            With NAME it prints the JSON Schema of what the command NAME prints with --format \
            json: of an item, where that is an array. 'error' and 'warning' are those of standard \
            error. Without NAME it prints the schema of checkpoint documents, in RELAX NG.
            """, of: "schema"))

    @Argument(help: "A command, 'error' or 'warning'.") var name: String?
    @Flag(help: "List the names.") var list = false
    @OptionGroup(title: "Global options") var format: FormatOptions
    @OptionGroup(title: "Global options") var store: StoreOptions

    func validate() throws {
        if list && name != nil { throw ValidationError("NAME and --list exclude each other") }
    }

    func run() throws {
        if list {
            for name in JSONItemSchema.names { try StandardOutput.shared.print(name) }
        } else if let name {
            guard let text = JSONItemSchema.text(named: name) else {
                throw MomentlogError(
                    .usage, "unknown schema '\(name)'",
                    hint: "the names are " + JSONItemSchema.names.joined(separator: ", ")
                ).detailing("name", .text(name))
            }
            try StandardOutput.shared.write(text.utf8)
        } else {
            try StandardOutput.shared.write(CheckpointSchema.relaxNG.utf8)
        }
    }
}
