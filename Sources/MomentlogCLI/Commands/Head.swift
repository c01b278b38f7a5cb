import ArgumentParser
import EventLog
import Momentlog
import Moments

struct Head: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "head",
        abstract: "Print the log's head: its size and root hash.",
        discussion: Examples.after(
            """
            Keep it where those who can write to the store cannot: 'momentlog verify --head' shows \
            later that none of the events that it covers was altered or lost.
            """, of: "head"))

    @OptionGroup var moment: MomentOptions
    @OptionGroup(title: "Global options") var format: FormatOptions
    @OptionGroup(title: "Global options") var store: StoreOptions

    func run() async throws {
        try await store.with { store in
            let head: StoreHead
            if let at = moment.at {
                head = try await store.head(at: at)
                if case .sequence(let sequence) = at, sequence != head.size {
                    Notice.note(
                        "inside-commit",
                        "event \(sequence) is inside a commit: the head is that after event"
                            + " \(head.size), where the commit before it ended")
                }
            } else {
                head = try await store.head()
            }
            guard format.format == .table else { return try format.format.print(item: .head(head)) }
            try StandardOutput.shared.write(head.text.utf8)
        }
    }
}
