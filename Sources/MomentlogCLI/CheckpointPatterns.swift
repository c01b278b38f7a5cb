import ArgumentParser
import Momentlog
import Moments

/// The checkpoints of a domain that a command is about: names, or shell patterns.
struct CheckpointPatterns: ParsableArguments {
    @Argument(help: "The domain's name or UUID.", completion: .domains) var domain: DomainReference
    @Argument(
        help: "The checkpoints' names, or patterns such as 'nightly-*'.", completion: .checkpoints)
    var names: [String]

    /// Whether exactly one checkpoint is named, without wildcards.
    var isOne: Bool { names.count == 1 && !NamePattern(names[0]).hasWildcards }
}
