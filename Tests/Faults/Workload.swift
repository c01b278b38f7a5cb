import Momentlog
import Moments
import TestSupport

/// Commands that follow from a seed, each of which changes something, and what they lead to.
struct Workload: Sendable {
    /// One command.
    struct Step: Sendable {
        let request: String
        let instruction: Instruction
        /// What there is after it, by domain.
        let domains: [String: PlainDomain]
    }

    private(set) var steps: [Step] = []
    private var random: SplitMix64
    private var domains: [String: PlainDomain] = [:]

    /// Makes so many commands.
    ///
    /// - Parameters:
    ///   - domains: In how many domains; each is defined first.
    ///   - label: What the names of requests begin with.
    init(seed: UInt64, count: Int, domains: Int = 2, label: String = "r") throws {
        random = SplitMix64(seed: seed)
        for number in 0..<count {
            var submission = Submission(actor: "harness")
            submission.request = "\(label)\(number)"
            var instruction: Instruction
            if number < domains {
                let name = "vm\(number)"
                let digit = Character(String(number % 10))
                instruction = try .define(
                    SourceDocument(CheckpointText.guest(name, digit: digit)), by: submission)
                self.domains[name] = PlainDomain()
            } else {
                instruction = try next(number, "vm\(number % domains)", submission)
            }
            instruction.creationTime = CreationTime(seconds: 1_700_000_000 + Int64(number))
            steps.append(
                Step(
                    request: submission.request ?? "", instruction: instruction,
                    domains: self.domains))
        }
    }

    private mutating func next(
        _ number: Int, _ name: String, _ submission: Submission
    ) throws -> Instruction {
        var domain = domains[name] ?? PlainDomain()
        defer { domains[name] = domain }
        let names = domain.parents.keys.sorted()
        let chosen = names.randomElement(using: &random)
        switch Int.random(in: 0..<10, using: &random) {
        case 0:
            guard let chosen else { break }
            domain.delete(chosen)
            return .delete(
                chosen, including: .checkpoint, from: DomainReference(name), by: submission)
        case 1:
            guard names.count > 6, let chosen else { break }
            domain.deleteSubtree(chosen)
            return .delete(
                chosen, including: .children, from: DomainReference(name), by: submission)
        case 2:
            guard let chosen, !domain.children(of: chosen).isEmpty else { break }
            domain.deleteChildren(chosen)
            return .delete(
                chosen, including: .childrenOnly, from: DomainReference(name), by: submission)
        case 3:
            guard chosen != domain.current else { break }
            domain.current = chosen
            return .setCurrent(chosen, in: DomainReference(name), by: submission)
        case 4, 5:
            let redefined: CheckpointName = "x\(number)"
            domain.redefine(redefined, parent: chosen)
            return try .redefine(
                [
                    SourceDocument(
                        CheckpointText.document(
                            redefined.text, parent: chosen?.text, time: 1_700_000_000 + number))
                ], in: DomainReference(name), by: submission)
        default: break
        }
        domain.create("c\(number)")
        return .create(
            CheckpointRequest(name: "c\(number)", description: "number \(number)"),
            in: DomainReference(name),
            by: submission)
    }
}
