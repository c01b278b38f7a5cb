import Foundation
import Momentlog
import Moments
import TestSupport

/// Domains that begin, end, come back and change their names, few names and UUIDs for all of
/// them, so that lines that look alike are often of different domains.
struct RandomDomainHistory {
    private var generator: SplitMix64
    private var time = 1_700_000_000
    private let names: [String]
    private let digits: [Character?]

    /// - Parameter isBare: Whether no domain has a UUID, and there are few names, so that several
    ///   past domains have one name.
    init(seed: UInt64, isBare: Bool) {
        generator = SplitMix64(seed: seed)
        names = isBare ? ["a", "b"] : ["a", "b", "caf\u{E9}", "cafe\u{301}"]
        digits = isBare ? [nil] : [nil, nil, nil, "a", "b", "c"]
    }

    /// What is done next.
    enum Step {
        case command(Instruction)
        /// The import of a folder with these files, by name.
        case library(folder: String, files: [String: String], domain: String?)
    }

    mutating func next() throws -> Step {
        let name = pick(names)
        time += 1
        switch Int.random(in: 0..<20, using: &generator) {
        case 0..<5: return .command(try .define(definition(name, pick(digits)), by: by()))
        case 5..<10:
            return .command(.undefine(DomainReference(name), deletingCheckpoints: true, by: by()))
        case 10..<13: return .command(.rename(DomainReference(name), to: pick(names), by: by()))
        case 13..<15:
            return .command(
                .create(CheckpointRequest(name: "c\(time)"), in: DomainReference(name), by: by()))
        case 15..<17: return .command(try .record(documents(), in: DomainReference(name), by: by()))
        default:
            var files: [String: String] = [:]
            for document in documentTexts() { files["\(files.count).xml"] = document }
            return .library(
                folder: name, files: files, domain: Bool.random(using: &generator) ? name : nil)
        }
    }

    /// One or two documents of the same time: which of them is the newest is hard to say, and
    /// they may disagree on the domain's UUID.
    private mutating func documents() -> [SourceDocument] {
        documentTexts().map { SourceDocument($0) }
    }

    private mutating func documentTexts() -> [String] {
        (0..<Int.random(in: 1...2, using: &generator)).map { index in
            let digit = pick(digits)
            let guest = guest(pick(names), digit)
            return CheckpointText.document(
                "r\(time)-\(index)", time: time,
                extra: Int.random(in: 0..<4, using: &generator) == 0 ? "" : guest)
        }
    }

    private func definition(_ name: String, _ digit: Character?) -> SourceDocument {
        SourceDocument(guest(name, digit))
    }

    private func guest(_ name: String, _ digit: Character?) -> String {
        let text = CheckpointText.guest(name, digit: digit ?? "a")
        return digit == nil ? text.replacing(/<uuid>.*<\/uuid>/, with: "") : text
    }

    private func by() -> Submission { StoreFixture.submission }

    private mutating func pick<Value>(_ values: [Value]) -> Value {
        values[Int.random(in: 0..<values.count, using: &generator)]
    }
}
