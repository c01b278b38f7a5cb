import ArgumentParser
import Momentlog
import Moments

/// Which checkpoints of a domain a command is about: names, or patterns as shells have them.
struct CheckpointPatterns: ParsableArguments {
    @Argument(help: "The domain's name or UUID.", completion: .domains) var domain: String
    @Argument(
        help: "The checkpoints' names, or patterns such as 'nightly-*'.", completion: .checkpoints)
    var names: [String]

    /// Whether one checkpoint is named, and no other can be meant.
    var isOne: Bool { names.count == 1 && !NamePattern(names[0]).hasWildcards }
}
